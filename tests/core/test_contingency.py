"""Fisher's exact test: hand-counted tables, every table written out, Monte Carlo beside the exact value."""

import itertools
import tracemalloc
from math import comb, exp, factorial, fsum, lgamma, log1p, prod
from threading import Thread

import numpy as np
import pytest

from core import contingency_network
from core.contingency import fisher_exact, fisher_exact_2x2, fisher_exact_p
from core.errors import CohortError

# R's example of a 4 x 4 table: fisher.test(Job)$p.value prints 0.7827.
JOB = [[1, 2, 1, 0], [3, 3, 6, 1], [10, 10, 14, 9], [6, 7, 12, 11]]


def by_writing_out_every_table(table):
    """P from all tables with the same margins, each weighted by the ways to fill it."""
    table = np.asarray(table)
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    r, c = table.shape

    def weight(cells):
        return prod(map(factorial, columns.tolist())) / prod(factorial(int(x)) for x in cells.flat)

    weights = []
    free = [range(min(rows[i], columns[j]) + 1) for i in range(r - 1) for j in range(c - 1)]
    for cells in itertools.product(*free):
        full = np.zeros((r, c), dtype=int)
        full[:-1, :-1] = np.reshape(cells, (r - 1, c - 1))
        full[:-1, -1] = rows[:-1] - full[:-1].sum(axis=1)
        full[-1] = columns - full[:-1].sum(axis=0)
        if full.min() >= 0:
            weights.append(weight(full))
    seen = weight(table)
    return sum(w for w in weights if w <= seen * (1 + 1e-7)) / sum(weights)


class TestByHand:
    def test_tea_tasting(self):
        # Of C(8,4) = 70 ways, 1 has four right and 16 have three: P two-sided is 2 (1 + 16) / 70.
        assert fisher_exact_p([[3, 1], [1, 3]]) == pytest.approx(34 / 70, rel=1e-14)

    def test_all_against_none(self):
        assert fisher_exact_p([[5, 0], [0, 5]]) == pytest.approx(2 / comb(10, 5), rel=1e-14)

    def test_three_groups_of_one(self):
        # One event among three patients in three groups: all three tables are equally probable.
        assert fisher_exact_p([[1, 0, 0], [0, 1, 1]]) == pytest.approx(1.0)

    def test_two_by_three(self):
        # Columns of 2, rows of 2 and 4: C(6,2) = 15 ways to choose the first row's cells; 3 put both in one column.
        assert fisher_exact_p([[2, 0, 0], [0, 2, 2]]) == pytest.approx(3 / 15, rel=1e-12)


@pytest.mark.parametrize("seed", range(40))
def test_equals_writing_out_every_table(seed):
    rng = np.random.default_rng(seed)
    shape = (int(rng.integers(2, 4)), int(rng.integers(2, 5)))
    table = rng.multinomial(int(rng.integers(3, 13)), rng.dirichlet(np.ones(shape[0] * shape[1]))).reshape(shape)
    found = fisher_exact(table)
    assert found.method == "exact"
    assert found.p_value == pytest.approx(by_writing_out_every_table(table), rel=1e-9)


class TestProperties:
    def test_the_order_of_rows_and_columns_and_which_is_which_do_not_matter(self):
        table = np.array([[7, 2, 0, 4], [3, 9, 5, 1], [2, 2, 6, 3]])
        expected = fisher_exact_p(table)
        assert fisher_exact_p(table[[2, 0, 1]][:, [3, 1, 0, 2]]) == pytest.approx(expected, rel=1e-12)
        assert fisher_exact_p(table.T) == pytest.approx(expected, rel=1e-12)

    def test_empty_rows_and_columns_do_not_matter(self):
        table = np.array([[7, 0, 2], [0, 0, 0], [3, 0, 9]])
        assert fisher_exact_p(table) == pytest.approx(fisher_exact_p([[7, 2], [3, 9]]), rel=1e-14)

    @pytest.mark.parametrize("table", [[[3, 4]], [[3], [4]], [[0, 0], [3, 4]], [[0, 0], [0, 0]], np.zeros((0, 2))])
    def test_nothing_to_compare_is_one(self, table):
        assert fisher_exact_p(table) == 1.0

    def test_many_at_once_equal_one_by_one(self):
        rng = np.random.default_rng(4)
        x1, x0 = rng.integers(0, 29, 50), rng.integers(0, 67, 50)
        together = fisher_exact_2x2(x1, 28, x0, 66)
        one_by_one = [fisher_exact_p([[a, 28 - a], [b, 66 - b]]) for a, b in zip(x1, x0, strict=True)]
        np.testing.assert_allclose(together, one_by_one, rtol=1e-12)

    def test_two_by_two_equals_the_network(self):
        # A third column of nobody is dropped; one of somebody in one row only is not: compare with the r x c code.
        from core.contingency_network import exact_p

        for table in ([[3, 1], [1, 3]], [[11, 17], [19, 47]], [[0, 28], [2, 64]]):
            assert exact_p(np.array(table), 10_000) == pytest.approx(fisher_exact_p(table), rel=1e-10)

    def test_large_groups_beside_every_table_written_out(self):
        # Many widths at once: narrow supports, wide ones, and ones that are cut to where a probability is above 0.
        x1, x0, n1, n0 = [0, 3, 900, 6000, 12, 9000], [1, 9, 1000, 6100, 700, 11000], 20_000, 30_000

        def whole(a, b):
            total = a + b
            low, high = max(0, total - n0), min(n1, total)
            weight = [
                -(lgamma(x + 1) + lgamma(n1 - x + 1) + lgamma(total - x + 1) + lgamma(n0 - total + x + 1))
                for x in range(low, high + 1)
            ]
            top = max(weight)
            seen = weight[a - low]
            p = [exp(w - top) for w in weight]
            return fsum(v for v, w in zip(p, weight, strict=True) if w <= seen + log1p(1e-7)) / fsum(p)

        expected = [whole(a, b) for a, b in zip(x1, x0, strict=True)]
        np.testing.assert_allclose(fisher_exact_2x2(x1, n1, x0, n0), expected, rtol=1e-8)

    def test_a_thousand_patients(self):
        # scipy.stats.fisher_exact([[300, 200], [240, 260]])
        from scipy.stats import fisher_exact as scipy_fisher

        table = [[300, 200], [240, 260]]
        assert fisher_exact_p(table) == pytest.approx(scipy_fisher(table).pvalue, rel=1e-9)


