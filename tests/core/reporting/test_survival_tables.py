"""Survival and comparisons in tables: what is printed, and the numbers behind it."""

import math

import numpy as np
import pandas as pd
import pytest

from core.reporting.comparison_tables import comparison_table, conventions_table, pairwise_table
from core.reporting.survival_tables import (
    at_risk_table,
    contrast_table,
    quantile_table,
    survival_table,
)

KM = {"kind": "kaplan_meier", "times": [6, 12], "tau": 12}


class TestSurvivalTable:
    def test_printed(self, answer, two_arms, hifu):
        # By hand, No HIFU: 5/6, then 3/6 after two at 4, 2/6 after 6; median in the middle of the plateau from 4 to 6.
        # HIFU: 5/6 after 5, then 3 of 4 at 12 (one censored at 9), 1 of 2 at 15.
        frame = survival_table(answer(two_arms, KM, group=hifu)).to_frame()
        assert frame["HIFU"].tolist() == ["No HIFU", "HIFU"]
        assert frame["Patients"].tolist() == ["6", "6"]
        assert frame["Events"].tolist() == ["5", "3"]
        assert [text.split(" ")[0] for text in frame["Median (95 % CI), months"]] == ["5.0", "15.0"]
        assert [text.split(" (")[0] for text in frame["6 months (95 % CI)"]] == ["33.3 %", "83.3 %"]
        assert [text.split(" (")[0] for text in frame["12 months (95 % CI)"]] == ["0.0 %", "62.5 %"]

    def test_numbers_behind_are_unrounded(self, answer, two_arms, hifu):
        result = answer(two_arms, KM, group=hifu)
        values = survival_table(result).values_frame()
        group = result.survival.groups[1]
        assert values["12 months"].tolist()[1] == group.at.survival[1] == 0.625
        assert values["Restricted mean to 12 months, months"].tolist()[1] == group.rmst.value
        assert values["Restricted mean to 12 months, months, 95 % CI low"].tolist()[1] == group.rmst.conf_low
        assert math.isnan(values["Median, months, 95 % CI high"].tolist()[1])

    def test_columns_follow_what_was_asked(self, answer, two_arms):
        labels = list(survival_table(answer(two_arms, {"kind": "kaplan_meier", "conf_level": 0.9})).to_frame().columns)
        assert labels == [
            "Group",
            "Patients",
            "Events",
            "Median (90 % CI), months",
            "Median follow-up (90 % CI), months",
        ]

    def test_footnotes(self, answer, two_arms, hifu):
        grouped = {**hifu, "levels": {"No HIFU": ["No"], "HIFU": ["Yes"]}}
        old = two_arms.assign(time=[None, *two_arms["time"][1:]])
        notes = survival_table(answer(old, KM, group=grouped, synthetic=True)).footnotes
        assert notes[0] == "NR: not reached."
        assert notes[1].startswith("Kaplan-Meier estimate, log-log 95 % CI;")
        assert notes[2] == "1 patient left out: OS time missing (row 2)."
        assert notes[-1] == "Synthetic data: no patient is real."
        assert "Synthetic data: no patient is real." not in survival_table(answer(old, KM, group=grouped)).footnotes

    def test_the_median_is_there_without_being_asked_for(self, answer, two_arms):
        asked = {"kind": "kaplan_meier", "quantiles": [0.25]}
        frame = survival_table(answer(two_arms, asked)).to_frame()
        assert frame["Median (95 % CI), months"].tolist() == ["10.0 (4.0–NR)"]

    def test_odd_names_and_times_do_not_clash(self, answer, two_arms):
        odd = two_arms.rename(columns={"hifu": "patients"})
        asked = {"kind": "kaplan_meier", "times": [6, 6], "quantiles": [0.5, 0.5]}
        result = answer(odd, asked, group={"column": "patients"})
        assert survival_table(result).to_frame().columns.is_unique
        assert quantile_table(result).to_frame().columns.is_unique
        assert at_risk_table(result, [0, 0, 6]).to_frame().columns.is_unique

    def test_nothing_is_printed_beyond_the_last_follow_up(self, answer, two_arms, hifu):
        # without HIFU the curve ends at 0 by month 10, with HIFU it is open at 20
        asked = {"kind": "kaplan_meier", "times": [12, 1000], "tau": 1000}
        result = answer(two_arms, asked, group=hifu)
        table = survival_table(result)
        printed = table.to_frame()
        assert [text.split(" (")[0] for text in printed["1000 months (95 % CI)"]] == ["0.0 %", "–"]
        assert printed["Restricted mean to 1000 months (95 % CI), months"].tolist()[1] == "–"
        assert printed["Restricted mean to 1000 months (95 % CI), months"].tolist()[0] != "–"
        assert table.values_frame()["1000 months"].tolist() == [0.0, None]
        assert "–: beyond the last follow-up of the group." in table.footnotes
        differences = contrast_table(result)
        assert [row.cells[1].text for row in differences.rows[1:]] == ["–", "–", "–"]
        assert [row.cells[2].text for row in differences.rows[1:]] == ["", "", ""]
        assert differences.rows[0].cells[1].text == "62.5"
        assert "–: beyond the last follow-up of a group." in differences.footnotes
        assert result.survival.groups[1].at.survival[1] > 0  # the number R carries on stays in the result

    def test_at_the_last_follow_up_the_number_stands(self, answer, two_arms, hifu):
        table = survival_table(answer(two_arms, {"kind": "kaplan_meier", "times": [20], "tau": 20}, group=hifu))
        assert not [cell for row in table.rows for cell in row.cells if cell.text == "–"]
        assert not [note for note in table.footnotes if "beyond" in note]

    def test_days_are_printed_whole(self, answer, two_arms):
        days = two_arms.assign(time=two_arms["time"] * 30)
        frame = survival_table(answer(days, {"kind": "kaplan_meier"}, unit="days")).to_frame()
        assert frame["Median (95 % CI), days"].tolist()[0].startswith("300 (")


