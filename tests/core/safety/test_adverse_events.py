"""Adverse events: hand-counted tables, a second count in plain Python, what is left out and said."""

from collections import defaultdict

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.contingency import fisher_exact_p
from core.errors import MissingColumnError, SpecError
from core.proportions.intervals import difference_interval
from core.safety.adverse_events import Asked, adverse_event_table

LEVELS = ("No HIFU", "HIFU")
PATIENTS = ["P1", "P2", "P3", "P4", "P5"]
CODES = [0, 0, 0, 1, 1]


def events(*rows):
    """Long table from (patient, class, term, grade)."""
    return pd.DataFrame(list(rows), columns=["patient", "class", "term", "grade"])


def table(frame, *, patients=PATIENTS, codes=CODES, levels=LEVELS, reference="No HIFU", **options):
    return adverse_event_table(frame, patients, codes, levels, reference, asked=Asked(**options))


def row_of(result, term, event_class="AE"):
    (row,) = [row for row in result.rows if (row.event_class, row.term) == (event_class, term)]
    return row


@pytest.fixture
def small():
    return table(
        events(
            ("P1", "AE", "Nausea", 1),
            ("P1", "AE", "Nausea", 3),
            ("P1", "AE", "Fever", 2),
            ("P2", "AE", "Nausea", 2),
            ("P4", "AE", "Nausea", 4),
            ("P4", "irAE", "Rash", 1),
            ("P4", "irAE", "Rash", 1),
        )
    )


class TestByHand:
    def test_a_patient_counts_once_per_term_with_the_worst_grade(self, small):
        nausea = row_of(small, "Nausea")
        assert nausea.any.tolist() == [2, 1]
        assert nausea.grade3plus.tolist() == [1, 1]
        assert nausea.by_grade.tolist() == [[0, 1, 1, 0, 0], [0, 0, 0, 1, 0]]

    def test_the_denominator_is_every_patient_of_the_group(self, small):
        assert small.denominators.tolist() == [3, 2]
        assert small.percent(row_of(small, "Nausea").any) == pytest.approx([200 / 3, 50])

    def test_overall_counts_patients_not_terms(self, small):
        assert small.overall.any.tolist() == [2, 1]
        assert small.overall.grade3plus.tolist() == [1, 1]
        assert small.overall.by_grade.tolist() == [[0, 1, 1, 0, 0], [0, 0, 0, 1, 0]]
        assert (small.overall.event_class, small.overall.term) == (None, None)

    def test_any_event_of_a_class(self, small):
        assert [(row.event_class, row.term, row.any.tolist()) for row in small.class_rows] == [
            ("AE", None, [2, 1]),
            ("irAE", None, [0, 1]),
        ]

    def test_most_frequent_first_within_the_most_frequent_class(self, small):
        assert [(row.event_class, row.term) for row in small.rows] == [
            ("AE", "Nausea"),
            ("AE", "Fever"),
            ("irAE", "Rash"),
        ]

    def test_the_difference_is_the_other_level_minus_the_reference(self, small):
        nausea = row_of(small, "Nausea")
        expected = difference_interval(1, 2, 2, 3)
        assert nausea.difference_any.estimate == pytest.approx(1 / 2 - 2 / 3)
        assert nausea.difference_any.conf_low == pytest.approx(expected.conf_low, rel=1e-12)
        assert nausea.difference_any.conf_high == pytest.approx(expected.conf_high, rel=1e-12)
        assert nausea.difference_any.p_value == nausea.p_any == pytest.approx(1.0)
        assert nausea.difference_grade3plus.estimate == pytest.approx(1 / 2 - 1 / 3)

    def test_the_other_reference_turns_the_difference(self):
        frame = events(("P4", "AE", "Nausea", 3))
        one, other = (table(frame, reference=level).rows[0].difference_any for level in LEVELS)
        assert (one.estimate, other.estimate) == (0.5, -0.5)
        assert one.conf_low == pytest.approx(-other.conf_high)

    def test_the_same_term_in_two_classes_is_two_rows_and_one_patient(self):
        result = table(events(("P1", "AE", "Rash", 1), ("P1", "irAE", "Rash", 2)))
        assert [(row.event_class, row.any.tolist()) for row in result.rows] == [("AE", [1, 0]), ("irAE", [1, 0])]
        assert result.overall.by_grade.tolist() == [[0, 1, 0, 0, 0], [0, 0, 0, 0, 0]]

    def test_everything_counted_leaves_no_note(self, small):
        assert small.notes == ()


