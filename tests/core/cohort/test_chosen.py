"""Patients chosen by the course of an endpoint, and chosen patients against the rest: by hand, and the edges."""

from __future__ import annotations

import numpy as np
import pytest

from core.cohort.chosen_group import chosen_codes
from core.cohort.chosen_later import chosen_later
from core.cohort.cohort import Cohort
from core.cohort.level_filters import level_filters
from core.cohort.load import cohort_from_files, with_spec
from core.cohort.select import analysis_set
from core.errors import SpecError
from core.patients.picked import picked_patients
from core.patients.stretch import stretch_of
from core.run import run_analysis
from core.spec import AnalysisSpec, EndpointSpec, FilterSpec, GroupSpec

#         a   b   c   d   e   f   g
ROWS = """id,arm,age,sex,months,status,note,entry
a,A,40,F,6,1,,0
b,A,50,M,6,0,,0
c,A,60,,12,1,,7
d,B,70,F,12,0,,0
e,B,80,M,18,1,,0
f,B,90,M,9,2,,0
g,B,55,F,,1,,0
"""
PLAIN = EndpointSpec(time="months", event="status", event_is=(1,), unit="months")


@pytest.fixture(scope="module")
def cohort() -> Cohort:
    loaded = cohort_from_files({"p.csv": ROWS.encode()}, name="p")
    ends = {"OS": PLAIN, "LATE": PLAIN.model_copy(update={"entry": "entry"})}
    ends["ANY"] = PLAIN.model_copy(update={"competing": {"stroke": (2,)}})
    return with_spec(loaded, loaded.spec.model_copy(update={"endpoints": ends}))


def asked(op: str, value: object, column: str = "OS", unit: str | None = None) -> FilterSpec:
    return FilterSpec.model_validate({"column": column, "op": op, "value": value, "unit": unit})


def rows(cohort: Cohort, *filters: FilterSpec) -> tuple[int, ...]:
    return analysis_set(cohort, filters=filters).row_numbers


@pytest.mark.parametrize(
    ("op", "value", "kept"),
    [
        ("event between", (6, 12), (2, 4)),  # both ends included
        ("event between", (6.1, 11.9), ()),
        ("censored between", (6, 12), (3, 5, 7)),
        ("at risk at", 12, (4, 5, 6)),
        ("at risk at", 0, (2, 3, 4, 5, 6, 7)),
        ("event between", (18, 18), (6,)),
    ],
)
def test_the_course_of_an_endpoint_keeps_whom_a_hand_would(
    cohort: Cohort, op: str, value: object, kept: tuple[int, ...]
) -> None:
    if kept:
        assert rows(cohort, asked(op, value)) == kept
    else:
        assert not picked_patients(analysis_set(cohort), [asked(op, value)])


def test_a_time_in_another_unit_is_turned_into_the_endpoint_s(cohort: Cohort) -> None:
    assert rows(cohort, asked("at risk at", 1, unit="years")) == rows(cohort, asked("at risk at", 12, unit="months"))


def test_an_unusable_endpoint_is_counted_as_missing_not_as_refused(cohort: Cohort) -> None:
    kept = analysis_set(cohort, filters=[asked("at risk at", 12)])
    assert {one.reason: one.rows for one in kept.exclusions} == {
        "OS missing (kept only where OS: still at risk at 12)": (8,),
        "kept only where OS: still at risk at 12": (2, 3, 7),
    }


def test_late_entry_is_at_risk_only_from_then_on(cohort: Cohort) -> None:
    assert rows(cohort, asked("at risk at", 7, "LATE")) == (5, 6, 7)
    assert rows(cohort, asked("at risk at", 8, "LATE")) == (4, 5, 6, 7)


def test_a_stretch_adds_up_and_equals_what_its_filters_keep(cohort: Cohort) -> None:
    for endpoint in ("OS", "LATE"):
        subset = analysis_set(cohort, group=GroupSpec(column="arm"), endpoint=endpoint)
        found = stretch_of(subset, 6, 12)
        for group in found.groups:
            assert group.n_at_risk + group.n_entered - group.n_events - group.n_censored == group.n_after
        for op, name in (("event between", "n_events"), ("censored between", "n_censored")):
            listed = picked_patients(subset, [asked(op, (6, 12), endpoint)])
            assert [sum(one.group == group.level for one in listed) for group in found.groups] == [
                getattr(group, name) for group in found.groups
            ]
    first, second = stretch_of(analysis_set(cohort, group=GroupSpec(column="arm"), endpoint="LATE"), 6, 12).groups
    assert (first.n_at_risk, first.n_entered, first.n_events, first.n_censored, first.n_after) == (2, 1, 2, 1, 0)
    assert (second.n_at_risk, second.n_entered, second.n_events, second.n_censored, second.n_after) == (3, 0, 0, 2, 1)


def test_chosen_against_the_rest_knows_who_cannot_be_told(cohort: Cohort) -> None:
    women = FilterSpec(column="sex", op="in", value=("F",))
    old = FilterSpec(column="age", op=">=", value=65)
    # c has no sex: not told by sex alone, but too young whatever it is
    assert chosen_codes(cohort, [women]).tolist() == [1, 0, -1, 1, 0, 0, 1]
    assert chosen_codes(cohort, [women, old]).tolist() == [0, 0, 0, 1, 0, 0, 0]
    assert chosen_codes(cohort, [asked("event between", (0, 99))]).tolist() == [1, 0, 1, 0, 1, 0, -1]


