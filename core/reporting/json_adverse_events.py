"""Adverse events as JSON: the keys of docs/headless.md."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.reporting.json_parts import CONTRAST, LIMITS, Json, pick

if TYPE_CHECKING:
    from core.safety.exposure import ExposureTable
    from core.safety.results import AdverseEventRow, AdverseEventTable, OverviewRow


def adverse_events_json(table: AdverseEventTable) -> Json:
    """What is counted, the overview, and patients or events by class and term; comparisons where there are groups."""
    return {
        "reference": table.reference,
        "events": table.events,
        "counted": table.counted,
        "test": table.test,
        "denominators": dict(zip(table.levels, table.denominators, strict=True)),
        "rows": [_event(table, row) for row in table.rows],
        "classes": [_event(table, row) for row in table.class_rows],
        "overall": _event(table, table.overall),
        "overview": {row.kind: _kind(table, row) for row in table.overview},
        **({"pairs": {_other(pair): _pair(pair) for pair in table.pairs}} if table.pairs else {}),
        **({} if table.exposure is None else {"exposure": _exposure(table, table.exposure)}),
    }


def _event(table: AdverseEventTable, row: AdverseEventRow) -> Json:
    any_percent, severe_percent = table.percent(row.any), table.percent(row.grade3plus)
    groups = {
        level: {
            "any": row.any[i],
            "any_percent": any_percent[i],
            "grade3plus": row.grade3plus[i] if table.graded else None,
            "grade3plus_percent": severe_percent[i] if table.graded else None,
            "by_grade": {str(grade + 1): n if table.graded else None for grade, n in enumerate(row.by_grade[i])},
            "no_grade": row.no_grade[i],
        }
        for i, level in enumerate(table.levels)
    }
    written: Json = {"class": row.event_class, "term": row.term, "groups": groups}
    if len(table.levels) > 1:
        severe = row.p_grade3plus if table.graded else None
        written["p_value"] = {"any": row.p_any, "grade3plus": severe}
        written["q_value"] = {"any": _or_none(row.q_any), "grade3plus": _or_none(row.q_grade3plus)}
    for name, one, other in (
        ("risk_ratio", row.risk_ratio_any, row.risk_ratio_grade3plus),
        ("odds_ratio", row.odds_ratio_any, row.odds_ratio_grade3plus),
    ):
        if one is not None:
            written[name] = {"any": pick(one, LIMITS), "grade3plus": None if other is None else pick(other, LIMITS)}
    if row.difference_any is not None:
        severe_difference = row.difference_grade3plus
        written["difference"] = {
            "any": pick(row.difference_any, CONTRAST),
            "grade3plus": None if severe_difference is None else pick(severe_difference, CONTRAST),
        }
    return written


def _other(pair: AdverseEventTable) -> str:
    return next(level for level in pair.levels if level != pair.reference)


def _pair(pair: AdverseEventTable) -> list[Json]:
    """The terms of two of several groups: what all groups together have no single number for."""
    compared = ("class", "term", "difference", "p_value", "q_value", "risk_ratio", "odds_ratio")
    rows = [_event(pair, row) for row in (*pair.rows, pair.overall)]
    return [{key: row[key] for key in compared if key in row} for row in rows]


def _kind(table: AdverseEventTable, row: OverviewRow) -> Json:
    percent = table.percent(row.counts)
    groups = {level: {"n": row.counts[i], "percent": percent[i]} for i, level in enumerate(table.levels)}
    written: Json = {"groups": groups}
    if len(table.levels) > 1:
        written["p_value"] = row.p_value
    if row.difference is not None:
        written["difference"] = pick(row.difference, CONTRAST)
    return written


def _or_none(q: float) -> float | None:
    """Nothing where a row is no term: that is no number that could not be estimated."""
    return q if math.isfinite(q) else None


def _exposure(table: AdverseEventTable, made: ExposureTable) -> Json:
    rows = []
    for row in made.rows:
        groups = {
            level: {key: getattr(row, key)[i] for key in ("events", "person_time", "rate", "conf_low", "conf_high")}
            for i, level in enumerate(table.levels)
        }
        ratio = {} if row.ratio is None else {"rate_ratio": pick(row.ratio, LIMITS)}
        rows.append({"term": row.term, "groups": groups, **ratio})
    return {
        "endpoint": made.endpoint,
        "unit": made.unit,
        "n": dict(zip(table.levels, made.n, strict=True)),
        "rows": rows,
    }
