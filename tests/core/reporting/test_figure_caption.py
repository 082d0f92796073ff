"""What stands under a figure: patients, events, competing events, method, versions."""

from pathlib import Path

import pytest

from core import __version__
from core.cohort.load import load_cohort
from core.reporting.figure_caption import figure_caption
from core.reporting.footnotes import SYNTHETIC
from core.reporting.methods_text import method_line
from core.run import run_analysis
from core.spec import AnalysisSpec

SAMPLES = Path(__file__).parents[3] / "sample_data"


@pytest.fixture(scope="module")
def captions():
    """A function: the caption of an analysis of a sample."""

    def make(name, *, filters=(), synthetic=True, **asked):
        spec = AnalysisSpec.from_file(SAMPLES / name / "spec.json")
        cohort = load_cohort(spec.cohort, base=SAMPLES / name, synthetic=synthetic)
        question = {"cohort": cohort.spec, "filters": filters, "analyses": [{"id": "a", **asked}]}
        whole = AnalysisSpec.model_validate(question)
        result = run_analysis(whole, cohort, whole.analyses[0])
        return result, figure_caption(cohort, result)

    return make


def test_patients_events_method_versions(captions):
    result, lines = captions("hifu_ici", kind="kaplan_meier", endpoint="OS")
    assert lines[0].endswith("94 patients of 94.")
    events = int(result.subset.data.event.sum())
    assert lines[1] == f"Overall survival: {events} events, {94 - events} censored."
    assert lines[2] == method_line(result)
    assert f"Cohortscope {__version__}" in lines[2]
    assert lines[3].startswith("Computed with Python 3")
    assert "lifelines" in lines[3]


def test_those_left_out_are_said(captions):
    old = [{"column": "age_years", "op": ">=", "value": 60}]
    result, lines = captions("hifu_ici", filters=old, kind="kaplan_meier", endpoint="OS")
    assert f"{result.subset.n} patients of 94 (" in lines[0]


def test_competing_events_are_counted(captions):
    result, lines = captions("hcc_ablation", kind="cumulative_incidence", endpoint="LTP")
    for name, flags in result.subset.competing.items():
        assert f"{int(flags.sum())} {name.replace('_', ' ')} first" in lines[1]
    assert result.subset.competing
    event = result.subset.data.event
    others = sum(result.subset.competing.values())
    assert lines[1].endswith(f", {int((~event & (others == 0)).sum())} censored.")


def test_without_an_endpoint_no_events(captions):
    _, lines = captions("hifu_ici", kind="response")
    assert not any("event" in line and "Best" not in line for line in lines)


def test_made_up_data_are_named_so(captions):
    assert captions("hifu_ici", kind="response")[1][-1] == SYNTHETIC
