"""Notices: what happened, how many patients, which rows, what to do. Red stops, amber warns, grey informs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from core.bias.immortal_time import late_start
from core.cohort.select import AnalysisSet
from core.errors import CohortError, InvalidTimeToEventError, MissingColumnError, TooFewEventsError
from core.reporting.immortal_time_sentence import late_start_sentence
from core.reporting.labels import spoken
from ui import tables
from ui.screen import st


@contextmanager
def plain_errors() -> Iterator[None]:
    """Show an error of the core as a sentence and stop the page; anything else is a defect and surfaces."""
    try:
        yield
    except CohortError as error:
        say(error)
        st.stop()


def say(error: CohortError) -> None:
    """An error of the core: what is wrong, what to do, and a way there."""
    st.error(tables.escaped(error.message))
    if error.hint:
        st.caption(tables.escaped(error.hint))
    if isinstance(error, TooFewEventsError):
        st.page_link("pages/cohort/flow.py", label="See who is analysed, and who is left out")
    elif isinstance(error, MissingColumnError | InvalidTimeToEventError):
        st.page_link("pages/cohort/load.py", label="Load a cohort")


def defect(number: str) -> None:
    """Say that the program failed, with the number under which the log tells more; never a traceback."""
    st.error(
        f"This page met a defect of the program. Please tell whoever runs the dashboard the number {number}; other "
        "pages still work, and reloading this one may help."
    )


def notes(
    lines: Sequence[str], *, said: Sequence[str] = (), columns: Sequence[str] = (), quoted: Sequence[str] = ()
) -> None:
    """Notes under a result, each one line, quiet; those that a table's footnotes ``said`` are not repeated.

    ``columns`` are names that may stand anywhere in a note, ``quoted`` those that are names only in quotes.
    """
    kept = [line for line in dict.fromkeys(lines) if line not in said]
    if kept:
        st.caption("  \n".join(tables.prose(spoken(line, columns, quoted)) for line in kept))


def immortal_time(subset: AnalysisSet, *, also: str = "") -> None:
    """A notice where a compared group began after time zero, with what that means for this page."""
    late = late_start(subset)
    if late is None:
        return
    st.warning(tables.escaped(f"{late_start_sentence(late)} {also}".strip()))
    if late.starts is not None and len(subset.groups.levels) == 2:
        st.page_link("pages/bias/immortal_time.py", label="See how much of it is immortal time")


def synthetic() -> None:
    """Said on every screen that shows a sample."""
    st.caption("Synthetic patients, none of them real: for trying out, not for evidence.")
