"""Treatment as tables: what was given by group, what each session measured, and dose against outcome."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from core.patients.treatment import GivenTreatment, Session, spread
from core.reporting import format as fmt
from core.reporting.footnotes import footnotes
from core.reporting.survival_tables import group_label
from core.reporting.tables import Cell, Part, ReportTable, TableColumn, TableRow, number_column, text_column
from core.reporting.treatment_words import adds_up_sentence

if TYPE_CHECKING:
    from core.patients.treatment import TreatmentCourse
    from core.result import AnalysisResult

_PATIENTS = (Part(label="Patients treated", number_format="0"), Part(label="Share", number_format="0.0%"))
_MEASURES = (
    ("energy", "Energy (J)", 0), ("power", "Average power (W)", 0), ("volume", "Volume (cm³)", 2),
    ("time", "Time (s)", 0), ("energy_per_volume", "Energy per volume (J/cm³)", 0),
)  # fmt: skip


def given_report(result: AnalysisResult) -> ReportTable:
    """Patients treated, sessions, sessions per treated patient and first day, by treatment and group."""
    table = result.treatment_course
    columns = [text_column("treatment", "Treatment")]
    if len(table.levels) > 1:
        columns.append(text_column("group", "Group"))
    columns += [
        TableColumn(key="patients", label="Patients treated, n (%)", parts=_PATIENTS),
        number_column("sessions", "Sessions"),
        _spread_column("per_patient", "Sessions per treated patient"),
        _spread_column("first_day", "First on day"),
    ]  # fmt: skip
    return ReportTable(
        title="Treatments given",
        columns=tuple(columns),
        rows=tuple(_given_row(item, grouped=len(table.levels) > 1) for item in table.given),
        footnotes=footnotes(result, "Sessions and days: median (smallest to largest); days count from time zero."),
    )


def _spread_column(key: str, label: str) -> TableColumn:
    parts = tuple(Part(label=f"{label}, {what}", number_format="0.0") for what in ("median", "smallest", "largest"))
    return TableColumn(key=key, label=label, parts=parts)


def _given_row(item: GivenTreatment, *, grouped: bool) -> TableRow:
    group = [Cell(group_label(item.level), (item.level,))] if grouped else []
    share = item.patients / item.n if item.n else None
    return TableRow(
        cells=(
            Cell(item.treatment, (item.treatment,)),
            *group,
            Cell(fmt.count_percent(item.patients, item.n), (item.patients, share)),
            Cell(fmt.counted(item.sessions), (item.sessions,)),
            _spread_cell(item.per_patient, 0),
            _spread_cell(item.first_day, 0),
        )
    )


def _spread_cell(values: tuple[float, float, float], digits: int) -> Cell:
    middle, low, high = values
    if not math.isfinite(middle):
        return Cell(fmt.EN_DASH, (None, None, None))
    shown = digits if float(middle).is_integer() else max(digits, 1)
    return Cell(f"{_grouped(middle, shown)} ({_grouped(low, digits)} to {_grouped(high, digits)})", values)


def _grouped(value: float, digits: int) -> str:
    """A number with its thousands told apart where it has some."""
    return fmt.counted(round(value)) if abs(value) >= 1000 else fmt.number(value, digits)


def sessions_report(result: AnalysisResult) -> ReportTable:
    """What each session measured, with energy beside power times time, and the median over all."""
    table = result.treatment_course
    columns = (
        text_column("patient", "Patient"),
        number_column("session", "Session"),
        text_column("site", "Site"),
        *(number_column(key, label, "0" if not digits else "0.00") for key, label, digits in _MEASURES),
        number_column("computed", "Power × time (J)", "0"),
        number_column("off", "Off by", "0.0%"),
    )
    rows = [_session_row(session) for session in table.measured]
    middle = [
        _spread_cell(spread([getattr(one, key) for one in table.measured]), digits) for key, _, digits in _MEASURES
    ]
    rows.append(
        TableRow(
            cells=(
                Cell("Median (smallest to largest)"), Cell(""), Cell(""), *(Cell(cell.text) for cell in middle),
                Cell(""), Cell(""),
            ),
            kind="total",
        )
    )  # fmt: skip
    return ReportTable(
        title="Sessions", columns=columns, rows=tuple(rows), footnotes=footnotes(result, *_checked(table))
    )


def _session_row(session: Session) -> TableRow:
    computed = session.energy_by_power
    off = computed / session.energy - 1 if session.adds_up is False else math.nan
    values = [(getattr(session, key), digits) for key, _, digits in _MEASURES]
    return TableRow(
        cells=(
            Cell(session.patient, (session.patient,)),
            Cell(str(session.number), (session.number,)),
            Cell(session.site, (session.site,)),
            *(_known(value, digits) for value, digits in values),
            _known(computed, 0),
            Cell("" if math.isnan(off) else _signed(off), (None if math.isnan(off) else off,)),
        )
    )


def _known(value: float, digits: int) -> Cell:
    if not math.isfinite(value):
        return Cell(fmt.EN_DASH, (None,))
    return Cell(fmt.counted(round(value)) if not digits else fmt.number(value, digits), (value,))


def _signed(share: float) -> str:
    return f"{'+' if share > 0 else ''}{fmt.percent(share)}"


def _checked(table: TreatmentCourse) -> Iterator[str]:
    yield adds_up_sentence(table)
    yield "Energy per volume is the energy of the session over the volume it treated."
