"""Curves of events per patient: the drawn numbers are the estimated ones."""

from __future__ import annotations

import numpy as np
import pytest

from core.survival.mean_count import mean_counts
from core.timetoevent import TimeToEvent
from tests.ui.charts.drawn import accepted, rows
from ui.charts.export import to_svg
from ui.charts.mean_count_curve import describe_mean_counts, mean_count_spec
from ui.charts.theme import DARK


@pytest.fixture
def groups():
    rng = np.random.default_rng(4)
    n, m = 60, 120
    end = np.round(rng.uniform(2, 30, n), 1)
    who = rng.integers(0, n, m)
    data = TimeToEvent(time=end, event=rng.random(n) < 0.4)
    return mean_counts(data, who, np.round(end[who] * rng.random(m), 1), rng.integers(0, 2, n), ("A", "B"))


def test_every_step_is_the_estimate(groups):
    drawn = rows(accepted(mean_count_spec(groups, title="Events per patient")), "curve")
    for group in groups:
        own = [row for row in drawn if row["group"] == group.group]
        assert own[0]["t"] == 0
        for row in own:
            read = group.at([row["t"]])
            assert row["s"] == pytest.approx(read.mean[0])


def test_it_is_drawn_in_the_dark_and_on_paper(groups):
    assert accepted(mean_count_spec(groups, title="Events per patient", palette=DARK))
    made = mean_count_spec(groups, title="Events per patient", width=700, show_band=False)
    assert b"Events per patient" in to_svg(made, title="Events per patient", caption=["One line."])


def test_without_any_event():
    data = TimeToEvent(time=np.array([3.0, 5.0]), event=np.array([False, True]))
    nothing = np.zeros(0, dtype=np.int64)
    accepted(mean_count_spec(mean_counts(data, nothing, nothing.astype(float)), title="Events per patient"))


def test_in_words(groups):
    said = describe_mean_counts(groups, title="adverse events")
    assert said.startswith("Mean number of adverse events per patient over time by group (A and B), with numbers")
    last = f"{groups[0].mean[-1]:.2f} per patient by {groups[0].last_time:.1f} months."
    assert last in said
