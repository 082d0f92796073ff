"""One minus Kaplan-Meier with the other events censored: what many papers report, and how much it overstates.

Belongs here: the naive curve, for the comparison only. Does not belong here: the estimate to be reported
(``cumulative_incidence``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.survival.competing_risks import CauseTable
from core.survival.cumulative_incidence import CumulativeIncidence
from core.survival.incidence_error import group_counts
from core.timetoevent import TIE_TOLERANCE, FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NaiveIncidence:
    """One minus Kaplan-Meier of one cause in one group, beside its cumulative incidence.

    Attributes
    ----------
    incidence : array, shape (m,)
        At the times of the group's curve.
    at : array, shape (k,)
        At the chosen times; NaN for a group without subjects.
    bias : array, shape (k,)
        ``at`` minus the cumulative incidence, as a fraction; never negative but for rounding.
    """

    incidence: FloatArray
    at: FloatArray
    bias: FloatArray

    def __post_init__(self) -> None:
        for name in self.__slots__:
            getattr(self, name).setflags(write=False)


def naive_incidence(
    table: CauseTable, curve: CumulativeIncidence, *, group: int, cause: int, times: Sequence[float] = ()
) -> NaiveIncidence:
    r"""One minus Kaplan-Meier of one cause, subjects with another event counted as censored.

    It answers how often the event would happen if nobody ever had another one, and that only were the events
    independent; as the probability of the event it is too high.

    Parameters
    ----------
    table : CauseTable
    curve : CumulativeIncidence
        Of the same group and cause, for the bias.
    group, cause : int
        Positions in the table.
    times : sequence of float
        Where to read it, in the unit of the table; beyond the last follow-up the last value is carried on.

    Returns
    -------
    NaiveIncidence

    Notes
    -----
    :math:`1 - \prod (1 - d_{cj} / n_j)`. Same as ``1 - summary(survival::survfit(Surv(time, cause == c) ~ group), times
    = times, extend = TRUE)$surv``.
    """
    counts = group_counts(table, group, cause)
    incidence: FloatArray = 1.0 - np.cumprod(1.0 - counts.events / counts.at_risk, dtype=np.float64)
    asked = np.atleast_1d(np.array(times, dtype=np.float64))
    if not counts.time.size:
        nothing = np.full(asked.shape, np.nan)
        return NaiveIncidence(incidence=incidence, at=nothing, bias=nothing.copy())
    row = np.searchsorted(counts.time, asked * (1 + TIE_TOLERANCE), side="right")
    at = np.append(0.0, incidence)[row]
    return NaiveIncidence(incidence=incidence, at=at, bias=at - curve.at(asked).incidence)
