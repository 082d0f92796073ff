"""Small cohorts for tests of tables and sentences, built by hand, and their results."""

import numpy as np
import pandas as pd
import pytest

from core.cohort.cohort import Cohort, Column, Table
from core.run import run_analysis
from core.spec import AnalysisSpec

ROLES = {
    "patients": {"id": "patient_id"},
    "adverse_events": {"id": "ae_patient_id", "term": "ae_term", "grade": "ae_grade", "class": "ae_class"},
}


def make_table(frame, name="patients"):
    """A table as intake makes it: numbers are float, words are categories in the order of their spelling."""
    frame = frame.copy()
    columns = []
    for column in frame.columns:
        is_number = pd.api.types.is_numeric_dtype(frame[column])
        frame[column] = frame[column].astype(float) if is_number else frame[column].astype("category")
        kind = "number" if is_number else "category"
        columns.append(Column(name=column, kind=kind, role=ROLES[name].get(column), confidence=1.0, reason=""))
    return Table(name=name, frame=frame, row_numbers=tuple(range(2, len(frame) + 2)), columns=tuple(columns))


@pytest.fixture
def answer():
    """A function: frame and analysis to the analysis' result."""

    def ask(frame, analysis, *, group=None, filters=(), synthetic=False, unit="months", endpoint="OS", events=None):
        cohort_spec = {
            "patients": "p.csv",
            "endpoints": {endpoint: {"time": "time", "event": "event", "event_is": [1], "unit": unit}},
        }
        needed = {} if analysis["kind"] in ("baseline", "adverse_events", "response") else {"endpoint": endpoint}
        spec = AnalysisSpec.model_validate(
            {
                "cohort": cohort_spec,
                "group": group,
                "filters": list(filters),
                "analyses": [{"id": "a", **needed, **analysis}],
            }
        )
        cohort = Cohort(
            name="test",
            patients=make_table(frame),
            adverse_events=None if events is None else make_table(events, "adverse_events"),
            spec=spec.cohort,
            issues=(),
            digest="0",
            synthetic=synthetic,
        )
        return run_analysis(spec, cohort, spec.analyses[0])

    return ask


@pytest.fixture
def two_arms():
    """Twelve patients: without HIFU all die early, with HIFU three of six die."""
    return pd.DataFrame(
        {
            "time": [2, 4, 4, 6, 8, 10, 5, 9, 12, 14, 15, 20],
            "event": [1, 1, 1, 1, 0, 1, 1, 0, 1, 0, 1, 0],
            "hifu": ["No"] * 6 + ["Yes"] * 6,
            "grade": ["G1", "G2"] * 6,
        }
    )


@pytest.fixture
def hifu():
    return {"column": "hifu", "levels": {"No HIFU": ["No"], "HIFU": ["Yes"]}}


@pytest.fixture
def random_arms():
    """Sixty patients in three groups."""
    rng = np.random.default_rng(7)
    n = 60
    return pd.DataFrame(
        {
            "time": rng.exponential(12, n).round(1) + 0.1,
            "event": rng.random(n) < 0.7,
            "grade": rng.choice(["G1", "G2", "G3"], n),
            "age": rng.normal(60, 10, n).round(),
        }
    ).assign(event=lambda frame: frame["event"].astype(int))
