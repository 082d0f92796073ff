"""Limits of a difference of two survival curves that hold at all times of a range together.

Belongs here: over which times, how much wider than pointwise limits, and the test that goes with the band. Does not
belong here: the difference and its pointwise limits (``difference_curve``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from core.survival.chosen_times import few_at_risk_from
from core.survival.kaplan_meier import KaplanMeierEstimate
from core.timetoevent import BoolArray, FloatArray, IntArray

Pair: TypeAlias = tuple[KaplanMeierEstimate, KaplanMeierEstimate]

DRAWS = 10_000
SEED = 20250101
FEWEST_EVENTS = 5  # in each group before the band begins: with fewer its ends are no normal quantities
FEWEST_AT_RISK = 10  # in each group up to where it ends
CELLS = 1 << 17  # normal numbers drawn at once


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SimultaneousBand:
    """A band that holds the whole true difference between ``start`` and ``until`` with the chance ``conf_level``.

    Attributes
    ----------
    start, until : float
        The range of times, in the unit of the curves; NaN where there is none.
    critical : float
        How many standard errors wide on either side; the pointwise quantile is smaller. NaN where there is no band.
    conf_low, conf_high : array, shape (k,)
        At the times of the difference, as fractions; NaN outside the range.
    p_value : float
        Test that the curves are the same between ``start`` and ``until``: below 1 - ``conf_level`` where the band
        leaves out 0 anywhere.
    n_times : int
        Steps within the range.
    draws, seed : int
    note : str
        What the range is, or why there is no band.
    """

    start: float
    until: float
    critical: float
    conf_low: FloatArray
    conf_high: FloatArray
    p_value: float
    n_times: int
    draws: int
    seed: int
    note: str

    def __post_init__(self) -> None:
        for values in (self.conf_low, self.conf_high):
            values.setflags(write=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class BandOptions:
    """What is asked of a band: its range (chosen by the data unless given), how many draws, and their seed."""

    start: float | None = None
    until: float | None = None
    draws: int = DRAWS
    seed: int = SEED


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Steps:
    """The difference at its steps: estimates and standard errors, shape (k,)."""

    time: FloatArray
    estimate: FloatArray
    std_error: FloatArray


def simultaneous_band(
    groups: Pair,
    *,
    time: FloatArray,
    estimate: FloatArray,
    std_error: FloatArray,
    options: BandOptions | None = None,
    conf_level: float = 0.95,
) -> SimultaneousBand:
    r"""Equal-precision band of the difference of two survival curves by Gaussian multipliers.

    Parameters
    ----------
    groups : tuple of KaplanMeierEstimate
        The two whose difference it is; independent.
    time, estimate, std_error : array, shape (k,)
        Of the difference, one element per step, ascending.
    options : BandOptions, optional
    conf_level : float

    Notes
    -----
    Every event time of a group has a normal multiplier :math:`Z_j`. Given the data

    .. math:: W_g(t) = S_g(t) \sum_{t_j \le t} \sqrt{d_j / (n_j (n_j - d_j))} \, Z_j

    behaves as the error of :math:`S_g`; its variance is Greenwood's. The band is the difference plus and minus *c*
    standard errors, *c* the quantile over the draws of the largest :math:`|W_1 - W_0| / \sqrt{se_1^2 + se_0^2}` in the
    range. P is (1 + draws in which that is at least the largest standardised difference seen) / (1 + draws).

    The range begins where both groups have had five events and ends where fewer than ten of either are at risk, unless
    given; times at which a curve is at 0 or at 1 do not belong to it.

    References
    ----------
    .. [1] Parzen MI, Wei LJ, Ying Z. Simultaneous confidence intervals for the difference of two survival functions.
       Scand J Stat 1997;24:309-314.
    .. [2] Lin DY, Fleming TR, Wei LJ. Confidence bands for survival curves under the proportional hazards model.
       Biometrika 1994;81:73-81.
    """
    asked = options or BandOptions()
    if any(_has_fractional_weights(group) for group in groups):
        return _none(time.size, asked, "No band for all times together: not with fractional case weights.")
    inside = _inside(groups, time, std_error, asked)
    if not inside.any():
        return _none(
            time.size,
            asked,
            f"No band for all times together: at no time of the range have both groups had {FEWEST_EVENTS} events and "
            f"{FEWEST_AT_RISK} patients at risk.",
        )
    steps = _Steps(time=time[inside], estimate=estimate[inside], std_error=std_error[inside])
    largest = _largest(groups, steps, asked)
    critical = float(np.quantile(largest, conf_level, method="higher"))
    seen = float(np.max(np.abs(steps.estimate) / steps.std_error))
    low, high = np.full(time.size, np.nan), np.full(time.size, np.nan)
    low[inside] = steps.estimate - critical * steps.std_error
    high[inside] = steps.estimate + critical * steps.std_error
    start, until = float(steps.time[0]), _until(groups, time, int(np.flatnonzero(inside)[-1]), asked)
    unit = groups[0].unit
    return SimultaneousBand(
        start=start,
        until=until,
        critical=critical,
        conf_low=low,
        conf_high=high,
        p_value=float((1 + np.count_nonzero(largest >= seen)) / (1 + asked.draws)),
        n_times=int(inside.sum()),
        draws=asked.draws,
        seed=asked.seed,
        note=f"Band for all times together: from {start:.6g} to {until:.6g} {unit}, {critical:.2f} standard errors on "
        f"either side ({asked.draws:,} draws, seed {asked.seed}).",
    )


def _has_fractional_weights(group: KaplanMeierEstimate) -> bool:
    counts = np.concatenate([group.n_events, group.n_at_risk]).astype(np.float64)
    return bool((counts != np.round(counts)).any())


def _inside(groups: Pair, time: FloatArray, std_error: FloatArray, asked: BandOptions) -> BoolArray:
    """Which steps are in the range: the longest run, since with delayed entry few may be at risk in between."""
    inside = np.isfinite(std_error) & (std_error > 0)
    inside &= time >= (asked.start or 0.0)
    inside &= time <= (asked.until if asked.until is not None else np.inf)
    for group in groups:
        there = group.at(time)
        inside &= there.n_at_risk >= FEWEST_AT_RISK
        if asked.start is None:
            inside &= there.cumulative_events >= FEWEST_EVENTS
    edges = np.diff(np.concatenate(([0], inside.astype(np.int64), [0])))
    starts, stops = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    if starts.size > 1:
        longest = int(np.argmax(stops - starts))
        inside[: starts[longest]] = False
        inside[stops[longest] :] = False
    return inside


def _until(groups: Pair, time: FloatArray, last: int, asked: BandOptions) -> float:
    """The last step's difference holds until ten at risk, or the range asked for, end, or the next step outside it."""
    ends = [few_at_risk_from(group, FEWEST_AT_RISK) for group in groups]
    ends += [asked.until] if asked.until is not None else []
    ends += [float(time[last + 1])] if last + 1 < time.size else []
    return max(float(time[last]), min(ends))


