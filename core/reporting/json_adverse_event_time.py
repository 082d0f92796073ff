"""Adverse events over time as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.reporting.json_incidence import incidence_json
from core.reporting.json_parts import CONTRAST, LIMITS, Json, pick

if TYPE_CHECKING:
    from core.safety.durations import Durations
    from core.safety.over_time import AdverseEventTime, MeanCounts
    from core.survival.summary import GroupSurvival

_COUNT = (
    "time", "n_at_risk", "mean", "std_error", "conf_low", "conf_high", "nelson", "nelson_std_error", "nelson_low",
    "nelson_high",
)  # fmt: skip
_AT = ("time", "n_at_risk", "mean", "std_error", "conf_low", "conf_high", "nelson")


def adverse_event_time_json(value: AdverseEventTime) -> Json:
    """First events, the same with patients censored, mean counts and durations."""
    return {
        "unit": value.unit,
        "reference": value.reference,
        "event": value.name,
        "ends": list(value.ends),
        "first": incidence_json(value.first),
        "censored": {group.level: _censored(group) for group in value.censored.groups},
        "mean_count": _counts(value.counts),
        "durations": None if value.durations is None else _durations(value.durations, value.levels),
    }


def _censored(group: GroupSurvival) -> Json:
    """One minus Kaplan-Meier at the chosen times, and the median."""
    at = group.at
    rows = zip(at.time.tolist(), at.n_at_risk.tolist(), at.survival.tolist(), at.std_error.tolist(),
               at.conf_low.tolist(), at.conf_high.tolist(), strict=True)  # fmt: skip
    return {
        "n": group.estimate.n,
        "n_events": group.estimate.n_events_total,
        "median": pick(group.quantiles[0.5], LIMITS),
        "at": [
            {"time": time, "n_at_risk": n, "value": 1 - s, "std_error": e, "conf_low": 1 - high, "conf_high": 1 - low}
            for time, n, s, e, low, high in rows
        ],
    }


def _counts(counts: MeanCounts) -> Json:
    groups = {}
    for group, chosen in zip(counts.groups, counts.at, strict=True):
        columns = [getattr(chosen, name).tolist() for name in _AT]
        groups[group.group] = {
            **pick(group, ("n", "n_with_event")),
            "n_events": group.n_events_total,
            **pick(group, _COUNT),
            "n_events_at": group.n_events,
            "at": [dict(zip(_AT, row, strict=True)) for row in zip(*columns, strict=True)],
        }
    return {
        "groups": groups,
        "differences": [{"time": one.time, **pick(one, CONTRAST)} for one in counts.differences],
    }


def _durations(durations: Durations, levels: tuple[str, ...]) -> list[Json]:
    names = ("patients", "events", "resolved", "ongoing")
    return [
        {
            "term": row.term,
            "groups": {
                level: {**{name: int(getattr(row, name)[i]) for name in names}, "median": pick(row.median[i], LIMITS)}
                for i, level in enumerate(levels)
            },
        }
        for row in durations.rows
    ]
