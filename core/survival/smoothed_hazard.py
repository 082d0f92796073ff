"""The hazard over time, smoothed with a kernel.

Belongs here: kernel, bandwidth and limits. Does not belong here: the cumulative hazard, whose steps are smoothed
(``kaplan_meier``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.errors import SpecError
from core.survival.chosen_times import of_group
from core.survival.intervals import normal_quantile
from core.survival.kaplan_meier import KaplanMeierEstimate
from core.timetoevent import FloatArray

if TYPE_CHECKING:
    import pandas as pd

ENOUGH_AT_RISK = 10  # beyond, steps of the cumulative hazard are larger than a tenth
POINTS = 101


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SmoothedHazard:
    """Smoothed hazard of one group.

    Attributes
    ----------
    group : str
    unit : str
        ``hazard`` is per this unit of time.
    time : array, shape (m,)
    hazard, std_error, conf_low, conf_high : array, shape (m,)
        Limits on the log scale; NaN where the estimate is 0.
    bandwidth : float
        Half the width of the window.
    conf_level : float
    notes : tuple of str
        Always says the bandwidth.
    """

    group: str
    unit: str
    time: FloatArray
    hazard: FloatArray
    std_error: FloatArray
    conf_low: FloatArray
    conf_high: FloatArray
    bandwidth: float
    conf_level: float
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in _COLUMNS:
            getattr(self, name).setflags(write=False)

    def to_frame(self) -> pd.DataFrame:
        """One row per time, raw numbers."""
        import pandas as pd

        frame = pd.DataFrame({name: getattr(self, name) for name in _COLUMNS})
        frame.insert(0, "group", self.group)
        return frame


_COLUMNS = ("time", "hazard", "std_error", "conf_low", "conf_high")


def smoothed_hazard(
    estimate: KaplanMeierEstimate,
    *,
    bandwidth: float | None = None,
    until: float | None = None,
    points: int = POINTS,
    conf_level: float = 0.95,
) -> SmoothedHazard:
    r"""Smooth the hazard of one group with an Epanechnikov kernel.

    Parameters
    ----------
    estimate : KaplanMeierEstimate
    bandwidth : float, optional
        In the unit of the estimate, at most half of ``until``. Without it :math:`2.34\, s\, m^{-1/5}` of the :math:`m`
        event times, :math:`s` the smaller of their standard deviation and interquartile range / 1.34.
    until : float, optional
        End of the curve; without it the last time with at least 10 at risk (of fewer subjects, the last time). Only
        events up to there are smoothed.
    points : int
        Times to estimate at, evenly spaced from 0 to ``until``.
    conf_level : float

    Returns
    -------
    SmoothedHazard
        Without rows where nobody had the event by ``until``; the notes say so.

    Raises
    ------
    SpecError
        If bandwidth or until are not positive, or there are fewer than two points.

    Notes
    -----
    :math:`h(t) = b^{-1} \sum K((t - t_j) / b)\, d_j / n_j` with variance :math:`b^{-2} \sum K^2 d_j / n_j^2`. Within
    :math:`b` of either end the kernel is Müller and Wang's boundary kernel, which neither loses mass beyond the end nor
    is drawn to it: with :math:`q` the distance to the end in bandwidths, on :math:`[-1, q]`,
    :math:`K_q(x) = 12 (1 + q)^{-4} (x + 1) (x (1 - 2q) + (3q^2 - 2q + 1) / 2)`. Negative estimates, which these kernels
    can give, are 0. Same kernels as ``muhaz(time, event, bw.grid = b, bw.method = "global", b.cor = "both")``.

    References
    ----------
    .. [1] Ramlau-Hansen H. Ann Stat 1983;11:453-466.
    .. [2] Müller HG, Wang JL. Biometrics 1994;50:61-76.
    """
    for name, value in (("bandwidth", bandwidth), ("end", until)):
        if value is not None and not (value > 0 and np.isfinite(value)):
            raise SpecError(f"The {name} of the smoothed hazard must be above 0, not {value:g}.")
    if points < 2:
        raise SpecError("The smoothed hazard needs at least two points.", hint=f"Use {POINTS}.")
    end = _end(estimate) if until is None else float(until)
    rows = np.flatnonzero((estimate.n_events > 0) & (estimate.time <= end))
    if not rows.size or not end > 0:
        return _without_events(estimate, conf_level)
    at, events = estimate.time[rows], estimate.n_events[rows].astype(np.float64)
    at_risk = estimate.n_at_risk[rows].astype(np.float64)
    asked = _reference_bandwidth(at, events) if bandwidth is None else float(bandwidth)
    b = min(asked, end / 2) if asked > 0 else end / 2
    time = np.linspace(0.0, end, points)
    steps, variances = events / at_risk, events / at_risk**2
    hazard, variance = np.empty(points), np.empty(points)
    for i, t in enumerate(time):
        near = slice(*np.searchsorted(at, (t - b, t + b)))
        kernel = _kernel((t - at[near]) / b, left=t / b, right=(end - t) / b) / b
        hazard[i], variance[i] = kernel @ steps[near], kernel**2 @ variances[near]
    hazard = np.maximum(hazard, 0.0)
    std_error = np.sqrt(variance)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        factor = np.exp(normal_quantile(conf_level) * std_error / np.where(hazard > 0, hazard, np.nan))
    return SmoothedHazard(
        group=estimate.group,
        unit=estimate.unit,
        time=time,
        hazard=hazard,
        std_error=std_error,
        conf_low=hazard / factor,
        conf_high=hazard * factor,
        bandwidth=b,
        conf_level=conf_level,
        notes=(
            f"Hazard{of_group(estimate.group)} smoothed over {b:.3g} {estimate.unit} to either side, up to "
            f"{end:g} {estimate.unit}.",
        ),
    )


def _end(estimate: KaplanMeierEstimate) -> float:
    enough = np.flatnonzero(estimate.n_at_risk >= ENOUGH_AT_RISK)
    return float(estimate.time[enough[-1]]) if enough.size else estimate.last_time


def _reference_bandwidth(time: FloatArray, events: FloatArray) -> float:
    """Normal reference rule for the Epanechnikov kernel, of event times with multiplicities."""
    total = float(events.sum())
    mean = float(events @ time) / total
    spread = float(np.sqrt(events @ (time - mean) ** 2 / max(total - 1, 1)))
    quartiles = time[np.searchsorted(np.cumsum(events), total * np.array([0.25, 0.75]))]
    between = float(quartiles[1] - quartiles[0]) / 1.34
    return 2.34 * (min(spread, between) if between > 0 else spread) * math.pow(total, -0.2)


def _kernel(x: FloatArray, *, left: float, right: float) -> FloatArray:
    """Epanechnikov's kernel, or Müller and Wang's within a bandwidth of an end."""
    if left < 1:
        return _at_boundary(x, left)
    if right < 1:
        return _at_boundary(-x, right)
    inside: FloatArray = 0.75 * (1 - x * x)
    return inside


def _at_boundary(x: FloatArray, q: float) -> FloatArray:
    kernel: FloatArray = 12 / (1 + q) ** 4 * (x + 1) * (x * (1 - 2 * q) + (3 * q * q - 2 * q + 1) / 2)
    return np.where((x >= -1) & (x <= q), kernel, 0.0)


def _without_events(estimate: KaplanMeierEstimate, conf_level: float) -> SmoothedHazard:
    nothing = np.zeros(0)
    return SmoothedHazard(
        group=estimate.group, unit=estimate.unit, time=nothing, hazard=nothing.copy(), std_error=nothing.copy(),
        conf_low=nothing.copy(), conf_high=nothing.copy(), bandwidth=float("nan"), conf_level=conf_level,
        notes=(f"No events{of_group(estimate.group)}: there is no hazard to smooth.",),
    )  # fmt: skip