class TestPublishedCounts:
    # Table III of the HIFU study as published: patients with any grade and with grade 3 or more, HIFU 28, no HIFU 66.
    COUNTS = (
        ("All-cause", "Myelosuppression", (27, 60), (11, 19)),
        ("All-cause", "Fatigue", (12, 27), (2, 2)),
        ("All-cause", "Nausea", (7, 18), (0, 2)),
        ("Immune-mediated", "Thyroid dysfunction", (4, 14), (0, 0)),
    )

    @pytest.fixture
    def published(self):
        rows = []
        for event_class, term, counts, severe in self.COUNTS:
            for group, (n, n_severe) in enumerate(zip(counts, severe, strict=True)):
                rows += [(f"{group}-{i}", event_class, term, 3 if i < n_severe else 1) for i in range(n)]
        patients = [f"0-{i}" for i in range(28)] + [f"1-{i}" for i in range(66)]
        return table(events(*rows), patients=patients, codes=[0] * 28 + [1] * 66, levels=("HIFU", "No HIFU"))

    def test_counts_and_percentages(self, published):
        for event_class, term, counts, severe in self.COUNTS:
            row = row_of(published, term, event_class)
            assert (row.any.tolist(), row.grade3plus.tolist()) == (list(counts), list(severe))
        # Printed: 27 (96.42), 60 (90.90), 11 (39.29), 19 (28.79).
        row = row_of(published, "Myelosuppression", "All-cause")
        np.testing.assert_allclose(published.percent(row.any), [96.42, 90.90], atol=0.02)
        np.testing.assert_allclose(published.percent(row.grade3plus), [39.29, 28.79], atol=0.005)

    def test_fisher_and_difference(self, published):
        # fisher.test(matrix(c(27, 1, 60, 6), 2)): 0.6704; the difference HIFU minus none is 27/28 - 60/66.
        row = row_of(published, "Myelosuppression", "All-cause")
        assert row.p_any == pytest.approx(fisher_exact_p([[27, 1], [60, 6]]), rel=1e-12)
        assert row.difference_any.estimate == pytest.approx(27 / 28 - 60 / 66)
        assert row.difference_any.conf_low < 0 < row.difference_any.conf_high


class TestGrades:
    def test_an_event_without_grade_counts_in_any_grade_only(self):
        result = table(events(("P1", "AE", "Nausea", None), ("P2", "AE", "Nausea", 3), ("P2", "AE", "Nausea", None)))
        nausea = row_of(result, "Nausea")
        assert (nausea.any.tolist(), nausea.grade3plus.tolist()) == ([2, 0], [1, 0])
        assert nausea.no_grade.tolist() == [1, 0]
        assert result.notes == ("2 events without grade: counted in any grade, not in grade 3 or more.",)

    @pytest.mark.parametrize("grade", [6, -1, 2.5, "severe", "3-4"])
    def test_a_grade_that_does_not_exist_is_read_as_none(self, grade):
        result = table(events(("P1", "AE", "Nausea", grade)))
        assert (result.rows[0].any.tolist(), result.rows[0].no_grade.tolist()) == ([1, 0], [1, 0])
        assert result.notes[0] == f"1 event with a grade other than 1 to 5 ('{grade}') read as without grade."

    def test_grade_zero_is_no_event(self):
        result = table(events(("P1", "AE", "Nausea", 0), ("P2", "AE", "Nausea", 1), ("P1", "AE", "Cough", 0)))
        assert [(row.term, row.any.tolist()) for row in result.rows] == [("Nausea", [1, 0])]
        assert result.notes == ("2 rows of grade 0 left out: no event.",)

    @pytest.mark.parametrize("grade", [3, 3.0, "3", "Grade 3", "grade3", "G3", "III", " 3 ", "3.0", "CTCAE grade 3"])
    def test_ways_of_writing_a_grade(self, grade):
        assert table(events(("P1", "AE", "Nausea", grade))).rows[0].by_grade[0].tolist() == [0, 0, 1, 0, 0]

    def test_without_a_grade_column_nothing_is_said_of_grade_3(self):
        result = table(events(("P1", "AE", "Nausea", 3)).drop(columns="grade"))
        row = result.rows[0]
        assert (result.graded, row.any.tolist(), row.difference_grade3plus) == (False, [1, 0], None)
        assert row.difference_any is not None
        assert np.isnan(row.p_grade3plus)
        assert result.notes == ("The adverse events have no grades: grade 3 or more is not known.",)


