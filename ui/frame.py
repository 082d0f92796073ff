"""What stands around every page: the sidebar, the line of steps, the tour, and in a team who is here."""

from __future__ import annotations

from streamlit.navigation.page import StreamlitPage

from team.permits import Act
from ui import (
    breadcrumbs,
    cached,
    cohorts,
    dropped_files,
    language,
    left_widgets,
    look,
    page_marks,
    page_options,
    permits,
    reconnected,
    sidebar,
    state,
    tour,
)
from ui.screen import st
from ui.team import arrival, comments, gate, projects, saving, store

_OF_A_TEAM = frozenset({"projects", "saved", "members", "activity", "cohorts", "audit", "summary"})


def run(page: StreamlitPage) -> None:
    """Draw a page with its frame; whatever stands after the page is not drawn where the page stops."""
    left_widgets.forget()
    look.apply()
    page_options.begin(page.url_path)
    if store.is_team():
        with st.sidebar:
            projects.choose()
        arrival.open_link()
        cohorts.uploaded()  # gone with the role that allowed it
    of_an_analysis = permits.may(Act.SEE_ROWS)
    apart = page.url_path in _OF_A_TEAM
    if of_an_analysis:
        state.begin(page.url_path)
    if of_an_analysis and not apart:
        sidebar.render()
        with st.sidebar:
            saving.offer(page.url_path)
            tour.invite()
        state.write_query(page.url_path)  # before the page, which may stop
    dropped_files.release(page.url_path)
    cached.release()
    with st.sidebar:
        if apart or not of_an_analysis:
            language.switch()
        gate.leave()
        page_marks.write(page)
    if of_an_analysis and not apart:
        tour.render(page.url_path or "survival")
    reconnected.notice()
    if of_an_analysis and not apart:
        breadcrumbs.render(page.url_path)
    page.run()
    if of_an_analysis and not apart:
        comments.below(page.url_path)
    left_widgets.forget_other_pages()
