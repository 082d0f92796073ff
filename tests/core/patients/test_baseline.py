"""Table 1: rows, missing values, orders and notes, from small cohorts."""

import numpy as np
import pandas as pd
import pytest

from core.errors import MissingColumnError, SpecError
from core.patients.baseline import baseline_table
from core.patients.choice import BaselineOptions

LEVELS = ("No HIFU", "HIFU")
CODES = [0, 0, 0, 0, 1, 1, 1]
FRAME = pd.DataFrame(
    {
        "age": [50.0, 60.0, 70.0, np.nan, 40.0, 45.0, 65.0],
        "sex": ["F", "M", "M", "M", "F", None, "M"],
        "sites": ["Lung; Bone", "Lung", "Bone", "Lung; Bone", None, "Lung", "Lung"],
        "started": pd.to_datetime(["2020-01-01"] * 7),
        "grade": pd.Categorical(["G2", "G1", "G2", "G10", "G1", "G1", "G2"], categories=["G1", "G2", "G3", "G10"]),
    }
)
KINDS = {"age": "number", "sex": "category", "sites": "text", "started": "date", "grade": "category"}


def table(variables, *, frame=FRAME, codes=CODES, levels=LEVELS, kinds=KINDS, **options):
    orders = options.pop("orders", None)
    return baseline_table(frame, variables, kinds, codes, levels, orders=orders, options=BaselineOptions(**options))


def one(variable, **options):
    (found,) = table([variable], **options).variables
    return found


def counts(variable):
    return {row.level: [cell.n for cell in row.groups] for row in variable.rows}


class TestNumbers:
    def test_summary_of_the_known_values(self):
        age = one("age")
        (row,) = age.rows
        first, second = row.groups
        assert row.level is None
        assert (first.n, first.mean, first.sd, first.median, first.min, first.max) == (3, 60, 10, 60, 50, 70)
        # quantile(c(40, 45, 65), c(.25, .75), type = 7): 42.5, 55.
        assert (second.q1, second.q3) == (42.5, 55)
        assert (row.total.n, row.total.mean) == (6, 55)
        assert age.missing.tolist() == [1, 0]

    def test_small_groups_get_the_rank_test(self):
        # wilcox.test(c(50, 60, 70), c(40, 45, 65)): W = 7; P(W >= 7) = 4 / 20 of the ways, both tails.
        age = one("age")
        assert (age.type, age.test, age.statistic) == ("number", "Wilcoxon rank-sum", 7)
        assert age.p_value == pytest.approx(0.4)
        # Ranks 3, 4, 6 and 1, 2, 5: means 13/3 and 8/3, variances 7/3 and 13/3.
        assert age.smd == pytest.approx((5 / 3) / np.sqrt((7 / 3 + 13 / 3) / 2))
        assert table(["age"], number_test="t").variables[0].smd == pytest.approx(10 / np.sqrt((100 + 175) / 2))

    def test_what_the_standardised_difference_is_of_is_said(self):
        ranked = "of the ranks for numbers tested by their ranks"
        assert any(ranked in note for note in table(["age"]).notes)
        assert not any(ranked in note for note in table(["age"], number_test="t").notes)

    def test_a_skewed_number_that_differs_has_a_standardised_difference(self):
        rng = np.random.default_rng(5)
        values = np.exp(rng.normal(size=200) * 3 + np.repeat([0.0, 2.0], 100))
        skewed = one("afp", frame=pd.DataFrame({"afp": values}), codes=np.repeat([0, 1], 100))
        assert skewed.test == "Wilcoxon rank-sum"
        assert skewed.p_value < 0.001
        assert skewed.smd > 0.5

    def test_quantiles_are_numpy_s_linear_ones(self):
        rng = np.random.default_rng(3)
        for n in (1, 2, 5, 40):
            values = rng.normal(size=n)
            cell = one("x", frame=pd.DataFrame({"x": values}), codes=[0] * n, levels=("all",)).rows[0].total
            np.testing.assert_allclose([cell.q1, cell.median, cell.q3], np.quantile(values, [0.25, 0.5, 0.75]))

    def test_words_and_infinity_among_numbers_are_missing_and_noted(self):
        frame = pd.DataFrame({"x": ["1", "2.5", "high", None, np.inf, 3, 4]})
        result = table(["x"], frame=frame, kinds={"x": "number"})
        assert result.variables[0].missing.tolist() == [2, 1]
        assert "x: 2 values not a number: counted as missing." in result.notes

    def test_no_values_at_all(self):
        age = one("age", frame=FRAME.assign(age=np.nan))
        assert (age.rows[0].total.n, age.test, age.missing.tolist()) == (0, None, [4, 3])
        assert np.isnan([age.p_value, age.smd, age.rows[0].total.mean]).all()

    def test_one_value_has_no_spread(self):
        cell = one("age", codes=[0, 1, 1, 1, 1, 1, 1]).rows[0].groups[0]
        assert (cell.n, cell.mean, cell.median) == (1, 50, 50)
        assert np.isnan(cell.sd)

    def test_values_that_do_not_vary_say_why_there_is_no_p(self):
        result = table(["age"], frame=FRAME.assign(age=5.0))
        assert np.isnan(result.variables[0].p_value)
        assert "age: the values do not vary." in result.notes


