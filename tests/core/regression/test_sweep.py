"""The information, summed by blocks, beside the same formula written out over all rows at once."""

from __future__ import annotations

import numpy as np
import pytest

from core.regression import row_blocks
from core.regression.likelihood import evaluate
from core.regression.risk_sets import risk_sets
from core.timetoevent import TimeToEvent


def _written_out(beta, X, sets, ties):
    """Variance of the covariates at every event time, one risk set after the other."""
    risk = sets.weight * np.exp(beta @ X)
    information = np.zeros((X.shape[0], X.shape[0]))
    for slot in range(sets.n_slots):
        at_risk, tied = sets.slot >= slot, (sets.slot == slot) & sets.is_event
        d = int(tied.sum())
        for layer in range(d):
            share = risk * (at_risk - (layer / d if ties == "efron" else 0.0) * tied)
            mean = X @ share / share.sum()
            second = (X * share) @ X.T / share.sum()
            information += sets.event_weight[slot] / d * (second - np.outer(mean, mean))
    return information


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("digits", [0, 1, 12])
@pytest.mark.parametrize("block", [1, 7, 64, 1 << 12])
def test_blocks_of_any_size_give_the_variance_of_every_risk_set(monkeypatch, ties, digits, block):
    monkeypatch.setattr(row_blocks, "BLOCK", block)
    rng = np.random.default_rng(digits)
    n = 150
    time = np.maximum(rng.weibull(1.2, n) * 9, 0.5).round(digits)
    data = TimeToEvent(time=time, event=rng.random(n) < 0.6, weights=rng.uniform(0.5, 2, n))
    sets = risk_sets(data)
    X, beta = rng.normal(size=(3, sets.order.size)), np.array([0.4, -0.3, 0.1])
    assert sets.is_plain
    np.testing.assert_allclose(
        evaluate(beta, X, sets, ties=ties).information, _written_out(beta, X, sets, ties), rtol=1e-11
    )


def test_everybody_at_one_time_is_one_block():
    data = TimeToEvent(time=np.ones(50), event=np.arange(50) < 20)
    sets = risk_sets(data)
    X = np.random.default_rng(1).normal(size=(2, 50))
    found = evaluate(np.zeros(2), X, sets, ties="efron")
    np.testing.assert_allclose(found.information, _written_out(np.zeros(2), X, sets, "efron"), rtol=1e-12)
