"""Landmarks, a treatment counted from its start, and clones against R (scripts/make_immortal_time.R)."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.bias.clone_censor_weight import clone_censor_weight
from core.bias.landmark import landmark_analysis
from core.bias.later_treatment import LaterTreatment, MethodRatio, naive_ratio
from core.bias.time_dependent import time_dependent_analysis
from core.timetoevent import TimeToEvent
from tests.reference.oracles import HERE

R = json.loads((HERE / "r" / "immortal_time.json").read_text(encoding="utf-8"))
BOTH = ("age", "surgery")
ADJUSTED = {"crude": (), "adjusted": BOTH}


@cache
def study(covariates: tuple[str, ...]) -> LaterTreatment:
    frame = pd.read_csv(HERE / "data" / "stanford.csv", na_values=[""])
    day = frame["transplant_day"].to_numpy(dtype=float)
    return LaterTreatment(
        data=TimeToEvent(
            time=np.maximum(frame["days"].to_numpy(dtype=float), 0.5), event=frame["died"].to_numpy() == 1, unit="days"
        ),
        starts=day,
        treated=np.isfinite(day),
        column="transplant",
        levels=("No", "Yes"),
        frame=frame,
        covariates=covariates,
    )


def assert_ratio(ratio: MethodRatio, expected: Any) -> None:
    assert ratio.log_hazard_ratio == pytest.approx(expected["coef"], rel=1e-8)
    assert ratio.std_error == pytest.approx(expected["se"], rel=1e-7)


@pytest.mark.parametrize("which", list(ADJUSTED))
def test_naive(which: str) -> None:
    assert_ratio(naive_ratio(study(ADJUSTED[which])), R["naive"][which])


@pytest.mark.parametrize("which", list(ADJUSTED))
@pytest.mark.parametrize("position", [0, 1])
def test_landmarks(which: str, position: int) -> None:
    expected = R["landmarks"][position]
    found = landmark_analysis(study(ADJUSTED[which]), float(expected["L"]))
    assert_ratio(found.ratio, expected[which])
    counts = (found.n, found.n_treated, found.dropped_event.size, found.dropped_censored.size, found.n_later)
    assert counts == tuple(expected[k] for k in ("n", "treated", "dropped_event", "dropped_censored", "later"))
    assert found.statistic == pytest.approx(expected["logrank"], rel=1e-10)
    np.testing.assert_allclose(found.curves[1].time, expected["time"], rtol=1e-12)
    np.testing.assert_allclose(found.curves[1].survival, expected["survival"], rtol=1e-10)


@pytest.mark.parametrize("which", list(ADJUSTED))
def test_time_dependent(which: str) -> None:
    found = time_dependent_analysis(study(ADJUSTED[which]))
    expected = R["time_dependent"]
    assert_ratio(found.ratio, expected[which])
    np.testing.assert_allclose(found.person_time, expected["person_time"], rtol=1e-12)


def test_mantel_byar_is_the_score_test_of_exact_ties() -> None:
    """With tied deaths Breslow's and Efron's score tests are other numbers."""
    found, expected = time_dependent_analysis(study(())).mantel_byar, R["time_dependent"]
    assert found.statistic == pytest.approx(expected["score_exact"], rel=1e-9)
    assert found.statistic != pytest.approx(expected["score_breslow"], rel=1e-4)


@pytest.mark.parametrize("state", [0, 1])
def test_simon_makuch_curves(state: int) -> None:
    curve, expected = time_dependent_analysis(study(())).curves[state], R["time_dependent"]["curves"][state]
    rows = curve.n_events > 0
    np.testing.assert_allclose(curve.time[rows], expected["time"], rtol=1e-12)
    np.testing.assert_array_equal(curve.n_at_risk[rows], expected["n"])
    np.testing.assert_allclose(curve.survival[rows], expected["survival"], rtol=1e-10, atol=1e-15)
    known = np.isfinite(np.array(expected["se"], dtype=float)) & (np.array(expected["survival"]) > 0)
    np.testing.assert_allclose(curve.std_error[rows][known], np.array(expected["se"], dtype=float)[known], rtol=1e-10)


CLONES = {"crude": ((), ()), "adjusted": (BOTH, ()), "loss": (BOTH, BOTH), "only_loss": ((), BOTH)}


@pytest.mark.parametrize("which", list(CLONES))
def test_clones(which: str) -> None:
    covariates, loss = CLONES[which]
    found = clone_censor_weight(study(covariates), grace=30.0, loss=loss, draws=2)
    expected = R["clones"][which]
    assert found is not None
    assert found.ratio.log_hazard_ratio == pytest.approx(expected["coef"], rel=1e-7)
    assert found.largest_weight == pytest.approx(expected["largest"], rel=1e-7)
    for row, name in enumerate(("wait", "begin")):
        steps = np.searchsorted(found.time, np.array(expected[name]["time"]) * (1 - 1e-12))
        np.testing.assert_allclose(found.survival[row][steps], expected[name]["survival"], rtol=1e-7, atol=1e-12)
