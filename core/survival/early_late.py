"""Early and late events: the incidence up to a time, and the incidence after it among those still free of every event.

Belongs here: dividing the follow-up. Does not belong here: the estimate and the test (``incidence_summary``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.errors import SpecError
from core.spec import ConfType
from core.survival.competing_risks import CompetingRisks
from core.survival.incidence_summary import IncidenceSummary, summarise_incidence
from core.timetoevent import TIE_TOLERANCE, BoolArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EarlyLate:
    """Incidence of all causes before and after a time.

    Attributes
    ----------
    split : float
        Events at it are early ones.
    until : float or None
        Where the late incidence is read; None where no chosen time is later than ``split``.
    early : IncidenceSummary
        Follow-up ended at ``split`` for everybody; read at ``split``.
    late : IncidenceSummary or None
        Of those still under observation and free of every event after ``split``; read at ``until``. None without
        ``until`` or without such subjects.
    """

    split: float
    until: float | None
    early: IncidenceSummary
    late: IncidenceSummary | None


def early_and_late(
    risks: CompetingRisks,
    codes: IntArray,
    levels: tuple[str, ...],
    *,
    split: float,
    times: Sequence[float] = (),
    conf_type: ConfType = "log-log",
    conf_level: float = 0.95,
) -> EarlyLate:
    r"""Divide follow-up at a time, for example recurrence within and after two years.

    Parameters
    ----------
    risks : CompetingRisks
    codes : int array, shape (n,)
        Group of each subject as a position in ``levels``.
    levels : tuple of str
    split : float
        In the unit of the data, above 0.
    times : sequence of float
        The latest of them is where the late incidence is read.
    conf_type, conf_level
        Of the limits.

    Returns
    -------
    EarlyLate
        Each part has Gray's test where there are groups: the early one of events up to the split, the late one among
        those who were left.

    Raises
    ------
    SpecError
        If ``split`` is not positive.

    Notes
    -----
    The late incidence is :math:`(F(t) - F(s)) / S(s)`, the probability given free of every event at :math:`s`. Same as
    ``cmprsk::cuminc(pmin(time, s), ifelse(time <= s, cause, 0), group)``, and with ``subset = time > s``.
    """
    if not split > 0:
        raise SpecError(f"Early and late are divided at a time above 0, not {split:g}.", hint="For example 24 months.")
    is_late = risks.data.time > split * (1 + TIE_TOLERANCE)
    until = max((time for time in times if time > split), default=None)

    def summary(part: CompetingRisks, rows: IntArray, at: float) -> IncidenceSummary:
        return summarise_incidence(
            part.subset(rows), codes[rows], levels, times=[at], conf_type=conf_type, conf_level=conf_level
        )

    entry = risks.data.entry
    there = np.flatnonzero(entry < split) if entry is not None else np.arange(risks.data.n)
    left = np.flatnonzero(is_late)
    return EarlyLate(
        split=split,
        until=until,
        early=summary(_cut(risks, is_late, split), there, split),
        late=summary(risks, left, until) if until is not None and left.size else None,
    )


def _cut(risks: CompetingRisks, is_late: BoolArray, split: float) -> CompetingRisks:
    """Everybody's follow-up ended at the split; who enters later has an entry that no longer fits and is left out."""
    data = risks.data
    entry = None if data.entry is None else np.where(data.entry < split, data.entry, split / 2)
    return CompetingRisks(
        data=replace(data, time=np.where(is_late, split, data.time), event=data.event & ~is_late, entry=entry),
        cause=np.where(is_late, 0, risks.cause),
        causes=risks.causes,
    )
