"""What was left out because it could name a person, and the user's choice to keep it on this computer after all."""

from __future__ import annotations

import secrets

from core.cohort.cohort import Cohort
from core.spec import CohortSpec
from ui import tables
from ui.screen import st
from ui.team import store

_CODES = ("identifying-column", "patients-numbered")


def said(draft: Cohort) -> CohortSpec:
    """Draw a choice for each column that was left out and for the dates; the specification with what was chosen."""
    prefix = f"map_{draft.digest[:12]}"
    named = [str(issue.column) for issue in draft.issues if issue.code in _CODES]
    columns = list(dict.fromkeys((*named, *draft.spec.keep_identifiers)))
    if not columns:
        return draft.spec
    with st.expander(f"Left out because it could name a person ({len(columns)})", expanded=True):
        if store.is_team():
            st.caption(
                "The project's copy does not hold these columns. Owners find them in the uploaded file, if this host "
                "keeps it."
            )
            return draft.spec.model_copy(update={"keep_identifiers": (), "shift_dates": _shift(draft, prefix)})
        st.caption(
            "Analyses, screens and downloads do not see these columns. Keep one only if an analysis on this computer "
            "needs it; a saved study never holds it unless an analysis asks for it."
        )
        kept = [
            name
            for name in columns
            if st.checkbox(
                f"Keep {tables.escaped(name)} although it could name a person",
                value=name in draft.spec.keep_identifiers,
                key=f"{prefix}_keep_{name}",
            )
        ]
        shift = _shift(draft, prefix)
    return draft.spec.model_copy(update={"keep_identifiers": tuple(kept), "shift_dates": shift})


def _shift(draft: Cohort, prefix: str) -> int | None:
    """The seed by which dates are shifted, drawn once; None where they stay."""
    if all(column.kind != "date" for column in draft.patients.columns):
        return draft.spec.shift_dates
    chosen = st.checkbox(
        "Shift dates per patient",
        value=draft.spec.shift_dates is not None,
        help="All dates of a patient move by the same number of days, up to half a year. Times between them stay.",
        key=f"{prefix}_shift",
    )
    if not chosen:
        return None
    seed: int = st.session_state.setdefault(f"{prefix}_seed", draft.spec.shift_dates or secrets.randbelow(2**31) + 1)
    return seed
