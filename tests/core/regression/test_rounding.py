"""What rounding takes from a likelihood of many rows must not pass for a step that goes down."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from core.regression import newton


@pytest.mark.parametrize(
    ("n_rows", "fall", "is_taken"), [(1_000_000, 1e-6, True), (1_000_000, 1e-3, False), (300, 1e-6, False)]
)
def test_a_step_is_taken_when_only_rounding_stands_against_it(monkeypatch, n_rows, fall, is_taken):
    def evaluate(beta, *_, **__):
        return SimpleNamespace(log_likelihood=-1e7 - fall, information=np.eye(1), eta_of_events=6e5)

    monkeypatch.setattr(newton, "evaluate", evaluate)
    surface = newton._Surface(X=np.broadcast_to(0.0, (1, n_rows)), risk_sets=None, ties="efron", size=1.0)
    start = SimpleNamespace(log_likelihood=-1e7, information=np.eye(1), eta_of_events=6e5)
    assert surface.climb(np.zeros(1), np.ones(1), start)[2] is is_taken
