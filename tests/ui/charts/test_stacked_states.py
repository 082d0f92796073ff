"""The stacked picture of states over time."""

from __future__ import annotations

import numpy as np

from core.survival.patient_states import patient_states
from core.survival.state_occupancy import StateOccupancy, state_occupancy
from core.timetoevent import TimeToEvent
from tests.ui.charts.drawn import accepted, rows
from ui.charts.stacked_states import describe_states, states_figure, states_specs


def value(n: int = 40) -> StateOccupancy:
    rng = np.random.default_rng(3)
    first, end = rng.uniform(1, 20, n), rng.uniform(2, 30, n)
    came = first < end
    ways = patient_states(
        TimeToEvent(time=np.where(came, first, end), event=came),
        {},
        TimeToEvent(time=end, event=rng.random(n) < 0.6),
        names=("Event-free", "Alive after recurrence", "Dead"),
    )
    return state_occupancy(ways, np.arange(n) % 2, ("a", "b"), "a")


def test_bands_lie_on_each_other_from_dead_to_event_free() -> None:
    found = value()
    specs = states_specs(found)
    assert len(specs) == 2
    last = {row["state"]: (row["low"], row["high"]) for row in rows(accepted(specs[0]), "areas")}
    assert list(last) == ["Dead", "Alive after recurrence", "Event-free"]
    assert last["Dead"][0] == 0
    assert last["Event-free"][1] == 1
    shares = found.groups[0].estimate.probability[:, -1]
    np.testing.assert_allclose(last["Dead"][1], shares[2])
    np.testing.assert_allclose(last["Alive after recurrence"], (shares[2], shares[2] + shares[1]))


def test_the_figure_for_paper_holds_all_panels_and_words_say_the_same() -> None:
    found = value()
    figure = states_figure(found, width=800)
    assert len(figure["concat"]) == 2
    told = describe_states(found.groups[0], states=found.states, unit="months")
    assert "a, 20 patients" in told
    assert "event-free" in told
