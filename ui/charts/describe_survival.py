"""Survival figures in words, each kind of curve in its own: the alternative text."""

from __future__ import annotations

import math
from collections.abc import Callable

from core.reporting.format import (
    NOT_REACHED,
    counted,
    in_words,
    number,
    patients,
    percent,
    quantity,
    unit_digits,
    unit_word,
)
from core.survival.summary import GroupSurvival, SurvivalSummary
from ui.charts.curve_kinds import CurveKind

_OPENING: dict[CurveKind, str] = {
    "survival": "Kaplan-Meier chart of {title}",
    "events": "Rising Kaplan-Meier chart, 1 minus {title}: the share with the event",
    "cumulative_hazard": "Cumulative hazard (Nelson-Aalen) of {title}",
    "hazard": "Smoothed hazard of {title} over time",
    "log_log": "Log of the cumulative hazard of {title} against log time",
}


def describe_survival(summary: SurvivalSummary, *, title: str = "survival", curve: CurveKind = "survival") -> str:
    """What is drawn in words: patients, events and the course of each group's curve.

    Parameters
    ----------
    summary : SurvivalSummary
    title : str
        What is drawn, in lower case, for example "overall survival".
    curve : CurveKind
    """
    groups = [(i, group) for i, group in enumerate(summary.groups) if group.estimate.n]
    opening = _OPENING[curve].format(title=title)
    if not groups:
        return f"{opening}: no patients."
    of = f" by group ({in_words([group.level for _, group in groups])})" if len(groups) > 1 else ""
    course = _COURSES[curve]
    told = " ".join(f"{_counts(summary, group)}, {course(summary, i)}." for i, group in groups)
    return f"{opening}{of}, with numbers at risk. {told}"


def _counts(summary: SurvivalSummary, group: GroupSurvival) -> str:
    alone = len(summary.groups) == 1
    name = "All patients" if alone and group.level == "all" else group.level
    events = counted(group.estimate.n_events_total)
    return f"{name}: {patients(group.estimate.n)}, {events} {'event' if events == '1' else 'events'}"


def _share(summary: SurvivalSummary, position: int, *, rising: bool) -> str:
    group = summary.groups[position]
    estimate, unit, digits = group.estimate, summary.unit, unit_digits(summary.unit)
    last = float(estimate.survival[-1])
    end = f"{percent(1 - last if rising else last, 0)} at {quantity(estimate.last_time, unit, digits)}"
    if 0.5 not in group.quantiles:
        return end
    median = group.quantiles[0.5]
    if math.isnan(median.value):
        return f"median not reached, {end}"
    limits = " to ".join(number(x, digits, missing=NOT_REACHED) for x in (median.conf_low, median.conf_high))
    return f"median {quantity(median.value, unit, digits)} ({limits}), {end}"


def _survival(summary: SurvivalSummary, position: int) -> str:
    return _share(summary, position, rising=False)


def _events(summary: SurvivalSummary, position: int) -> str:
    return _share(summary, position, rising=True)


def _cumulative_hazard(summary: SurvivalSummary, position: int) -> str:
    made = summary.extras.cumulative_hazard[position]
    end = quantity(float(made.time[-1]), summary.unit, unit_digits(summary.unit))
    return f"cumulative hazard {number(float(made.value[-1]), 2)} at {end}"


def _hazard(summary: SurvivalSummary, position: int) -> str:
    made, digits = summary.extras.hazard[position], unit_digits(summary.unit)
    if not made.time.size:
        return "no hazard to smooth"
    top = int(made.hazard.argmax())
    one = unit_word(summary.unit, 1.0)
    end = quantity(float(made.time[-1]), summary.unit, digits)
    when = quantity(float(made.time[top]), summary.unit, digits)
    last = number(float(made.hazard[-1]), 3)
    return f"highest {number(float(made.hazard[top]), 3)} per {one} at {when}, {last} at {end}"


def _log_log(summary: SurvivalSummary, position: int) -> str:
    made, digits = summary.extras.log_log[position], unit_digits(summary.unit)
    if not made.time.size:
        return "no curve"
    first, last = (
        f"{number(float(made.value[i]), 2)} at {quantity(float(made.time[i]), summary.unit, digits)}" for i in (0, -1)
    )
    return f"from {first} to {last}"


_COURSES: dict[CurveKind, Callable[[SurvivalSummary, int], str]] = {
    "survival": _survival,
    "events": _events,
    "cumulative_hazard": _cumulative_hazard,
    "hazard": _hazard,
    "log_log": _log_log,
}
