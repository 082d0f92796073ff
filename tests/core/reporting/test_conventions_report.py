"""The page of conventions: the printed numbers are the core's, the programs' own, and the reasons stand beside them."""

import numpy as np
import pandas as pd
import pytest

from core.reporting.conventions_report import (
    PROGRAMS,
    Conventions,
    conventions_headline,
    conventions_method,
    mean_table,
    median_table,
    ratio_table,
)
from core.survival.programs import program_numbers


@pytest.fixture
def shown(answer):
    """A function: frame and group to what the page shows."""

    def ask(frame, *, group=None, **options):
        curves = answer(frame, {"kind": "kaplan_meier", "conf_type": "log"}, group=group, **options)
        if group is None or len(curves.subset.groups.levels) != 2:
            return Conventions(curves=curves)
        cox = {"kind": "cox", "covariates": [group["column"]]}
        return Conventions(
            curves=curves,
            comparison=answer(frame, {"kind": "compare"}, group=group, **options),
            efron=answer(frame, cox, group=group, **options),
            breslow=answer(frame, {**cox, "ties": "breslow"}, group=group, **options),
        )

    return ask


# Four of eight die at 2, 4, 6 and 8, a fifth at 12, the others are censored: S is one half from 8 to 12.
PLATEAU = pd.DataFrame({"time": [2, 4, 6, 8, 12, 14, 16, 18], "event": [1, 1, 1, 1, 1, 0, 0, 0]})


def column(table, label):
    return dict(zip(table.to_frame().iloc[:, 0], table.to_frame()[label], strict=True))


class TestMedian:
    def test_only_spss_takes_the_start_of_a_plateau(self, shown):
        printed = column(median_table(shown(PLATEAU)), "All patients")
        assert list(printed) == ["R", "SAS", "Prism 10", "SPSS 26"]
        assert printed["R"].startswith("10.0 (")
        assert printed["SAS"].startswith("10.0 (")
        assert printed["Prism 10"] == "10.0"
        assert printed["SPSS 26"].startswith("8.0 (")
        assert "; SE " in printed["SPSS 26"]

    def test_spss_by_hand(self, shown):
        # S(8) = 0.5 with Greenwood error sqrt(0.5 * 0.5 / 8); density between 6 (S = 5/8) and 12 (S = 3/8): 0.25 / 6.
        values = median_table(shown(PLATEAU)).values_frame()
        error = np.sqrt(0.25 / 8) / (0.25 / 6)
        assert values["All patients, median, SE"].iloc[3] == pytest.approx(error, rel=1e-12)
        assert values["All patients, median, 95 % CI low"].iloc[3] == pytest.approx(8 - 1.96 * error, rel=1e-12)

    def test_a_median_not_reached_is_said(self, shown):
        early = PLATEAU.assign(event=[1, 0, 0, 0, 0, 0, 0, 0])
        table = median_table(shown(early))
        assert column(table, "All patients")["SPSS 26"] == "NR"
        assert "NR: not reached." in table.footnotes

    def test_a_group_that_is_called_all_stays_a_group(self, shown):
        frame = pd.concat([PLATEAU.assign(arm="all"), PLATEAU.assign(arm="some", time=PLATEAU["time"] + 1)])
        result = shown(frame.reset_index(drop=True), group={"column": "arm"})
        assert [column.label for column in median_table(result).columns[1:3]] == ["all", "some"]
        assert "10.0 months for all" in conventions_headline(result)

    def test_every_row_says_why(self, shown):
        for table in (median_table(shown(PLATEAU)), mean_table(shown(PLATEAU))):
            assert all(text.endswith(".") and len(text) > 10 for text in table.to_frame()["Why it differs"])


