"""Local progression of lesions in tables: by factor, the model of all factors, and lesions beside patients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.comparison_tables import p_cell
from core.reporting.footnotes import footnotes
from core.reporting.hazard_cells import REFERENCE, count_cell, ratio_cells
from core.reporting.labels import column_label, event_heading, event_label
from core.reporting.sentences import confidence_words
from core.reporting.survival_tables import at
from core.reporting.tables import Cell, ReportTable, TableColumn, TableRow, interval_column, number_column, text_column
from core.reporting.tables import words as told

if TYPE_CHECKING:
    from core.regression.lesion_recurrence import LesionFactorResult
    from core.regression.results import CoxTerm
    from core.result import AnalysisResult
    from core.survival.incidence_summary import IncidenceSummary

NO_PLACE = Cell("", (None,))


def lesion_factor_table(result: AnalysisResult) -> ReportTable:
    """Every factor with its levels: lesions, patients, progressed, incidence, hazard ratio; the robust test beside."""
    value, level = result.lesion_recurrence, confidence_words(result.analysis.conf_level)
    columns = _columns(result, level)
    rows: list[TableRow] = []
    for one in value.factors:
        rows.append(_heading(one, columns))
        rows += [_level(one, position, columns) for position in range(len(one.factor.levels))]
    return ReportTable(
        title=f"{event_heading(value.causes[0])} by lesion",
        columns=columns,
        rows=tuple(rows),
        footnotes=footnotes(
            result,
            "P beside a factor's name: robust score test of all its levels. Hazard ratios are cause-specific: lesions "
            "with another event first count as censored.",
        ),
    )


def _columns(result: AnalysisResult, level: str) -> tuple[TableColumn, ...]:
    value = result.lesion_recurrence
    times = value.lesions.groups[0].causes[0].at.time.tolist()
    return (
        text_column("factor", "Factor"),
        number_column("n", "Lesions"),
        number_column("patients", "Patients"),
        number_column("events", "Progressed"),
        *(
            interval_column(f"at_{i}", f"{at(time, value.unit)} ({level})", name=at(time, value.unit),
                            number_format="0.0%", level=level)
            for i, time in enumerate(times)
        ),
        interval_column("hr_0", f"Hazard ratio ({level})", name="Hazard ratio", number_format="0.00", level=level),
        number_column("p_0", "P", "0.000"),
    )  # fmt: skip


def _heading(one: LesionFactorResult, columns: tuple[TableColumn, ...]) -> TableRow:
    missing = f" ({one.n_missing} missing)" if one.n_missing else ""
    of = ", of the patient" if one.factor.of_patients else ""
    test = Cell("") if one.test is None else p_cell(one.test.p_value)
    label = f"{column_label(one.factor.column)}{of}{missing}"
    return TableRow(cells=(told(label), *(Cell("") for _ in columns[2:]), test), kind="heading")


def _level(one: LesionFactorResult, position: int, columns: tuple[TableColumn, ...]) -> TableRow:
    level = one.factor.levels[position]
    cause = one.incidence.groups[position].causes[0]
    cells = [
        told(level),
        count_cell(cause.estimate.n),
        count_cell(one.n_patients[position]),
        count_cell(int(cause.estimate.n_events_total)),
        *_shares(one.incidence, position),
        *_ratio(one, level),
    ]
    return TableRow(cells=tuple(cells), indent=1)


def _shares(summary: IncidenceSummary, position: int) -> list[Cell]:
    chosen = summary.groups[position].causes[0].at
    rows = zip(chosen.incidence.tolist(), chosen.conf_low.tolist(), chosen.conf_high.tolist(), strict=True)
    return [Cell(fmt.percent_estimate(*row), row) for row in rows]


def _ratio(one: LesionFactorResult, level: str) -> list[Cell]:
    if level == one.factor.reference and one.terms:
        return [Cell(REFERENCE, (1.0, None, None)), NO_PLACE]
    term = next((term for term in one.terms if term.level == level), None)
    return ratio_cells(term) if term is not None else [Cell(fmt.EN_DASH, (None, None, None)), NO_PLACE]


def both_levels_table(result: AnalysisResult) -> ReportTable:
    """Lesions and patients beside each other: counts and incidence of each event."""
    value, level = result.lesion_recurrence, confidence_words(result.analysis.conf_level)
    times = value.lesions.groups[0].causes[0].at.time.tolist()
    columns = (
        text_column("what", "Event"),
        number_column("n", "Number"),
        number_column("events", "Had it"),
        *(
            interval_column(f"at_{i}", f"{at(time, value.unit)} ({level})", name=at(time, value.unit),
                            number_format="0.0%", level=level)
            for i, time in enumerate(times)
        ),
    )  # fmt: skip
    rows = []
    for position, name in enumerate(value.causes):
        rows.append(TableRow(cells=(told(event_heading(name)), *(Cell("") for _ in columns[1:])), kind="heading"))
        for what, summary in (("Lesions", value.lesions), ("Patients, first of any lesion", value.patients)):
            cause = summary.groups[0].causes[position]
            chosen = cause.at
            shares = [
                Cell(fmt.percent_estimate(*row), row)
                for row in zip(chosen.incidence.tolist(), chosen.conf_low.tolist(), chosen.conf_high.tolist(),
                               strict=True)
            ]  # fmt: skip
            counts = (count_cell(cause.estimate.n), count_cell(int(cause.estimate.n_events_total)))
            rows.append(TableRow(cells=(told(what), *counts, *shares), indent=1))
    spread = ", ".join(f"{k}: {n}" for k, n in value.per_patient.items())
    return ReportTable(
        title=f"{event_heading(value.causes[0])}, lesions and patients",
        columns=columns,
        rows=tuple(rows),
        footnotes=footnotes(result, f"Patients by number of lesions: {spread}."),
    )


def lesion_model_table(result: AnalysisResult) -> ReportTable | None:
    """All factors together; None without a model."""
    value, level = result.lesion_recurrence, confidence_words(result.analysis.conf_level)
    if value.model is None:
        return None
    columns = (
        text_column("factor", "Factor"),
        number_column("n", "Lesions"),
        number_column("events", "Progressed"),
        interval_column("hr_0", f"Hazard ratio ({level})", name="Hazard ratio", number_format="0.00", level=level),
        number_column("p_0", "P", "0.000"),
    )
    missing = [f"{column_label(name)} {n}" for name, n in value.missing.items() if n]
    model = value.model
    return ReportTable(
        title=f"Factors of {event_label(value.causes[0])} together",
        columns=columns,
        rows=tuple(_term(term) for term in model.terms),
        footnotes=footnotes(
            result,
            f"{fmt.several(model.n, 'lesion')} of {fmt.patients(model.n_clusters or 0)}, {model.n_events} progressed. "
            "Hazard ratios of numbers are per unit.",
            f"Lesions without a value: {fmt.in_words(missing)}." if missing else "",
        ),
    )


def _term(term: CoxTerm) -> TableRow:
    label = column_label(term.term)
    name = label if term.level is None else f"{label}: {term.level} against {term.reference}"
    return TableRow(cells=(told(name), count_cell(term.n), count_cell(term.n_events), *ratio_cells(term)))
