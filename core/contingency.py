"""Fisher's exact test of a table of counts, 2 x 2 and r x c.

Belongs here: the p-value, exact where that is feasible, by seeded Monte Carlo where it is not. Does not belong here:
how tables larger than 2 x 2 are enumerated (``core.contingency_network``), which test a table deserves
(``core.patients``), intervals for proportions (``core.proportions``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from core.contingency_network import RELATIVE_TOLERANCE, exact_p, margins
from core.errors import CohortError
from core.timetoevent import FloatArray, IntArray

SEED = 20250101
# Partial tables looked at before Monte Carlo takes over; about a third of a second at most.
MAX_STEPS = 2_000_000
N_TABLES = 100_000
_CHUNK = 500_000  # cells of a padded matrix held at once
_NIL = 750.0  # exp(-750) is 0 in double precision


@dataclass(frozen=True, slots=True, kw_only=True)
class FisherTest:
    """Result of Fisher's exact test.

    Attributes
    ----------
    p_value : float
        Two-sided: the probability, given both margins, of every table no more probable than the one seen.
    method : {'exact', 'monte-carlo'}
    std_error : float
        Monte Carlo standard error of ``p_value``; 0 when exact.
    n_tables : int
        Random tables drawn; 0 when exact.
    """

    p_value: float
    method: Literal["exact", "monte-carlo"]
    std_error: float = 0.0
    n_tables: int = 0

    @property
    def note(self) -> str:
        """How the p-value was found when it is not exact, else an empty text."""
        if self.method == "exact":
            return ""
        return f"Fisher P by Monte Carlo, {self.n_tables} tables, seed {SEED}, standard error {self.std_error:.2g}"


def fisher_exact_p(table: npt.ArrayLike) -> float:
    """Two-sided p-value of Fisher's exact test; see ``fisher_exact``."""
    return fisher_exact(table).p_value


def fisher_exact(
    table: npt.ArrayLike, *, max_steps: int = MAX_STEPS, n_tables: int = N_TABLES, seed: int = SEED
) -> FisherTest:
    """Test independence of the rows and columns of a table of counts, given its margins.

    Parameters
    ----------
    table : array of int, shape (r, c)
        Counts. Empty rows and columns are ignored; with fewer than two of either left the p-value is 1.
    max_steps : int
        Partial tables the exact algorithm may look at before Monte Carlo is used.
    n_tables, seed : int
        Random tables drawn, and the seed of the generator.

    Returns
    -------
    FisherTest

    Raises
    ------
    CohortError
        If the table is not two-dimensional or holds anything but whole numbers of at least 0.

    Notes
    -----
    2 x 2 as R's ``fisher.test`` (tables no more probable than the one seen, relative tolerance 1e-7). r x c by the
    network algorithm [1]_: columns are filled one after another, paths with equal rows left and equal probability so
    far are merged, and a path is settled as soon as its most probable completion is extreme or its least probable one
    is not. The bounds used are looser than Mehta and Patel's and cheaper: a Lagrange bound above, majorisation below.
    Monte Carlo draws tables from the same conditional distribution; p = (1 + extreme) / (1 + drawn), as R's
    ``simulate.p.value``.

    References
    ----------
    .. [1] Mehta CR, Patel NR. J Am Stat Assoc 1983;78:427-434.
    """
    counts = _counts(table)
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    if min(counts.shape) < 2:
        return FisherTest(p_value=1.0, method="exact")
    if counts.shape == (2, 2):
        (x1, x0), (m1, m0) = counts[0], counts.sum(axis=0)
        return FisherTest(p_value=float(fisher_exact_2x2(x1, m1, x0, m0)[0]), method="exact")
    if counts.shape[0] > counts.shape[1]:
        counts = counts.T
    exact = exact_p(counts, max_steps)
    if exact is not None:
        return FisherTest(p_value=exact, method="exact")
    return _monte_carlo(counts, n_tables, seed)


def _counts(table: npt.ArrayLike) -> IntArray:
    """The table as integers, checked."""
    values = np.asarray(table)
    if values.ndim != 2:
        raise CohortError("Fisher's exact test needs a table of rows and columns.")
    if values.size and not (np.isfinite(values).all() and (values >= 0).all() and (values == np.floor(values)).all()):
        raise CohortError("Fisher's exact test needs whole numbers of at least 0.")
    return values.astype(np.int64)


