"""Risk ratios and Barnard's test: R's values, the score inverted by hand, zero and 100 % cells, exchange of groups."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import CohortError
from core.proportions.barnard import barnard_p
from core.proportions.risk_ratio import risk_ratios

R = json.loads(
    (Path(__file__).parents[2] / "reference" / "r" / "risk_ratios.json").read_text(encoding="utf-8"),
)
IDS = [f"{case['x1']}/{case['n1']} - {case['x0']}/{case['n0']}" for case in R]


def one(x1, n1, x0, n0, **options):
    found = risk_ratios([x1], n1, [x0], n0, **options)
    return float(found.value[0]), float(found.conf_low[0]), float(found.conf_high[0])


@pytest.mark.parametrize("case", R, ids=IDS)
class TestAgainstR:
    @pytest.mark.parametrize(("key", "level"), [("koopman", 0.95), ("koopman90", 0.9)])
    def test_koopman(self, case, key, level):
        _, low, high = one(case["x1"], case["n1"], case["x0"], case["n0"], conf_level=level)
        expected = [np.inf if value is None else value for value in case[key]]
        # R searches the restricted likelihood and is good to about six figures.
        np.testing.assert_allclose([low, high], expected, rtol=2e-6)

    def test_katz(self, case):
        value, low, high = one(case["x1"], case["n1"], case["x0"], case["n0"], method="katz")
        if "katz" not in case:
            assert np.isnan([low, high]).all()
            return
        np.testing.assert_allclose([low, high], case["katz"], rtol=1e-12)
        assert value == pytest.approx(np.sqrt(low * high), rel=1e-12)

    def test_barnard(self, case):
        (p,) = barnard_p(np.array([case["x1"]]), case["n1"], np.array([case["x0"]]), case["n0"])
        assert p == pytest.approx(case["barnard"], rel=1e-5)


class TestEdges:
    def test_nobody_of_both(self):
        assert np.isnan(one(0, 28, 0, 66)).all()

    def test_everybody_of_both_has_limits_around_one(self):
        value, low, high = one(28, 28, 66, 66)
        # (1 - theta)^2 = z^2 theta^2 (1 - p0) p0 / n0 ... at p1 = 1: solved by hand, low = n1 / (n1 + z^2)
        z2 = 1.959963984540054**2
        assert value == 1.0
        assert low == pytest.approx(28 / (28 + z2), rel=1e-6)
        assert high == pytest.approx((66 + z2) / 66, rel=1e-6)

    def test_nobody_of_one(self):
        assert one(0, 28, 5, 66)[:2] == (0.0, 0.0)
        assert one(5, 28, 0, 66)[0] == np.inf
        assert one(5, 28, 0, 66)[2] == np.inf

    def test_a_group_without_patients(self):
        assert np.isnan(one(0, 0, 3, 5)).all()
        assert np.isnan(barnard_p(np.array([0]), 0, np.array([3]), 5)).all()

    def test_equal_proportions_have_p_one(self):
        assert barnard_p(np.array([0, 2, 5]), 5, np.array([0, 4, 10]), 10).tolist() == [1.0, 1.0, 1.0]

    @pytest.mark.parametrize("cells", [(-1, 5, 1, 5), (6, 5, 1, 5), (1, 5, 6, 5)])
    def test_impossible_counts(self, cells):
        with pytest.raises(CohortError, match="0 <= count <= n"):
            one(*cells)

    def test_unknown_method(self):
        with pytest.raises(CohortError, match="Unknown interval of a risk ratio 'score'"):
            one(1, 5, 1, 5, method="score")


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.data())
def test_properties(n1, n0, data):
    x1, x0 = data.draw(st.integers(0, n1)), data.draw(st.integers(0, n0))
    value, low, high = one(x1, n1, x0, n0)
    if x1 + x0 == 0:
        return
    assert low <= value <= high
    other = one(x0, n0, x1, n1)
    np.testing.assert_allclose(1 / np.maximum(other[2], 1e-300), low, rtol=1e-6, atol=1e-12)
    narrow = one(x1, n1, x0, n0, conf_level=0.8)
    assert low <= narrow[1] * (1 + 1e-9)
    assert narrow[2] <= high * (1 + 1e-9)
