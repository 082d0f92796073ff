"""One patient's course on one time axis: follow-up, treatments, target lesions and adverse events, a row each.

Belongs here: where rows, bars and marks stand. Does not belong here: what happened (``core.patients.profile``).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Literal, TypeAlias

from core.cohort.lab_columns import LabSeries
from core.patients.profile import PatientProfile
from core.reporting.lab_report import lab_number, named_test
from core.reporting.profile_report import happenings
from core.survival.time_axis import axis_end, time_ticks
from core.timetoevent import DAYS_PER
from ui.charts.specification import Spec, columns, filled, sized, with_data
from ui.charts.theme import LIGHT, Theme, vega_config

PADDING = {"left": 4, "right": 16, "top": 6, "bottom": 4}
ROW = 24
FOLLOW_UP, LESIONS = "Follow-up", "Target lesions"
SEVERE = 3
LINE = 0.7  # of its row that a line of laboratory values takes
SHORTEST = 2.0  # days: an event without a known end is drawn this long
Width: TypeAlias = int | Literal["container"]


def patient_course_spec(profile: PatientProfile, *, palette: Theme = LIGHT, width: Width = "container") -> Spec:
    """The rows from follow-up down to the last adverse event, as a Vega-Lite specification."""
    calm, blue, orange = palette.groups[:3]
    inks = {"course": palette.tint(calm, 0.5), "mild": blue, "severe": orange, "mark": palette.text}
    bars, marks = list(_bars(profile)), list(_marks(profile))
    terms = {event.term for event in profile.adverse_events}
    rows = list(dict.fromkeys([FOLLOW_UP, *(mark["row"] for mark in marks), *(bar["row"] for bar in bars)]))
    rows += [row for row in map(named_test, profile.labs) if row not in rows]
    labs = [value for series in profile.labs for value in _values(series, rows.index(named_test(series)))]
    times = [0.0, *(bar["end"] for bar in bars), *(mark["time"] for mark in marks), *(one["time"] for one in labs)]
    ticks = time_ticks(max(times), "months")
    slots = {
        "x_domain": [min([*times, *(bar["start"] for bar in bars)]), axis_end(max(times), ticks)],
        "levels": [len(rows), 0], "calm": palette.muted,
        "x_ticks": ticks, "rows": rows, "ink": palette.text, "line": palette.axis,
    }  # fmt: skip
    spec = sized(filled(_skeleton(), slots), width, padding=PADDING)
    spec["height"] = ROW * len(rows)
    spec["config"] = vega_config(palette)
    for colored in (*bars, *labs):
        colored["color"] = inks[colored["color"]]
    return with_data(
        spec,
        {
            "bars": columns(bars, ("row", "start", "end", "color", "told")),
            "marks": columns([mark for mark in marks if mark["row"] not in terms], ("row", "time", "told")),
            "labels": columns(marks, ("row", "time", "label")),
            "zero": {"x": [0.0]},
            "labs": columns(labs, ("row", "time", "level", "color", "told")),
            "lab_labels": columns([one for one in labs if one["label"]], ("time", "level", "label")),
        },
    )


def describe_patient_course(profile: PatientProfile) -> str:
    """The picture in words: the last line of the course and how many there are."""
    told = happenings(profile)
    last = next(one for one in reversed(told) if math.isfinite(one.day))
    tests = ", ".join(series.test for series in profile.labs)
    labs = f" Laboratory values over time: {tests}." if tests else ""
    return f"One patient's course: {len(told)} dated records, the last on day {last.day:.0f} ({last.what}).{labs}"


def _months(days: float) -> float:
    return days / DAYS_PER["months"]


def _bars(profile: PatientProfile) -> Iterator[dict[str, Any]]:
    course = profile.course
    yield _bar(FOLLOW_UP, 0.0, course.end, "course", "Follow-up")
    for event in profile.adverse_events:
        if math.isfinite(event.start):
            end = event.end if math.isfinite(event.end) else event.start + SHORTEST
            grade = f", grade {event.grade:g}" if math.isfinite(event.grade) else ""
            told = f"{event.term}{grade}, from day {event.start:g}"
            yield _bar(event.term, event.start, end, "severe" if event.grade >= SEVERE else "mild", told)


def _bar(row: str, start: float, end: float, color: str, told: str) -> dict[str, Any]:
    return {"row": row, "start": _months(start), "end": _months(max(end, start)), "color": color, "told": told}


def _marks(profile: PatientProfile) -> Iterator[dict[str, Any]]:
    course = profile.course
    if math.isfinite(course.progression):
        yield _mark(FOLLOW_UP, course.progression, "progression", "Progression")
    yield _mark(FOLLOW_UP, course.end, "death" if course.died else "last contact", "End of follow-up")
    for session in course.sessions:
        if math.isfinite(session.day):
            yield _mark(session.treatment, session.day, "", f"{session.treatment} {session.number} {session.site}")
    if profile.lesions is not None:
        for day, seen in zip(profile.lesions.day.tolist(), profile.lesions.response, strict=True):
            yield _mark(LESIONS, day, seen, f"Target lesions: {seen}")
    for event in profile.adverse_events:
        if math.isfinite(event.start) and math.isfinite(event.grade):
            end = event.end if math.isfinite(event.end) else event.start + SHORTEST
            yield _mark(event.term, end, f"{event.grade:g}", f"{event.term}, grade {event.grade:g}")


def _values(series: LabSeries, row: int) -> Iterator[dict[str, Any]]:
    """Points of a line within its row, the smallest value at the foot; one value stands in the middle."""
    low, high = float(series.value.min()), float(series.value.max())
    last = len(series.value) - 1
    found = zip(series.day.tolist(), series.value.tolist(), series.outside, strict=True)
    for i, (day, value, outside) in enumerate(found):
        share = (value - low) / (high - low) if high > low else 0.5
        said = f"{series.test} {lab_number(value)}{f' {series.unit}' if series.unit else ''}"
        yield {
            "row": named_test(series),
            "time": _months(day),
            "level": row + 0.5 + LINE * (0.5 - share),
            "color": "severe" if outside else "mark",
            "label": lab_number(value) if i == last else "",
            "told": f"{said}, day {day:g}",
        }


def _mark(row: str, day: float, label: str, told: str) -> dict[str, Any]:
    return {"row": row, "time": _months(day), "label": label, "told": f"{told.strip()}, day {day:g}"}


@lru_cache(maxsize=1)
def _skeleton() -> str:
    import altair as alt

    from ui.charts.skeleton import compiled, layer, list_slot, on, slot, when_narrow

    scale = alt.Scale(domain=list_slot("x_domain"), nice=False)
    axis = alt.Axis(values=slot("x_ticks"), title="Months from time zero", labelFlush=False, labelOverlap=True)

    def x(field: str) -> alt.X:
        return alt.X(field, type="quantitative", scale=scale, axis=axis)

    y = alt.Y(
        "row", type="nominal", sort=None, scale=alt.Scale(domain=list_slot("rows")),
        axis=alt.Axis(title=None, ticks=False, domain=False, labelLimit=when_narrow("104", "220"), grid=True),
    )  # fmt: skip
    told = [alt.Tooltip("told", type="nominal", title=" ")]
    color = alt.Color("color", type="nominal", scale=None, legend=None)
    bar = on("bars").mark_rule(strokeWidth=9)
    mark = on("marks").mark_point(filled=True, shape="diamond", size=34, opacity=1, fill=slot("ink"))
    label = on("labels").mark_text(dx=7, align="left", fontSize=11, color=slot("ink"))
    zero = on("zero").mark_rule(strokeWidth=1, color=slot("line"))
    level = alt.Y(
        "level", type="quantitative", axis=None, scale=alt.Scale(domain=list_slot("levels"), nice=False, zero=False)
    )
    line = on("labs").mark_line(strokeWidth=1.2, color=slot("calm"))
    value = on("labs").mark_point(filled=True, size=22, opacity=1)
    last = on("lab_labels").mark_text(dx=7, align="left", fontSize=11, color=slot("ink"))
    course = alt.layer(
        layer(zero, x=x("x")),
        layer(bar, x=x("start"), x2=alt.X2("end"), y=y, color=color, tooltip=told),
        layer(mark, x=x("time"), y=y, tooltip=told),
        layer(label, x=x("time"), y=y, text=alt.Text("label", type="nominal")),
    )
    # Values stand within their row, which names on an axis cannot say: a second, hidden axis counts the rows.
    labs = alt.layer(
        layer(line, x=x("time"), y=level, detail=alt.Detail("row", type="nominal")),
        layer(value, x=x("time"), y=level, color=color, tooltip=told),
        layer(last, x=x("time"), y=level, text=alt.Text("label", type="nominal")),
    )
    return compiled(alt.layer(course, labs).resolve_scale(y="independent"))
