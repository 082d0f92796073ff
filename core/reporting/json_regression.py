"""Regressions as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.reporting.json_imputation import imputation_json
from core.reporting.json_model import model_json, selection_json
from core.reporting.json_parts import LIMITS, Json, pick

if TYPE_CHECKING:
    from core.regression.e_value import TermEValue
    from core.regression.proportionality import ProportionalHazards
    from core.regression.results import CoxAnalysis, CoxFit, CoxTable, CoxTerm
    from core.regression.subgroup import Subgroup, SubgroupAnalysis


def cox_json(analysis: CoxAnalysis) -> Json:
    """One fit at the top, or both under their names where the mode has both."""
    univariable = None if analysis.univariable is None else _cox_table(analysis.univariable)
    multivariable = None if analysis.multivariable is None else cox_fit_json(analysis.multivariable)
    written: Json = {"mode": analysis.mode, "missing": analysis.missing}
    if multivariable is not None:
        multivariable |= model_json(analysis.building)
        if analysis.periods:
            keys = ("covariate", "periods", "method", "statistic", "df", "p_value")
            multivariable["periods"] = [pick(test, keys) for test in analysis.periods]
    if analysis.e_values:
        written["e_values"] = [_e_value(found) for found in analysis.e_values]
    if analysis.imputation is not None:
        written["imputation"] = imputation_json(analysis.imputation)
    if analysis.mode == "univariable":
        return {**written, **(univariable or {})}
    if analysis.building.selection is not None:
        written["selection"] = selection_json(analysis.building.selection)
    if analysis.mode == "multivariable":
        return {**written, **(multivariable or {})}
    return {**written, "entered": list(analysis.entered), "univariable": univariable, "multivariable": multivariable}


def _e_value(found: TermEValue) -> Json:
    """How strong an unmeasured factor would have to be."""
    own = pick(found.e_value, ("risk_ratio", "value", "of_limit", "is_common"))
    return {**pick(found, ("term", "level", "reference", "hazard_ratio", "conf_low", "conf_high", "share")), **own}


_TERM = (
    "term", "level", "reference", "n", "n_events", "log_hazard_ratio", "std_error", "hazard_ratio", "conf_low",
    "conf_high", "statistic", "p_value",
)  # fmt: skip


def cox_fit_json(fit: CoxFit) -> Json:
    """One fit: tests, hazard ratios, what limits them."""
    return {
        "n": fit.n,
        "n_events": fit.n_events,
        "log_likelihood": list(fit.log_likelihood),
        "tests": {name: pick(test, ("statistic", "df", "p_value", "robust")) for name, test in fit.tests.items()},
        "concordance": fit.concordance.value,
        "terms": [_term(term, told=any(other.role != "main" for other in fit.terms)) for term in fit.terms],
        "overall": [_overall(test) for test in fit.overall],
        "notes": list(fit.notes),
    }


def _term(term: CoxTerm, *, told: bool) -> Json:
    """One hazard ratio; in a model where not every coefficient is one, also what it is."""
    return pick(term, (*_TERM, "column", "role") if told else _TERM)


def _cox_table(table: CoxTable) -> Json:
    """Every covariate alone: all terms together, and what each fit has for itself under ``fits``."""
    own = ("n", "n_events", "log_likelihood", "tests", "concordance")
    fits = {covariate: cox_fit_json(fit) for covariate, fit in table.fits.items()}
    only = next(iter(fits.values())) if len(fits) == 1 else dict.fromkeys(own)
    return {
        **{key: only[key] for key in own},
        "n": table.n,
        "n_events": table.n_events,
        "terms": [
            {**_term(term, told=term.role != "main"), "n_fit": term.n_fit, "n_events_fit": term.n_events_fit}
            for term in table.terms
        ],
        "overall": [_overall(test) for test in table.overall],
        "fits": {covariate: {key: fit[key] for key in own} for covariate, fit in fits.items()},
        "notes": list(table.notes),
    }


def proportional_hazards_json(tests: ProportionalHazards) -> Json:
    """Tests per covariate and of all; residuals for whoever plots them."""
    one = ("statistic", "df", "p_value")
    return {
        "n_events": tests.n_events,
        "transform": tests.transform,
        "missing": tests.missing,
        "terms": [{"term": test.term, **pick(test, one)} for test in tests.terms],
        "global": pick(tests.overall, one),
        "residuals": {
            "time": tests.time,
            "transformed": tests.transformed,
            "log_hazard_ratio": dict(zip(tests.names, tests.coefficients.tolist(), strict=True)),
            "scaled": dict(zip(tests.names, tests.residuals.T.tolist(), strict=True)),
        },
    }


_SUBGROUP = (
    "level", "n", "n_events", "log_hazard_ratio", "std_error", "hazard_ratio", "conf_low", "conf_high", "statistic",
    "p_value",
)  # fmt: skip


def subgroups_json(analysis: SubgroupAnalysis) -> Json:
    """The ratio among everybody, and in every level of every factor."""
    return {
        **pick(analysis, ("group", "reference", "unit")),
        "overall": _subgroup(analysis.overall),
        "factors": [
            {
                "factor": factor.factor,
                "interaction": pick(factor.interaction, ("statistic", "df", "p_value")),
                "missing": factor.n_missing,
                "levels": [_subgroup(subgroup) for subgroup in factor.subgroups],
            }
            for factor in analysis.factors
        ],
    }


def _subgroup(subgroup: Subgroup) -> Json:
    arms = {arm.group: {**pick(arm, ("n", "n_events")), "median": pick(arm.median, LIMITS)} for arm in subgroup.arms}
    return {**pick(subgroup, _SUBGROUP), "groups": arms}


def _overall(test: Any) -> Json:
    return pick(test, ("covariate", "method", "statistic", "df", "p_value", "robust"))
