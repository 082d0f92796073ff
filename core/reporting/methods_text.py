"""How a number was computed, in the words of a methods section: what, formula, source, R call, version."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core import __version__
from core.reporting.sentences import confidence_words, rank_test_name
from core.spec import CompareSpec, FlemingHarrington, KaplanMeierSpec

if TYPE_CHECKING:
    from core.result import AnalysisResult

VERSION = f"Cohortscope {__version__}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """How a result was computed.

    Attributes
    ----------
    what : str
        Estimator, interval and test, as a methods section names them.
    formula : str
    r_call : str
        The call that gives the same numbers in R.
    source : str
        Where the method is described.
    version : str
    """

    what: str
    formula: str
    r_call: str
    source: str
    version: str = VERSION


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
    spec: KaplanMeierSpec = result.analysis  # type: ignore[assignment]
    data = result.subset.data
    response = "Surv(entry, time, event)" if data is not None and data.entry is not None else "Surv(time, event)"
    level = "" if spec.conf_level == 0.95 else f", conf.int = {spec.conf_level:g}"
    return Method(
        what=f"Kaplan-Meier estimate, {spec.conf_type} {confidence_words(spec.conf_level)}; median follow-up by the "
        "reverse Kaplan-Meier method",
        formula="S(t) = Π (1 − d/n) over event times up to t; Greenwood standard error S·√Σ d/(n(n − d)); median: "
        "first time with S ≤ 0.5, the middle of a plateau at exactly 0.5; its limits invert the confidence band",
        r_call=f'survfit({response} ~ {_right_side(result)}, conf.type = "{spec.conf_type}"{level})',
        source="Kaplan and Meier, J Am Stat Assoc 1958;53:457-481; Brookmeyer and Crowley, Biometrics 1982;38:29-41; "
        "Schemper and Smith, Control Clin Trials 1996;17:343-346 (follow-up)",
    )


_WEIGHTS = {
    "logrank": "w = 1",
    "gehan": "w = n",
    "tarone-ware": "w = √n",
    "peto": "w = Π (1 − d/(n + 1)) up to and including t",
}
_R_PETO = "Peto weights as in Peto and Peto; survdiff(rho = 1) uses S(t−) instead"


def _comparison(result: AnalysisResult) -> Method:
    spec: CompareSpec = result.analysis  # type: ignore[assignment]
    name = rank_test_name(spec.weighting, stratified=bool(spec.strata))
    strata = f" + strata({', '.join(spec.strata)})" if spec.strata else ""
    call = f"survdiff(Surv(time, event) ~ {_right_side(result)}{strata})"
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


ADJUSTMENT_WORDS = {
    "none": "no adjustment",
    "holm": "Holm's adjustment",
    "bonferroni": "Bonferroni's adjustment",
    "bh": "Benjamini-Hochberg's adjustment",
}


def _right_side(result: AnalysisResult) -> str:
    return "1" if result.subset.groups.column is None else "group"


_METHODS: dict[str, Callable[[Any], Method]] = {
    "kaplan_meier": _survival,
    "compare": _comparison,
}
