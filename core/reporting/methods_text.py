"""How a number was computed, in the words of a methods section: what, formula, source, R call, version."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from core.reporting.flow_words import flow_method
from core.reporting.method import Method, r_name, response, right_side
from core.reporting.regression_methods import (
    cox_method,
    fine_gray_method,
    proportional_hazards_method,
    subgroups_method,
)
from core.reporting.response_methods import DIFFERENCE_SOURCE, DIFFERENCE_WORDS, response_method
from core.reporting.sentences import confidence_words, rank_test_name
from core.spec import AdverseEventsSpec, CompareSpec, CumulativeIncidenceSpec, FlemingHarrington, KaplanMeierSpec

if TYPE_CHECKING:
    from core.result import AnalysisResult


def method(result: AnalysisResult) -> Method:
    """How this result was computed, with the options it was asked for."""
    return _METHODS[result.kind](result)


def method_line(result: AnalysisResult) -> str:
    """The method in one line, for the foot of a table: what, the R call and the version."""
    found = method(result)
    return f"{found.what}; R: {found.r_call}; {found.version}."


def method_lines(result: AnalysisResult) -> tuple[str, ...]:
    """The method line by line: what, formula, R call, source, version."""
    found = method(result)
    return (
        f"{found.what}.",
        f"Formula: {found.formula}",
        f"In R: `{found.r_call}`",
        f"Source: {found.source}",
        f"{found.version}.",
    )


def _survival(result: AnalysisResult) -> Method:
    spec = result.analysis
    assert isinstance(spec, KaplanMeierSpec)
    level = "" if spec.conf_level == 0.95 else f", conf.int = {spec.conf_level:g}"
    return Method(
        what=f"Kaplan-Meier estimate, {spec.conf_type} {confidence_words(spec.conf_level)}; median follow-up by the "
        "reverse Kaplan-Meier method",
        formula="S(t) = Π (1 − d/n) over event times up to t; Greenwood standard error S·√Σ d/(n(n − d)); median: "
        "first time with S ≤ 0.5, the middle of a plateau at exactly 0.5; its limits invert the confidence band",
        r_call=f'survfit({response(result)} ~ {right_side(result)}, conf.type = "{spec.conf_type}"{level})',
        source="Kaplan and Meier, J Am Stat Assoc 1958;53:457-481; Brookmeyer and Crowley, Biometrics 1982;38:29-41; "
        "Schemper and Smith, Control Clin Trials 1996;17:343-346 (follow-up)",
    )


def _incidence(result: AnalysisResult) -> Method:
    spec = result.analysis
    assert isinstance(spec, CumulativeIncidenceSpec)
    grouped = len(result.subset.groups.levels) > 1
    stratified = "; stratified" if spec.strata else ""
    parts = [
        f"Cumulative incidence (Aalen-Johansen), Aalen's variance, {spec.conf_type} {confidence_words(spec.conf_level)}"
    ]
    parts += [f"Gray's test{stratified}"] if grouped else []
    parts += [f"pairs of groups with {ADJUSTMENT_WORDS[spec.pairwise]}"] if grouped and spec.pairwise else []
    group = ", group" if grouped else ""
    strata = f", strata = {', '.join(map(r_name, spec.strata))}" if spec.strata else ""
    return Method(
        what="; ".join(parts),
        formula="F(t) = Σ S(t−)·d/n over times up to t, S the chance to be free of every event",
        r_call=f"cmprsk::cuminc(time, status{group}{strata})",
        source="Aalen and Johansen, Scand J Stat 1978;5:141-150; Gray, Ann Stat 1988;16:1141-1154",
    )


_WEIGHTS = {
    "logrank": "w = 1",
    "gehan": "w = n",
    "tarone-ware": "w = √n",
    "peto": "w = Π (1 − d/(n + 1)) up to and including t",
}


def _comparison(result: AnalysisResult) -> Method:
    spec = result.analysis
    assert isinstance(spec, CompareSpec)
    name = rank_test_name(spec.weighting, stratified=bool(spec.strata))
    strata = f" + strata({', '.join(spec.strata)})" if spec.strata else ""
    call = f"survdiff({response(result)} ~ {right_side(result)}{strata})"
    if isinstance(spec.weighting, FlemingHarrington):
        rho, gamma = spec.weighting.exponents
        weights = f"w = S(t−)^{rho:g} · (1 − S(t−))^{gamma:g}"
        call = call[:-1] + f", rho = {rho:g})" if gamma == 0 else f"none in survival; {weights}"
    else:
        weights = _WEIGHTS[spec.weighting]
        if spec.weighting != "logrank":
            call = f"none in survival; {weights}"
    parts = [f"{name[:1].upper()}{name[1:]} test, two-sided, hypergeometric variance"]
    if spec.pairwise:
        parts.append(f"pairs of groups with {ADJUSTMENT_WORDS[spec.pairwise]}")
    if spec.trend:
        parts.append("test for trend over the order of the groups, scores 1, 2, …")
    return Method(
        what="; ".join(parts),
        formula=f"χ² of Σ w (d₁ − d·n₁/n) over event times, {weights}",
        r_call=call,
        source="Mantel, Cancer Chemother Rep 1966;50:163-170; Harrington and Fleming, Biometrika 1982;69:553-566",
    )


def _baseline(result: AnalysisResult) -> Method:
    compared = len(result.subset.groups.levels) > 1
    tests = "; tests as named per row; standardised mean differences" if compared else ""
    return Method(
        what=f"Counts, means and quartiles (type 7) of known values{tests}",
        formula="standardised mean difference |m₁ − m₀| / √((s₁² + s₀²)/2); for categories on the vector of shares",
        r_call="chisq.test(correct = FALSE), fisher.test, t.test, oneway.test, wilcox.test, kruskal.test"
        if compared
        else "summary, quantile",
        source="Austin, Stat Med 2009;28:3083-3107 (standardised differences); Yang and Dalton, SAS Global Forum 2012"
        if compared
        else "Hyndman and Fan, Am Stat 1996;50:361-365 (quantiles)",
    )


_DIFFERENCE_FORMULA = {
    "miettinen-nurminen": "limits δ where the score statistic of the difference equals its critical value, variance "
    "under the difference δ times N/(N − 1)",
    "newcombe": "limits from the Wilson limits of each proportion",
    "wald": "p₁ − p₀ ± z·√(p₁q₁/n₁ + p₀q₀/n₀)",
}


def _adverse_events(result: AnalysisResult) -> Method:
    spec = result.analysis
    assert isinstance(spec, AdverseEventsSpec)
    two = len(result.subset.groups.levels) == 2
    what = (
        "Patients with at least one event, by worst grade per patient and term (CTCAE); denominators are all patients"
    )
    if len(result.subset.groups.levels) > 1:
        what += "; Fisher's exact test, two-sided"
    if two:
        what += f"; {DIFFERENCE_WORDS[spec.difference]} {confidence_words(spec.conf_level)} of the difference"
    return Method(
        what=what,
        formula=_DIFFERENCE_FORMULA[spec.difference] if two else "count / patients of the group",
        r_call="fisher.test(table(event, group))" if len(result.subset.groups.levels) > 1 else "table(event)",
        source=DIFFERENCE_SOURCE[spec.difference] if two else "CTCAE",
    )


ADJUSTMENT_WORDS = {
    "none": "no adjustment",
    "holm": "Holm's adjustment",
    "bonferroni": "Bonferroni's adjustment",
    "bh": "Benjamini-Hochberg's adjustment",
}


_METHODS: dict[str, Callable[[Any], Method]] = {
    "kaplan_meier": _survival,
    "compare": _comparison,
    "cox": cox_method,
    "proportional_hazards": proportional_hazards_method,
    "cumulative_incidence": _incidence,
    "fine_gray": fine_gray_method,
    "subgroups": subgroups_method,
    "baseline": _baseline,
    "adverse_events": _adverse_events,
    "response": response_method,
    "flow": flow_method,
}
