"""Results in a sentence: the headline of a page and what a reader must be told about who was left out.

Neutral on purpose: a difference between groups is described, never explained.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.reporting import format as fmt
from core.reporting.labels import column_label, endpoint_label
from core.spec import FlemingHarrington, RankTest
from core.survival.chosen_times import carried_on
from core.survival.quantiles import quantile

if TYPE_CHECKING:
    from core.cohort.select import Exclusion
    from core.result import AnalysisResult
    from core.survival.compare import Comparison
    from core.survival.permutation import PermutationTest
    from core.survival.quantiles import IntervalEstimate
    from core.survival.summary import GroupSurvival, SurvivalSummary
    from core.timetoevent import IntArray

NOTABLE = 0.05
UNBALANCED = 0.1  # a standardised difference above it is usually called an imbalance
MOST_SPOKEN = 3  # more groups than this make a sentence nobody reads
TEST_WORDS = {
    "logrank": "log-rank",
    "gehan": "Gehan-Breslow-Wilcoxon",
    "tarone-ware": "Tarone-Ware",
    "peto": "Peto-Peto",
    "maxcombo": "MaxCombo",
}


def headline(
    summary: SurvivalSummary,
    comparison: Comparison | None,
    endpoint: str,
    *,
    hazard_ratio: IntervalEstimate | None = None,
    ratio_words: str = "hazard ratio",
    against: str = "",
) -> str:
    """The answer to a survival page's question.

    Parameters
    ----------
    summary : SurvivalSummary
    comparison : Comparison or None
        Its p-value is named with its test.
    endpoint : str
        Name as in the specification, ``OS``.
    hazard_ratio : IntervalEstimate, optional
        Of two groups, the other level over the reference, from Cox regression.
    ratio_words : str
        What it is called, for example "stratified hazard ratio".
    against : str
        The group it is against.

    Returns
    -------
    str
        For example "Median overall survival was 10.7 months (95 % CI 8.9–12.4) without HIFU and 19.6 months (12.1–NR)
        with HIFU (hazard ratio 0.59 against No HIFU, 95 % CI 0.36–0.96; log-rank P = 0.042)." Where a median is not
        reached, survival at the last chosen time that all were followed to comes next. More than three groups are not
        told one by one: the shortest and the longest median speak for them.
    """
    return " ".join(
        headline_parts(
            summary, comparison, endpoint, hazard_ratio=hazard_ratio, ratio_words=ratio_words, against=against
        )
    )


def headline_parts(
    summary: SurvivalSummary,
    comparison: Comparison | None,
    endpoint: str,
    *,
    hazard_ratio: IntervalEstimate | None = None,
    ratio_words: str = "hazard ratio",
    against: str = "",
) -> tuple[str, ...]:
    """The sentences of :func:`headline`, the finding first."""
    what = endpoint_label(endpoint)
    level = confidence_words(summary.groups[0].estimate.conf_level)
    words = (ratio_words, f" against {against}" if against else "")
    if not any(float(group.estimate.n_events_total) for group in summary.groups):
        return (f"Nobody of {fmt.patients(sum(group.estimate.n for group in summary.groups))} had the event.",)
    groups = [group for group in summary.groups if group.estimate.n]
    if len(groups) > MOST_SPOKEN:
        return (f"Median {what}{_range_of_medians(groups)}{_evidence(comparison, hazard_ratio, level, words)}.",)
    names = group_names([group.level for group in groups])
    medians = [_median(group, level if i == 0 else "") for i, group in enumerate(groups)]
    parts = [f"{text} {name}".strip() for text, name in zip(medians, names, strict=True)]
    if len(parts) == 2 and medians[0] == medians[1] == _OPEN:
        parts = [f"{_OPEN} in either group"]
    text = f"Median {what} was {fmt.in_words(parts)}{_evidence(comparison, hazard_ratio, level, words)}."
    return tuple(filter(None, (text, _at_last_time(groups, names, what, level))))


_OPEN = "not reached"  # not shown


def _range_of_medians(groups: Sequence[GroupSurvival]) -> str:
    """Shortest and longest median of many groups: " ran from 6.9 months (A) to 29.1 months (B) over 8 groups"."""
    values = [(median(group).value, group) for group in groups]
    reached = sorted((pair for pair in values if math.isfinite(pair[0])), key=lambda pair: pair[0])
    open_ended = [group.level for value, group in values if not math.isfinite(value)]
    if not reached:
        return f" was not reached in any of {len(groups)} groups"
    told = [
        f"{fmt.quantity(value, group.estimate.unit, fmt.unit_digits(group.estimate.unit))} ({group.level})"
        for value, group in (reached[0], reached[-1])
    ]
    span = f" ran from {told[0]} to {told[1]}" if len(reached) > 1 else f" was {told[0]}"
    rest = f"; not reached in {fmt.in_words(open_ended)}" if open_ended else ""
    return f"{span} over {len(groups)} groups{rest}"


def rank_test_name(weighting: RankTest, *, stratified: bool = False) -> str:
    """The name of a test between groups: ``log-rank``, ``stratified Gehan-Breslow-Wilcoxon``."""
    if isinstance(weighting, FlemingHarrington):
        rho, gamma = weighting.exponents
        name = f"Fleming-Harrington ({rho:g}, {gamma:g})"
    else:
        name = TEST_WORDS[weighting]
    return f"stratified {name}" if stratified else name


def comparison_sentence(comparison: Comparison) -> str:
    """A test between groups: "The log-rank test between No HIFU and HIFU gives P = 0.042."."""
    name = rank_test_name(comparison.weighting, stratified=is_stratified(comparison))
    p = fmt.p_phrase(comparison.p_value) if math.isfinite(comparison.p_value) else "no P"
    if len(comparison.levels) > MOST_SPOKEN:
        return f"The {name} test between {len(comparison.levels)} groups gives {p}."
    return f"The {name} test between {fmt.in_words(comparison.levels)} gives {p}."


def is_stratified(comparison: Comparison) -> bool:
    """Whether a test was made within strata."""
    return any(note.startswith("Stratified") for note in comparison.notes)


def permutation_phrase(test: PermutationTest) -> str:
    """A p-value by permutation: ``exact permutation P = 0.051``."""
    return f"{'exact ' if test.exact else ''}permutation {fmt.p_phrase(test.p_value)}"


def confidence_words(conf_level: float) -> str:
    """``95 % CI``; decimals only where the level has them."""
    percent = fmt.percent(conf_level, 1, sign=False).removesuffix(".0")
    return f"{percent} % CI"


def exclusion_sentence(exclusion: Exclusion) -> str:
    """Who was left out and why: "3 patients left out: OS time missing (rows 4, 9, 12)."."""
    rows = fmt.row_list(exclusion.rows)
    reason = exclusion.reason.rstrip(".")
    return f"{fmt.patients(exclusion.n)} left out: {reason}{f' ({rows})' if rows else ''}."


def median(group: GroupSurvival) -> IntervalEstimate:
    """The median of a group, whether or not it is among the quantiles asked for."""
    return group.quantiles[0.5] if 0.5 in group.quantiles else quantile(group.estimate, 0.5)


def _median(group: GroupSurvival, level: str) -> str:
    estimate = median(group)
    digits = fmt.unit_digits(group.estimate.unit)
    text = fmt.quantity(estimate.value, group.estimate.unit, digits)
    if math.isnan(estimate.conf_low) and math.isnan(estimate.conf_high):
        return text
    return f"{text} ({level}{' ' if level else ''}{fmt.limits(estimate.conf_low, estimate.conf_high, digits)})"


def group_names(levels: Sequence[str], *, otherwise: str = "for") -> list[str]:
    """How groups are spoken of: nothing for one, ``with X`` and ``without X`` for X and No X, else ``for X``.

    A group that is called by a number is ``for group 8``.
    """
    if len(levels) == 1:
        return ["" if levels[0] == "all" else f"{otherwise} {levels[0]}"]
    if len(levels) == 2:
        for i, level in enumerate(levels):
            if levels[1 - i].casefold() == f"no {level}".casefold():
                return [f"{'with' if j == i else 'without'} {level}" for j in range(2)]
    return [f"{otherwise} group {level}" if level.isdigit() else f"{otherwise} {level}" for level in levels]


def _evidence(
    comparison: Comparison | None, hazard_ratio: IntervalEstimate | None, level: str, words: tuple[str, str]
) -> str:
    """Ratio and test in brackets; ``words``: what stands before the ratio and behind it."""
    parts = []
    if hazard_ratio is not None and math.isfinite(hazard_ratio.value):
        span = fmt.limits_of_ratio(hazard_ratio.conf_low, hazard_ratio.conf_high)
        parts.append(f"{words[0]} {fmt.ratio(hazard_ratio.value)}{words[1]}" + (f", {level} {span}" if span else ""))
    if comparison is not None and math.isfinite(comparison.p_value):
        stratified = is_stratified(comparison)
        parts.append(
            f"{rank_test_name(comparison.weighting, stratified=stratified)} {fmt.p_phrase(comparison.p_value)}"
        )
        if comparison.permutation is not None:
            parts.append(permutation_phrase(comparison.permutation))
    return f" ({'; '.join(parts)})" if parts else ""


def _at_last_time(groups: Sequence[GroupSurvival], names: Sequence[str], what: str, level: str) -> str:
    """Survival at the last chosen time to which all groups were followed, said where a median is not reached."""
    if all(math.isfinite(median(group).value) for group in groups):
        return ""
    last = spoken_row(groups)
    if last is None:
        return ""
    unit = groups[0].estimate.unit
    time = float(groups[0].at.time[last])
    shown = [
        fmt.percent_estimate(*(float(x[last]) for x in (group.at.survival, group.at.conf_low, group.at.conf_high)))
        for group in groups
    ]
    shown[0] = shown[0].replace("(", f"({level} ", 1)
    measure = what if what.endswith("survival") else "the share without the event"
    parts = [f"{value} {name}".strip() for value, name in zip(shown, names, strict=True)]
    return f"At {fmt.time_label(time)} {fmt.unit_word(unit, time)}, {measure} was {fmt.in_words(parts)}."


def spoken_row(groups: Sequence[GroupSurvival]) -> int | None:
    """Position of the last chosen time to which all groups were followed; None without one."""
    if not groups:
        return None
    asked = groups[0].at.time
    followed = ~np.any([carried_on(group.estimate, asked) for group in groups], axis=0)
    return int(np.flatnonzero(followed)[-1]) if followed.any() else None


def baseline_headline(result: AnalysisResult) -> str:
    """How many patients, and in what the groups were not alike."""
    return " ".join(reversed(baseline_parts(result)))


def baseline_parts(result: AnalysisResult) -> tuple[str, ...]:
    """The sentences of :func:`baseline_headline`, the finding first."""
    table = result.baseline
    if len(table.levels) < 2:
        return (f"{fmt.patients(int(table.n.sum()))}, described by {fmt.several(len(table.variables), 'variable')}.",)
    names = group_names(table.levels, otherwise="in")
    sizes = fmt.in_words(f"{fmt.counted(int(n))} {name}" for n, name in zip(table.n, names, strict=True))
    if len(table.levels) > MOST_SPOKEN:
        sizes = f"in {len(table.levels)} groups of {_span_of(table.n)}"
    who = f"{fmt.patients(int(table.n.sum()))}{' ' if len(table.levels) > MOST_SPOKEN else ', '}{sizes}"
    tested = [item for item in table.variables if math.isfinite(item.smd)]
    apart = sorted((item for item in tested if item.smd > UNBALANCED), key=lambda item: -item.smd)
    if not apart:
        return (f"{who}: no standardised difference above {UNBALANCED:g}.",)
    largest = [f"{column_label(item.variable)} {fmt.number(item.smd, 2)}" for item in apart[:3]]
    which = "the largest: " if len(apart) > len(largest) else ""
    apart_words = f"{len(apart)} of {len(tested)} variables ({which}{fmt.in_words(largest)})"
    if len(table.levels) > 2:
        pairs = fmt.counted(len(table.levels) * (len(table.levels) - 1) // 2)
        return (
            f"Between some two of {len(table.levels)} groups the standardised difference is above {UNBALANCED:g} in "
            f"{apart_words}; it is the largest of {pairs} pairs.",
            f"{who}.",
        )
    return f"The standardised difference is above {UNBALANCED:g} in {apart_words}.", f"{who}."


def _span_of(counts: IntArray) -> str:
    """Smallest and largest of several counts: ``6 to 41``."""
    low, high = (fmt.counted(int(n)) for n in (counts.min(), counts.max()))
    return low if low == high else f"{low} to {high}"
