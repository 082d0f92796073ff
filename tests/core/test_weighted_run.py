"""Case weights from a column: R's numbers, and who cannot be weighted is counted."""

import json
from pathlib import Path

import numpy as np
import pytest

from core.cohort.load import cohort_from_files, load_cohort, with_spec
from core.errors import SpecError
from core.reporting.methods_text import method
from core.run import run_analysis
from core.spec import AnalysisSpec, EndpointSpec

REFERENCE = Path(__file__).parents[1] / "reference"
ENDPOINT = {"time": "time", "event": "event", "event_is": [1], "unit": "days"}


def ask(cohort, **asked):
    analysis = {"id": "a", "kind": "kaplan_meier", "endpoint": "OS", **asked}
    spec = AnalysisSpec.model_validate({"cohort": cohort.spec, "analyses": [analysis]})
    return run_analysis(spec, cohort, spec.analyses[0])


@pytest.mark.parametrize("level", ["male", "female"])
def test_propensity_weights_as_r(level):
    # survfit(Surv(time, event) ~ 1, weights = w_iptw, subset = sex == level)
    said = {"patients": "lung.csv", "endpoints": {"OS": ENDPOINT}}
    cohort = load_cohort(AnalysisSpec.model_validate({"cohort": said}).cohort, base=REFERENCE / "data")
    r = json.loads((REFERENCE / "r" / "lung.json").read_text())["iptw"]["km"][level]
    only = [{"column": "sex", "op": "==", "value": level}]
    result = ask(cohort, weights="w_iptw", times=r["time"], filters=only)
    (group,) = result.survival.groups
    np.testing.assert_allclose(group.at.survival, r["surv"], rtol=1e-9)
    np.testing.assert_allclose(group.at.std_error, r["se_robust"], rtol=1e-9)
    assert group.quantiles[0.5].value == pytest.approx(r["median"])
    assert "weights = w_iptw" in method(result).r_call
    assert "case weights w_iptw" in method(result).what


def sheet(weights, patients=None):
    """Patient i has time 2i + 1 and an event where i is odd."""
    those = range(len(weights)) if patients is None else patients
    rows = "".join(f"{n},{2 * i + 1},{i % 2},{w}\n" for n, (i, w) in enumerate(zip(those, weights, strict=True)))
    cohort = cohort_from_files({"s.csv": f"id,time,event,w\n{rows}".encode()}, name="s")
    return with_spec(cohort, cohort.spec.model_copy(update={"endpoints": {"OS": EndpointSpec(**ENDPOINT)}}))


def test_whole_weights_are_as_many_patients():
    weights = [2, 1, 3, 1, 1, 2]
    repeated = [i for i, w in enumerate(weights) for _ in range(w)]
    (weighted,) = ask(sheet(weights), weights="w").survival.groups
    (plain,) = ask(sheet([5] * len(repeated), repeated)).survival.groups
    np.testing.assert_allclose(weighted.estimate.survival, plain.estimate.survival)
    np.testing.assert_allclose(weighted.estimate.std_error, plain.estimate.std_error)


def test_patients_without_a_weight_are_counted():
    result = ask(sheet(["1.5", "", "0", "2", "1", "0.5"]), weights="w")
    assert [(item.reason, item.rows) for item in result.subset.exclusions] == [
        ("W missing (case weight)", (3,)),
        ("W 0 (case weight)", (4,)),
    ]
    assert result.subset.n == 4


@pytest.mark.parametrize(("weights", "says"), [(["1", "-2", "1"] * 3, "negative"), (["a", "b", "c"] * 3, "no numbers")])
def test_weights_that_are_none(weights, says):
    with pytest.raises(SpecError, match=says):
        ask(sheet(weights), weights="w")
