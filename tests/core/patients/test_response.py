"""Best response by group: by hand, a second count on random cohorts, and groups without patients."""

from collections import Counter

import numpy as np
import pytest

from core.contingency import fisher_exact_p
from core.errors import CohortError
from core.patients.response import RATES, RateMethods, response_table
from core.proportions.intervals import difference_interval, proportion_interval
from core.proportions.mantel_haenszel import mantel_haenszel
from core.proportions.odds_ratio import odds_ratio

CR, PR, SD, PD, NE = range(5)
NAMES = ("CR", "PR", "SD", "PD", "NE")
# group 0: CR PR SD PD NE; group 1: PR PR PD NE NE NE
CATEGORY = np.array([CR, PR, SD, PD, NE, PR, PR, PD, NE, NE, NE])
CODES = np.array([0] * 5 + [1] * 6)


def test_counts_and_rates_by_hand():
    table = response_table(CATEGORY, CODES, ("a", "b"), "a")
    assert table.counts.tolist() == [[1, 1, 1, 1, 1], [0, 2, 0, 1, 3]]
    assert table.n.tolist() == table.denominators.tolist() == [5, 6]
    assert table.orr.count.tolist() == [2, 2]
    assert table.dcr.count.tolist() == [3, 2]
    assert table.orr.value == pytest.approx([2 / 5, 2 / 6])
    assert table.orr.difference.estimate == pytest.approx(2 / 6 - 2 / 5)


def test_evaluable_patients_only_by_hand():
    table = response_table(CATEGORY, CODES, ("a", "b"), "a", evaluable_only=True)
    assert table.counts.tolist() == [[1, 1, 1, 1, 1], [0, 2, 0, 1, 3]]
    assert table.denominators.tolist() == [4, 3]
    assert table.dcr.value == pytest.approx([3 / 4, 2 / 3])
    assert any("left out of the denominators" in note for note in table.notes)


def test_not_evaluable_patients_are_said():
    (note,) = response_table(CATEGORY, CODES, ("a", "b"), "a").notes
    assert "4 patients were not evaluable" in note
    assert "intention to treat" in note
    assert not response_table(CATEGORY[:4], CODES[:4], ("a",), "a").notes


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("evaluable_only", [False, True])
def test_a_second_count(seed, evaluable_only):
    """Patients counted one by one, each rate by the functions for a single pair of groups."""
    rng = np.random.default_rng(seed)
    n = 40
    category, codes, strata = rng.integers(0, 5, n), rng.integers(0, 2, n), rng.integers(0, 3, n)
    methods = RateMethods(interval="wilson", difference="newcombe", odds_ratio="woolf", conf_level=0.9)
    table = response_table(
        category, codes, ("x", "y"), "y", strata=strata, evaluable_only=evaluable_only, methods=methods
    )
    seen = Counter((int(g), NAMES[c]) for g, c in zip(codes, category, strict=True))
    of = [sum(seen[g, c] for c in NAMES if not (evaluable_only and c == "NE")) for g in (0, 1)]
    assert table.denominators.tolist() == of
    for name, rate in table.rates.items():
        x = [sum(seen[g, c] for c in RATES[name]) for g in (0, 1)]
        assert rate.count.tolist() == x
        for g in (0, 1):
            single = proportion_interval(x[g], of[g], "wilson", 0.9)
            assert [rate.value[g], rate.conf_low[g], rate.conf_high[g]] == pytest.approx(
                [single.value, single.conf_low, single.conf_high]
            )
        apart = difference_interval(x[0], of[0], x[1], of[1], "newcombe", 0.9)
        assert rate.difference.conf_low == pytest.approx(apart.conf_low)
        assert rate.odds_ratio == odds_ratio(x[0], of[0], x[1], of[1], "woolf", 0.9)
        assert rate.p_value == pytest.approx(fisher_exact_p([x, [of[0] - x[0], of[1] - x[1]]]))
        keep = category != NE if evaluable_only else np.ones(n, bool)
        has = np.isin(category, [NAMES.index(c) for c in RATES[name]])
        cells = [[int((has & keep & (strata == s) & (codes == g)).sum()) for g in (0, 1)] for s in range(3)]
        sizes = [[int((keep & (strata == s) & (codes == g)).sum()) for g in (0, 1)] for s in range(3)]
        expected = mantel_haenszel(np.array(cells), np.array(sizes), reference=1, conf_level=0.9)
        assert rate.stratified.statistic == pytest.approx(expected.statistic, nan_ok=True)
        assert rate.stratified.odds_ratio == expected.odds_ratio


def test_the_order_of_patients_does_not_matter():
    order = np.random.default_rng(1).permutation(len(CODES))
    one, other = (response_table(CATEGORY[o], CODES[o], ("a", "b"), "a") for o in (np.arange(len(CODES)), order))
    assert one.to_frame().equals(other.to_frame())


def test_three_groups_have_one_p_and_no_difference():
    codes = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 2])
    table = response_table(CATEGORY, codes, ("a", "b", "c"), "a", strata=np.zeros(11, int))
    assert table.orr.difference is None
    assert table.orr.odds_ratio is None
    assert table.orr.stratified.odds_ratio is None
    assert table.orr.p_value == pytest.approx(fisher_exact_p([[2, 1, 1], [1, 2, 4]]))


def test_one_group_is_described_only():
    table = response_table(CATEGORY, np.zeros(11, int), ("all",), "all", strata=np.zeros(11, int))
    assert np.isnan(table.orr.p_value)
    assert table.orr.difference is None
    assert table.orr.stratified is None


def test_nobody_evaluable():
    table = response_table([NE, NE, PR], [0, 0, 1], ("a", "b"), "a", evaluable_only=True)
    assert table.denominators.tolist() == [0, 1]
    assert np.isnan(table.orr.value[0])
    assert np.isnan([table.orr.conf_low[0], table.orr.difference.estimate, table.orr.p_value]).all()


def test_disease_control_is_never_below_response():
    table = response_table(CATEGORY, CODES, ("a", "b"), "a")
    assert (table.dcr.value >= table.orr.value).all()


def test_results_are_read_only():
    table = response_table(CATEGORY, CODES, ("a", "b"), "a")
    with pytest.raises(ValueError, match="read-only"):
        table.counts[0, 0] = 9
    with pytest.raises(ValueError, match="read-only"):
        table.orr.value[0] = 9


def test_a_category_that_is_none_is_refused():
    with pytest.raises(CohortError, match="best response"):
        response_table([5], [0], ("a",), "a")