def test_the_comparison_is_a_grouping_like_any_other(cohort: Cohort) -> None:
    group = GroupSpec(column="women", where=(FilterSpec(column="sex", op="in", value=("F",)),), labels=("men", "women"))
    spec = AnalysisSpec.model_validate(
        {
            "cohort": cohort.spec,
            "group": group,
            "analyses": [{"id": "cox", "kind": "cox", "endpoint": "OS", "covariates": ["women", "age"]}],
        }
    )
    assert AnalysisSpec.from_json(spec.to_json()) == spec
    marked = analysis_set(cohort, group=group, endpoint="OS")
    assert (marked.groups.levels, marked.groups.reference) == (("men", "women"), "men")
    assert [marked.groups.levels[i] for i in marked.groups.codes] == ["women", "men", "women", "men", "men"]
    assert [one.rows for one in marked.exclusions] == [(4,), (8,)]
    result = run_analysis(spec, cohort, spec.analyses[0])
    assert any("Compared with the rest are the patients of whom this holds: Sex is F." in one for one in result.notes)
    assert "women" not in cohort.patients.frame


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ([asked("event between", (6, 12))], "conditioning on the future"),
        ([FilterSpec(column="status", op="in", value=(1,))], "immortal time"),
    ],
)
def test_groups_made_of_what_came_later_say_so_where_times_are_looked_at(
    cohort: Cohort, where: list[FilterSpec], said: str
) -> None:
    group = GroupSpec(column="chosen patients", where=tuple(where))
    assert any(said in note for note in analysis_set(cohort, group=group, endpoint="OS").notes)
    assert not any(said in note for note in analysis_set(cohort, group=group).notes)


def test_patients_filtered_by_their_outcome_are_said_not_to_be_comparable(cohort: Cohort) -> None:
    late = analysis_set(cohort, filters=[asked("at risk at", 9)], endpoint="OS")
    dead = analysis_set(cohort, filters=[asked("event between", (0, 99))], endpoint="OS")
    assert any("too good (immortal time)" in note for note in late.notes)
    assert any("conditioning on the future" in note for note in dead.notes)
    harmless = FilterSpec(column="age", op=">=", value=50)
    assert chosen_later(cohort, [harmless]) == ()
    assert len(chosen_later(cohort, [harmless, FilterSpec(column="months", op=">=", value=6)])) == 1


@pytest.mark.parametrize(
    "group",
    [
        GroupSpec(column="age", cut=(55, 70)),
        GroupSpec(column="age", cut=(55, 70), labels=("<=55", "56-70", ">70")),
        GroupSpec(column="arm"),
        GroupSpec(column="sex", levels={"all": ("F", "M")}),
        GroupSpec(column="women", where=(FilterSpec(column="sex", op="in", value=("F",)),)),
    ],
)
def test_the_filters_of_a_level_keep_exactly_its_patients(cohort: Cohort, group: GroupSpec) -> None:
    grouped = analysis_set(cohort, group=group)
    for code, level in enumerate(grouped.groups.levels):
        filters = level_filters(group, level)
        if filters is None:
            assert level == "the rest"
            continue
        expected = [row for row, own in zip(grouped.row_numbers, grouped.groups.codes, strict=True) if own == code]
        assert list(rows(cohort, *filters)) == expected


def test_what_does_not_fit_is_refused_in_words(cohort: Cohort) -> None:
    with pytest.raises(SpecError, match="asks for endpoint 'PFS', which is not defined"):
        rows(cohort, asked("at risk at", 3, "PFS"))
    with pytest.raises(SpecError, match="There is a column 'age' already"):
        analysis_set(cohort, group=GroupSpec(column="age", where=(asked("at risk at", 3),)))
    for value in (3, (5, 4), (1, 2, 3), ("a", "b"), (-1, 3), None):
        with pytest.raises(ValueError, match="two times"):
            asked("event between", value)
    with pytest.raises(ValueError, match="one time"):
        asked("at risk at", (1, 2))
    with pytest.raises(ValueError, match="'unit' goes with"):
        FilterSpec(column="age", op=">", value=3, unit="years")
    with pytest.raises(ValueError, match="goes without"):
        GroupSpec(column="x", where=(asked("at risk at", 3),), cut=(3,))
    with pytest.raises(ValueError, match="2 different names"):
        GroupSpec(column="x", where=(asked("at risk at", 3),), labels=("one", "one"))
    with pytest.raises(SpecError, match="two times"):
        stretch_of(analysis_set(cohort, endpoint="OS"), 5, 4)


def test_a_competing_event_is_named_in_the_list(cohort: Cohort) -> None:
    subset = analysis_set(cohort, endpoint="ANY")
    listed = picked_patients(subset, [asked("censored between", (0, 99), "ANY")])
    assert [(one.row, one.ended, one.time) for one in listed] == [
        (3, "censored", 6),
        (7, "stroke", 9),
        (5, "censored", 12),
    ]
    without = picked_patients(analysis_set(cohort), [FilterSpec(column="age", op="<", value=55)])
    assert [(one.row, one.ended, np.isnan(one.time)) for one in without] == [(2, "", True), (3, "", True)]