class TestPatients:
    def test_patients_outside_the_analysis_are_counted_and_strangers_named(self):
        frame = events(
            ("P1", "AE", "Nausea", 1), ("P5", "AE", "Nausea", 1), ("P5", "AE", "Fever", 1), ("X9", "AE", "Fever", 1)
        )
        result = table(frame, codes=[0, 0, 0, 1, -1])
        assert result.denominators.tolist() == [3, 1]
        assert [(row.term, row.any.tolist()) for row in result.rows] == [("Nausea", [1, 0])]
        assert result.notes == (
            "1 event of patients who are not in the cohort left out: 'X9'.",
            "2 events of 1 patient outside this analysis not counted.",
        )

    def test_an_event_of_nobody(self):
        result = table(events((None, "AE", "Nausea", 1)))
        assert result.rows == ()
        assert result.notes == ("1 event without a patient left out.",)

    @pytest.mark.parametrize(
        ("patients", "named"),
        [
            ([1.0, 2.0], ["1", "2"]),
            (["1", "2"], [1.0, 2.0]),
            ([1, 2], [1.0, 2.0]),
            (["A", " B"], ["A ", "B"]),
            (pd.Categorical(["b", "a"]), pd.Categorical(["b", "a"])),
        ],
        ids=["number-text", "text-number", "integer-float", "blanks", "categories"],
    )
    def test_the_same_patient_written_differently(self, patients, named):
        frame = pd.DataFrame({"patient": named, "term": ["Nausea", "Fever"]})
        result = table(frame, patients=patients, codes=[0, 1])
        assert {row.term: row.any.tolist() for row in result.rows} == {"Nausea": [1, 0], "Fever": [0, 1]}

    def test_a_repeated_patient_is_the_first(self):
        result = table(events(("A", "AE", "Nausea", 1)), patients=["A", "A", None], codes=[0, 1, 1])
        assert result.rows[0].any.tolist() == [1, 0]

    def test_no_events_at_all(self):
        result = table(events())
        assert (result.rows, result.class_rows) == ((), ())
        assert result.overall.any.tolist() == [0, 0]
        assert result.overall.difference_any.p_value == 1

    def test_a_level_without_patients(self):
        result = table(events(("P1", "AE", "Nausea", 1)), codes=[0] * 5)
        assert np.isnan([result.overall.p_any, result.overall.difference_any.estimate]).all()
        assert np.isnan(result.percent(result.overall.any)[1])
        assert result.notes == ("No patients in 'HIFU': nothing to compare.",)


class TestClassesAndTerms:
    FRAME = events(
        ("P1", "AE", "Nausea", 1), ("P1", "irAE", "Rash", 3), ("P2", None, "Fever", 1), ("P3", "AE", None, 2)
    )

    def test_choosing_classes_changes_overall(self):
        result = table(self.FRAME, classes=["irAE"])
        assert [row.term for row in result.rows] == ["Rash"]
        assert result.overall.any.tolist() == [1, 0]

    def test_missing_class_and_term_have_names(self):
        assert [(row.event_class, row.term) for row in table(self.FRAME).rows] == [
            ("AE", "Nausea"),
            ("AE", "Not named"),
            ("irAE", "Rash"),
            ("Not classified", "Fever"),
        ]

    def test_without_a_class_column(self):
        result = table(self.FRAME.drop(columns="class"))
        assert {row.event_class for row in (*result.rows, *result.class_rows)} == {None}
        with pytest.raises(SpecError, match="have no classes"):
            table(self.FRAME.drop(columns="class"), classes=["AE"])

    def test_an_unknown_class_names_the_nearest(self):
        with pytest.raises(SpecError, match=r"Class 'irAEs' is not among .* Did you mean 'irAE'"):
            table(self.FRAME, classes=["irAEs"])
        with pytest.raises(SpecError, match="Classes: 'AE', 'irAE'"):
            table(self.FRAME, classes=["zzz"])

    @pytest.mark.parametrize("column", ["patient", "term"])
    def test_a_missing_column(self, column):
        with pytest.raises(MissingColumnError, match=f"Column '{column}', needed for adverse events"):
            table(self.FRAME.drop(columns=column))


