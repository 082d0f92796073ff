"""Subgroups in a sentence: the ratio among everybody, what changes it, and what many comparisons do."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.labels import column_label
from core.reporting.sentences import NOTABLE, confidence_words

if TYPE_CHECKING:
    from core.regression.subgroup import SubgroupFactor
    from core.result import AnalysisResult

MANY = 10  # subgroups from which on one may well stand out by chance


def subgroup_headline(result: AnalysisResult) -> str:
    """The ratio among everybody, and whether any factor changes it."""
    analysis = result.subgroups
    overall = analysis.overall
    if overall.note:
        of = f"{analysis.group} over {analysis.reference}"
        return f"There is no hazard ratio of {of} ({overall.note}), so subgroups cannot be compared."
    level = confidence_words(analysis.conf_level)
    ratio = fmt.ratio_estimate(overall.hazard_ratio, overall.conf_low, overall.conf_high).replace("(", f"({level} ", 1)
    lead = f"Hazard ratio of {analysis.group} over {analysis.reference}: {ratio} among all {fmt.patients(overall.n)}"
    tested = [factor for factor in analysis.factors if math.isfinite(factor.interaction.p_value)]
    if not tested:
        return f"{lead}; no factor could be tested for interaction."
    found = [factor for factor in tested if factor.interaction.p_value < NOTABLE]
    counted = fmt.several(len(tested), "factor")
    if not found:
        least = fmt.p_phrase(min(factor.interaction.p_value for factor in tested))
        smallest = f"{counted} tested, {'the smallest ' if len(tested) > 1 else ''}interaction {least}"
        return f"{lead}; no sign that it differs between subgroups ({smallest})."
    named = fmt.in_words(f"{column_label(one.factor)} ({_doubt(one)})" for one in found)
    return f"{lead}; of {counted} tested, it may differ by {named}."


def _doubt(factor: SubgroupFactor) -> str:
    """P for interaction, and that a level has no ratio of its own where the events are too few for one."""
    without = [one.level for one in factor.subgroups if not math.isfinite(one.hazard_ratio)]
    p = fmt.p_phrase(factor.interaction.p_value)
    return f"{p}, with no ratio to be estimated in {fmt.in_words(map(str, without))}" if without else p


def many_subgroups(result: AnalysisResult) -> str:
    """What so many comparisons do to their P, or nothing where they are few."""
    analysis = result.subgroups
    n = sum(len(factor.subgroups) for factor in analysis.factors)
    tests = sum(1 for factor in analysis.factors if math.isfinite(factor.interaction.p_value))
    if analysis.overall.note or (n < MANY and tests < 2):
        return ""
    chance = fmt.percent(1 - (1 - NOTABLE) ** tests, 0)
    return (
        f"{n} subgroups are compared and {fmt.several(tests, 'interaction')} tested: without any true difference the "
        f"chance of at least one P < {NOTABLE:g} is about {chance}, so read the interaction, not the P of one subgroup."
    )
