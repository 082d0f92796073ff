"""How regressions were computed, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.imputation_methods import imputation_words, r_imputed
from core.reporting.labels import column_label
from core.reporting.method import Method, r_name, response
from core.reporting.model_methods import (
    building_sources,
    building_words,
    in_model,
    named_in_words,
    r_around,
    right_side,
    shape_words,
)
from core.reporting.r_terms import r_term
from core.reporting.sentences import confidence_words
from core.spec import OWN_EVENT, CoxSpec, FineGraySpec, ProportionalHazardsSpec, SubgroupsSpec

if TYPE_CHECKING:
    from core.result import AnalysisResult


def cox_method(result: AnalysisResult) -> Method:
    """Cox regression."""
    spec = result.analysis
    assert isinstance(spec, CoxSpec)
    robust = spec.weights is not None or spec.cluster is not None
    firth = spec.penalty == "firth"
    profile = firth or spec.intervals == "profile"
    likelihood = "penalised likelihood" if firth else "likelihood"
    limits = f"profile {likelihood}" if profile else "robust (sandwich) Wald" if robust else "Wald"
    parts = [
        f"Cox proportional-hazards regression{_cause_words(result, spec)}, {TIES_WORDS[spec.ties]}",
        f"{limits} {confidence_words(spec.conf_level)}",
        *([f"Firth's penalty{COXPHF_TIES if spec.ties != 'breslow' else ''}"] if firth else []),
        *([f"stratified by {named_in_words(spec.strata)}"] if spec.strata else []),
        *([f"case weights {named_in_words([spec.weights])}"] if spec.weights else []),
        *_time_words(result, spec),
        *building_words(spec),
        *imputation_words(spec),
    ]
    options = "" if firth else f', ties = "{spec.ties}"'
    options += f", weights = {r_name(spec.weights)}, robust = TRUE" if spec.weights else ""
    options += f", cluster = {r_name(spec.cluster)}" if spec.cluster else ""
    call = "coxphf::coxphf" if firth else "coxph"
    surv = "Surv(start, stop, event)" if spec.time_dependent or spec.time_splits else response(result)
    if spec.event is not None:
        surv = surv.replace("event)", f'cause == "{_event(result, spec)}")')
    formula = f"{surv} ~ {right_side(result, spec, in_model(result, spec))}"
    return Method(
        what="; ".join(parts),
        formula="partial likelihood by Newton-Raphson; hazard ratio exp(β), limits "
        + (
            f"where the profile log {likelihood} is χ²/2 below its maximum, P by likelihood ratio"
            if profile
            else "exp(β ± z·se)"
        ),
        r_call=r_imputed(r_around(f"{call}({formula}{options})", result, spec), spec),
        source="Cox, J R Stat Soc B 1972;34:187-220; Efron, J Am Stat Assoc 1977;72:557-565"
        + ("; Heinze and Schemper, Biometrics 2001;57:114-119" if firth else "")
        + ("; Gail, Lubin and Rubinstein, Biometrika 1981;68:703-707" if spec.ties == "exact" else "")
        + ("; Lin and Wei, J Am Stat Assoc 1989;84:1074-1078" if robust else "")
        + "".join(f"; {source}" for source in building_sources(spec))
        + ("; White and Royston, Stat Med 2009;28:1982-1998" if spec.missing == "impute" else ""),
    )


def _time_words(result: AnalysisResult, spec: CoxSpec) -> Iterator[str]:
    """Treatments that start later, and hazard ratios per period."""
    for name, later in spec.time_dependent.items():
        start = f"its start ({named_in_words([later.starts])})"
        yield f"{column_label(name)} from {start} on, no before: rows from start to stop as tmerge(tdc()) makes them"
    unit = result.subset.data.unit if result.subset.data is not None else ""
    for name, cuts in spec.time_splits.items():
        ends = fmt.in_words(f"{cut:g}" for cut in cuts)
        factor = named_in_words([name])
        yield f"a hazard ratio of {factor} per period (split at {ends} {unit}), rows as survSplit makes them"


def _event(result: AnalysisResult, spec: CoxSpec | FineGraySpec) -> str:
    """The event that a model is of, by the endpoint's name where it is its own."""
    return str(result.subset.endpoint) if spec.event in (None, OWN_EVENT) else str(spec.event)