class TestMean:
    def test_areas_by_hand(self, shown):
        # Up to 12: 2 + 2 * 7/8 + 2 * 6/8 + 2 * 5/8 + 4 * 4/8 = 8.5; then 3/8 until the longest time, 18.
        values = mean_table(shown(PLATEAU)).values_frame()
        assert values["All patients, mean"].tolist()[:2] == pytest.approx([8.5 + 6 * 3 / 8, 8.5])
        assert values["All patients, mean"].iloc[3] == pytest.approx(8.5 + 6 * 3 / 8)
        assert values["All patients, mean, area ends at"].tolist()[:2] == [18, 12]
        assert column(mean_table(shown(PLATEAU)), "All patients")["Prism 10"] == "–"

    def test_every_number_is_that_of_the_core(self, shown, random_arms):
        result = shown(random_arms, group={"column": "grade"})
        values = {"median": median_table(result).values_frame(), "mean": mean_table(result).values_frame()}
        for i, one in enumerate(program_numbers(result.curves.survival.table)):
            for measure in ("median", "mean"):
                printed = values[measure].iloc[i % len(PROGRAMS)]
                found = getattr(one, measure)
                name = f"{one.group}, {measure}"
                np.testing.assert_equal(
                    [printed[name], printed[f"{name}, 95 % CI high"], printed[f"{name}, SE"]],
                    [found.value, found.conf_high, found.std_error],
                )


class TestRatios:
    def test_five_formulas_and_who_prints_them(self, shown, two_arms, hifu):
        result = shown(two_arms, group=hifu)
        table = ratio_table(result)
        assert table.columns[0].label == "HIFU over No HIFU"
        assert table.to_frame()["Default of"].tolist() == ["R", "SAS, SPSS 26", "Prism 10", "Prism 10", "Prism 10"]
        conventions = result.comparison.comparison.conventions
        efron, breslow = (fit.cox.multivariable.terms[0].hazard_ratio for fit in (result.efron, result.breslow))
        assert table.values_frame()["Ratio"].tolist() == [
            efron,
            breslow,
            *(conventions[name].value for name in conventions),
        ]
        assert efron != breslow  # two patients without HIFU die at 4

    def test_none_without_exactly_two_groups(self, shown, random_arms):
        assert ratio_table(shown(random_arms)) is None
        assert ratio_table(shown(random_arms, group={"column": "grade"})) is None


class TestWords:
    def test_the_plateau_is_the_headline(self, shown):
        said = conventions_headline(shown(PLATEAU))
        assert said.startswith("SPSS prints a median of 8.0 instead of 10.0 months, where")
        assert "the means differ" in said

    def test_agreement_is_said(self, shown):
        everybody = pd.DataFrame({"time": [1, 2, 3, 4, 5], "event": [1] * 5})
        said = conventions_headline(shown(everybody))
        assert said == "All four programs print the same median, with different limits; the means agree."

    def test_hazard_ratios_by_cox_and_by_prism(self, shown, two_arms, hifu):
        result = shown(two_arms, group=hifu)
        said = conventions_headline(result)
        (cox, *_), *_ = ratio_table(result).values_frame()[["Ratio"]].to_numpy().tolist()
        assert f"the hazard ratio is {cox:.2f} by Cox regression and" in said

    def test_nobody_had_the_event(self, shown):
        result = shown(PLATEAU.assign(event=0))
        assert conventions_headline(result) == "Nobody of 8 patients had the event: no program prints a median."
        assert column(median_table(result), "All patients")["R"] == "NR"

    def test_method_gives_r_calls_and_says_that_no_program_was_run(self, shown, two_arms, hifu):
        said = "\n".join(conventions_method(shown(two_arms, group=hifu)))
        assert 'print(survfit(Surv(time, event) ~ group, conf.type = "log"), rmean = "common")' in said
        assert 'ties = "breslow"' in said
        assert "no program was run" in said

    def test_synthetic_data_say_so(self, shown):
        assert any("Synthetic" in note for note in median_table(shown(PLATEAU, synthetic=True)).footnotes)
        assert not any("Synthetic" in note for note in median_table(shown(PLATEAU)).footnotes)
