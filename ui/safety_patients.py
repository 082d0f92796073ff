"""The patients behind one term, and the way to look only at them on every page."""

from __future__ import annotations

import streamlit as st

from core.cohort.cohort import Cohort
from core.cohort.event_filter import AFTER_ZERO
from core.reporting.adverse_event_patients import affected_report
from core.result import AnalysisResult
from core.safety.affected import affected_patients
from core.spec import AdverseEventsSpec
from ui import tables
from ui.event_filters import keep_only


def show(cohort: Cohort, result: AnalysisResult) -> bool:
    """Draw the choice of a term and its patients; whether their survival is asked for."""
    spec, table = result.analysis, result.adverse_events
    assert isinstance(spec, AdverseEventsSpec)
    terms = list(dict.fromkeys(row.term for row in table.rows if row.term))
    if not terms:
        return False
    st.subheader("Patients with one event")
    term = st.selectbox(
        "Show the patients with",
        terms,
        index=None,
        placeholder="Choose an adverse event",
        key=f"ae_patients_{cohort.digest[:12]}",
        persist_state="session",
    )
    if term not in terms:
        return False
    found = affected_patients(
        result.subset, term, merge_terms=spec.merge_terms, events=spec.events, classes=spec.classes
    )  # fmt: skip
    tables.show(affected_report(term, found))
    if spec.merge_terms.get(term) or not cohort.spec.endpoints:
        return False
    clicked = st.button(
        "Look at these patients' survival", key="ae_survival", on_click=keep_only, args=(term,), help=AFTER_ZERO
    )
    return bool(clicked)
