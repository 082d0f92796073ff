"""Imputed values as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.reporting.json_parts import Json, pick

if TYPE_CHECKING:
    from core.regression.imputation import ImputedVariable
    from core.regression.imputed_model import ImputedModel


def imputation_json(model: ImputedModel) -> Json:
    """How many values were imputed of what, what they look like, and the models of the complete patients."""
    imputed = model.imputed
    complete = model.complete
    return {
        **pick(imputed.asked, ("sets", "iterations", "seed")),
        "n_incomplete": imputed.n_incomplete,
        "predictors": list(imputed.predictors),
        "variables": [variable_json(variable) for variable in imputed.variables],
        "terms": [
            pick(term, ("model", "term", "level", "df", "missing_information", "increase")) for term in model.terms
        ],
        "complete_patients": {
            name: {
                **pick(fit, ("n", "n_events")),
                "terms": [
                    pick(term, ("term", "level", "n_fit", "hazard_ratio", "conf_low", "conf_high", "p_value"))
                    for term in fit.terms
                ],
            }
            for name, fit in (("univariable", complete.univariable), ("multivariable", complete.multivariable))
            if fit is not None
        },
    }


def variable_json(variable: ImputedVariable) -> Json:
    """One variable: how many values were imputed, and what they look like beside the known ones."""
    written: Json = {"variable": variable.name, "n_missing": variable.n_missing, "mixing": variable.mixing}
    if variable.levels:
        shares = zip(variable.levels, variable.observed_shares, variable.imputed_shares, strict=True)
        written["levels"] = {level: {"observed": seen, "imputed": filled} for level, seen, filled in shares}
    else:
        for name, values in (("observed", variable.observed), ("imputed", variable.imputed)):
            written[name] = {"mean": float(values.mean()), "sd": float(values.std())}
    return written
