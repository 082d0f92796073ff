"""Adverse events over time in tables: first events, counts per patient, differences, durations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.comparison_tables import p_cell
from core.reporting.footnotes import NOT_REACHED, footnotes
from core.reporting.sentences import confidence_words
from core.reporting.survival_tables import at, count_cell, group_column, group_label, time_column, times_cell
from core.reporting.tables import (
    Cell,
    ReportTable,
    TableColumn,
    TableRow,
    interval_column,
    number_column,
    text_column,
    words,
)
from core.spec import AdverseEventTimeSpec

if TYPE_CHECKING:
    from core.result import AnalysisResult
    from core.survival.contrasts import Contrast

COUNT_DIGITS = 2
_RULE = {
    "left-out": "Patients whose events all lack a start are left out; other events without a start are not counted.",
    "start": "Events without a start are counted at time zero: incidence and counts are the highest they can be.",
    "end": "Events without a start are counted at the end of follow-up: incidence is the lowest it can be.",
}


def first_event_table(result: AnalysisResult) -> ReportTable:
    """A row per event and group: patients, events, incidence at the chosen times; Gray's P by the event."""
    value, level = result.adverse_event_time, confidence_words(result.analysis.conf_level)
    columns = _first_columns(result)
    for i, time in enumerate(value.censored.groups[0].at.time):
        name = at(time, value.unit)
        columns.append(interval_column(f"at_{i}", f"{name} ({level})", name=name, number_format="0.0%", level=level))
    columns.append(number_column("p", "P (Gray)", "0.000"))
    rows: list[TableRow] = []
    for event in value.first.causes:
        test = None if value.first.gray is None else value.first.gray[event]
        p = Cell("") if test is None else p_cell(test.p_value)
        rows.append(TableRow(cells=(words(_heading(event)), *(Cell("") for _ in columns[2:]), p), kind="heading"))
        for group in value.first.groups:
            cause = group.cause(event)
            cells = [words(group_label(group.level)), count_cell(cause.estimate.n)]
            cells.append(count_cell(cause.estimate.n_events_total))
            limits = zip(
                cause.at.incidence.tolist(), cause.at.conf_low.tolist(), cause.at.conf_high.tolist(), strict=True
            )
            cells += [Cell(fmt.percent_estimate(*row), row) for row in limits]
            rows.append(TableRow(cells=(*cells, Cell("", (None,))), indent=1))
    spec = result.analysis
    assert isinstance(spec, AdverseEventTimeSpec)
    return ReportTable(
        title=f"Time to first event: {value.name}",
        columns=tuple(columns),
        rows=tuple(rows),
        footnotes=footnotes(
            result, "Incidence of what came first; what ends the time at risk competes.", _RULE[spec.undated]
        ),
    )


def censored_table(result: AnalysisResult) -> ReportTable:
    """One minus Kaplan-Meier at the chosen times and the median time, patients censored where their risk ends."""
    value, level = result.adverse_event_time, confidence_words(result.analysis.conf_level)
    columns = _first_columns(result)
    for i, time in enumerate(value.censored.groups[0].at.time):
        name = f"{at(time, value.unit)}: 1 − KM"
        columns.append(interval_column(f"km_{i}", f"{name} ({level})", name=name, number_format="0.0%", level=level))
    columns.append(time_column("median", "Median time to the event", unit=value.unit, level=level))
    rows = []
    for group in value.censored.groups:
        free = group.at
        cells = [words(group_label(group.level)), count_cell(group.estimate.n)]
        cells.append(count_cell(group.estimate.n_events_total))
        for s, low, high in zip(free.survival.tolist(), free.conf_low.tolist(), free.conf_high.tolist(), strict=True):
            risen = (1 - s, 1 - high, 1 - low)
            cells.append(Cell(fmt.percent_estimate(*risen), risen))
        rows.append(TableRow(cells=(*cells, times_cell(group.quantiles[0.5], fmt.unit_digits(value.unit)))))
    has_gap = any(fmt.NOT_REACHED in cell.text for row in rows for cell in row.cells)
    return ReportTable(
        title=f"Time to first event, patients censored: {value.name}",
        columns=tuple(columns),
        rows=tuple(rows),
        footnotes=footnotes(
            result,
            f"1 − KM: one minus Kaplan-Meier; {fmt.in_words(value.ends)} taken as censoring, as if these patients "
            "could still have the event: too high as a probability where that is frequent.",
            NOT_REACHED if has_gap else "",
        ),
    )


def _first_columns(result: AnalysisResult) -> list[TableColumn]:
    return [group_column(result), number_column("n", "Patients"), number_column("events", "With the event")]


def _heading(event: str) -> str:
    return event[:1].upper() + event[1:]


