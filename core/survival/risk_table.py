"""What stands under a survival figure: at risk, events and censored of every group at the ticks of its time axis.

Belongs here: counting them at given times. Does not belong here: which times (``time_axis``), how they are printed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.survival.counting import Counts
from core.survival.kaplan_meier import KaplanMeierEstimate
from core.timetoevent import TIE_TOLERANCE, FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RiskTable:
    """Counts of every group at the same times.

    Attributes
    ----------
    levels : tuple of str
        Groups, in the order of the rows.
    time : array, shape (m,)
    n_at_risk : array, shape (g, m)
        At risk just before each time: who has the event, or is censored, at that very time is still counted.
    n_events, n_censored : array, shape (g, m)
        Up to and including each time, since time zero. Sums of weights where the data have case weights.
    """

    levels: tuple[str, ...]
    time: FloatArray
    n_at_risk: Counts
    n_events: Counts
    n_censored: Counts

    def __post_init__(self) -> None:
        for name in ("time", "n_at_risk", "n_events", "n_censored"):
            getattr(self, name).setflags(write=False)


def risk_table(estimates: Sequence[KaplanMeierEstimate], times: Sequence[float]) -> RiskTable:
    """Count at risk, events and censored of every group at ``times``.

    Parameters
    ----------
    estimates : sequence of KaplanMeierEstimate
        One per group.
    times : sequence of float
        In the unit of the estimates.

    Notes
    -----
    Same as ``s <- summary(survfit(...), times = t, extend = TRUE)``: ``s$n.risk``, and ``cumsum`` of ``s$n.event`` and
    of ``s$n.censor`` within each group. The three rows per group are those that readers of the KMunicate study wanted.

    References
    ----------
    .. [1] Morris TP, Jarvis CI, Cragg W, Phillips PPJ, Choodari-Oskooei B, Sydes MR. Proposals on Kaplan-Meier plots in
       medical research and a survey of stakeholder views: KMunicate. BMJ Open 2019;9:e030215.
    """
    asked = np.array(times, dtype=np.float64)
    at_risk = [estimate.at(asked).n_at_risk for estimate in estimates]
    return RiskTable(
        levels=tuple(estimate.group for estimate in estimates),
        time=asked,
        n_at_risk=_stacked(at_risk, asked.size),
        n_events=_stacked([_until(estimate, estimate.n_events, asked) for estimate in estimates], asked.size),
        n_censored=_stacked([_until(estimate, estimate.n_censored, asked) for estimate in estimates], asked.size),
    )


def _until(estimate: KaplanMeierEstimate, counts: Counts, times: FloatArray) -> Counts:
    """Sum of ``counts`` (one per time of the estimate) up to and including each of ``times``."""
    row = np.searchsorted(estimate.time, times * (1 + TIE_TOLERANCE), side="right")
    summed: Counts = np.concatenate((np.zeros(1, dtype=counts.dtype), np.cumsum(counts)))[row]
    return summed


def _stacked(rows: Sequence[Counts], width: int) -> Counts:
    made: Counts = np.stack(rows) if rows else np.zeros((0, width), dtype=np.int64)
    return made
