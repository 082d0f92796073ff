"""What is asked beside the curves, in tables: conditional survival, completeness, difference of medians."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.footnotes import NOT_REACHED, footnotes
from core.reporting.labels import endpoint_label
from core.reporting.sentences import confidence_words
from core.reporting.survival_tables import (
    BEYOND,
    at,
    count_cell,
    group_column,
    group_label,
    time_column,
    times_cell,
)
from core.reporting.tables import (
    Cell,
    ReportTable,
    TableRow,
    heading,
    interval_column,
    number_column,
    text_column,
    words,
)
from core.survival.chosen_times import carried_on

if TYPE_CHECKING:
    from core.result import AnalysisResult
    from core.survival.completeness import Completeness
    from core.survival.conditional import ConditionalSurvival


def conditional_table(result: AnalysisResult) -> ReportTable | None:
    """Survival of those who are event-free at a time, by landmark and group; None where nobody asked."""
    summary = result.survival
    made = summary.extras.conditional
    if not made:
        return None
    unit, level = summary.unit, confidence_words(summary.groups[0].estimate.conf_level)
    times = list(dict.fromkeys(time for one in made for time in one.at.time.tolist()))
    columns = (
        group_column(result),
        number_column("n", "Patients followed beyond"),
        *(
            interval_column(
                f"at_{i}", f"{at(time, unit)} ({level})", name=at(time, unit), number_format="0.0%", level=level
            )
            for i, time in enumerate(times)
        ),
        time_column("further", "Median further time", unit=unit, level=level),
    )
    rows: list[TableRow] = []
    for given in dict.fromkeys(one.given for one in made):
        rows.append(heading(f"If {alive(result)} at {at(given, unit)}", columns))
        rows += [TableRow(cells=_conditional(one, times, unit), indent=1) for one in made if one.given == given]
    printed = {cell.text for row in rows for cell in row.cells}
    said = (
        "Times count from time zero; the median is further time after the landmark.",
        NOT_REACHED if any(fmt.NOT_REACHED in text for text in printed) else "",
        f"{fmt.EN_DASH}: not after the landmark, or beyond the last follow-up." if fmt.EN_DASH in printed else "",
    )
    title = f"Conditional {endpoint_label(result.subset.endpoint or 'survival')}"
    return ReportTable(title=title, columns=columns, rows=tuple(rows), footnotes=footnotes(result, *said))


def alive(result: AnalysisResult) -> str:
    """What a patient without the event is called: alive where the event is death."""
    return "alive" if (result.subset.endpoint or "").upper() == "OS" else "event-free"


def _conditional(one: ConditionalSurvival, times: list[float], unit: str) -> tuple[Cell, ...]:
    found = {
        float(time): BEYOND if beyond else Cell(fmt.percent_estimate(*values), tuple(values))
        for time, beyond, *values in zip(
            one.at.time,
            carried_on(one.estimate, one.at.time),
            one.at.survival.tolist(),
            one.at.conf_low.tolist(),
            one.at.conf_high.tolist(),
            strict=True,
        )
    }
    known = one.estimate.n > 0
    return (
        Cell(group_label(one.level), (f"{group_label(one.level)}, {fmt.time_label(one.given)} {unit}",)),
        count_cell(one.estimate.n),
        *(found.get(time, BEYOND) if known else BEYOND for time in times),
        times_cell(one.median_further, fmt.unit_digits(unit)) if known else BEYOND,
    )


def completeness_table(result: AnalysisResult) -> ReportTable | None:
    """Clark's C by group and of all; None where nobody asked."""
    made = result.survival.extras.completeness
    if made is None:
        return None
    unit = result.survival.unit
    columns = (
        group_column(result),
        number_column("n", "Patients"),
        number_column("lost", "Followed less than possible"),
        number_column("observed", f"Follow-up observed, {unit}", "0"),
        number_column("potential", f"Follow-up possible, {unit}", "0"),
        number_column("c", "Completeness", "0.0%"),
    )
    rows = [TableRow(cells=_complete(one, group_label(one.level))) for one in made.groups]
    if len(rows) > 1:
        rows.append(TableRow(cells=_complete(made.overall, "All patients"), kind="total"))
    said = (
        f"Follow-up was possible until {made.basis}, or until the event.",
        "Completeness is the share of the possible follow-up that was observed; 100 %: nobody was lost.",
        *made.notes,
    )
    title = f"Completeness of follow-up, {endpoint_label(result.subset.endpoint or 'survival')}"
    return ReportTable(title=title, columns=columns, rows=tuple(rows), footnotes=footnotes(result, *said))


def _complete(one: Completeness, name: str) -> tuple[Cell, ...]:
    return (
        words(name),
        count_cell(one.n),
        count_cell(one.n_lost),
        Cell(fmt.number(one.observed, 0), (one.observed,)),
        Cell(fmt.number(one.potential, 0), (one.potential,)),
        Cell(fmt.percent(one.value), (one.value,)),
    )


def median_difference_table(result: AnalysisResult) -> ReportTable | None:
    """Both medians and their difference with its bootstrap interval; None where nobody asked."""
    made = result.survival.extras.median_difference
    if made is None:
        return None
    unit, level = result.survival.unit, confidence_words(made.conf_level)
    digits = fmt.unit_digits(unit)
    columns = (text_column("measure", "Median"), time_column("estimate", "Estimate", unit=unit, level=level))
    rows = [
        TableRow(cells=(words(name), times_cell(result.survival.group(name).quantiles[0.5], digits)))
        for name in (made.level, made.reference)
    ]
    values = (made.estimate, made.conf_low, made.conf_high)
    difference = Cell(fmt.estimate(*values, digits=digits), values)
    rows.append(TableRow(cells=(words(f"{made.level} minus {made.reference}"), difference), kind="total"))
    printed = any(fmt.NOT_REACHED in cell.text for row in rows for cell in row.cells)
    said = (*made.notes, f"Seed of the drawing: {made.seed}.", NOT_REACHED if printed else "")
    title = f"Difference of medians, {endpoint_label(result.subset.endpoint or 'survival')}"
    return ReportTable(title=title, columns=columns, rows=tuple(rows), footnotes=footnotes(result, *said))
