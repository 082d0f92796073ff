"""Who had what: a column per patient, a row per adverse event, the worst grade as the strength of its colour.

Belongs here: where columns, rows and groups stand, and which patients share a column where there are too many. Does
not belong here: whose worst grade it is (``core.safety.patient_terms``).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Literal, TypeAlias

import numpy as np

from core.reporting.format import in_words, patients, row_list
from core.safety.patient_terms import NOT_HAD, PatientTerms
from ui.charts.event_grades import (
    grade_channel,
    grade_key,
    grade_word,
    group_channel,
)
from ui.charts.legends import columns_that_fit, stacked_config
from ui.charts.picking import LEAST, ROWS, TERM, pick
from ui.charts.short_names import shortened
from ui.charts.specification import Spec, columns, filled, sized, with_data
from ui.charts.theme import LIGHT, Theme

Width: TypeAlias = int | Literal["container"]
PADDING = {"left": 4, "right": 8, "top": 6, "bottom": 4}
ROW = 20.0
MOST_COLUMNS = 150  # patients; with more, neighbours share a column
MOST_ROWS_TOLD = 6
LONGEST_GROUP = 230.0
_GAP = 0.012  # of all columns, between two groups
_NAMED = 5
FIELDS = ("x", "x2", "term", "grade", "told", "rows", "least")


def event_grid_spec(grid: PatientTerms, *, palette: Theme = LIGHT, width: Width = "container") -> Spec:
    """Patients and their adverse events as a Vega-Lite specification, for ``st.vega_lite_chart(spec, theme=None)``.

    Parameters
    ----------
    grid : PatientTerms
        In the order in which patients and terms are drawn.
    palette : Theme
    width : int or 'container'
    """
    each = patients_per_column(grid)
    starts, end = _group_starts(grid, each)
    cells = list(_cells(grid, each, starts))
    names, colors = grade_key({int(grade) for grade in grid.worst[grid.worst != NOT_HAD].tolist()}, palette)
    groups = shortened([_group_name(grid, i) for i in range(len(grid.levels))], LONGEST_GROUP)
    slots = {
        "x_domain": [0, max(end, 1)], "terms": list(grid.terms), "grades": names, "grade_colors": colors,
        "groups": groups, "group_columns": columns_that_fit(groups), "group_colors": palette.group_colors(len(groups)),
        "paper": palette.tint(palette.grid, 0.45),
        "thick": ROW - 3, "deep": ROW * len(grid.terms), "line": palette.background,
        "x_title": "A column is a patient" if each == 1 else f"A column is {each} patients",
    }  # fmt: skip
    spec = sized(filled(_skeleton(), slots), width, padding=PADDING)
    spec["height"] = ROW * max(len(grid.terms), 1)
    spec["config"] = stacked_config(palette, spoken=True)
    sizes = [_columns(grid, i, each) for i in range(len(grid.levels))]
    return with_data(
        spec,
        {
            "cells": columns(cells, FIELDS),
            "groups": {
                "x": [float(start) for start in starts],
                "x2": [float(start + size) for start, size in zip(starts, sizes, strict=True)],
                "group": groups,
            },
        },
    )


def patients_per_column(grid: PatientTerms) -> int:
    """How many patients share a column; one as long as there is room."""
    return math.ceil(len(grid.row) / MOST_COLUMNS) or 1


def grid_note(grid: PatientTerms) -> str:
    """The rule of the picture in words: order, shared columns, who had none of it."""
    order = "Within a group those with more of the events stand first, then those with higher grades."
    each = patients_per_column(grid)
    shared = f" {each} neighbours in this order share a column; its colour is their worst grade." if each > 1 else ""
    none = int(grid.unaffected.sum())
    return order + shared + (f" {patients(none)} with none of them: empty columns." if none else "")


def describe_event_grid(grid: PatientTerms) -> str:
    """The grid in words: patients, events, and who had none by group."""
    had = (grid.worst != NOT_HAD).sum(axis=0)
    most = [f"{grid.terms[i]} {int(had[i])}" for i in np.argsort(-had, kind="stable")[:_NAMED].tolist()]
    none = [
        f"{patients(int(n))}{'' if len(grid.levels) == 1 else f' of {level}'}"
        for level, n in zip(grid.levels, grid.unaffected.tolist(), strict=True)
    ]
    return (
        f"Worst grade of {patients(len(grid.row))} in {len(grid.terms)} adverse events, a column per patient, by "
        f"group. Patients with each: {in_words(most)}. With none of them: {in_words(none)}."
    )


def _group_name(grid: PatientTerms, group: int) -> str:
    level = grid.levels[group]
    alone = len(grid.levels) == 1 and level == "all"
    return f"{'All patients' if alone else level} (N = {int((grid.level == group).sum())})"


def _columns(grid: PatientTerms, group: int, each: int) -> int:
    return math.ceil(int((grid.level == group).sum()) / each)


def _group_starts(grid: PatientTerms, each: int) -> tuple[list[float], float]:
    """Where each group's columns begin, and where the last ends."""
    sizes = [_columns(grid, i, each) for i in range(len(grid.levels))]
    gap = max(_GAP * sum(sizes), 0.3)
    starts, x = [], 0.0
    for size in sizes:
        starts.append(x)
        x += size + gap
    return starts, x - gap


