"""Two groups made alike, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.bias.weighted_sample import QUANTILES
from core.reporting.json_balance_checks import checks_json
from core.reporting.json_parts import AREA, CONTRAST, Json, pick

if TYPE_CHECKING:
    from core.bias.covariate_balance import CovariateBalance, GroupsApart
    from core.bias.crude_against_adjusted import Balance, Comparison
    from core.bias.g_formula import GFormula
    from core.bias.propensity import PropensityScore
    from core.bias.weighted_curves import GroupCurves
    from core.bias.weighted_sample import WeightedSample

_RATIO = (
    "n_events", "n_treated", "n_events_treated", "log_hazard_ratio", "std_error", "hazard_ratio", "conf_low",
    "conf_high", "p_value",
)  # fmt: skip
_CURVE = ("time", "n_at_risk", "survival", "std_error", "conf_low", "conf_high")


def balance_json(value: Balance) -> Json:
    """The ratio by every method, the propensity score, weights, and the balance of every covariate."""
    study = value.study
    return {
        "unit": value.unit,
        "reference": study.levels[0],
        "level": study.levels[1],
        "covariates": list(study.covariates),
        "method": value.method,
        "estimand": value.estimand,
        "n_events": study.data.n_events,
        "missing": value.missing,
        "propensity": _propensity(value.propensity),
        "balance": [_covariate(one) for one in value.covariates],
        "comparisons": {one.method: _comparison(one, study.levels) for one in value.comparisons},
        **({} if value.checks is None else checks_json(value.checks)),
    }


def _propensity(score: PropensityScore) -> Json:
    fields = ("n_parameters", "per_coefficient", "c_statistic", "common", "separated")
    return {
        **pick(score, fields),
        "n_outside": list(score.n_outside),
        "names": ["intercept", *score.names],
        "coefficients": score.coefficients,
        "std_error": score.std_error,
        "score": score.score,
    }


def _covariate(one: CovariateBalance) -> Json:
    return {
        "covariate": one.covariate,
        "levels": list(one.levels),
        "before": _apart(one.before),
        "after": {method: _apart(part) for method, part in one.after.items()},
    }


def _apart(part: GroupsApart) -> Json:
    return {
        "reference": list(part.reference),
        "level": list(part.other),
        "smd": part.difference,
        "variance_ratio": part.variance_ratio,
    }


def _comparison(one: Comparison, levels: tuple[str, str]) -> Json:
    ratio, area = one.ratio, one.rmst_difference
    return {
        "n_patients": ratio.ratio.n,
        **pick(ratio.ratio, _RATIO),
        "std_error_fixed": ratio.std_error_fixed,
        "effective": dict(zip(levels, ratio.effective, strict=True)),
        "logrank": {"statistic": ratio.score_statistic, "p_value": ratio.score_p_value},
        "weights": None if one.sample is None else _weights(one.sample, levels),
        **({} if one.standardised is None else _standardised(one.standardised, levels)),
        "curves": None if one.curves is None else {curve.group: pick(curve, _CURVE) for curve in one.curves.curves},
        "rmst": None if one.curves is None else _areas(one.curves),
        "rmst_difference": None if area is None else {"tau": area.time, **pick(area, CONTRAST)},
    }


def _weights(sample: WeightedSample, levels: tuple[str, str]) -> Json:
    quantiles = sample.quantiles
    return {
        "values": sample.weights,
        "quantiles": {
            level: dict(zip(map(repr, QUANTILES), quantiles[name], strict=True))
            for level, name in zip(levels, ("reference", "other"), strict=True)
        },
        "sets": sample.sets,
    }


def _areas(curves: GroupCurves) -> Json:
    areas: Json = {curve.group: pick(area, AREA) for curve, area in zip(curves.curves, curves.rmst, strict=True)}
    return areas


def _standardised(found: GFormula, levels: tuple[str, str]) -> Json:
    survival = dict(zip(levels, found.survival, strict=True))
    return {"standardised": {**pick(found, ("time", "draws", "n_failed", "seed")), "survival": survival}}
