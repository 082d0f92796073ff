"""How groups were made alike, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.reporting.balance_words import both_groups, covariate_names
from core.reporting.method import Method, r_name
from core.reporting.sentences import confidence_words
from core.spec import BalanceSpec

if TYPE_CHECKING:
    from core.result import AnalysisResult


def balance_method(result: AnalysisResult) -> Method:
    """Propensity score, weights, matching, and the Cox models of what they make alike."""
    spec, value = result.analysis, result.balance
    assert isinstance(spec, BalanceSpec)
    curved = " (numbers along restricted cubic splines where asked for)" if spec.splines else ""
    parts = [
        f"Propensity score: logistic regression on {covariate_names(value)}{curved}",
        *(_of_method(result, one.method) for one in value.comparisons),
        f"Cox regression (Efron), {confidence_words(spec.conf_level)}, with weights by a robust variance that allows "
        "for the estimated score (R's takes it as known); standardised differences by the spread of the unweighted "
        "groups",
    ]
    names = " + ".join(map(r_name, value.study.covariates))
    group = r_name(value.study.column)
    return Method(
        what="; ".join(part for part in parts if part),
        formula="e = P(group | covariates); IPTW z/e + (1 − z)/(1 − e), for the treated alone z + (1 − z)·e/(1 − e); "
        "overlap z·(1 − e) + (1 − z)·e; effective size (Σw)²/Σw²",
        r_call=f"e <- fitted(glm({group} ~ {names}, binomial)); coxph(Surv(time, event) ~ {group}, weights = w, robust "
        "= TRUE)",
        source="Rosenbaum and Rubin, Biometrika 1983;70:41-55; Cole and Hernán, Am J Epidemiol 2008;168:656-664; Li, "
        "Morgan and Zaslavsky, J Am Stat Assoc 2018;113:390-400; Austin and Stuart, Stat Med 2015;34:3661-3679; Hajage "
        "et al., Biom J 2018;60:1151-1163",
    )


def _of_method(result: AnalysisResult, method: str) -> str:
    """What was done in one method."""
    spec = result.analysis
    assert isinstance(spec, BalanceSpec)
    if method == "iptw":
        return _iptw(spec, both_groups(result)[1])
    return {"multivariable": "Cox regression with the covariates beside the group", "overlap": "overlap weights"}.get(
        method, ""
    )


def _iptw(spec: BalanceSpec, other: str) -> str:
    text = "inverse probability of treatment weights"
    text += f" for patients like {other}" if spec.estimand == "att" else " for all patients"
    text += ", stabilised" if spec.stabilised else ""
    if spec.trim is not None:
        text += f", scores from {spec.trim[0]:g} to {spec.trim[1]:g} only"
    if spec.truncate is not None:
        text += f", truncated at the quantiles {spec.truncate[0]:g} and {spec.truncate[1]:g}"
    return text
