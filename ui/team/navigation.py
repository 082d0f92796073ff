"""Which pages there are for whom: all on this computer, and in a team those of the person's role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from streamlit.navigation.page import StreamlitPage

from team.permits import Act
from ui import permits
from ui.screen import st
from ui.team import store, visit
from ui.team.opening import PAGES


def of(analyses: Mapping[str, Sequence[StreamlitPage]]) -> dict[str, list[StreamlitPage]]:
    """The menus: the pages of analyses where rows may be seen, and those of the project."""
    menus = _menus(analyses)
    st.session_state[PAGES] = {page.url_path: page for pages in menus.values() for page in pages}
    return menus


def _menus(analyses: Mapping[str, Sequence[StreamlitPage]]) -> dict[str, list[StreamlitPage]]:
    if not store.is_team():
        menus = {name: list(pages) for name, pages in analyses.items()}
        return menus | {"Cohort": [*menus["Cohort"], _saved()]}
    now = visit.here()
    if now is None or now.project is None:
        return {"": [_projects(first=True)]}
    if not permits.may(Act.SEE_ROWS):
        return {"": [_summary(first=True), _saved(), _projects(), _members(), _activity()]}
    more = [_summary(), _saved(), _projects(), _members(), _activity(), _cohorts()]
    if permits.may(Act.SEE_AUDIT):
        more.append(st.Page("pages/team/audit.py", title="Audit trail", url_path="audit"))
    return {name: list(pages) for name, pages in analyses.items()} | {"Project": more}


def _summary(*, first: bool = False) -> StreamlitPage:
    return st.Page("pages/team/summary.py", title="Summary", url_path="summary", default=first)


def _projects(*, first: bool = False) -> StreamlitPage:
    return st.Page("pages/team/projects.py", title="Projects", url_path="projects", default=first)


def _saved() -> StreamlitPage:
    return st.Page("pages/team/saved.py", title="Saved", url_path="saved")


def _members() -> StreamlitPage:
    return st.Page("pages/team/members.py", title="Members", url_path="members")


def _activity() -> StreamlitPage:
    return st.Page("pages/team/activity.py", title="Activity", url_path="activity")


def _cohorts() -> StreamlitPage:
    return st.Page("pages/team/cohorts.py", title="Saved cohorts", url_path="cohorts")
