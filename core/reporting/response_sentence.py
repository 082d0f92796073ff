"""Best response in a sentence: the headline of its page."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.patients.response import ResponseRate, ResponseTable
from core.reporting import format as fmt
from core.reporting.sentences import MOST_SPOKEN, confidence_words, group_names, headline

if TYPE_CHECKING:
    from core.result import AnalysisResult


def response_headline(result: AnalysisResult) -> str:
    """How many patients of each group responded, in how many the disease was controlled, and how sure that is.

    For example "An objective response (CR or PR) was seen in 17 of 66 patients without HIFU (25.8 %, 95 % CI 15.8–38.0)
    and 10 of 28 with HIFU (35.7 %, 18.6–55.9): a difference of 10.0 percentage points (−9.4 to 31.0; Fisher P = 0.33).
    The disease was controlled in 66.7 % and 82.1 % (Fisher P = 0.14). 4 patients were not evaluable and count as no
    response."
    """
    return " ".join(response_parts(result))


def response_parts(result: AnalysisResult) -> tuple[str, ...]:
    """The sentences of :func:`response_headline`, the finding first."""
    table = result.response
    parts = [
        f"An objective response (CR or PR) was seen in {_rates(table, table.orr)}{_evidence(table.orr)}.",
        _control(table),
        _not_evaluable(table),
    ]
    return tuple(filter(None, parts))


def duration_headline(result: AnalysisResult) -> str:
    """How long responses lasted; empty where that was not asked for or nobody responded."""
    summary = result.response.duration
    if summary is None:
        return ""
    responders = sum(int(group.estimate.n) for group in summary.groups)
    return f"{headline(summary, None, 'DOR')} Of {fmt.several(responders, 'responder')} only."


def _rates(table: ResponseTable, rate: ResponseRate) -> str:
    if len(table.levels) > MOST_SPOKEN:
        return _range(table, rate)
    level = confidence_words(table.methods.conf_level)
    names = group_names(table.levels, otherwise="in")
    told: list[str] = []
    for i, name in enumerate(names):
        patients = f" {'patient' if table.denominators[i] == 1 else 'patients'}" if not told else ""
        count = f"{fmt.counted(int(rate.count[i]))} of {fmt.counted(int(table.denominators[i]))}{patients}"
        ends = [fmt.percent(float(end), missing="", sign=False) for end in (rate.conf_low[i], rate.conf_high[i])]
        span = f" ({fmt.percent(float(rate.value[i]))}, {'' if told else f'{level} '}{fmt.EN_DASH.join(ends)})"
        told.append(f"{count} {name}".strip() + (span if all(ends) else ""))
    return fmt.in_words(told)


def _range(table: ResponseTable, rate: ResponseRate) -> str:
    """Lowest and highest rate of many groups."""
    shares = sorted((float(value), i) for i, value in enumerate(rate.value) if math.isfinite(value))
    if shares[0][0] == shares[-1][0]:
        return f"{fmt.percent(shares[0][0])} of the patients of each of {len(shares)} groups"
    low, high = (f"{fmt.percent(share)} ({table.levels[i]})" for share, i in (shares[0], shares[-1]))
    return f"between {low} and {high} of patients, by group"


def _evidence(rate: ResponseRate) -> str:
    if rate.difference is None:
        return f" (Fisher {fmt.p_phrase(rate.p_value)})" if math.isfinite(rate.p_value) else ""
    found = rate.difference
    if not math.isfinite(found.estimate):
        return ""
    span = fmt.percentage_points(found.estimate, found.conf_low, found.conf_high).partition("(")[2].rstrip(")")
    points = fmt.percent(found.estimate, sign=False)
    return f": a difference of {points} percentage points ({span}; Fisher {fmt.p_phrase(found.p_value)})"


def _control(table: ResponseTable) -> str:
    rate = table.dcr
    p = f" (Fisher {fmt.p_phrase(rate.p_value)})" if math.isfinite(rate.p_value) else ""
    if len(table.levels) > MOST_SPOKEN:
        return f"The disease was controlled in {_range(table, rate)}{p}."
    shares = fmt.in_words(fmt.percent(float(value)) for value in rate.value)
    return f"The disease was controlled (CR, PR or SD) in {shares}{p}."


def _not_evaluable(table: ResponseTable) -> str:
    n = int(table.counts[:, table.categories.index("NE")].sum())
    if not n:
        return ""
    if table.evaluable_only:
        return f"{fmt.patients(n)} {'was not evaluable and is' if n == 1 else 'were not evaluable and are'} left out."
    told = "was not evaluable and counts" if n == 1 else "were not evaluable and count"
    return f"{fmt.patients(n)} {told} as no response."
