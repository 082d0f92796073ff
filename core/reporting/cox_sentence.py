"""The answer of a Cox regression in a sentence: which factors go with the endpoint, along curves and together too."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.regression.remarks import FEW_EVENTS_PER_VARIABLE
from core.reporting import format as fmt
from core.reporting.hazard_cells import contrast_words, level_words
from core.reporting.labels import column_label, endpoint_label, event_label, in_sentence
from core.reporting.sentences import MOST_SPOKEN, NOTABLE, confidence_words
from core.spec import OWN_EVENT, RegressionSpec

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
    what = _outcome(result)
    if model is None:
        return (f"No factor was entered for {what}.",)
    building = analysis.building
    together = analysis.multivariable is not None and len({term.term for term in model.terms}) > 1
    lead = "Taken together" if together else "Taken alone"
    size = f"{fmt.patients(model.n)}, {fmt.several(model.n_events, 'event')}"
    factors, level = factors_of(model, building), confidence_words(result.analysis.conf_level)
    depends = {name for interaction in building.interactions for name in interaction.factors}
    if not factors and not depends:
        return (f"Hazard ratios for {what} could not be estimated ({size}).",)
    told = _told([factor for factor in factors if factor.notable], building, level)
    apart = _apart(factors, "" if any("hazard ratio" in words for words in told) else level)
    between = [interaction_sentence(interaction) for interaction in building.interactions]
    lost = _not_estimated(
        [name for name in _asked(analysis, result) if name not in depends | {factor.name for factor in factors}]
    )
    if not told:
        other = "other " if depends else ""
        finding, rest = f"{lead} ({size}), no {other}factor had P < {NOTABLE:g} for {what}.", ""
        if lost:  # a level without events may be the factor that matters most
            finding = f"{lead} ({size}), no factor that could be estimated had P < {NOTABLE:g} for {what}."
    else:
        quiet = {factor.name for factor in factors} - {factor.name for factor in factors if factor.notable}
        rest = f"No other factor had P < {NOTABLE:g}." if quiet else ""
        finding = f"{lead} ({size}), {what} went with {fmt.in_words(told)}."
    return tuple(filter(None, (finding, rest, *apart, *between, lost)))


def _outcome(result: AnalysisResult) -> str:
    """The endpoint; of one of several events that event, whose hazard is not that of the endpoint."""
    endpoint, asked = result.subset.endpoint or "survival", getattr(result.analysis, "event", None)
    if result.kind != "fine_gray" and asked is None:
        return endpoint_label(endpoint)
    event = event_label(endpoint if asked in (None, OWN_EVENT) else asked)
    if result.kind == "fine_gray":
        return f"the incidence of {event}"
    return f"the hazard of {event}, other events censored,"


def cox_caveat(result: AnalysisResult) -> str:
    """Where the model has too few events for what it holds, in a sentence; else empty."""
    model = result.cox.multivariable
    n = 0 if model is None else sum(math.isfinite(term.log_hazard_ratio) for term in model.terms)
    if model is None or model.n_events >= FEW_EVENTS_PER_VARIABLE * n:
        return ""
    of = f"{fmt.several(model.n_events, 'event')} for {fmt.several(n, 'coefficient')}"
    return f"Only {of}: what the model finds, or does not find, may be chance."


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """What a model says of one covariate that can be read alone.

    Attributes
    ----------
    name : str
    terms : tuple of CoxTerm
        Its hazard ratios that were estimated; empty for a curve.
    p_value : float
        Of the whole covariate: over all its levels, or of the whole curve.
    overall : bool
        Whether that P is of several levels together: then it speaks for the factor, and a level's own P does not.
    """

    name: str
    terms: tuple[CoxTerm, ...]
    p_value: float
    overall: bool = False

    @property
    def notable(self) -> bool:
        """Whether the whole covariate has a small P."""
        return self.p_value < NOTABLE

    @property
    def strongest(self) -> CoxTerm:
        """The level that stands farthest from its reference, by its standard error."""
        return min(self.terms, key=lambda term: term.p_value)


def factors_of(model: CoxFit | CoxTable, building: ModelBuilding) -> tuple[Factor, ...]:
    """Every covariate that was estimated and stands in no interaction, in the order of the model."""
    depends = {name for interaction in building.interactions for name in interaction.factors}
    curves = {curve.covariate: curve_p(curve) for curve in building.curves}
    overall = {test.covariate: test for test in model.overall}
    found: list[Factor] = []
    for name in dict.fromkeys(term.term for term in model.terms if term.role != "product"):
        terms = [term for term in model.terms if term.term == name]
        test = overall.get(name)
        if terms[0].role == "curve":
            p_value = curves.get(name, math.nan if test is None else test.p_value)
            found.append(Factor(name=name, terms=(), p_value=p_value))
        elif name not in depends:
            known = [term for term in terms if math.isfinite(term.log_hazard_ratio) and math.isfinite(term.p_value)]
            if known and test is not None and test.df > 1 and math.isfinite(test.p_value):
                found.append(Factor(name=name, terms=tuple(known), p_value=test.p_value, overall=True))
            else:  # one column, or several that no test takes together
                found += [Factor(name=name, terms=(term,), p_value=term.p_value) for term in known]
    return tuple(factor for factor in found if math.isfinite(factor.p_value))


def _told(factors: Sequence[Factor], building: ModelBuilding, level: str) -> list[str]:
    """What had a small P, in words; the confidence level is said once."""
    curves = {curve.covariate: curve for curve in building.curves}
    told: list[str] = []
    for factor in factors:
        said_level = level if not any("hazard ratio" in words for words in told) else ""
        told.append(_factor_words(factor, said_level) if factor.terms else _curve_words(factor, curves))
    return told


def _factor_words(factor: Factor, level: str) -> str:
    """One factor; of several levels their test together first, and the strongest of them as a description."""
    term = factor.strongest
    if not factor.overall:
        return _term_words(term, level)
    of_level, limits = _level_words(term), _limits(term, level)
    return (
        f"{column_label(factor.name)} (overall {fmt.p_phrase(factor.p_value)}; "
        f"{of_level}, hazard ratio {fmt.ratio(term.hazard_ratio, digits=_digits(term))}{limits})"
    )


def _apart(factors: Sequence[Factor], level: str) -> list[str]:
    """Levels with a small P of factors without one: told, so that nobody takes the row of the table for a finding."""
    found = []
    for factor in factors:
        term = factor.strongest if factor.overall and not factor.notable else None
        if term is not None and term.p_value < NOTABLE:
            what, ratio = _level_words(term), fmt.ratio(term.hazard_ratio, digits=_digits(term))
            limits, overall = _limits(term, level), fmt.p_phrase(factor.p_value)
            found.append(
                f"Of {in_sentence(column_label(factor.name))}, {what} stands apart (hazard ratio {ratio}{limits}), but "
                f"the factor as a whole does not (overall {overall}): read that level as a description only."
            )
    return found


def _level_words(term: CoxTerm) -> str:
    return f"{term.level} against {term.reference}" if term.reference is not None else f"{term.level}"


def _curve_words(factor: Factor, curves: Mapping[str, Curve]) -> str:
    """``Age along a curve (P = 0.003; not a straight line, P = 0.012)``."""
    bends = f"; {bend_words(curves[factor.name])}" if factor.name in curves else ""
    return f"{column_label(factor.name)} along a curve ({fmt.p_phrase(factor.p_value)}{bends})"


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
    ratio = fmt.ratio(term.hazard_ratio, digits=_digits(term))
    return f"{what} (hazard ratio {ratio}{_limits(term, level)}; {fmt.p_phrase(term.p_value)})"


def _digits(term: CoxTerm) -> int:
    return fmt.ratio_digits(term.hazard_ratio, term.conf_low, term.conf_high)


def _limits(term: CoxTerm, level: str) -> str:
    """``, 95 % CI 0.31–0.94``; the confidence level where it is not said before."""
    span = fmt.limits_of_ratio(term.conf_low, term.conf_high, digits=_digits(term))
    return f", {level}{' ' if level else ''}{span}" if span else ""
