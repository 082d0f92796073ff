"""A saved analysis and the exact view: how it is written down, and how it is opened again.

Belongs here: the text of a view, and going there. Does not belong here: lists (``saved``), links (``arrival``).
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode

from team.permits import Act
from ui import cohorts, ledger, permits, report_kept, state
from ui.screen import st
from ui.selection import from_query, to_query
from ui.team import shelf, store, visit

if TYPE_CHECKING:
    from team.analyses import SavedAnalysis

PAGES = "pages_by_address"
OPENED = "opened_analysis"
_PAGE = "page"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Which save of which analysis is on screen."""

    id: str
    version: int
    name: str
    note: str
    project_id: str


def view_now(page: str) -> str:
    """The page and what it looks at, as the query of an address."""
    query = {key: st.query_params.get_all(key) for key in st.query_params if key == "show"}
    return urlencode(to_query(state.current()) | query | {_PAGE: [page]}, doseq=True)


def open_analysis(analysis: SavedAnalysis) -> None:
    """Show a saved analysis as it was saved, on its own version of the cohort; leaves the page."""
    now = visit.here()
    if now is not None and (now.project is None or now.project.id != analysis.project_id):
        visit.look_at(analysis.project_id)
        visit.begin(now.actor, name=now.name, email=now.email)
    st.session_state[OPENED] = remembered(analysis)
    query = parse_qs(analysis.view)
    page = query.pop(_PAGE, [""])[0]
    name = shelf.name_of(analysis.cohort_version_id)
    if not permits.may(Act.SEE_ROWS):
        spec = analysis.spec
        st.session_state["summary_asked"] = (name, query.get("endpoint", [""])[0], spec.group, spec.filters)
        pages = st.session_state[PAGES]
        st.switch_page(pages.get("summary", pages[""]))  # the first page has no address of its own
    selection, problems = from_query(query | {"cohort": [name]}, default=cohorts.default_selection(name))
    if query.get("show"):
        state.ask_view(page, query["show"][0])
    st.session_state["link_problems"] = problems
    state.replace(selection)
    ledger.open_saved(name, analysis.spec.looks)
    report_kept.open_saved(name, analysis.spec)
    pages = st.session_state[PAGES]
    st.switch_page(pages.get(page, pages[""]))


def remembered(analysis: SavedAnalysis) -> Opened:
    """What is kept of an opened analysis."""
    return Opened(
        id=analysis.id,
        version=analysis.version,
        name=analysis.name,
        note=analysis.note,
        project_id=analysis.project_id,
    )


def opened() -> Opened | None:
    """The analysis on screen, if it belongs to the project looked at."""
    found: Opened | None = st.session_state.get(OPENED)
    return found if found is not None and found.project_id == visit.project_id() else None


def link(analysis: SavedAnalysis) -> str:
    """The address that opens an analysis; it can be known without being let in."""
    public = store.settings().public_url if store.is_team() else ""
    return f"{public}/?analysis={analysis.slug}"
