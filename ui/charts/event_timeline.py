"""When adverse events came: a lane per patient from time zero, each event from its start to its end, by grade.

Belongs here: lanes and marks. Does not belong here: days, and what has none (``core.safety.event_courses``).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Literal, TypeAlias

import numpy as np

from core.reporting.format import counted, number, patients, several
from core.safety.event_courses import EventCourses
from core.survival.time_axis import axis_end, time_ticks
from core.timetoevent import DAYS_PER
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
PADDING = {"left": 4, "right": 12, "top": 6, "bottom": 4}
MOST_LANES = 100
LONGEST_GROUP = 230.0
_LOOSE, _DENSE = 12.0, 7.0
_FEW = 40
_BETWEEN = 1.0  # lanes left empty between two groups
LANE_FIELDS = ("start", "end", "y", "group", "told")
SPAN_FIELDS = ("start", "end", "y", "grade", "told", "term", "rows", "least")


def event_timeline_spec(found: EventCourses, *, palette: Theme = LIGHT, width: Width = "container") -> Spec:
    """Events in time as a Vega-Lite specification, for ``st.vega_lite_chart(spec, theme=None)``.

    Parameters
    ----------
    found : EventCourses
        Of many patients those with most events are drawn, in proportion to the groups.
    palette : Theme
    width : int or 'container'
    """
    lanes = drawn_lanes(found)
    place = {lane: i + 0.5 + _BETWEEN * int(found.level[lane]) for i, lane in enumerate(lanes)}
    groups = shortened([_group_name(found, i) for i in range(len(found.levels))], LONGEST_GROUP)
    spans = list(_spans(found, place))
    last = max([0.0, *(span["end"] for span in spans)])
    ticks = time_ticks(last, "months")
    end = axis_end(last, ticks)
    follow_up = [_lane(found, lane, y=y, group=groups[int(found.level[lane])], end=end) for lane, y in place.items()]
    names, colors = grade_key(
        (int(found.grade[i]) for i in range(len(found.grade)) if found.patient[i] in place), palette
    )
    slots = {
        "x_domain": [min([0.0, *(span["start"] for span in spans)]), end], "x_ticks": ticks,
        "y_domain": [0, max([1.0, *(y + 0.5 for y in place.values())])], "grades": names, "grade_colors": colors,
        "groups": groups, "group_columns": columns_that_fit(groups),
        "group_colors": [palette.tint(color, 0.55) for color in palette.group_colors(len(groups))],
        "line": palette.axis, "ink": palette.background,
    }  # fmt: skip
    spec = sized(filled(_skeleton(), slots), width, padding=PADDING)
    spec["height"] = (_LOOSE if len(lanes) <= _FEW else _DENSE) * max(len(lanes), 2) + 16
    spec["config"] = stacked_config(palette, spoken=True)
    data = {
        "lanes": columns(follow_up, LANE_FIELDS),
        "spans": columns([span for span in spans if span["end"] > span["start"]], SPAN_FIELDS),
        "starts": columns(spans, SPAN_FIELDS),
        "zero": {"x": [0.0]},
    }
    return with_data(spec, data)


def drawn_lanes(found: EventCourses) -> list[int]:
    """The patients that are drawn, in order: all, or those with most events of each group in proportion."""
    n = len(found.row)
    if n <= MOST_LANES:
        return list(range(n))
    events = np.bincount(found.patient, minlength=n)
    kept: list[int] = []
    for group in range(len(found.levels)):
        own = np.flatnonzero(found.level == group)
        most = own[np.argsort(-events[own], kind="stable")][: max(1, MOST_LANES * len(own) // n)] if len(own) else own
        kept += sorted(most.tolist())
    return kept


def timeline_note(found: EventCourses) -> str:
    """The rule of the picture in words."""
    lanes = len(drawn_lanes(found))
    some = f"Drawn: the {lanes} patients with most events of {len(found.row)}, in proportion to the groups. "
    line = " The line behind is the follow-up, as far as there are events." if found.endpoint is not None else ""
    lane = "A lane is a patient with a dated event, by group and day of the first one."
    return f"{some if lanes < len(found.row) else ''}{lane}{line}"


def describe_event_timeline(found: EventCourses) -> str:
    """The timeline in words: lanes, events, first and median day of onset by group."""
    told = []
    for group, level in enumerate(found.levels):
        own = found.level[found.patient] == group
        days = found.start[own]
        name = "" if len(found.levels) == 1 else f"{level}: "
        middle = f", median onset day {number(float(np.median(days)), 0)}" if len(days) else ""
        told.append(
            f"{name}{patients(int((found.level == group).sum()))} who had {several(int(own.sum()), 'event')}{middle}."
        )
    return f"Adverse events from time zero, a lane per patient. {' '.join(told)}"


def _group_name(found: EventCourses, group: int) -> str:
    level = found.levels[group]
    return "All patients" if len(found.levels) == 1 and level == "all" else level


def _months(days: float) -> float:
    return days / DAYS_PER["months"]


def _lane(found: EventCourses, lane: int, *, y: float, group: str, end: float) -> dict[str, Any]:
    """The follow-up of a patient, as far as the axis goes."""
    followed = _months(float(found.follow_up[lane]))
    known = math.isfinite(followed)
    told = f"followed to {number(followed)} months" if known else "end of follow-up not known"
    return {
        "start": 0.0, "end": min(followed, end) if known else 0.0, "y": y, "group": group,
        "told": f"Row {counted(int(found.row[lane]))}: {told}",
    }  # fmt: skip


def _spans(found: EventCourses, place: dict[int, float]) -> Iterator[dict[str, Any]]:
    """The events of the lanes drawn, worse ones last, so that they lie on top."""
    for i in np.argsort(found.grade, kind="stable").tolist():
        lane = int(found.patient[i])
        if lane not in place:
            continue
        start, end = float(found.start[i]), float(found.end[i])
        until = f" to {number(end, 0)}" if math.isfinite(end) else ""
        grade = grade_word(int(found.grade[i]))
        yield {
            "start": _months(start), "end": _months(end if math.isfinite(end) else start), "y": place[lane],
            "grade": grade, "term": found.terms[found.term[i]], "rows": str(int(found.row[lane])), "least": 0,
            "told": f"row {counted(int(found.row[lane]))}, {grade}, day {number(start, 0)}{until}",
        }  # fmt: skip


@lru_cache(maxsize=1)
def _skeleton() -> str:
    import altair as alt

    from ui.charts.skeleton import compiled, layer, list_slot, on, slot

    scale = alt.Scale(domain=list_slot("x_domain"), nice=False)
    axis = alt.Axis(values=slot("x_ticks"), title="Months from time zero", labelFlush=False, labelOverlap=True)

    def x(field: str) -> alt.X:
        return alt.X(field, type="quantitative", scale=scale, axis=axis)

    y = alt.Y(
        "y", type="quantitative", axis=None, scale=alt.Scale(domain=list_slot("y_domain"), nice=False, reverse=True)
    )
    told = [alt.Tooltip("term", type="nominal", title=" "), alt.Tooltip("told", type="nominal", title="  ")]
    lane = on("lanes").mark_rule(strokeWidth=1)
    span = on("spans").mark_rule(strokeWidth=4, strokeCap="butt", cursor="pointer")
    start = on("starts").mark_point(
        filled=True, shape="circle", size=34, opacity=1, stroke=slot("ink"), strokeWidth=0.5, cursor="pointer"
    )
    of_lane = [alt.Tooltip("told", type="nominal", title=" ")]
    return compiled(
        alt.layer(
            layer(on("zero").mark_rule(strokeWidth=1, color=slot("line")), x=x("x")),
            layer(lane, x=x("start"), x2=alt.X2("end"), y=y, stroke=group_channel(), tooltip=of_lane),
            layer(span, x=x("start"), x2=alt.X2("end"), y=y, color=grade_channel(), tooltip=told),
            layer(start, x=x("start"), y=y, color=grade_channel(), tooltip=told).add_params(pick([TERM, LEAST, ROWS])),
        )
    )
