"""What is said of curves of weighted patients, of several rows per patient, and of late entries."""

import json

import pandas as pd
import pytest

from core.cohort.load import load_cohort
from core.run import run
from core.spec import AnalysisSpec


@pytest.fixture
def noted(tmp_path):
    def ask(frame, *, entry=None, group=None, kind="kaplan_meier", **more):
        frame.to_csv(tmp_path / "p.csv", index=False)
        endpoint = {"time": "stop", "event": "event", "event_is": [1], "unit": "months"}
        spec = {
            "cohort": {"patients": "p.csv", "endpoints": {"INF": endpoint | ({"entry": entry} if entry else {})}},
            "group": group,
            "analyses": [{"id": "a", "kind": kind, "endpoint": "INF", **more}],
        }
        asked = AnalysisSpec.model_validate_json(json.dumps(spec))
        return run(asked, load_cohort(asked.cohort, base=tmp_path))["a"]

    return ask


def rows(*items):
    return pd.DataFrame(items, columns=["patient_id", "start", "stop", "event"])


def test_rows_of_patients_whose_event_repeats(noted):
    frame = rows(("A", 0, 4, 1), ("A", 4, 9, 1), ("B", 0, 6, 0), ("B", 6, 11, 1), ("C", 0, 8, 0))
    told = " ".join(noted(frame, entry="start").notes)
    assert "5 rows of 3 patients, 1 of whom have the event more than once" in told
    once = " ".join(noted(frame.iloc[1:], entry="start").notes)
    assert "numbers count rows" not in once or "more than once" not in once


def test_rows_of_patients_who_have_it_once(noted):
    frame = rows(("A", 0, 4, 0), ("A", 4, 9, 1), ("B", 0, 6, 0), ("B", 6, 11, 1), ("C", 0, 8, 0))
    told = " ".join(noted(frame, entry="start").notes)
    assert "5 rows of 3 patients, each at risk from a row's start to its end: numbers count rows" in told


@pytest.mark.parametrize(
    ("weights", "says"),
    [
        pytest.param([1, 2, 1, 3], "each patient counts as that many", id="whole"),
        pytest.param([0.5, 1.25, 1, 2], "standard errors are robust", id="fractions"),
    ],
)
def test_case_weights_are_named(noted, weights, says):
    frame = pd.DataFrame({"patient_id": list("ABCD"), "stop": [3, 5, 7, 9], "event": [1, 0, 1, 1], "w": weights})
    assert says in " ".join(noted(frame, weights="w").notes)
    assert "Case weights" not in " ".join(noted(frame).notes)


def test_a_fall_while_few_had_entered(noted):
    late = [(f"P{i}", 6 + i % 3, 20 + i, i % 2) for i in range(30)]
    told = " ".join(noted(rows(("A", 0, 3, 1), ("B", 0, 25, 0), *late), entry="start").notes)
    assert "Delayed entry: at 3.0 months the curve fell by 50 percentage points with 2 at risk" in told
    everybody = [(name, 0, stop, event) for name, _, stop, event in late]
    assert "Delayed entry" not in " ".join(noted(rows(*everybody), entry="start").notes)
