"""The patients with one adverse event in a table: row in the file, group, grade, start."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.tables import Cell, ReportTable, TableRow, number_column, text_column
from core.safety.affected import AffectedPatient

if TYPE_CHECKING:
    from collections.abc import Sequence


def affected_report(term: str, patients: Sequence[AffectedPatient]) -> ReportTable:
    """One row per event; patients are named by their row in the file, never by an identifier."""
    several = len({one.group for one in patients}) > 1 or any(one.group != "all" for one in patients)
    starts = any(one.start for one in patients)
    days = any(math.isfinite(one.day) for one in patients)
    columns = [number_column("row", "Row in the file")]
    columns += [text_column("group", "Group")] if several else []
    columns += [number_column("grade", "Grade")]
    columns += [text_column("start", "Start")] if starts else []
    columns += [number_column("day", "Days from first treatment")] if days else []
    rows = []
    for one in patients:
        cells = [Cell(fmt.counted(one.row), (one.row,))]
        cells += [Cell(one.group, (one.group,))] if several else []
        cells += [Cell(fmt.EN_DASH if one.grade is None else str(one.grade), (one.grade,))]
        cells += [Cell(one.start or fmt.EN_DASH, (one.start,))] if starts else []
        if days:
            known = math.isfinite(one.day)
            cells += [Cell(f"{one.day:g}" if known else fmt.EN_DASH, (one.day if known else None,))]
        rows.append(TableRow(cells=tuple(cells)))
    n = len({one.row for one in patients})
    return ReportTable(
        title=f"Patients with {term}",
        columns=tuple(columns),
        rows=tuple(rows),
        footnotes=(f"{fmt.several(len(patients), 'event')} of {fmt.patients(n)}, by row of the patients' table.",),
    )
