"""Median follow-up by the reverse Kaplan-Meier method."""

from __future__ import annotations

from core.spec import ConfType
from core.survival.event_table import EventTable, event_table
from core.survival.kaplan_meier import kaplan_meier
from core.survival.quantiles import IntervalEstimate, quantile
from core.timetoevent import IntArray, TimeToEvent


def median_follow_up(
    data: TimeToEvent,
    codes: IntArray | None = None,
    levels: tuple[str, ...] = ("all",),
    *,
    conf_type: ConfType = "log-log",
    conf_level: float = 0.95,
) -> tuple[IntervalEstimate, ...]:
    """Median follow-up of each group, by the reverse Kaplan-Meier method.

    Parameters
    ----------
    data : TimeToEvent
    codes : int array, shape (n,), optional
        Group of each subject; without it one figure for all.
    levels : tuple of str
    conf_type, conf_level
        Scale and level of the limits.

    Returns
    -------
    tuple of IntervalEstimate
        In the unit of the data; NaN where too few were censored for the reverse curve to come down to one half.

    Notes
    -----
    Censoring is taken as the event and the event as censoring: the time for which the subjects would have been
    followed had none had the event. Same as ``quantile(survfit(Surv(time, 1 - event) ~ group), 0.5)``; where events and
    censorings tie the event comes last, so ``prodlim(reverse = TRUE)`` can differ.

    References
    ----------
    .. [1] Schemper M, Smith TL. Control Clin Trials 1996;17:343-346.
    """
    return follow_up_of(event_table(data, codes, levels), conf_type=conf_type, conf_level=conf_level)


def follow_up_of(
    table: EventTable, *, conf_type: ConfType = "log-log", conf_level: float = 0.95
) -> tuple[IntervalEstimate, ...]:
    """Median follow-up of each group of an event table, see :func:`median_follow_up`."""
    reverse = kaplan_meier(table.reversed(), conf_type=conf_type, conf_level=conf_level)
    return tuple(quantile(estimate, 0.5) for estimate in reverse)
