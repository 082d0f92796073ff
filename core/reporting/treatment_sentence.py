"""Treatment over time in a sentence: the headline of its page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.survival_tables import group_label
from core.reporting.treatment_words import adds_up_sentence

if TYPE_CHECKING:
    from core.result import AnalysisResult


def treatment_headline(result: AnalysisResult) -> str:
    """Who was treated how often, and whether the recorded energy adds up."""
    return " ".join(treatment_parts(result))


def treatment_parts(result: AnalysisResult) -> tuple[str, ...]:
    """The sentences of :func:`treatment_headline`, the finding first."""
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
    return tuple(parts)
