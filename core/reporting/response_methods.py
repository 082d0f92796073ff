"""How response was computed, in the words of a methods section."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.reporting.labels import column_label
from core.reporting.method import Method
from core.reporting.sentences import confidence_words
from core.spec import ResponseSpec

if TYPE_CHECKING:
    from core.result import AnalysisResult

INTERVAL_WORDS = {
    "clopper-pearson": "Clopper-Pearson (exact)",
    "wilson": "Wilson",
    "jeffreys": "Jeffreys",
    "agresti-coull": "Agresti-Coull",
    "wald": "Wald",
}
_INTERVAL_CALL = {
    "clopper-pearson": "binom.test(x, n)",
    "wilson": "prop.test(x, n, correct = FALSE)",
    "jeffreys": "qbeta(c(.025, .975), x + .5, n - x + .5)",
    "agresti-coull": 'binom::binom.confint(x, n, methods = "agresti-coull")',
    "wald": 'binom::binom.confint(x, n, methods = "asymptotic")',
}
_INTERVAL_SOURCE = {
    "clopper-pearson": "Clopper and Pearson, Biometrika 1934;26:404-413",
    "wilson": "Wilson, J Am Stat Assoc 1927;22:209-212",
    "jeffreys": "Brown, Cai and DasGupta, Stat Sci 2001;16:101-133",
    "agresti-coull": "Agresti and Coull, Am Stat 1998;52:119-126",
    "wald": "Brown, Cai and DasGupta, Stat Sci 2001;16:101-133",
}
DIFFERENCE_WORDS = {
    "miettinen-nurminen": "Miettinen-Nurminen",
    "newcombe": "Newcombe (hybrid Wilson)",
    "wald": "Wald",
}
DIFFERENCE_SOURCE = {
    "miettinen-nurminen": "Miettinen and Nurminen, Stat Med 1985;4:213-226",
    "newcombe": "Newcombe, Stat Med 1998;17:873-890",
    "wald": "Newcombe, Stat Med 1998;17:873-890",
}
_STRATIFIED_WORDS = {
    "miettinen-nurminen": "its interval by the stratified score method of Miettinen and Nurminen",
    "newcombe": "its interval by the stratified Newcombe method of Yan and Su",
    "wald": "its interval with Sato's variance",
}
_STRATIFIED_SOURCE = {
    "miettinen-nurminen": "Greenland and Robins, Biometrics 1985;41:55-68 (weights)",
    "newcombe": "Yan and Su, Stat Biopharm Res 2010;2:329-335",
    "wald": "Sato, Biometrics 1989;45:1323-1324",
}
_RATIO_WORDS = {
    "conditional": "conditional odds ratio with exact limits",
    "woolf": "odds ratio with Woolf's limits",
}


def response_method(result: AnalysisResult) -> Method:
    """Rates with their intervals; between groups difference, odds ratio, Fisher's test; with strata Mantel-Haenszel."""
    spec, table = result.analysis, result.response
    assert isinstance(spec, ResponseSpec)
    level = confidence_words(spec.conf_level)
    of = "evaluable patients" if table.evaluable_only else "all patients, not evaluable ones included"
    source = "Best response"
    if spec.source == "lesions":
        criteria = "RECIST 1.1" if spec.criteria == "recist-1.1" else "mRECIST"
        source = f"Best overall response by {criteria} from target lesions, {'' if spec.confirmed else 'not '}confirmed"
    parts = [
        f"{source}; objective response CR + PR, disease control CR + PR + SD, of {of}; "
        f"{INTERVAL_WORDS[spec.interval]} {level}"
    ]
    formulas, calls, sources = (
        ["rate = patients / denominator"],
        [_INTERVAL_CALL[spec.interval]],
        [_INTERVAL_SOURCE[spec.interval]],
    )
    if len(table.levels) == 2:
        parts.append(f"{DIFFERENCE_WORDS[spec.difference]} {level} of the difference; {_RATIO_WORDS[spec.odds_ratio]}")
        formulas.append("difference p₁ − p₀; odds ratio p₁(1 − p₀) / (p₀(1 − p₁))")
        sources.append(DIFFERENCE_SOURCE[spec.difference])
        if spec.odds_ratio == "woolf":
            calls.append("exp(confint.default(glm(response ~ group, binomial)))")
    if len(table.levels) > 1:
        parts.append("Fisher's exact test, two-sided")
        calls.append("fisher.test(table(response, group))")
    if table.orr.stratified is not None:
        strata = ", ".join(map(column_label, spec.strata))
        parts.append(f"Cochran-Mantel-Haenszel test stratified by {strata}")
        formulas.append("χ² = (|Σ (x − E)| − ½)² / Σ V over strata" if len(table.levels) == 2 else "χ² of Σ (x − E)")
        calls.append("mantelhaen.test(table(response, group, stratum))")
        sources.append("Mantel and Haenszel, J Natl Cancer Inst 1959;22:719-748")
        if table.orr.stratified_difference is not None:
            parts.append(f"stratified difference with Mantel-Haenszel weights, {_STRATIFIED_WORDS[spec.difference]}")
            formulas.append("stratified difference Σ w (p₁ − p₀) / Σ w, w = n₁n₀/N of the stratum")
            sources.append(_STRATIFIED_SOURCE[spec.difference])
            if spec.difference == "miettinen-nurminen":
                calls.append('ratesci::scoreci(stratified = TRUE, weighting = "MH", skew = FALSE)')
    return Method(
        what="; ".join(parts),
        formula="; ".join(formulas),
        r_call="; ".join(calls),
        source="; ".join(sources),
    )
