"""Limits for all times together: by hand, by a second version, properties, and where there are none."""

import math

import numpy as np
import pytest

from core.survival.difference_curve import difference_curve
from core.survival.event_table import event_table
from core.survival.kaplan_meier import kaplan_meier
from core.survival.simultaneous_band import BandOptions
from tests.core.survival.cohorts import follow, random_cohort

Z = 1.959963984540054


def made(data, codes, *, conf_level=0.95, **options):
    reference, other = kaplan_meier(event_table(data, codes, ("a", "b")))
    return difference_curve(other, reference, conf_level=conf_level, band=BandOptions(**options))


def two_arms(n=60, ratio=1.0, seed=3):
    rng = np.random.default_rng(seed)
    time = np.ceil(np.concatenate([rng.exponential(10, n), rng.exponential(10 * ratio, n)]) * 4) / 4
    ends = rng.uniform(8, 25, 2 * n).round(2)
    return follow(np.minimum(time, ends), (time <= ends).astype(int)), np.repeat([0, 1], n)


def test_at_a_single_time_it_is_the_pointwise_interval_and_the_z_test():
    # both groups have all their events at one time: one normal quantity, so that c is z and P that of the z test
    data = follow([5] * 9 + [20] * 21 + [5] * 15 + [20] * 15, [1] * 9 + [0] * 21 + [1] * 15 + [0] * 15)
    found = made(data, np.repeat([0, 1], 30), draws=100_000)
    band = found.band
    assert band.n_times == 1
    assert (band.start, band.until) == (5, 20)
    assert band.critical == pytest.approx(Z, abs=0.02)
    error = math.sqrt(0.3 * 0.7 / 30 + 0.5 * 0.5 / 30)
    assert band.p_value == pytest.approx(math.erfc(0.2 / error / math.sqrt(2)), abs=0.003)
    assert math.isnan(band.conf_low[0])
    assert band.conf_low[1] == pytest.approx(-0.2 - band.critical * error)
    assert band.conf_high[1] == pytest.approx(-0.2 + band.critical * error)


def test_as_a_second_version_with_a_multiplier_per_patient():
    data, codes = two_arms(ratio=1.4)
    found = made(data, codes)
    band = found.band
    inside = np.isfinite(band.conf_low)
    at = found.time[inside]
    rng = np.random.default_rng(8)
    rows = []
    for group, sign in ((0, -1), (1, 1)):
        time, event = data.time[codes == group], data.event[codes == group]
        share = {u: 1 - (event & (time == u)).sum() / (time >= u).sum() for u in set(time[event].tolist())}
        survival = [np.prod([kept for u, kept in share.items() if u <= t]) for t in at]
        for t in time[event]:
            n, d = (time >= t).sum(), (event & (time == t)).sum()
            if n > d:
                rows.append(np.where(at >= t, sign * np.array(survival) / math.sqrt(n * (n - d)), 0))
    error = rng.standard_normal((20_000, len(rows))) @ np.array(rows)
    largest = np.abs(error / found.std_error[inside]).max(axis=1)
    assert band.critical == pytest.approx(np.quantile(largest, 0.95), abs=0.06)
    seen = np.abs(found.estimate[inside] / found.std_error[inside]).max()
    assert band.p_value == pytest.approx((largest >= seen).mean(), abs=0.02)


def test_range_and_width():
    data, codes = random_cohort(4, n=120, groups=2)
    found = made(data, codes)
    band = found.band
    inside = np.isfinite(band.conf_low)
    for group in (0, 1):
        mine, events = data.time[codes == group], data.event[codes == group]
        for t in found.time[inside]:
            assert (mine >= t).sum() >= 10
            assert (events & (mine <= t)).sum() >= 5
    assert band.critical > Z
    assert (band.conf_low[inside] < found.conf_low[inside]).all()
    assert (band.conf_high[inside] > found.conf_high[inside]).all()
    narrow = made(data, codes, start=band.start, until=(band.start + band.until) / 2).band
    assert narrow.until <= (band.start + band.until) / 2
    assert narrow.critical <= band.critical + 0.03  # fewer times: no wider, but for the drawing
    assert "draws, seed" in found.notes[-1]


def test_the_same_seed_the_same_band_and_the_groups_turned_round():
    data, codes = two_arms()
    first, again, other = made(data, codes), made(data, codes), made(data, codes, seed=4)
    assert np.array_equal(first.band.conf_low, again.band.conf_low, equal_nan=True)
    assert first.band.critical != other.band.critical
    turned = made(data, 1 - codes)
    assert turned.band.critical == pytest.approx(first.band.critical, abs=0.06)
    assert turned.estimate == pytest.approx(-first.estimate)


def test_p_is_small_where_the_band_leaves_out_zero():
    data, codes = two_arms(n=150, ratio=3.0)
    band = made(data, codes).band
    assert band.p_value < 0.05
    assert ((band.conf_low > 0) | (band.conf_high < 0)).any()
    data, codes = two_arms(n=150)
    band = made(data, codes).band
    assert band.p_value > 0.05
    assert not ((band.conf_low > 0) | (band.conf_high < 0)).any()


@pytest.mark.parametrize(
    ("n", "options", "says"),
    [
        pytest.param(8, {}, "5 events and 10 patients at risk", id="few patients"),
        pytest.param(60, {"start": 900.0}, "5 events and 10 patients at risk", id="beyond the follow-up"),
    ],
)
def test_where_there_is_none(n, options, says):
    band = made(*two_arms(n=n), **options).band
    assert band.n_times == 0
    assert math.isnan(band.critical)
    assert math.isnan(band.p_value)
    assert np.isnan(band.conf_low).all()
    assert says in band.note


def test_not_with_fractional_weights():
    data, codes = two_arms()
    weighted = type(data)(time=data.time, event=data.event, weights=np.linspace(0.3, 1.7, data.n))
    assert "fractional case weights" in made(weighted, codes).band.note