class TestGroups:
    def test_one_group_is_not_compared(self):
        result = table(events(("P1", "AE", "Nausea", 3)), codes=[0] * 5, levels=("all",), reference="all")
        assert (result.rows[0].any.tolist(), result.rows[0].difference_any) == ([1], None)
        assert np.isnan(result.rows[0].p_any)

    def test_three_groups_have_one_exact_p(self):
        frame = events(*((f"P{i}", "AE", "Nausea", 3 if i == 1 else 1) for i in (1, 2, 3)))
        result = table(
            frame,
            patients=[f"P{i}" for i in range(1, 10)],
            codes=[0, 0, 0, 1, 1, 1, 2, 2, 2],
            levels=("A", "B", "C"),
            reference="A",
        )
        assert result.rows[0].difference_any is None
        # All three events in one group: 3 of C(9,3) = 84 ways.
        assert result.rows[0].p_any == pytest.approx(3 / 84, rel=1e-12)
        assert result.rows[0].p_grade3plus == pytest.approx(1.0)

    @pytest.mark.parametrize("method", ["miettinen-nurminen", "newcombe", "wald"])
    def test_method_and_level_of_the_interval(self, method):
        row = table(events(("P1", "AE", "Nausea", 1)), difference=method, conf_level=0.9).rows[0]
        expected = difference_interval(0, 2, 1, 3, method, 0.9)
        assert row.difference_any.conf_low == pytest.approx(expected.conf_low, abs=1e-12)
        assert row.difference_any.conf_high == pytest.approx(expected.conf_high, abs=1e-12)


def counted_in_python(frame, patients, codes, n_levels):
    """Worst grade per patient and term, one dictionary entry at a time."""
    group = dict(zip(patients, codes, strict=True))
    worst = defaultdict(int)
    for patient, event_class, term, grade in frame.itertuples(index=False):
        if group.get(patient, -1) >= 0:
            for key in ((event_class, term), (event_class, None), (None, None)):
                worst[key, patient] = max(worst[key, patient], 0 if pd.isna(grade) else int(grade))
    counts = defaultdict(lambda: np.zeros((n_levels, 6), dtype=int))
    for (key, patient), grade in worst.items():
        counts[key][group[patient], grade] += 1
    return counts


@st.composite
def cohorts(draw):
    n = draw(st.integers(1, 12))
    patients = [f"P{i}" for i in range(n)]
    codes = draw(st.lists(st.integers(-1, 2), min_size=n, max_size=n))
    row = st.tuples(
        st.sampled_from([*patients, "X"]),
        st.sampled_from(["AE", "irAE"]),
        st.sampled_from(["Nausea", "Fever", "Rash"]),
        st.sampled_from([None, 1, 2, 3, 4, 5]),
    )
    return events(*draw(st.lists(row, max_size=30))), patients, codes


@settings(max_examples=60, deadline=None)
@given(cohorts(), st.randoms(use_true_random=False))
def test_equals_the_count_in_plain_python_in_any_order(cohort, random):
    frame, patients, codes = cohort
    levels = ("A", "B", "C")
    shuffled = list(range(len(frame)))
    random.shuffle(shuffled)
    result = adverse_event_table(frame.iloc[shuffled].reset_index(drop=True), patients, codes, levels, "A")
    expected = counted_in_python(frame, patients, codes, 3)
    rows = {(row.event_class, row.term): row for row in (*result.rows, *result.class_rows, result.overall)}
    assert {key for key, row in rows.items() if row.any.sum()} == set(expected)
    for key, counts in expected.items():
        row = rows[key]
        assert row.by_grade.tolist() == counts[:, 1:].tolist()
        assert row.no_grade.tolist() == counts[:, 0].tolist()
        assert row.any.tolist() == counts.sum(axis=1).tolist()
        assert row.grade3plus.tolist() == counts[:, 3:].sum(axis=1).tolist()
    first = adverse_event_table(frame, patients, codes, levels, "A")
    assert [(row.event_class, row.term) for row in first.rows] == [(row.event_class, row.term) for row in result.rows]


def test_the_tidy_frame(small):
    frame = small.to_frame()
    assert len(frame) == 2 * (3 + 2 + 1)
    nausea = frame[(frame["term"] == "Nausea") & (frame["group"] == "HIFU")].iloc[0]
    assert (nausea["n"], nausea["any"], nausea["grade3plus"], nausea["grade4"]) == (2, 1, 1, 1)
    assert nausea["any_percent"] == 50


def test_results_cannot_be_changed(small):
    for array in (small.denominators, small.overall.any, small.overall.by_grade, small.overall.grade3plus):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 9
