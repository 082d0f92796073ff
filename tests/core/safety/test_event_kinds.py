"""Kinds of events: what the words mean, English, Chinese and CDISC's, and what is not known."""

import pandas as pd
import pytest

from core.errors import SpecError
from core.safety.adverse_events import Asked, adverse_event_table
from core.safety.event_kinds import event_kinds

LEVELS = ("No HIFU", "HIFU")


def kind_of(column, value, kind):
    return bool(event_kinds(pd.DataFrame({column: [value]})).rows[kind][0])


@pytest.mark.parametrize(
    "word",
    [
        "Y",
        "yes",
        1,
        1.0,
        True,
        "POSSIBLE",
        "Probable",
        "DEFINITE",
        "Related",
        "相关",
        "可能",
        "是",
        "Treatment-related",
    ],
)
def test_related(word):
    assert kind_of("related", word, "related")


@pytest.mark.parametrize("word", ["N", "no", 0, "NONE", "REMOTE", "Unlikely", "NOT RELATED", "无关", "否", None])
def test_not_related(word):
    assert not kind_of("related", word, "related")


@pytest.mark.parametrize(
    ("word", "stopped", "changed"),
    [
        ("DRUG WITHDRAWN", True, True),
        ("永久停药", True, True),
        ("DOSE REDUCED", False, True),
        ("Drug interrupted", False, True),
        ("暂停", False, True),
        ("DOSE NOT CHANGED", False, False),
        ("NOT APPLICABLE", False, False),
        ("无", False, False),
        ("Yes", True, True),
    ],
)
def test_action(word, stopped, changed):
    assert kind_of("action", word, "stopped") is stopped
    assert kind_of("action", word, "changed") is changed


@pytest.mark.parametrize("word", ["Y", "Serious", "严重", "SAE"])
def test_serious(word):
    assert kind_of("serious", word, "serious")


@pytest.mark.parametrize("name", ["Immune-mediated", "irAE", "免疫相关"])
def test_a_class_tells_immune_mediated_events(name):
    kinds = event_kinds(pd.DataFrame({"class": ["All-cause", name]}))
    assert kinds.rows["immune-mediated"].tolist() == [False, True]
    assert kinds.notes["immune-mediated"] == (f"Counted as immune-mediated: events of the class '{name}'.",)


def test_a_column_goes_before_the_class():
    frame = pd.DataFrame({"class": ["irAE", "AE"], "immune": ["N", "Y"]})
    assert event_kinds(frame).rows["immune-mediated"].tolist() == [False, True]


def test_what_is_not_known_is_said():
    kinds = event_kinds(pd.DataFrame({"related": ["maybe so", None, "POSSIBLE", "Y", "n"]}))
    assert kinds.rows["related"].tolist() == [False, False, True, True, False]
    assert kinds.notes["related"] == (
        "1 event with words that are not known ('maybe so') not counted as treatment-related.",
        "1 event without a word on it not counted as treatment-related.",
        "Counted as treatment-related: 'POSSIBLE'.",
    )


def test_a_table_without_such_columns_tells_no_kind():
    assert event_kinds(pd.DataFrame({"term": ["Rash"], "class": ["Skin"]})).rows == {}


@pytest.fixture
def events():
    columns = ["patient", "class", "term", "grade", "related", "serious", "action"]
    return pd.DataFrame(
        [
            ("P1", "AE", "Nausea", 1, "Y", "N", "DOSE NOT CHANGED"),
            ("P1", "AE", "Nausea", 3, "N", "Y", "DOSE REDUCED"),
            ("P2", "AE", "Nausea", 2, "Y", "N", "DRUG WITHDRAWN"),
            ("P4", "irAE", "Rash", 5, "Y", "Y", "NOT APPLICABLE"),
            ("P4", "AE", "Nausea", 1, "N", "N", None),
            ("P4", "AE", "Nausea", 1, "N", "N", None),
        ],
        columns=columns,
    )


def table(frame, **asked):
    patients, codes = ["P1", "P2", "P3", "P4", "P5"], [0, 0, 0, 1, 1]
    return adverse_event_table(frame, patients, codes, LEVELS, "No HIFU", asked=Asked(**asked))


def test_the_overview_counts_patients_by_hand(events):
    found = {row.kind: row.counts.tolist() for row in table(events).overview}
    assert found == {
        "any": [2, 1], "severe": [1, 1], "related": [2, 1], "immune-mediated": [0, 1], "serious": [1, 1],
        "stopped": [1, 0], "changed": [2, 0], "fatal": [0, 1],
    }  # fmt: skip


