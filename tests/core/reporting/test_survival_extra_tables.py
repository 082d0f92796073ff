"""Tables of what is asked beside the curves, and of all tests side by side."""

import pytest

from core.reporting.all_tests_table import all_tests_table, looks_at
from core.reporting.comparison_tables import comparison_table
from core.reporting.survival_extra_tables import completeness_table, conditional_table, median_difference_table
from core.spec import FlemingHarrington

HEADS = {"kind": "kaplan_meier"}


class TestConditional:
    def test_landmarks_by_hand(self, answer, two_arms, hifu):
        """Kaplan-Meier of the eight patients who are followed beyond 5 months."""
        result = answer(two_arms, HEADS | {"given": [5], "times": [4, 9, 15]}, group=hifu)
        frame = conditional_table(result).to_frame()
        # beyond 5: without HIFU 6, 8+, 10; with HIFU 9+, 12, 14+, 15, 20+
        assert frame["HIFU"].str.strip().tolist() == ["If alive at 5 months", "No HIFU", "HIFU"]
        assert frame["Patients followed beyond"].tolist() == ["", "3", "5"]
        assert frame.filter(like="9 months").iloc[1, 0].startswith("66.7 %")
        assert frame.filter(like="9 months").iloc[2, 0].startswith("100.0 %")
        assert frame.filter(like="15 months").iloc[1, 0].startswith("0.0 %")
        assert frame.filter(like="Median further").iloc[1, 0].startswith("5.0")
        assert not [column for column in frame if column.startswith("4 months")]

    def test_another_endpoint_is_free_of_events(self, answer, two_arms):
        result = answer(two_arms, HEADS | {"given": [5]}, endpoint="PFS")
        assert conditional_table(result).rows[0].cells[0].text == "If event-free at 5 months"

    def test_a_group_nobody_of_whom_was_followed_so_long(self, answer, two_arms, hifu):
        result = answer(two_arms, HEADS | {"given": [11], "times": [12, 30]}, group=hifu)
        table = conditional_table(result)
        assert [cell.text for cell in table.rows[1].cells[1:]] == ["0", "–", "–", "–"]
        assert table.rows[2].cells[3].text == "–"  # beyond the last follow-up
        assert any("beyond the last follow-up" in note for note in table.footnotes)

    def test_not_asked(self, answer, two_arms):
        result = answer(two_arms, HEADS)
        assert conditional_table(result) is completeness_table(result) is median_difference_table(result) is None


class TestCompleteness:
    def test_by_hand(self, answer, two_arms, hifu):
        table = completeness_table(answer(two_arms, HEADS | {"completeness": {"horizon": 12}}, group=hifu))
        # without HIFU one lost at 8 of 12; with HIFU one at 9 of 12, those at 14, 15 and 20 count to 12
        assert [cell.text for cell in table.rows[0].cells[1:]] == ["6", "1", "34", "38", "89.5 %"]
        assert [cell.text for cell in table.rows[1].cells[1:]] == ["6", "1", "62", "65", "95.4 %"]
        assert [cell.text for cell in table.rows[2].cells] == ["All patients", "12", "2", "96", "103", "93.2 %"]
        assert table.footnotes[0] == "Follow-up was possible until 12 months, or until the event."

    def test_one_group_has_no_total(self, answer, two_arms):
        assert len(completeness_table(answer(two_arms, HEADS | {"completeness": {}})).rows) == 1


class TestMedians:
    def test_difference(self, answer, two_arms, hifu):
        result = answer(two_arms, HEADS | {"median_difference": {"draws": 50, "seed": 4}}, group=hifu)
        table, made = median_difference_table(result), result.survival.extras.median_difference
        assert table.rows[-1].cells[0].text == "HIFU minus No HIFU"
        assert table.rows[-1].cells[1].values[0] == made.estimate
        assert "Seed of the drawing: 4." in table.footnotes


class TestAllTests:
    @pytest.fixture
    def results(self, answer, two_arms, hifu):
        def ask(**asked):
            return answer(two_arms, {"kind": "compare", **asked}, group=hifu)

        return [ask(permutations=100), ask(weighting="gehan"), ask(weighting="maxcombo")]

    def test_the_planned_one_is_marked_and_the_rule_is_said(self, results):
        table = all_tests_table(results, results[1])
        names = [row.cells[0].text for row in table.rows]
        assert names == [
            "Log-rank", "Log-rank: by permutation, exact", "Gehan-Breslow-Wilcoxon (planned)", "MaxCombo"
        ]  # fmt: skip
        assert [row.kind for row in table.rows] == ["body", "body", "total", "body"]
        assert "here Gehan-Breslow-Wilcoxon" in table.footnotes[0]
        assert "smallest of these P values is not allowed" in table.footnotes[0]

    def test_numbers_are_those_of_the_results(self, results):
        values = all_tests_table(results, results[0]).values_frame()["P"].tolist()
        logrank, gehan, maxcombo = (result.comparison for result in results)
        assert values == [logrank.p_value, logrank.permutation.p_value, gehan.p_value, maxcombo.p_value]

    @pytest.mark.parametrize(
        ("exponents", "said"),
        [((1, 0), "early times"), ((0, 1), "late times"), ((1, 1), "times in the middle"), ((0, 0), "all times")],
    )
    def test_what_fleming_harrington_looks_at(self, exponents, said):
        assert looks_at(FlemingHarrington.model_validate({"fleming-harrington": exponents})) == said

    def test_the_single_table_has_rows_for_both(self, results):
        exact, _, maxcombo = results
        names = [row.cells[0].text for row in comparison_table(exact).rows]
        assert names[2:] == ["Log-rank", "By permutation, exact"]
        assert comparison_table(maxcombo).rows[-1].cells[0].text.startswith("MaxCombo, largest z at (")
        assert comparison_table(maxcombo).rows[0].cells[2].text == "5"  # events, not weighted
