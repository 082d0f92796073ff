"""Each patient's way from event-free to an event and to death, as rows of states.

Belongs here: which state a patient is in from when to when. Does not belong here: the shares (``state_occupancy``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.survival.multi_state import BEGINNING, STAYS, StateRows
from core.timetoevent import DAYS_PER, TIE_TOLERANCE, BoolArray, TimeToEvent

AFTER = 1  # position of the state that the event leads to; 0 is event-free, deaths are the last


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PatientStates:
    """Patients' follow-up in rows of states.

    Attributes
    ----------
    rows : StateRows
        ``cluster`` is the position of the patient.
    states : tuple of str
        Event-free, after the event, then one for each other event, last dead.
    unit : str
    n_at_once : int
        Event on the day of death: counted as deaths without the event before.
    n_unseen, n_unseen_deaths : int
        Looked at for the event until before the last contact only: they leave there; those of them who died later.
    """

    rows: StateRows
    states: tuple[str, ...]
    unit: str
    n_at_once: int
    n_unseen: int
    n_unseen_deaths: int


def patient_states(
    first: TimeToEvent,
    others: Mapping[str, BoolArray],
    death: TimeToEvent,
    *,
    names: tuple[str, str, str],
    composite: bool = False,
) -> PatientStates:
    """Each patient's way through the states.

    Parameters
    ----------
    first : TimeToEvent, n patients
        Time to the event (a recurrence); censored where another event came first.
    others : mapping of event to bool array, shape (n,)
        Who had another event, not death, at ``first.time``: a state of its own.
    death : TimeToEvent, n patients
        Time to death of any cause; in another unit it is turned into that of ``first``.
    names : tuple of three str
        What it is called to be event-free, alive after the event, and dead.
    composite : bool
        Whether a death is an event of ``first`` too: its event within a day of death is then that death.

    Returns
    -------
    PatientStates

    Notes
    -----
    An event at the time of death is taken as the death, without the event before. Whom nobody
    looked at for the event until the last contact leaves when that ended, since the state is not known from then on.
    """
    end = death.time * (DAYS_PER[death.unit] / DAYS_PER[first.unit])
    day = 1.0 / DAYS_PER[first.unit] * (1 + TIE_TOLERANCE)
    other = np.zeros(first.n, dtype=np.int64)
    for position, flags in enumerate(others.values(), start=AFTER + 1):
        other[flags] = position
    dead = AFTER + 1 + len(others)
    entered = np.where(first.event, AFTER, other)
    slack = day if composite else end * TIE_TOLERANCE
    at_once = (entered > 0) & death.event & (first.time >= end - slack)
    entered = np.where(at_once, 0, entered)
    unseen = (entered == 0) & ~at_once & (first.time < end - day)
    moves, last = entered > 0, np.where(death.event, dead, STAYS)
    followed = moves & (end > first.time)
    who = np.arange(first.n)
    rows = StateRows(
        start=np.concatenate([np.full(first.n, BEGINNING), first.time[followed]]),
        stop=np.concatenate([np.where(moves | unseen, first.time, end), end[followed]]),
        origin=np.concatenate([np.zeros(first.n, dtype=np.int64), entered[followed]]),
        to=np.concatenate([np.where(moves, entered, np.where(unseen, STAYS, last)), last[followed]]),
        cluster=np.concatenate([who, who[followed]]),
    )
    return PatientStates(
        rows=rows,
        states=(names[0], names[1], *others, names[2]),
        unit=first.unit,
        n_at_once=0 if composite else int(np.count_nonzero(at_once & first.event)),
        n_unseen=int(np.count_nonzero(unseen)),
        n_unseen_deaths=int(np.count_nonzero(unseen & death.event)),
    )
