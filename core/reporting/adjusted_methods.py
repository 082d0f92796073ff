"""How adjusted survival and cut-points were computed, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.labels import column_label, in_sentence
from core.reporting.method import Method, r_name, response
from core.reporting.r_terms import r_term
from core.reporting.sentences import confidence_words
from core.spec import AdjustedSurvivalSpec, CutPointSpec

if TYPE_CHECKING:
    from core.result import AnalysisResult


def adjusted_survival_method(result: AnalysisResult) -> Method:
    """Direct standardisation, and a patient's curve where one was asked for."""
    spec = result.analysis
    assert isinstance(spec, AdjustedSurvivalSpec)
    value, column = result.adjusted_survival, result.subset.groups.column
    level = confidence_words(spec.conf_level)
    factors = fmt.in_words(in_sentence(column_label(name)) for name in value.adjusted_for) or "nothing"
    parts = [
        f"Survival adjusted for {factors} by direct standardisation (g-formula): mean over all patients of the curves "
        f"a Cox model ({spec.ties.capitalize()}'s method for ties) predicts with each in every group",
        f"{spec.conf_type} {level} by the delta method, patients counted as a sample",
    ]
    if value.own_baseline:
        parts.append("each group with a baseline hazard of its own")
    if spec.strata:
        parts.append(f"stratified by {fmt.in_words(in_sentence(column_label(name)) for name in spec.strata)}")
    if spec.weights:
        parts.append(f"case weights {in_sentence(column_label(spec.weights))}, robust variance")
    if spec.profile:
        parts.append("one patient's curve with Tsiatis' standard error")
    parts.append("crude: Kaplan-Meier of the same patients")
    right = [r_term(result, spec, name) for name in value.adjusted_for if name not in spec.strata]
    right += [f"strata({r_name(name)})" for name in spec.strata]
    if column is not None:
        right.insert(0, "strata(group)" if value.own_baseline else "group")
    weights = f", weights = {r_name(spec.weights)}, robust = TRUE" if spec.weights else ""
    model = f'coxph({response(result)} ~ {" + ".join(right) or "1"}, d, ties = "{spec.ties}"{weights})'
    newdata = "transform(d, group = level)" if column is not None else "d"
    return Method(
        what="; ".join(parts),
        formula="S̄(t) = mean of exp(−Λ₀(t)·exp(xβ)) over patients; variance A²V + (B − Aq)′Σ(B − Aq) + Σ(S − S̄)²/n², "
        "A and B the mean slopes of the curves by Λ₀ and β, q the drift of Λ₀",
        r_call=f"rowMeans(survfit({model}, newdata = {newdata})$surv)",
        source="Makuch, J Chronic Dis 1982;35:437-443; Gail and Byar, Biom J 1986;28:587-599; Ozenne et al., Biom J "
        "2020;62:751-763; Tsiatis, Ann Stat 1981;9:93-108",
    )


def cut_point_method(result: AnalysisResult) -> Method:
    """Maximally selected log-rank statistic."""
    spec, value = result.analysis, result.cut_point
    assert isinstance(spec, CutPointSpec)
    parts = [
        f"Maximally selected log-rank statistic of {in_sentence(column_label(spec.column))} over the "
        f"{fmt.several(int(value.cut.size), 'cut')} that leave {fmt.percent(spec.minprop, 0)} to "
        f"{fmt.percent(spec.maxprop, 0)} of the patients at or below",
        f"P by {fmt.counted(spec.permutations)} permutations (seed {spec.seed})",
        "hazard ratio by Cox regression, also with every patient grouped by the cut that nine tenths of the others "
        "chose",
    ]
    if value.stability is not None:
        parts.append(f"stability by {fmt.counted(spec.bootstraps)} bootstrap samples")
    shares = f"minprop = {spec.minprop:g}, maxprop = {spec.maxprop:g}"
    return Method(
        what="; ".join(parts),
        formula="M = max |Σ(a − ā)| / √(m(n − m)/n · var(a)) over cuts, sum over the m patients at or below, a the "
        "log-rank scores; P = (1 + permutations with M as large) / (1 + permutations)",
        r_call=f'maxstat::maxstat.test({response(result)} ~ {r_name(spec.column)}, smethod = "LogRank", '
        f'pmethod = "condMC", {shares})',
        source="Lausen and Schumacher, Biometrics 1992;48:73-85; Hothorn and Lausen, Comput Stat Data Anal "
        "2003;43:121-137; Faraggi and Simon, Stat Med 1996;15:2203-2213; Altman et al., J Natl Cancer Inst "
        "1994;86:829-835 (why a searched cut misleads)",
    )
