"""What a page put into the report: its figure and its first table as they stood, with the options of that moment.

Kept in the session, for the cohort on screen. Belongs here: putting in, counting, taking out. Does not belong here:
the bar it stands in (``ui.downloads``), how blocks are named and ordered (``ui.report``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.cohort.cohort import Cohort
from core.reporting import format as fmt
from core.reporting.tables import ReportTable
from ui import state
from ui.figure_export import Figure
from ui.screen import st

MOST_ROWS = 80  # a longer table belongs into a file of its own
_KEPT, _COUNT = "report_kept", "report_kept_count"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kept:
    """A figure, a table, or both, as a page showed them.

    Attributes
    ----------
    key : str
        Stays the same while the report is put in order.
    title : str
    figure : Figure or None
    table : ReportTable or None
    """

    key: str
    title: str
    figure: Figure | None
    table: ReportTable | None


def offer(made: Callable[[], Mapping[str, ReportTable]], whose: str, figure: Figure | None, *, key: str) -> None:
    """The button that puts what a page shows into the report."""
    st.button(
        "+ Report",
        help="Puts this figure and its table into the report as they are now; there they are named, ordered, taken out",
        key=f"{key}_to_report",
        on_click=_put,
        args=(made, whose, figure),
    )


def kept(cohort: Cohort) -> tuple[Kept, ...]:
    """What was put into the report of a cohort, in its order."""
    found: tuple[Kept, ...] = st.session_state.get(_KEPT, {}).get(cohort.digest, ())
    return found


def take_out(digest: str, key: str) -> None:
    """Forget one of them."""
    of: dict[str, tuple[Kept, ...]] = st.session_state[_KEPT]
    st.session_state[_KEPT] = of | {digest: tuple(one for one in of[digest] if one.key != key)}


def _put(made: Callable[[], Mapping[str, ReportTable]], whose: str, figure: Figure | None) -> None:
    cohort = state.current_cohort()
    table = next((one for one in made().values() if len(one.rows) <= MOST_ROWS), None)
    if table is None and figure is None:
        st.toast("The table is too long for a report; it is under Download.")
        return
    if table is not None and figure is None:
        table = table.with_footnotes(whose)
    elif table is not None and figure is not None:  # what the figure's caption says stands there
        for line in figure.caption:
            table = table.without_footnote(line)
    title = figure.title if figure is not None else table.title if table is not None else ""
    number = st.session_state[_COUNT] = st.session_state.get(_COUNT, 0) + 1
    new = Kept(key=f"kept_{number}", title=title, figure=figure, table=table)
    st.session_state[_KEPT] = st.session_state.get(_KEPT, {}) | {cohort.digest: (*kept(cohort), new)}
    n = len(kept(cohort))
    st.toast(f"'{title}' is in the report now ({fmt.several(n, 'block')} of your own).", icon=":material/note_add:")
