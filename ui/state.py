"""The session's selection: read from the URL once, edited by the sidebar, written back to the URL.

Belongs here: which value is current. Does not belong here: widgets (``ui.sidebar``), the URL's form (``ui.selection``).
"""

from __future__ import annotations

import dataclasses

from core.cohort.cohort import Cohort
from team.permits import Act
from ui import cohorts, language, permits
from ui.event_filters import can_filter
from ui.screen import st
from ui.selection import UPLOAD, Selection, from_query, to_query
from ui.team import shelf

_SELECTION = "selection"
_VIEW = "show"  # how one page shows what is selected, in its own words
_VIEWS, _ASKED = "views", "views_asked"
_BESIDE, _BESIDE_KEYS = "beside_selection", ("report",)  # what else a link holds of each cohort, in words of its own


def begin(page: str) -> None:
    """Read the selection from the URL on the session's first run, and how the page is to show it.

    Only then: a rerun that is already under way carries the URL of before, and must not undo what was just chosen.
    What the link asks for and cannot have is said, never left out in silence.
    """
    if _SELECTION in st.session_state:
        return
    query = {key: st.query_params.get_all(key) for key in st.query_params}
    if query.get(_VIEW):
        ask_view(page, query[_VIEW][0])
    start = cohorts.start()
    asked = query.get("cohort", [start])[0]
    problems: tuple[str, ...] = ()
    if asked not in cohorts.SAMPLES and asked != UPLOAD and shelf.find(asked) is None:
        problems += (f"The link names a cohort '{asked}' that is not here; the sample is shown.",)
        query, asked = {}, start
    default = cohorts.default_selection(asked if cohorts.load(asked) else start)
    selection, unread = from_query(query, default=default)
    cohort = cohorts.load(selection.cohort)
    if cohort is not None:
        selection, unfit = fitted(selection, cohort, default=default)
        unread += unfit
    st.session_state["link_problems"] = problems + unread
    replace(selection)
    for key in _BESIDE_KEYS:
        keep_beside(key, query[key][0] if query.get(key) else None, of=selection.cohort)


def fitted(selection: Selection, cohort: Cohort, *, default: Selection) -> tuple[Selection, tuple[str, ...]]:
    """The selection without what the cohort does not have, and what that was."""
    problems: list[str] = []
    if selection.endpoint is not None and selection.endpoint not in cohort.spec.endpoints:
        problems.append(f"The link asks for endpoint '{selection.endpoint}', which this cohort does not have.")
        selection = dataclasses.replace(selection, endpoint=default.endpoint)
    kept = tuple(one for one in selection.filters if can_filter(cohort, one))
    for one in selection.filters:
        if one not in kept:
            problems.append(f"The link filters by '{one.column}', which cannot filter here: more patients are shown.")
    group = selection.group
    if group is not None and not all(can_filter(cohort, one) for one in group.where or ()):
        problems.append("The link compares patients chosen by a rule that this cohort does not know.")
        group = default.group
    return dataclasses.replace(selection, filters=kept, group=group), tuple(problems)


def switch_cohort(name: str) -> None:
    """Look at another cohort; what was looked at in one is kept for the way back."""
    kept: dict[str, Selection] = st.session_state.setdefault("selection_of_cohort", {})
    kept[current().cohort] = current()
    replace(kept.get(name) or cohorts.default_selection(name))


def is_begun() -> bool:
    """Whether there is a selection: pages without patients need none."""
    return _SELECTION in st.session_state


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


def write_query(page: str) -> None:
    """Show the selection in the URL, and how the page shows it, so that it can be bookmarked and shared."""
    view = st.session_state.setdefault(_VIEWS, {}).get(page)
    more = {key: [text] for key, text in _beside().get(current().cohort, {}).items()}
    query = to_query(current()) | ({_VIEW: [view]} if view else {}) | more | language.query()
    shown = {key: st.query_params.get_all(key) for key in st.query_params}
    if shown != query:
        st.query_params.from_dict(query)


def ask_view(page: str, text: str) -> None:
    """Have a page shown as ``text`` says when it is next looked at."""
    st.session_state[_ASKED] = {page: text}


def asked_view(page: str) -> str | None:
    """How a page is to be shown, as a link or a saved analysis asked; the second time nothing."""
    asked: dict[str, str] = st.session_state.get(_ASKED, {})
    return asked.pop(page, None)


def keep_view(page: str, text: str | None) -> None:
    """Keep how a page is shown, and show it in the URL; None: as it is by itself."""
    views: dict[str, str | None] = st.session_state.setdefault(_VIEWS, {})
    if views.get(page) != text:
        views[page] = text
        write_query(page)


def beside(key: str) -> str | None:
    """What the link holds of the cohort on screen beside the selection, under a key."""
    return _beside().get(current().cohort, {}).get(key)


def keep_beside(key: str, text: str | None, *, of: str) -> None:
    """Have the link hold a text while the cohort of that name is on screen; None: no longer."""
    known = _beside().setdefault(of, {})
    known.pop(key, None)
    if text is not None:
        known[key] = text


def _beside() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = st.session_state.setdefault(_BESIDE, {})
    return found


def current_cohort() -> Cohort:
    """The cohort on screen; stops the page with a message where it is not here, or not for this person."""
    permits.require(Act.SEE_ROWS)
    cohort = cohorts.load(current().cohort)
    if cohort is None and shelf.is_saved(current().cohort):
        st.info("There is no such cohort in this project. Choose another one at the left.")
        st.stop()
    if cohort is None:
        st.info(
            "This page shows an uploaded cohort that is no longer here. Uploaded patients are kept only while the page "
            "stays open: reloading it, or opening its link elsewhere, forgets them. Please load the file again."
        )
        st.page_link("pages/cohort/load.py", label="Load a cohort")
        st.stop()
    return cohort


def version() -> int:
    """Counts replacements of the selection; part of the sidebar's widget keys."""
    return int(st.session_state.get("selection_version", 0))
