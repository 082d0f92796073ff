"""Immortal time in sentences: the notice on pages that compare, and the answer of the analysis."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.labels import column_label, in_sentence, level_label
from core.reporting.sentences import confidence_words

if TYPE_CHECKING:
    from core.bias.immortal_time import LateStart
    from core.bias.later_treatment import MethodRatio
    from core.bias.side_by_side import ImmortalTime
    from core.result import AnalysisResult

_PART = "part of this difference may be immortal time."
SMALL_CHANGE = 0.1  # of the log hazard ratio, below which a method hardly moves it


def late_start_sentence(late: LateStart) -> str:
    """What a page says that compares such groups."""
    label = column_label(late.group)
    if late.level is None:
        what = "is known only" if late.basis == "response" else "happens"
        return (
            f"{label} {what} after time zero: a patient had to stay event-free until then to be in that group, so "
            f"{_PART}"
        )
    level = level_label(late.group, late.level)
    text = f"{level} started after time zero in {late.n_late} of {fmt.patients(late.n)}"
    if late.share > 0:
        text += f", and {_share(late.share)} of the follow-up of that group lies before {level} began"
    return f"{text}: {_PART}"


def immortal_time_headline(result: AnalysisResult) -> str:
    """The naive ratio and what it becomes once treatment counts only from the day it began."""
    return " ".join(immortal_time_parts(result))


def immortal_time_parts(result: AnalysisResult) -> tuple[str, ...]:
    """The sentences of :func:`immortal_time_headline`, the finding first."""
    value = result.immortal_time
    level, ci = spoken_levels(result)[1], confidence_words(result.analysis.conf_level)
    naive, after = _ratio(value.naive, ci), _ratio(value.time_dependent.ratio, ci)
    text = (
        f"Compared as if {level} had been known from the beginning, the hazard ratio is {naive}; with {level} counted "
        f"only from the day it began it is {after}."
    )
    return tuple(part for part in (text, _reading(value), _others(value)) if part)


def spoken_levels(result: AnalysisResult) -> tuple[str, str]:
    """The untreated and the treated in words: yes and no of a column by its name."""
    column = str(result.subset.groups.column)
    untreated, treated = result.immortal_time.levels
    return level_label(column, untreated), level_label(column, treated)


def stake_sentence(result: AnalysisResult) -> str:
    """How late the group began, and the share of its follow-up at stake."""
    value, level = result.immortal_time, spoken_levels(result)[1]
    text = f"{level} began after time zero in {value.n_late} of {fmt.patients(value.n_group)}"
    if value.n_never:
        text += f" ({value.n_never} only after the end of their follow-up)"
    if math.isfinite(value.share):
        text += f"; {_share(value.share)} of that group's follow-up lies before {level} began"
    return f"{text}. In that time these patients could not have had the event: they had to reach their treatment."


def immortal_time_caveat(value: ImmortalTime) -> str:
    """What none of the methods can do, and how loss to follow-up is handled."""
    text = immortal_time_limit(value)
    if value.clones is not None:
        loss = fmt.in_words(in_sentence(column_label(name)) for name in value.clones.loss)
        taken = f"weighted for by {loss}" if loss else "taken to tell nothing about the outcome"
        text += f" Loss to follow-up is {taken}."
    return text


def immortal_time_limit(value: ImmortalTime) -> str:
    """What none of the methods can do."""
    adjusted = fmt.in_words(in_sentence(column_label(name)) for name in value.covariates)
    base = f"adjusted for {adjusted} only" if adjusted else "not adjusted for any factor"
    return (
        f"These methods take away immortal time, not selection: the ratios are {base}, and who is fit enough to be "
        "treated later may differ from who is not."
    )


def _reading(value: ImmortalTime) -> str:
    naive, after = value.naive.log_hazard_ratio, value.time_dependent.ratio.log_hazard_ratio
    if not (math.isfinite(naive) and math.isfinite(after)):
        return ""
    small = 1 - value.naive.conf_level
    if abs(after - naive) < SMALL_CHANGE:
        text = "So counting the time rightly moves the ratio little"
    elif after * naive < 0:
        text = "So counting the time rightly turns the direction of the difference"
    else:
        way = "smaller" if abs(after) < abs(naive) else "larger"
        text = f"So the difference is {way} once the time is counted rightly"
        share = value.time_dependent.ratio.share_of(value.naive)
        if 0 < share < 1 and value.naive.p_value < small:
            text += f": {fmt.percent(share, 0)} of it is left"
    if value.naive.p_value < small <= value.time_dependent.ratio.p_value:
        text += ", and chance can explain what is left"
    elif small <= min(value.naive.p_value, value.time_dependent.ratio.p_value):
        text += "; chance can explain either"
    return f"{text}."


def _others(value: ImmortalTime) -> str:
    """What landmarks and clones say."""
    marks = [mark.ratio for mark in value.landmarks if math.isfinite(mark.ratio.hazard_ratio)]
    clones = [] if value.clones is None else [value.clones.ratio]
    clones = [ratio for ratio in clones if math.isfinite(ratio.hazard_ratio)]
    known = sorted(ratio.hazard_ratio for ratio in (*marks, *clones))
    if not known:
        return ""
    who = " and ".join([*(["landmarks"] if marks else []), *(["clones"] if clones else [])])
    shares = sorted(ratio.share_of(value.naive) for ratio in (*marks, *clones))
    if fmt.ratio(known[0]) == fmt.ratio(known[-1]):
        return f"By {who} it is {fmt.ratio(known[0])}{_left(shares)}."
    return f"By {who} it lies between {fmt.ratio(known[0])} and {fmt.ratio(known[-1])}{_left(shares)}."


def _left(shares: list[float]) -> str:
    """What methods leave of the naive difference, where each leaves a part of it."""
    if not all(0 < share < 1 for share in shares):
        return ""
    low, high = fmt.percent(shares[0], 0), fmt.percent(shares[-1], 0)
    return f", which leaves {low}" if low == high else f", which leaves {low} to {high}"


def _ratio(ratio: MethodRatio, ci: str) -> str:
    span = fmt.limits_of_ratio(ratio.conf_low, ratio.conf_high)
    if not math.isfinite(ratio.hazard_ratio):
        return fmt.NOT_ESTIMABLE
    return fmt.ratio(ratio.hazard_ratio) + (f" ({ci} {span}; {fmt.p_phrase(ratio.p_value)})" if span else "")


def _share(share: float) -> str:
    return "less than 1 %" if 0 < share < 0.01 else fmt.percent(share, 0)
