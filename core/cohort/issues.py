"""Collecting findings about one table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.cohort.cohort import DataIssue, Severity

_SHOWN = 5


class IssueLog:
    """Findings about one table, in the order they were made.

    Parameters
    ----------
    table : str
        Which table the issues are said of: ``patients``, ``adverse_events``, ...
    """

    def __init__(self, table: str) -> None:
        self.table = table
        self.found: list[DataIssue] = []

    def add(
        self,
        code: str,
        severity: Severity,
        message: str,
        *,
        column: str | None = None,
        rows: Iterable[int] = (),
        remedy: str = "",
    ) -> None:
        """Note one finding."""
        self.found.append(
            DataIssue(
                code=code,
                severity=severity,
                column=column,
                rows=tuple(rows),
                message=message,
                remedy=remedy,
                table=self.table,
            )
        )


def counted(n: int, noun: str, *, plural: str = "") -> str:
    """A count with its noun: '1 row', '3 rows'."""
    return f"{n} {noun}" if n == 1 else f"{n} {plural or noun + 's'}"


def listed(values: Sequence[object], *, shown: int = _SHOWN) -> str:
    """The first few values, and how many more there are."""
    text = ", ".join(f"'{value}'" for value in values[:shown])
    return text if len(values) <= shown else f"{text} and {len(values) - shown} more"
