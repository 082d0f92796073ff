"""How far the best cut of a number depends on who happened to be in the sample.

Belongs here: the same search in bootstrap samples and in parts of the patients. Does not belong here: one search
(``maximal_selection``), what is reported (``cut_point``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.regression.maximal_selection import CELLS, EQUAL, allowed, logrank_scores, scan
from core.timetoevent import BoolArray, FloatArray, IntArray, TimeToEvent, distinct_times
from core.work.progress import each


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CutStability:
    """Best cuts of bootstrap samples.

    Attributes
    ----------
    draws : int
        Samples in which a cut was found.
    conf_low, conf_high : float
        Percentiles of their cuts (values that occur; R's type 1).
    share_same : float
        Samples with the very same cut.
    patients_between : float
        Share of all patients with a value between the percentiles: how much of the cohort the choice is open about.
    cut : array, shape (c,)
        Distinct cuts, ascending.
    share : array, shape (c,)
        Samples with each of them.
    """

    draws: int
    conf_low: float
    conf_high: float
    share_same: float
    patients_between: float
    cut: FloatArray
    share: FloatArray


def cut_stability(
    data: TimeToEvent,
    values: FloatArray,
    chosen: float,
    *,
    minprop: float,
    maxprop: float,
    draws: int,
    seed: int,
    conf_level: float = 0.95,
) -> CutStability | None:
    """Search the best cut in bootstrap samples of the patients; None where none has a cut.

    Parameters
    ----------
    data : TimeToEvent, n subjects
    values : array, shape (n,)
    chosen : float
        The cut of all patients.
    minprop, maxprop : float
        As in ``scan``, shares of each sample.
    draws, seed : int
    conf_level : float

    Notes
    -----
    Every sample is searched as ``scan`` does, with scores of its own. Same as a loop of ``maxstat.test`` over samples
    drawn with replacement.
    """
    cuts = _best_cuts(data, values, minprop=minprop, maxprop=maxprop, draws=draws, seed=seed)
    if not cuts.size:
        return None
    tail = (1 - conf_level) / 2
    low, high = (float(x) for x in np.quantile(cuts, (tail, 1 - tail), method="inverted_cdf"))
    distinct, counts = np.unique(cuts, return_counts=True)
    return CutStability(
        draws=int(cuts.size),
        conf_low=low,
        conf_high=high,
        share_same=float((cuts == chosen).mean()),
        patients_between=float(((values >= low) & (values <= high)).mean()),
        cut=distinct,
        share=counts / cuts.size,
    )


def _best_cuts(
    data: TimeToEvent, values: FloatArray, *, minprop: float, maxprop: float, draws: int, seed: int
) -> FloatArray:
    """The best cut of each sample; samples without one are left out."""
    samples = _Samples(data, values, minprop=minprop, maxprop=maxprop)
    rng = np.random.default_rng(seed)
    rows = max(1, CELLS // data.n)
    found = [samples.cuts(rng, min(rows, draws - start)) for start in each(range(0, draws, rows), "bootstrap")]
    cuts = np.concatenate(found) if found else np.zeros(0)
    return cuts[~np.isnan(cuts)]


class _Samples:
    """Patients counted by time and by value, so that a sample is how often each of them was drawn."""

    def __init__(self, data: TimeToEvent, values: FloatArray, *, minprop: float, maxprop: float) -> None:
        by_time = np.argsort(data.time, kind="stable")
        times, row = distinct_times(data.time[by_time])
        self._first = np.flatnonzero(np.diff(row, prepend=-1))  # of each distinct time
        self._row, self._event = row, data.event[by_time].astype(np.float64)
        self._n, self._n_times = data.n, times.size
        ordered = values[by_time]
        self._by_value = np.argsort(ordered, kind="stable")
        ordered = ordered[self._by_value]
        self._last = np.flatnonzero(np.append(np.diff(ordered) > 0, True))  # of each distinct value
        self._value = ordered[self._last]
        self._low, self._high = allowed(data.n, minprop, maxprop)

    def cuts(self, rng: np.random.Generator, rows: int) -> FloatArray:
        """Best cut of each of some samples, shape (rows,), NaN without one."""
        n = self._n
        drawn = rng.integers(0, n, (rows, n), dtype=np.int64)
        drawn += np.arange(0, rows * n, n)[:, None]
        count = np.bincount(drawn.ravel(), minlength=rows * n).reshape(rows, n).astype(np.float64)
        at_time = np.add.reduceat(count, self._first, axis=1)
        events = np.add.reduceat(count * self._event, self._first, axis=1)
        hazard = np.cumsum(events / (n - np.cumsum(at_time, axis=1) + 1), axis=1)
        score = self._event - hazard[:, self._row]
        weighted = count * score
        total = weighted.sum(axis=1, keepdims=True)
        variance = ((weighted * score).sum(axis=1, keepdims=True) - total**2 / n) / (n - 1)
        below = np.cumsum(count.take(self._by_value, axis=1), axis=1).take(self._last, axis=1)
        sums = np.cumsum(weighted.take(self._by_value, axis=1), axis=1).take(self._last, axis=1)
        fits = (below >= self._low) & (below <= self._high) & (below < n)
        with np.errstate(divide="ignore", invalid="ignore"):
            z = np.abs(sums - below / n * total) / np.sqrt(below * (n - below) / n * variance)
        z = np.where(fits & np.isfinite(z), z, -1.0)
        best = z.max(axis=1, keepdims=True)
        first = (z >= best * (1 - EQUAL)).argmax(axis=1)
        return np.where(best[:, 0] > 0, self._value[first], np.nan)


def left_out_groups(
    data: TimeToEvent, values: FloatArray, *, minprop: float, maxprop: float, folds: int, seed: int
) -> IntArray | None:
    """Whether each patient is above the cut that the patients of the other folds chose: 0 or 1, shape (n,).

    None where some of the others have no cut.

    References
    ----------
    .. [1] Faraggi D, Simon R. Stat Med 1996;15:2203-2213.
    """
    n = data.n
    fold = np.random.default_rng(seed).permutation(np.arange(n) % folds)
    above = np.zeros(n, dtype=np.int64)
    for k in range(folds):
        out: BoolArray = fold == k
        rest = ~out
        low, high = allowed(int(rest.sum()), minprop, maxprop)
        if high < low or not data.event[rest].any() or np.unique(values[rest]).size < 2:
            return None
        scores = logrank_scores(data.time[rest], data.event[rest])
        found = scan(values[rest], scores, minprop=minprop, maxprop=maxprop)
        above[out] = values[out] > found.cut[found.best]
    return above
