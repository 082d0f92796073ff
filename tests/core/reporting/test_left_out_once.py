"""Whoever is left out is counted once: those shown and those left out are together the patients of the file."""

import numpy as np
import pandas as pd
import pytest

from core.cohort.load import cohort_from_files
from core.reporting.caveat_facts import caveat_facts
from core.run import run_analysis
from core.spec import AnalysisSpec

N, NO_TIME, NO_AGE = 80, 5, 7


@pytest.fixture(scope="module")
def cohort():
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "id": [f"p{i}" for i in range(N)],
            "arm": np.where(np.arange(N) % 2, "A", "B"),
            "age": rng.integers(40, 80, N).astype(float),
            "os_months": rng.exponential(20, N).round(1) + 0.1,
            "os_event": rng.integers(0, 2, N),
        }
    )
    frame.loc[: NO_TIME - 1, "os_months"] = np.nan
    frame.loc[20 : 20 + NO_AGE - 1, "age"] = np.nan
    return cohort_from_files({"p.csv": frame.to_csv(index=False).encode()}, name="p")


@pytest.mark.parametrize(
    ("asked", "left_out"),
    [
        ({"kind": "kaplan_meier"}, NO_TIME),
        ({"kind": "cox", "covariates": ["arm", "age"]}, NO_TIME + NO_AGE),
        ({"kind": "adjusted_survival", "covariates": ["age"], "times": [12]}, NO_TIME + NO_AGE),
        ({"kind": "quantile_groups", "column": "age"}, NO_TIME + NO_AGE),
        ({"kind": "cut_point", "column": "age", "permutations": 200, "bootstraps": 20}, NO_TIME + NO_AGE),
        ({"kind": "balance", "covariates": ["age"]}, NO_TIME + NO_AGE),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else "",
)
def test_shown_and_left_out_are_all_patients(cohort, asked, left_out):
    spec = AnalysisSpec(cohort=cohort.spec, group={"column": "arm"}, analyses=[{"id": "a", "endpoint": "OS", **asked}])
    facts = caveat_facts(run_analysis(spec, cohort, spec.analyses[0]))
    assert (facts.left_out, facts.n + facts.left_out) == (left_out, N)
