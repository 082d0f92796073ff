"""Columns of grades in the patients' sheet: read as adverse events, or left as variables when the user says so."""

from __future__ import annotations

from typing import Literal

from core.cohort.cohort import Cohort
from core.cohort.wide_events import AMONG_PATIENTS
from ui import tables
from ui.screen import st


def said(draft: Cohort) -> Literal["events", "variables"] | None:
    """Draw the choice where such columns were found; what the specification is to say of them."""
    found = next((issue for issue in draft.issues if issue.code == AMONG_PATIENTS), None)
    now = draft.spec.grade_columns
    if found is None and now != "variables":
        return now
    kept = st.checkbox(
        "Read the columns of grades as adverse events",
        value=now != "variables",
        help=tables.escaped(found.message) if found is not None else None,
        key=f"map_{draft.digest[:12]}_grade_columns",
    )
    if found is not None:
        st.caption(tables.prose(found.message))
    if not kept:
        return "variables"
    return now if now != "variables" else None
