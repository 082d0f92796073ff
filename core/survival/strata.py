"""What every test between groups needs: the strata of the data, and enough groups and events."""

from __future__ import annotations

import numpy as np

from core.errors import InvalidTimeToEventError, TooFewEventsError
from core.timetoevent import BoolArray, IntArray, TimeToEvent


def stratum_masks(data: TimeToEvent, codes: IntArray, strata: IntArray | None) -> list[BoolArray]:
    """Which subjects, shape (n,), are in each stratum; one of all without strata.

    Parameters
    ----------
    data : TimeToEvent
    codes : int array, shape (n,)
        Group of each subject.
    strata : int array, shape (n,), optional
        Negative is in no stratum.

    Raises
    ------
    InvalidTimeToEventError
        If strata or codes do not fit the data.
    TooFewEventsError
        If nobody is in a stratum.
    """
    if strata is None:
        return [np.ones(data.n, dtype=np.bool_)]
    strata = np.asarray(strata, dtype=np.int64)
    if strata.shape != data.time.shape or np.shape(codes) != data.time.shape:
        raise InvalidTimeToEventError(f"Strata have {strata.size} values, groups {np.size(codes)}, time {data.n}.")
    found = np.unique(strata[strata >= 0])
    if not found.size:
        raise TooFewEventsError("No patient is in a stratum.", hint="Choose a stratification factor without gaps.")
    return [strata == stratum for stratum in found]


def need_two_groups_with_events(levels: tuple[str, ...], n_subjects: IntArray, *, any_event: bool) -> None:
    """Raise TooFewEventsError unless two groups have patients and somebody had an event."""
    present = [level for level, count in zip(levels, n_subjects, strict=True) if count]
    if len(present) < 2:
        have = f"only {present[0]} has patients" if present else "no group has patients"
        raise TooFewEventsError(
            f"Comparing needs at least two groups; {have}.", hint="Choose a grouping with two levels or relax a filter."
        )
    if not any_event:
        raise TooFewEventsError(
            "Nobody had the event, so the groups cannot be compared.", hint="Check which value means event."
        )
