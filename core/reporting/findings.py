"""Findings about the data as a reader takes them in: the worst first, alike ones together, rows and columns in words.

Belongs here: order, grouping and words. Does not belong here: finding them (``core.cohort.validate``), remedies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.cohort.cohort import DataIssue, Severity
from core.reporting.cell_notes import IMPOSSIBLE

SEVERITY = {"error": "Needs a decision", "warning": "May change the result", "info": "For your information"}
_ROWS, _COLUMNS = 8, 6
_ALIKE = {
    "rare-level": "Levels with fewer than 5 patients",
    "missing-code": "Codes for missing, read as missing",
    "unknown-value": "Words for unknown, counted as missing",
    "text-in-number": "Words in columns of numbers, counted as missing",
    "text-in-date": "Cells that are no date, counted as missing",
    "partial-date": "Dates without a day, counted as missing",
    "ambiguous-date": "Dates in which nothing tells day from month, read day first",
    "similar-levels": "Levels that look alike and are kept apart",
    "mixed-column": "Columns that mix numbers and words, read as words",
    "ambiguous-comma": "Commas in numbers that can be read in two ways",
    "percent-sign": "Percent signs left out",
    "spellings-merged": "Spellings read as one level",
    "missing-value": "Values counted as missing, as asked",
    "identifying-column": "Columns that could name a person, left out",
    "outlier": "Numbers far from all others",
}
MANY = dict.fromkeys(_ALIKE, 3)
_WORST_FIRST = ("error", "warning", "info")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the list: a finding, or several alike.

    Attributes
    ----------
    severity : {'error', 'warning', 'info'}
    where, what, remedy : str
    alike : tuple of DataIssue
        The findings it stands for.
    """

    severity: Severity
    where: str
    what: str
    remedy: str
    alike: tuple[DataIssue, ...]


def worst_first(found: Sequence[DataIssue]) -> list[DataIssue]:
    """The findings by severity, values that cannot be before spellings, otherwise as they were made."""
    return sorted(found, key=lambda issue: (_WORST_FIRST.index(issue.severity), _rank(issue.code)))


def _rank(code: str) -> int:
    if code == "confirm-event":
        return 0
    if code in IMPOSSIBLE:
        return 1
    return 3 if code in _ALIKE else 2


def listed_findings(found: Sequence[DataIssue], *, together: Mapping[str, int] = MANY) -> tuple[Finding, ...]:
    """The findings, worst first; ``together``: of how many of a code on they stand in one line."""
    ordered = worst_first(found)
    kinds: dict[tuple[str, str, str], list[DataIssue]] = {}
    for issue in ordered:
        kinds.setdefault((issue.severity, issue.code, issue.table), []).append(issue)
    lines: list[Finding] = []
    for alike in kinds.values():
        if len(alike) >= max(2, together.get(alike[0].code, len(alike) + 1)):
            lines.append(_together(alike))
        else:
            lines += [_alone(issue) for issue in alike]
    return tuple(lines)


def where(issue: DataIssue) -> str:
    """Table, column and rows of a finding."""
    parts = [] if issue.table == "patients" else [issue.table.replace("_", " ")]
    if issue.column:
        parts.append(f"column {issue.column}")
    if issue.rows:
        shown = ", ".join(str(row) for row in issue.rows[:_ROWS])
        word = "row" if len(issue.rows) == 1 else "rows"
        parts.append(f"{word} {shown}{' and more' if len(issue.rows) > _ROWS else ''}")
    return ", ".join(parts)


def _alone(issue: DataIssue) -> Finding:
    return Finding(severity=issue.severity, where=where(issue), what=issue.message, remedy=issue.remedy, alike=(issue,))


def _together(alike: Sequence[DataIssue]) -> Finding:
    columns = list(dict.fromkeys(str(issue.column) for issue in alike if issue.column))
    more = f" and {len(columns) - _COLUMNS} more" if len(columns) > _COLUMNS else ""
    parts = [] if alike[0].table == "patients" else [alike[0].table.replace("_", " ")]
    parts += [f"columns {', '.join(columns[:_COLUMNS])}{more}"] if columns else []
    return Finding(
        severity=alike[0].severity,
        where=", ".join(parts),
        what=f"{_ALIKE[alike[0].code]} ({len(alike)} findings).",
        remedy=alike[0].remedy,
        alike=tuple(alike),
    )
