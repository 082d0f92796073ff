"""Completeness of follow-up: how much of the time that could have been observed was observed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.errors import InvalidTimeToEventError
from core.survival.chosen_times import of_group
from core.survival.event_table import checked_codes
from core.timetoevent import TIE_TOLERANCE, FloatArray, IntArray, TimeToEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """Clark's C of one group.

    Attributes
    ----------
    level : str
    value : float
        Observed over potential person-time, 0 to 1; NaN without potential time.
    observed, potential : float
        Person-time, in the unit of the data.
    n, n_lost : int
        Subjects, and those of them censored before the end of their potential follow-up.
    notes : tuple of str
    """

    level: str
    value: float
    observed: float
    potential: float
    n: int
    n_lost: int
    notes: tuple[str, ...] = ()


def completeness(
    data: TimeToEvent,
    potential: FloatArray | float,
    codes: IntArray | None = None,
    levels: tuple[str, ...] = ("all",),
) -> tuple[Completeness, ...]:
    r"""Clark's completeness index C of each group.

    Parameters
    ----------
    data : TimeToEvent
        Delayed entry and case weights are honoured: only time after entry counts, weighted.
    potential : array, shape (n,), or float
        How long each subject could have been followed, from time zero to the day the data were closed, in the unit of
        the data; one number for completeness up to that time in all. Time observed beyond it does not count.
    codes : int array, shape (n,), optional
        Group of each subject as a position in ``levels``; negative is left out. Without it one figure for all.
    levels : tuple of str

    Returns
    -------
    tuple of Completeness
        In the order of ``levels``.

    Raises
    ------
    InvalidTimeToEventError
        If ``potential`` does not fit the data, or is missing or negative for a subject.

    Notes
    -----
    :math:`C = \sum o_i / \sum p_i`. The potential time of a subject with the event ends at the event; of anybody else
    it is what ``potential`` says. Deaths among those lost are not known, so C is a little too small.

    References
    ----------
    .. [1] Clark TG, Altman DG, De Stavola BL. Lancet 2002;359:1309-1310.
    """
    codes = checked_codes(data, codes, levels)
    end = np.broadcast_to(np.asarray(potential, dtype=np.float64), np.shape(potential) or data.time.shape)
    if end.shape != data.time.shape:
        raise InvalidTimeToEventError(f"Potential follow-up has {end.size} values, time has {data.n}.")
    if not (np.isfinite(end) & (end >= 0)).all():
        raise InvalidTimeToEventError(
            "Potential follow-up is missing or negative for some subjects.", hint="Check the day the data were closed."
        )
    start = np.zeros(data.n) if data.entry is None else np.minimum(data.entry, end)
    seen = np.minimum(data.time, end)
    has_event = data.event & (data.time <= end * (1 + TIE_TOLERANCE))
    could = np.where(has_event, seen, end)
    lost = ~has_event & (data.time < end * (1 - TIE_TOLERANCE))
    weights = np.ones(data.n) if data.weights is None else data.weights
    inside = codes >= 0
    observed, possible = (
        np.bincount(codes[inside], (weights * (until - start))[inside], minlength=len(levels))
        for until in (seen, could)
    )
    n, n_lost = (np.bincount(codes[inside & of], minlength=len(levels)) for of in (inside, lost))
    return tuple(
        Completeness(
            level=level,
            value=float(observed[g] / possible[g]) if possible[g] > 0 else float("nan"),
            observed=float(observed[g]),
            potential=float(possible[g]),
            n=int(n[g]),
            n_lost=int(n_lost[g]),
            notes=() if possible[g] > 0 else (f"No potential follow-up{of_group(level)}.",),
        )
        for g, level in enumerate(levels)
    )
