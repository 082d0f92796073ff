"""Competing events in a sentence: how often an event came by a time, and what calling the others censored would do."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.labels import event_label
from core.reporting.sentences import MOST_SPOKEN, NOTABLE, confidence_words, group_names

if TYPE_CHECKING:
    from core.result import AnalysisResult
    from core.survival.incidence_summary import CauseIncidence, GroupIncidence, IncidenceSummary

INVISIBLE = 0.0005  # a bias that is printed as 0.0 percentage points
FEW_EVENTS = 10  # in all groups: with fewer a small P says little (as the notes have it)


def incidence_headline(result: AnalysisResult, event: str) -> str:
    """How often an event had come by the last chosen time that all groups were followed to, with Gray's P.

    Parameters
    ----------
    result : AnalysisResult
        Of kind ``cumulative_incidence``.
    event : str
        One of its events.
    """
    return first_event_sentence(result.incidence, event, result.analysis.conf_level)


def first_event_sentence(summary: IncidenceSummary, event: str, conf_level: float) -> str:
    """The headline of one event of a summary, whatever analysis holds it."""
    what = event_label(event)
    groups = [group for group in summary.groups if group.cause(event).estimate.n]
    total = sum(group.cause(event).estimate.n for group in groups)
    if not any(group.cause(event).estimate.n_events_total for group in groups):
        return f"No {what} in {fmt.patients(total)}."
    level, row = confidence_words(conf_level), milestone(summary, event)
    tested = math.nan if summary.gray is None else summary.gray[event].p_value
    counts = int(sum(group.cause(event).estimate.n_events_total for group in groups))
    few = f", of {fmt.several(counts, 'event')} only" if tested < NOTABLE and counts < FEW_EVENTS else ""
    p = f" (Gray's test: {fmt.p_phrase(tested)}{few})" if math.isfinite(tested) else ""
    if row is None:
        return f"{_capital(what)} came first in {fmt.counted(counts)} of {fmt.patients(total)}{p}."
    time = float(groups[0].causes[0].at.time[row])
    when = f"By {fmt.time_label(time)} {fmt.unit_word(summary.unit, time)}"
    if len(groups) > MOST_SPOKEN:
        return f"{when}, the cumulative incidence of {what} {_range(groups, event, row)}{p}."
    names = group_names([group.level for group in groups])
    shares = [_share(group.cause(event), row, level if i == 0 else "") for i, group in enumerate(groups)]
    told = fmt.in_words(f"{share} {name}".strip() for share, name in zip(shares, names, strict=True))
    return f"{when}, the cumulative incidence of {what} was {told}{p}."


def milestone(summary: IncidenceSummary, event: str) -> int | None:
    """Position of the last chosen time to which every group was followed; None without one, or without events by it."""
    curves = [group.cause(event) for group in summary.groups if group.cause(event).estimate.n]
    times = curves[0].at.time if curves else ()
    known = [i for i, time in enumerate(times) if all(time <= curve.estimate.last_time for curve in curves)]
    last = max(known, key=lambda i: times[i]) if known else None
    return None if last is None or not any(curve.at.incidence[last] > 0 for curve in curves) else last


def naive_sentence(result: AnalysisResult, event: str) -> str:
    """What one minus Kaplan-Meier would say instead at the same time; empty where nobody had another event."""
    summary, row = result.incidence, milestone(result.incidence, event)
    groups = [group for group in summary.groups if group.cause(event).estimate.n]
    if row is None or len(summary.causes) < 2:
        return ""
    parts = [(group.level, group.cause(event).naive) for group in groups]
    biases = [float(naive.bias[row]) for _, naive in parts]
    time = fmt.time_label(float(groups[0].causes[0].at.time[row]))
    lead = "Counting the other events as censored (1 − Kaplan-Meier) would say"
    when = f"at {time} {summary.unit}"
    if len(groups) > MOST_SPOKEN:
        low, high = (fmt.percent(value, sign=False) for value in (min(biases), max(biases)))
        return f"{lead} {when} {low} to {high} percentage points more."
    if max(biases) < INVISIBLE:
        return f"{lead} the same {when}."
    names = group_names([level for level, _ in parts])
    shares = fmt.in_words(
        f"{fmt.percent(float(naive.at[row]))} {name}".strip() for (_, naive), name in zip(parts, names, strict=True)
    )
    points = fmt.in_words(fmt.percent(bias, sign=False) for bias in biases)
    return f"{lead} {when} {shares}: {points} percentage points too high."


def _share(cause: CauseIncidence, row: int, level: str) -> str:
    values = (float(x[row]) for x in (cause.at.incidence, cause.at.conf_low, cause.at.conf_high))
    text = fmt.percent_estimate(*values)
    return text.replace("(", f"({level} ", 1) if level else text


def _range(groups: Sequence[GroupIncidence], event: str, row: int) -> str:
    shares = sorted((float(group.cause(event).at.incidence[row]), group.level) for group in groups)
    told = [f"{fmt.percent(share)} ({level})" for share, level in (shares[0], shares[-1])]
    return f"ran from {told[0]} to {told[1]} over {len(groups)} groups"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
