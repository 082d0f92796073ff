"""Free-text names of adverse events: which are suggested as one, which never, and the grade within a name."""

import random

import numpy as np
import pandas as pd
import pytest

from core.safety.adverse_events import Asked, adverse_event_table
from core.safety.events import read_events
from core.safety.term_groups import suggested_groups
from core.safety.terms import merged_terms
from core.safety.written_terms import meaning, without_grade


def together(*terms):
    """Whether these names are suggested as one."""
    found = suggested_groups(dict.fromkeys(terms, 1))
    return len(found) == 1 and set(found[0].terms) == set(terms)


@pytest.mark.parametrize(
    ("written", "name", "grade"),
    [
        ("FATIGUE gr.2", "FATIGUE", 2),
        ("fatigue G3", "fatigue", 3),
        ("Fatigue (grade 3)", "Fatigue", 3),
        ("Fatigue, Grade III", "Fatigue", 3),
        ("fatigue grade2", "fatigue", 2),
        ("Fatigue_G1", "Fatigue", 1),
        ("Rash, CTCAE v5.0 grade 2", "Rash", 2),
        ("疲劳3级", "疲劳", 3),
        ("疲乏 Ⅲ度", "疲乏", 3),
        ("Fatigue III°", "Fatigue", 3),
        ("ALT increased grade IV", "ALT increased", 4),
    ],
)
def test_a_grade_in_a_name(written, name, grade):
    assert without_grade(written) == (name, grade)


@pytest.mark.parametrize(
    "name",
    ["Fatigue", "Grade 2", "Hepatitis B", "Vitamin B12", "HCG 3", "COVID 19", "Neuropathy-2", "Fever 39.5°",
     "体温38.3度", "Grade 6 fatigue", "Bleeding, grade 7", "Fatigue 2", "Bronchitis I"],
)  # fmt: skip
def test_what_is_no_grade(name):
    assert without_grade(name) == (name, None)


@pytest.mark.parametrize(
    "terms",
    [
        ("Fatigue", "Fatige"),
        ("Fatigue", "fatigue ", "FATIGUE"),
        ("Fatigue", "FATIGUE gr.2"),
        ("ALT increased", "ALT升高"),
        ("ALT increased", "Elevated ALT", "ALT elevation", "谷丙转氨酶升高", "alanine aminotransferase increased"),
        ("Diarrhoea", "diarrhea", "腹泻"),
        ("Abdominal pain", "Pain, abdominal", "pain in abdomen"),
        ("Thrombocytopenia", "Thrombocitopennia"),
        ("Nausea", "Nasuea"),  # two letters exchanged
        ("Platelet count decreased", "Low platelets", "PLT ↓", "血小板减少"),
    ],
)
def test_what_is_one(terms):
    assert together(*terms)


@pytest.mark.parametrize(
    "terms",
    [
        ("ALT increased", "AST increased"),
        ("Hypothyroidism", "Hyperthyroidism"),
        ("Hyperkalaemia", "Hypercalcaemia"),
        ("Hyperkalaemia", "Hypokalaemia"),
        ("Dysphagia", "Dysphasia"),
        ("Mucositis", "Myositis"),
        ("Haematoma", "Hepatoma"),
        ("Platelets increased", "Platelets decreased"),
        ("Rash", "Rush"),  # too short to tell a slip from another word
        ("Grade 1", "Grade 2"),
        ("COVID 19", "COVID 20"),
        ("Fatigue", "Fever"),
        ("Pain", "Abdominal pain"),
    ],
)
def test_what_is_never_one(terms):
    assert suggested_groups(dict.fromkeys(terms, 3)) == ()


COUNTS = {"Fatigue": 10, "Fatige": 2, "fatigue": 1, "FATIGUE gr.2": 3, "ALT increased": 4, "ALT升高": 5, "Rash": 7}