class TestCategories:
    def test_counts_and_per_cent_of_the_known(self):
        sex = one("sex")
        assert counts(sex) == {"M": [3, 1], "F": [1, 1]}
        female = next(row for row in sex.rows if row.level == "F")
        assert [cell.percent for cell in female.groups] == [25, 50]
        assert (female.total.n, female.total.percent) == (2, pytest.approx(100 / 3))
        assert sex.missing.tolist() == [0, 1]

    def test_per_cent_of_all(self):
        female = next(row for row in one("sex", percent_of="all").rows if row.level == "F")
        assert [cell.percent for cell in female.groups] == [25, pytest.approx(100 / 3)]

    def test_small_counts_get_fisher(self):
        # fisher.test(matrix(c(3, 1, 1, 1), 2))$p.value: of 15 ways 8 give this table, the likeliest.
        sex = one("sex")
        assert (sex.type, sex.test, sex.df) == ("category", "Fisher exact", ())
        assert sex.p_value == pytest.approx(1.0)

    def test_the_column_s_own_order_without_unused_levels(self):
        assert list(counts(one("grade"))) == ["G1", "G2", "G10"]

    def test_natural_order_of_plain_text(self):
        frame = pd.DataFrame({"x": ["G10", "G2", "G1", "G2", "G1", "G1", "G1"]})
        assert list(counts(one("x", frame=frame, kinds={}))) == ["G1", "G2", "G10"]

    def test_a_given_order_shows_empty_levels_and_keeps_the_others(self):
        grade = one("grade", orders={"grade": ["G3", "G2", "G1"]})
        assert counts(grade) == {"G3": [0, 0], "G2": [2, 1], "G1": [1, 2], "G10": [1, 0]}

    def test_several_answers_in_one_cell_are_a_level_of_their_own(self):
        assert counts(one("sites")) == {"Bone": [1, 0], "Lung": [1, 2], "Lung; Bone": [2, 0]}

    def test_numbers_and_truth_values_as_categories(self):
        frame = pd.DataFrame({"ecog": [0, 1, 2, 1, 0, 1, np.nan], "yes": [True, False, True, True, False, False, True]})
        assert list(counts(one("ecog", frame=frame, kinds={"ecog": "category"}))) == ["0", "1", "2"]
        assert counts(one("yes", frame=frame, kinds={})) == {"False": [1, 2], "True": [3, 1]}

    def test_nobody_known(self):
        sex = one("sex", frame=FRAME.assign(sex=None))
        assert (sex.rows, sex.test, sex.missing.tolist()) == ((), None, [4, 3])
        assert np.isnan(sex.p_value)

    def test_one_level_has_nothing_to_test(self):
        sex = one("sex", frame=FRAME.assign(sex="M"))
        assert (sex.test, sex.smd) == (None, 0.0)

    def test_free_text_is_not_listed(self):
        frame = pd.DataFrame({"x": [f"comment {i}" for i in range(40)]})
        result = table(["x"], frame=frame, codes=[0, 1] * 20, kinds={"x": "text"})
        assert result.variables[0].rows == ()
        assert "x: 40 different values: not summarised." in result.notes


class TestTable:
    def test_sizes_and_patients_in_no_group(self):
        result = table(["age", "sex"], codes=[0, 0, -1, 0, 1, 1, -1])
        assert result.n.tolist() == [3, 2]
        assert result.variables[0].rows[0].total.n == 4

    def test_one_group_is_described_and_not_tested(self):
        result = table(["age", "sex"], codes=[0] * 7, levels=("all",))
        assert [(v.test, np.isnan(v.p_value), np.isnan(v.smd)) for v in result.variables] == [(None, True, True)] * 2
        assert result.notes == ()

    def test_dates_are_left_out_and_said(self):
        result = table(["started", "age"])
        assert [v.variable for v in result.variables] == ["age"]
        assert "'started' is a date: not summarised." in result.notes

    def test_the_rules_are_said_for_the_kinds_there_are(self):
        both, only = table(["age", "sex"]).notes, table(["sex"], number_test="t").notes
        assert [note.split(":")[0] for note in both] == ["Categories", "Numbers", "SMD"]
        assert [note.split(":")[0] for note in only] == ["Categories", "SMD"]
        assert "Wilcoxon" not in " ".join(table(["age"], number_test="t").notes)

    def test_more_than_two_groups(self):
        result = table(["age", "sex"], codes=[0, 0, 1, 1, 1, 2, 2], levels=("A", "B", "C"))
        assert [v.test for v in result.variables] == ["Kruskal-Wallis", "Fisher exact"]
        assert "largest among the pairs" in result.notes[2]

    def test_an_empty_group(self):
        result = table(["age", "sex"], codes=[0] * 7)
        assert [v.test for v in result.variables] == [None, None]
        assert result.variables[0].rows[0].groups[1].n == 0
        assert np.isnan(result.variables[1].rows[0].groups[1].percent)

    def test_a_column_that_is_not_there(self):
        with pytest.raises(MissingColumnError, match="Column 'agee', needed for Table 1"):
            table(["agee"])

    def test_row_order_does_not_matter(self):
        order = [6, 2, 4, 0, 5, 1, 3]
        shuffled = table(["age", "sex", "grade"], frame=FRAME.iloc[order], codes=np.array(CODES)[order])
        pd.testing.assert_frame_equal(shuffled.to_frame(), table(["age", "sex", "grade"]).to_frame())

    def test_the_tidy_frame(self):
        frame = table(["age", "sex"]).to_frame()
        assert len(frame) == 2 + 4
        row = frame[(frame["variable"] == "sex") & (frame["level"] == "M") & (frame["group"] == "HIFU")].iloc[0]
        assert (row["n"], row["percent"], row["missing"], row["test"]) == (1, 50, 1, "Fisher exact")

    def test_results_cannot_be_changed(self):
        result = table(["age"])
        for array in (result.n, result.variables[0].missing):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 9


