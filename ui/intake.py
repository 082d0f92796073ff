"""From dropped files to a draft cohort; what was loaded before stays until the new one is confirmed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

import streamlit as st

from core.cohort.cohort import Cohort, Table
from core.cohort.load import cohort_from_files, with_spec
from core.errors import CohortError
from core.spec import AnalysisSpec, CohortSpec
from ui import analysis_file, cohorts, state
from ui.selection import UPLOAD


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Draft:
    """What was dropped: a cohort to confirm, a saved analysis, or both."""

    digest: str
    cohort: Cohort | None
    saved: AnalysisSpec | None


TYPES = ["csv", "tsv", "txt", "xlsx", "xls", "ods", "json"]
PREVIEW_ROWS = 12


def draft(files: Sequence[tuple[str, bytes]]) -> Cohort | None:
    """The cohort that the files hold, read once; None with a message where they cannot be read.

    A saved analysis dropped with its data sets roles and endpoints; dropped alone it is opened on a cohort that is
    already loaded.
    """
    if not files:
        return None
    digest = hashlib.sha256(b"".join(name.encode() + b"\0" + content for name, content in files)).hexdigest()
    known: Draft | None = st.session_state.get("draft")
    if known is None or known.digest != digest:
        try:
            known = _read(digest, files)
        except CohortError as error:
            st.error(error.message)
            if error.hint:
                st.markdown(error.hint)
            st.caption("Nothing was changed: the cohort you had before is still there.")
            return None
        st.session_state["draft"] = known
    return known.cohort


def _read(digest: str, files: Sequence[tuple[str, bytes]]) -> Draft:
    saved, data = analysis_file.told_apart(files)
    if saved is not None and not data:
        name = analysis_file.cohort_that_fits(saved, state.current().cohort)
        state.replace(analysis_file.selection_of(saved, name))
        return Draft(digest=digest, cohort=None, saved=saved)
    cohort = cohort_from_files(dict(data), name=PurePath(data[0][0]).stem)
    if saved is not None:
        cohort = analysis_file.applied(cohort, saved.cohort)
    return Draft(digest=digest, cohort=cohort, saved=saved)


def confirm(cohort: Cohort) -> None:
    """Make the draft the cohort on screen; a saved analysis dropped with it sets what the pages look at."""
    cohorts.keep_upload(cohort)
    known: Draft | None = st.session_state.get("draft")
    if known is not None and known.saved is not None:
        state.replace(analysis_file.selection_of(known.saved, UPLOAD))
    else:
        state.replace(cohorts.default_selection(UPLOAD))


def opened_saved_analysis() -> bool:
    """Whether what was dropped is a saved analysis that a loaded cohort answers."""
    known: Draft | None = st.session_state.get("draft")
    return known is not None and known.cohort is None


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
