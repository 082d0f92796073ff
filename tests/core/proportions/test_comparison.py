"""Groups compared on many counts at once: equal to one at a time, and what the notes say."""

import numpy as np
import pytest

from core.contingency import fisher_exact, fisher_exact_p
from core.proportions.comparison import compare_proportions
from core.proportions.intervals import difference_interval

OPTIONS = {"method": "miettinen-nurminen", "conf_level": 0.95}


def test_two_groups_equal_one_count_at_a_time():
    counts, sizes = np.array([[0, 5, 28], [3, 9, 0]]), np.array([28, 66])
    found = compare_proportions(counts, sizes, reference=1, **OPTIONS)
    for i, difference in enumerate(found.differences):
        x1, x0 = counts[:, i]
        expected = difference_interval(int(x1), 28, int(x0), 66)
        assert difference.estimate == pytest.approx(expected.estimate)
        assert difference.conf_low == pytest.approx(expected.conf_low, abs=1e-12)
        assert difference.conf_high == pytest.approx(expected.conf_high, abs=1e-12)
        assert (
            difference.p_value
            == found.p_value[i]
            == pytest.approx(fisher_exact_p([[x1, 28 - x1], [x0, 66 - x0]]), rel=1e-12)
        )


def test_three_groups_equal_one_count_at_a_time():
    counts, sizes = np.array([[1, 4, 1], [2, 0, 2], [7, 3, 7]]), np.array([8, 9, 10])
    found = compare_proportions(counts, sizes, reference=0, **OPTIONS)
    assert found.differences is None
    expected = [fisher_exact_p([column, sizes - column]) for column in counts.T]
    np.testing.assert_allclose(found.p_value, expected, rtol=1e-12)
    assert found.notes == ()


def test_a_p_by_monte_carlo_is_said():
    sizes = np.full(14, 60)
    counts = np.arange(20, 34)[:, None]
    found = compare_proportions(counts, sizes, reference=0, **OPTIONS)
    test = fisher_exact([counts[:, 0], sizes - counts[:, 0]])
    assert test.method == "monte-carlo"
    assert found.p_value.tolist() == [test.p_value]
    assert found.notes == (f"{test.note} or less, in some rows.",)


@pytest.mark.parametrize("sizes", [[5], [5, 0, 0], [0, 0]])
def test_fewer_than_two_groups_with_patients_are_not_compared(sizes):
    found = compare_proportions(np.zeros((len(sizes), 3), dtype=int), np.array(sizes), reference=0, **OPTIONS)
    assert np.isnan(found.p_value).all()


@pytest.mark.parametrize("n_groups", [2, 3])
def test_no_counts(n_groups):
    found = compare_proportions(np.zeros((n_groups, 0), dtype=int), np.full(n_groups, 9), reference=0, **OPTIONS)
    assert found.p_value.shape == (0,)
