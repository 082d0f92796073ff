"""Values that could be written alike: proposals with a box each, nothing changed unasked."""

from __future__ import annotations

from typing import Literal

from core.cohort.cleaning_suggested import Suggestion, suggested_cleaning
from core.cohort.cohort import Cohort
from core.spec import CleanSpec
from ui import tables
from ui.screen import st


def chosen(draft: Cohort) -> dict[str, Literal[True] | CleanSpec]:
    """Draw a box for each proposal; column to what was ticked, beside what a specification asked for already."""
    said = dict(draft.spec.clean)
    proposals = [one for one in _proposals(draft) if one.column not in said]
    if not proposals and not said:
        return {}
    n = f"{len(proposals)} suggested" if proposals else "as asked"
    with st.expander(f"Unify spellings and missing codes ({n})"):
        st.caption("Nothing is changed unless you tick it; every change is then listed with its rows.")
        prefix = f"map_{draft.digest[:12]}_clean"
        kept = {
            column: spec
            for column, spec in said.items()
            if st.checkbox(f"{tables.escaped(column)}: as asked before", value=True, key=f"{prefix}_{column}")
        }
        ticked = [one for one in proposals if st.checkbox(_label(one), key=f"{prefix}_{one.column}")]
    return kept | {one.column: one.spec for one in ticked}


def boxes(draft: Cohort) -> dict[str, tuple[str, str]]:
    """The box of each proposal that is drawn, and what it would do."""
    prefix = f"map_{draft.digest[:12]}_clean"
    drawn = [one for one in _proposals(draft) if one.column not in draft.spec.clean]
    return {one.column: (f"{prefix}_{one.column}", one.says) for one in drawn}


def _label(one: Suggestion) -> str:
    return tables.prose(f"{one.column}: {one.says}")


def _proposals(draft: Cohort) -> tuple[Suggestion, ...]:
    """The proposals, looked for once for each way the file is read."""
    known: dict[str, tuple[Suggestion, ...]] = st.session_state.setdefault("draft_proposals", {})
    by_hand = f"{draft.spec.corrections}{draft.spec.repeated_rows}"
    key = f"{draft.digest}{sorted(draft.spec.kinds.items())}{draft.spec.keep_identifiers}{by_hand}"
    if key not in known:
        known.clear()
        known[key] = suggested_cleaning(draft.patients)
    return known[key]
