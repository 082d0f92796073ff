"""Adverse events in a sentence."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.sentences import MOST_SPOKEN, group_names

if TYPE_CHECKING:
    from core.result import AnalysisResult
    from core.safety.results import AdverseEventTable
    from core.timetoevent import IntArray

_WHAT = {
    "all": "Adverse events",
    "related": "Treatment-related adverse events",
    "immune-mediated": "Immune-mediated adverse events",
    "serious": "Serious adverse events",
    "stopped": "Adverse events leading to stop of treatment",
    "changed": "Adverse events leading to stop or change of treatment",
}


def adverse_event_headline(result: AnalysisResult) -> str:
    """How many patients of each group had an event, of any grade and of grade 3 or more; of many groups the range."""
    table = result.adverse_events
    row = table.overall
    p_any = f" ({table.test.capitalize()} {fmt.p_phrase(row.p_any)})" if math.isfinite(row.p_any) else ""
    what = _WHAT[table.events]
    if not row.any.any():
        return "No adverse event occurred." if table.events == "all" else f"No {what[0].lower()}{what[1:]} occurred."
    if table.counted == "events":
        names = group_names(table.levels, otherwise="in")
        shown = fmt.in_words(f"{fmt.counted(int(n))} {name}".strip() for n, name in zip(row.any, names, strict=True))
        severe = f"; {fmt.counted(int(row.grade3plus.sum()))} of grade 3 or more" if table.graded else ""
        return f"{what}, every one counted: {shown}{severe}."
    text = f"{what} occurred in {_affected(table, row.any, of=True)}{p_any}"
    if not table.graded:
        return f"{text}."
    if not row.grade3plus.any():
        return f"{text}; none of grade 3 or more."
    p_severe = f" ({fmt.p_phrase(row.p_grade3plus)})" if math.isfinite(row.p_grade3plus) else ""
    return f"{text}; of grade 3 or more in {_affected(table, row.grade3plus)}{p_severe}."


def _affected(table: AdverseEventTable, counts: IntArray, *, of: bool = False) -> str:
    """Patients with an event by group; of more than three groups the lowest and the highest share."""
    sizes = [int(n) for n in table.denominators]
    if len(sizes) > MOST_SPOKEN:
        shares = sorted((int(n) / size, i) for i, (n, size) in enumerate(zip(counts, sizes, strict=True)) if size)
        ends = [f"{fmt.percent(share)} ({table.levels[i]})" for share, i in (shares[0], shares[-1])]
        if shares[0][0] == shares[-1][0]:
            return f"{fmt.percent(shares[0][0])} of the patients of each of {len(sizes)} groups"
        return f"between {ends[0]} and {ends[1]} of patients, by group"
    shown = [_share(int(n), size, of=of) for n, size in zip(counts, sizes, strict=True)]
    if not of:
        return fmt.in_words(shown)
    names = group_names(table.levels, otherwise="in")
    return fmt.in_words(f"{text} {name}".strip() for text, name in zip(shown, names, strict=True))


def _share(n: int, size: int, *, of: bool = False) -> str:
    share = f" ({fmt.percent(n / size)})" if size else ""
    return f"{fmt.counted(n)} of {fmt.patients(size)}{share}" if of else f"{fmt.counted(n)}{share}"
