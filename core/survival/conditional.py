"""Conditional survival: what lies ahead of those who are event-free at a chosen time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import SpecError
from core.spec import ConfType
from core.survival.chosen_times import SurvivalAt, of_group
from core.survival.event_table import checked_codes, event_table
from core.survival.kaplan_meier import KaplanMeierEstimate, kaplan_meier
from core.survival.quantiles import IntervalEstimate, quantile
from core.timetoevent import TIE_TOLERANCE, IntArray, TimeToEvent


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ConditionalSurvival:
    """Survival of one group given event-free and under observation at a time.

    Attributes
    ----------
    level : str
    given : float
        The time.
    estimate : KaplanMeierEstimate
        Of the ``estimate.n`` subjects followed beyond ``given``; its times still count from time zero.
    at : SurvivalAt
        Conditional survival at the chosen times, which count from time zero.
    median_further : IntervalEstimate
        Median time after ``given``; NaN where not reached.
    notes : tuple of str
    """

    level: str
    given: float
    estimate: KaplanMeierEstimate
    at: SurvivalAt
    median_further: IntervalEstimate
    notes: tuple[str, ...] = ()


def conditional_survival(
    data: TimeToEvent,
    codes: IntArray | None = None,
    levels: tuple[str, ...] = ("all",),
    *,
    given: float,
    times: Sequence[float] = (),
    conf_type: ConfType = "log-log",
    conf_level: float = 0.95,
) -> tuple[ConditionalSurvival, ...]:
    r"""Survival of those who are event-free at a chosen time.

    Parameters
    ----------
    data : TimeToEvent
    codes : int array, shape (n,), optional
        Group of each subject as a position in ``levels``; negative is left out.
    levels : tuple of str
    given : float
        Event-free at this time, in the unit of the data.
    times : sequence of float
        Where to read conditional survival; counted from time zero, not before ``given``.
    conf_type, conf_level
        Scale and level of the limits.

    Returns
    -------
    tuple of ConditionalSurvival
        In the order of ``levels``.

    Raises
    ------
    SpecError
        If ``given`` is negative or a chosen time lies before it.

    Notes
    -----
    :math:`S(t \mid s) = S(t) / S(s)`, with Greenwood's sum over the event times in :math:`(s, t]`: the Kaplan-Meier
    estimate of those followed beyond :math:`s`. Same as ``survfit(Surv(time, event) ~ group, subset = time > s)``.

    References
    ----------
    .. [1] Hieke S, Kleber M, König C, Engelhardt M, Schumacher M. Clin Cancer Res 2015;21:1530-1536.
    """
    if not (given >= 0 and np.isfinite(given)):
        raise SpecError(f"The time that is survived must not be negative: {given:g}.", hint="Choose 0 or later.")
    early = [time for time in times if time < given * (1 - TIE_TOLERANCE)]
    if early:
        raise SpecError(
            f"Given event-free at {given:g}, survival at {early[0]:g} is no question.", hint="Choose a later time."
        )
    codes = checked_codes(data, codes, levels)
    beyond = data.time > given * (1 + TIE_TOLERANCE)
    table = event_table(data.subset(beyond), codes[beyond], levels)
    return tuple(
        _one(estimate, given=given, times=times)
        for estimate in kaplan_meier(table, conf_type=conf_type, conf_level=conf_level)
    )


def _one(estimate: KaplanMeierEstimate, *, given: float, times: Sequence[float]) -> ConditionalSurvival:
    median = quantile(estimate, 0.5)
    where = of_group(estimate.group)
    return ConditionalSurvival(
        level=estimate.group,
        given=given,
        estimate=estimate,
        at=estimate.at(times),
        median_further=IntervalEstimate(
            value=median.value - given, conf_low=median.conf_low - given, conf_high=median.conf_high - given
        ),
        notes=()
        if estimate.n
        else (f"Nobody{where} was followed beyond {given:g} {estimate.unit}: there is no conditional survival.",),
    )
