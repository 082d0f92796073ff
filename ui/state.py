"""The session's selection: read from the URL once, edited by the sidebar, written back to the URL.

Belongs here: which value is current. Does not belong here: widgets (``ui.sidebar``), the URL's form (``ui.selection``).
"""

from __future__ import annotations

import streamlit as st

from core.cohort.cohort import Cohort
from ui import cohorts
from ui.selection import Selection, from_query, to_query

_SELECTION = "selection"


def begin() -> None:
    """Read the selection from the URL on the session's first run.

    Only then: a rerun that is already under way carries the URL of before, and must not undo what was just chosen.
    """
    if _SELECTION in st.session_state:
        return
    query = {key: st.query_params.get_all(key) for key in st.query_params}
    asked = query.get("cohort", [cohorts.DEFAULT_SAMPLE])[0]
    default = cohorts.default_selection(asked if cohorts.load(asked) else cohorts.DEFAULT_SAMPLE)
    selection, problems = from_query(query, default=default)
    st.session_state["link_problems"] = problems
    replace(selection)


def current() -> Selection:
    """What every page looks at."""
    selection: Selection = st.session_state[_SELECTION]
    return selection


def replace(selection: Selection) -> None:
    """Set the selection from outside the sidebar; its widgets start again from it."""
    st.session_state[_SELECTION] = selection
    st.session_state["selection_version"] = st.session_state.get("selection_version", 0) + 1


def edit(selection: Selection) -> None:
    """Set the selection from the sidebar's own widgets."""
    st.session_state[_SELECTION] = selection


def write_query() -> None:
    """Show the selection in the URL, so that it can be bookmarked and shared."""
    query = to_query(current())
    shown = {key: st.query_params.get_all(key) for key in st.query_params}
    if shown != query:
        st.query_params.from_dict(query)


def current_cohort() -> Cohort:
    """The cohort on screen; stops the page with a message where it is not here."""
    cohort = cohorts.load(current().cohort)
    if cohort is None:
        st.info(
            "This link points to a cohort that was uploaded in another session. "
            "Uploaded patients stay in the memory of the session that uploaded them: load the file again to see it."
        )
        st.page_link("pages/cohort/load.py", label="Load a cohort")
        st.stop()
    return cohort


def version() -> int:
    """Counts replacements of the selection; part of the sidebar's widget keys."""
    return int(st.session_state.get("selection_version", 0))
