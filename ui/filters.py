"""Filters in the sidebar: a list of levels or a range per column; each can be taken away again."""

from __future__ import annotations

import dataclasses

import pandas as pd
import streamlit as st

from core.cohort.cohort import Cohort, Column
from core.cohort.select import levels_of
from core.reporting.labels import column_label
from core.spec import FilterSpec
from ui import state
from ui.grouping import NOT_GROUPS

MOST_CHOICES = 60


def edit_filters(cohort: Cohort) -> None:
    """Draw the filters and bring the selection up to date with them."""
    key = f"filter_columns_{state.version()}"
    if key not in st.session_state:
        st.session_state[key] = list(dict.fromkeys(f.column for f in state.current().filters))
    columns: list[str] = st.session_state[key]
    filters: list[FilterSpec] = []
    for column in list(columns):
        if column not in cohort.patients.frame:
            filters += [one for one in state.current().filters if one.column == column]
            continue
        filters += _one(cohort, column, columns)
    _add(cohort, columns)
    if tuple(filters) != state.current().filters:
        state.edit(dataclasses.replace(state.current(), filters=tuple(filters)))


def filterable(cohort: Cohort) -> tuple[str, ...]:
    """Columns that can filter: numbers and categories, never the patient's identifier (it would stand in the URL)."""
    known: tuple[str, ...] | None = cohort.patients.cache.get("filterable")
    if known is None:
        known = tuple(column.name for column in cohort.patients.columns if _can_filter(cohort, column))
        cohort.patients.cache["filterable"] = known
    return known


def _can_filter(cohort: Cohort, column: Column) -> bool:
    if column.kind not in ("number", "category") or column.role in NOT_GROUPS:
        return False
    return column.kind == "number" or int(cohort.patients.frame[column.name].nunique()) <= MOST_CHOICES


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
    asked = [one for one in state.current().filters if one.column == column]
    is_number = cohort.patients.column(column).kind == "number"
    with st.container(border=True):
        found = _range(cohort, column, asked) if is_number else _levels(cohort, column, asked)
        if st.button("Remove filter", key=f"filter_remove_{column}_{state.version()}", type="tertiary"):
            columns.remove(column)
            st.rerun()
    return found


def _levels(cohort: Cohort, column: str, asked: list[FilterSpec]) -> list[FilterSpec]:
    levels = list(levels_of(cohort.patients, column))
    wanted = [str(value) for one in asked if one.op == "in" and isinstance(one.value, tuple) for value in one.value]
    kept = st.multiselect(
        column_label(column),
        levels,
        default=[level for level in levels if level in wanted],
        placeholder="Any",
        key=f"filter_{column}_{state.version()}",
    )
    other = [one for one in asked if one.op != "in"]
    return [*other, FilterSpec(column=column, op="in", value=tuple(kept))] if kept else other


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
