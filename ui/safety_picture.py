"""The picture of the adverse-events page: which of them, its words, its numbers, and what a click on it chooses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from core.cohort.cohort import Cohort
from core.reporting.adverse_event_pictures import event_courses_report, patient_terms_report, risks_report
from core.reporting.adverse_event_shown import ShownEvents, shown_events
from core.reporting.tables import ReportTable
from core.result import AnalysisResult
from core.safety.event_courses import event_courses
from core.safety.patient_terms import patient_terms
from core.spec import AdverseEventsShow, AdverseEventsSpec
from ui import downloads, figures, permits, safety_patients, tables
from ui.charts.adverse_events import butterfly_spec
from ui.charts.describe import describe_adverse_events
from ui.charts.event_grid import describe_event_grid, event_grid_spec, grid_note
from ui.charts.event_timeline import describe_event_timeline, event_timeline_spec, timeline_note
from ui.charts.picking import PICK
from ui.charts.risk_dots import describe_risk_dots, risk_dots_spec
from ui.charts.specification import Spec
from ui.charts.volcano import describe_volcano, volcano_note, volcano_spec
from ui.screen import st


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture, not drawn yet.

    Attributes
    ----------
    name : str
        As a specification names it.
    title : str
        Over the file.
    spec : callable
        Takes ``palette`` and ``width``.
    alt : str
    notes : tuple of str
        Under it: its rules, and what is not in it.
    numbers : callable
        The table behind it.
    """

    name: str
    title: str
    spec: Callable[..., Spec]
    alt: str
    notes: tuple[str, ...]
    numbers: Callable[[], ReportTable]


def picture_of(result: AnalysisResult, show: AdverseEventsShow, *, endpoint: str | None) -> Picture | None:
    """The picture asked for; None where no term is left or events are counted that have no shares."""
    found = shown_events(result.adverse_events, show)
    if not found.drawn.rows:
        return None
    if show.picture == "heat-map":
        return _grid(result, found)
    if show.picture == "timeline":
        return _timeline(result, found, endpoint)
    if result.adverse_events.counted == "events":
        return None
    if show.picture in ("dots", "volcano") and found.pairs:
        return _dots(found, show) if show.picture == "dots" else _volcano(found, show)
    return Picture(
        name="butterfly",
        title="Adverse events",
        spec=lambda **options: butterfly_spec(found.drawn, **options),
        alt=describe_adverse_events(found.drawn),
        notes=_said(found),
        numbers=lambda: risks_report(found, "any"),
    )


def _said(found: ShownEvents, *more: str) -> tuple[str, ...]:
    return tuple(note for note in (*more, found.said) if note)


def _dots(found: ShownEvents, show: AdverseEventsShow) -> Picture:
    several = "Not adjusted for the number of groups compared." if len(found.pairs) > 1 else ""
    return Picture(
        name="dots",
        title="Risks of adverse events and their differences",
        spec=lambda **options: risk_dots_spec(found, show.severity, **options),
        alt=describe_risk_dots(found, show.severity),
        notes=_said(found, several),
        numbers=lambda: risks_report(found, show.severity),
    )


def _volcano(found: ShownEvents, show: AdverseEventsShow) -> Picture | None:
    pair = found.pair(show.level)
    if pair is None:
        return None
    return Picture(
        name="volcano",
        title="Adverse events by difference and P",
        spec=lambda **options: volcano_spec(pair, show.severity, show.effect, **options),
        alt=describe_volcano(pair, show.severity, show.effect),
        notes=(volcano_note(pair, show.severity, show.effect),),
        numbers=lambda: risks_report(found, show.severity),
    )


def _grid(result: AnalysisResult, found: ShownEvents) -> Picture:
    grid = patient_terms(result.subset, _asked(result), found.terms)
    return Picture(
        name="heat-map",
        title="Patients and their adverse events",
        spec=lambda **options: event_grid_spec(grid, **options),
        alt=describe_event_grid(grid),
        notes=_said(found, grid_note(grid)),
        numbers=lambda: patient_terms_report(grid),
    )


