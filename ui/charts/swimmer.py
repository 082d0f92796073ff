"""Courses of all patients, one lane each: sessions, response, progression, death or last contact (swimmer plot).

Belongs here: where lanes and marks stand. Does not belong here: what a course is (``core.patients.treatment``).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Literal, TypeAlias

from core.patients.treatment import PatientCourse, Session, TreatmentCourse
from core.reporting.format import counted, in_words, number, patients
from core.survival.time_axis import axis_end, time_ticks
from core.timetoevent import DAYS_PER
from ui.charts.legends import columns_that_fit, stacked_config
from ui.charts.short_names import shortened
from ui.charts.specification import Spec, columns, filled, sized, with_data
from ui.charts.theme import LIGHT, Theme

PADDING = {"left": 4, "right": 12, "top": 6, "bottom": 4}
LONGEST_NAME = 180.0
MOST_LANES = 120
_DENSE, _LOOSE = 9, 16  # pixels of a lane, with many and with few patients
_FEW = 40
_DOSES = 3.0  # sessions per patient from which a treatment is drawn as ticks
_SHAPES = ("diamond", "square", "wedge", "triangle-left")
_TICK = "M-.12,-1L.12,-1L.12,1L-.12,1Z"
_CROSS = "M-1,-.7L-.7,-1L0,-.3L.7,-1L1,-.7L.3,0L1,.7L.7,1L0,.3L-.7,1L-1,.7L-.3,0Z"
_ENDS = {
    "Response": "circle",
    "Progression": "triangle-up",
    "Death": _CROSS,
    "Last contact": "triangle-right",
}
Width: TypeAlias = int | Literal["container"]


def swimmer_spec(course: TreatmentCourse, *, palette: Theme = LIGHT, width: Width = "container") -> Spec:
    """Lanes by group, the longest first; of more than 120 patients the longest of each group.

    Parameters
    ----------
    course : TreatmentCourse
    palette : Theme
    width : int or 'container'
    """
    shown = shown_courses(course)
    short = dict(zip(course.levels, shortened(list(course.levels), LONGEST_NAME), strict=True))
    kinds = {**_treatment_shapes(course), **_ENDS}
    lanes = [_lane_of(one, i + 0.5, short[one.level]) for i, one in enumerate(shown)]
    marks = [mark | {"patient": one.patient} for i, one in enumerate(shown) for mark in _marks(one, i + 0.5)]
    names = list(short.values())
    used = [kind for kind in kinds if any(mark["kind"] == kind for mark in marks)]
    last = max([0.0, *(mark["time"] for mark in marks), *(lane["end"] for lane in lanes)])
    ticks = time_ticks(last, "months")
    slots = {
        "names": names, "name_columns": columns_that_fit(names), "kind_columns": columns_that_fit(used),
        "colors": [palette.tint(color, 0.55) for color in palette.group_colors(len(short))],
        "x_domain": [min([0.0, *map(_first, shown)]), axis_end(last, ticks)],
        "x_ticks": ticks, "y_domain": [0, max(len(shown), 1)], "kinds": used, "shapes": [kinds[kind] for kind in used],
        "ink": palette.text, "line": palette.axis, "thick": 0.62 * _lane(len(shown)),
    }  # fmt: skip
    spec = sized(filled(_skeleton(), slots), width, padding=PADDING)
    spec["height"] = _lane(len(shown)) * max(len(shown), 2) + 20
    spec["config"] = stacked_config(palette)
    data = {
        "lanes": columns(lanes, ("start", "end", "y", "key", "told", "patient")),
        "marks": columns(marks, ("time", "y", "kind", "told", "patient")),
        "zero": {"x": [0.0]},
    }
    return with_data(spec, data)


def shown_courses(course: TreatmentCourse) -> tuple[PatientCourse, ...]:
    """The courses that are drawn: all, or the longest of each group in proportion."""
    n = len(course.courses)
    if n <= MOST_LANES:
        return course.courses
    kept: list[PatientCourse] = []
    for level in course.levels:
        own = [one for one in course.courses if one.level == level]
        kept += own[: max(1, MOST_LANES * len(own) // n)]
    return tuple(kept)


def describe_swimmer(course: TreatmentCourse) -> str:
    """The swimmer plot in words: lanes, treatments, progressions and deaths by group."""
    told = []
    for level in course.levels:
        own = [one for one in course.courses if one.level == level]
        progressed = sum(math.isfinite(one.progression) for one in own)
        name = "" if len(course.levels) == 1 else f" in {level}"
        told.append(f"{patients(len(own))}{name}: {progressed} progressed, {sum(one.died for one in own)} died")
    return f"One lane per patient from time zero, with {in_words(course.treatments)}; {'; '.join(told)}."


def _lane_of(course: PatientCourse, y: float, key: str) -> dict[str, Any]:
    end = _months(course.end)
    return {"start": _first(course), "end": end, "y": y, "key": key, "told": _told(course), "patient": course.patient}


def _lane(n: int) -> int:
    return _LOOSE if n <= _FEW else _DENSE


def _months(days: float) -> float:
    return days / DAYS_PER["months"]


def _first(course: PatientCourse) -> float:
    return min([0.0, *(_months(one.day) for one in course.sessions if math.isfinite(one.day))])


def _treatment_shapes(course: TreatmentCourse) -> dict[str, str]:
    """A shape for each treatment; what is given often is a tick."""
    treated = {
        name: sum(item.sessions for item in course.given if item.treatment == name)
        / max(1, sum(item.patients for item in course.given if item.treatment == name))
        for name in course.treatments
    }
    rare = [name for name, often in treated.items() if often < _DOSES]
    shapes = {name: _SHAPES[i % len(_SHAPES)] for i, name in enumerate(rare)}
    return {name: shapes.get(name, _TICK) for name in sorted(treated, key=lambda name: name in rare)}


def _marks(course: PatientCourse, y: float) -> Iterator[dict[str, Any]]:
    for session in course.sessions:
        if math.isfinite(session.day):
            yield _mark(session.day, y, session.treatment, session_words(session))
    if math.isfinite(course.response):
        yield _mark(
            course.response, y, "Response", f"{course.patient}: first response, day {number(course.response, 0)}"
        )
    if math.isfinite(course.progression):
        yield _mark(course.progression, y, "Progression", f"{course.patient}: day {number(course.progression, 0)}")
    yield _mark(course.end, y, "Death" if course.died else "Last contact", _told(course))


def _mark(day: float, y: float, kind: str, told: str) -> dict[str, Any]:
    return {"time": _months(day), "y": y, "kind": kind, "told": told}


def session_words(session: Session) -> str:
    """A session in words: patient, which, day, and energy where measured."""
    energy = f", {counted(round(session.energy))} J" if math.isfinite(session.energy) else ""
    return f"{session.patient}: {session.treatment} {session.number}, day {number(session.day, 0)}{energy}"


def _told(course: PatientCourse) -> str:
    best = f", best response {course.best}" if course.best else ""
    end = "died" if course.died else "last seen"
    return f"{course.patient}: {end} at {number(_months(course.end))} months{best}"


@lru_cache(maxsize=1)
def _skeleton() -> str:
    import altair as alt

    from ui.charts.picking import PATIENT, pick
    from ui.charts.skeleton import compiled, layer, list_slot, on, slot, text_slot

    picked = pick([PATIENT])
    scale = alt.Scale(domain=list_slot("x_domain"), nice=False)
    axis = alt.Axis(values=slot("x_ticks"), title="Months from time zero", labelFlush=False, labelOverlap=True)

    def x(field: str) -> alt.X:
        return alt.X(field, type="quantitative", scale=scale, axis=axis)

    y = alt.Y(
        "y", type="quantitative", axis=None, scale=alt.Scale(domain=list_slot("y_domain"), nice=False, reverse=True)
    )
    told = [alt.Tooltip("told", type="nominal", title="Patient")]
    key = alt.Legend(
        orient="top", title=None, symbolType="stroke", symbolSize=160, symbolStrokeWidth=7, columns=slot("name_columns")
    )
    names = alt.Scale(domain=list_slot("names"), range=list_slot("colors"))
    color = alt.Color("key", type="nominal", scale=names, legend=key)
    ink = text_slot("ink")
    shape = alt.Shape(
        "kind", type="nominal", scale=alt.Scale(domain=list_slot("kinds"), range=list_slot("shapes")),
        legend=alt.Legend(
            orient="top", title=None, columns=slot("kind_columns"), symbolSize=60, symbolStrokeWidth=1.5,
            symbolFillColor=ink, symbolStrokeColor=ink,
        ),
    )  # fmt: skip
    lane = on("lanes").mark_rule(strokeWidth=slot("thick"), strokeCap="butt", cursor="pointer")
    shown = alt.when(picked).then(alt.value(1)).otherwise(alt.value(0.35))
    mark = on("marks").mark_point(
        filled=True, size=34, opacity=1, fill=slot("ink"), stroke=slot("ink"), strokeWidth=0.4
    )
    return compiled(
        alt.layer(
            layer(lane, x=x("start"), x2=alt.X2("end"), y=y, color=color, opacity=shown, tooltip=told).add_params(
                picked
            ),
            layer(on("zero").mark_rule(strokeWidth=1, color=slot("line")), x=x("x")),
            layer(mark, x=x("time"), y=y, shape=shape, tooltip=told),
        )
    )
