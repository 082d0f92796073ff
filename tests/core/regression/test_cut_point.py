"""Cut-points: by hand, against loops, the chance of a false one, stability, and where there is none."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from core.errors import InvalidTimeToEventError, SpecError, TooFewEventsError
from core.regression.cut_point import best_cut_point
from core.regression.cut_stability import cut_stability, left_out_groups
from core.regression.maximal_selection import Scan, gaussian_p, logrank_scores, permuted_maxima, scan
from core.timetoevent import TimeToEvent

SHARES = {"minprop": 0.1, "maxprop": 0.9}


def cohort(seed=1, *, n=120, effect=0.0, rounded=True):
    rng = np.random.default_rng(seed)
    marker = np.round(rng.lognormal(2, 0.7, n), 0 if rounded else 6)
    times = rng.exponential(20 * np.exp(-effect * (marker > 8)), n)
    times = np.ceil(times) if rounded else times
    return TimeToEvent(time=times + 1, event=rng.random(n) < 0.7), marker


def test_scores_by_hand():
    # at 1: 1/(5-1+1); at 2 two leave, one with the event: 1/(5-3+1); at 4: 1/(5-4+1); at 5: 1/(5-5+1)
    time, event = np.array([1.0, 2, 2, 4, 5]), np.array([True, True, False, False, True])
    hazard = np.array([1 / 5, 1 / 5 + 1 / 3, 1 / 5 + 1 / 3, 1 / 5 + 1 / 3, 1 / 5 + 1 / 3 + 1])
    np.testing.assert_allclose(logrank_scores(time, event), event - hazard)


def test_the_statistic_by_hand():
    scores = np.array([1.0, -1.0, 2.0, -2.0])
    found = scan(np.array([1.0, 2.0, 2.0, 3.0]), scores, minprop=0.2, maxprop=0.8)
    np.testing.assert_array_equal(found.cut, [1, 2])
    np.testing.assert_array_equal(found.n_below, [1, 3])
    # variance 10/3; sums below 1 and 2; errors sqrt(1*3/4 * 10/3) for both
    np.testing.assert_allclose(found.z, np.array([-1.0, -2.0]) / np.sqrt(2.5))
    assert (found.best, found.statistic) == (1, pytest.approx(2 / np.sqrt(2.5)))


def loops(time, event, values, *, minprop=0.1, maxprop=0.9):
    """Best cut and statistics, patient by patient."""
    n = len(time)
    scores = []
    for i in range(n):
        lived = sum(event[j] / (n - sum(time <= time[j]) + 1) for j in range(n) if time[j] <= time[i])
        scores.append(event[i] - lived)
    scores = np.array(scores)
    cuts, sizes = [], []
    for cut in sorted(set(values))[:-1]:
        below = values <= cut
        m = below.sum()
        if not max(1, np.floor(n * minprop)) <= m <= np.floor(n * maxprop):
            continue
        expected = m * scores.mean()
        error = np.sqrt(m * (n - m) / n * scores.var(ddof=1))
        cuts.append(cut)
        sizes.append(abs(scores[below].sum() - expected) / error)
    return (cuts[int(np.argmax(np.array(sizes) >= max(sizes) * (1 - 1e-12)))], cuts, sizes) if cuts else (None, [], [])


@pytest.mark.parametrize("seed", range(3))
def test_loops_over_patients_and_cuts(seed):
    data, marker = cohort(seed, n=60)
    best, cuts, sizes = loops(data.time, data.event, marker)
    found = best_cut_point(data, marker, "marker", permutations=20, bootstraps=0)
    np.testing.assert_array_equal(found.cut, cuts)
    np.testing.assert_allclose(np.abs(found.z), sizes, rtol=1e-10)
    assert found.best == best


def test_bootstrap_samples_are_searched_as_their_patients_would_be():
    data, marker = cohort(5, n=40, effect=0.8)
    found = best_cut_point(data, marker, "marker", permutations=20, bootstraps=0)
    stability = cut_stability(data, marker, found.best, draws=30, seed=7, **SHARES)
    by_time = np.argsort(data.time, kind="stable")
    drawn = np.random.default_rng(7).integers(0, data.n, (30, data.n), dtype=np.int64)
    cuts = [loops(data.time[rows], data.event[rows], marker[rows])[0] for rows in by_time[drawn]]
    cuts = np.array([cut for cut in cuts if cut is not None])
    assert stability.draws == cuts.size
    np.testing.assert_array_equal(
        np.repeat(stability.cut, np.rint(stability.share * cuts.size).astype(int)), sorted(cuts)
    )
    assert stability.share_same == pytest.approx((cuts == found.best).mean())
    ordered = np.sort(cuts)
    assert stability.conf_low == ordered[int(np.ceil(0.025 * cuts.size)) - 1]
    between = (marker >= stability.conf_low) & (marker <= stability.conf_high)
    assert stability.patients_between == pytest.approx(between.mean())


def test_permutations_one_by_one():
    data, marker = cohort(6, n=50)
    scores = logrank_scores(data.time, data.event)
    found = scan(marker, scores, **SHARES)
    maxima = permuted_maxima(found, scores, draws=5, seed=3)
    centred = scores - scores.mean()
    permuted = np.random.default_rng(3).permuted(np.broadcast_to(centred, (5, 50)), axis=1)
    ordered = np.sort(marker)
    for row, largest in zip(permuted, maxima, strict=True):
        assert scan(ordered, row, **SHARES).statistic == pytest.approx(largest, rel=1e-10)


def test_the_normal_probability_of_two_and_three_cuts():
    for below, b in (((30, 60), 1.8), ((20, 50, 55), 2.3), ((10, 11, 90), 2.0)):
        n_below = np.array(below)
        found = Scan(cut=n_below.astype(float), n_below=n_below, z=np.zeros(len(below)), n=100)
        m = n_below.astype(float)
        low, high = np.minimum.outer(m, m), np.maximum.outer(m, m)
        correlation = np.sqrt(low * (100 - high) / ((100 - low) * high))
        normal = stats.multivariate_normal(np.zeros(m.size), correlation, abseps=1e-7, releps=1e-7)
        inside = normal.cdf(np.full(m.size, b), lower_limit=np.full(m.size, -b))
        assert gaussian_p(b, found) == pytest.approx(1 - inside, abs=3e-6)
    one = Scan(cut=np.array([3.0]), n_below=np.array([50]), z=np.zeros(1), n=100)
    assert gaussian_p(1.96, one) == pytest.approx(2 * stats.norm.sf(1.96))
    many = Scan(cut=np.arange(500.0), n_below=np.arange(100, 600), z=np.zeros(500), n=700)
    assert np.isnan(gaussian_p(2.0, many))


def test_a_false_cut_is_found_as_often_as_p_says_while_the_naive_p_finds_many():
    p = []
    for seed in range(80):
        data, marker = cohort(100 + seed, n=80)
        found = best_cut_point(data, marker, "marker", permutations=199, bootstraps=0)
        p.append((found.p.permutation, found.p.naive))
    corrected, naive = np.array(p).T
    assert 0.01 <= (corrected <= 0.05).mean() <= 0.12
    assert (naive <= 0.05).mean() > 0.2
    assert stats.kstest(corrected, "uniform").pvalue > 0.001


def test_a_true_cut_is_found_and_the_cross_validated_ratio_is_the_milder():
    data, marker = cohort(3, n=600, effect=1.0)
    found = best_cut_point(data, marker, "marker")
    assert abs(found.best - 8) <= 1
    assert found.p.permutation == pytest.approx(1 / 10_001)
    assert found.p.n_extreme == 0
    assert 1 < found.cross_validated.value <= found.hazard_ratio.value
    assert found.stability.share_same > 0.4
    assert found.stability.conf_low <= found.best <= found.stability.conf_high
    assert (found.z[np.flatnonzero(found.cut == found.best)[0]]) > 0


def test_without_any_effect_the_cross_validated_ratio_is_about_that_of_a_cut_chosen_beforehand():
    at_cut, validated = [], []
    for seed in range(40):
        data, marker = cohort(500 + seed, n=150)
        found = best_cut_point(data, marker, "marker", permutations=1, bootstraps=0)
        at_cut.append(abs(np.log(found.hazard_ratio.value)))
        validated.append(abs(np.log(found.cross_validated.value)))
    # log hazard ratios of 105 events at the median differ from 0 by 0.16 on average
    assert np.mean(at_cut) > 0.35
    assert np.mean(validated) < 0.28


def test_the_unit_of_the_number_and_the_order_of_patients_do_not_matter():
    data, marker = cohort(7)
    found = best_cut_point(data, marker, "marker", permutations=500, bootstraps=50)
    scaled = best_cut_point(data, marker * 1000 + 3, "marker", permutations=500, bootstraps=50)
    assert scaled.best == found.best * 1000 + 3
    assert (scaled.p, scaled.hazard_ratio.value) == (found.p, found.hazard_ratio.value)
    turned = best_cut_point(data, -marker, "marker", permutations=1, bootstraps=0, minprop=0.1, maxprop=0.9)
    assert turned.p.naive <= 1
    rows = np.random.default_rng(1).permutation(data.n)
    shuffled = best_cut_point(data.subset(rows), marker[rows], "marker", permutations=1, bootstraps=0)
    np.testing.assert_allclose(shuffled.z, found.z, rtol=1e-9)


def test_the_groups_at_the_cut():
    data, marker = cohort(8, effect=0.7)
    found = best_cut_point(data, marker, "marker", permutations=9, bootstraps=0)
    above = marker > found.best
    assert (found.above.n, found.below.n) == (above.sum(), (~above).sum())
    assert found.above.n_events == data.event[above].sum()
    assert found.stability is None
    assert found.n_at.sum() == data.n
    assert (found.seed, found.column) == (20250101, "marker")


def test_missing_values_are_left_out_and_counted():
    data, marker = cohort(9)
    lacking = marker.copy()
    lacking[:10] = np.nan
    found = best_cut_point(data, lacking, "marker", permutations=50, bootstraps=20)
    rest = best_cut_point(data.subset(np.arange(10, 120)), marker[10:], "marker", permutations=50, bootstraps=20)
    assert (found.n, found.n_missing, found.p) == (110, 10, rest.p)
    assert found.notes[0] == "10 of 120 patients left out for missing values (marker)."


def test_what_cannot_be_searched():
    data, marker = cohort(10)
    with pytest.raises(TooFewEventsError, match="No cut leaves"):
        best_cut_point(data, np.ones(data.n), "one")
    with pytest.raises(TooFewEventsError, match="No cut leaves"):
        best_cut_point(data, (np.arange(data.n) < 3).astype(float), "rare")
    with pytest.raises(TooFewEventsError, match="has an event"):
        best_cut_point(TimeToEvent(time=data.time, event=np.zeros(data.n, dtype=bool)), marker, "marker")
    with pytest.raises(TooFewEventsError, match="No patients have"):
        best_cut_point(data, np.full(data.n, np.nan), "empty")
    with pytest.raises(SpecError, match="shares"):
        best_cut_point(data, marker, "marker", minprop=0.9, maxprop=0.1)
    with pytest.raises(SpecError, match="permutation"):
        best_cut_point(data, marker, "marker", permutations=0)
    with pytest.raises(SpecError, match="delayed entry"):
        best_cut_point(TimeToEvent(time=data.time, event=data.event, weights=np.ones(data.n)), marker, "marker")
    with pytest.raises(InvalidTimeToEventError):
        best_cut_point(data, marker[:-1], "marker")


def test_two_patients_and_no_folds():
    data = TimeToEvent(time=[1, 2], event=[1, 1])
    found = best_cut_point(data, np.array([1.0, 2.0]), "x", permutations=10, bootstraps=10, minprop=0.4, maxprop=0.6)
    assert found.best == 1
    assert np.isnan(found.hazard_ratio.value)
    assert np.isnan(found.cross_validated.value)
    assert left_out_groups(data, np.array([1.0, 2.0]), folds=2, seed=1, **SHARES) is None
