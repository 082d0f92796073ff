"""The log-rank test by permutation."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from core.errors import SpecError, TooFewEventsError
from core.spec import FlemingHarrington
from core.survival.compare import compare
from core.survival.permutation import count_extreme, permutation_test
from tests.core.survival.cohorts import follow, random_cohort, six_subjects

AB, ABC = ("A", "B"), ("A", "B", "C")
LATE = FlemingHarrington.model_validate({"fleming-harrington": (0, 1)})


def test_four_subjects_by_hand():
    # all die, at 1 2 3 4; scores 1 - 1/4, 1 - 7/12, 1 - 13/12, 1 - 25/12. A had the first two: only that split and its
    # mirror are as extreme, 2 of 6
    result = permutation_test(follow([1, 2, 3, 4], [1] * 4), np.array([0, 0, 1, 1]), AB)

    assert result.p_value == pytest.approx(2 / 6)
    assert (result.exact, result.n_permutations, result.std_error) == (True, 6, 0)
    scores = np.array([3 / 4, 5 / 12, -1 / 12, -13 / 12])
    variance = np.square(scores).sum() * 4 / (4 * 3)
    assert result.statistic == pytest.approx((scores[2] + scores[3]) ** 2 / variance, rel=1e-13)
    assert result.z < 0  # B has fewer than expected
    assert result.notes[0] == "All 6 permutations of the groups were counted."


@pytest.mark.parametrize(
    "weighting", ["logrank", "gehan", "peto", FlemingHarrington.model_validate({"fleming-harrington": (0, 1)})], ids=str
)
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("entry", [False, True], ids=["from the start", "delayed entry"])
def test_every_relabelling_written_out(seed, weighting, entry):
    # the excess of events of the ordinary test, recomputed for every choice of who is in B
    data, codes = random_cohort(seed, n=9, groups=2, entry=entry)
    codes = np.where(np.arange(9) < 4, 1, 0)

    def excess(chosen):
        groups = np.zeros(9, dtype=int)
        groups[list(chosen)] = 1
        result = compare(data, groups, AB, weighting=weighting)
        return (result.observed - result.expected)[1]

    all_of_them = np.array([excess(chosen) for chosen in itertools.combinations(range(9), 4)])
    seen = excess(np.flatnonzero(codes))
    expected = (np.abs(all_of_them) >= abs(seen) - 1e-9).mean()
    result = permutation_test(data, codes, AB, weighting=weighting)

    if math.isnan(result.p_value):
        np.testing.assert_allclose(all_of_them, 0, atol=1e-12)
    else:
        assert result.p_value == pytest.approx(expected)
        assert result.statistic == pytest.approx(seen**2 / all_of_them.var(), rel=1e-9)


@pytest.mark.parametrize(("n", "size"), [(1, 1), (2, 1), (7, 3), (12, 6), (13, 2)])
def test_counting_by_halves(n, size):
    scores = np.random.default_rng(n).normal(size=n)
    sums = np.array([scores[list(chosen)].sum() for chosen in itertools.combinations(range(n), size)])
    for limit in (0.0, 0.5, 1.3, abs(sums[0])):
        assert count_extreme(scores, size, limit) == (np.abs(sums) >= limit - 1e-9).sum()


def test_forty_subjects_are_exact_and_close_to_the_drawn_answer():
    data, codes = random_cohort(4, n=40, groups=2)
    codes = np.arange(40) % 2
    exact = permutation_test(data, codes, AB)
    one_stratum = permutation_test(data, codes, AB, strata=codes * 0 + 1, draws=20_000)

    assert exact.exact
    assert exact.n_permutations == math.comb(40, 20)
    assert one_stratum.exact  # one stratum is none
    drawn = permutation_test(*_twice(data, codes), AB, strata=np.repeat([0, 1], 40), draws=20_000)
    assert not drawn.exact


def _twice(data, codes):
    return follow(np.tile(data.time, 2), np.tile(data.event, 2)), np.tile(codes, 2)


def test_drawing_agrees_with_counting(monkeypatch):
    data, codes = random_cohort(5, n=30, groups=2)
    exact = permutation_test(data, codes, AB)
    monkeypatch.setattr("core.survival.permutation.SUBSETS", 0)
    drawn = permutation_test(data, codes, AB, draws=40_000)

    assert (exact.exact, drawn.exact) == (True, False)
    assert drawn.p_value == pytest.approx(exact.p_value, abs=4 * drawn.std_error)
    assert drawn.std_error == pytest.approx(math.sqrt(drawn.p_value * (1 - drawn.p_value) / 40_000))
    again = permutation_test(data, codes, AB, draws=40_000)
    assert again.p_value == drawn.p_value  # seeded
    assert permutation_test(data, codes, AB, draws=40_000, seed=1).p_value != drawn.p_value
    assert drawn.notes[0].startswith("40,000 random permutations")


def test_three_groups_are_drawn_and_close_to_the_chi_squared_test():
    data, codes = random_cohort(6, n=150)
    result = permutation_test(data, codes, ABC, draws=20_000)

    assert (result.df, result.exact) == (2, False)
    assert result.p_value == pytest.approx(result.asymptotic_p_value, abs=0.02)
    assert result.statistic == pytest.approx(compare(data, codes, ABC).statistic, rel=0.1)


def test_permuting_within_strata():
    # all subjects of a stratum tie: no permutation changes the sums of the other one
    data = follow([1, 2, 3, 4, 9, 9], [1, 1, 1, 1, 1, 1])
    codes, strata = np.array([0, 0, 1, 1, 0, 1]), np.array([0, 0, 0, 0, 1, 1])
    result = permutation_test(data, codes, AB, strata=strata, draws=20_000)

    assert result.p_value == pytest.approx(2 / 6, abs=5 * result.std_error)
    assert "Permuted within 2 strata." in result.notes


def test_an_empty_level_and_subjects_of_no_group():
    data, codes = random_cohort(7, n=24, groups=2)
    whole = permutation_test(data.subset(slice(4, None)), codes[4:], AB)
    rest = permutation_test(data, np.where(np.arange(24) < 4, -1, codes * 2), ABC)

    assert rest.p_value == whole.p_value
    assert rest.n.tolist() == [whole.n[0], 0, whole.n[1]]
    assert rest.exact


def test_the_order_of_rows_and_the_unit_do_not_matter():
    data, codes = random_cohort(8, n=26, groups=2)
    order = np.random.default_rng(8).permutation(26)
    one = permutation_test(data, codes, AB)
    other = permutation_test(follow(data.time[order] / 30.4375, data.event[order]), codes[order], AB)

    assert one.p_value == other.p_value


@pytest.mark.parametrize(
    ("time", "event", "codes", "p_value"),
    [
        pytest.param([4, 4, 4, 4], [1, 1, 1, 1], [0, 0, 1, 1], math.nan, id="all events at one time"),
        pytest.param([1, 2], [1, 0], [0, 1], 1, id="two subjects"),
        pytest.param([0, 1, 2], [1, 1, 0], [0, 1, 1], 2 / 3, id="event at time 0"),  # scores 2/3, 1/6, -5/6
        pytest.param([1, 2, 1, 2], [1, 1, 1, 1], [0, 0, 1, 1], 1, id="identical groups"),
    ],
)
def test_edges(time, event, codes, p_value):
    result = permutation_test(follow(time, event), np.array(codes), AB)

    np.testing.assert_allclose(result.p_value, p_value)
    if math.isnan(p_value):
        assert result.notes == ("All permutations are alike: there is no test.",)


def test_refused():
    data, codes = six_subjects()
    with pytest.raises(SpecError, match="Case weights cannot be permuted"):
        permutation_test(follow([1, 2], [1, 0], weights=np.array([1.0, 2.0])), np.array([0, 1]), AB)
    with pytest.raises(SpecError, match="At least one permutation"):
        permutation_test(data, codes, AB, draws=0)
    with pytest.raises(TooFewEventsError, match="only A has patients"):
        permutation_test(data, codes * 0, AB)
    with pytest.raises(TooFewEventsError, match="no group has patients"):
        permutation_test(data, codes * 0 - 1, AB)
    with pytest.raises(TooFewEventsError, match="Nobody had the event"):
        permutation_test(follow([1, 2], [0, 0]), np.array([0, 1]), AB)
