"""Treatments that start later and sheets with several rows per patient, from the file to the counts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.cohort.load import load_cohort
from core.errors import CohortError
from core.result import AnalysisResult
from core.run import run
from core.spec import AnalysisSpec

SHEET = """id,months,status,day,first dose,last seen,late dose,words,age
1,10,1,91.3125,2020-01-01,2020-11-01,2020-04-01,soon,50
2,8,1,,2020-01-01,2020-09-01,,late,61
3,6,0,0,2020-01-01,2020-07-01,2020-01-01,soon,44
4,5,1,152.1875,2020-01-01,2020-06-01,2020-06-01,late,70
5,12,1,30.4375,2020-01-01,2021-01-01,2020-02-01,soon,38
6,3,0,,2020-01-01,2020-04-01,,late,66
"""
TIMES = {"time": "months", "event": "status", "event_is": [1], "unit": "months"}
DATES = {
    "start": "first dose",
    "event_date": "last seen",
    "censor_date": "last seen",
    "event": "status",
    "event_is": [1],
    "unit": "months",
}


@pytest.fixture
def ask(tmp_path):
    (tmp_path / "patients.csv").write_text(SHEET, encoding="utf-8")

    def asked(endpoint: dict[str, Any], **analysis: Any) -> AnalysisResult:
        cohort = {"patients": "patients.csv", "endpoints": {"OS": endpoint}, "kinds": {"words": "category"}}
        one = {"id": "asked", "kind": "cox", "endpoint": "OS", **analysis}
        spec = AnalysisSpec.from_json(AnalysisSpec.model_validate({"cohort": cohort, "analyses": [one]}).to_json())
        return run(spec, load_cohort(spec.cohort, base=tmp_path))["asked"]

    return asked


def later(column: str, unit: str | None = None) -> dict[str, Any]:
    return {"covariates": ["HIFU", "age"], "time_dependent": {"HIFU": {"starts": column, "unit": unit}}}


def test_days_beside_months_and_dates_beside_dates(ask):
    by_days, by_dates = ask(TIMES, **later("day", "days")), ask(DATES, **later("late dose"))

    counts = [[(t.n, t.n_events, t.reference_n) for t in r.cox.multivariable.terms] for r in (by_days, by_dates)]
    assert counts[0] == counts[1] == [(3, 2, 5), (6, 4, None)]
    said = "2 of 6 patients start during follow-up, 1 at or before its beginning (Yes throughout), 1 only at or after"
    assert all(any(said in note for note in result.notes) for result in (by_days, by_dates))
    assert by_days.cox.multivariable.n == 6


def test_the_reference_may_be_yes(ask):
    asked = {"covariates": ["HIFU"], "time_dependent": {"HIFU": {"starts": "day", "unit": "days"}}, "penalty": "firth"}

    no, yes = (ask(TIMES, **asked, references={"HIFU": level}).cox.multivariable.terms[0] for level in ("No", "Yes"))

    assert (no.level, no.reference, yes.level, yes.reference) == ("Yes", "No", "No", "Yes")
    assert no.hazard_ratio == pytest.approx(1 / yes.hazard_ratio, rel=1e-6)


@pytest.mark.parametrize(
    ("endpoint", "analysis", "message"),
    [
        (TIMES, later("late dose"), "'late dose' holds dates, but OS is not built from dates"),
        (TIMES, later("words"), "holds neither times nor dates"),
        (
            TIMES,
            later("dya"),
            "Column 'dya', needed for the start of HIFU, is not in the table.*Did you mean 'day'",
        ),
        (
            TIMES,
            {"covariates": ["age"], "time_dependent": {"age": {"starts": "day"}}},
            "'age' is a column already",
        ),
        (TIMES, {"covariates": ["age"], "time_splits": {"age": [40]}}, "cannot be split at 40 months"),
    ],
)
def test_what_cannot_be_is_said(ask, endpoint, analysis, message):
    with pytest.raises(CohortError, match=message):
        ask(endpoint, **analysis)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"time_dependent": {"HIFU": {"starts": "day"}}}, "'HIFU' of time_dependent is not among the covariates"),
        ({"time_splits": {"sex": [3]}}, "'sex' of time_splits is not among the covariates"),
        ({"time_splits": {"age": [6, 3]}}, "the times at which 'age' is split do not ascend"),
        ({"time_splits": {"age": []}}, "do not ascend"),
        ({"time_splits": {"age": [3]}, "splines": {"age": 4}}, "cannot act along a curve or interact"),
        ({"time_dependent": {"age": {"start": "day"}}}, "Unknown key 'start'.*Did you mean 'starts'"),
    ],
)
def test_what_a_specification_may_not_say(keys, message):
    import json

    cohort = {"patients": "p.csv", "endpoints": {"OS": TIMES}}
    one = {"id": "a", "kind": "cox", "endpoint": "OS", "covariates": ["age"], **keys}
    with pytest.raises(CohortError, match=message):
        AnalysisSpec.from_json(json.dumps({"cohort": cohort, "analyses": [one]}))


def test_centres_are_not_patients(tmp_path):
    """Rows of one centre overlap in time: with delayed entry each row stays a patient."""
    rng = np.random.default_rng(1)
    rows = [f"{i % 4},{e},{e + t:.3f},{int(s)},{x:.2f}" for i, (e, t, s, x) in enumerate(zip(
        rng.integers(0, 5, 40), rng.exponential(9, 40) + 0.1, rng.random(40) < 0.7, rng.normal(size=40), strict=True
    ))]  # fmt: skip
    (tmp_path / "p.csv").write_text("centre,entered,left,status,x\n" + "\n".join(rows), encoding="utf-8")
    endpoint = {"time": "left", "event": "status", "event_is": [1], "entry": "entered"}
    cohort = {"patients": "p.csv", "endpoints": {"OS": endpoint}, "kinds": {"centre": "category"}}
    one = {"id": "a", "kind": "cox", "endpoint": "OS", "covariates": ["x"], "cluster": "centre"}
    spec = AnalysisSpec.model_validate({"cohort": cohort, "analyses": [one]})

    result = run(spec, load_cohort(spec.cohort, base=tmp_path))["a"]

    assert result.cox.multivariable.n == 40
    assert not any("rows of" in note for note in result.notes)
