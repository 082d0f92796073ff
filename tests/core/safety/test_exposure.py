"""Incidence per person-time: first events and time at risk by hand, what is left out and said."""

import numpy as np
import pandas as pd
import pytest

from core.safety.events import read_events
from core.safety.exposure import FollowUp, exposure_table

PATIENTS = ["P1", "P2", "P3", "P4", "P5", "P6"]
GROUP = np.array([0, 0, 0, 1, 1, -1])
END = np.array([10.0, 20.0, np.nan, 8.0, 12.0, 5.0])
EVENTS = pd.DataFrame(
    [("P1", "Rash"), ("P1", "Rash"), ("P1", "Fever"), ("P4", "Rash"), ("P5", "Rash"), ("P3", "Rash"), ("P5", "Fever")],
    columns=["patient", "term"],
)
DAYS = np.array([6.0, 4.0, 9.0, np.nan, 15.0, 1.0, 3.0])


@pytest.fixture
def table():
    found = read_events(EVENTS, PATIENTS, GROUP, classes=None)
    return exposure_table(
        found,
        GROUP,
        FollowUp(endpoint="OS", unit="months", end=END),
        days=DAYS,
        n_levels=2,
        reference=0,
        conf_level=0.95,
    )  # fmt: skip


def test_by_hand(table):
    rows = {row.term: (row.events.tolist(), row.person_time.tolist()) for row in table.rows}
    # Rash: P1 at risk until 4, P2 until 20; P4's rash has no day (8), P5's came after follow-up (12).
    assert rows["Rash"] == ([1, 1], [24.0, 20.0])
    assert rows["Fever"] == ([1, 1], [29.0, 11.0])
    assert rows[None] == ([1, 2], [24.0, 11.0])
    assert table.n.tolist() == [2, 2]


def test_rates_and_ratio(table):
    rash = next(row for row in table.rows if row.term == "Rash")
    np.testing.assert_allclose(rash.rate, [1 / 24, 1 / 20])
    assert rash.ratio.value == pytest.approx(24 / 20)
    assert rash.ratio.conf_low < 1 < rash.ratio.conf_high


def test_what_is_left_out_is_said(table):
    assert table.notes == (
        "1 patient without follow-up not in the rates.",
        "1 event after the end of follow-up not in the rates.",
        "1 event without a start: at risk until the end of follow-up.",
    )


def test_against_a_second_count():
    rng = np.random.default_rng(3)
    n, m = 40, 200
    frame = pd.DataFrame({"patient": rng.integers(0, n, m).astype(str), "term": rng.choice(list("abcd"), m)})
    ids, group, end = [str(i) for i in range(n)], rng.integers(0, 2, n), rng.uniform(1, 20, n)
    days = rng.uniform(0, 15, m)
    found = read_events(frame, ids, group, classes=None)
    follow_up = FollowUp(endpoint="OS", unit="days", end=end)
    made = exposure_table(found, group, follow_up, days=days, n_levels=2, reference=0, conf_level=0.9)
    for row in made.rows:
        for level in (0, 1):
            count, time = 0, 0.0
            for i in np.flatnonzero(group == level):
                own = (frame["patient"] == str(i)) & (days <= end[i])
                if row.term is not None:
                    own &= frame["term"] == row.term
                count += bool(own.any())
                time += days[own].min() if own.any() else end[i]
            assert row.events[level] == count
            assert row.person_time[level] == pytest.approx(time)