def fisher_exact_2x2(x1: npt.ArrayLike, n1: npt.ArrayLike, x0: npt.ArrayLike, n0: npt.ArrayLike) -> FloatArray:
    """Two-sided Fisher p of many 2 x 2 tables at once.

    Parameters
    ----------
    x1, n1, x0, n0 : int or array, shape (k,)
        Events and patients of the two groups; broadcast against each other.

    Returns
    -------
    array, shape (k,)
        ``fisher.test(matrix(c(x1, n1 - x1, x0, n0 - x0), 2))$p.value``; 1 where a group has no patients.
    """
    cells = np.broadcast_arrays(*(np.atleast_1d(np.asarray(value, dtype=np.int64)) for value in (x1, n1, x0, n0)))
    distinct, inverse = np.unique(np.stack(cells, axis=1), axis=0, return_inverse=True)
    low, high = _supports(distinct)
    order = np.argsort(high - low, kind="stable")  # tables of like width together, so that none is padded far
    p_values = np.empty(len(distinct))
    for part in _parts((high - low)[order] + 1):
        rows = order[part]
        p_values[rows] = _two_by_two(distinct[rows], low[rows], high[rows])
    found: FloatArray = p_values[inverse.ravel()]
    return found


def _supports(cells: IntArray) -> tuple[IntArray, IntArray]:
    """First and last value of x1 given the margins; beyond, its probability is 0 in double precision (Bernstein)."""
    x1, n1, x0, n0 = cells.T
    total, n = x1 + x0, np.maximum(n1 + n0, 1)
    mean = total * (n1 / n)
    reach = _NIL / 3 + np.sqrt((_NIL / 3) ** 2 + 2 * _NIL * mean * (n0 / n))
    low = np.maximum(np.maximum(0, total - n0), np.floor(mean - reach).astype(np.int64))
    high = np.minimum(np.minimum(n1, total), np.ceil(mean + reach).astype(np.int64))
    return low, high


def _parts(widths: IntArray) -> Iterator[slice]:
    """Runs of tables to look at together, widths ascending: within twice the first width and the chunk's size."""
    start = 0
    while start < len(widths):
        stop = int(np.searchsorted(widths, 2 * widths[start], side="right"))
        stop = min(stop, start + max(1, _CHUNK // int(widths[stop - 1])))
        yield slice(start, stop)
        start = stop


def _two_by_two(cells: IntArray, low: IntArray, high: IntArray) -> FloatArray:
    """P of tables (k, 4) of x1, n1, x0, n0, whose x1 may be from ``low`` to ``high`` -> (k,)."""
    x1, n1, x0, n0 = (cells[:, j : j + 1] for j in range(4))
    total = x1 + x0
    x = low[:, None] + np.arange(int((high - low).max()) + 1)
    inside = x <= high[:, None]
    x = np.where(inside, x, low[:, None])
    log_factorial = gammaln(np.arange(max(int(n1.max()), int(n0.max())) + 1) + 1.0)

    def log_weight(x: IntArray) -> FloatArray:
        cells = (x, n1 - x, total - x, n0 - total + x)
        return -sum((log_factorial[cell] for cell in cells), start=np.zeros(1))

    log_p, seen = log_weight(x), log_weight(x1)
    p = np.where(inside, np.exp(log_p - log_p.max(axis=1, keepdims=True)), 0.0)
    extreme = log_p <= seen + np.log1p(RELATIVE_TOLERANCE)
    result: FloatArray = np.minimum(1.0, (p * extreme).sum(axis=1) / p.sum(axis=1))
    return result


def _monte_carlo(counts: IntArray, n_tables: int, seed: int) -> FisherTest:
    """P by random tables with the margins of ``counts``."""
    rows, columns, log_factorial, _ = margins(counts)
    generator = np.random.default_rng(seed)
    remaining = np.tile(rows, (n_tables, 1))
    log_p = np.zeros(n_tables)
    for total in columns[:-1]:
        left = np.full(n_tables, total)
        for i in range(len(rows) - 1):
            x = generator.hypergeometric(remaining[:, i], remaining[:, i + 1 :].sum(axis=1), left)
            remaining[:, i] -= x
            left -= x
            log_p -= log_factorial[x]
        remaining[:, -1] -= left
        log_p -= log_factorial[left]
    log_p -= log_factorial[remaining].sum(axis=1)
    extreme = log_p <= -log_factorial[counts].sum() + np.log1p(RELATIVE_TOLERANCE)
    p_value = (1 + int(extreme.sum())) / (1 + n_tables)
    std_error = float(np.sqrt(p_value * (1 - p_value) / n_tables))
    return FisherTest(p_value=p_value, method="monte-carlo", std_error=std_error, n_tables=n_tables)
