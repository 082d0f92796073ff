"""The one door to lists of single patients on screen: who may not see rows is refused here, for every page.

Belongs here: whether rows may be seen, and drawing them. Does not belong here: which patients they are (``core``), what
can be done with them (``ui.picked``).
"""

from __future__ import annotations

from core.reporting.tables import ReportTable
from team.permits import Act, needed
from ui import permits, tables
from ui.screen import st

MOST_ROWS, TALLEST = 8, 420  # longer lists scroll in so many pixels
_REFUSED = "patient_rows_refused"


def refuse(reason: str | None) -> None:
    """Set why this session may not see single patients, for the whole session; None: it may."""
    st.session_state[_REFUSED] = reason


def refusal() -> str | None:
    """Why single patients may not be seen in this session; None where they may."""
    if not permits.may(Act.SEE_ROWS):
        return f"Single patients are shown to those whose role is {needed(Act.SEE_ROWS)} or more."
    reason: str | None = st.session_state.get(_REFUSED)
    return reason


def show(table: ReportTable) -> None:
    """Draw a list of patients, or say why it is not shown."""
    reason = refusal()
    if reason is not None:
        st.info(tables.escaped(reason))
        return
    with st.container(height=TALLEST if len(table.rows) > MOST_ROWS else "content"):
        tables.show(table)