class TestGroups:
    def test_names_counts_and_order(self):
        fatigue, alt = suggested_groups(COUNTS)
        assert (fatigue.name, fatigue.terms) == ("Fatigue", ("Fatigue", "FATIGUE gr.2", "Fatige", "fatigue"))
        assert (fatigue.changed, fatigue.graded, fatigue.sure) == (6, 3, False)
        assert (alt.name, alt.changed, alt.graded, alt.sure) == ("ALT升高", 4, 0, True)

    def test_the_same_for_any_order(self):
        items = list(COUNTS.items())
        for seed in range(5):
            random.Random(seed).shuffle(items)
            assert suggested_groups(dict(items)) == suggested_groups(COUNTS)

    def test_a_single_name_with_a_grade(self):
        (one,) = suggested_groups({"Rash G3": 2, "Nausea": 1})
        assert (one.name, one.terms, one.changed, one.graded) == ("Rash", ("Rash G3",), 2, 2)

    def test_every_name_once(self):
        rng = np.random.default_rng(1)
        letters = list("abcdef")
        counts = {"".join(rng.choice(letters, 6)) + " pain": int(rng.integers(1, 9)) for _ in range(300)}
        named = [term for group in suggested_groups(counts) for term in group.terms]
        assert len(named) == len(set(named))

    def test_nothing_to_suggest(self):
        assert suggested_groups({}) == ()
        assert suggested_groups({"Rash": 3, "Nausea": 2}) == ()

    def test_very_many_names_are_only_put_together_where_sure(self, monkeypatch):
        monkeypatch.setattr("core.safety.term_groups.MOST_COMPARED", 2)
        found = suggested_groups({"Fatigue": 3, "FATIGUE": 1, "Fatige": 1, "Rash": 1})
        assert [group.terms for group in found] == [("Fatigue", "FATIGUE")]

    def test_what_is_suggested_can_be_asked_for(self):
        frame = pd.DataFrame([(f"P{i}", term) for i, term in enumerate(COUNTS)], columns=["patient", "term"])
        found = read_events(frame, [f"P{i}" for i in range(7)], np.zeros(7, dtype=int), classes=None)
        merge = {group.name: group.terms for group in suggested_groups(COUNTS)}
        merged = merged_terms(found, merge)
        assert set(merged.terms) == {"Fatigue", "ALT升高", "Rash"}
        assert merged.notes[-1].startswith("Terms counted as one (4 events under another name than written): Fatigue:")


def test_meanings():
    assert meaning("Pain in the abdomen gr 2") == meaning("abdominal pain")
    assert meaning("…") == ("...",)


class TestGradesInTerms:
    FRAME = pd.DataFrame(
        [("P1", "Fatigue gr.2", None), ("P1", "Fatigue G4", 3), ("P2", "Fatigue III°", None), ("P3", "Fatigue", None)],
        columns=["patient", "term", "grade"],
    )

    def table(self, frame, **asked):
        codes = [0, 0, 0]
        return adverse_event_table(frame, ["P1", "P2", "P3"], codes, ("all",), "all", asked=Asked(**asked))

    def test_they_are_read_where_the_row_has_none(self):
        merge = {"Fatigue": ("Fatigue gr.2", "Fatigue G4", "Fatigue III°")}
        (row,) = self.table(self.FRAME, merge_terms=merge, grades_in_terms=True).rows
        # P1: 2 read, and 3 as the row says although the name says 4.
        assert row.by_grade[0].tolist() == [0, 0, 2, 0, 0]
        assert row.no_grade.tolist() == [1]

    def test_what_is_said(self):
        notes = self.table(self.FRAME, grades_in_terms=True).notes
        assert "Grade read from the name of the event: 2 events." in notes
        assert "1 event without grade: counted in any grade, not in grade 3 or more." in notes
        assert "3 events without grade: counted in any grade, not in grade 3 or more." in self.table(self.FRAME).notes

    def test_a_table_without_grades_gets_them(self):
        result = self.table(self.FRAME.drop(columns="grade"), grades_in_terms=True)
        assert result.graded
        assert not any("have no grades" in note for note in result.notes)
        assert result.overall.grade3plus.tolist() == [2]
        assert not self.table(self.FRAME.drop(columns="grade")).graded
