"""The checklists: every item once, and filled in where a block answers it."""

from pathlib import Path

import pytest

from core.cohort.load import load_cohort
from core.reporting.report.checklist_facts import checklist_facts
from core.reporting.report.checklists import AUTHORS, REMARK, STROBE, checklist
from core.run import run_analysis
from core.spec import AnalysisSpec, LookSpec

BLOCKS = [("flow", "Patients"), ("survival_OS", "Overall survival"), ("survival_PFS", "Progression"), ("methods", "M")]


@pytest.mark.parametrize(("items", "n"), [(STROBE, 22), (REMARK, 20)])
def test_every_item_stands_once(items, n):
    assert [item.number for item in items] == [str(i) for i in range(1, n + 1)]
    assert len({item.topic for item in items}) == n


def where(which, number, blocks=BLOCKS):
    return {row.cells[0].text: row.cells[2].text for row in checklist(which, blocks).rows}[number]


def test_filled_in_where_a_block_answers():
    assert where("strobe", "13") == "'Patients'"
    assert where("strobe", "15") == "'Overall survival' and 'Progression'"
    assert where("remark", "11") == "'M'"


def known(which, number, facts, blocks=()):
    return {row.cells[0].text: row.cells[2].text for row in checklist(which, blocks, facts).rows}[number]


@pytest.fixture(scope="module")
def sample():
    folder = Path(__file__).parents[4] / "sample_data" / "hifu_ici"
    spec = AnalysisSpec.from_file(folder / "spec.json")
    cohort = load_cohort(spec.cohort, base=folder)
    asked = [{"id": "f", "kind": "flow", "endpoint": "OS"}, {"id": "k", "kind": "kaplan_meier", "endpoint": "OS"}]
    whole = AnalysisSpec.model_validate({"cohort": cohort.spec, "group": {"column": "hifu"}, "analyses": asked})
    return cohort, [run_analysis(whole, cohort, one) for one in whole.analyses]


def test_what_the_analysis_knows_stands_beside_it(sample):
    cohort, results = sample
    facts = checklist_facts(cohort, results, [LookSpec(kind="compare", endpoint="OS", column="hifu", test="log-rank")])
    events = int(results[0].subset.data.event.sum())
    assert (
        known("strobe", "13", facts) == "All 94 patients in the file are analysed for overall survival: "
        "nobody is left out."
    )
    assert known("strobe", "15", facts).startswith(f"Overall survival: {events} events")
    median = results[1].survival.median_follow_up_overall.value
    assert f"Median follow-up {median:.1f} months" in known("remark", "6", facts)
    assert known("strobe", "7", facts).startswith("OS, overall survival: os_months")
    assert known("remark", "3", facts) == "66 in No and 28 in Yes."
    assert known("remark", "3", facts, [("baseline", "Table")]) == "'Table': 66 in No and 28 in Yes."
    assert known("remark", "8", facts).startswith("1 comparison looked at")


def test_the_reason_for_the_size_is_never_made_up(sample):
    facts = checklist_facts(sample[0], [])
    for which, number in (("strobe", "10"), ("remark", "9")):
        assert known(which, number, facts) == "94 patients in the file; why so many is not stated by the data."


def test_nothing_is_said_where_nothing_was_asked(sample):
    assert set(checklist_facts(sample[0], [])) == {"size"}
    for number in ("2", "5", "8", "18", "22"):
        assert known("strobe", number, checklist_facts(*sample)) == AUTHORS
    assert AUTHORS.startswith("Not stated by the data")


def test_left_to_the_authors_where_none_does():
    assert where("strobe", "22") == AUTHORS
    assert where("strobe", "13", []) == AUTHORS
    assert where("strobe", "19") == AUTHORS  # no block of limitations in this report
