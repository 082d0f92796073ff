"""All events at once: who is still free of any event and who has had which, stacked to 100 %, one panel per group.

Colours here belong to events, not to groups, so they are taken from the other end of the palette. Nothing is estimated:
the incidences of all events and the event-free share add up to 1 by themselves.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.reporting.format import patients, percent, time_label
from core.survival.incidence_summary import GroupIncidence, IncidenceSummary
from core.survival.time_axis import MOST_WIDE, axis_end, sparser, time_ticks
from core.timetoevent import FloatArray
from ui.charts.end_labels import NARROW_PLOT
from ui.charts.legends import columns_that_fit
from ui.charts.short_names import shortened
from ui.charts.specification import Columns, Spec, filled, plain, sized, with_data
from ui.charts.survival_rows import MOST_STEPS, hover_times, thinned
from ui.charts.theme import LIGHT, TEXT_SIZE, Theme, text_width, vega_config

HEIGHT = 300
FEW_TICKS = 5
FEW_AT_RISK = 10
_EVENT_COLORS = (4, 5, 6, 1, 2, 3, 7)  # of the palette: the first belong to groups
_EVENT_TINT, _FREE_TINT = 0.5, 0.12
_LEAST_THICK = 17.0  # pixels an area needs for its name
_LEGEND_SYMBOL = 34.0
_PLACES = 16  # tried for a name along its area
_GAP = 26
_TITLE = 13  # size of its letters


@dataclass(frozen=True, slots=True, kw_only=True)
class StackedWords:
    """What the states are called, in the order of the causes."""

    events: tuple[str, ...]
    event_free: str = "Event-free"
    all_patients: str = "All patients"


def stacked_specs(
    summary: IncidenceSummary, words: StackedWords, *, palette: Theme = LIGHT, width: int | None = None
) -> list[Spec]:
    """One panel per group that has patients, all on the same axes.

    Parameters
    ----------
    summary : IncidenceSummary
    words : StackedWords
    palette : Theme
    width : int, optional
        Pixels of a panel on paper; on screen each takes the width of its place.
    """
    groups = [group for group in summary.groups if group.event_free.n]
    last = max((group.event_free.last_time for group in groups), default=0.0)
    axis, alone = StackAxis.of(last, summary.unit), len(summary.groups) == 1
    return [stacked_panel(_stack(group, words, alone=alone), axis, palette=palette, width=width) for group in groups]


def stacked_figure(summary: IncidenceSummary, words: StackedWords, *, width: int) -> Spec:
    """All panels as one figure for paper, two beside each other."""
    return side_by_side(lambda each: stacked_specs(summary, words, width=each), len(summary.groups), width=width)


def side_by_side(made: Callable[[int], list[Spec]], n: int, *, width: int) -> Spec:
    """Up to ``n`` panels, made for a width each, as one figure for paper, two beside each other."""
    columns = min(2, n)
    each = (width - _GAP * (columns - 1)) // columns - 40  # the labels of the axis stand beside the plot
    panels = [plain(spec) for spec in made(each)]
    for panel in panels:
        datasets = panel.pop("datasets")
        for part in panel["layer"]:
            part["data"] = {"values": datasets[part["data"]["name"]]}
        for key in ("autosize", "padding", "params", "config", "$schema"):
            panel.pop(key, None)
    narrow = {"name": "narrow", "value": False}
    return {"concat": panels, "columns": columns, "spacing": _GAP, "params": [narrow], "config": vega_config(LIGHT)}


@dataclass(frozen=True, slots=True, kw_only=True)
class StackAxis:
    """The time axis that all panels share."""

    end: float
    ticks: list[float]
    unit: str

    @classmethod
    def of(cls, last: float, unit: str) -> StackAxis:
        """From 0 to the longest follow-up of all panels."""
        ticks = time_ticks(last, unit, most=MOST_WIDE)
        return cls(end=axis_end(last, ticks), ticks=ticks, unit=unit)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stack:
    """Corners of one group: times, upper edges of the states from the lowest to 1; and where few are left.

    ``states`` are named from the lowest; the last one, on top, is event-free and stands back.
    """

    title: str
    states: tuple[str, ...]
    time: FloatArray
    edges: FloatArray
    pale_from: float

    def shares_at(self, times: FloatArray) -> FloatArray:
        """Thickness of each state at ``times``; NaN after the end."""
        row = np.searchsorted(self.time, times, side="right") - 1
        shares = np.diff(self.edges[:, row], axis=0, prepend=0.0)
        return np.where(times <= self.time[-1], shares, np.nan)


def _stack(group: GroupIncidence, words: StackedWords, *, alone: bool) -> Stack:
    curves = [cause.estimate for cause in group.causes]
    time, last = curves[0].time, curves[0].last_time
    steps = np.flatnonzero(np.sum([curve.n_events for curve in curves], axis=0) > 0)
    if steps.size > MOST_STEPS:
        steps = thinned(steps, (time[steps] / last + 1 - curves[0].event_free[steps]) / 2, MOST_STEPS)
    tops = np.cumsum([curve.incidence[steps] for curve in curves], axis=0)
    start, final = np.zeros((len(curves), 1)), tops[:, -1:] if steps.size else np.zeros((len(curves), 1))
    edges = np.hstack([start, tops, final])
    name = words.all_patients if alone and group.level == "all" else group.level
    return Stack(
        title=f"{name}, {patients(group.event_free.n)}",
        states=(*words.events, words.event_free),
        time=np.concatenate(([0.0], time[steps], [last])),
        edges=np.vstack([edges, np.ones(edges.shape[1])]),
        pale_from=_pale_from(group),
    )


def _pale_from(group: GroupIncidence) -> float:
    """After the last time at which ``FEW_AT_RISK`` were under observation."""
    estimate = group.event_free
    enough = np.flatnonzero(estimate.n_at_risk >= FEW_AT_RISK)
    return float(estimate.time[enough[-1]]) if enough.size else 0.0


def stacked_panel(stack: Stack, axis: StackAxis, *, palette: Theme, width: int | None) -> Spec:
    """The panel of one group; without a width it takes that of its place on screen."""
    from ui.charts.stacked_layers import stacked_skeleton  # Altair takes a third of a second to load

    states = stack.states
    colors = [palette.groups[_EVENT_COLORS[i % len(_EVENT_COLORS)]] for i in range(len(states) - 1)]
    few = sparser(axis.ticks, most=FEW_TICKS)
    slots = {
        "x_domain": [0, axis.end],
        "x_ticks": {"expr": f"narrow ? {few} : {axis.ticks}"},
        "x_title": axis.unit.capitalize(),
        "states": list(states),
        "fills": [*(palette.tint(c, _EVENT_TINT) for c in colors), palette.tint(palette.groups[0], _FREE_TINT)],
        "edges": [*colors, "transparent"],
        "legend_columns": columns_that_fit(states, _LEGEND_SYMBOL),
        "rule": palette.text,
        "paper": palette.background,
    }
    spec = filled(stacked_skeleton(hovers=width is None), slots)
    spec["title"] = {"text": _title(stack.title), "fontSize": _TITLE, "offset": 8}
    spec["height"] = HEIGHT
    sized(spec, "container" if width is None else width, padding={"left": 2, "right": 12, "top": 2, "bottom": 4})
    spec["config"] = vega_config(palette)
    if width is None:
        target = next(part for part in spec["layer"] if part.get("name") == "target")
        target["encoding"]["tooltip"] = _tooltip(states, axis.unit)
    return with_data(spec, _datasets(stack, axis, hovers=width is None))


def _title(title: str) -> str | dict[str, str]:
    """The title; where it is longer than a narrow panel, without its middle there: its end says how many patients."""
    short = shortened([title], NARROW_PLOT, _TITLE)[0]
    if short == title:
        return title
    return {"expr": f"narrow ? {_quoted(short)} : {_quoted(title)}"}


def _quoted(text: str) -> str:
    """A text as one of an expression, in the quotes whose words are translated."""
    inside = json.dumps(text.replace("'", "\u2019"), ensure_ascii=False)[1:-1].replace('\\"', '"')
    return f"'{inside}'"


def _tooltip(states: Sequence[str], unit: str) -> list[dict[str, Any]]:
    shares = [{"field": f"s{i}", "type": "nominal", "title": state} for i, state in enumerate(states)]
    return [{"field": "when", "type": "nominal", "title": unit.capitalize()}, *reversed(shares)]


def _datasets(stack: Stack, axis: StackAxis, *, hovers: bool) -> dict[str, Columns]:
    states = stack.states
    n, k = len(states), stack.time.size
    lower = np.vstack([np.zeros(k), stack.edges[:-1]])
    datasets: dict[str, Columns] = {
        "areas": {
            "t": np.tile(stack.time, n),
            "low": lower.ravel(),
            "high": stack.edges.ravel(),
            "state": [state for state in states for _ in range(k)],
        },
        "borders": _borders(stack, states),
        "names": _names(stack, states, axis),
        "pale": _pale(stack),
    }
    if hovers:
        times = hover_times(axis.end)
        shares = stack.shares_at(times)
        told = {f"s{i}": [percent(share, missing="–") for share in row] for i, row in enumerate(shares.tolist())}
        datasets["hover"] = {"t": times, "when": [time_label(time) for time in times], **told}
    return datasets


def _borders(stack: Stack, states: Sequence[str]) -> Columns:
    """Upper edges of the events that happened; where two lie on each other the lower one, which is there, is seen."""
    lower = np.vstack([np.zeros(stack.time.size), stack.edges[:-1]])
    there = [i for i in reversed(range(len(states) - 1)) if (stack.edges[i] > lower[i]).any()]
    return {
        "t": np.tile(stack.time, len(there)),
        "s": stack.edges[there].ravel(),
        "state": [states[i] for i in there for _ in range(stack.time.size)],
    }


def _names(stack: Stack, states: Sequence[str], axis: StackAxis) -> Columns:
    """Names inside the areas, each where its area is thickest; none where there is no room."""
    lower = np.vstack([np.zeros(stack.time.size), stack.edges[:-1]])
    placed = []
    for i, state in enumerate(states):
        reach = (text_width(state, TEXT_SIZE) + 12) / NARROW_PLOT * axis.end
        best = (0.0, 0.0, 0.0)  # room, time, height
        for right in np.linspace(reach, float(stack.time[-1]), _PLACES) if reach <= stack.time[-1] else ():
            rows = np.searchsorted(stack.time, np.linspace(right - reach, right, _PLACES), side="right") - 1
            low, high = float(lower[i, rows].max()), float(stack.edges[i, rows].min())
            best = max(best, (high - low, float(right), (low + high) / 2))
        if best[0] * HEIGHT >= _LEAST_THICK:
            placed.append((best[1], best[2], state))
    return {"t": [p[0] for p in placed], "s": [p[1] for p in placed], "text": [p[2] for p in placed]}


def _pale(stack: Stack) -> Columns:
    """From where on so few are at risk that the areas say little; empty where it never comes to that."""
    start, end = stack.pale_from, float(stack.time[-1])
    return {"t": [start], "t2": [end]} if start < end else {"t": [], "t2": []}
