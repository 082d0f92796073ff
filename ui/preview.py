"""The first rows of a draft's tables, and what each column was taken for, which can be changed."""

from __future__ import annotations

from typing import get_args

import pandas as pd

from core.cohort.cohort import Cohort, Column, Table
from core.spec import Kind
from ui import tables
from ui.screen import st, untranslated

PREVIEW_ROWS = 12
_OTHER_ROWS = {
    "lesions": "lesions",
    "sessions": "treatment sessions",
    "labs": "laboratory values",
    "response": "tumour responses",
    "time_to_event": "times to events",
}


def show(cohort: Cohort, base: Cohort, *, shown: Cohort) -> None:
    """The first rows of each table, and what each column was taken for.

    Parameters
    ----------
    cohort : Cohort
        The draft with the kinds chosen so far.
    base : Cohort
        The draft as it was recognised.
    shown : Cohort
        The draft with its values unified and variables derived, whose rows are shown.
    """
    _first_rows(shown.patients, "patients", path=cohort.spec.patients)
    with st.expander("What each column was taken for"):
        _kinds_editor(cohort.patients, base)
    if cohort.adverse_events is not None:
        _first_rows(cohort.adverse_events, "adverse events", path=cohort.spec.adverse_events or "")
        with st.expander("What each column was taken for"):
            st.dataframe(_columns(cohort.adverse_events), hide_index=True, alt="Columns of adverse events")
    for name, table in cohort.other_tables.items():
        _first_rows(table, _OTHER_ROWS[name], path=getattr(cohort.spec, name) or "")
        if name == "sessions":
            with st.expander("What each column was taken for"):
                st.dataframe(_columns(table), hide_index=True, alt="Columns of treatment sessions")


def _first_rows(table: Table, what: str, *, path: str) -> None:
    _, is_sheet, sheet = path.rpartition("#")
    where = f", sheet {tables.escaped(sheet)}" if is_sheet and table.raw is not None and table.raw.sheet else ""
    st.markdown(f"**{len(table.frame):,} rows of {what}**, {len(table.columns)} columns{where}")
    dates = [column.name for column in table.columns if column.kind == "date"]
    with untranslated():
        st.dataframe(
            table.frame.head(PREVIEW_ROWS),
            hide_index=True,
            column_config=dict.fromkeys(dates, st.column_config.DateColumn(format="YYYY-MM-DD")),
            placeholder="",
            alt=f"First rows of {what}",
        )


def _kinds_editor(table: Table, base: Cohort) -> None:
    """The list of the patients' columns, in which the kind of each can be changed."""
    st.caption("Change a kind where a column was read wrongly: a code as a category, a score as a number.")
    rows = _columns(table).assign(Kind=[column.kind for column in _filled(base.patients)])
    st.data_editor(
        rows,
        hide_index=True,
        disabled=[name for name in rows.columns if name != "Kind"],
        column_config={"Kind": st.column_config.SelectboxColumn("Kind", options=get_args(Kind), required=True)},
        alt="Columns of patients",
        key=_kinds_key(base),
    )
    empty = [column.name for column in base.patients.columns if column.kind == "empty"]
    if empty:
        st.caption(tables.escaped(f"Without any value: {', '.join(empty)}."))


def _kinds_key(base: Cohort) -> str:
    kept = "_".join(base.spec.keep_identifiers)  # rows of the list move when a column is kept
    return f"map_{base.digest[:12]}_kinds_{kept}"


def kinds_said(base: Cohort) -> dict[str, Kind]:
    """Kinds that differ from the recognised ones, as chosen in the editor."""
    edited = st.session_state.get(_kinds_key(base), {}).get("edited_rows", {})
    columns = _filled(base.patients)
    chosen = {columns[int(row)]: change["Kind"] for row, change in edited.items() if change.get("Kind")}
    return base.spec.kinds | {column.name: kind for column, kind in chosen.items() if kind != column.kind}


def _filled(table: Table) -> list[Column]:
    return [column for column in table.columns if column.kind != "empty"]


def _columns(table: Table) -> pd.DataFrame:
    columns = _filled(table)
    roles = ["not used" if column.role in (None, "ignore") else str(column.role) for column in columns]
    return pd.DataFrame(
        {
            "Column": [column.name for column in columns],
            "Taken for": [role.replace("_", " ") for role in roles],
            "Kind": [column.kind for column in columns],
            "Why": [column.reason for column in columns],
        }
    )