SITES = pd.DataFrame(
    {
        "lung": ["Yes", "Yes", "No", "No", "Yes", "No", None],
        "bone": ["Yes", "No", "No", "No", "Yes", "Yes", "No"],
        "age": FRAME["age"],
        "grade": FRAME["grade"],
    }
)


class TestChosen:
    def sites(self, **options):
        kinds = {"lung": "category", "bone": "category", "age": "number", "grade": "category"}
        return table(
            ["age", "bone", "grade"], frame=SITES, kinds=kinds, multiple={"Sites": ("bone", "lung")}, **options
        )

    def test_findings_under_one_heading(self):
        age, bone, lung, grade = self.sites().variables
        assert [item.heading for item in (age, bone, lung, grade)] == [None, "Sites", "Sites", None]
        # Bone: 1 of 4 and 2 of 3; lung: 2 of 4 and 1 of the 2 known. Each is tested with its no.
        assert counts(bone) == {"Yes": [1, 2]}
        assert counts(lung) == {"Yes": [2, 1]}
        assert [cell.percent for cell in lung.rows[0].groups] == [50, 50]
        assert lung.missing.tolist() == [0, 1]
        assert bone.test == "Fisher exact"
        alone = one("bone", frame=SITES, kinds={"bone": "category"})
        assert bone.p_value == alone.p_value
        assert bone.smd == alone.smd

    def test_other_values_than_yes_and_no_cannot_stand_under_a_heading(self):
        with pytest.raises(SpecError, match="not yes and no"):
            table(["age"], multiple={"Sites": ("grade",)})

    def test_per_cent_of_the_row(self):
        bone = self.sites(percent="row").variables[1]
        assert [cell.percent for cell in bone.rows[0].groups] == [pytest.approx(100 / 3), pytest.approx(200 / 3)]
        assert bone.rows[0].total.percent == 100

    @pytest.mark.parametrize(
        ("variable", "test", "name"),
        [
            ("age", "welch", "Welch t-test"),
            ("age", "student", "Student t-test"),
            ("age", "wilcoxon", "Wilcoxon rank-sum"),
            ("age", "trend", "Jonckheere-Terpstra trend"),
            ("age", "none", None),
            ("grade", "pearson", "Pearson chi-squared"),
            ("grade", "fisher", "Fisher exact"),
            ("grade", "trend", "Cochran-Armitage trend"),
            ("grade", "none", None),
        ],
    )
    def test_a_test_is_named(self, variable, test, name):
        found = one(variable, tests={variable: test})
        assert found.test == name
        assert np.isnan(found.p_value) == (name is None)

    def test_more_than_two_groups(self):
        three = {"codes": [0, 0, 1, 1, 1, 2, 2], "levels": ("a", "b", "c"), "frame": FRAME.fillna({"age": 55.0})}
        names = [one("age", tests={"age": test}, **three).test for test in ("welch", "student", "wilcoxon")]
        assert names == ["Welch ANOVA", "One-way ANOVA", "Kruskal-Wallis"]
        assert one("grade", tests={"grade": "trend"}, **three).test == "Linear-by-linear association"

    def test_a_trend_says_its_order(self):
        notes = table(["grade"], tests={"grade": "trend"}).notes
        assert any("trend over G1, G2, G10, in this order" in note for note in notes)
        assert not any("Pearson" in note for note in notes)

    def test_a_test_of_the_other_kind_is_refused(self):
        with pytest.raises(SpecError, match="'age' is a number"):
            table(["age"], tests={"age": "fisher"})
        with pytest.raises(SpecError, match="'sex' is a category"):
            table(["sex"], tests={"sex": "welch"})
        with pytest.raises(SpecError, match="not among the variables"):
            table(["sex"], tests={"age": "welch"})
