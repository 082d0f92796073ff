"""Local progression of lesions in words: how often by a time, by lesion and by patient; how it was computed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from core.reporting import format as fmt
from core.reporting.incidence_sentence import milestone
from core.reporting.labels import column_label, event_label, in_sentence
from core.reporting.method import Method
from core.reporting.sentences import NOTABLE, confidence_words
from core.spec import LesionRecurrenceSpec

if TYPE_CHECKING:
    from core.regression.lesion_recurrence import LesionFactorResult
    from core.result import AnalysisResult
    from core.survival.incidence_summary import IncidenceSummary

BARELY = 0.05  # a relative change of the error that nobody sees


def lesion_headline(result: AnalysisResult) -> str:
    """How many lesions and patients progressed locally, and the incidence of both at the last chosen time."""
    return " ".join(lesion_parts(result))


def lesion_parts(result: AnalysisResult) -> tuple[str, ...]:
    """The sentences of :func:`lesion_headline`, the finding first."""
    value, level = result.lesion_recurrence, confidence_words(result.analysis.conf_level)
    what = event_label(value.causes[0])
    lesions = f"{fmt.counted(value.n_events)} of {fmt.several(value.n_lesions, 'lesion')}"
    counts = f"{lesions} in {fmt.counted(value.n_patients_with)} of {fmt.patients(value.n_patients)} had {what}."
    row = milestone(value.lesions, value.causes[0])
    if row is None:
        return (counts,)
    time = float(value.lesions.groups[0].causes[0].at.time[row])
    when = f"{fmt.time_label(time)} {fmt.unit_word(value.unit, time)}"
    by_lesion, by_patient = (_share(one, row) for one in (value.lesions, value.patients))
    by_lesion = by_lesion.replace("(", f"({level} ", 1)
    return f"By {when}, {what} had come to {by_lesion} of the lesions and to {by_patient} of the patients.", counts


def _share(summary: IncidenceSummary, row: int) -> str:
    at = summary.groups[0].causes[0].at
    return fmt.percent_estimate(*(float(line[row]) for line in (at.incidence, at.conf_low, at.conf_high)))


def cluster_sentence(result: AnalysisResult) -> str:
    """How much larger the error is than if lesions were independent; empty without a time or an event by it."""
    value = result.lesion_recurrence
    row = milestone(value.lesions, value.causes[0])
    if row is None:
        return ""
    robust = float(value.lesions.groups[0].causes[0].at.std_error[row])
    naive = float(value.naive_error[row])
    if not (naive > 0 and np.isfinite(robust)):
        return ""
    ratio = robust / naive
    if abs(ratio - 1) < BARELY:
        told = "about as large as if lesions were independent of each other"
    else:
        more = "larger" if ratio > 1 else "smaller"
        told = f"{fmt.percent(abs(ratio - 1), 0)} {more} than if lesions were independent of each other"
    return f"Lesions of one patient are counted together: the standard error is {told}."


def factor_sentence(one: LesionFactorResult) -> str:
    """Whether the levels of a factor differ, by the robust score test."""
    label = in_sentence(column_label(one.factor.column))
    if one.test is None or not math.isfinite(one.test.p_value):
        return f"By {label} there is no test."
    p = fmt.p_phrase(one.test.p_value)
    few = " of few events" if sum(one.n_patients_with) < 10 and one.test.p_value < NOTABLE else ""
    return f"By {label}: robust score test{few} {p}."


def lesion_recurrence_method(result: AnalysisResult) -> Method:
    """Clustered Aalen-Johansen and Cox."""
    spec, value = result.analysis, result.lesion_recurrence
    assert isinstance(spec, LesionRecurrenceSpec)
    parts = [
        f"Cumulative incidence of lesions (Aalen-Johansen), errors robust to lesions of one patient being alike "
        f"(infinitesimal jackknife by patient), {spec.conf_type} {confidence_words(spec.conf_level)}"
    ]
    if value.factors or value.model is not None:
        parts.append(
            "cause-specific Cox regression (Efron) clustered by patient, sandwich errors, robust score test; other "
            "events censored"
        )
    parts.append("by patient: first progression of any lesion")
    return Method(
        what="; ".join(parts),
        formula="variance Σ over patients of (Σ over lesions of the influence)²",
        r_call="coxph(Surv(time, event) ~ x, cluster = patient); fit <- survfit(Surv(time, factor(event)) ~ x, "
        "influence = TRUE); rowsum(fit$influence.pstate, patient)",
        source="Lin and Wei, J Am Stat Assoc 1989;84:1074-1078; Ying and Wei, J Multivar Anal 1994;50:17-29; Zhou et "
        "al., Biostatistics 2012;13:371-383",
    )
