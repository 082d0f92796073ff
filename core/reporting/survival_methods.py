"""How curves and the tests between them were computed, in the words of a methods section."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from core.reporting.method import Method, r_name, response, right_side
from core.reporting.sentences import confidence_words, rank_test_name
from core.spec import BandSpec, CompareSpec, FlemingHarrington, KaplanMeierSpec, Weighting

if TYPE_CHECKING:
    from core.result import AnalysisResult
    from core.survival.permutation import PermutationTest

ADJUSTMENT_WORDS = {
    "none": "no adjustment",
    "holm": "Holm's adjustment",
    "bonferroni": "Bonferroni's adjustment",
    "bh": "Benjamini-Hochberg's adjustment",
}


def survival_method(result: AnalysisResult) -> Method:
    """Kaplan-Meier curves, and what was asked beside them."""
    spec = result.analysis
    assert isinstance(spec, KaplanMeierSpec)
    level = "" if spec.conf_level == 0.95 else f", conf.int = {spec.conf_level:g}"
    weights = f", weights = {r_name(spec.weights)}" if spec.weights else ""
    weighted = f" with case weights {spec.weights}" if spec.weights else ""
    made = Method(
        what=f"Kaplan-Meier estimate{weighted}, {spec.conf_type} {confidence_words(spec.conf_level)}; median follow-up "
        "by the reverse Kaplan-Meier method",
        formula="S(t) = Π (1 − d/n) over event times up to t; Greenwood standard error S·√Σ d/(n(n − d)); median: "
        "first time with S ≤ 0.5, the middle of a plateau at exactly 0.5; its limits invert the confidence band",
        r_call=f'survfit({response(result)} ~ {right_side(result)}, conf.type = "{spec.conf_type}"{level}{weights})',
        source="Kaplan and Meier, J Am Stat Assoc 1958;53:457-481; Brookmeyer and Crowley, Biometrics 1982;38:29-41; "
        "Schemper and Smith, Control Clin Trials 1996;17:343-346 (follow-up)",
    )
    beside = [part for key, part in _BESIDE.items() if getattr(spec, key)]
    if spec.difference is not None and spec.difference.band is not None:
        beside.append(_band(spec.difference.band, spec.conf_level))
    return _joined(made, beside)


def _band(asked: BandSpec, conf_level: float) -> tuple[str, str, str, str]:
    """Limits for all times of a range together."""
    return (
        f"{confidence_words(conf_level)} of that difference for all times of a range together by Gaussian multipliers "
        f"({asked.draws:,} draws, seed {asked.seed})",
        "S₁(t) − S₀(t) ± c·√(se₁² + se₀²), c the quantile of the largest standardised error over the range",
        "",
        "Parzen, Wei and Ying, Scand J Stat 1997;24:309-314",
    )


def _joined(made: Method, others: Sequence[tuple[str, str, str, str]]) -> Method:
    """The method with those of other parts behind it: what, formula, R call and source of each."""
    for what, formula, r_call, source in others:
        made = replace(
            made,
            what=f"{made.what}; {what}",
            formula=f"{made.formula}; {formula}",
            r_call=f"{made.r_call}; {r_call}" if r_call else made.r_call,
            source=f"{made.source}; {source}",
        )
    return made


_BESIDE = {
    "cumulative_hazard": (
        "cumulative hazard (Nelson-Aalen)",
        "H(t) = Σ d/n, variance Σ d/n²",
        "survfit(...)$cumhaz",
        "Nelson, Technometrics 1972;14:945-966; Aalen, Ann Stat 1978;6:701-726",
    ),
    "hazard": (
        "hazard smoothed with Epanechnikov's kernel, boundary kernels at both ends",
        "h(t) = Σ K((t − tⱼ)/b)·d/n / b, variance Σ K²·d/n² / b²",
        'muhaz(time, event, bw.grid = b, bw.method = "global", b.cor = "both")',
        "Müller and Wang, Biometrics 1994;50:61-76",
    ),
    "log_log": (
        "log of the cumulative hazard against log time",
        "log(−log S(t)) ± z·se(S)/(S·|log S|)",
        'plot(survfit(...), fun = "cloglog")',
        "Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data, Wiley 2002",
    ),
    "given": (
        "conditional survival of those followed beyond a time",
        "S(t | s) = S(t)/S(s)",
        "survfit(..., subset = time > s)",
        "Hieke et al., Clin Cancer Res 2015;21:1530-1536",
    ),
    "completeness": (
        "completeness of follow-up by Clark's C",
        "C = Σ observed / Σ possible time; for patients with the event possible time ends with it",
        "",
        "Clark, Altman and De Stavola, Lancet 2002;359:1309-1310",
    ),
    "median_difference": (
        "difference of medians with a percentile bootstrap interval",
        "percentiles (type 7) of the differences in samples drawn with replacement within each group",
        "quantile(boot(data, statistic, R = draws, strata = group)$t, c(.025, .975))",
        "Efron, J Am Stat Assoc 1981;76:312-319",
    ),
    "difference": (
        "difference of two curves with pointwise limits",
        "S₁(t) − S₀(t) ± z·√(se₁² + se₀²), Greenwood's standard errors",
        "summary(survfit(...), times = t, extend = TRUE)$surv and $std.err",
        "Klein et al., Stat Med 2007;26:4505-4519",
    ),
}
_WEIGHTS = {
    "logrank": "w = 1",
    "gehan": "w = n",
    "tarone-ware": "w = √n",
    "peto": "w = Π (1 − d/(n + 1)) up to and including t",
}


def comparison_method(result: AnalysisResult) -> Method:
    """Tests between groups."""
    spec = result.analysis
    assert isinstance(spec, CompareSpec)
    made = _max_combo(result, spec) if spec.weighting == "maxcombo" else _rank_test(result, spec, spec.weighting)
    permuted = result.comparison.permutation
    return _joined(made, [] if permuted is None else [_permuted(permuted)])


def _permuted(test: PermutationTest) -> tuple[str, str, str, str]:
    """P by permutation; R counts all of them in two groups only and draws them else."""
    distribution = '"exact"' if test.exact else f"approximate(nresample = {test.n_permutations})"
    return (
        "P also by permuting who is in which group",
        "share of the permutations with a statistic as large",
        f"coin::logrank_test(Surv(time, event) ~ group, distribution = {distribution})",
        "Heimann and Neuhaus, Biometrics 1998;54:168-184",
    )


def _max_combo(result: AnalysisResult, spec: CompareSpec) -> Method:
    stratified = "Stratified " if spec.strata else ""
    return Method(
        what=f"{stratified}MaxCombo test, two-sided: the largest of the Fleming-Harrington (0, 0), (1, 0), (0, 1) and "
        "(1, 1) statistics, P by their joint normal distribution; observed and expected events of the log-rank test",
        formula="max |z|, covariance of two scores Σ w·v·V with the hypergeometric variance V; P by quadrature",
        r_call=f"none in survival; simtrial::maxcombo, P by mvtnorm::pmvnorm; {_survdiff(result, spec)} for O and E",
        source="Lin et al., Stat Biopharm Res 2020;12:187-198; Lee, Biometrics 1996;52:721-725",
    )


def _survdiff(result: AnalysisResult, spec: CompareSpec) -> str:
    strata = f" + strata({', '.join(map(r_name, spec.strata))})" if spec.strata else ""
    return f"survdiff({response(result)} ~ {right_side(result)}{strata})"


def _rank_test(result: AnalysisResult, spec: CompareSpec, weighting: Weighting) -> Method:
    name = rank_test_name(weighting, stratified=bool(spec.strata))
    call = _survdiff(result, spec)
    if isinstance(weighting, FlemingHarrington):
        rho, gamma = weighting.exponents
        weights = f"w = S(t−)^{rho:g} · (1 − S(t−))^{gamma:g}"
        call = call[:-1] + f", rho = {rho:g})" if gamma == 0 else f"none in survival; {weights}"
    else:
        weights = _WEIGHTS[weighting]
        if weighting != "logrank":
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
