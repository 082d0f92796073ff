"""Files that were dropped on a page, and drafts made of them: gone when the page is left.

Streamlit keeps the bytes of a file as long as the window is open, and the pages what they read of it, with the columns
that could name a person; a page that is opened again shows neither. Belongs here: letting go. Does not belong here:
what is made of files (``ui.intake``, ``ui.sheets``, ``ui.encoding``, ``ui.loading``).
"""

from __future__ import annotations

from streamlit.runtime.scriptrunner import get_script_run_ctx

from ui.screen import st

TAKES_FILES = frozenset({"load", "data-cuts"})
KEPT = ("draft", "draft_again", "draft_proposals", "digests_known", "readings_known", "sheets_known")


def release(address: str) -> None:
    """Let go of what was dropped on other pages than the one with this address."""
    if address in TAKES_FILES:
        return
    for key in KEPT:
        st.session_state.pop(key, None)
    context = get_script_run_ctx()
    if context is not None and context.uploaded_file_mgr is not None:
        context.uploaded_file_mgr.remove_session_files(context.session_id)
