import json

import pytest

from core.spec import AnalysisSpec, FilterSpec, GroupSpec
from ui.selection import Selection, from_query, to_query

DEFAULT = Selection(cohort="hifu_ici", endpoint="OS", group=GroupSpec(column="hifu"))
SELECTIONS = {
    "plain": DEFAULT,
    "no group": Selection(cohort="upload", endpoint="PFS"),
    "merged": Selection(
        cohort="ablation_tace_net",
        endpoint="OS",
        group=GroupSpec(column="grade", levels={"G1/2": ("G1", "G2"), "G3": ("G3",)}, reference="G3"),
    ),
    "cut": Selection(cohort="upload", endpoint="OS", group=GroupSpec(column="Ki-67 (%)", cut=(3, 20))),
    "filters": Selection(
        cohort="upload",
        endpoint="OS",
        filters=(
            FilterSpec(column="age", op=">=", value=50),
            FilterSpec(column="部位", op="in", value=("肺", "a&b=c, d")),
        ),
    ),
}


@pytest.mark.parametrize("selection", SELECTIONS.values(), ids=SELECTIONS)
def test_url_gives_the_selection_back(selection: Selection) -> None:
    assert from_query(to_query(selection), default=DEFAULT) == (selection, ())


def test_a_plain_grouping_is_readable_in_the_url() -> None:
    assert to_query(DEFAULT) == {"cohort": ["hifu_ici"], "endpoint": ["OS"], "group": ["hifu"]}


def test_without_a_cohort_the_url_asks_for_the_default() -> None:
    assert from_query({}, default=DEFAULT) == (DEFAULT, ())
    assert from_query({"utm": ["x"]}, default=DEFAULT) == (DEFAULT, ())


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ({"group": ['{"column": 3']}, "grouping"),
        ({"group": ['{"column": "a", "cut": [3, 1]}']}, "grouping"),
        ({"filter": ["age >= 50"]}, "filter"),
        ({"filter": ['{"column": "age", "op": "like", "value": 1}']}, "filter"),
    ],
)
def test_what_a_link_says_wrongly_is_left_out_and_said(query: dict[str, list[str]], word: str) -> None:
    selection, problems = from_query({"cohort": ["upload"], "endpoint": ["OS"], **query}, default=DEFAULT)
    if "group" in query:
        assert selection.group is None
    else:
        assert selection.filters == ()
    assert len(problems) == 1
    assert word in problems[0]


def test_a_selection_becomes_a_specification_that_reads_back() -> None:
    cohort = {"patients": "p.csv", "endpoints": {"OS": {"time": "t", "event": "e"}}}
    spec = SELECTIONS["merged"].spec(
        AnalysisSpec.from_json(json.dumps({"cohort": cohort})).cohort,
        {"id": "km", "kind": "kaplan_meier", "endpoint": "OS"},
    )
    assert AnalysisSpec.from_json(spec.to_json()) == spec
    assert spec.group == SELECTIONS["merged"].group