def _timeline(result: AnalysisResult, found: ShownEvents, endpoint: str | None) -> Picture | None:
    terms = tuple(row.term for row in found.table.rows if row.term)  # lanes are patients: there is room for all terms
    courses = event_courses(result.subset, _asked(result), terms, endpoint=endpoint)
    if courses is None:
        return None
    return Picture(
        name="timeline",
        title="Adverse events in time",
        spec=lambda **options: event_timeline_spec(courses, **options),
        alt=describe_event_timeline(courses),
        notes=(timeline_note(courses), *courses.notes),
        numbers=lambda: event_courses_report(courses),
    )


def _asked(result: AnalysisResult) -> AdverseEventsSpec:
    assert isinstance(result.analysis, AdverseEventsSpec)
    return result.analysis


def figure(cohort: Cohort, result: AnalysisResult, picture: Picture) -> downloads.Figure:
    """The picture as a file."""
    return downloads.Figure(
        spec=lambda: picture.spec(palette=figures.PAPER, width=figures.EXPORT_WIDTH),
        title=picture.title,
        caption=[*figures.caption(cohort, result), *picture.notes],
        alt=lambda: picture.alt,
    )


def draw(cohort: Cohort, result: AnalysisResult, picture: Picture | None) -> None:
    """The picture, what it says, and the table behind it; a click on either chooses an adverse event."""
    if picture is None:
        if result.adverse_events.counted == "patients" and result.adverse_events.rows:
            st.info("No term is left: loosen what is left out under Options.")
        return
    key = f"ae_chart_{picture.name}_{safety_patients.version()}"
    figures.show(
        picture.spec(palette=figures.palette()),
        key=key,
        numbers=f"ae_chart_{picture.name}",
        alt=picture.alt,
        on_select=lambda: _picked(cohort, key),
        selection_mode=[PICK],
    )
    notes = "  \n".join(tables.escaped(note) for note in picture.notes)
    st.caption(f"{notes}  \nClick a term to see its patients." if notes else "Click a term to see its patients.")
    _numbers(cohort, picture)


def _picked(cohort: Cohort, key: str) -> None:
    """Take over what was clicked in the picture; a click beside everything changes nothing."""
    found: Sequence[dict[str, Any]] = st.session_state[key]["selection"].get(PICK) or ()
    if found:
        safety_patients.choose(cohort, **found[0])


def _numbers(cohort: Cohort, picture: Picture) -> None:
    """The table behind the picture, made when it is opened; a click on a row chooses its adverse event."""
    place = st.expander("Numbers of this picture", on_change="rerun", key=f"ae_numbers_{picture.name}")
    if not place.open:
        return
    made = picture.numbers()
    key = f"ae_rows_{picture.name}_{safety_patients.version()}"
    frame = made.values_frame()
    with place:
        if permits.export_refusal("results") is not None:  # the other kind of table can be taken as a file
            tables.show(made)
            return
        st.dataframe(
            frame,
            hide_index=True,
            column_config={
                part.label: st.column_config.NumberColumn(format=_FORMATS.get(part.number_format, "%d"))
                for column in made.columns
                for part in column.parts
                if part.number_format != "General"
            },
            key=key,
            on_select=lambda: _row_picked(cohort, key, list(frame.iloc[:, 0])),
            selection_mode="single-row",
            alt=made.title,
        )
        st.caption("  \n".join(tables.escaped(note) for note in ("Click a row to see its patients.", *made.footnotes)))


_FORMATS = {"0": "%d", "0.0%": "percent", "0.000": "%.2g"}


def _row_picked(cohort: Cohort, key: str, terms: list[str]) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    if rows:
        safety_patients.choose(cohort, term=terms[rows[0]])
