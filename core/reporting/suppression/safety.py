"""Adverse events without small numbers."""

from __future__ import annotations

from core.reporting.suppression.linked_counts import LinkedCounts
from core.reporting.suppression.printed import PrintedCounts
from core.reporting.tables import Cell, ReportTable, TableRow, text_column
from core.safety.results import AdverseEventRow, AdverseEventTable

_OVERALL = "\0any"  # no term can be written so


def link_adverse_events(counts: LinkedCounts, table: AdverseEventTable, threshold: int) -> None:
    """Enter patients with each term: any grade, grade 3 or more, lower grades, and without it.

    Patients with any event are at least those with one term; the sizes of groups must be there.
    """
    for row in (table.overall, *listed(table, threshold)):
        name = row.term or _OVERALL
        for group, level in enumerate(table.levels):
            any_grade = counts.show(("any", name, level), int(row.any[group]), rank=int(row is table.overall))
            without = counts.imply(("none", name, level), int(table.denominators[group] - row.any[group]))
            counts.add_up(("patients", level), [any_grade, without])
            if table.graded:
                high = counts.show(("grade 3", name, level), int(row.grade3plus[group]))
                low = counts.imply(("low", name, level), int(row.any[group] - row.grade3plus[group]))
                counts.add_up(any_grade, [high, low])
            if row is not table.overall:
                others = int(table.overall.any[group] - row.any[group])
                counts.add_up(
                    ("any", _OVERALL, level),
                    [any_grade, counts.imply(("others", name, level), others, sensitive=False)],
                )


def listed(table: AdverseEventTable, threshold: int) -> tuple[AdverseEventRow, ...]:
    """Terms that at least ``threshold`` patients had, most frequent first."""
    kept = [row for row in table.rows if row.term and int(row.any.sum()) >= threshold]
    return tuple(sorted(kept, key=lambda row: -int(row.any.sum())))


def adverse_events_report(table: AdverseEventTable, printed: PrintedCounts, threshold: int) -> ReportTable:
    """The table of adverse events as it may be shown."""
    columns = [text_column("term", "Adverse event, n (%)")]
    for position, level in enumerate(table.levels):
        columns.append(printed.column(f"any_{position}", level))
    if table.graded:
        for position, level in enumerate(table.levels):
            column = printed.column(f"high_{position}", level)
            columns.append(type(column)(key=column.key, label=f"{column.label}, grade 3 or more", parts=column.parts))
    rows = []
    for row in (table.overall, *listed(table, threshold)):
        name = row.term or _OVERALL
        kinds = ("any", "grade 3") if table.graded else ("any",)
        cells = [printed.share((kind, name, level), ("patients", level)) for kind in kinds for level in table.levels]
        said = row.term or "Any adverse event"
        rows.append(TableRow(cells=(Cell(said, (said,)), *cells), kind="body" if row.term else "total"))
    rare = len(table.rows) - len(rows) + 1
    note = f"Terms that fewer than {threshold} patients had are not listed ({rare})." if rare else ""
    return ReportTable(
        title="Adverse events", columns=tuple(columns), rows=tuple(rows), footnotes=(note,) if note else ()
    )
