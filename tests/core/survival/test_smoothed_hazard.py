"""The smoothed hazard."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import ndtri

from core.errors import SpecError
from core.survival.event_table import event_table
from core.survival.kaplan_meier import kaplan_meier
from core.survival.smoothed_hazard import _kernel, smoothed_hazard
from tests.core.survival.cohorts import follow, random_cohort


def curve(data):
    return kaplan_meier(event_table(data))[0]


def test_one_event_by_hand():
    # one of 20 at 5, bandwidth 2: h(t) = .75 (1 - ((t - 5) / 2)^2) / 2 / 20
    estimate = curve(follow([5, *[10] * 19], [1, *[0] * 19]))
    smooth = smoothed_hazard(estimate, bandwidth=2, points=11)

    assert smooth.time.tolist() == list(range(11))
    np.testing.assert_allclose(smooth.hazard[[3, 4, 5, 6, 7]], np.array([0, 0.5625, 0.75, 0.5625, 0]) / 40)
    assert smooth.std_error[5] == pytest.approx(0.75 / 2 / 20)
    assert smooth.conf_high[5] == pytest.approx(0.75 / 40 * math.exp(-ndtri(0.025)), rel=1e-12)
    assert smooth.conf_low[5] == pytest.approx(0.75 / 40 / math.exp(-ndtri(0.025)), rel=1e-12)
    assert np.isnan(smooth.conf_low[0])
    assert smooth.notes == ("Hazard smoothed over 2 months to either side, up to 10 months.",)


@pytest.mark.parametrize("q", [0.0, 0.1, 0.5, 0.9, 1.0, 3.0])
@pytest.mark.parametrize("side", ["left", "right"])
def test_kernels_have_mass_one_and_mean_zero(q, side):
    low, high = (-1, min(q, 1)) if side == "left" else (-min(q, 1), 1)

    def moment(k):
        ends = {"left": 9.0, "right": 9.0, side: q}
        return quad(lambda x: x**k * _kernel(np.array([x]), **ends)[0], low, high)[0]

    assert moment(0) == pytest.approx(1, abs=1e-10)
    assert moment(1) == pytest.approx(0, abs=1e-10)


def naive(estimate, t, b, end):
    total = spread = 0.0
    for time, d, n in zip(estimate.time, estimate.n_events, estimate.n_at_risk, strict=True):
        x = (t - time) / b
        if time > end or abs(x) > 1:
            continue
        if t < b:
            q = t / b
        elif end - t < b:
            q, x = (end - t) / b, -x
        else:
            q = 1.0
        if not -1 <= x <= q:
            continue
        k = 12 / (1 + q) ** 4 * (x + 1) * (x * (1 - 2 * q) + (3 * q**2 - 2 * q + 1) / 2)
        total += k / b * d / n
        spread += (k / b) ** 2 * d / n**2
    return max(total, 0.0), math.sqrt(spread)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("entry", [False, True], ids=["from the start", "delayed entry"])
def test_naive_second_implementation(seed, entry):
    data, _ = random_cohort(seed, n=80, entry=entry)
    estimate = curve(data)
    smooth = smoothed_hazard(estimate, bandwidth=4.3, until=13.7, points=23)

    known = [naive(estimate, t, 4.3, 13.7) for t in smooth.time]
    np.testing.assert_allclose(np.column_stack((smooth.hazard, smooth.std_error)), known, rtol=1e-10, atol=1e-14)


def test_a_constant_hazard_is_found_up_to_both_ends():
    rng = np.random.default_rng(1)
    death, lost = rng.exponential(10, 40_000), rng.uniform(5, 40, 40_000)
    smooth = smoothed_hazard(curve(follow(np.minimum(death, lost), death <= lost)), until=20)

    np.testing.assert_allclose(smooth.hazard, 0.1, rtol=0.12)
    inside = (smooth.conf_low <= 0.1) & (smooth.conf_high >= 0.1)
    assert inside.mean() > 0.8


def test_the_area_is_the_cumulative_hazard():
    rng = np.random.default_rng(2)
    time = rng.weibull(1.5, 4000) * 20
    estimate = curve(follow(time, rng.random(4000) < 0.7))
    smooth = smoothed_hazard(estimate, points=2001, until=15)
    reached = estimate.cumulative_hazard[np.searchsorted(estimate.time, 15, side="right") - 1]

    assert np.trapezoid(smooth.hazard, smooth.time) == pytest.approx(reached, rel=0.02)


def test_the_unit_of_time_scales_it():
    data, _ = random_cohort(3)
    months, years = smoothed_hazard(curve(data)), smoothed_hazard(curve(follow(data.time / 12, data.event)))

    np.testing.assert_allclose(years.hazard, months.hazard * 12, rtol=1e-9, atol=1e-12)
    assert years.bandwidth == pytest.approx(months.bandwidth / 12)


def test_bandwidth_and_end_that_are_chosen():
    # 100 events at 1 to 100: standard deviation 29.01, quartiles 25 and 75: 50 / 1.34 is larger
    estimate = curve(follow(range(1, 101), [1] * 100))
    smooth = smoothed_hazard(estimate)
    kept = np.arange(1, 92)  # at 91 ten are at risk

    assert smooth.time[-1] == 91
    quartiles = (np.searchsorted(np.arange(1, 92), 0.25 * 91), np.searchsorted(np.arange(1, 92), 0.75 * 91))
    between = (kept[quartiles[1]] - kept[quartiles[0]]) / 1.34
    assert smooth.bandwidth == pytest.approx(2.34 * min(kept.std(ddof=1), between) * 91**-0.2)
    assert smoothed_hazard(estimate, bandwidth=80).bandwidth == 45.5  # at most half the way


@pytest.mark.parametrize(
    ("time", "event", "rows"),
    [
        pytest.param([], [], 0, id="no subjects"),
        pytest.param([3, 4], [0, 0], 0, id="no events"),
        pytest.param([0, 0], [1, 0], 0, id="all at time 0"),
        pytest.param([5], [1], 101, id="one subject"),
        pytest.param([4, 4, 4], [1, 1, 1], 101, id="all at one time"),
        pytest.param([0, 5, 9], [1, 1, 0], 101, id="event at time 0"),
    ],
)
def test_edges(time, event, rows):
    smooth = smoothed_hazard(curve(follow(time, event)))

    assert smooth.time.size == rows
    assert np.isfinite(smooth.hazard).all()
    assert (smooth.hazard >= 0).all()
    if not rows:
        assert smooth.notes == ("No events: there is no hazard to smooth.",)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        pytest.param({"bandwidth": 0.0}, "bandwidth of the smoothed hazard must be above 0", id="bandwidth"),
        pytest.param({"until": -1.0}, "end of the smoothed hazard must be above 0", id="end"),
        pytest.param({"points": 1}, "at least two points", id="points"),
    ],
)
def test_refused(options, match):
    with pytest.raises(SpecError, match=match):
        smoothed_hazard(curve(random_cohort(1)[0]), **options)


def test_frame_is_read_only_numbers():
    smooth = smoothed_hazard(curve(random_cohort(1)[0]))
    assert list(smooth.to_frame().columns) == ["group", "time", "hazard", "std_error", "conf_low", "conf_high"]
    with pytest.raises(ValueError, match="read-only"):
        smooth.hazard[0] = 1
