"""Groups of equally many patients as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.reporting.json_incidence import incidence_json
from core.reporting.json_parts import Json, pick

if TYPE_CHECKING:
    from core.regression.quantile_groups import QuantileGroups
    from core.survival.summary import GroupSurvival

_AT = ("time", "n_at_risk", "survival", "std_error", "conf_low", "conf_high")
_TERM = (
    "level", "reference", "n", "n_events", "log_hazard_ratio", "std_error", "hazard_ratio", "conf_low", "conf_high",
    "p_value",
)  # fmt: skip


def quantile_groups_json(value: QuantileGroups) -> Json:
    """Cuts, curves, tests and hazard ratios."""
    compared, trend = value.comparison, value.comparison.trend
    step = value.trend_term
    return {
        **pick(value, ("column", "event", "unit", "n_missing")),
        "n_groups": len(value.levels),
        "cuts": list(value.cuts),
        "levels": list(value.levels),
        "survival": None
        if value.survival is None
        else {group.level: _survival(group) for group in value.survival.groups},
        "incidence": None if value.incidence is None else incidence_json(value.incidence),
        "logrank": pick(compared, ("statistic", "df", "p_value")),
        "trend": None if trend is None else pick(trend, ("statistic", "p_value", "z")),
        "trend_incidence": None
        if step is None
        else pick(step, ("log_hazard_ratio", "std_error", "hazard_ratio", "conf_low", "conf_high", "p_value")),
        "terms": [pick(term, _TERM) for term in value.terms],
    }


def _survival(group: GroupSurvival) -> Json:
    estimate, chosen = group.estimate, group.at
    columns = [getattr(chosen, name).tolist() for name in _AT]
    return {
        "n": estimate.n,
        "n_events": estimate.n_events_total,
        **pick(estimate, ("time", "n_at_risk", "survival", "std_error", "conf_low", "conf_high")),
        "median": pick(group.quantiles[0.5], ("value", "conf_low", "conf_high")),
        "at": [dict(zip(_AT, row, strict=True)) for row in zip(*columns, strict=True)],
    }
