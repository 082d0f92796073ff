"""What curves of groups know that may limit how they are read: events, medians, who is still followed at the end."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from core.reporting import format as fmt
from core.reporting.caveats import GroupFacts
from core.reporting.incidence_sentence import milestone
from core.reporting.sentences import group_names, median, spoken_row

if TYPE_CHECKING:
    from core.survival.incidence_summary import IncidenceSummary
    from core.survival.summary import SurvivalSummary


def groups_of(
    levels: Sequence[str], sizes: Iterable[float], events: Iterable[float] | None = None
) -> tuple[GroupFacts, ...]:
    """Groups by name, patients, and events where they are counted."""
    counts = [None] * len(levels) if events is None else [int(n) for n in events]
    names = group_names(levels, otherwise="in")
    return tuple(
        GroupFacts(name=name, n=int(n), n_events=count) for name, n, count in zip(names, sizes, counts, strict=True)
    )


def curves_of(summary: SurvivalSummary) -> dict[str, Any]:
    """Of survival curves."""
    groups = [group for group in summary.groups if group.estimate.n]
    names = group_names([group.level for group in groups], otherwise="in")
    facts: dict[str, Any] = {
        "n_events": int(sum(group.estimate.n_events_total for group in groups)),
        "groups": tuple(
            GroupFacts(
                name=name,
                n=int(group.estimate.n),
                n_events=int(group.estimate.n_events_total),
                median_reached=math.isfinite(median(group).value),
            )
            for name, group in zip(names, groups, strict=True)
        ),
    }
    row = spoken_row(groups)
    if row is not None:
        time = float(groups[0].at.time[row])
        least = min(int(group.at.n_at_risk[row]) for group in groups)
        facts["at_risk"] = least, f"{fmt.time_label(time)} {fmt.unit_word(summary.unit, time)}"
    return facts


def incidence_of(summary: IncidenceSummary, event: str) -> dict[str, Any]:
    """Of the cumulative incidence of one event."""
    groups = [group for group in summary.groups if group.cause(event).estimate.n]
    curves = [group.cause(event).estimate for group in groups]
    facts: dict[str, Any] = {
        "n_events": int(sum(curve.n_events_total for curve in curves)),
        "groups": groups_of(
            [group.level for group in groups], [curve.n for curve in curves], [curve.n_events_total for curve in curves]
        ),
        "p_value": math.nan if summary.gray is None else summary.gray[event].p_value,
    }
    row = milestone(summary, event)
    if row is not None:
        time = float(groups[0].cause(event).at.time[row])
        least = min(int(group.cause(event).at.n_at_risk[row]) for group in groups)
        facts["at_risk"] = least, f"{fmt.time_label(time)} {fmt.unit_word(summary.unit, time)}"
    return facts
