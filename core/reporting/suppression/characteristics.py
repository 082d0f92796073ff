"""Table 1 without small numbers.

Belongs here: which counts and numbers of the table are printed, and how they hang together. Does not belong here:
deciding which are withheld (``withhold``).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator

from core.patients.baseline import BaselineTable, BaselineVariable
from core.patients.summary import BaselineRow, LevelCount, NumberSummary
from core.reporting import format as fmt
from core.reporting.labels import column_label
from core.reporting.suppression.linked_counts import ALL, Key, LinkedCounts
from core.reporting.suppression.printed import WITHHELD, PrintedCounts
from core.reporting.tables import Cell, ReportTable, TableRow, heading, text_column

OTHER = "Other values"
_QUARTILES_NEED = 4  # thresholds: then one lies below each quartile, between them and above


def link_characteristics(counts: LinkedCounts, table: BaselineTable, threshold: int) -> None:
    """Enter the counts of Table 1; the sizes of groups, ``("patients", level)``, must be there.

    Levels that fewer than ``threshold`` patients have are one row, "Other values": their names alone would tell that
    somebody has them.
    """
    for item in table.variables:
        rows = _merged(item, table, threshold)
        for group, level in enumerate(table.levels):
            start = ("missing", item.variable, level)
            parts = [counts.show(start, int(item.missing[group]))]
            for name, sizes in rows.items():
                parts.append(counts.show(("level", item.variable, name, level), sizes[group]))
            if not rows:  # a number: those with a value are not printed, but follow. A category has no other rows.
                rest = int(table.n[group]) - sum(counts.counts[part].value for part in parts)
                parts.append(counts.imply(("known", item.variable, level), rest))
            counts.add_up(("patients", level), parts)
        if len(table.levels) > 1:
            _link_totals(counts, item, table, list(rows))


def _link_totals(counts: LinkedCounts, item: BaselineVariable, table: BaselineTable, names: list[str]) -> None:
    for kind, *name in [("missing",), *(("level", name) for name in names)]:
        parts = [(kind, item.variable, *name, level) for level in table.levels]
        total = sum(counts.counts[part].value for part in parts)
        counts.add_up(counts.show((kind, item.variable, *name, ALL), total, rank=1), parts)


def characteristics_table(
    table: BaselineTable, printed: PrintedCounts, threshold: int, *, variables: Collection[str] | None = None
) -> ReportTable:
    """Table 1 as it may be shown, of all its ``variables`` or of some.

    Numbers are mean ± SD, with quartiles only where four thresholds of patients are known: a median is the value of a
    patient or two. They need ``threshold`` known values in every group, else none of their row is printed: the mean of
    all less those of the others would give one away.
    """
    levels = [ALL, *table.levels] if len(table.levels) > 1 else list(table.levels)
    columns = (text_column("variable", "Variable"), *(printed.column(f"group_{i}", n) for i, n in enumerate(levels)))
    rows: list[TableRow] = []
    for item in table.variables:
        if variables is not None and item.variable not in variables:
            continue
        if item.type == "number" and item.rows:
            rows.extend(_number_rows(item, table, printed, threshold))
        elif item.rows:
            rows.append(heading(f"{column_label(item.variable)}, n (%)", columns))
            for name in _merged(item, table, threshold):
                cells = [_level_cell(printed, item.variable, name, level) for level in levels]
                rows.append(TableRow(cells=(Cell(name, (f"{column_label(item.variable)}: {name}",)), *cells), indent=1))
        if item.missing.any():
            cells = [printed.share(("missing", item.variable, level), ("patients", level)) for level in levels]
            said = Cell("Missing", (f"{column_label(item.variable)}: missing",))
            rows.append(TableRow(cells=(said, *cells), indent=1))
    return ReportTable(
        title="Baseline characteristics",
        columns=columns,
        rows=tuple(rows),
        footnotes=("SD: standard deviation. Percentages are of patients with a known value.",),
    )


def _level_cell(printed: PrintedCounts, variable: str, name: str, level: str) -> Cell:
    return printed.share(("level", variable, name, level), ("patients", level), without=("missing", variable, level))


def _number_rows(
    item: BaselineVariable, table: BaselineTable, printed: PrintedCounts, threshold: int
) -> Iterator[TableRow]:
    row = item.rows[0]
    summaries = [row.total, *row.groups] if len(table.levels) > 1 else list(row.groups)
    known = [cell for cell in summaries if isinstance(cell, NumberSummary)]
    label = column_label(item.variable)
    enough = all(cell.n >= threshold for cell in known)
    digits = _digits(known[0])
    means = [Cell(_mean(cell, digits) if enough else WITHHELD, (None, None)) for cell in known]
    yield TableRow(cells=(Cell(f"{label}, mean ± SD", (label,)), *means))
    if enough and all(cell.n >= _QUARTILES_NEED * threshold for cell in known):
        middle = [Cell(_quartiles(cell, digits), (None, None)) for cell in known]
        yield TableRow(cells=(Cell("Median (quartiles)", (f"{label}: median (quartiles)",)), *middle), indent=1)


def _mean(cell: NumberSummary, digits: int) -> str:
    return f"{fmt.number(cell.mean, digits)} ± {fmt.number(cell.sd, digits, missing=fmt.EN_DASH)}"


def _quartiles(cell: NumberSummary, digits: int) -> str:
    digits = max(digits - 1, 0)
    return f"{fmt.number(cell.median, digits)} ({fmt.limits(cell.q1, cell.q3, digits)})"


def _digits(cell: NumberSummary) -> int:
    size = max(abs(cell.median), abs(cell.mean)) if cell.n else 0.0
    return 0 if not math.isfinite(size) or size >= 1000 else 1 if size >= 1 else 2


def merged_levels(item: BaselineVariable, threshold: int) -> dict[str, str]:
    """The row that each level of a category stands in: its own, or "Other values" where it is rare."""
    sizes = {str(row.level): sum(_sizes(row)) for row in item.rows}
    return {name: name if n >= threshold else OTHER for name, n in sizes.items()}


def _merged(item: BaselineVariable, table: BaselineTable, threshold: int) -> dict[str, list[int]]:
    """Patients of each group by level, rare levels together and last; empty for a number."""
    if item.type == "number":
        return {}
    names = merged_levels(item, threshold)
    rows: dict[str, list[int]] = {}
    for row in sorted(item.rows, key=lambda row: names[str(row.level)] == OTHER):
        name = names[str(row.level)]
        rows[name] = [old + new for old, new in zip(rows.get(name, [0] * len(table.n)), _sizes(row), strict=True)]
    return rows


def _sizes(row: BaselineRow) -> list[int]:
    return [cell.n for cell in row.groups if isinstance(cell, LevelCount)]


def sizes_of_groups(counts: LinkedCounts, table: BaselineTable) -> Key:
    """Enter the sizes of the groups and their sum, and return the sum's name.

    They are known whatever is withheld: then no table hangs on another by them, and what one file withholds does not
    depend on which other tables are made beside it.
    """
    parts = [counts.fix(("patients", level), int(n)) for level, n in zip(table.levels, table.n, strict=True)]
    if len(parts) == 1:
        return parts[0]
    whole = counts.fix(("patients", ALL), int(table.n.sum()))
    counts.add_up(whole, parts)
    return whole
