"""Best response without small numbers."""

from __future__ import annotations

from core.patients.response import RATE_WORDS, ResponseTable
from core.reporting.suppression.linked_counts import LinkedCounts
from core.reporting.suppression.printed import PrintedCounts
from core.reporting.tables import Cell, ReportTable, TableRow, text_column


def link_responses(counts: LinkedCounts, table: ResponseTable) -> None:
    """Enter patients by best response, responders, patients with disease control, and all others.

    The sizes of groups must be there; patients without any entry for response are implied.
    """
    for group, level in enumerate(table.levels):
        by_category = {
            name: counts.show(("response", name, level), int(table.counts[group, position]))
            for position, name in enumerate(table.categories)
        }
        unread = int(counts.counts["patients", level].value - table.counts[group].sum())
        others = [counts.imply(("unread", level), unread)] if unread else []  # that there are none may be known
        counts.add_up(("patients", level), [*by_category.values(), *others])
        responders = counts.show(("rate", "orr", level), int(table.orr.count[group]), rank=1)
        controlled = counts.show(("rate", "dcr", level), int(table.dcr.count[group]), rank=1)
        counts.add_up(responders, [by_category["CR"], by_category["PR"]])
        counts.add_up(controlled, [responders, by_category["SD"]])
        for name, whole in (("orr", responders), ("dcr", controlled)):
            without = int(counts.counts["patients", level].value - counts.counts[whole].value)
            counts.add_up(("patients", level), [whole, counts.imply(("without", name, level), without)])


def responses_report(table: ResponseTable, printed: PrintedCounts) -> ReportTable:
    """The table of best responses as it may be shown; percentages are of all patients of the group."""
    columns = [text_column("response", "Best response, n (%)")]
    columns += [printed.column(f"group_{position}", level) for position, level in enumerate(table.levels)]
    rows = []
    for name in table.categories:
        cells = [printed.share(("response", name, level), ("patients", level)) for level in table.levels]
        rows.append(TableRow(cells=(Cell(name, (name,)), *cells)))
    for name, said in RATE_WORDS.items():
        cells = [printed.share(("rate", name, level), ("patients", level)) for level in table.levels]
        rows.append(TableRow(cells=(Cell(said, (said,)), *cells), kind="total"))
    return ReportTable(
        title="Best response",
        columns=tuple(columns),
        rows=tuple(rows),
        footnotes=("Percentages are of all patients of the group.",),
    )
