"""Survival by an adverse event on the adverse-events page: the naive comparison beside the fair ones."""

from __future__ import annotations

from dataclasses import replace

from core.cohort.cohort import Cohort
from core.reporting.immortal_time_sentence import immortal_time_headline
from core.reporting.immortal_time_tables import landmark_table, methods_table
from core.reporting.methods_text import method_lines
from core.reporting.tables import ReportTable
from core.result import AnalysisResult
from core.spec import EventKind
from ui import cached, downloads, figures, messages, tables
from ui.safety_options import KINDS
from ui.screen import st
from ui.selection import Selection


def show(cohort: Cohort, selection: Selection, result: AnalysisResult, kinds: tuple[EventKind, ...]) -> None:
    """Draw the choice of an event, and how those with it fared, landmarks first."""
    events = cohort.adverse_events
    if selection.endpoint is None or events is None or events.with_role("ae_start") is None:
        return
    terms = list(dict.fromkeys(row.term for row in result.adverse_events.rows if row.term))
    st.subheader("Survival after an adverse event")
    chosen = st.selectbox(
        "Compare patients with and without",
        [*kinds, *terms],
        index=None,
        placeholder="Choose a kind of events or a term",
        format_func=lambda name: {str(kind): f"{words} (any)" for kind, words in KINDS.items()}.get(name, name),
        key=f"ae_landmark_{cohort.digest[:12]}",
        persist_state="session",
    )
    if chosen is None or chosen not in (*kinds, *terms):
        st.caption(
            "Patients with an event lived long enough to have it. The comparison counts them as such only from the "
            "event on, or from a landmark that they reached."
        )
        return
    with messages.plain_errors():
        answer = cached.analysis(cohort, _ungrouped(selection), {"kind": "immortal_time", "adverse_event": chosen,
                                                                 "endpoint": selection.endpoint})  # fmt: skip
        _show(cohort, answer)


def _ungrouped(selection: Selection) -> Selection:
    """The same patients; the event makes the groups."""
    return Selection(cohort=selection.cohort, endpoint=selection.endpoint, group=None, filters=selection.filters)


def _show(cohort: Cohort, answer: AnalysisResult) -> None:
    st.markdown(tables.prose(immortal_time_headline(answer)))
    st.caption(
        "The naive ratio is biased: it takes the event as known from the start, which favours those who had it. The "
        "landmark and the time-dependent ratios are free of this."
    )
    with st.container(horizontal=True):
        downloads.method(method_lines(answer))
        downloads.download(
            f"{cohort.name}_survival_after_event",
            made=lambda: {table.title[:31]: table for table in _tables(answer)},
            whose=figures.whose(cohort, answer),
            key="ae_survival_download",
            report=downloads.Asked(page="survival-after-event", results=[answer], grouped=False),
        )
    made = _tables(answer)
    for i, table in enumerate(made):
        said = made[0].footnotes if i else ()
        tables.show(replace(table, footnotes=tuple(note for note in table.footnotes if note not in said)))
    messages.notes(answer.notes, said=tuple(note for table in made for note in table.footnotes))


def exported(cohort: Cohort, result: AnalysisResult) -> downloads.Shown:
    """What the report shows."""
    return downloads.Shown(tables=lambda: _tables(result))


def _tables(answer: AnalysisResult) -> list[ReportTable]:
    return [table for table in (methods_table(answer), landmark_table(answer)) if table is not None]
