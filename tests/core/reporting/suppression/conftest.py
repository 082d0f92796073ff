"""Cohorts and their answers, protected."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from core.cohort.load import load_cohort
from core.run import run_analysis
from core.spec import AnalysisSpec

SAMPLES = Path(__file__).parents[4] / "sample_data"


def answers_of(cohort, group, *, variables=None):
    """All results that can be protected, of a cohort."""
    endpoint = next(iter(cohort.spec.endpoints))
    names = variables or [one.name for one in cohort.patients.columns if one.kind in ("number", "category")][:14]
    asked = [
        {"id": "baseline", "kind": "baseline", "variables": names},
        {"id": "km", "kind": "kaplan_meier", "endpoint": endpoint},
    ]
    if group is not None:
        asked.append({"id": "test", "kind": "compare", "endpoint": endpoint})
        asked.append(
            {"id": "cox", "kind": "cox", "endpoint": endpoint, "covariates": [group.column], "mode": "univariable"}
        )
    if cohort.adverse_events is not None:
        asked.append({"id": "ae", "kind": "adverse_events"})
    if cohort.patients.with_role("best_response"):
        asked.append({"id": "response", "kind": "response"})
    spec = AnalysisSpec.model_validate({"cohort": cohort.spec, "group": group, "analyses": asked})
    return [run_analysis(spec, cohort, one) for one in spec.analyses]


@pytest.fixture(scope="session", params=["hifu_ici", "ablation_tace_net", "hcc_ablation"])
def sample_answers(request):
    """Results of a sample."""
    return _sample(request.param)[0]


@pytest.fixture
def sample_whole(sample_answers):
    """The same of all patients together."""
    name = next(iter(sample_answers)).subset.cohort.name
    return _sample(name)[1]


@cache
def _sample(name):
    base = SAMPLES / name
    spec = AnalysisSpec.from_file(base / "spec.json")
    cohort = load_cohort(spec.cohort, base=base, name=name)
    return answers_of(cohort, spec.group), answers_of(cohort, None)
