"""Difference of two survival curves over time, with pointwise limits.

Belongs here: the difference at every step of either curve, and where its interval leaves out 0. Does not belong here: a
difference at chosen times with its P (``contrasts``), limits for all times together (``simultaneous_band``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.survival.chosen_times import few_at_risk_from, of_group
from core.survival.intervals import normal_quantile
from core.survival.kaplan_meier import KaplanMeierEstimate
from core.survival.simultaneous_band import BandOptions, SimultaneousBand, simultaneous_band
from core.timetoevent import FloatArray

FEW = 10  # with fewer at risk in a group the difference says little


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DifferenceAt:
    """The difference at one time: ``estimate``, ``std_error``, ``conf_low`` and ``conf_high`` as fractions."""

    time: float
    estimate: float
    std_error: float
    conf_low: float
    conf_high: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DifferenceCurve:
    """Survival of ``level`` minus survival of ``reference``, from time zero on.

    Attributes
    ----------
    level, reference : str
    unit : str
    time : array, shape (k,)
        0, and every time at which either curve steps, up to ``until``.
    estimate, std_error, conf_low, conf_high : array, shape (k,)
        As fractions. No standard error, and so no limits, where a curve is at 0.
    until : float
        Where the shorter of the two follow-ups ends: beyond it one curve rests on nobody.
    few_from : float
        From here on fewer than ten remain at risk in one of the groups.
    apart : tuple of (float, float)
        Stretches of time, from and to, over which the interval leaves out 0.
    conf_level : float
    band : SimultaneousBand or None
        Limits for all times of a range together, where asked for.
    notes : tuple of str
    """

    level: str
    reference: str
    unit: str
    time: FloatArray
    estimate: FloatArray
    std_error: FloatArray
    conf_low: FloatArray
    conf_high: FloatArray
    until: float
    few_from: float
    apart: tuple[tuple[float, float], ...]
    conf_level: float
    band: SimultaneousBand | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("time", "estimate", "std_error", "conf_low", "conf_high"):
            getattr(self, name).setflags(write=False)

    def row_of(self, time: float) -> int:
        """The step that holds at ``time``."""
        return int(np.searchsorted(self.time, time * (1 + 1e-9), side="right")) - 1

    def at(self, time: float) -> DifferenceAt:
        """The difference at ``time``, from 0 to ``until``."""
        row = self.row_of(time)
        return DifferenceAt(
            time=time,
            estimate=float(self.estimate[row]),
            std_error=float(self.std_error[row]),
            conf_low=float(self.conf_low[row]),
            conf_high=float(self.conf_high[row]),
        )


def difference_curve(
    other: KaplanMeierEstimate,
    reference: KaplanMeierEstimate,
    *,
    conf_level: float = 0.95,
    band: BandOptions | None = None,
) -> DifferenceCurve:
    r"""Difference of two survival curves, ``other`` minus ``reference``.

    Parameters
    ----------
    other, reference : KaplanMeierEstimate
        Of independent groups, in the same unit.
    conf_level : float
    band : BandOptions, optional
        Asks for limits of all times together too.

    Returns
    -------
    DifferenceCurve
        Empty, with a note, where a group has no patients.

    Notes
    -----
    :math:`S_1(t) - S_0(t) \pm z \sqrt{se_1^2 + se_0^2}` with Greenwood's standard errors (robust ones with fractional
    weights). Limits hold at each time by itself, not for the whole curve, and are not clipped. Same as ``surv`` and
    ``std.err`` of ``summary(survfit(Surv(time, event) ~ group), times = t, extend = TRUE)`` put together.

    References
    ----------
    .. [1] Klein JP, Logan B, Harhoff M, Andersen PK. Analyzing survival curves at a fixed point in time. Stat Med
       2007;26:4505-4519.
    """
    empty = [group.group for group in (other, reference) if not group.n]
    if empty:
        return _nothing(other, reference, conf_level, f"No patients{of_group(empty[0])}: no difference of curves.")
    until = min(other.last_time, reference.last_time)
    steps = [group.time[(group.n_events > 0) & (group.time <= until)] for group in (other, reference)]
    time = np.unique(np.concatenate([np.zeros(1), *steps]))
    first, second = other.at(time), reference.at(time)
    estimate = first.survival - second.survival
    std_error = np.hypot(first.std_error, second.std_error)
    half = normal_quantile(conf_level) * std_error
    notes = [f"The difference of the curves ends at {until:g} {other.unit}, where follow-up of a group ends."]
    if np.isnan(std_error).any():
        notes.append("Where a curve is at 0 its standard error is not defined: the difference has no limits there.")
    together = None
    if band is not None:
        together = simultaneous_band(
            (other, reference), time=time, estimate=estimate, std_error=std_error, options=band, conf_level=conf_level
        )
        notes.append(together.note)
    return DifferenceCurve(
        level=other.group,
        reference=reference.group,
        unit=other.unit,
        time=time,
        estimate=estimate,
        std_error=std_error,
        conf_low=estimate - half,
        conf_high=estimate + half,
        until=until,
        few_from=min(until, *(few_at_risk_from(group, FEW) for group in (other, reference))),
        apart=_apart(time, estimate - half, estimate + half, until=until),
        conf_level=conf_level,
        band=together,
        notes=tuple(notes),
    )


def _apart(time: FloatArray, low: FloatArray, high: FloatArray, *, until: float) -> tuple[tuple[float, float], ...]:
    """Stretches over which the interval leaves out 0; an interval without width, or without limits, does not."""
    outside = ((low > 0) | (high < 0)) & (high > low)
    edges = np.diff(np.concatenate(([0], outside.astype(np.int64), [0])))
    ends = np.append(time, until)
    starts, stops = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    return tuple((float(ends[a]), float(ends[b])) for a, b in zip(starts, stops, strict=True))


def _nothing(
    other: KaplanMeierEstimate, reference: KaplanMeierEstimate, conf_level: float, note: str
) -> DifferenceCurve:
    none = np.zeros(0)
    return DifferenceCurve(
        level=other.group, reference=reference.group, unit=other.unit, time=none, estimate=none.copy(),
        std_error=none.copy(), conf_low=none.copy(), conf_high=none.copy(), until=0.0, few_from=0.0, apart=(),
        conf_level=conf_level, notes=(note,),
    )  # fmt: skip
