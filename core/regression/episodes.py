"""Follow-up in several rows: patients' time split where a treatment starts or a period ends.

Belongs here: splitting (start, stop] rows, and whether several rows are one patient's. Does not belong here: reading
the times (``core.answers``), one hazard ratio per period (``periods``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.timetoevent import TIE_TOLERANCE, BoolArray, FloatArray, IntArray, TimeToEvent


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Episodes:
    """Rows of follow-up, split further than they were given.

    Attributes
    ----------
    data : TimeToEvent, m rows
        With ``entry``; the event stays with the last part of a row.
    row : int array, shape (m,)
        Position of the given row each part is of, ascending; parts in order of time.
    """

    data: TimeToEvent
    row: IntArray


def split_at(data: TimeToEvent, cuts: FloatArray) -> Episodes:
    """Split every row at its own times.

    Parameters
    ----------
    data : TimeToEvent, n rows
    cuts : array, shape (n, c)
        Times in the unit of ``data``; NaN, or a time that is not inside the row's follow-up, does not split.

    Notes
    -----
    Same rows as R's ``survSplit(Surv(entry, time, event) ~ ., cut = )`` and ``tmerge(..., tdc())``.
    """
    entry = np.zeros(data.n) if data.entry is None else data.entry
    row, end, event = np.arange(data.n), data.time, data.event
    for column in np.sort(cuts, axis=1).T:
        cut = column[row]
        inside = (cut > entry + _near(cut)) & (cut < end - _near(end))
        order = np.argsort(np.concatenate((row, row[inside])), kind="stable")
        row, entry, end, event = (
            np.concatenate(parts)[order]
            for parts in (
                (row, row[inside]),
                (entry, cut[inside]),
                (np.where(inside, cut, end), end[inside]),
                (event & ~inside, event[inside]),
            )
        )
        order = np.lexsort((entry, row))
        row, entry, end, event = row[order], entry[order], end[order], event[order]
    weights = None if data.weights is None else data.weights[row]
    # someone without follow-up has no time before 0 to be at risk in
    entry = np.where(entry < end, entry, end - 1.0)
    return Episodes(data=replace(data, time=end, event=event, entry=entry, weights=weights), row=row)


def has_started(episodes: Episodes, starts: FloatArray) -> BoolArray:
    """Whether each part lies after the time in ``starts``, shape (n,) of the given rows; NaN has not started."""
    assert episodes.data.entry is not None
    start = starts[episodes.row]
    return np.asarray(start <= episodes.data.entry + _near(start), dtype=np.bool_)


def are_one_patients(data: TimeToEvent, codes: IntArray) -> bool:
    """Whether rows with the same code follow one another in time without overlap, as one patient's rows do."""
    if data.entry is None:
        return False
    order = np.lexsort((data.entry, codes))
    same = codes[order][1:] == codes[order][:-1]
    ends = data.time[order][:-1]
    return bool(same.any()) and bool((~same | (data.entry[order][1:] >= ends - _near(ends))).all())


def _near(times: FloatArray) -> FloatArray:
    return TIE_TOLERANCE * np.abs(times)
