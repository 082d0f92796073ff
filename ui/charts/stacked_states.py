"""Who is in which state over time, stacked to 100 %, one panel per group: dead below, event-free on top.

The look of stacked incidence. Nothing is estimated here.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from core.reporting.format import in_words, patients, percent, quantity, unit_digits
from core.reporting.labels import in_sentence
from core.reporting.survival_tables import group_label
from core.survival.state_occupancy import GroupOccupancy, StateOccupancy
from ui.charts.specification import Spec
from ui.charts.stacked_incidence import FEW_AT_RISK, Stack, StackAxis, side_by_side, stacked_panel
from ui.charts.survival_rows import MOST_STEPS, thinned
from ui.charts.theme import LIGHT, Theme


def states_specs(
    value: StateOccupancy, *, palette: Theme = LIGHT, width: int | Literal["container"] = "container"
) -> list[Spec]:
    """One panel per group that has patients, all on the same axes.

    Parameters
    ----------
    value : StateOccupancy
    palette : Theme
    width : int or 'container'
        Pixels of a panel on paper; on screen each takes the width of its place.
    """
    groups = [group for group in value.groups if group.n]
    axis = StackAxis.of(max((group.estimate.last_time for group in groups), default=0.0), value.unit)
    pixels = None if width == "container" else width
    return [stacked_panel(_stack(group, value.states), axis, palette=palette, width=pixels) for group in groups]


def states_figure(value: StateOccupancy, *, width: int) -> Spec:
    """All panels as one figure for paper."""
    return side_by_side(lambda each: states_specs(value, width=each), len(value.groups), width=width)


def describe_states(group: GroupOccupancy, *, states: tuple[str, ...], unit: str) -> str:
    """The last shares of one panel in words."""
    name = group_label(group.level)
    if not group.n:
        return f"{name}: no patients."
    last = group.estimate.probability[:, -1].tolist()
    told = in_words(f"{in_sentence(state)} {percent(share, 0)}" for state, share in zip(states, last, strict=True))
    end = quantity(group.estimate.last_time, unit, unit_digits(unit))
    return f"States over time stacked to 100 %, {name}, {patients(group.n)}. At {end}: {told}."


def _stack(group: GroupOccupancy, states: tuple[str, ...]) -> Stack:
    """Dead lowest, then the states in which patients live on, the last come to first; event-free on top."""
    found = group.estimate
    order = [len(states) - 1, *range(1, len(states) - 1), 0]
    steps = np.flatnonzero(found.n_entered.sum(axis=0) > 0)
    if steps.size > MOST_STEPS:
        free = found.probability[0, steps]
        steps = thinned(steps, (found.time[steps] / found.last_time + 1 - free) / 2, MOST_STEPS)
    start = np.zeros((len(states), 1))
    start[0] = 1.0
    shares = np.hstack([start, found.probability[:, steps]])
    edges = np.cumsum(np.hstack([shares, shares[:, -1:]])[order], axis=0)
    edges[-1] = 1.0
    living = found.n_at_risk[:-1].sum(axis=0)
    enough = np.flatnonzero(living >= FEW_AT_RISK)
    return Stack(
        title=f"{group_label(group.level)}, {patients(group.n)}",
        states=tuple(states[i] for i in order),
        time=np.concatenate(([0.0], found.time[steps], [found.last_time])),
        edges=np.minimum(edges, 1.0),
        pale_from=float(found.time[enough[-1]]) if enough.size else 0.0,
    )
