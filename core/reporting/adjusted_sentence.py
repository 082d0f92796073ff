"""Adjusted survival and one patient's survival in sentences."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.labels import column_label, endpoint_label, in_sentence
from core.reporting.sentences import MOST_SPOKEN, NOTABLE, confidence_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.regression.adjusted_results import AdjustedGroup, AdjustedSurvival
    from core.regression.prediction import PredictedCurve
    from core.result import AnalysisResult
    from core.survival.contrasts import Contrast

ADJUSTED_LIMIT = (
    "Adjusted for the factors named only: what was not measured, or is not in the model, may still lie behind a "
    "difference."
)
ONE_RATIO = "One hazard ratio for all times is assumed."


def adjusted_headline(result: AnalysisResult) -> str:
    """Whether the groups still differ once the factors are the same, beside what they differ by as they are."""
    return " ".join(adjusted_parts(result))


def adjusted_parts(result: AnalysisResult) -> tuple[str, ...]:
    """The sentences of :func:`adjusted_headline`, the finding first."""
    value = result.adjusted_survival
    what = endpoint_label(result.subset.endpoint or "survival")
    if len(value.groups) < 2:
        return (_alone(value, what),)
    last = spoken_time(value)
    if last is None:
        return (f"No time was chosen at which {what} could be compared once {_factors(value)} are the same.",)
    time, level = value.times[last], confidence_words(value.conf_level)
    when = f"at {fmt.time_label(time)} {fmt.unit_word(value.unit, time)}"
    if len(value.groups) > MOST_SPOKEN:
        return (f"{_lead(value)}, {what} {when} would range {_range(value.groups, time)}.",)
    shares = [f"{_share(group.adjusted, time)} for {group.level}" for group in value.groups]
    text = f"{_lead(value)}, {what} {when} would be {fmt.in_words(shares)}"
    if len(value.differences) == 1:
        one = value.differences[0]
        text += f": a difference of {_points(one.adjusted[last], level)}, against {_crude(one.crude[last])} unadjusted"
    elif value.differences:
        base = value.reference
        parts = [f"{_points(one.adjusted[last], level)} for {one.level}" for one in value.differences]
        text += f"; against {base} a difference of {fmt.in_words(parts)}"
    return tuple(filter(None, (f"{text}.", _conclusion(value, last))))


def adjusted_caveat(value: AdjustedSurvival) -> str:
    """What adjusting cannot do."""
    if value.own_baseline or len(value.groups) < 2:
        return ADJUSTED_LIMIT
    return f"{ADJUSTED_LIMIT} {ONE_RATIO}"


def patient_sentence(result: AnalysisResult, times: Sequence[float]) -> str:
    """The predicted median and survival of one patient."""
    value = result.adjusted_survival
    if value.patient is None:
        return ""
    level = confidence_words(value.conf_level)
    told = []
    for name, curve in value.patient.curves.items():
        whose = f" for {name}" if len(value.patient.curves) > 1 else ""
        shown = [time for time in times if time <= curve.last_time]
        at = "; ".join(f"{_share(curve, time, limits=level)} at {fmt.time_label(time)}" for time in shown)
        unit = f" {value.unit}" if shown else ""
        told.append(f"Predicted median{whose} {_median(curve, value.unit, level)}" + (f"; {at}{unit}" if at else ""))
    return ". ".join(told) + "."


def _alone(value: AdjustedSurvival, what: str) -> str:
    if not value.groups:
        return f"No curve of {what} could be drawn."
    last = spoken_time(value)
    mean = value.groups[0].adjusted
    if last is None:
        return f"Mean predicted {what} of {fmt.patients(value.groups[0].n)}; choose a group to compare adjusted curves."
    time = value.times[last]
    return (
        f"The mean of the {what} predicted for {fmt.patients(value.groups[0].n)} is {_share(mean, time)} at "
        f"{fmt.time_label(time)} {fmt.unit_word(value.unit, time)}; choose a group to compare adjusted curves."
    )


def spoken_time(value: AdjustedSurvival) -> int | None:
    """The last chosen time to which every group was followed."""
    followed = min(group.adjusted.last_time for group in value.groups)
    inside = [i for i, time in enumerate(value.times) if 0 < time <= followed]
    return inside[-1] if inside else None


def _lead(value: AdjustedSurvival) -> str:
    return f"With the same {_factors(value)} in every group"


def _factors(value: AdjustedSurvival) -> str:
    return fmt.in_words(in_sentence(column_label(name)) for name in value.adjusted_for) or "patients"


def _share(curve: PredictedCurve, time: float, *, limits: str = "") -> str:
    at = curve.at([time])
    share, low, high = (float(x[0]) for x in (at.survival, at.conf_low, at.conf_high))
    if not limits:
        return fmt.percent(share, 0)
    return fmt.percent_estimate(share, low, high, digits=0).replace("(", f"({limits} ", 1)


def _range(groups: Sequence[AdjustedGroup], time: float) -> str:
    shares = sorted((float(group.adjusted.at([time]).survival[0]), group.level) for group in groups)
    low, high = (f"{fmt.percent(share, 0)} ({level})" for share, level in (shares[0], shares[-1]))
    return f"from {low} to {high} over {len(groups)} groups"


def _points(contrast: Contrast, level: str) -> str:
    shown = fmt.percent(contrast.estimate, 0, sign=False)
    points = f"{shown} percentage point" if shown in ("1", "−1") else f"{shown} percentage points"
    if not math.isfinite(contrast.conf_low):
        return points
    low, high = (fmt.percent(x, 0, sign=False) for x in (contrast.conf_low, contrast.conf_high))
    return f"{points} ({level} {low} to {high}; {fmt.p_phrase(contrast.p_value)})"


def _crude(contrast: Contrast) -> str:
    return fmt.percent(contrast.estimate, 0, sign=False)


def _conclusion(value: AdjustedSurvival, last: int) -> str:
    """What the interval allows one to say."""
    p = [difference.adjusted[last].p_value for difference in value.differences]
    if all(math.isfinite(one) for one in p) and p:
        if min(p) >= NOTABLE:
            return "The data do not show that the groups differ once these are the same."
        if len(p) == 1:
            return "These factors do not account for the whole difference."
    return ""


def _median(curve: PredictedCurve, unit: str, level: str) -> str:
    median, digits = curve.median, fmt.unit_digits(unit)
    text = fmt.quantity(median.value, unit, digits)
    if math.isnan(median.conf_low) and math.isnan(median.conf_high):
        return text
    return f"{text} ({level} {fmt.limits(median.conf_low, median.conf_high, digits)})"
