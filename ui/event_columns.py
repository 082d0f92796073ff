"""Columns of the patients' sheet that may be adverse events or lesions: a box for each way they can be read."""

from __future__ import annotations

from core.cohort.cohort import Cohort
from core.cohort.issues import listed
from core.cohort.wide_events import AMONG_PATIENTS, YES_NO
from core.cohort.wide_lesions import AMONG_PATIENTS as LESIONS_AMONG
from core.cohort.yes_no_events import yes_no_columns
from core.spec import CohortSpec
from ui import tables
from ui.screen import st


def said(draft: Cohort) -> CohortSpec:
    """Draw the choices where there are such columns; the specification with what was chosen."""
    prefix = f"map_{draft.digest[:12]}"
    changed: dict[str, object] = {
        "grade_columns": _undone(
            draft, AMONG_PATIENTS, "Read the columns of grades as adverse events", draft.spec.grade_columns,
            key=f"{prefix}_grade_columns",
        ),
        "lesion_columns": _undone(
            draft, LESIONS_AMONG, "Read the columns of diameters as lesions", draft.spec.lesion_columns,
            key=f"{prefix}_lesion_columns",
        ),
        "event_columns": _offered(draft, key=f"{prefix}_event_columns"),
    }  # fmt: skip
    return draft.spec.model_copy(update=changed)


def _undone(draft: Cohort, code: str, label: str, now: str | None, *, key: str) -> str | None:
    """A box that is ticked where such columns were found: without it they stay variables."""
    found = next((issue for issue in draft.issues if issue.code == code), None)
    if found is None and now != "variables":
        return now
    message = None if found is None else found.message
    kept = st.checkbox(label, value=now != "variables", help=message and tables.escaped(message), key=key)
    if message is not None:
        st.caption(tables.prose(message))
    if not kept:
        return "variables"
    return now if now != "variables" else None


def _offered(draft: Cohort, *, key: str) -> tuple[str, ...]:
    """A box that is not ticked: columns of yes and no are events only where the user says so."""
    now, raw = draft.spec.event_columns, draft.patients.raw
    own = draft.adverse_events is None or any(one.code in (AMONG_PATIENTS, YES_NO) for one in draft.issues)
    columns = now or (tuple(yes_no_columns(raw)) if raw is not None and own else ())
    if not columns:
        return now
    chosen = st.checkbox("Read the columns of yes and no as adverse events", value=bool(now), key=key)
    st.caption(tables.prose(f"{listed(columns, shown=12)}: their grades are not known."))
    return columns if chosen else ()
