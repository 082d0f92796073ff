"""Treatment over time in sentences: the headline of its page, and dose against outcome."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.labels import event_label
from core.reporting.sentences import confidence_words
from core.reporting.survival_tables import group_label
from core.reporting.treatment_words import DOSE_WORDS, adds_up_sentence
from core.spec import TreatmentCourseSpec

if TYPE_CHECKING:
    from core.result import AnalysisResult


def treatment_headline(result: AnalysisResult) -> str:
    """Who was treated how often, and whether the recorded energy adds up."""
    table = result.treatment_course
    told = []
    for treatment in table.treatments:
        own = [item for item in table.given if item.treatment == treatment and item.patients]
        treated, sessions = sum(item.patients for item in own), sum(item.sessions for item in own)
        where = "" if len(own) != 1 or len(table.levels) == 1 else f", all of them in {group_label(own[0].level)}"
        told.append(f"{fmt.patients(treated)} had {fmt.several(sessions, 'session')} of {treatment}{where}")
    parts = ["; ".join(told) + "."]
    if table.measured:
        parts.append(adds_up_sentence(table))
    return " ".join(parts)


def dose_sentence(result: AnalysisResult) -> str:
    """Outcome per doubling of the dose; empty without a dose."""
    spec, dose = result.analysis, result.treatment_course.dose
    if dose is None:
        return ""
    assert isinstance(spec, TreatmentCourseSpec)
    parts = []
    if math.isfinite(dose.hazard_ratio):
        level = confidence_words(spec.conf_level)
        parts.append(
            f"Per doubling of the {DOSE_WORDS[dose.dose]} the hazard of {event_label(dose.endpoint)}, counted from the "
            f"last session, is multiplied by {fmt.ratio(dose.hazard_ratio)} ({level} "
            f"{fmt.limits_of_ratio(dose.conf_low, dose.conf_high)}, Wald {fmt.p_phrase(dose.p_value)}; "
            f"{fmt.several(dose.n_events, 'event')} of {fmt.patients(dose.n)})."
        )
    if math.isfinite(dose.rho):
        parts.append(
            f"Spearman's correlation of the dose with the best response is {fmt.number(dose.rho, 2)} "
            f"({fmt.p_phrase(dose.rho_p_value)}, {fmt.patients(dose.rho_n)})."
        )
    return " ".join(parts)