class TestMonteCarlo:
    def test_takes_over_when_exact_is_too_long_and_says_so(self):
        found = fisher_exact(JOB, max_steps=100)
        assert (found.method, found.n_tables) == ("monte-carlo", 100_000)
        assert abs(found.p_value - 0.7827) < 4 * found.std_error
        assert "Monte Carlo" in found.note
        assert "seed" in found.note

    def test_is_repeatable_and_unbiased(self):
        exact = fisher_exact([[7, 2, 0, 4], [3, 9, 5, 1], [2, 2, 6, 3]])
        drawn = [fisher_exact([[7, 2, 0, 4], [3, 9, 5, 1], [2, 2, 6, 3]], max_steps=0, seed=s) for s in (1, 1, 2)]
        assert exact.method == "exact"
        assert drawn[0].p_value == drawn[1].p_value != drawn[2].p_value
        for found in drawn:
            assert abs(found.p_value - exact.p_value) < 4 * found.std_error

    def test_is_never_zero(self):
        found = fisher_exact([[40, 0, 0], [0, 40, 40]], max_steps=0, n_tables=1000)
        assert found.p_value == pytest.approx(1 / 1001)

    def test_exact_has_no_note(self):
        assert fisher_exact([[3, 1], [1, 3]]).note == ""


def test_r_example_of_four_by_four():
    found = fisher_exact(JOB, max_steps=5_000_000)
    assert found.method == "exact"
    assert round(found.p_value, 4) == 0.7827


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ([1, 2], "rows and columns"),
        ([[1, -1], [2, 3]], "whole numbers"),
        ([[0.5, 1], [2, 3]], "whole numbers"),
        ([[np.nan, 1], [2, 3]], "whole numbers"),
    ],
)
def test_refuses_what_is_not_a_table_of_counts(table, message):
    with pytest.raises(CohortError, match=message):
        fisher_exact(table)


class TestMemory:
    """A table that is too large for the exact way is given up before it fills the memory of everybody."""

    def peak(self, shape, n):
        counts = np.random.default_rng(3).multinomial(n, np.full(shape[0] * shape[1], 1 / (shape[0] * shape[1])))
        tracemalloc.start()
        fisher_exact(counts.reshape(shape), n_tables=10)
        found = tracemalloc.get_traced_memory()[1] / 2**20
        tracemalloc.stop()
        return found

    @pytest.mark.parametrize(("shape", "n"), [((4, 4), 108), ((4, 5), 94)])
    def test_bounds_are_worked_out_in_pieces(self, shape, n):
        assert self.peak(shape, n) < 50  # 185 and 113 MB in one piece

    def test_fills_are_counted_before_they_are_made(self):
        assert self.peak((3, 4), 1_800) < 50  # 1,623 MB when made first

    def test_one_large_table_at_a_time(self):
        large = np.random.default_rng(3).multinomial(108, np.full(16, 1 / 16)).reshape(4, 4)
        other = Thread(target=fisher_exact, args=(large,), kwargs={"n_tables": 10})
        with contingency_network._LARGE:
            other.start()
            assert fisher_exact([[3, 1, 4], [1, 5, 9], [2, 6, 5]]).method == "exact"  # a small one need not wait
            other.join(0.5)
            assert other.is_alive()
        other.join(60)
        assert not other.is_alive()
        assert not contingency_network._LARGE.locked()

    def test_the_pieces_do_not_change_the_result(self, monkeypatch: pytest.MonkeyPatch):
        tables = [np.random.default_rng(seed).poisson(3, (3, 4)) for seed in range(5)]
        whole = [fisher_exact_p(table) for table in tables]
        monkeypatch.setattr(contingency_network, "_EDGES", 7)  # one node's steps in several parts
        np.testing.assert_allclose([fisher_exact_p(table) for table in tables], whole, rtol=1e-12)
