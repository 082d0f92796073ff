"""How long adverse events last: days by hand, what goes on, what ends before it begins."""

import numpy as np
import pytest

from core.safety.durations import duration_table
from core.safety.onsets import Onsets

NAN = np.nan
FOLLOWED = np.array([30.0, 20.0, 40.0])  # days, of three patients
CODES = np.array([0, 0, 1])


def table(rows, *, unit="days", followed=FOLLOWED, conf_type="log-log"):
    """From (patient, term, start, end)."""
    who, term, start, end = (np.array(column) for column in zip(*rows, strict=True))
    return duration_table(
        Onsets(
            name="adverse events", patient=who, term=term, terms=("Rash", "Fever"), start=start.astype(float),
            end=end.astype(float), notes=(),
        ),
        followed, CODES, ("A", "B"), unit=unit, conf_type=conf_type, conf_level=0.95,
    )  # fmt: skip


ROWS = [
    (0, 0, 3, 5),  # three days
    (0, 1, 10, 10),  # one day
    (0, 0, 12, NAN),  # goes on: 19 days until 30
    (1, 0, 4, 25),  # ends after follow-up: goes on for 17 days until 20
    (2, 0, 1, 8),  # eight days
]


def test_by_hand():
    found = table(ROWS)
    rows = {row.term: row for row in found.rows}
    assert [row.term for row in found.rows] == [None, "Rash", "Fever"]
    rash = rows["Rash"]
    assert (rash.patients.tolist(), rash.events.tolist()) == ([2, 1], [3, 1])
    assert (rash.resolved.tolist(), rash.ongoing.tolist()) == ([1, 1], [2, 0])
    # 3 resolved, 17 and 19 go on: the curve stays at 2/3.
    assert np.isnan(rash.median[0].value)
    assert rash.median[1].value == 8
    assert rows["Fever"].median[0].value == 1
    assert np.isnan(rows["Fever"].median[1].value)
    # All in A: 1, 3, then 17 and 19 go on: half are over by day 3, the flat part from 3 to 19.
    everything = rows[None]
    assert everything.events.tolist() == [4, 1]
    assert everything.median[0].value == pytest.approx((3 + 19) / 2)


def test_what_is_said():
    found = table([*ROWS, (2, 0, 9, 7), (2, 0, NAN, 7)])
    assert found.notes == (
        "1 event that ended before they began have no duration.",
        "2 events without an end by the end of follow-up: taken as still going on then.",
    )
    assert found.rows[0].events.tolist() == [4, 1]


def test_follow_up_in_months():
    found = table([(0, 0, 1, 300)], unit="months", followed=np.array([10.0, 10, 10]))
    assert found.rows[0].resolved.tolist() == [1, 0]
    assert found.rows[0].median[0].value == 300


def test_several_events_of_one_patient_widen_the_limits():
    # Twenty events, each patient's four of the same length, say as much as five.
    five = [4.0, 8, 9, 15, 21]

    def limits(repeats):
        who = np.repeat(np.arange(5), repeats)
        found = duration_table(
            Onsets(
                name="rash", patient=who, term=np.zeros_like(who), terms=("Rash",), start=np.ones(len(who)),
                end=np.repeat(five, repeats), notes=(),
            ),
            np.full(5, 100.0), np.zeros(5, dtype=int), ("all",), unit="days", conf_type="log-log", conf_level=0.95,
        )  # fmt: skip
        return found.rows[1].median[0]

    once, repeated = limits(1), limits(4)
    assert (once.value, once.conf_low) == (9, 4)
    assert (repeated.value, repeated.conf_low) == (9, 4)
    assert repeated.conf_high == pytest.approx(once.conf_high, nan_ok=True)
