"""Tables of picked patients, and of what happened in a stretch of survival curves."""

from __future__ import annotations

import math
from collections.abc import Sequence

from core.patients.picked import PickedPatient
from core.patients.stretch import Stretch
from core.reporting import format as fmt
from core.reporting.tables import Cell, ReportTable, TableRow, number_column, text_column

MOST_LISTED = 500


def picked_report(title: str, patients: Sequence[PickedPatient], *, unit: str | None) -> ReportTable:
    """One row per patient, named by the row in the file, never by an identifier; the first 500."""
    several = any(one.group != "all" for one in patients)
    columns = [number_column("row", "Row in the file")]
    columns += [text_column("group", "Group")] if several else []
    if unit is not None:
        columns += [text_column("ended", "Follow-up ended with"), number_column("time", unit.capitalize())]
    rows = []
    for one in patients[:MOST_LISTED]:
        cells = [Cell(fmt.counted(one.row), (one.row,))]
        cells += [Cell(one.group, (one.group,))] if several else []
        if unit is not None:
            cells += [Cell(one.ended.replace("_", " "), (one.ended,)), _time(one.time, unit)]
        rows.append(TableRow(cells=tuple(cells)))
    said = f"{fmt.patients(len(patients))}, by row of the patients' table."
    if len(patients) > MOST_LISTED:
        said = f"The first {MOST_LISTED} of {fmt.patients(len(patients))}, by row of the patients' table."
    return ReportTable(title=title, columns=tuple(columns), rows=tuple(rows), footnotes=(said,))


def stretch_report(stretch: Stretch) -> ReportTable:
    """One row per group: at risk at the start, events, censored, still followed at the end."""
    low, high = _when(stretch.low, stretch.unit), _when(stretch.high, stretch.unit)
    late = any(group.n_entered for group in stretch.groups)
    columns = [text_column("group", "Group"), number_column("at_risk", f"At risk at {low} {stretch.unit}")]
    columns += [number_column("entered", "Entered later")] if late else []
    columns += [
        number_column("events", "Events"),
        number_column("censored", "Censored"),
        number_column("after", f"Followed beyond {high} {stretch.unit}"),
    ]
    rows = []
    for group in stretch.groups:
        counts = [group.n_at_risk, *([group.n_entered] if late else []), group.n_events, group.n_censored]
        name = "All patients" if group.level == "all" and len(stretch.groups) == 1 else group.level
        cells = (Cell(name, (name,)), *(Cell(fmt.counted(n), (n,)) for n in (*counts, group.n_after)))
        rows.append(TableRow(cells=cells))
    said = f"From {low} to {high} {stretch.unit}, both included."
    return ReportTable(
        title="What happened in this stretch", columns=tuple(columns), rows=tuple(rows), footnotes=(said,)
    )


def _time(time: float, unit: str) -> Cell:
    return Cell(fmt.number(time, fmt.unit_digits(unit)) if math.isfinite(time) else fmt.EN_DASH, (time,))


def _when(time: float, unit: str) -> str:
    return f"{round(time, 2):g}"
