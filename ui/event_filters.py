"""Filters by an adverse event: set from the adverse-events page, shown and taken away in the sidebar."""

from __future__ import annotations

import dataclasses

import streamlit as st

from core.cohort.cohort import Cohort
from core.cohort.filters import describe_filter
from core.cohort.values import codes_of, fold
from core.spec import EVENT_OPS, FilterSpec
from ui import state
from ui.grouping import filterable
from ui.tables import escaped


def can_filter(cohort: Cohort, one: FilterSpec) -> bool:
    """Whether a filter fits the cohort: its column can filter, or its adverse event is there."""
    if one.op not in EVENT_OPS:
        return one.column in filterable(cohort)
    events = cohort.adverse_events
    term = None if events is None else events.with_role("ae_term")
    return events is not None and term is not None and fold(one.column) in map(fold, codes_of(events, term)[1])


def edit_event_filters() -> list[FilterSpec]:
    """Draw the filters by adverse events, each with a way to take it away; those that are left."""
    kept = []
    for i, one in enumerate(f for f in state.current().filters if f.op in EVENT_OPS):
        with st.container(border=True):
            st.caption(escaped(describe_filter(one)))
            if st.button("Remove filter", key=f"filter_event_{i}_{state.version()}", type="tertiary"):
                left = tuple(f for f in state.current().filters if f != one)
                state.edit(dataclasses.replace(state.current(), filters=left))
                st.rerun()
        kept.append(one)
    return kept


def keep_only(term: str) -> None:
    """Look only at the patients who had an adverse event, on every page."""
    selection = state.current()
    others = tuple(f for f in selection.filters if not (f.op in EVENT_OPS and f.column == term))
    wanted = FilterSpec(column=term, op="had event")
    state.replace(dataclasses.replace(selection, filters=(*others, wanted)))
