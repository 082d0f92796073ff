"""Target lesions of each patient: best change as bars from worst to best (waterfall), every change over time (spider).

Belongs here: what is drawn of a patient's course. Does not belong here: sums of diameters and responses
(``core.patients.lesion_response``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal, TypeAlias

from core.patients.lesion_response import PARTIAL, PROGRESSION, LesionCourse, LesionResponse
from core.reporting.format import number, patients, percent
from core.survival.time_axis import axis_end, time_ticks
from core.timetoevent import DAYS_PER
from ui.charts.legends import columns_that_fit
from ui.charts.response_bars import category_colors
from ui.charts.short_names import shortened
from ui.charts.specification import Columns, Spec, columns, filled, sized, with_data
from ui.charts.theme import LIGHT, Theme, vega_config

PADDING = {"left": 4, "right": 8, "top": 8, "bottom": 4}
_TITLE_BELOW = 32  # pixels: as far below as that of the figure beside it, whose axis has numbers
HEIGHT = 280
LONGEST_NAME = 180.0
_TOP = 1.0  # larger growth is drawn as 100 %, and told in full
_TICKS = [-1.0, -0.5, 0.0, 0.5, 1.0]
_RESPONSES = ("CR", "PR", "SD", "PD", "NE")
_SIGNED = "datum.value == 0 ? '0%' : format(datum.value, '+.0%')"
Width: TypeAlias = int | Literal["container"]


def waterfall_spec(
    lesions: LesionResponse, levels: Sequence[str], *, palette: Theme = LIGHT, width: Width = "container"
) -> Spec:
    """Best change of every patient with one, from the largest growth to the largest decrease.

    Parameters
    ----------
    lesions : LesionResponse
        With the level of each course.
    levels : sequence of str
        Groups in their order: they colour the bars; with a single one the best response does.
    palette : Theme
    width : int or 'container'
    """
    known = [pair for pair in _pairs(lesions) if math.isfinite(pair[0].best_change)]
    known.sort(key=lambda pair: -pair[0].best_change)
    colored, names, colors = _colored(levels, palette)
    rows = [
        {
            "x": i + 0.1, "x2": i + 0.9, "change": min(course.best_change, _TOP), "zero": 0.0,
            "key": colored(course, level), "told": _told(course, course.best_change), "patient": course.patient,
        }
        for i, (course, level) in enumerate(known)
    ]  # fmt: skip
    slots = {
        "names": names, "name_columns": columns_that_fit(names), "colors": colors,
        "x_domain": [0, max(len(rows), 1)], "ticks": _TICKS,
        "y_domain": [-1.0, _upper(row["change"] for row in rows)], "line": palette.axis,
        "x_title": f"Each bar is a patient (n = {len(rows)})",
    }  # fmt: skip
    fields = ("x", "x2", "change", "zero", "key", "told", "patient")
    return _drawn(_waterfall(), slots, {"bars": columns(rows, fields), "limits": _limits()}, palette, width)


def spider_spec(
    lesions: LesionResponse, levels: Sequence[str], *, palette: Theme = LIGHT, width: Width = "container"
) -> Spec:
    """Change of every patient over time up to progression, from baseline on; coloured as the waterfall."""
    colored, names, colors = _colored(levels, palette)
    rows: list[dict[str, Any]] = []
    paths: list[dict[str, Any]] = []
    for course, level in _pairs(lesions):
        points = [(0.0, 0.0), *_points(course)]
        for day, change in points:
            rows.append(
                {
                    "time": max(day, 0.0) / DAYS_PER["months"], "change": min(change, _TOP), "patient": course.patient,
                    "key": colored(course, level), "told": _told(course, change),
                }
            )  # fmt: skip
        key = colored(course, level)
        paths += [*rows[-len(points) :], {"time": 0.0, "change": None, "key": key}]
    last = max((row["time"] for row in rows), default=0.0)
    ticks = time_ticks(last, "months")
    slots = {
        "names": names, "name_columns": columns_that_fit(names), "colors": colors,
        "x_domain": [0.0, axis_end(last, ticks)], "x_ticks": ticks, "ticks": _TICKS,
        "y_domain": [-1.0, _upper(row["change"] for row in rows)], "x_title": "Months", "line": palette.axis,
    }  # fmt: skip
    fields = ("time", "change", "patient", "key", "told")
    drawn = {**columns(paths, ("time", "change", "key")), "turn": list(range(len(paths)))}
    data = {"visits": columns(rows, fields), "paths": drawn, "limits": _limits()}
    return _drawn(_spider(), slots, data, palette, width)


def describe_courses(lesions: LesionResponse, levels: Sequence[str]) -> str:
    """The waterfall in words: how many patients shrank by 30 % or more, by group."""
    told = []
    for level in levels:
        own = [course for course, of in _pairs(lesions) if of == level and math.isfinite(course.best_change)]
        shrunk = sum(course.best_change <= PARTIAL + 1e-9 for course in own)
        name = "" if len(levels) == 1 else f" of {level}"
        told.append(f"{shrunk} of {patients(len(own))}{name}")
    return f"Best change in the sum of target lesions, one bar per patient. At least 30 % smaller: {'; '.join(told)}."


def _pairs(lesions: LesionResponse) -> list[tuple[LesionCourse, str]]:
    return list(zip(lesions.courses, lesions.levels, strict=True))


def _points(course: LesionCourse) -> list[tuple[float, float]]:
    """Day and change of each assessment that counts and was complete."""
    end = course.progression_day if math.isfinite(course.progression_day) else math.inf
    pairs = zip(course.day.tolist(), course.change.tolist(), strict=True)
    return [(day, change) for day, change in pairs if day <= end and math.isfinite(change)]


def _colored(levels: Sequence[str], palette: Theme) -> tuple[Any, list[str], list[str]]:
    """What gives a course its colour, and all names with their colours."""
    if len(levels) > 1:
        short = dict(zip(levels, shortened(list(levels), LONGEST_NAME), strict=True))
        return lambda course, level: short[level], list(short.values()), palette.group_colors(len(levels))
    inks = category_colors(palette)
    colors = [inks[name][0] for name in _RESPONSES[:4]]
    return lambda course, level: course.best, list(_RESPONSES[:4]), colors


def _told(course: LesionCourse, change: float) -> str:
    sign = "+" if change > 0 else ""
    of = f"{number(course.baseline_mm, 0)} mm"
    return f"{course.patient}: {sign}{percent(change, 0)} of {of}, best response {course.best}"


def _upper(changes: Any) -> float:
    """The upper end of the axis: at least 50 %."""
    return 0.5 if max(changes, default=0.0) <= 0.5 else _TOP


def _limits() -> Columns:
    return {"y": [0.0, PARTIAL, PROGRESSION], "dashed": [False, True, True]}


def _drawn(skeleton: str, slots: dict[str, Any], data: dict[str, Columns], palette: Theme, width: Width) -> Spec:
    spec = sized(filled(skeleton, slots), width, padding=PADDING)
    spec["height"] = HEIGHT
    spec["config"] = vega_config(palette)
    return with_data(spec, data)


@lru_cache(maxsize=1)
def _waterfall() -> str:
    import altair as alt

    from ui.charts.picking import PATIENT, pick
    from ui.charts.skeleton import compiled, layer, list_slot, on, text_slot

    picked = pick([PATIENT])
    scale = alt.Scale(domain=list_slot("x_domain"), nice=False)
    axis = alt.Axis(labels=False, ticks=False, domain=False, title=text_slot("x_title"), titlePadding=_TITLE_BELOW)
    bars = layer(
        on("bars").mark_bar(cursor="pointer"), x=alt.X("x", type="quantitative", scale=scale, axis=axis),
        x2=alt.X2("x2"), y=_change(), y2=alt.Y2("zero"), color=_key(),
        tooltip=[alt.Tooltip("told", type="nominal", title="Patient")],
        opacity=alt.when(picked).then(alt.value(1)).otherwise(alt.value(0.35)),
    )  # fmt: skip
    return compiled(alt.layer(bars.add_params(picked), _rules()))


@lru_cache(maxsize=1)
def _spider() -> str:
    import altair as alt

    from ui.charts.picking import PATIENT, pick
    from ui.charts.skeleton import compiled, layer, list_slot, on, slot, text_slot

    x = alt.X(
        "time", type="quantitative", scale=alt.Scale(domain=list_slot("x_domain"), nice=False),
        axis=alt.Axis(values=slot("x_ticks"), title=text_slot("x_title"), labelFlush=False, labelOverlap=True),
    )  # fmt: skip
    told = [alt.Tooltip("told", type="nominal", title="Patient")]
    # One line per colour, broken between patients: a line for each takes a browser four times as long with hundreds.
    line = on("paths").mark_line(strokeWidth=1.3, opacity=0.65)
    lines = layer(line, x=x, y=_change(), color=_key(), order=alt.Order("turn", type="quantitative"))
    dots = on("visits").mark_point(filled=True, size=16, opacity=0.8, cursor="pointer")
    points = layer(dots, x=x, y=_change(), color=_key(), tooltip=told).add_params(pick([PATIENT]))
    return compiled(alt.layer(_rules(), lines, points))


def _change() -> Any:
    import altair as alt

    from ui.charts.skeleton import list_slot, slot

    axis = alt.Axis(values=slot("ticks"), title="Change from baseline", labelExpr=_SIGNED)
    return alt.Y("change", type="quantitative", scale=alt.Scale(domain=list_slot("y_domain"), nice=False), axis=axis)


def _key() -> Any:
    import altair as alt

    from ui.charts.skeleton import list_slot, slot

    legend = alt.Legend(
        orient="top", title=None, symbolType="square", symbolSize=120, symbolStrokeWidth=0,
        columns=slot("name_columns"),
    )  # fmt: skip
    scale = alt.Scale(domain=list_slot("names"), range=list_slot("colors"))
    return alt.Color("key", type="nominal", scale=scale, legend=legend)


def _rules() -> Any:
    import altair as alt

    from ui.charts.skeleton import layer, on, slot

    dashes = alt.ExprRef(expr="datum.dashed ? [4, 3] : [1, 0]")
    mark = on("limits").mark_rule(strokeDash=dashes, strokeWidth=1, color=slot("line"))
    return layer(mark, y=alt.Y("y", type="quantitative"))