def test_the_overview_does_not_change_with_the_kind_counted(events):
    whole, part = table(events), table(events, events="serious")
    assert [row.counts.tolist() for row in whole.overview] == [row.counts.tolist() for row in part.overview]


def test_one_kind_of_events(events):
    related = table(events, events="related")
    assert [(row.term, row.any.tolist(), row.grade3plus.tolist()) for row in related.rows] == [
        ("Nausea", [2, 0], [0, 0]),
        ("Rash", [0, 1], [0, 1]),
    ]
    # The worst grade is that of the related event, not of the other one.
    assert related.rows[0].by_grade[0].tolist() == [1, 1, 0, 0, 0]
    assert related.denominators.tolist() == [3, 2]


def test_every_event_counted(events):
    counted = table(events, counted="events")
    nausea = counted.rows[0]
    assert (nausea.any.tolist(), nausea.by_grade.tolist()) == ([3, 2], [[1, 1, 1, 0, 0], [2, 0, 0, 0, 0]])
    assert counted.overall.any.tolist() == [3, 3]
    assert nausea.difference_any is None
    assert nausea.p_any != nausea.p_any  # not estimable
    assert any("groups are not compared" in note for note in counted.notes)


def test_a_kind_that_the_table_does_not_tell(events):
    with pytest.raises(SpecError, match="do not say which are serious"):
        table(events.drop(columns="serious"), events="serious")


def test_terms_merged(events):
    frame = events.assign(term=["Nausea", "vomiting", "NAUSEA ", "Rash", "Nausea", "Vomiting"])
    merged = table(frame, merge_terms={"Nausea or vomiting": ("nausea", "Vomiting")})
    assert [(row.term, row.any.tolist()) for row in merged.rows] == [("Nausea or vomiting", [2, 1]), ("Rash", [0, 1])]
    assert merged.rows[0].by_grade[0].tolist() == [0, 1, 1, 0, 0]
    said = "Terms counted as one (5 events under another name than written): Nausea or vomiting: nausea, Vomiting."
    assert said in merged.notes


def test_a_term_to_merge_that_is_not_there(events):
    with pytest.raises(SpecError, match="'Nause' to be merged is not among"):
        table(events, merge_terms={"GI": ("Nause",)})


def test_a_term_merged_twice(events):
    with pytest.raises(SpecError, match="merged under two names"):
        table(events, merge_terms={"A": ("Nausea",), "B": ("nausea",)})


def test_q_is_benjamini_and_hochberg_over_the_terms_somebody_has(events):
    rows = [
        (f"P{i}", "AE", term, 3 if i == 0 else 1, "Y", "N", None)
        for term, n in (("A", 9), ("B", 4), ("C", 1))
        for i in range(n)
    ]
    frame = pd.DataFrame(rows, columns=events.columns)
    made = adverse_event_table(frame, [f"P{i}" for i in range(20)], [0] * 10 + [1] * 10, LEVELS, "No HIFU")
    p = [row.p_any for row in made.rows]
    # p.adjust(p, "BH") by hand: p sorted ascending, times m / rank, cumulative minimum from the largest.
    assert p == sorted(p)
    by_hand = [min(p[0] * 3, p[1] * 1.5, p[2]), min(p[1] * 1.5, p[2]), p[2]]
    assert [row.q_any for row in made.rows] == pytest.approx(by_hand)
    assert made.overall.q_any != made.overall.q_any


def test_ratios_where_asked(events):
    made = table(events, risk_ratio="koopman", odds_ratio="conditional")
    nausea = made.rows[0]
    assert nausea.risk_ratio_any.value == pytest.approx((1 / 2) / (2 / 3))
    assert nausea.odds_ratio_any.conf_low < 1 < nausea.odds_ratio_any.conf_high
    assert table(events).rows[0].risk_ratio_any is None


def test_barnard_where_asked(events):
    fisher, barnard = table(events), table(events, test="barnard")
    assert (fisher.test, barnard.test) == ("fisher", "barnard")
    assert 0 < barnard.rows[0].p_any <= 1
    assert barnard.rows[0].p_any != fisher.rows[0].p_any
    assert barnard.rows[0].difference_any.p_value == barnard.rows[0].p_any
