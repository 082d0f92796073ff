"""Differences within strata: by hand, one stratum against the plain interval, agreement with the stratified test."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from core.errors import CohortError
from core.proportions.intervals import difference_interval
from core.proportions.mantel_haenszel import mantel_haenszel
from core.proportions.stratified_difference import stratified_difference

R = json.loads((Path(__file__).parents[2] / "reference" / "r" / "stratified_difference.json").read_text())
METHODS = {"miettinen-nurminen": "score", "newcombe": "newcombe", "wald": "sato"}


def arrays(case):
    x0, x1, n0, n1 = (np.atleast_1d(case[name]) for name in ("x0", "x1", "n0", "n1"))
    return np.stack([x0, x1], axis=1), np.stack([n0, n1], axis=1)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("case", R["cases"], ids=lambda case: case["name"])
def test_against_r(case, method):
    counts, sizes = arrays(case)
    found = stratified_difference(counts, sizes, reference=0, method=method)
    assert found.estimate == pytest.approx(case["estimate"], abs=1e-14)
    # R's score limits stand on a numerical maximum of the likelihood.
    assert [found.conf_low, found.conf_high] == pytest.approx(case[METHODS[method]], abs=2e-9)


def test_two_strata_by_hand():
    # 3/4 against 1/4, weight 2; 2/3 against 1/3, weight 1.5: (2 * 0.5 + 1.5 / 3) / 3.5
    found = stratified_difference(np.array([[1, 3], [1, 2]]), np.array([[4, 4], [3, 3]]), reference=0, method="wald")
    assert found.estimate == pytest.approx(1.5 / 3.5)
    # equal groups: P = n (x0 - x1) / 4 / n; Q = (x1 (n - x0) + x0 (n - x1)) / (4 n)
    p = (1 - 3) / 4 + (1 - 2) / 4
    q = (3 * 3 + 1 * 1) / 16 + (2 * 2 + 1 * 1) / 12
    half = 1.959963984540054 * math.sqrt(1.5 / 3.5 * p + q) / 3.5
    assert [found.conf_low, found.conf_high] == pytest.approx([1.5 / 3.5 - half, 1.5 / 3.5 + half])


@pytest.mark.parametrize("method", ["miettinen-nurminen", "newcombe"])
@pytest.mark.parametrize(
    ("x1", "n1", "x0", "n0"),
    [(10, 28, 17, 66), (0, 12, 5, 20), (12, 12, 5, 20), (0, 5, 0, 7), (5, 5, 7, 7), (4, 4, 0, 6)],
)
def test_one_stratum_is_the_plain_interval(x1, n1, x0, n0, method):
    plain = difference_interval(x1, n1, x0, n0, method)
    found = stratified_difference(np.array([[x0, x1]]), np.array([[n0, n1]]), reference=0, method=method)
    assert [found.estimate, found.conf_low, found.conf_high] == pytest.approx(
        [plain.estimate, plain.conf_low, plain.conf_high], abs=1e-9
    )


def test_the_score_interval_leaves_zero_out_where_the_test_says_so():
    rng = np.random.default_rng(3)
    agreed = set()
    for _ in range(60):
        sizes = rng.integers(1, 25, (4, 2))
        counts = rng.binomial(sizes, [[0.3, 0.5]])
        found = stratified_difference(counts, sizes, reference=0)
        p = mantel_haenszel(counts, sizes, reference=0).p_value_uncorrected
        assert (found.conf_low > 0 or found.conf_high < 0) == (p < 0.05)
        agreed.add(p < 0.05)
    assert agreed == {True, False}


@pytest.mark.parametrize("method", METHODS)
def test_groups_and_strata_exchanged(method):
    counts, sizes = arrays(R["cases"][2])
    found = stratified_difference(counts, sizes, reference=0, method=method)
    other = stratified_difference(counts, sizes, reference=1, method=method)
    assert [other.estimate, other.conf_low, other.conf_high] == pytest.approx(
        [-found.estimate, -found.conf_high, -found.conf_low], abs=1e-12
    )
    turned = stratified_difference(counts[::-1], sizes[::-1], reference=0, method=method)
    assert [turned.estimate, turned.conf_low, turned.conf_high] == pytest.approx(
        [found.estimate, found.conf_low, found.conf_high], abs=1e-12
    )


def test_strata_with_one_group_take_no_part():
    counts, sizes = arrays(R["cases"][1])
    more = stratified_difference(
        np.vstack([counts, [[3, 0]]]), np.vstack([sizes, [[9, 0]]]), reference=0, method="newcombe"
    )
    assert more == stratified_difference(counts, sizes, reference=0, method="newcombe")


def test_no_stratum_with_both_groups():
    found = stratified_difference(np.array([[1, 0], [0, 2]]), np.array([[3, 0], [0, 4]]), reference=0)
    assert all(map(math.isnan, (found.estimate, found.conf_low, found.conf_high)))


def test_wider_at_higher_confidence_and_inside_the_possible():
    counts, sizes = np.array([[0, 3], [0, 2]]), np.array([[3, 3], [2, 2]])
    for method in ("miettinen-nurminen", "newcombe"):
        wide = stratified_difference(counts, sizes, reference=0, method=method, conf_level=0.99)
        narrow = stratified_difference(counts, sizes, reference=0, method=method, conf_level=0.9)
        assert wide.estimate == 1
        assert -1 <= wide.conf_low < narrow.conf_low < 1
        assert wide.conf_high == pytest.approx(1)


@pytest.mark.parametrize(
    ("counts", "sizes"), [([[1, 2, 3]], [[4, 4, 4]]), ([[5, 1]], [[4, 4]]), ([[-1, 1]], [[4, 4]]), ([1, 1], [2, 2])]
)
def test_what_cannot_be_compared(counts, sizes):
    with pytest.raises(CohortError):
        stratified_difference(np.array(counts), np.array(sizes), reference=0)
