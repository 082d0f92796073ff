"""From dropped files to a draft cohort; what was loaded before stays until the new one is confirmed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import PurePath

import streamlit as st

from core.cohort.cohort import Cohort, Table
from core.cohort.load import cohort_from_files, with_spec
from core.errors import CohortError
from core.spec import CohortSpec

TYPES = ["csv", "tsv", "txt", "xlsx", "xls", "ods"]
PREVIEW_ROWS = 12


def draft(files: Sequence[tuple[str, bytes]]) -> Cohort | None:
    """The cohort that the files hold, read once; None with a message where they cannot be read."""
    if not files:
        return None
    digest = hashlib.sha256(b"".join(name.encode() + b"\0" + content for name, content in files)).hexdigest()
    known = st.session_state.get("draft")
    if known is not None and known[0] == digest:
        cohort: Cohort = known[1]
        return cohort
    try:
        cohort = cohort_from_files(dict(files), name=PurePath(files[0][0]).stem)
    except CohortError as error:
        st.error(error.message)
        if error.hint:
            st.markdown(error.hint)
        st.caption("Nothing was changed: the cohort you had before is still there.")
        return None
    st.session_state["draft"] = (digest, cohort)
    return cohort


def checked(cohort: Cohort, spec: CohortSpec) -> Cohort:
    """The draft with corrected roles, checked again."""
    return cohort if spec == cohort.spec else with_spec(cohort, spec)


def preview(cohort: Cohort) -> None:
    """The first rows of each table, and what each column was taken for."""
    tables = [table for table in (cohort.patients, cohort.adverse_events) if table is not None]
    for table in tables:
        what = "patients" if table is cohort.patients else "adverse events"
        st.markdown(f"**{len(table.frame):,} rows of {what}**, {len(table.columns)} columns")
        st.dataframe(table.frame.head(PREVIEW_ROWS), hide_index=True, alt=f"First rows of {what}")
        with st.expander("What each column was taken for"):
            st.dataframe(_columns(table), hide_index=True, alt=f"Columns of {what}")


def _columns(table: Table) -> dict[str, list[str]]:
    return {
        "Column": [column.name for column in table.columns],
        "Taken for": [(column.role or "not used").replace("_", " ") for column in table.columns],
        "Kind": [column.kind for column in table.columns],
        "Why": [column.reason for column in table.columns],
    }
