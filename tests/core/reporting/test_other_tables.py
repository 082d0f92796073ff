"""Cox regression, adverse events and Table 1 as printed, with the numbers behind them."""

import numpy as np
import pandas as pd
import pytest

from core.errors import SpecError
from core.reporting.adverse_event_report import adverse_event_report, arrange
from core.reporting.baseline_report import baseline_report
from core.reporting.cox_table import cox_table

EVENTS = pd.DataFrame(
    [
        ("P1", "Fever", 3, "All-cause"),
        ("P2", "Fever", 1, "All-cause"),
        ("P7", "Fever", 2, "All-cause"),
        ("P7", "Nausea", 1, "All-cause"),
        ("P8", "Nausea", 2, "All-cause"),
        ("P9", "Nausea", 1, "All-cause"),
        ("P3", "Bleeding", 4, "All-cause"),
        ("P4", "Bleeding", 3, "All-cause"),
        ("P9", "Fever", 1, "Immune"),
    ],
    columns=["id", "term", "grade", "class"],
)


@pytest.fixture
def patients(two_arms):
    return two_arms.assign(id=[f"P{i}" for i in range(1, 13)])


@pytest.fixture
def safety(answer, patients, hifu):
    return answer(patients, {"kind": "adverse_events"}, group=hifu, events=EVENTS)


class TestCoxTable:
    @pytest.fixture
    def both(self, answer, random_arms):
        shaped = random_arms.assign(age=lambda f: 80 - f["time"] + 9 * np.sin(np.arange(len(f))))
        asked = {"kind": "cox", "covariates": ["age", "grade"], "mode": "univariable-then-multivariable"}
        return answer(shaped, asked)

    def test_rows_and_columns(self, both):
        frame = cox_table(both).to_frame()
        assert list(frame.columns) == [
            "Factor",
            "Patients",
            "Events",
            "Univariable hazard ratio (95 % CI)",
            "Univariable P",
            "Multivariable hazard ratio (95 % CI)",
            "Multivariable P",
        ]
        assert frame["Factor"].tolist() == ["Age", "Grade", "\u2003G1", "\u2003G2", "\u2003G3"]
        assert frame.iloc[2, 3] == "1 (reference)"
        assert frame.iloc[2, 5] == "–"  # grade did not enter
        assert frame.iloc[1, 4] != ""  # all levels of grade together

    def test_counts_of_the_reference_and_levels_add_up(self, both, random_arms):
        frame = cox_table(both).to_frame()
        assert frame["Patients"].tolist()[2:] == [
            str((random_arms["grade"] == level).sum()) for level in ("G1", "G2", "G3")
        ]
        assert sum(map(int, frame["Events"].tolist()[2:])) == random_arms["event"].sum()

    def test_numbers_behind(self, both):
        values = cox_table(both).values_frame()
        term = both.cox.multivariable.terms[0]
        row = values[values["Factor"] == "Age"].iloc[0]
        assert row["Multivariable hazard ratio"] == term.hazard_ratio
        assert row["Multivariable P"] == term.p_value
        assert "Grade: G2" in values["Factor"].tolist()
        assert values[values["Factor"] == "Grade: G1"].iloc[0]["Univariable hazard ratio"] == 1.0

    def test_footnotes(self, both):
        notes = cox_table(both).footnotes
        assert notes[0] == "–: not in the multivariable model, univariable P ≥ 0.1 or not estimable."
        assert "Hazard ratios of numbers are per unit." in notes
        assert any(note.startswith("Multivariable model: 60 patients, 42 events; concordance 0.") for note in notes)

    def test_one_model_needs_no_prefix(self, answer, two_arms, hifu):
        result = answer(two_arms, {"kind": "cox", "covariates": ["hifu"]}, group=hifu)
        frame = cox_table(result).to_frame()
        assert list(frame.columns)[3:] == ["Hazard ratio (95 % CI)", "P"]
        assert frame["Factor"].tolist() == ["HIFU", "\u2003No HIFU", "\u2003HIFU"]

    def test_a_level_without_events_is_not_estimable(self, answer, two_arms):
        frame = two_arms.assign(event=[1, 1, 1, 1, 0, 1, *[0] * 6])
        printed = cox_table(answer(frame, {"kind": "cox", "covariates": ["hifu"]})).to_frame()
        assert printed.iloc[2].tolist()[3:] == ["not estimable", "–"]

    def test_a_factor_that_cannot_be_fitted_still_has_a_row(self, answer, two_arms):
        same = two_arms.assign(site="Liver")
        asked = {"kind": "cox", "covariates": ["hifu", "site"]}
        frame = cox_table(answer(same, asked)).to_frame()
        assert frame.iloc[-1].tolist() == ["Site", "–", "–", "–", "–"]