def mean_count_table(result: AnalysisResult) -> ReportTable:
    """A row per group: events, and events per patient up to the chosen times, with Nelson's beside it."""
    value, level = result.adverse_event_time, confidence_words(result.analysis.conf_level)
    columns: list[TableColumn] = [group_column(result), number_column("n", "Patients")]
    columns += [number_column("with", "With the event"), number_column("events", "Events")]
    for i, time in enumerate(value.counts.at[0].time):
        name = f"{at(time, value.unit)}: events per patient"
        columns.append(interval_column(f"at_{i}", f"{name} ({level})", name=name, number_format="0.00", level=level))
        columns.append(number_column(f"nelson_{i}", f"{at(time, value.unit)}: while at risk", "0.00"))
    rows = []
    for group, chosen in zip(value.counts.groups, value.counts.at, strict=True):
        cells = [words(group_label(group.group))]
        cells += [count_cell(n) for n in (group.n, group.n_with_event, group.n_events_total)]
        for i in range(len(chosen.time)):
            row = tuple(float(values[i]) for values in (chosen.mean, chosen.conf_low, chosen.conf_high))
            cells.append(Cell(fmt.estimate(*row, digits=COUNT_DIGITS, missing=fmt.EN_DASH), row))
            nelson = float(chosen.nelson[i])
            cells.append(Cell(fmt.number(nelson, COUNT_DIGITS), (nelson,)))
        rows.append(TableRow(cells=tuple(cells)))
    ends = fmt.in_words(value.ends)
    return ReportTable(
        title=f"Events per patient: {value.name}",
        columns=tuple(columns),
        rows=tuple(rows),
        footnotes=footnotes(
            result,
            f"Events per patient: mean number by that time, repeated events counted each, none after {ends} (Ghosh and "
            "Lin; Dong's mean cumulative count); limits robust to events that come together in one patient.",
            "Every row of the file counts: an event written in several rows, one per grade, counts several times.",
            f"While at risk: Nelson's mean, {ends} taken as censoring: the count of a patient to whom that does not "
            "happen, larger.",
        ),
    )


def over_time_difference_table(result: AnalysisResult) -> ReportTable | None:
    """Differences of two groups at the chosen times: incidence and events per patient; None without two groups."""
    value, level = result.adverse_event_time, confidence_words(result.analysis.conf_level)
    own = [one for one in value.first.contrasts if one.cause == value.name]
    if not own or not own[0].incidence_difference:
        return None
    columns = (
        text_column("measure", f"{group_label(own[0].level)} against {group_label(own[0].reference)}"),
        interval_column("estimate", f"Difference ({level})", name="Difference", number_format="0.000", level=level),
        number_column("p", "P", "0.000"),
    )
    rows = [_difference("Incidence", one, value.unit, points=True) for one in own[0].incidence_difference]
    rows += [_difference("Events per patient", one, value.unit, points=False) for one in value.counts.differences]
    return ReportTable(
        title=f"Differences over time: {value.name}",
        columns=columns,
        rows=tuple(rows),
        footnotes=footnotes(result, "Two-sided z tests; differences of incidence in percentage points."),
    )


def _difference(what: str, one: Contrast, unit: str, *, points: bool) -> TableRow:
    values = (one.estimate, one.conf_low, one.conf_high)
    text = fmt.percentage_points(*values) if points else fmt.estimate(*values, digits=COUNT_DIGITS)
    return TableRow(cells=(words(f"{what}, {at(one.time, unit)}"), Cell(text, values), p_cell(one.p_value)))


def duration_report(result: AnalysisResult) -> ReportTable | None:
    """A row per term: events, resolved, ongoing and the median duration by group; None where ends are not known."""
    value, level = result.adverse_event_time, confidence_words(result.analysis.conf_level)
    if value.durations is None:
        return None
    columns: list[TableColumn] = [text_column("term", "Adverse event")]
    for i, name in enumerate(value.levels):
        label = group_label(name)
        columns.append(number_column(f"events_{i}", f"{label}, events"))
        columns.append(number_column(f"resolved_{i}", f"{label}, resolved"))
        columns.append(number_column(f"ongoing_{i}", f"{label}, ongoing"))
        columns.append(time_column(f"median_{i}", f"{label}, median duration", unit="days", level=level))
    # Of a single term all events are that term's.
    shown = value.durations.rows[1:] if len(value.durations.rows) == 2 else value.durations.rows
    rows = []
    for row in shown:
        cells = [words(row.term or "All of these events")]
        for i in range(len(value.levels)):
            cells += [count_cell(int(counts[i])) for counts in (row.events, row.resolved, row.ongoing)]
            nothing = Cell(fmt.EN_DASH, (None, None, None))
            cells.append(times_cell(row.median[i], 0) if row.events[i] else nothing)
        rows.append(TableRow(cells=tuple(cells), kind="body" if row.term else "total"))
    return ReportTable(
        title=f"Duration of adverse events: {value.name}",
        columns=tuple(columns),
        rows=tuple(rows),
        footnotes=footnotes(
            result,
            NOT_REACHED,
            "Days from the first to the last, both counted. Ongoing: no end by the end of follow-up, censored there; "
            "median by Kaplan-Meier, its limits robust to several events of one patient.",
            *value.durations.notes,
        ),
    )
