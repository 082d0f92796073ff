"""Ending follow-up at a data cut: what happened later is censored there, and who began later is left out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.cohort.endpoint_reading import Course, Reading
from core.cohort.issues import counted
from core.errors import MissingColumnError, SpecError
from core.timetoevent import DAYS_PER, BoolArray, FloatArray

AFTER_CUT = "begins after the data cut"
CUT_MISSING = "data cut missing"
CUT_START_MISSING = "start missing (needed for the data cut)"
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DataCut:
    """Until when every row is followed.

    Attributes
    ----------
    until : array, shape (n,) or None
        Time since the row's own time zero, in the endpoint's unit; None where nothing is cut.
    left_out : list of (reason, bool array)
        Rows that cannot be used, by reason.
    said : str
        What follow-up is cut at, for the notes.
    name : str
        The endpoint.
    """

    until: FloatArray | None
    left_out: list[tuple[str, BoolArray]]
    said: str
    name: str

    def ended(self, time: FloatArray) -> FloatArray:
        """Times until the cut, shape (n,)."""
        return time if self.until is None else np.minimum(time, self.until)

    def applied(self, course: Course, usable: BoolArray) -> Course:
        """The course until the cut; ``usable`` rows are counted in a note."""
        if self.until is None:
            return course
        later = course.time > self.until * (1 + _ROUNDING)
        had = np.any([course.event, *course.competing.values()], axis=0)
        note = f"{self.name} is cut at {self.said}: {counted(int((later & usable).sum()), 'patient')} followed longer"
        if n := int((later & usable & had).sum()):
            note += f", of whom {n} had an event after it and {'is' if n == 1 else 'are'} censored there"
        return replace(
            course,
            time=np.where(later, self.until, course.time),
            event=course.event & ~later,
            competing={cause: flags & ~later for cause, flags in course.competing.items()},
            notes=[*course.notes, f"{note}."],
        )


def data_cut(reading: Reading) -> DataCut:
    """What ``data_cut`` and ``until`` of an endpoint mean for every row.

    Raises
    ------
    SpecError
        If ``data_cut`` is neither a day nor a column, or the column holds no dates.
    """
    spec, n = reading.spec, reading.table.n
    untils: list[FloatArray] = []
    said: list[str] = []
    left_out: list[tuple[str, BoolArray]] = []
    if spec.data_cut is not None:
        assert spec.start is not None
        start, day = reading.days(spec.start), _day(reading)
        left_out = [(CUT_START_MISSING, np.isnan(start)), (CUT_MISSING, np.isnan(day)), (AFTER_CUT, start > day)]
        untils.append((day - start) / DAYS_PER[spec.unit])
        said.append(f"the date in '{spec.data_cut}'" if spec.cut_column else spec.data_cut)
    if spec.until is not None:
        untils.append(np.full(n, float(spec.until)))
        said.append(f"{spec.until:g} {spec.unit}")
    until = np.minimum.reduce(untils) if untils else None
    return DataCut(until=until, left_out=left_out, said=" and ".join(said), name=reading.name)


def _day(reading: Reading) -> FloatArray:
    """The day of the cut of every row, in days since 1970, shape (n,)."""
    spec = reading.spec
    day = spec.cut_day
    if day is not None:
        return np.full(reading.table.n, float(np.datetime64(day, "D").astype(np.int64)))
    try:
        return reading.days(str(spec.cut_column))
    except MissingColumnError as error:
        raise SpecError(
            f"'{spec.data_cut}' is neither a day nor a column with dates.", hint="Write the day as 2024-06-30."
        ) from error