class TestArrange:
    def names(self, table):
        return [row.term for row in table.rows]

    @pytest.mark.parametrize(
        ("sort_by", "order"),
        [
            ("class", ["Fever", "Nausea", "Bleeding", "Fever"]),
            ("frequency", ["Fever", "Nausea", "Bleeding", "Fever"]),
            ("grade3", ["Bleeding", "Fever", "Nausea", "Fever"]),
            ("difference", ["Nausea", "Bleeding", "Fever", "Fever"]),
            ("name", ["Bleeding", "Fever", "Fever", "Nausea"]),
        ],
    )
    def test_order(self, safety, sort_by, order):
        assert self.names(arrange(safety.adverse_events, sort_by=sort_by)) == order

    def test_rare_terms_are_left_out_and_counted(self, safety):
        table = arrange(safety.adverse_events, min_percent=20)
        assert self.names(table) == ["Fever", "Nausea", "Bleeding"]
        assert [row.event_class for row in table.class_rows] == ["All-cause"]
        assert table.notes[-1] == "Not shown: terms in fewer than 20 % of every group (1)."
        assert table.overall is safety.adverse_events.overall

    def test_a_term_frequent_in_one_group_stays(self, safety):
        assert "Bleeding" in self.names(arrange(safety.adverse_events, min_percent=33))

    def test_nothing_left_out_adds_no_note(self, safety):
        assert arrange(safety.adverse_events).notes == safety.adverse_events.notes

    def test_unknown_order(self, safety):
        with pytest.raises(SpecError, match="Unknown order of adverse events 'size'"):
            arrange(safety.adverse_events, sort_by="size")


class TestAdverseEventReport:
    def test_columns_name_the_denominators(self, safety):
        labels = [column.label for column in adverse_event_report(safety).columns]
        assert labels == [
            "Adverse event",
            "No HIFU (N = 6), any grade, n (%)",
            "HIFU (N = 6), any grade, n (%)",
            "Difference, any grade (95 % CI)",
            "P, any grade",
            "q, any grade",
            "No HIFU (N = 6), grade ≥ 3, n (%)",
            "HIFU (N = 6), grade ≥ 3, n (%)",
            "Difference, grade ≥ 3 (95 % CI)",
            "P, grade ≥ 3",
            "q, grade ≥ 3",
        ]

    def test_terms_under_their_class(self, safety):
        table = adverse_event_report(safety)
        printed = [(row.kind, row.indent, row.cells[0].text, row.cells[1].text) for row in table.rows]
        assert printed == [
            ("total", 0, "Any adverse event", "4 (66.7)"),
            ("heading", 0, "All-cause", "4 (66.7)"),
            ("body", 1, "Fever", "2 (33.3)"),
            ("body", 1, "Nausea", "0 (0.0)"),
            ("body", 1, "Bleeding", "2 (33.3)"),
            ("heading", 0, "Immune", "0 (0.0)"),
            ("body", 1, "Fever", "0 (0.0)"),
        ]

    def test_sorted_otherwise_terms_stand_alone(self, safety):
        texts = [row.cells[0].text for row in adverse_event_report(safety, sort_by="frequency").rows]
        assert texts == ["Any adverse event", "Fever (All-cause)", "Nausea", "Bleeding", "Fever (Immune)"]

    def test_numbers_behind(self, safety):
        values = adverse_event_report(safety).values_frame()
        row = values[values["Adverse event"] == "All-cause: Bleeding"].iloc[0]
        assert (row["No HIFU, any grade, n"], row["No HIFU, any grade, share"]) == (2, 2 / 6)
        assert row["Difference, any grade"] == pytest.approx(-2 / 6)
        assert row["P, any grade"] == pytest.approx(15 / 66 * 2)  # both tails: C(6,2)/C(12,2) each

    def test_where_nobody_has_the_event_nothing_is_tested(self, safety):
        # nausea: nobody with grade 3 or more; bleeding: 2 of 6 against none
        table = adverse_event_report(safety)
        severe = {row.cells[0].text: row.cells[-2] for row in table.rows if row.kind == "body"}
        assert (severe["Nausea"].text, severe["Nausea"].values) == ("–", (None,))
        assert severe["Bleeding"].text == "0.45"
        difference = next(row.cells[-3].text for row in table.rows if row.cells[0].text == "Nausea")
        assert difference.startswith("0.0 (")  # how large a difference is still possible
        assert "–: no patient of any group had the event; there is nothing to test." in table.footnotes

    def test_the_dash_is_explained_only_where_there_is_one(self, answer, patients, hifu):
        result = answer(patients, {"kind": "adverse_events"}, group=hifu, events=EVENTS[["id", "term"]])
        assert not [note for note in adverse_event_report(result).footnotes if note.startswith("–")]

    def test_three_groups_have_a_test_and_no_difference(self, answer, random_arms):
        frame = random_arms.assign(id=[f"P{i}" for i in range(60)])
        result = answer(frame, {"kind": "adverse_events"}, group={"column": "grade"}, events=EVENTS)
        labels = [column.label for column in adverse_event_report(result).columns]
        assert not [label for label in labels if label.startswith("Difference")]
        assert "P, any grade" in labels

    def test_without_grades_nothing_is_said_of_them(self, answer, patients):
        result = answer(patients, {"kind": "adverse_events"}, events=EVENTS[["id", "term"]])
        labels = [column.label for column in adverse_event_report(result).columns]
        assert labels == ["Adverse event", "All patients (N = 12), any grade, n (%)"]


