"""P-values adjusted for the number of comparisons."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.errors import SpecError
from core.survival.adjustment import adjusted

P = (0.01, 0.04, 0.03, 0.005)


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        # p.adjust(c(.01, .04, .03, .005), method), by hand
        ("none", (0.01, 0.04, 0.03, 0.005)),
        ("bonferroni", (0.04, 0.16, 0.12, 0.02)),
        ("holm", (0.03, 0.06, 0.06, 0.02)),
        ("bh", (0.02, 0.04, 0.04, 0.02)),
    ],
)
def test_by_hand(method, expected):
    np.testing.assert_allclose(adjusted(P, method), expected, rtol=1e-14)


@pytest.mark.parametrize("method", ["bonferroni", "holm", "bh"])
def test_properties(method):
    p = np.random.default_rng(1).random(30)
    out = adjusted(p, method)

    assert ((out >= p) & (out <= 1)).all()
    assert (np.diff(out[np.argsort(p)]) >= 0).all()  # the order is kept
    with_gap = adjusted([*p, math.nan], method)
    np.testing.assert_array_equal(with_gap[:-1], out)  # NaN is no comparison
    assert math.isnan(with_gap[-1])


def test_none_or_one():
    assert adjusted([], "holm").size == 0
    assert adjusted([0.2], "bh").tolist() == [0.2]


def test_refused():
    with pytest.raises(SpecError, match="Unknown adjustment 'fdr'"):
        adjusted(P, "fdr")
