"""Survival without small numbers: who was followed, and the tables beside the protected curves."""

from __future__ import annotations

from core.errors import SpecError
from core.reporting import format as fmt
from core.reporting.suppression.curves import Grid, ProtectedCurve, grid_of, link_curves
from core.reporting.suppression.linked_counts import LinkedCounts
from core.reporting.suppression.printed import WITHHELD, PrintedCounts
from core.reporting.survival_tables import group_label
from core.reporting.tables import Cell, ReportTable, TableRow, interval_column, number_column, text_column
from core.survival.summary import SurvivalSummary
from core.timetoevent import FloatArray


def link_survival(
    counts: LinkedCounts, summary: SurvivalSummary, threshold: int, *, among: FloatArray | None = None
) -> Grid:
    """Enter the patients followed for the endpoint, those without it, and what the curves say.

    The sizes of the groups, ``("patients", level)``, must be there.

    Raises
    ------
    SpecError
        Where a group of the table has nobody with the endpoint, or the curves cannot be protected.
    """
    sizes = [key[-1] for key in counts.counts if key[0] == "patients"]
    if not set(summary.table.levels) <= set(sizes):
        raise SpecError("Groups differ between the tables of this page, so survival is not shown.")
    grid = grid_of(summary.table, threshold, among=among)
    for level, n in zip(summary.table.levels, summary.table.n_subjects, strict=True):
        size = ("patients", level)
        followed = counts.show(("analysed", level), int(n), rank=1)
        without = counts.imply(("without endpoint", level), counts.counts[size].value - int(n))
        counts.add_up(size, [followed, without])
    link_curves(counts, summary.table, grid)
    return grid


def survival_report(
    summary: SurvivalSummary, curves: tuple[ProtectedCurve, ...], printed: PrintedCounts
) -> ReportTable:
    """Patients, events and where half have had the event, by group."""
    rows = []
    for curve in curves:
        sizes = [("analysed", curve.level), ("events", curve.level)]
        cells = [Cell(printed.text(key), (printed.value(key),)) for key in sizes]
        said = _median(curve, summary.unit)
        rows.append(TableRow(cells=(Cell(group_label(curve.level), (curve.level,)), *cells, Cell(said, (said,)))))
    return ReportTable(
        title="Survival by group",
        columns=(
            text_column("group", "Group"),
            number_column("n", "Patients"),
            number_column("events", "Events"),
            text_column("median", "Median"),
        ),
        rows=tuple(rows),
        footnotes=("The median is told by the printed times between which the curve crosses 50 %.",),
    )


def survival_at_report(summary: SurvivalSummary, curves: tuple[ProtectedCurve, ...], threshold: int) -> ReportTable:
    """Survival and patients still followed at the times of the curves."""
    columns = [number_column("time", fmt.unit_word(summary.unit).capitalize(), "General")]
    for position, curve in enumerate(curves):
        name = group_label(curve.level)
        columns.append(
            interval_column(
                f"survival_{position}", f"{name}, % (95 % CI)", name=f"{name}, survival", number_format="0%"
            )
        )
        columns.append(number_column(f"followed_{position}", f"{name}, followed beyond"))
    rows = []
    for at in range(curves[0].time.size):
        cells = [Cell(fmt.time_label(float(curves[0].time[at])), (float(curves[0].time[at]),))]
        for curve in curves:
            limits = (float(curve.survival[at]), float(curve.conf_low[at]), float(curve.conf_high[at]))
            left = curve.followed[at]
            cells.append(Cell(fmt.percent_estimate(*limits, digits=0), limits))
            cells.append(Cell(WITHHELD if left is None else fmt.counted(left), (left,)))
        rows.append(TableRow(cells=tuple(cells)))
    note = (
        f"Only at round times at which every group had no event or {threshold} or more since the time before, and "
        f"{threshold} or more patients still followed; in whole per cent."
    )
    return ReportTable(title="Survival at round times", columns=tuple(columns), rows=tuple(rows), footnotes=(note,))


def _median(curve: ProtectedCurve, unit: str) -> str:
    found = curve.median()
    if found is None:
        return "not reached in the printed times"
    early, late = (fmt.time_label(end) for end in found)
    return f"between {early} and {late} {fmt.unit_word(unit)}"