class TestOtherSurvivalTables:
    def test_quantiles(self, answer, two_arms, hifu):
        result = answer(two_arms, {**KM, "quantiles": [0.5, 0.75]}, group=hifu)
        frame = quantile_table(result).to_frame()
        assert frame.columns.tolist()[1:] == [
            "50 % with the event (95 % CI), months",
            "75 % with the event (95 % CI), months",
        ]
        assert frame.iloc[1, 2] == "NR (12.0–NR)"

    def test_numbers_at_risk_are_direct_counts(self, answer, random_arms):
        result = answer(random_arms, {"kind": "kaplan_meier"}, group={"column": "grade"})
        times = [0, 5, 12.5, 40]
        table = at_risk_table(result, times)
        assert [row.kind for row in table.rows] == ["heading", "body", "body", "body"] * 3
        for i, level in enumerate(("G1", "G2", "G3")):
            own = random_arms[random_arms["grade"] == level]
            printed = [[cell.text for cell in row.cells[1:]] for row in table.rows[4 * i + 1 : 4 * i + 4]]
            assert printed[0] == [str((own["time"] >= t).sum()) for t in times]
            assert printed[2] == [str(((own["time"] <= t) & (own["event"] == 1)).sum()) for t in times]
            assert printed[1] == [str(((own["time"] <= t) & (own["event"] == 0)).sum()) for t in times]

    def test_the_numbers_say_which_group_they_are_of(self, answer, two_arms, hifu):
        values = at_risk_table(answer(two_arms, {"kind": "kaplan_meier"}, group=hifu)).values_frame()
        assert values.iloc[:, 0].tolist() == [
            f"{group}: {what}" for group in ("No HIFU", "HIFU") for what in ("At risk", "Censored", "Events")
        ]

    def test_one_group_needs_no_heading(self, answer, two_arms):
        rows = at_risk_table(answer(two_arms, {"kind": "kaplan_meier"})).rows
        assert [row.cells[0].text for row in rows] == ["At risk", "Censored", "Events"]

    @pytest.mark.parametrize(
        ("last", "unit", "times"),
        [
            (20, "months", (0, 3, 6, 9, 12, 15, 18)),
            (44, "months", (0, 6, 12, 18, 24, 30, 36, 42)),
            (1022, "days", (0, 180, 360, 540, 720, 900)),
            (0.5, "years", (0, 0.25, 0.5)),
        ],
    )
    def test_risk_times_are_round(self, answer, last, unit, times):
        frame = pd.DataFrame({"time": [last / 2, last], "event": [1, 0]})
        table = at_risk_table(answer(frame, {"kind": "kaplan_meier"}, unit=unit))
        assert [column.label for column in table.columns[1:]] == [f"{time:g} {unit}" for time in times]

    def test_contrasts(self, answer, two_arms, hifu):
        frame = contrast_table(answer(two_arms, KM, group=hifu)).to_frame()
        assert frame.columns[0] == "HIFU against No HIFU"
        assert frame.iloc[0].tolist()[:2] == ["Difference in survival at 6 months", "50.0 (1.9–98.1)"]
        assert frame.iloc[1].tolist() == ["Difference in survival at 12 months", "62.5", ""]
        assert frame.iloc[3, 0] == "Ratio of restricted mean to 12 months"

    def test_no_contrasts_without_two_groups_or_times(self, answer, two_arms, random_arms, hifu):
        assert contrast_table(answer(random_arms, KM, group={"column": "grade"})) is None
        assert contrast_table(answer(two_arms, {"kind": "kaplan_meier"}, group=hifu)) is None


