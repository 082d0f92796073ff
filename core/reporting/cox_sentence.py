"""The answer of a Cox regression in a sentence: which factors go with the endpoint, along curves and together too."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from core.regression.remarks import FEW_EVENTS_PER_VARIABLE
from core.reporting import format as fmt
from core.reporting.hazard_cells import contrast_words, level_words
from core.reporting.labels import column_label, endpoint_label, in_sentence
from core.reporting.sentences import MOST_SPOKEN, NOTABLE, confidence_words
from core.spec import RegressionSpec

if TYPE_CHECKING:
    from core.regression.curve import Curve
    from core.regression.interactions import Interaction
    from core.regression.results import CoxAnalysis, CoxFit, CoxTable, CoxTerm, ModelBuilding
    from core.result import AnalysisResult


def cox_headline(result: AnalysisResult) -> str:
    """Which factors go with the endpoint, with their hazard ratios; says so where none does."""
    return " ".join(cox_parts(result))


def cox_parts(result: AnalysisResult) -> tuple[str, ...]:
    """The sentences of :func:`cox_headline`, the finding first."""
    analysis = result.cox if result.kind == "cox" else result.fine_gray
    model = analysis.multivariable or analysis.univariable
    what = endpoint_label(result.subset.endpoint or "survival")
    if model is None:
        return (f"No factor was entered for {what}.",)
    building = analysis.building
    together = analysis.multivariable is not None and len({term.term for term in model.terms}) > 1
    lead = "Taken together" if together else "Taken alone"
    size = f"{fmt.patients(model.n)}, {fmt.several(model.n_events, 'event')}"
    p_values = _p_values(model, building)
    depends = {name for interaction in building.interactions for name in interaction.factors}
    if not p_values and not depends:
        return (f"Hazard ratios for {what} could not be estimated ({size}).",)
    told = _told(model, building, p_values, confidence_words(result.analysis.conf_level))
    between = [interaction_sentence(interaction) for interaction in building.interactions]
    lost = _not_estimated(
        [name for name in _asked(analysis, result) if name not in depends | {name for name, _ in p_values}]
    )
    if not told:
        other = "other " if depends else ""
        finding, rest = f"{lead} ({size}), no {other}factor had P < {NOTABLE:g} for {what}.", ""
    else:
        quiet = {name for name, _ in p_values} - {name for name, _ in told}
        rest = f"No other factor had P < {NOTABLE:g}." if quiet else ""
        finding = f"{lead} ({size}), {what} went with {fmt.in_words(words for _, words in told)}."
    return tuple(filter(None, (finding, rest, *between, lost)))


def cox_caveat(result: AnalysisResult) -> str:
    """Where the model has too few events for what it holds, in a sentence; else empty."""
    model = result.cox.multivariable
    n = 0 if model is None else sum(math.isfinite(term.log_hazard_ratio) for term in model.terms)
    if model is None or model.n_events >= FEW_EVENTS_PER_VARIABLE * n:
        return ""
    of = f"{fmt.several(model.n_events, 'event')} for {fmt.several(n, 'coefficient')}"
    return f"Only {of}: what the model finds, or does not find, may be chance."


def _p_values(model: CoxFit | CoxTable, building: ModelBuilding) -> Mapping[tuple[str, str | None], float]:
    """P of everything that was estimated and can be read alone: hazard ratios, and whole curves."""
    depends = {name for interaction in building.interactions for name in interaction.factors}
    curves = {curve.covariate: curve_p(curve) for curve in building.curves}
    overall = {test.covariate: test.p_value for test in model.overall}
    found: dict[tuple[str, str | None], float] = {}
    for term in model.terms:
        if term.role == "curve":
            found[term.term, None] = curves.get(term.term, overall.get(term.term, math.nan))
        elif term.role == "main" and term.term not in depends and math.isfinite(term.log_hazard_ratio):
            found[term.term, term.level] = term.p_value
    return {key: p for key, p in found.items() if math.isfinite(p)}


def _told(
    model: CoxFit | CoxTable,
    building: ModelBuilding,
    p_values: Mapping[tuple[str, str | None], float],
    level: str,
) -> list[tuple[str, str]]:
    """What had a small P, in words, by covariate; the confidence level is said once."""
    curves = {curve.covariate: curve for curve in building.curves}
    told: dict[tuple[str, str | None], tuple[str, str]] = {}
    for term in model.terms:
        key = (term.term, None if term.role == "curve" else term.level)
        if key in told or not p_values.get(key, math.nan) < NOTABLE or term.role == "product":
            continue
        said_level = level if not any("hazard ratio" in words for _, words in told.values()) else ""
        words = _term_words(term, said_level) if term.role == "main" else _curve_words(term, p_values[key], curves)
        told[key] = (term.term, words)
    return list(told.values())


def _curve_words(term: CoxTerm, p_value: float, curves: Mapping[str, Curve]) -> str:
    """``Age along a curve (P = 0.003; not a straight line, P = 0.012)``."""
    bends = f"; {bend_words(curves[term.term])}" if term.term in curves else ""
    return f"{column_label(term.term)} along a curve ({fmt.p_phrase(p_value)}{bends})"


def curve_p(curve: Curve) -> float:
    """P of a whole curve: by likelihood ratio where there is one."""
    return curve.tests.get("overall_likelihood_ratio", curve.tests["overall_wald"]).p_value


def bend_words(curve: Curve) -> str:
    """Whether a straight line would do."""
    p_value = curve.tests.get("nonlinearity_likelihood_ratio", curve.tests["nonlinearity_wald"]).p_value
    if not math.isfinite(p_value):
        return "whether it bends cannot be tested"
    bent = "not a straight line" if p_value < NOTABLE else "no sign that it bends"
    return f"{bent}, {fmt.p_phrase(p_value)}"


def interaction_sentence(interaction: Interaction) -> str:
    """Whether the first factor's hazard ratio depends on the second, with the ratios where they are few."""
    first, second = (in_sentence(column_label(name)) for name in interaction.factors)
    p = fmt.p_phrase(interaction.test.p_value).replace("P", "P for interaction", 1)
    if not math.isfinite(interaction.test.p_value):
        return f"Whether the hazard ratio of {first} depends on {second} cannot be tested."
    if not interaction.test.p_value < NOTABLE:
        return f"No sign that the hazard ratio of {first} depends on {second} ({p})."
    shown = list(_conditional(interaction))
    ratios = f": {fmt.in_words(shown)}" if 0 < len(shown) <= MOST_SPOKEN + 1 else ""
    return f"The hazard ratio of {first} depends on {second} ({p}){ratios}."


