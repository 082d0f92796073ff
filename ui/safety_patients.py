"""The patients behind one term, and the way to look only at them on every page."""

from __future__ import annotations

from core.cohort.cohort import Cohort
from core.cohort.event_filter import AFTER_ZERO, holds_event
from core.patients.picked import picked_positions
from core.reporting import format as fmt
from core.reporting.adverse_event_patients import affected_report
from core.result import AnalysisResult
from core.safety.affected import affected_patients
from core.spec import AdverseEventsSpec, FilterSpec
from ui import event_filters, patient_list, picked
from ui.screen import st

SEVERE = 3
_ROWS, _VERSION = "ae_cell_rows", "ae_pick_version"


def version() -> int:
    """Part of the keys of pictures and tables that choose a term: they forget theirs when another is chosen here."""
    return int(st.session_state.get(_VERSION, 0))


def choose(cohort: Cohort, *, term: str = "", least: int = 0, rows: str = "") -> None:
    """Choose a term from a picture or a table: of any grade or of a least one, of all or of some rows."""
    if term:
        st.session_state[_term_key(cohort)] = term
        st.session_state[_least_key(cohort)] = int(least) >= SEVERE
        st.session_state[_ROWS] = (term, tuple(int(row) for row in str(rows).split(",") if row.strip()))


def _term_key(cohort: Cohort) -> str:
    return f"ae_patients_{cohort.digest[:12]}"


def _least_key(cohort: Cohort) -> str:
    return f"ae_patients_severe_{cohort.digest[:12]}"


def _forget() -> None:
    st.session_state[_VERSION] = version() + 1
    st.session_state.pop(_ROWS, None)


def show(cohort: Cohort, result: AnalysisResult) -> bool:
    """Draw the choice of a term and its patients; whether their survival is asked for."""
    event_filters.all_again()
    spec, table = result.analysis, result.adverse_events
    assert isinstance(spec, AdverseEventsSpec)
    terms = list(dict.fromkeys(row.term for row in table.rows if row.term))
    if not terms:
        return False
    term = st.selectbox(
        "Show the patients with",
        terms,
        index=None,
        placeholder="Choose an adverse event, here or in the picture",
        key=_term_key(cohort),
        persist_state="session",
        on_change=_forget,
    )
    if term not in terms:
        return False
    least = 0
    if table.graded and st.checkbox("Grade 3 or more only", key=_least_key(cohort), persist_state="session"):
        least = SEVERE
    found = affected_patients(result.subset, term, spec, least=least)
    of_term, rows = st.session_state.get(_ROWS, ("", ()))
    chosen = [one for one in found if one.row in rows] if of_term == term else []
    if chosen:
        st.caption(
            f"Shown: {fmt.patients(len({one.row for one in chosen}))} of the place that was clicked, "
            f"of {len({one.row for one in found})} with the event."
        )
        st.button("All patients with the event", on_click=_forget, type="tertiary", key="ae_all_rows")
    listed = chosen or found
    patient_list.show(affected_report(term if not least else f"{term}, grade 3 or more", listed))
    if spec.merge_terms.get(term):
        st.caption("A name that stands for several terms of the file cannot choose the patients of the other pages.")
        return False
    wanted = FilterSpec(column=term, op="had event", value=least or None)
    _say_whom(cohort, result, wanted, len({one.row for one in found}))
    return _only_these(cohort, result, wanted, least=least, all_of_them=not chosen)


def _say_whom(cohort: Cohort, result: AnalysisResult, wanted: FilterSpec, n_listed: int) -> None:
    """The filter knows no kinds and classes: say where it keeps other patients than are listed."""
    n = int(holds_event(cohort, wanted)[result.subset.positions].sum())
    if n != n_listed:
        told = f"{fmt.patients(n)} instead of {n_listed:,}, all with the event, of every kind and class"
        st.caption(f"On the other pages: {told}.")


def _only_these(cohort: Cohort, result: AnalysisResult, wanted: FilterSpec, *, least: int, all_of_them: bool) -> bool:
    """Offer to look only at everybody with the event, or to compare them; whether their survival is asked for."""
    term, n = wanted.column, picked_positions(result.subset, [wanted]).size
    with st.container(horizontal=True):
        st.button(
            "Show only patients with this event on every page",
            key="ae_only",
            on_click=event_filters.keep_only,
            args=(term, least),
        )
        picked.compare_button([wanted], n=n, of=result.subset.n, key="ae")
        if not cohort.spec.endpoints:
            return False
        return bool(
            st.button(
                "Look at these patients' survival" if all_of_them else "Look at the survival of all with this event",
                key="ae_survival",
                on_click=event_filters.keep_only,
                args=(term, least),
                help=AFTER_ZERO,
            )
        )
