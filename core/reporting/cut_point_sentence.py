"""A searched cut-point in sentences: what it is worth after the search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.cohort.values import format_number
from core.reporting import format as fmt
from core.reporting.labels import column_label, in_sentence
from core.reporting.sentences import NOTABLE, confidence_words

if TYPE_CHECKING:
    from core.regression.cut_point import CutPoint
    from core.result import AnalysisResult

WIDE = 0.3  # share of patients between the bootstrap limits from which on a cut is not one


def cut_levels_of(value: CutPoint) -> tuple[str, str]:
    """Names of the two groups: ``≤12`` and ``>12``."""
    cut = format_number(value.best)
    return f"≤{cut}", f">{cut}"


def cut_point_headline(result: AnalysisResult) -> str:
    """The best cut, and whether it is more than what a search finds by chance."""
    return " ".join(cut_point_parts(result))


def cut_point_parts(result: AnalysisResult) -> tuple[str, ...]:
    """The sentences of :func:`cut_point_headline`, the finding first."""
    value = result.cut_point
    what, p = in_sentence(column_label(value.column)), value.p
    tried = fmt.several(int(value.cut.size), "cut")
    lead = (
        f"The best cut of {what} is {format_number(value.best)}; after correction for {tried} tried "
        f"{fmt.p_phrase(p.permutation)}"
    )
    if not p.permutation < NOTABLE:
        return (f"{lead}: no clear sign that any cut separates.",)
    text = f"{lead}: survival differs with {what}, though where to cut is another question."
    return tuple(filter(None, (text, stability_sentence(value))))


def stability_sentence(value: CutPoint) -> str:
    """How far other patients would have moved the cut."""
    found = value.stability
    if found is None:
        return ""
    low, high = format_number(found.conf_low), format_number(found.conf_high)
    span = f"at {low}" if low == high else f"between {low} and {high}"
    between = fmt.percent(found.patients_between, 0)
    samples = f"In {fmt.counted(found.draws)} bootstrap samples"
    text = f"{samples} {fmt.percent(value.conf_level, 0)} of the best cuts lay {span}"
    if found.patients_between <= WIDE:
        return f"{text}, and {fmt.percent(found.share_same, 0)} at the very same value."
    return f"{text}: {between} of the patients have a value in that range, so the cut is not well determined."


def cut_point_warning(result: AnalysisResult) -> str:
    """Why the hazard ratio and the naive P at the cut must not be read as if the cut had been chosen beforehand."""
    value = result.cut_point
    level = confidence_words(value.conf_level)
    ratio, honest = value.hazard_ratio, value.cross_validated
    text = (
        f"The cut was searched to make these two curves differ: the hazard ratio at it, "
        f"{fmt.ratio_estimate(ratio.value, ratio.conf_low, ratio.conf_high).replace('(', f'({level} ', 1)}, is too far "
        f"from 1 and the uncorrected {fmt.p_phrase(value.p.naive)} is not valid."
    )
    if honest.value == honest.value:
        shown = fmt.ratio_estimate(honest.value, honest.conf_low, honest.conf_high)
        text += f" With every patient grouped by a cut that other patients chose it is {shown}."
    return text
