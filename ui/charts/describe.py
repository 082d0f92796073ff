"""Charts in words, for those who hear them: the alternative text of each figure."""

from __future__ import annotations

from core.reporting.format import NOT_REACHED, in_words, number, percent, quantity, unit_digits
from core.survival.summary import GroupSurvival, SurvivalSummary


def describe_survival(summary: SurvivalSummary, *, title: str = "survival") -> str:
    """Kaplan-Meier curves in words: patients, events, median and last survival of each group.

    Parameters
    ----------
    summary : SurvivalSummary
    title : str
        What is drawn, in lower case, for example "overall survival".
    """
    groups = [group for group in summary.groups if group.estimate.n]
    if not groups:
        return f"Kaplan-Meier chart of {title}: no patients."
    of = f" by group ({in_words([group.level for group in groups])})" if len(groups) > 1 else ""
    told = " ".join(_group(group, summary.unit) for group in groups)
    return f"Kaplan-Meier chart of {title}{of}, with numbers at risk. {told}"


def _group(group: GroupSurvival, unit: str) -> str:
    estimate, digits = group.estimate, unit_digits(unit)
    name = "All patients" if group.level == "all" else group.level
    counts = f"{name}: {estimate.n} patients, {number(estimate.n_events_total, 0)} events"
    end = f"{percent(float(estimate.survival[-1]), 0)} at {quantity(estimate.last_time, unit, digits)}"
    if 0.5 not in group.quantiles:
        return f"{counts}, {end}."
    median = group.quantiles[0.5]
    if median.value != median.value:
        return f"{counts}, median not reached, {end}."
    limits = " to ".join(number(x, digits, missing=NOT_REACHED) for x in (median.conf_low, median.conf_high))
    return f"{counts}, median {quantity(median.value, unit, digits)} ({limits}), {end}."