def _largest(groups: Pair, steps: _Steps, asked: BandOptions) -> FloatArray:
    """Largest standardised error over the range in each draw, shape (draws,)."""
    random = np.random.default_rng(asked.seed)
    parts = [_error_parts(group, steps) for group in groups]
    width = max(1, sum(scale.size for scale, _, _ in parts), steps.time.size)
    at_once = max(1, CELLS // width)
    found = np.empty(asked.draws)
    for first in range(0, asked.draws, at_once):
        count = min(at_once, asked.draws - first)
        error = np.zeros((count, steps.time.size))
        for scale, upto, survival in parts:
            path = np.zeros((count, scale.size + 1))
            np.cumsum(random.standard_normal((count, scale.size)) * scale, axis=1, out=path[:, 1:])
            error += path[:, upto] * survival
        found[first : first + count] = np.abs(error / steps.std_error).max(axis=1)
    return found


def _error_parts(group: KaplanMeierEstimate, steps: _Steps) -> tuple[FloatArray, IntArray, FloatArray]:
    """Standard deviation of each event's share, how many of them have come by each step, and survival there."""
    events = np.asarray(group.n_events, dtype=np.float64)
    at_risk = np.asarray(group.n_at_risk, dtype=np.float64)
    use = (events > 0) & (at_risk > events)
    scale = np.sqrt(events[use] / (at_risk[use] * (at_risk[use] - events[use])))
    upto = np.searchsorted(group.time[use], steps.time * (1 + 1e-9), side="right")
    return scale, upto, group.at(steps.time).survival


def _none(size: int, asked: BandOptions, note: str) -> SimultaneousBand:
    empty = np.full(size, np.nan)
    return SimultaneousBand(
        start=np.nan, until=np.nan, critical=np.nan, conf_low=empty, conf_high=empty.copy(), p_value=np.nan, n_times=0,
        draws=asked.draws, seed=asked.seed, note=note,
    )  # fmt: skip
