"""A link to a saved analysis: opened for those who may see it, and for others it is not there."""

from __future__ import annotations

from ui.screen import st
from ui.team import attempt, opening, store, visit

_DONE = "link_opened"


def open_link() -> None:
    """Open the analysis that the address names, once."""
    slug = st.query_params.get("analysis")
    if not slug or st.session_state.get(_DONE) == slug:
        return
    st.session_state[_DONE] = slug
    from team import analyses

    found = None
    with attempt.plainly():
        found = analyses.by_slug(store.store(), visit.owner_of_what_is_saved(), slug=slug)
    if found is not None:
        opening.open_analysis(found)