def _cells(grid: PatientTerms, each: int, starts: list[float]) -> Iterator[dict[str, Any]]:
    """One per term and column in which somebody had it."""
    for group, start in enumerate(starts):
        own = np.flatnonzero(grid.level == group)
        for column in range(_columns(grid, group, each)):
            members = own[column * each : (column + 1) * each]
            worst = grid.worst[members].max(axis=0, initial=NOT_HAD)
            for k in np.flatnonzero(worst != NOT_HAD).tolist():
                rows = [int(grid.row[i]) for i in members.tolist() if grid.worst[i, k] != NOT_HAD]
                grade = grade_word(int(worst[k]))
                who = f"row {rows[0]}" if each == 1 else f"rows {row_list(rows, MOST_ROWS_TOLD)}"
                yield {
                    "x": start + column, "x2": start + column + 1, "term": grid.terms[k], "grade": grade,
                    "told": f"{grid.levels[group]}, {who}: {grade}" if len(starts) > 1 else f"{who}: {grade}",
                    "rows": ",".join(map(str, rows)), "least": 0,
                }  # fmt: skip


@lru_cache(maxsize=1)
def _skeleton() -> str:
    import altair as alt

    from ui.charts.skeleton import compiled, layer, list_slot, on, slot, text_slot, when_narrow

    scale = alt.Scale(domain=list_slot("x_domain"), nice=False, zero=False)
    axis = alt.Axis(labels=False, ticks=False, domain=False, title=text_slot("x_title"))

    def x(field: str) -> alt.X:
        return alt.X(field, type="quantitative", scale=scale, axis=axis)

    y = alt.Y(
        "term", type="nominal", sort=None, scale=alt.Scale(domain=list_slot("terms")),
        axis=alt.Axis(title=None, ticks=False, domain=False, labelLimit=when_narrow("112", "230"), grid=False),
    )  # fmt: skip
    told = [alt.Tooltip("term", type="nominal", title=" "), alt.Tooltip("told", type="nominal", title="  ")]
    paper = on("groups").mark_rect(y=0, y2=slot("deep"), color=slot("paper"))
    strip = on("groups").mark_rule(y=-4, strokeWidth=4, strokeCap="butt")
    cell = on("cells").mark_bar(height=slot("thick"), stroke=slot("line"), strokeWidth=0.35, cursor="pointer")
    return compiled(
        alt.layer(
            layer(paper, x=x("x"), x2=alt.X2("x2")),
            layer(strip, x=x("x"), x2=alt.X2("x2"), stroke=group_channel()),
            layer(cell, x=x("x"), x2=alt.X2("x2"), y=y, color=grade_channel(), tooltip=told).add_params(
                pick([TERM, LEAST, ROWS])
            ),
        )
    )
