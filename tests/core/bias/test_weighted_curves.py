"""Weighted curves and restricted means: a second way, by moving every patient a little, and at the edges."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.bias.matching import matched_sample
from core.bias.propensity import propensity_score
from core.bias.propensity_weights import inverse_probability, overlap_weights
from core.bias.weighted_curves import crude_curves, weighted_curves
from core.bias.weighted_sample import WeightedSample
from core.regression.logistic import fit_logistic
from core.spec import MatchingSpec
from core.timetoevent import TimeToEvent
from tests.core.bias.test_balance_weights import confounded

TAU = 9.0


def area_and_survival(data: TimeToEvent, weights: np.ndarray, at: float) -> tuple[float, float]:
    """Restricted mean and survival at a time by the textbook's loop."""
    entry = np.full(data.n, -1.0) if data.entry is None else data.entry
    survival, last, area, there = 1.0, 0.0, 0.0, 1.0
    for t in np.unique(data.time[data.event]):
        d = weights[data.event & (data.time == t)].sum()
        y = weights[(data.time >= t) & (entry < t)].sum()
        area += survival * (min(t, TAU) - min(last, TAU))
        survival, last = survival * (1 - d / y), t
        there = survival if t <= at else there
    return area + survival * (TAU - min(last, TAU)), there


@pytest.mark.parametrize("delayed", [False, True])
@pytest.mark.parametrize("which", ["ate", "overlap"])
def test_errors_are_those_of_moving_every_patient_a_little(which: str, delayed: bool) -> None:
    study = confounded(60, seed=2, ties=True)
    if delayed:
        entry = np.where(np.arange(60) % 3 == 0, study.data.time * 0.4, 0.0)
        study = replace(study, data=replace(study.data, entry=entry))
    z = study.treated

    def both(count: np.ndarray) -> np.ndarray:
        e = fit_logistic(study.design.matrix, z.astype(float), weights=count).chance
        p = float(count @ z / count.sum())
        w = np.where(z, p / e, (1 - p) / (1 - e)) if which == "ate" else np.where(z, 1 - e, e)
        found = [area_and_survival(study.data.subset(rows), (w * count)[rows], 5.0) for rows in (~z, z)]
        return np.array([found[0][0], found[1][0], found[0][1], found[1][1]])

    step, ones, eye = 1e-5, np.ones(60), np.eye(60) * 1e-5
    moved = np.array([(both(ones + eye[i]) - both(ones - eye[i])) / (2 * step) for i in range(60)])
    score = propensity_score(study)
    sample = inverse_probability(study, score) if which == "ate" else overlap_weights(study, score)
    found = weighted_curves(study, sample, TAU)
    np.testing.assert_allclose([a.value for a in found.rmst], both(ones)[:2], rtol=1e-10)
    np.testing.assert_allclose([a.std_error for a in found.rmst], np.sqrt((moved[:, :2] ** 2).sum(axis=0)), rtol=1e-4)
    at = [curve.at([5.0]) for curve in found.curves]
    np.testing.assert_allclose([a.survival[0] for a in at], both(ones)[2:], rtol=1e-10)
    np.testing.assert_allclose([a.std_error[0] for a in at], np.sqrt((moved[:, 2:] ** 2).sum(axis=0)), rtol=1e-4)
    assert found.difference.std_error == pytest.approx(np.sqrt(((moved[:, 1] - moved[:, 0]) ** 2).sum()), rel=1e-4)


def test_weights_of_one_give_the_crude_curves() -> None:
    study = confounded()
    sample = WeightedSample(method="iptw", weights=np.ones(study.n), treated=study.treated)
    weighted, crude = weighted_curves(study, sample, TAU), crude_curves(study, TAU)
    for a, b in zip(weighted.curves, crude.curves, strict=True):
        np.testing.assert_allclose(a.survival, b.survival, rtol=1e-12)
        # each patient's influence by itself: the same as Greenwood's where no times are tied
        np.testing.assert_allclose(a.std_error[:-1], b.std_error[:-1], rtol=1e-8)
    assert weighted.difference.std_error == pytest.approx(crude.difference.std_error, rel=1e-8)


@pytest.mark.parametrize("delayed", [False, True])
def test_influences_are_those_of_a_loop_over_patients_and_times(delayed: bool) -> None:
    study = confounded(80, ties=True)
    entry = np.where(np.arange(80) % 2 == 0, study.data.time * 0.5, 0.0) if delayed else None
    study = replace(study, data=replace(study.data, entry=entry))
    score = propensity_score(study)
    sample = inverse_probability(study, score)
    tilt = sample.tilt
    assert tilt is not None
    found = weighted_curves(study, sample, TAU)
    start = np.full(80, -1.0) if entry is None else entry
    for code, curve in enumerate(found.curves):
        rows = np.flatnonzero(study.treated == bool(code))
        time, event, w = study.data.time[rows], study.data.event[rows], sample.weights[rows]
        times = np.unique(time)
        d = np.array([w[event & (time == t)].sum() for t in times])
        y = np.array([w[(time >= t) & (start[rows] < t)].sum() for t in times])
        phi = np.zeros((rows.size, times.size))
        for i in range(rows.size):
            for k in range(times.size):
                for j in range(k + 1):
                    if start[rows[i]] < times[j] <= time[i]:
                        phi[i, k] += d[j] / (y[j] * (y[j] - d[j])) if y[j] > d[j] * (1 + 1e-9) else 0.0
                    if event[i] and times[j] == time[i] and y[j] > d[j] * (1 + 1e-9):
                        phi[i, k] -= 1 / (y[j] - d[j])
        whole = tilt.influence @ (tilt.slope[rows].T @ phi)
        whole[rows] += w[:, None] * phi
        there = curve.survival > 1e-12
        np.testing.assert_allclose(
            curve.std_error[there], (curve.survival * np.sqrt((whole**2).sum(axis=0)))[there], rtol=1e-9
        )


def test_matched_pairs_are_the_clusters_of_the_difference() -> None:
    study = confounded()
    sample = matched_sample(study, propensity_score(study), MatchingSpec())
    found = weighted_curves(study, sample, TAU)
    alone = weighted_curves(study, replace(sample, sets=None), TAU)
    assert found.difference.estimate == alone.difference.estimate
    assert found.difference.std_error != pytest.approx(alone.difference.std_error, rel=1e-6)
    assert alone.difference.std_error == pytest.approx(np.hypot(*(a.std_error for a in alone.rmst)), rel=1e-10)


def test_a_curve_that_ends_at_zero_has_no_error_there() -> None:
    study = confounded()
    last = study.data.time == study.data.time[study.treated].max()
    data = TimeToEvent(time=study.data.time, event=study.data.event | last)
    found = weighted_curves(replace(study, data=data), inverse_probability(study, propensity_score(study)), tau=TAU)
    curve = found.curves[1]
    assert curve.survival[-1] == pytest.approx(0, abs=1e-12)
    assert np.isnan(curve.std_error[-1])
    assert np.isfinite(curve.std_error[:-1]).all()
    assert np.isfinite(found.difference.std_error)
