"""How groups were made alike, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.balance_words import both_groups, covariate_names
from core.reporting.labels import column_label, in_sentence
from core.reporting.method import Method, r_name
from core.reporting.sentences import confidence_words
from core.spec import BalanceSpec, MatchingSpec

if TYPE_CHECKING:
    from core.result import AnalysisResult


_BRIEF = {
    "multivariable": "regression with the covariates",
    "iptw": "inverse probability of treatment weights",
    "overlap": "overlap weights",
    "matching": "matching",
    "entropy": "entropy balancing",
    "g_formula": "the g-formula",
}


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
        *_checks(result),
    ]
    names = " + ".join(map(r_name, value.study.covariates))
    methods = fmt.in_words(_BRIEF[one.method] for one in value.comparisons if one.method in _BRIEF)
    group = r_name(value.study.column)
    return Method(
        what="; ".join(part for part in parts if part),
        formula="e = P(group | covariates); IPTW z/e + (1 − z)/(1 − e), for the treated alone z + (1 − z)·e/(1 − e); "
        "overlap z·(1 − e) + (1 − z)·e; entropy w ∝ exp(λ·(x − τ)); effective size (Σw)²/Σw²",
        r_call=f"{_matchit(spec.matching, group, names)}; e <- fitted(glm({group} ~ {names}, binomial)); "
        f"coxph(Surv(time, event) ~ {group}, weights = w, robust = TRUE)",
        source="Rosenbaum and Rubin, Biometrika 1983;70:41-55; Cole and Hernán, Am J Epidemiol 2008;168:656-664; Li, "
        "Morgan and Zaslavsky, J Am Stat Assoc 2018;113:390-400; Austin and Stuart, Stat Med 2015;34:3661-3679; Hajage "
        "et al., Biom J 2018;60:1151-1163; Austin, Pharm Stat 2011;10:150-161; Hainmueller, Polit Anal 2012;20:25-46; "
        "Daniel, Zhang and Farewell, Biom J 2021;63:528-557; VanderWeele and Ding, Ann Intern Med 2017;167:268-274; "
        "Andersen, Syriopoulou and Parner, Stat Med 2017;36:2669-2681; Lipsitch, Tchetgen Tchetgen and Cohen, "
        "Epidemiology 2010;21:383-388",
        brief=f"Cox regression of the patients as they are and by {methods}, on {covariate_names(value)}; "
        f"{confidence_words(spec.conf_level)}; formulas, options and R calls are those of the methods",
    )


def _checks(result: AnalysisResult) -> Iterator[str]:
    """What else was asked of the difference."""
    checks = result.balance.checks
    if checks is None:
        return
    yield "E-values"
    if checks.doubly_robust is not None:
        yield (
            "doubly robust difference of restricted means: augmented inverse probability weighting of pseudo-values of "
            "each group's curve, linear outcome model in each group, variance from influences (HC3)"
        )
    if checks.control is not None:
        yield f"negative control: {checks.control.name}"
    if checks.imputed is not None:
        asked = checks.imputed.imputed.asked
        yield f"missing covariates imputed in {asked.sets} tables (seed {asked.seed}), pooled by Rubin's rules"


def _of_method(result: AnalysisResult, method: str) -> str:
    """What was done in one method."""
    spec = result.analysis
    assert isinstance(spec, BalanceSpec)
    other = both_groups(result)[1]
    if method == "iptw":
        return _iptw(spec, other)
    if method == "matching":
        return _matching(spec.matching)
    if method == "g_formula":
        return (
            "g-formula: that Cox model standardised to all patients, its marginal hazard ratio and restricted means "
            f"with {fmt.counted(spec.draws)} bootstrap samples (seed {spec.seed})"
        )
    target = f"those of {other}" if spec.estimand == "att" else "those of all patients"
    return {
        "multivariable": "Cox regression with the covariates beside the group",
        "overlap": "overlap weights",
        "entropy": f"entropy balancing of the means to {target}",
    }.get(method, "")


def _matchit(asked: MatchingSpec, group: str, names: str) -> str:
    """The call of R that matches."""
    more = "" if asked.caliper is None else f", caliper = {asked.caliper:g}"
    more += f", ratio = {asked.ratio}" if asked.ratio > 1 else ""
    more += ", replace = TRUE" if asked.replace else ""
    more += f", exact = ~ {' + '.join(map(r_name, asked.exact))}" if asked.exact else ""
    return f"MatchIt::matchit({group} ~ {names}, method = 'nearest', link = 'linear.logit'{more})"


def _matching(asked: MatchingSpec) -> str:
    """How patients were matched."""
    text = f"nearest-neighbour matching 1:{asked.ratio} on the logit of the score"
    text += ", with replacement" if asked.replace else ", without replacement"
    text += ", no caliper" if asked.caliper is None else f", caliper {asked.caliper:g} standard deviations"
    if asked.exact:
        text += f", the same {fmt.in_words(in_sentence(column_label(name)) for name in asked.exact)}"
    return f"{text}; by falling score, ties in the order of the table"


def _iptw(spec: BalanceSpec, other: str) -> str:
    text = "inverse probability of treatment weights"
    text += f" for patients like {other}" if spec.estimand == "att" else " for all patients"
    text += ", stabilised" if spec.stabilised else ""
    if spec.trim is not None:
        text += f", scores from {spec.trim[0]:g} to {spec.trim[1]:g} only"
    if spec.truncate is not None:
        text += f", truncated at the quantiles {spec.truncate[0]:g} and {spec.truncate[1]:g}"
    return text