def _cause_words(result: AnalysisResult, spec: CoxSpec) -> str:
    return (
        "" if spec.event is None else f" of the cause-specific hazard of {_event(result, spec)}, other events censored"
    )


COXPHF_TIES = " (R's coxphf takes ties by Breslow's method: its numbers differ a little where events are tied)"
TIES_WORDS = {
    "efron": "Efron's method for ties",
    "breslow": "Breslow's method for ties",
    "exact": "exact (discrete) likelihood of ties: which of all possible sets of patients had the events of one time",
}


def proportional_hazards_method(result: AnalysisResult) -> Method:
    """Test of proportional hazards."""
    spec = result.analysis
    assert isinstance(spec, ProportionalHazardsSpec)
    strata = f", stratified by {named_in_words(spec.strata)}" if spec.strata else ""
    weights = f", weights = {r_name(spec.weights)}" if spec.weights else ""
    shape = "".join(f", {words}" for words in shape_words(spec))
    right = right_side(result, spec, spec.covariates)
    surv = "Surv(start, stop, event)" if spec.time_dependent else response(result)
    model = f'coxph({surv} ~ {right}, ties = "{spec.ties}"{weights})'
    return Method(
        what=f"Score test of proportional hazards against {TRANSFORM_WORDS[spec.transform]}, Cox model with "
        f"{spec.ties.capitalize()}'s method for ties{strata}{shape}; a factor with all its levels together",
        formula="χ² of Σ g(t)(x − x̄(t)) over events, given the coefficients, information Σ g²V − ΣgV (ΣV)⁻¹ ΣgV",
        r_call=f'cox.zph({model}, transform = "{spec.transform}")',
        source="Grambsch and Therneau, Biometrika 1994;81:515-526; survival 3.0 and later (exact variance)",
    )


def fine_gray_method(result: AnalysisResult) -> Method:
    """Fine-Gray regression."""
    spec = result.analysis
    assert isinstance(spec, FineGraySpec)
    event = _event(result, spec)
    columns = " + ".join(r_term(result, spec, name) for name in spec.covariates)
    level = confidence_words(spec.conf_level)
    return Method(
        what=f"Fine-Gray regression of the subdistribution hazard of {event}, all factors together, robust {level}",
        formula="partial likelihood with weights G(t−)/G(T−) after a competing event at T, G the Kaplan-Meier estimate "
        "of censoring; ties by Breslow's method; standard errors with the influence of G",
        r_call=f'cmprsk::crr(time, status, model.matrix(~ {columns})[, -1], failcode = "{event}")',
        source="Fine and Gray, J Am Stat Assoc 1999;94:496-509",
    )


def subgroups_method(result: AnalysisResult) -> Method:
    """Subgroups and interactions."""
    spec = result.analysis
    assert isinstance(spec, SubgroupsSpec)
    return Method(
        what=f"Cox regression of the group within each level, {spec.ties.capitalize()}'s method for ties, Wald "
        f"{confidence_words(spec.conf_level)}; Kaplan-Meier medians; interaction by likelihood ratio",
        formula="χ² = 2·(log L with group, factor and their product − log L with group and factor)",
        r_call=f'coxph({response(result)} ~ group, subset = factor == level, ties = "{spec.ties}"); '
        f"anova(coxph(~ group + factor), coxph(~ group * factor))",
        source="Cox, J R Stat Soc B 1972;34:187-220; Assmann, Pocock, Enos and Kasten, Lancet 2000;355:1064-1069",
    )


TRANSFORM_WORDS = {
    "km": "1 − Kaplan-Meier survival just before each time",
    "rank": "the rank of time",
    "identity": "time itself",
    "log": "the logarithm of time",
}
