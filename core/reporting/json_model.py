"""How a multivariable model was built and checked, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.reporting.json_parts import Json, pick

if TYPE_CHECKING:
    from core.regression.collinearity import Collinearity
    from core.regression.curve import Curve
    from core.regression.influence import Influence
    from core.regression.interactions import Interaction
    from core.regression.results import ModelBuilding
    from core.regression.selection import Selection

_TEST = ("statistic", "df", "p_value", "robust")
_RATIO = (
    "factor", "level", "reference", "other", "at", "n", "n_events", "log_hazard_ratio", "std_error", "hazard_ratio",
    "conf_low", "conf_high", "statistic", "p_value",
)  # fmt: skip


def model_json(building: ModelBuilding) -> Json:
    """What a model has beside its hazard ratios; keys only for what was asked for."""
    written: Json = {}
    if building.curves:
        written["curves"] = {curve.covariate: _curve(curve) for curve in building.curves}
    if building.interactions:
        written["interactions"] = [_interaction(interaction) for interaction in building.interactions]
    if building.collinearity is not None:
        written["collinearity"] = _collinearity(building.collinearity)
    if building.influence is not None:
        written["influence"] = _influence(building.influence)
    return written


def selection_json(selection: Selection) -> Json:
    """The path of a backward elimination."""
    return {
        "n": selection.n,
        "n_events": selection.n_events,
        "forced": list(selection.forced),
        "steps": [
            {
                **pick(step, ("dropped", "n_parameters", "log_likelihood", "aic")),
                "kept": list(step.kept),
                "aic_without": dict(step.without),
            }
            for step in selection.steps
        ],
    }


def _curve(curve: Curve) -> Json:
    arrays = ("value", "log_hazard_ratio", "std_error", "hazard_ratio", "conf_low", "conf_high")
    return {
        "knots": list(curve.knots),
        "reference": curve.reference,
        **pick(curve, arrays),
        "tests": {name: pick(test, _TEST) for name, test in curve.tests.items()},
    }


def _interaction(interaction: Interaction) -> Json:
    return {
        "factors": list(interaction.factors),
        "method": interaction.method,
        **pick(interaction.test, _TEST),
        "ratios": [pick(ratio, _RATIO) for ratio in interaction.ratios],
    }


def _collinearity(found: Collinearity) -> Json:
    one = ("covariate", "df", "vif", "widening", "partner")
    return {"covariates": [pick(factor, one) for factor in found.factors], "columns": found.columns}


def _influence(found: Influence) -> Json:
    one = (
        "row", "column", "hazard_ratio", "p_value", "hazard_ratio_without", "p_value_without", "dfbeta", "dfbetas",
    )  # fmt: skip
    return {
        "most": [pick(left, one) for left in found.most],
        "rows": found.rows,
        "dfbeta": dict(zip(found.names, found.dfbeta.T.tolist(), strict=True)),
        "dfbetas": dict(zip(found.names, found.dfbetas.T.tolist(), strict=True)),
    }
