"""States over time in words: how many are in which state by a time, and how it was computed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.reporting import format as fmt
from core.reporting.labels import in_sentence
from core.reporting.method import Method
from core.reporting.sentences import MOST_SPOKEN, confidence_words, group_names
from core.spec import StateOccupancySpec

if TYPE_CHECKING:
    from core.result import AnalysisResult
    from core.survival.state_occupancy import GroupOccupancy, OccupancyAt, StateOccupancy

MOST_STATES = 3  # more of them are read in the table


def state_headline(result: AnalysisResult) -> str:
    """Shares in each state at the last chosen time that all groups were followed to, and what more needs saying."""
    value = result.state_occupancy
    groups = [group for group in value.groups if group.n]
    n = sum(group.n for group in groups)
    row = milestone(value)
    if row is None:
        entered = sum(int(group.estimate.transitions[:, 1].sum()) for group in groups)
        return f"{fmt.counted(entered)} of {fmt.patients(n)} came to be {in_sentence(value.states[1])}."
    time = float(groups[0].at.time[row])
    when = f"{fmt.time_label(time)} {fmt.unit_word(value.unit, time)}"
    if len(groups) > MOST_SPOKEN:
        spans = []
        for state, name in enumerate(value.states):
            shares = [float(group.at.probability[state, row]) for group in groups]
            spans.append(f"{in_sentence(name)} {fmt.percent(min(shares))} to {fmt.percent(max(shares))}")
        return f"After {when}, over {len(groups)} groups: {fmt.in_words(spans)}."
    level = confidence_words(result.analysis.conf_level)
    spoken = _spoken(len(value.states))
    parts = []
    for i, (group, name) in enumerate(zip(groups, _names(groups), strict=True)):
        first, *others = spoken
        told = [_share(value, group.at, first, row, level if i == 0 else "", whose=f" of those {name}" if name else "")]
        told += [_share(value, group.at, state, row) for state in others]
        parts.append(fmt.in_words(told))
    return f"After {when}, {'; '.join(parts)}."


def _names(groups: Sequence[GroupOccupancy]) -> list[str]:
    return group_names([group.level for group in groups], otherwise="in")


def _spoken(n: int) -> tuple[int, ...]:
    """States that a sentence names: all of three; of four not the one beside recurrence; else the first and last."""
    return (0, 1, n - 1) if n <= MOST_STATES + 1 else (0, n - 1)


def _share(value: StateOccupancy, at: OccupancyAt, state: int, row: int, level: str = "", *, whose: str = "") -> str:
    """``25.4 % (95 % CI 14.0–38.5) of those in TACE were event-free``; whose share it is is said once."""
    numbers = tuple(float(line[state, row]) for line in (at.probability, at.conf_low, at.conf_high))
    text = fmt.percent_estimate(*numbers)
    return f"{text.replace('(', f'({level} ', 1) if level else text}{whose} were {in_sentence(value.states[state])}"


def time_sentence(result: AnalysisResult) -> str:
    """The mean time in each state up to tau; empty without it, or with more groups than one reads."""
    value = result.state_occupancy
    groups = [group for group in value.groups if group.n]
    if value.tau is None or not groups or len(groups) > MOST_SPOKEN:
        return ""
    unit, digits = value.unit, fmt.unit_digits(value.unit)
    parts = []
    for i, (group, name) in enumerate(zip(groups, _names(groups), strict=True)):
        told = fmt.in_words(
            f"{fmt.number(mean.value, digits)} {in_sentence(state)}"
            for state, mean in zip(value.states, group.mean_time, strict=True)
        )
        whose = f"those {name}" if name else "patients"
        parts.append(f"{whose} spent on average ({unit}) {told}" if i == 0 else f"{whose} {told}")
    horizon = f"{fmt.time_label(value.tau)} {fmt.unit_word(unit, value.tau)}"
    return f"Of the first {horizon}, {'; '.join(parts)}."


def milestone(value: StateOccupancy) -> int | None:
    """Position of the last chosen time to which every group was followed; None without one."""
    groups = [group for group in value.groups if group.n]
    if not groups:
        return None
    known = np.flatnonzero(~np.any([group.at.beyond for group in groups], axis=0))
    times = groups[0].at.time
    return int(max(known, key=lambda i: times[i])) if known.size else None


def state_occupancy_method(result: AnalysisResult) -> Method:
    """Aalen-Johansen of several states."""
    spec, value = result.analysis, result.state_occupancy
    assert isinstance(spec, StateOccupancySpec)
    states = fmt.in_words(in_sentence(state) for state in value.states)
    parts = [f"State occupancy ({states}; Aalen-Johansen), infinitesimal jackknife, {spec.conf_type} "
             f"{confidence_words(spec.conf_level)}"]  # fmt: skip
    if value.tau is not None:
        parts.append(
            f"mean time in each state up to {fmt.time_label(value.tau)} {fmt.unit_word(value.unit, value.tau)}"
        )
    group = "group" if len(result.subset.groups.levels) > 1 else "1"
    tau = "" if value.tau is None else f"; summary(fit, rmean = {value.tau:g})"
    return Method(
        what="; ".join(parts),
        formula="p(t) = p(0)·Π(I + dA(s)) over times up to t, dA from state j to k: moves / number in j just before",
        r_call=f"fit <- survfit(Surv(tstart, tstop, state) ~ {group}, id = id){tau}",
        source="Aalen and Johansen, Scand J Stat 1978;5:141-150; Therneau and Grambsch, Modeling Survival Data, 2000",
    )
