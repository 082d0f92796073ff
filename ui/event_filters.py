"""Filters by an adverse event or the course of an endpoint: set on pages, shown and taken away in the sidebar."""

from __future__ import annotations

import dataclasses

from core.cohort.cohort import Cohort
from core.cohort.filters import describe_filter
from core.cohort.values import codes_of, fold
from core.spec import EVENT_OPS, OUTCOME_OPS, FilterSpec
from ui import state
from ui.grouping import filterable
from ui.screen import st
from ui.tables import escaped


def can_filter(cohort: Cohort, one: FilterSpec) -> bool:
    """Whether a filter fits the cohort: its column can filter, or its adverse event or endpoint is there."""
    if one.op in OUTCOME_OPS:
        return one.column in cohort.spec.endpoints
    if one.is_of_column:
        return one.column in filterable(cohort)
    events = cohort.adverse_events
    term = None if events is None else events.with_role("ae_term")
    return events is not None and term is not None and fold(one.column) in map(fold, codes_of(events, term)[1])


def edit_event_filters() -> list[FilterSpec]:
    """Draw the filters that are not of a column, each with a way to take it away; those that are left."""
    kept = []
    for i, one in enumerate(f for f in state.current().filters if not f.is_of_column):
        with st.container(border=True):
            st.caption(escaped(describe_filter(one)))
            if st.button("Remove filter", key=f"filter_event_{i}_{state.version()}", type="tertiary"):
                left = tuple(f for f in state.current().filters if f != one)
                state.edit(dataclasses.replace(state.current(), filters=left))
                st.rerun()
        kept.append(one)
    return kept


def keep_only(term: str, least: int = 0) -> None:
    """Look only at the patients who had an adverse event, on every page; of a grade or more if ``least``."""
    selection = state.current()
    others = tuple(f for f in selection.filters if not (f.op in EVENT_OPS and f.column == term))
    wanted = FilterSpec(column=term, op="had event", value=least or None)
    state.replace(dataclasses.replace(selection, filters=(*others, wanted)))


def all_again() -> None:
    """Say which adverse events the patients were chosen by, with a way back to all of them."""
    chosen = [one for one in state.current().filters if one.op in EVENT_OPS]
    if not chosen:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(escaped(f"Only some patients are shown, on every page: {'; '.join(map(describe_filter, chosen))}."))
        st.button("Back to all patients", key="ae_back_to_all", on_click=_without_event_filters)


def _without_event_filters() -> None:
    selection = state.current()
    left = tuple(one for one in selection.filters if one.op not in EVENT_OPS)
    state.replace(dataclasses.replace(selection, filters=left))
