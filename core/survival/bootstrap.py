"""Bootstrap of the difference of two medians.

Belongs here: drawing subjects, counting them and reading the median of every draw. Does not belong here: the medians
themselves and their limits (``quantiles``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import SpecError
from core.survival.event_table import checked_codes, event_table
from core.survival.intervals import normal_quantile
from core.survival.kaplan_meier import survival_steps
from core.survival.quantiles import PLATEAU_TOLERANCE, crossing_times
from core.survival.strata import need_two_groups_with_events
from core.timetoevent import FloatArray, IntArray, TimeToEvent, distinct_times
from core.work.progress import each

SEED = 20250101
DRAWS = 1_000
CELLS = 1 << 15  # subjects drawn at once; their counts stay in the processor's cache


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MedianDifference:
    """Difference of medians, the other level minus the reference, with percentile limits.

    Attributes
    ----------
    level, reference : str
    p : float
        Fraction with the event; 0.5 for medians.
    medians : tuple of float
        Of ``level`` and ``reference``, in the unit of the data.
    estimate, conf_low, conf_high : float
        NaN where a median, or too many of the draws, were not reached.
    std_error : float
        Standard deviation of the draws in which both medians were reached.
    conf_level : float
    draws, seed : int
    n_not_reached : int
        Draws in which a median was not reached.
    notes : tuple of str
    """

    level: str
    reference: str
    p: float
    medians: tuple[float, float]
    estimate: float
    conf_low: float
    conf_high: float
    std_error: float
    conf_level: float
    draws: int
    seed: int
    n_not_reached: int
    notes: tuple[str, ...] = ()


def median_difference(
    data: TimeToEvent,
    codes: IntArray,
    levels: tuple[str, ...],
    reference: str | None = None,
    *,
    p: float = 0.5,
    draws: int = DRAWS,
    seed: int = SEED,
    conf_level: float = 0.95,
) -> MedianDifference:
    r"""Difference of two groups' medians with a bootstrap interval.

    Parameters
    ----------
    data : TimeToEvent
        Without delayed entry and case weights.
    codes : int array, shape (n,)
        Group of each subject as a position in ``levels``; negative is left out.
    levels : tuple of str
        Exactly two.
    reference : str, optional
        The first unless named.
    p : float
        Fraction with the event; 0.5 for medians.
    draws : int
        Bootstrap samples.
    seed : int
    conf_level : float

    Returns
    -------
    MedianDifference

    Raises
    ------
    SpecError
        With other than two levels, a reference that is none of them, entry or weights, or fewer than two draws.
    TooFewEventsError
        If a group has no patients or there is no event.

    Notes
    -----
    Each draw takes as many subjects as there are from each group, with replacement, and reads both medians by the rule
    of :func:`core.survival.quantile`. The limits are the percentiles (R's type 7) of the differences; a median that is
    not reached counts as later than all others, draws in which neither is are left out. Same as
    ``quantile(boot(data, statistic, R = draws, strata = group)$t, c(.025, .975))`` up to the drawing.

    References
    ----------
    .. [1] Efron B. J Am Stat Assoc 1981;76:312-319.
    """
    _check(data, levels, reference, draws=draws, conf_level=conf_level)
    codes = checked_codes(data, codes, levels)
    table = event_table(data, codes, levels)
    need_two_groups_with_events(levels, table.n_subjects, any_event=bool(table.n_events.any()))
    base = levels.index(reference) if reference is not None else 0
    order = (1 - base, base)
    medians = [crossing_times(*survival_steps(table, group), (p,), monotone=True)[0] for group in order]
    rng = np.random.default_rng(seed)
    drawn = [drawn_quantiles(rng, data.subset(codes == group), p=p, draws=draws) for group in order]
    other, zero = (np.where(np.isnan(values), np.inf, values) for values in drawn)
    known = np.isfinite(other) | np.isfinite(zero)
    differences = np.sort(np.subtract(other[known], zero[known]))
    finite = differences[np.isfinite(differences)]
    tail = (1 - conf_level) / 2
    not_reached = draws - finite.size
    return MedianDifference(
        level=levels[order[0]],
        reference=levels[base],
        p=p,
        medians=(medians[0], medians[1]),
        estimate=medians[0] - medians[1],
        conf_low=_percentile(differences, tail),
        conf_high=_percentile(differences, 1 - tail),
        std_error=float(finite.std(ddof=1)) if finite.size > 1 else math.nan,
        conf_level=conf_level,
        draws=draws,
        seed=seed,
        n_not_reached=not_reached,
        notes=_notes(draws, not_reached),
    )


def drawn_quantiles(rng: np.random.Generator, data: TimeToEvent, *, p: float, draws: int) -> FloatArray:
    """Quantile of each of many bootstrap samples of one group, shape (draws,), NaN where it is not reached.

    Subjects who leave at the same time with the same fate are one cell, events before censorings; the numbers drawn
    into each cell, counted from the end, are the numbers at risk.
    """
    cells = _Cells(data)
    found = np.empty(draws)
    rows = max(1, CELLS // data.n)
    for start in each(range(0, draws, rows), "bootstrap"):
        found[start : start + rows] = cells.quantiles(rng, p, rows=min(rows, draws - start))
    return found


class _Cells:
    """One group's subjects by time and fate."""

    def __init__(self, data: TimeToEvent) -> None:
        self.n_subjects = data.n
        times, position = distinct_times(data.time)
        kind, cell = np.unique(2 * position + ~data.event, return_inverse=True)
        self.n = kind.size
        # Where everybody is a cell alone it does not matter who is which.
        self.cell = None if kind.size == data.n else cell.reshape(-1).astype(np.int64)
        self.time = times[kind // 2]
        self.events = np.flatnonzero(kind % 2 == 0)
        self.event_time = np.append(self.time[self.events], np.nan)

    def quantiles(self, rng: np.random.Generator, p: float, *, rows: int) -> FloatArray:
        """Quantile of each of some draws, shape (rows,)."""
        n = self.n_subjects
        chosen = rng.integers(0, n, (rows, n), dtype=np.uint32)  # the stream goes on over chunks
        cell = chosen.astype(np.int64) if self.cell is None else self.cell.take(chosen)
        cell += np.arange(0, rows * self.n, self.n)[:, None]
        counts = np.bincount(cell.ravel(), minlength=rows * self.n).reshape(rows, self.n)
        gone = np.cumsum(counts, axis=1)
        if self.events.size < self.n:
            counts, left = counts.take(self.events, axis=1), n - gone.take(self.events, axis=1)
        else:
            left = n - gone
        survival = np.cumprod(1 - counts / np.maximum(left + counts, 1), axis=1)
        reached = self.event_time[np.count_nonzero(survival > 1 - p + PLATEAU_TOLERANCE, axis=1)]
        passed = self.event_time[np.count_nonzero(survival > 1 - p - PLATEAU_TOLERANCE, axis=1)]
        if self.events.size:
            flat = np.flatnonzero(np.abs(survival[:, -1] - (1 - p)) < PLATEAU_TOLERANCE)
            passed[flat] = self.time[(gone[flat] < n).sum(axis=1)]
        return np.asarray((reached + passed) / 2, dtype=np.float64)


def _percentile(ordered: FloatArray, share: float) -> float:
    """Type 7 percentile of sorted values that may be infinite; NaN where it is."""
    if not ordered.size:
        return math.nan
    place = share * (ordered.size - 1)
    low, high = ordered[math.floor(place)], ordered[math.ceil(place)]
    if not (math.isfinite(low) and math.isfinite(high)):
        return math.nan
    return float(low + (high - low) * (place - math.floor(place)))


def _check(data: TimeToEvent, levels: Sequence[str], reference: str | None, *, draws: int, conf_level: float) -> None:
    normal_quantile(conf_level)  # refuses what is no level
    if len(levels) != 2:
        raise SpecError(f"A difference of medians needs two groups, not {len(levels)}.", hint="Choose two levels.")
    if reference is not None and reference not in levels:
        raise SpecError(f"Reference '{reference}' is not one of the levels {list(levels)}.")
    if data.entry is not None or data.weights is not None:
        raise SpecError(
            "The bootstrap of medians takes no delayed entry and no case weights.",
            hint="Use the limits of each median, or the difference of restricted means.",
        )
    if draws < 2:
        raise SpecError(f"The bootstrap needs at least two draws, not {draws}.")


def _notes(draws: int, not_reached: int) -> tuple[str, ...]:
    notes = [f"Percentile interval of {draws:,} bootstrap samples."]
    if not_reached:
        notes.append(f"A median was not reached in {not_reached:,} of {draws:,} bootstrap samples.")
    return tuple(notes)
