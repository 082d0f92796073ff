"""Dose against outcome in a table, by third of the dose."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.dose_words import DOSE_WORDS
from core.reporting.footnotes import footnotes
from core.reporting.labels import endpoint_label, event_label
from core.reporting.sentences import confidence_words
from core.reporting.tables import Cell, Part, ReportTable, TableColumn, TableRow, number_column, text_column, words
from core.spec import TreatmentCourseSpec

if TYPE_CHECKING:
    from core.patients.dose import DoseLevel, DoseResponse
    from core.result import AnalysisResult


def dose_report(result: AnalysisResult) -> ReportTable | None:
    """Response and survival by third of the dose, lowest first; None where patients are too few for halves."""
    spec, dose = result.analysis, result.treatment_course.dose
    if dose is None or not dose.levels:
        return None
    assert isinstance(spec, TreatmentCourseSpec)
    level = confidence_words(spec.conf_level)
    limits = (f", {level} low", f", {level} high")
    response = (Part(label="Responders", number_format="0"), Part(label="Evaluable", number_format="0"))
    shares = tuple(Part(label=f"Response{suffix}", number_format="0.0%") for suffix in ("", *limits))
    medians = tuple(Part(label=f"Median{suffix}", number_format="0.0") for suffix in ("", *limits))
    columns = (
        text_column("level", "Dose"),
        TableColumn(
            key="range",
            label=_capital(DOSE_WORDS[dose.dose]),
            parts=(Part(label="Lowest dose", number_format="0"), Part(label="Highest dose", number_format="0")),
        ),
        number_column("n", "Patients"),
        TableColumn(key="response", label=f"CR or PR of evaluable, % ({level})", parts=(*response, *shares)),
        TableColumn(
            key="events",
            label=f"{_capital(event_label(dose.endpoint))}, of followed",
            parts=(Part(label="Events", number_format="0"), Part(label="Followed", number_format="0")),
        ),
        TableColumn(key="median", label=f"Median from last session ({level}), {dose.unit}", parts=medians),
    )
    return ReportTable(
        title=f"Dose, response and {endpoint_label(dose.endpoint)}",
        columns=columns,
        rows=tuple(_row(one, dose.unit) for one in dose.levels),
        footnotes=footnotes(result, *_explained(dose, level)),
    )


def _row(level: DoseLevel, unit: str) -> TableRow:
    median = (level.median.value, level.median.conf_low, level.median.conf_high)
    rate = (level.rate, level.rate_low, level.rate_high)
    told = fmt.percent_estimate(*rate) if level.evaluable else fmt.EN_DASH
    return TableRow(
        cells=(
            words(_capital(level.name)),
            Cell(f"{_dose(level.low)} to {_dose(level.high)}", (level.low, level.high)),
            Cell(fmt.counted(level.n), (level.n,)),
            Cell(f"{level.responders}/{level.evaluable}, {told}", (level.responders, level.evaluable, *rate)),
            Cell(f"{level.n_events}/{level.followed}", (level.n_events, level.followed)),
            Cell(fmt.estimate(*median, digits=fmt.unit_digits(unit)) if level.followed else fmt.EN_DASH, median),
        )
    )


def _dose(value: float) -> str:
    return fmt.counted(round(value)) if value >= 100 else fmt.number(value, 1)


def _explained(dose: DoseResponse, level: str) -> Iterator[str]:
    if math.isfinite(dose.response_trend_p):
        yield f"Response over the dose: Cochran-Armitage test for trend, {fmt.p_phrase(dose.response_trend_p)}."
    if math.isfinite(dose.survival_trend_p):
        yield f"Survival over the dose: log-rank test for trend, {fmt.p_phrase(dose.survival_trend_p)}."
    yield f"{level}: Clopper-Pearson (response), log-log (median). {fmt.NOT_REACHED}: not reached."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
