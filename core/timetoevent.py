"""Time to event: the value every estimator takes, and the single gate that checks it.

Belongs here: the arrays, their validation, and what counts as a tie. Does not belong here: reading columns
(``core.cohort``), estimating (``core.survival``, ``core.regression``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from core.errors import InvalidTimeToEventError

FloatArray: TypeAlias = npt.NDArray[np.float64]
IntArray: TypeAlias = npt.NDArray[np.int64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]

TimeUnit: TypeAlias = Literal["days", "weeks", "months", "years"]
DAYS_PER: dict[str, float] = {"days": 1.0, "weeks": 7.0, "months": 30.4375, "years": 365.25}
TIE_TOLERANCE = 1e-9  # relative: days and days / 365.25 must tie alike

GRID_FROM = 2_000  # times; below, sorting is as fast
GRID_CELLS = 1 << 16
SAMPLE = 64  # times of which a grid is first tried
GRID_SCALES = (1.0, 10.0, 100.0, *(days for days in DAYS_PER.values() if days != 1.0))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TimeToEvent:
    """Follow-up of ``n`` subjects for one endpoint.

    Attributes
    ----------
    time : array, shape (n,)
        End of follow-up, in ``unit``; finite, not negative.
    event : bool array, shape (n,)
        True where the endpoint occurred at ``time``.
    entry : array, shape (n,), optional
        Delayed entry, in ``unit``: a subject is at risk in ``(entry, time]``.
    weights : array, shape (n,), optional
        Case weights, positive.
    unit : {'days', 'weeks', 'months', 'years'}
        Unit of ``time`` and ``entry``.

    Raises
    ------
    InvalidTimeToEventError
        On lengths that differ, missing or negative times, entry not before time, weights not positive.
    """

    time: FloatArray
    event: BoolArray
    entry: FloatArray | None = None
    weights: FloatArray | None = None
    unit: TimeUnit = "months"

    def __post_init__(self) -> None:
        time = _frozen(self.time, np.float64)
        object.__setattr__(self, "time", time)
        object.__setattr__(self, "event", _event_flags(self.event))
        for name in ("entry", "weights"):
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, _frozen(value, np.float64))
        self._check()

    def _check(self) -> None:
        if self.time.ndim != 1:
            raise InvalidTimeToEventError("Times must be one list of numbers.")
        for name in ("event", "entry", "weights"):
            value = getattr(self, name)
            if value is not None and value.shape != self.time.shape:
                raise InvalidTimeToEventError(
                    f"{name.capitalize()} has {value.size} values, time has {self.time.size}."
                )
        _refuse(~np.isfinite(self.time), "time is missing or infinite", "Leave these subjects out and say so.")
        _refuse(self.time < 0, "time is negative", "Check that the end is not before the start.")
        if self.entry is not None:
            _refuse(
                ~np.isfinite(self.entry), "entry is missing or infinite", "Use 0 for subjects followed from time zero."
            )
            _refuse(self.entry >= self.time, "entry is not before time", "Subjects must enter before they leave.")
        if self.weights is not None:
            _refuse(~(np.isfinite(self.weights) & (self.weights > 0)), "weight is not positive", "Leave out weight 0.")
        if self.unit not in DAYS_PER:
            raise InvalidTimeToEventError(
                f"Unknown time unit '{self.unit}'.", hint=f"Use one of {', '.join(DAYS_PER)}."
            )

    @property
    def n(self) -> int:
        """Number of subjects."""
        return int(self.time.size)

    @property
    def n_events(self) -> int:
        """Number of subjects with the event (not weighted)."""
        return int(np.count_nonzero(self.event))

    @property
    def fingerprint(self) -> str:
        """Content digest, for caches (frames are only sampled when hashed elsewhere)."""
        digest = hashlib.sha256(self.unit.encode())
        for part in (self.time, self.event, self.entry, self.weights):
            digest.update(b"-" if part is None else part.tobytes())
        return digest.hexdigest()

    def subset(self, mask: BoolArray | IntArray) -> TimeToEvent:
        """The subjects that ``mask`` (flags or positions) picks."""
        return TimeToEvent(
            time=self.time[mask],
            event=self.event[mask],
            entry=None if self.entry is None else self.entry[mask],
            weights=None if self.weights is None else self.weights[mask],
            unit=self.unit,
        )

    def reversed(self) -> TimeToEvent:
        """Censoring as the event, for the reverse Kaplan-Meier estimate of follow-up."""
        return TimeToEvent(time=self.time, event=~self.event, entry=self.entry, weights=self.weights, unit=self.unit)


def distinct_times(time: FloatArray) -> tuple[FloatArray, IntArray]:
    """Distinct values in ascending order and the position of each value among them; near ties are one value.

    Values closer than ``TIE_TOLERANCE`` (relative) to the one before count as equal, and the smallest stands for all.
    """
    counted = _positions_on_grid(time)
    if counted is not None:
        return counted
    distinct, position = np.unique(time, return_inverse=True)
    position = position.reshape(-1)
    if distinct.size < 2:
        return distinct, position.astype(np.int64)
    is_new = np.diff(distinct) > TIE_TOLERANCE * np.abs(distinct[1:])
    if bool(is_new.all()):
        return distinct, position.astype(np.int64)
    first = np.concatenate(([True], is_new))
    return distinct[first], (np.cumsum(first) - 1)[position].astype(np.int64)


def grid_widths(time: FloatArray) -> Iterator[tuple[float, int]]:
    """Scales by which many times may all be whole numbers, judged by the first of them, and the longest one's number.

    Whole days, tenths and hundredths of months, days / 30.4375 and the like; no scale where times are few or negative.
    """
    if time.size < GRID_FROM or float(time.min()) < 0:
        return
    longest = float(time.max())
    for scale in GRID_SCALES:
        width = round(min(longest * scale, float(GRID_CELLS))) + 1
        if width <= GRID_CELLS and on_grid(time[:SAMPLE], scale):
            yield scale, width


def on_grid(time: FloatArray, scale: float) -> bool:
    """Whether every time is a whole number divided by the scale, to the last bit."""
    return bool(np.array_equal(np.rint(time * scale) / scale, time))


def _positions_on_grid(time: FloatArray) -> tuple[FloatArray, IntArray] | None:
    """``distinct_times`` without sorting, or None where the times are on no grid."""
    for scale, width in grid_widths(time):
        cell = np.rint(time * scale)
        if np.array_equal(cell / scale, time):
            place = cell.astype(np.int64)
            is_taken = np.zeros(width, dtype=np.bool_)
            is_taken[place] = True
            return np.flatnonzero(is_taken) / scale, (np.cumsum(is_taken) - 1)[place]
    return None


def _event_flags(event: Any) -> BoolArray:
    flags = np.asarray(event)
    if flags.dtype != np.bool_:
        if not np.isin(flags, (0, 1)).all():
            raise InvalidTimeToEventError(
                "Event must be true or false for every subject.", hint="Say which value means event."
            )
        flags = flags.astype(np.bool_)
    return _frozen(flags, np.bool_)


def _frozen(values: Any, dtype: Any) -> npt.NDArray[Any]:
    array = np.array(values, dtype=dtype)
    array.setflags(write=False)
    return array


def _refuse(bad: BoolArray, what: str, hint: str) -> None:
    if bad.any():
        where = ", ".join(str(i + 1) for i in np.flatnonzero(bad)[:5])
        raise InvalidTimeToEventError(f"For {int(bad.sum())} subjects {what} (positions {where}).", hint=hint)
