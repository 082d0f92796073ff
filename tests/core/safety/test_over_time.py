"""Adverse events over time: whose time counts until when, and what becomes of events that are not dated."""

import numpy as np
import pytest

from core.safety.onsets import Onsets
from core.safety.over_time import AtRisk, over_time
from core.timetoevent import TimeToEvent

# Six patients, days. A and B without death, C dies on 20, D on 30, E and F followed 40.
END = np.array([10.0, 15, 20, 30, 40, 40])
DIED = np.array([0, 0, 1, 1, 0, 0], dtype=bool)
CODES = np.array([0, 0, 0, 1, 1, 1])


def onsets(*rows, end=None):
    """From (patient, day) pairs."""
    return Onsets(
        name="rash",
        patient=np.array([who for who, _ in rows], dtype=np.int64),
        term=np.zeros(len(rows), dtype=np.int64),
        terms=("Rash",),
        start=np.array([day for _, day in rows], dtype=float),
        end=end,
        notes=(),
    )


def ask(events, *, undated="left-out", causes=None, times=(12, 25), unit="days"):
    at_risk = AtRisk(
        data=TimeToEvent(time=END, event=DIED if causes is None else np.any([*causes.values()], axis=0), unit=unit),
        causes={"death": DIED} if causes is None else causes,
        followed=END,
        codes=CODES,
        levels=("A", "B"),
        reference="A",
    )
    return over_time(events, at_risk, undated=undated, times=times, conf_type="log-log", conf_level=0.95)


def firsts(value):
    """Events per level and cause."""
    groups = value.first.groups
    return {(group.level, one.cause): one.estimate.n_events_total for group in groups for one in group.causes}


class TestFirstEvents:
    EVENTS = ((0, 4), (0, 2), (2, 20), (3, 35), (4, 12))

    def test_first_one_counts_death_competes_later_ones_do_not_count(self):
        value = ask(onsets(*self.EVENTS))
        # A: patient 0 on day 2, patient 2 on day 20, the day of death: the event first. B: patient 3 had it after 30.
        assert firsts(value) == {("A", "rash"): 2, ("A", "death"): 0, ("B", "rash"): 1, ("B", "death"): 1}
        assert value.notes[0] == "1 event after the end of follow-up not counted."

    def test_incidence_by_hand(self):
        value = ask(onsets(*self.EVENTS))
        a, b = (group.cause("rash").at.incidence for group in value.first.groups)
        # A: 1/3 on day 2; censored on 15; then 2/3 x 1/1 on day 20.
        np.testing.assert_allclose(a, [1 / 3, 1])
        np.testing.assert_allclose(b, [1 / 3, 1 / 3])
        # At most as large as one minus Kaplan-Meier.
        for group, censored in zip(value.first.groups, value.censored.groups, strict=True):
            assert (group.cause("rash").at.incidence <= 1 - censored.at.survival + 1e-12).all()

    def test_mean_counts_hold_every_event(self):
        value = ask(onsets(*self.EVENTS))
        assert [group.n_events_total for group in value.counts.groups] == [3, 1]
        np.testing.assert_allclose(value.counts.at[0].mean, [2 / 3, 2 / 3 + 1])
        assert value.counts.differences[0].estimate == pytest.approx(1 / 3 - 2 / 3)

    def test_two_things_that_end_the_risk(self):
        stopped = np.array([1, 0, 0, 0, 0, 1], dtype=bool)
        value = ask(onsets((4, 12)), causes={"death": DIED, "end of treatment": stopped})
        assert value.ends == ("death", "end of treatment")
        assert firsts(value)[("B", "end of treatment")] == 1

    def test_the_unit_of_time(self):
        at_risk = AtRisk(
            data=TimeToEvent(time=END, event=DIED, unit="months"), causes={"death": DIED}, followed=END, codes=CODES,
            levels=("A", "B"), reference="A",
        )  # fmt: skip
        value = over_time(
            onsets((0, 60.875)), at_risk, undated="left-out", times=(), conf_type="log-log", conf_level=0.95
        )
        assert value.censored.groups[0].estimate.time[0] == pytest.approx(2)


class TestWithoutAStart:
    EVENTS = ((0, 4), (0, np.nan), (5, np.nan), (1, -3))

    def test_left_out_events_are_not_counted(self):
        value = ask(onsets(*self.EVENTS[:2], self.EVENTS[3]))
        assert value.notes[:2] == (
            "1 event without a start not counted.", "1 event from before time zero counted at time zero."
        )  # fmt: skip
        assert [group.n_events_total for group in value.counts.groups] == [2, 0]
        assert value.censored.groups[0].estimate.time[0] == 0

    def test_two_rules_are_the_ends_of_what_can_be(self):
        early, late = (ask(onsets(*self.EVENTS), undated=rule, times=(0, 12, 39, 40)) for rule in ("start", "end"))
        b = [value.first.groups[1].cause("rash").at.incidence.tolist() for value in (early, late)]
        assert b[0] == pytest.approx([1 / 3] * 4)
        # At 40 two are left; patient 3 died on 30: 2/3 x 1/2.
        assert b[1] == pytest.approx([0, 0, 0, 1 / 3])
        assert "counted at time zero, the earliest they can have come" in early.notes[0]
        assert "counted at the end of follow-up, the latest they can have come" in late.notes[0]
        assert early.first.groups[0].cause("rash").at.incidence[0] == pytest.approx(2 / 3)


def test_nobody_had_it():
    value = ask(onsets())
    assert firsts(value)[("A", "rash")] == 0
    assert "No rash in A: its incidence stays at 0." in value.notes
    assert value.counts.at[0].mean.tolist() == [0, 0]


def test_against_a_second_count():
    # Every number again from a loop over patients.
    rng = np.random.default_rng(11)
    n, m = 60, 150
    end, died, codes = rng.integers(5, 60, n).astype(float), rng.random(n) < 0.4, rng.integers(0, 2, n)
    who, when = rng.integers(0, n, m), rng.integers(-2, 70, m).astype(float)
    at_risk = AtRisk(
        data=TimeToEvent(time=end, event=died, unit="days"), causes={"death": died}, followed=end, codes=codes,
        levels=("A", "B"), reference="A",
    )  # fmt: skip
    value = over_time(
        onsets(*zip(who.tolist(), when.tolist(), strict=True)), at_risk, undated="left-out", times=(20, 45),
        conf_type="log-log", conf_level=0.95,
    )  # fmt: skip
    for code in (0, 1):
        own = [i for i in range(n) if codes[i] == code]
        course = []
        for i in own:
            events = [max(day, 0) for day in when[who == i] if day <= end[i]]
            course.append((min(events), 1) if events else (end[i], 2 if died[i] else 0))
        for at, time in enumerate((20, 45)):
            free, incidence = 1.0, 0.0
            for day in sorted({day for day, _ in course if day <= time}):
                at_risk_now = sum(1 for other, _ in course if other >= day)
                first = sum(1 for other, cause in course if other == day and cause == 1)
                any_ = sum(1 for other, cause in course if other == day and cause)
                incidence += free * first / at_risk_now
                free *= 1 - any_ / at_risk_now
            assert value.first.groups[code].cause("rash").at.incidence[at] == pytest.approx(incidence)