class TestComparison:
    def test_groups_and_tests(self, answer, two_arms, hifu):
        result = answer(two_arms, {"kind": "compare", "trend": True}, group=hifu)
        table = comparison_table(result)
        frame = table.to_frame()
        assert frame["HIFU"].tolist() == ["No HIFU", "HIFU", "Log-rank", "Test for trend"]
        assert frame["Events observed"].tolist() == ["5", "3", "", ""]
        assert frame["P"].tolist()[2:] == ["0.019", "0.019"]
        assert table.values_frame()["P"].tolist()[2] == result.comparison.p_value
        assert sum(table.values_frame()["Events expected"].tolist()[:2]) == pytest.approx(8)

    def test_weighted_sums_are_called_so(self, answer, two_arms, hifu):
        frame = comparison_table(answer(two_arms, {"kind": "compare", "weighting": "gehan"}, group=hifu)).to_frame()
        assert "Events observed, weighted" in frame.columns
        assert frame.iloc[2, 0] == "Gehan-Breslow-Wilcoxon"

    def test_pairs(self, answer, random_arms):
        result = answer(random_arms, {"kind": "compare", "pairwise": "holm"}, group={"column": "grade"})
        table = pairwise_table(result)
        assert table.to_frame()["Groups"].tolist() == ["G1 and G2", "G1 and G3", "G2 and G3"]
        assert "Holm's adjustment" in table.footnotes[0]
        assert pairwise_table(answer(random_arms, {"kind": "compare"}, group={"column": "grade"})) is None

    def test_conventions(self, answer, two_arms, random_arms, hifu):
        table = conventions_table(answer(two_arms, {"kind": "compare"}, group={**hifu, "reference": "HIFU"}))
        assert table.columns[0].label == "No HIFU over HIFU"
        swapped = conventions_table(answer(two_arms, {"kind": "compare"}, group=hifu))
        ratios = [row.cells[1].values[0] for row in table.rows]
        np.testing.assert_allclose(ratios, [1 / row.cells[1].values[0] for row in swapped.rows])
        assert conventions_table(answer(random_arms, {"kind": "compare"}, group={"column": "grade"})) is None

    def test_the_ratio_to_report_stands_first(self, answer, two_arms, random_arms, hifu):
        compared = answer(two_arms, {"kind": "compare"}, group=hifu)
        cox = answer(two_arms, {"kind": "cox", "covariates": ["hifu"]}, group=hifu)
        table = conventions_table(compared, cox=cox)
        names = [row.cells[0].text for row in table.rows]
        assert names[0] == "Hazard ratio, Cox proportional hazards (Efron)"
        assert len(names) == 1 + len(conventions_table(compared).rows)
        term = cox.cox.multivariable.terms[0]
        assert table.rows[0].cells[1].values == (term.hazard_ratio, term.conf_low, term.conf_high)
        assert table.footnotes[0] == (
            "Log-rank, Mantel-Haenszel and medians: GraphPad Prism's formulas, with the quantile 1.96; the hazard "
            "ratio to report is that of Cox regression."
        )
        other = answer(two_arms, {"kind": "cox", "covariates": ["grade"]})
        assert len(conventions_table(compared, cox=other).rows) == len(names) - 1
        adjusted = answer(two_arms, {"kind": "cox", "covariates": ["hifu", "grade"]}, group=hifu)
        assert len(conventions_table(compared, cox=adjusted).rows) == len(names) - 1
        turned = answer(two_arms, {"kind": "cox", "covariates": ["hifu"]}, group={**hifu, "reference": "HIFU"})
        assert len(conventions_table(compared, cox=turned).rows) == len(names) - 1
