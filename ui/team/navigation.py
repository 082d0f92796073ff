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


def behind_the_door(analyses: Mapping[str, Sequence[StreamlitPage]]) -> list[StreamlitPage]:
    """Every page there may be, for nobody yet: the addresses stay known, so that a link leads to the door and on."""
    of_a_team = [_summary(), _saved(), _projects(), _members(), _activity(), _cohorts(), _audit()]
    return [*(page for pages in analyses.values() for page in pages), *(of_a_team if store.is_team() else ())]


def _menus(analyses: Mapping[str, Sequence[StreamlitPage]]) -> dict[str, list[StreamlitPage]]:
    if not store.is_team():
        menus = {name: list(pages) for name, pages in analyses.items()}
        return menus | {"Cohort": [*menus["Cohort"], _saved()]}
    now = visit.here()
    if now is None or now.project is None:
        return {"": [_projects(first=True), _projects(hidden=True)]}
    if not permits.may(Act.SEE_ROWS):
        here = [_summary(first=True), _summary(hidden=True), _saved(), _projects(), _members(), _activity()]
        instead = [_summary_at(page.url_path) for pages in analyses.values() for page in pages if page.url_path]
        return {"": [*here, *instead]}
    more = [_summary(), _saved(), _projects(), _members(), _activity(), _cohorts()]
    if permits.may(Act.SEE_AUDIT):
        more.append(_audit())
    return {name: list(pages) for name, pages in analyses.items()} | {"Project": more}


def _summary(*, first: bool = False, hidden: bool = False) -> StreamlitPage:
    return _page("summary", "Summary", first=first, hidden=hidden)


def _summary_at(path: str) -> StreamlitPage:
    """The summary where an analyst's link leads somebody who sees summaries alone."""
    return st.Page("pages/team/summary.py", title="Summary", url_path=path, visibility="hidden")


def _projects(*, first: bool = False, hidden: bool = False) -> StreamlitPage:
    return _page("projects", "Projects", first=first, hidden=hidden)


def _page(name: str, title: str, *, first: bool, hidden: bool) -> StreamlitPage:
    """A page that is some people's first one. The first one is at / alone: a link to its name needs it once more."""
    return st.Page(
        f"pages/team/{name}.py",
        title=title,
        url_path="first" if first else name,
        default=first,
        visibility="hidden" if hidden else "visible",
    )


def _saved() -> StreamlitPage:
    return st.Page("pages/team/saved.py", title="Saved", url_path="saved")


def _members() -> StreamlitPage:
    return st.Page("pages/team/members.py", title="Members", url_path="members")


def _activity() -> StreamlitPage:
    return st.Page("pages/team/activity.py", title="Activity", url_path="activity")


def _cohorts() -> StreamlitPage:
    return st.Page("pages/team/cohorts.py", title="Saved cohorts", url_path="cohorts")


def _audit() -> StreamlitPage:
    return st.Page("pages/team/audit.py", title="Audit trail", url_path="audit")
