"""Early and late: the conditional formula, events at the split, delayed entry, and ends of follow-up."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import SpecError
from core.survival.competing_risks import CompetingRisks
from core.survival.early_late import early_and_late
from core.survival.incidence_summary import summarise_incidence
from core.timetoevent import TimeToEvent

ONE = ("all",)


def risks_of(time, cause, *, entry=None):
    cause = np.array(cause)
    data = TimeToEvent(
        time=np.array(time, dtype=float), event=cause > 0, entry=None if entry is None else np.array(entry, dtype=float)
    )
    return CompetingRisks(data=data, cause=cause, causes=("recurrence", "death"))


def divided(risks, **options):
    return early_and_late(risks, np.zeros(risks.data.n, dtype=np.int64), ONE, **options)


def at(summary, cause=0):
    return float(summary.groups[0].causes[cause].at.incidence[0])


def test_six_patients_by_hand():
    # by 2: 1 of 6 and 1 of 5 at risk; after 2, four are left: recurrence 1 of 4, death 1 of 3
    found = divided(risks_of([1, 2, 3, 4, 5, 6], [1, 1, 1, 2, 0, 0]), split=2, times=[1, 5])
    assert at(found.early) == pytest.approx(2 / 6, rel=1e-14)
    assert found.late is not None
    assert found.until == 5
    assert found.late.groups[0].event_free.n == 4
    assert at(found.late) == pytest.approx(1 / 4, rel=1e-14)
    assert at(found.late, 1) == pytest.approx(1 / 4, rel=1e-14)


@pytest.mark.parametrize("seed", range(5))
def test_late_is_the_incidence_given_event_free_at_the_split(seed):
    rng = np.random.default_rng(seed)
    risks = risks_of(np.round(rng.exponential(10, 200), 1) + 0.1, rng.integers(0, 3, 200))
    found = divided(risks, split=6, times=[15])
    whole = summarise_incidence(risks, times=[6, 15]).groups[0]
    free = whole.event_free.at([6]).survival[0]
    for cause, one in enumerate(whole.causes):
        first, last = one.at.incidence
        assert at(found.early, cause) == pytest.approx(first, rel=1e-12)
        assert at(found.late, cause) == pytest.approx((last - first) / free, rel=1e-11)


def test_who_enters_after_the_split_is_late_only():
    risks = risks_of([2, 5, 6, 8, 9], [1, 1, 2, 1, 0], entry=[0, 1, 4, 0, 5])
    found = divided(risks, split=3, times=[8])
    assert found.early.groups[0].event_free.n == 3
    assert found.late.groups[0].event_free.n == 4


def test_without_a_later_time_there_is_no_late_part():
    risks = risks_of([1, 2, 3, 4], [1, 2, 1, 0])
    assert divided(risks, split=2, times=[1]).late is None
    assert divided(risks, split=9, times=[12]).late is None
    with pytest.raises(SpecError, match="divided at a time above 0"):
        divided(risks, split=0)