class TestBaselineReport:
    VARIABLES = ("age", "grade")

    @pytest.fixture
    def frame(self, two_arms):
        age = [50, 61, 55, 70, 66, 59, 48, 52, np.nan, 75, 68, 63]
        return two_arms.assign(age=age, grade=["G1", "G2", None, *["G1", "G2", "G2"] * 3])

    def test_printed(self, answer, frame, hifu):
        result = answer(frame, {"kind": "baseline", "variables": list(self.VARIABLES)}, group=hifu)
        table = baseline_report(result)
        assert [column.label for column in table.columns] == [
            "Variable",
            "All patients (N = 12)",
            "No HIFU (N = 6)",
            "HIFU (N = 6)",
            "P",
            "Test",
            "SMD",
        ]
        rows = [[cell.text for cell in row.cells[:4]] for row in table.rows]
        # R: quantile(c(50, 61, 55, 70, 66, 59)) = 56, 60, 64.75; quantile(c(48, 52, 75, 68, 63)) = 52, 63, 68
        assert rows[0] == ["Age, median (quartiles)", "61.0 (53.5–67.0)", "60.0 (56.0–64.8)", "63.0 (52.0–68.0)"]
        assert rows[1] == ["Missing", "1 (8.3)", "0 (0.0)", "1 (16.7)"]
        assert rows[2] == ["Grade, n (%)", "", "", ""]
        assert rows[3] == ["G1", "4 (36.4)", "2 (40.0)", "2 (33.3)"]
        assert rows[5] == ["Missing", "1 (8.3)", "1 (16.7)", "0 (0.0)"]
        assert table.rows[0].cells[5].text == "Wilcoxon rank-sum"
        assert [row.kind for row in table.rows] == ["heading", "body", "heading", "body", "body", "body"]

    def test_mean_on_request(self, answer, frame, hifu):
        result = answer(frame, {"kind": "baseline", "variables": ["age"], "summary": "mean"}, group=hifu)
        row = baseline_report(result).rows[0]
        own = frame["age"][:6]
        assert row.cells[0].text == "Age, mean ± SD"
        assert row.cells[2].text == f"{own.mean():.1f} ± {own.std():.1f}"
        assert "SD: standard deviation." in baseline_report(result).footnotes

    def test_mean_follows_the_test(self, answer, random_arms):
        # many, symmetric: Welch's or one-way ANOVA, so the mean
        grouped = answer(random_arms, {"kind": "baseline", "variables": ["age"]}, group={"column": "grade"})
        test = grouped.baseline.variables[0].test
        shown = baseline_report(grouped).rows[0].cells[0].text
        assert shown == ("Age, median (quartiles)" if "Kruskal" in test else "Age, mean ± SD")

    def test_ungrouped_has_neither_test_nor_total(self, answer, frame):
        table = baseline_report(answer(frame, {"kind": "baseline", "variables": list(self.VARIABLES)}))
        assert [column.label for column in table.columns] == ["Variable", "All patients (N = 12)"]
        assert all(len(row.cells) == 2 for row in table.rows)

    def test_numbers_behind(self, answer, frame, hifu):
        result = answer(frame, {"kind": "baseline", "variables": list(self.VARIABLES)}, group=hifu)
        values = baseline_report(result).values_frame()
        age, g1 = values.iloc[0], values[values["Variable"] == "Grade: G1"].iloc[0]
        assert age["No HIFU, upper quartile"] == 64.75
        assert age["P"] == result.baseline.variables[0].p_value
        assert (g1["HIFU, n"], g1["HIFU, share"]) == (2, pytest.approx(1 / 3))
        assert values[values["Variable"] == "Grade: missing"].iloc[0]["No HIFU, n"] == 1

    def test_choices_are_printed(self, answer, frame, hifu):
        frame = frame.assign(lung=["Yes", "No"] * 6, bone=["No", "No", "Yes"] * 4)
        asked = {
            "kind": "baseline", "variables": ["age", "grade", "lung"], "multiple": {"Sites": ["lung", "bone"]},
            "summaries": {"age": "mean"}, "tests": {"age": "welch", "grade": "trend"}, "missing": "excluded",
            "total": False, "decimals": 2, "percent_decimals": 0, "percent": "row",
        }  # fmt: skip
        table = baseline_report(answer(frame, asked, group=hifu))
        assert [column.label for column in table.columns] == [
            "Variable", "No HIFU (N = 6)", "HIFU (N = 6)", "P", "Test", "SMD",
        ]  # fmt: skip
        texts = [[cell.text for cell in row.cells] for row in table.rows]
        own = frame["age"][:6]
        assert texts[0][:2] == ["Age, mean ± SD", f"{own.mean():.2f} ± {own.std():.2f}"]
        assert texts[0][4] == "Welch t-test"
        assert texts[1][0] == "Grade, n (%)"
        assert texts[1][4] == "Cochran-Armitage trend"
        assert texts[2][:3] == ["G1", "2 (50)", "2 (50)"]
        assert [row[0] for row in texts[4:]] == ["Sites, n (%), not exclusive", "Lung", "Bone"]
        assert texts[5][4] == "Fisher exact"
        assert not any("Missing" in row[0] for row in texts)
        said = " ".join(table.footnotes)
        assert "Missing values, left out of the table: Age 1 and Grade 1." in said
        assert "do not add up to 100 %" in said
        assert "Percentages are of the row" in said

    def test_no_p_without_its_test(self, answer, frame, hifu):
        asked = {"kind": "baseline", "variables": list(self.VARIABLES), "tests": {"age": "none"}}
        for row in baseline_report(answer(frame, asked, group=hifu)).rows:
            p, test = (row.cells[i].text for i in (4, 5))
            assert bool(test) == (p not in ("", "–"))

    @pytest.mark.parametrize(
        ("values", "text"),
        [
            ([0.01, 0.02, 0.03], "0.02 (0.02–0.03)"),
            ([1, 2, 3], "2.0 (1.5–2.5)"),
            ([1500, 2500, 3500], "2500 (2000–3000)"),
        ],
    )
    def test_decimals_suit_the_size(self, answer, values, text):
        frame = pd.DataFrame({"time": [1, 2, 3], "event": [1, 1, 0], "marker": values})
        rows = baseline_report(answer(frame, {"kind": "baseline", "variables": ["marker"]})).rows
        assert rows[0].cells[1].text == text
