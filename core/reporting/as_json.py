"""Results as JSON: full double precision, the keys of docs/headless.md.

Belongs here: which number stands under which key. Does not belong here: computing or rounding.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from core.reporting.flow_words import flow_json
from core.reporting.json_adjusted import adjusted_survival_json, cut_point_json
from core.reporting.json_adverse_event_time import adverse_event_time_json
from core.reporting.json_adverse_events import adverse_events_json
from core.reporting.json_balance import balance_json
from core.reporting.json_bias import immortal_time_json
from core.reporting.json_incidence import incidence_json
from core.reporting.json_lesions import lesion_recurrence_json
from core.reporting.json_parts import AREA, CONTRAST, LIMITS, Json, pick
from core.reporting.json_quantile_groups import quantile_groups_json
from core.reporting.json_regression import cox_json, proportional_hazards_json, subgroups_json
from core.reporting.json_response import response_json
from core.reporting.json_survival_extras import comparison_extras_json, extras_json, group_extras_json
from core.reporting.profile_report import profile_json
from core.reporting.says import says
from core.reporting.state_report import state_occupancy_json
from core.reporting.treatment_words import treatment_json

if TYPE_CHECKING:
    from core.cohort.select import AnalysisSet
    from core.patients.baseline import BaselineTable
    from core.result import AnalysisResult
    from core.survival.compare import Comparison
    from core.survival.contrasts import Contrast, SurvivalContrasts
    from core.survival.summary import GroupSurvival, SurvivalSummary


def as_json(result: AnalysisResult) -> Json:
    """One result as a JSON object.

    Parameters
    ----------
    result : AnalysisResult

    Returns
    -------
    dict
        Only ``str``, ``int``, ``float`` (finite), ``bool``, ``None``, lists and dicts. NaN and infinity are None, and a
        note says so.
    """
    body = _WRITERS[result.kind](result.value)
    written: Json = {
        "kind": result.kind,
        "n": result.subset.n,
        **body,
        "says": _says(result),
        "exclusions": _exclusions(result.subset),
        "notes": list(dict.fromkeys(result.notes)),
    }
    empty: set[str] = set()
    plain: Json = _plain(written, empty, "")
    if empty:
        plain["notes"].append(f"null: not reached, not defined or infinite (in {', '.join(sorted(empty))}).")
    return plain


def _says(result: AnalysisResult) -> Json:
    """The two sentences at the top of a page."""
    said = says(result)
    others = [{"about": one.about, "caveat": one.sentence} for one in said.others]
    first = {"finding": said.finding, "caveat": said.caveat, "about": said.about}
    return {**first, "more": list(said.more), "others": others}


def _exclusions(subset: AnalysisSet) -> list[Json]:
    return [{"reason": item.reason, "n": item.n, "rows": list(item.rows)} for item in subset.exclusions]


def _survival(summary: SurvivalSummary) -> Json:
    written: Json = {
        "unit": summary.unit,
        "reference": summary.reference,
        "groups": {
            group.level: _group(group) | group_extras_json(summary.extras, position, group.level)
            for position, group in enumerate(summary.groups)
        },
        "median_follow_up": pick(summary.median_follow_up_overall, LIMITS),
        **extras_json(summary),
    }
    if summary.contrasts is not None:
        written["contrasts"] = _contrasts(summary.contrasts)
    return written


def _group(group: GroupSurvival) -> Json:
    estimate = group.estimate
    at = ("time", "n_at_risk", "survival", "std_error", "conf_low", "conf_high")
    columns = [getattr(group.at, name).tolist() for name in at]
    return {
        "n": estimate.n,
        "n_events": estimate.n_events_total,
        "time": estimate.time,
        "n_at_risk": estimate.n_at_risk,
        "n_events_at": estimate.n_events,
        "n_censored_at": estimate.n_censored,
        "survival": estimate.survival,
        "std_error": estimate.std_error,
        "conf_low": estimate.conf_low,
        "conf_high": estimate.conf_high,
        "quantiles": {repr(float(p)): pick(value, LIMITS) for p, value in group.quantiles.items()},
        "at": [dict(zip(at, row, strict=True)) for row in zip(*columns, strict=True)],
        "rmst": None if group.rmst is None else pick(group.rmst, AREA),
        "mean": pick(group.mean, AREA),
        "median_follow_up": pick(group.median_follow_up, LIMITS),
    }


def _contrasts(contrasts: SurvivalContrasts) -> Json:
    def one(contrast: Contrast | None) -> Json | None:
        return None if contrast is None else {"tau": contrast.time, **pick(contrast, CONTRAST)}

    return {
        "level": contrasts.level,
        "reference": contrasts.reference,
        "rmst_difference": one(contrasts.rmst_difference),
        "rmst_ratio": one(contrasts.rmst_ratio),
        "survival_difference": [
            {"time": contrast.time, **pick(contrast, CONTRAST)} for contrast in contrasts.survival_difference
        ],
    }


def _comparison(comparison: Comparison) -> Json:
    counts = zip(comparison.levels, comparison.n, comparison.observed, comparison.expected, strict=True)
    trend = comparison.trend
    written: Json = {
        "statistic": comparison.statistic,
        "df": comparison.df if comparison.max_combo is None else None,
        "p_value": comparison.p_value,
        "groups": {level: {"n": n, "observed": o, "expected": e} for level, n, o, e in counts},
        "pairwise": [pick(pair, ("a", "b", "statistic", "p_value", "p_adjusted")) for pair in comparison.pairwise],
        "trend": None if trend is None else pick(trend, ("statistic", "p_value", "z")),
        **comparison_extras_json(comparison),
    }
    if comparison.conventions is not None:
        written["conventions"] = {name: pick(value, LIMITS) for name, value in comparison.conventions.items()}
    return written


def _baseline(table: BaselineTable) -> Json:
    return {
        "groups": {level: {"n": n} for level, n in zip(table.levels, table.n, strict=True)},
        "variables": [
            {
                "variable": item.variable,
                "type": item.type,
                "heading": item.heading,
                "test": item.test,
                "statistic": item.statistic if item.test else None,
                "df": list(item.df),
                "p_value": item.p_value if item.test else None,
                "smd": item.smd if len(table.levels) > 1 else None,
                "rows": [
                    {
                        "level": row.level,
                        "groups": dict(zip(table.levels, map(dataclasses.asdict, row.groups), strict=True)),
                        "total": dataclasses.asdict(row.total),
                    }
                    for row in item.rows
                ],
                "missing": dict(zip(table.levels, item.missing, strict=True)),
                "notes": list(item.notes),
            }
            for item in table.variables
        ],
    }


def _plain(value: Any, empty: set[str], key: str) -> Any:
    """The value in plain Python; ``empty`` collects the keys under which a number is NaN or infinite."""
    if isinstance(value, Mapping):
        return {str(name): _plain(item, empty, str(name)) for name, item in value.items()}
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_plain(item, empty, key) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        empty.add(key)
        return None
    return value


_WRITERS: dict[str, Callable[[Any], Json]] = {
    "kaplan_meier": _survival,
    "compare": _comparison,
    "cox": cox_json,
    "proportional_hazards": proportional_hazards_json,
    "cumulative_incidence": incidence_json,
    "state_occupancy": state_occupancy_json,
    "lesion_recurrence": lesion_recurrence_json,
    "fine_gray": cox_json,
    "subgroups": subgroups_json,
    "adjusted_survival": adjusted_survival_json,
    "cut_point": cut_point_json,
    "quantile_groups": quantile_groups_json,
    "immortal_time": immortal_time_json,
    "balance": balance_json,
    "baseline": _baseline,
    "adverse_events": adverse_events_json,
    "adverse_event_time": adverse_event_time_json,
    "response": response_json,
    "patient_profile": profile_json,
    "treatment_course": treatment_json,
    "flow": flow_json,
}
