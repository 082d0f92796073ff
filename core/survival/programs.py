"""The same median and mean in the conventions of R, SAS, Prism and SPSS, side by side.

Belongs here: which convention each program has. Does not belong here: hazard ratios (``conventions`` and
``core.regression``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from core.survival.event_table import EventTable
from core.survival.kaplan_meier import KaplanMeierEstimate, kaplan_meier
from core.survival.quantiles import IntervalEstimate, quantile
from core.survival.rmst import restricted_mean
from core.survival.spss import spss_summary

_NOTHING = IntervalEstimate(value=math.nan, conf_low=math.nan, conf_high=math.nan)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ProgramNumbers:
    """Median and mean of one group as one program prints them, with 95 % limits.

    Attributes
    ----------
    program : str
        ``R``, ``SAS``, ``Prism`` or ``SPSS``.
    group : str
    median, mean : IntervalEstimate
        NaN where the program prints nothing: no limits in Prism and no mean, no limits of the mean in SAS.
    mean_until : float
        Where the area that is the mean ends.
    how : str
        What the program does, in a sentence.
    """

    program: str
    group: str
    median: IntervalEstimate
    mean: IntervalEstimate
    mean_until: float
    how: str


def program_numbers(table: EventTable) -> tuple[ProgramNumbers, ...]:
    r"""Median and mean of each group as R, SAS, Prism and SPSS print them by default.

    Parameters
    ----------
    table : EventTable

    Returns
    -------
    tuple of ProgramNumbers
        Four for each group, in the order of ``table.levels``.

    Notes
    -----
    R: ``print(survfit(...), rmean = "common")``. SAS: PROC LIFETEST; its mean ends at the last event, with the variance
    of :func:`core.survival.restricted_mean` times :math:`m / (m - 1)`, :math:`m` the number of events. Prism: the
    median only. SPSS: :func:`core.survival.spss_summary`.
    """
    in_r, in_sas = (kaplan_meier(table, conf_type=conf_type) for conf_type in ("log", "log-log"))
    longest = max((estimate.last_time for estimate in in_r if estimate.n), default=0.0)
    return tuple(
        numbers
        for r, sas in zip(in_r, in_sas, strict=True)
        for numbers in (_r(r, longest), _sas(sas), _prism(sas), _spss(sas))
    )


def _r(estimate: KaplanMeierEstimate, longest: float) -> ProgramNumbers:
    mean = restricted_mean(estimate, tau=longest) if longest > 0 else None
    return ProgramNumbers(
        program="R",
        group=estimate.group,
        median=quantile(estimate, 0.5),
        mean=_NOTHING
        if mean is None
        else IntervalEstimate(
            value=mean.value, conf_low=mean.conf_low, conf_high=mean.conf_high, std_error=mean.std_error
        ),
        mean_until=longest,
        how="R takes the middle where the curve is flat at one half, limits from the log band, and the mean up to the "
        "longest time of all groups.",
    )


def _sas(estimate: KaplanMeierEstimate) -> ProgramNumbers:
    rows = np.flatnonzero(estimate.n_events)
    until = float(estimate.time[rows[-1]]) if rows.size else math.nan
    mean = _NOTHING
    if until > 0:
        area = restricted_mean(estimate, tau=until)
        m = float(estimate.n_events_total)
        mean = replace(
            _NOTHING, value=area.value, std_error=area.std_error * math.sqrt(m / (m - 1)) if m > 1 else math.nan
        )
    return ProgramNumbers(
        program="SAS",
        group=estimate.group,
        median=quantile(estimate, 0.5),
        mean=mean,
        mean_until=until,
        how="SAS takes the middle where the curve is flat at one half, limits from the log-log band, and the mean up "
        "to the last event with a standard error larger by the root of m / (m - 1), m events.",
    )


def _prism(estimate: KaplanMeierEstimate) -> ProgramNumbers:
    return ProgramNumbers(
        program="Prism",
        group=estimate.group,
        median=replace(_NOTHING, value=quantile(estimate, 0.5).value),
        mean=_NOTHING,
        mean_until=math.nan,
        how="Prism takes the middle where the curve is flat at one half, without limits, and prints no mean.",
    )


def _spss(estimate: KaplanMeierEstimate) -> ProgramNumbers:
    summary = spss_summary(estimate)
    return ProgramNumbers(
        program="SPSS",
        group=estimate.group,
        median=summary.quantiles[0.5],
        mean=summary.mean,
        mean_until=estimate.last_time,
        how="SPSS takes the first time at or below one half, symmetric limits of 1.96 standard errors, and the mean up "
        "to the group's own longest time, which makes means of groups followed for unequal times not comparable.",
    )