def _conditional(interaction: Interaction) -> Iterator[str]:
    own = [ratio for ratio in interaction.ratios if ratio.factor == interaction.factors[0]]
    for ratio in own:
        several = len({other.level for other in own}) > 1
        what = f"{contrast_words(ratio.factor, ratio.level, ratio.reference)} " if several else ""
        span = fmt.limits_of_ratio(ratio.conf_low, ratio.conf_high)
        limits = f" ({span})" if span else ""
        yield f"{what}{fmt.ratio(ratio.hazard_ratio)}{limits} where {level_words(ratio.other, ratio.at)}"


def _asked(analysis: CoxAnalysis, result: AnalysisResult) -> tuple[str, ...]:
    """The covariates the headline answers for."""
    assert isinstance(result.analysis, RegressionSpec)
    both = analysis.univariable is not None and analysis.multivariable is not None
    return analysis.entered if both else result.analysis.covariates


def _not_estimated(names: Sequence[str]) -> str:
    """By name, so that nobody takes a factor without a hazard ratio for one without effect."""
    many = len(names) > MOST_SPOKEN
    who = fmt.several(len(names), "factor") if many else fmt.in_words(column_label(name) for name in names)
    return f"{who} could not be estimated." if names else ""


def _term_words(term: CoxTerm, level: str) -> str:
    """One factor: ``HIFU, Yes against No (hazard ratio 0.54, 95 % CI 0.31–0.94; P = 0.029)``."""
    what = contrast_words(term.term, term.level, term.reference)
    digits = fmt.ratio_digits(term.hazard_ratio, term.conf_low, term.conf_high)
    span = fmt.limits_of_ratio(term.conf_low, term.conf_high, digits=digits)
    limits = f", {level}{' ' if level else ''}{span}" if span else ""
    return f"{what} (hazard ratio {fmt.ratio(term.hazard_ratio, digits=digits)}{limits}; {fmt.p_phrase(term.p_value)})"
