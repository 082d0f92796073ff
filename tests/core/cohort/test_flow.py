"""The flow of patients: boxes add up, everybody left out stands between the right two of them."""

from __future__ import annotations

import pytest

from core.cohort.flow import cohort_flow
from core.cohort.load import cohort_from_files
from core.cohort.select import analysis_set
from core.reporting.flow_table import flow_table
from core.reporting.flow_words import flow_sentence, reason_words
from core.run import run_analysis
from core.spec import AnalysisSpec, FilterSpec, FlowSpec, GroupSpec

SHEET = b"""id,age,arm,os_months,os_event
1,40,A,5,1
2,55,A,,1
3,61,B,7,0
4,,B,9,1
5,70,B,-2,1
6,66,,4,1
7,58,C,3,0
8,59,B,8,1
"""


@pytest.fixture(scope="module")
def cohort():
    return cohort_from_files({"sheet.csv": SHEET}, name="sheet")


FILTERS = (FilterSpec(column="age", op=">=", value=50),)
GROUP = GroupSpec(column="arm", levels={"A": ["A"], "B": ["B"]})


def flow_of(cohort, **asked):
    return cohort_flow(analysis_set(cohort, **asked))


def test_by_hand(cohort):
    flow = flow_of(cohort, filters=FILTERS, group=GROUP, endpoint="OS")
    file, eligible, analysed = flow.steps
    assert [step.name for step in flow.steps] == ["in the file", "eligible", "analysed"]
    assert (file.n, eligible.n, analysed.n) == (8, 6, 2)
    assert [(item.n, item.rows) for item in eligible.left_out] == [(1, (5,)), (1, (2,))]
    assert [(item.stage, item.rows) for item in analysed.left_out] == [
        ("group", (7,)),
        ("group", (8,)),
        ("endpoint", (3,)),
        ("endpoint", (6,)),
    ]
    assert [(group.level, group.n, group.events) for group in flow.groups] == [("B", 2, 1)]


@pytest.mark.parametrize("filters", [(), FILTERS])
@pytest.mark.parametrize("group", [None, GROUP])
@pytest.mark.parametrize("endpoint", [None, "OS"])
def test_boxes_add_up(cohort, filters, group, endpoint):
    subset = analysis_set(cohort, filters=filters, group=group, endpoint=endpoint)
    flow = cohort_flow(subset)
    for above, below in zip(flow.steps, flow.steps[1:], strict=False):
        assert below.n == above.n - sum(item.n for item in below.left_out)
    assert flow.steps[0].n == cohort.n
    assert flow.steps[-1].n == subset.n == sum(one.n for one in flow.groups)
    assert [step.name for step in flow.steps].count("eligible") == (1 if filters else 0)
    assert all((one.events is None) == (endpoint is None) for one in flow.groups)


def result(cohort, **asked):
    spec = AnalysisSpec(cohort=cohort.spec, analyses=(FlowSpec(id="flow", kind="flow", **{"endpoint": "OS", **asked}),))
    return run_analysis(spec, cohort, spec.analyses[0])


def test_the_sentence_counts_both_ways_out(cohort):
    assert flow_sentence(result(cohort, filters=FILTERS)) == (
        "Of 8 patients in the file 4 are analysed for overall survival; 2 patients did not pass the filters and "
        "2 patients could not be analysed."
    )
    everybody = result(cohort, endpoint=None)
    assert flow_sentence(everybody) == "All 8 patients in the file are analysed: nobody is left out."


def test_the_table_names_rows(cohort):
    printed = flow_table(result(cohort, filters=FILTERS)).to_frame()
    left_out = printed[printed["Step"].str.contains("Left out")]
    assert left_out["Rows of the file"].tolist() == ["row 5", "row 2", "row 3", "row 6"]
    assert printed["Patients"].tolist()[0] == "8"


def test_a_filter_is_said_as_the_user_set_it(cohort):
    by_filter, missing = flow_of(cohort, filters=FILTERS).steps[1].left_out[::-1]
    assert reason_words(by_filter) == "1 outside the filter Age ≥ 50"
    assert reason_words(missing) == "1: Age missing (kept only where Age ≥ 50)"
