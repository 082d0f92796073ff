"""Second implementations, written from the definitions with loops over subjects and event times."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from core.timetoevent import TimeToEvent


def _parts(data: TimeToEvent, strata=None):
    entry = np.full(data.n, -np.inf) if data.entry is None else data.entry
    weights = np.ones(data.n) if data.weights is None else data.weights
    strata = np.zeros(data.n, dtype=int) if strata is None else strata
    return entry, weights, strata


def layers(data: TimeToEvent, strata=None, *, ties="efron"):
    """Yield per layer: mean event weight, and how much of each subject is at risk, shape (n,)."""
    entry, weights, strata = _parts(data, strata)
    for stratum in np.unique(strata):
        inside = strata == stratum
        for t in np.unique(data.time[inside & data.event]):
            at_risk = inside & (entry < t) & (data.time >= t)
            dying = inside & data.event & (data.time == t)
            d = int(dying.sum())
            for layer in range(d):
                fraction = layer / d if ties == "efron" else 0.0
                yield weights[dying].sum() / d, at_risk * 1.0 - fraction * dying, dying


def log_likelihood(beta, X, data, strata=None, *, ties="efron"):
    """Log partial likelihood, X of shape (n, p)."""
    _, weights, _ = _parts(data, strata)
    eta = X @ beta
    total = float((weights * data.event) @ eta)
    for mean_weight, present, _ in layers(data, strata, ties=ties):
        total -= mean_weight * np.log((weights * present * np.exp(eta)).sum())
    return total


def score_residuals(beta, X, data, strata=None, *, ties="efron"):
    """Weighted score residuals, shape (n, p)."""
    _, weights, _ = _parts(data, strata)
    risk = np.exp(X @ beta)
    residuals = np.zeros_like(X, dtype=float)
    for mean_weight, present, dying in layers(data, strata, ties=ties):
        share = weights * present * risk
        mean = share @ X / share.sum()
        hazard = mean_weight / share.sum()
        residuals += dying[:, None] * (X - mean) / dying.sum()
        residuals -= (present * risk)[:, None] * (X - mean) * hazard
    return weights[:, None] * residuals


def concordance(data, score, strata=None):
    """Counts of usable pairs (concordant, tied score, all), C and its infinitesimal jackknife error."""
    entry, weights, strata = _parts(data, strata)
    counts = np.zeros(3)
    share = np.zeros((data.n, 2))
    for i in np.flatnonzero(data.event):
        for j in range(data.n):
            later = data.time[j] > data.time[i] or (data.time[j] == data.time[i] and not data.event[j])
            if j == i or strata[i] != strata[j] or not later or entry[j] >= data.time[i]:
                continue
            agree, tied = float(score[i] > score[j]), float(score[i] == score[j])
            counts += weights[i] * weights[j] * np.array([agree, tied, 1.0])
            share[i] += weights[j] * np.array([agree + tied / 2, 1.0])
            share[j] += weights[i] * np.array([agree + tied / 2, 1.0])
    value = (counts[0] + counts[1] / 2) / counts[2]
    influence = weights * (share[:, 0] - value * share[:, 1]) / counts[2]
    return counts, value, float(np.sqrt(influence @ influence))


def tied_event_pairs(data, score, strata=None):
    """Weighted pairs of events at one time: with different and with equal scores."""
    _, weights, strata = _parts(data, strata)
    tied = np.zeros(2)
    for i, j in combinations(np.flatnonzero(data.event), 2):
        if strata[i] == strata[j] and data.time[i] == data.time[j]:
            tied[int(score[i] == score[j])] += weights[i] * weights[j]
    return tied


def gradient(function, x, *, step=1e-5):
    """Central differences."""
    x = np.asarray(x, dtype=float)
    return np.array([(function(x + e) - function(x - e)) / (2 * step) for e in step * np.eye(x.size)])
