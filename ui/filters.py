"""Filters in the sidebar: a list of levels or a range per column; each can be taken away again."""

from __future__ import annotations

import dataclasses

import pandas as pd

from core.cohort.cohort import Cohort
from core.cohort.select import describe_filter, levels_of
from core.cohort.values import match_levels
from core.reporting.labels import column_label
from core.spec import FilterSpec, Scalar
from ui import state
from ui.event_filters import edit_event_filters
from ui.grouping import filterable
from ui.screen import st
from ui.tables import escaped


def edit_filters(cohort: Cohort) -> None:
    """Draw the filters and bring the selection up to date with them."""
    key = f"filter_columns_{state.version()}"
    if key not in st.session_state:
        st.session_state[key] = list(dict.fromkeys(f.column for f in state.current().filters if f.is_of_column))
    columns: list[str] = st.session_state[key]
    filters = edit_event_filters()
    for column in list(columns):
        if column not in filterable(cohort):
            columns.remove(column)
            continue
        filters += _one(cohort, column, columns)
    _add(cohort, columns)
    before = state.current().filters
    kept = [one for one in before if one in filters]  # in the order in which they were set, as the line above says them
    after = (*kept, *(one for one in filters if one not in before))
    if after != before:
        state.edit(dataclasses.replace(state.current(), filters=after))


def _add(cohort: Cohort, columns: list[str]) -> None:
    free = [name for name in filterable(cohort) if name not in columns]
    key = f"filter_add_{state.version()}_{len(columns)}"

    def add() -> None:
        if st.session_state[key]:
            columns.append(st.session_state[key])

    st.selectbox(
        "Filters",
        free,
        index=None,
        format_func=column_label,
        placeholder="Add a filter",
        on_change=add,
        key=key,
    )


def _one(cohort: Cohort, column: str, columns: list[str]) -> list[FilterSpec]:
    asked = [one for one in state.current().filters if one.column == column and one.is_of_column]
    is_number = cohort.patients.column(column).kind == "number"
    with st.container(border=True):
        found = _range(cohort, column, asked) if is_number else _levels(cohort, column, asked)
        if st.button("Remove filter", key=f"filter_remove_{column}_{state.version()}", type="tertiary"):
            columns.remove(column)
            st.rerun()
    return found


def _levels(cohort: Cohort, column: str, asked: list[FilterSpec]) -> list[FilterSpec]:
    levels = levels_of(cohort.patients, column)
    wanted = [value for one in asked if one.op in ("in", "==") for value in _values(one)]
    shown = [level for level, kept in zip(levels, match_levels(levels, wanted), strict=True) if kept]
    kept = st.multiselect(
        column_label(column), levels, default=shown, placeholder="Any", key=f"filter_{column}_{state.version()}"
    )
    other = [one for one in asked if one.op not in ("in", "==")]
    if other:
        st.caption("; ".join(escaped(describe_filter(one)) for one in other))
    if kept == shown:
        return asked  # as asked, also where a link names a value that is not in the data
    return [*other, FilterSpec(column=column, op="in", value=tuple(kept))] if kept else other


def _values(one: FilterSpec) -> tuple[Scalar, ...]:
    if isinstance(one.value, tuple):
        return one.value
    return () if one.value is None else (one.value,)


def _range(cohort: Cohort, column: str, asked: list[FilterSpec]) -> list[FilterSpec]:
    values = pd.to_numeric(cohort.patients.frame[column], errors="coerce").dropna()
    if values.nunique() < 2:
        return asked
    low, high = float(values.min()), float(values.max())
    start = {one.op: float(one.value) for one in asked if isinstance(one.value, int | float)}
    cast = int if bool((values % 1 == 0).all()) else float
    shown = (cast(max(low, min(high, start.get(">=", low)))), cast(min(high, max(low, start.get("<=", high)))))
    chosen = st.slider(column_label(column), cast(low), cast(high), shown, key=f"filter_{column}_{state.version()}")
    if chosen == shown:
        return asked  # as asked, also where a link asks for more than the data hold
    found = [one for one in asked if one.op not in (">=", "<=")]
    if chosen[0] > low:
        found.append(FilterSpec(column=column, op=">=", value=chosen[0]))
    if chosen[1] < high:
        found.append(FilterSpec(column=column, op="<=", value=chosen[1]))
    return found
