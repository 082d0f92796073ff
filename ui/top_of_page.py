"""A page that is opened by a button begins at its top: the browser would keep how far the last one was scrolled."""

from __future__ import annotations

from ui.screen import st

_LAST = "page_seen_last"
_TO_THE_TOP = """<script>document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0)</script>"""


def begin(page: str) -> None:
    """Scroll up where this page is another one than in the run before; to be called inside the sidebar.

    Parameters
    ----------
    page : str
        Address of the page.
    """
    before = st.session_state.get(_LAST)
    st.session_state[_LAST] = page
    if before is not None and before != page:
        st.html(_TO_THE_TOP, unsafe_allow_javascript=True)
