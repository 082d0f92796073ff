"""How immortal time was dealt with, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.labels import column_label, in_sentence
from core.reporting.method import Method, r_name
from core.reporting.sentences import confidence_words
from core.spec import ImmortalTimeSpec

if TYPE_CHECKING:
    from core.result import AnalysisResult


def immortal_time_method(result: AnalysisResult) -> Method:
    """Landmark, time-dependent covariate, Mantel-Byar and clones."""
    spec, value = result.analysis, result.immortal_time
    assert isinstance(spec, ImmortalTimeSpec)
    names = [in_sentence(column_label(name)) for name in value.covariates]
    adjusted = f", adjusted for {fmt.in_words(names)}" if names else ""
    times = fmt.in_words(f"{mark.time:g}" for mark in value.landmarks)
    parts = [f"Cox regression{adjusted} (Efron), {confidence_words(spec.conf_level)}: naive, groups as if known at "
             "time zero"]  # fmt: skip
    if times:
        parts.append(f"landmarks at {times} {value.unit}: patients followed beyond, by what had begun by then")
    parts.append("treatment as a time-dependent covariate; Simon-Makuch curves; Mantel-Byar test (log-rank of rows "
                 "start to stop)")  # fmt: skip
    if value.clones is not None:
        model = (
            f"a Cox model of the start and logistic regression on {fmt.in_words(names)}"
            if names
            else "Kaplan-Meier of the start and the share begun"
        )
        loss = fmt.in_words(in_sentence(column_label(name)) for name in value.clones.loss)
        lost = f", loss to follow-up weighted for by {loss} (Kaplan-Meier over a Cox model of it)" if loss else ""
        parts.append(
            f"clones censored on leaving their strategy, {value.clones.grace:g} {value.unit} of grace, weights by "
            f"{model}{lost}, weighted Cox (Breslow), {fmt.counted(value.clones.draws)} bootstrap samples (seed "
            f"{value.clones.seed})"
        )
    right = " + ".join(["tx", *map(r_name, value.covariates)])
    return Method(
        what="; ".join(parts),
        formula="Mantel-Byar: (Σ d₁ − d·n₁/n)² / Σ d(n − d)/(n − 1)·n₁/n·(1 − n₁/n), n₁ of n at risk treated just "
        "before each event; weights 1/P(not begun before t) and, after the grace period, 1/P(begun by then)",
        r_call=f"coxph(Surv(tstart, tstop, event) ~ {right}, tmerge(d, d, id = id, event = event(time, event), tx = "
        f"tdc(start))); coxph(Surv(time - L, event) ~ I(start <= L), d, subset = time > L)",
        source="Anderson, Cain and Gelber, J Clin Oncol 1983;1:710-719; Mantel and Byar, J Am Stat Assoc "
        "1974;69:81-86; Simon and Makuch, Stat Med 1984;3:35-44; Suissa, Am J Epidemiol 2008;167:492-499; Maringe et "
        "al., Int J Epidemiol 2020;49:1719-1729",
    )
