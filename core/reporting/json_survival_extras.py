"""What a Kaplan-Meier analysis was asked beside its curves, and tests beside the log-rank family, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.reporting.json_parts import LIMITS, Json, pick

if TYPE_CHECKING:
    from core.survival.compare import Comparison
    from core.survival.completeness import Completeness
    from core.survival.conditional import ConditionalSurvival
    from core.survival.extras import SurvivalExtras
    from core.survival.summary import SurvivalSummary

_AT = ("time", "n_at_risk", "survival", "std_error", "conf_low", "conf_high")
_CUMULATIVE = ("value", "std_error", "conf_low", "conf_high")
_HAZARD = ("time", "hazard", "std_error", "conf_low", "conf_high", "bandwidth")
_LOG_LOG = ("time", "log_time", "value", "conf_low", "conf_high")
_DIFFERENCE = ("level", "reference", "time", "estimate", "std_error", "conf_low", "conf_high", "until")
_BAND = ("start", "until", "critical", "conf_low", "conf_high", "p_value", "n_times", "draws", "seed")
_RISK = ("n_at_risk", "n_events", "n_censored")
_COMPLETENESS = ("n", "n_lost", "observed", "potential", "value")


def group_extras_json(extras: SurvivalExtras, position: int, level: str) -> Json:
    """What belongs to one group; only what was asked for."""
    written: Json = {}
    if extras.cumulative_hazard:
        written["cumulative_hazard"] = pick(extras.cumulative_hazard[position], _CUMULATIVE)
    if extras.figure is not None:
        table = extras.figure.risk_table
        written["risk_table"] = {name: getattr(table, name)[position] for name in _RISK} | {"time": table.time}
    if extras.hazard:
        written["hazard"] = pick(extras.hazard[position], _HAZARD)
    if extras.log_log:
        written["log_log"] = pick(extras.log_log[position], _LOG_LOG)
    if extras.conditional:
        written["conditional"] = [_conditional(one) for one in extras.conditional if one.level == level]
    return written


def extras_json(summary: SurvivalSummary) -> Json:
    """What belongs to all groups together; only what was asked for."""
    extras = summary.extras
    written: Json = {}
    if extras.completeness is not None:
        made = extras.completeness
        written["completeness"] = {
            "basis": made.basis,
            "overall": _completeness(made.overall),
            "groups": {one.level: _completeness(one) for one in made.groups},
        }
    if extras.median_difference is not None:
        difference = extras.median_difference
        names = ("estimate", "conf_low", "conf_high", "std_error", "draws", "seed", "n_not_reached")
        written["median_difference"] = {
            "level": difference.level,
            "reference": difference.reference,
            "medians": dict(zip((difference.level, difference.reference), difference.medians, strict=True)),
            **pick(difference, names),
        }
    if extras.difference is not None:
        written["difference"] = pick(extras.difference, _DIFFERENCE) | {
            "apart": [list(stretch) for stretch in extras.difference.apart]
        }
        if extras.difference.band is not None:
            written["difference"]["band"] = pick(extras.difference.band, _BAND)
    if extras.figure is not None:
        axis = extras.figure.axis
        written["time_axis"] = {"unit": axis.unit, "ticks": axis.counted, "end": axis.end / axis.per}
    return written


def comparison_extras_json(comparison: Comparison) -> Json:
    """Signed statistic, MaxCombo and permutation; only where there are any."""
    written: Json = {"z": comparison.z} if len(comparison.levels) == 2 else {}
    if comparison.max_combo is not None:
        made = comparison.max_combo
        written["maxcombo"] = {
            "weights": [list(exponents) for exponents in made.exponents],
            "z": made.z,
            "correlation": made.correlation,
            "largest": None if made.largest is None else list(made.largest),
            "method": "multivariate normal by quadrature, without sampling",
        }
    if comparison.permutation is not None:
        test = comparison.permutation
        names = ("statistic", "df", "p_value", "std_error", "exact", "n_permutations", "seed", "asymptotic_p_value")
        written["permutation"] = pick(test, names)
    return written


def _conditional(one: ConditionalSurvival) -> Json:
    columns = [getattr(one.at, name).tolist() for name in _AT]
    return {
        "given": one.given,
        "n": one.estimate.n,
        "at": [dict(zip(_AT, row, strict=True)) for row in zip(*columns, strict=True)],
        "median_further": pick(one.median_further, LIMITS),
    }


def _completeness(one: Completeness) -> Json:
    return pick(one, _COMPLETENESS)
