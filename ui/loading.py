"""Large files read in the background: the page says which step runs, and can end it. Small ones are read at once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import TypeVar

from core.errors import CohortError, ReadError, TooLongError
from ui import long_work, tables
from ui.screen import st

LARGE = 1_000_000  # bytes; smaller files are read before anything could be shown
PLACE = "loading"
TIME_LIMIT = 300.0  # seconds; a million patients take a few
_AGAIN = "Read it again"
_TOO_LONG = "Keep the columns that are analysed, or split the file. 'python -m core describe' has no limit."
_UNCHANGED = "Nothing was changed: the cohort you had before is still there."
Made = TypeVar("Made")


def is_large(files: Sequence[tuple[str, bytes]]) -> bool:
    """Whether files take long enough to read to say so meanwhile."""
    return sum(len(content) for _, content in files) >= LARGE


def made(key: str, work: Callable[[], Made], *, name: str) -> Made | None:
    """What ``work`` gives, made in the background.

    Parameters
    ----------
    key : str
        Digest of what is asked; another one ends what runs for this session.
    work : callable
        Must not touch the screen.
    name : str
        Of the file.

    Returns
    -------
    object or None
        None while it runs, and where it failed or was cancelled; the page then says so.
    """
    try:
        found = long_work.made(PLACE, key, work, name=name, keep=False, limit=TIME_LIMIT, ended=_ended)
    except TooLongError as error:
        say(ReadError(error.message, hint=_TOO_LONG))
    except CohortError as error:
        say(error)
    else:
        if found is not None:
            forget()
        return found
    long_work.again(PLACE, _AGAIN)
    return None


def forget() -> None:
    """End what runs for this session, if anything."""
    long_work.forget(PLACE)


def _ended(name: str) -> None:
    st.info(f"Reading {tables.escaped(name)} was cancelled. {_UNCHANGED}")
    long_work.again(PLACE, _AGAIN)


def say(error: CohortError) -> None:
    """Why files could not be read, and that nothing was changed."""
    st.error(tables.escaped(error.message))
    if error.hint:
        st.markdown(tables.escaped(error.hint))
    st.caption(_UNCHANGED)


def digest_of(content: bytes) -> str:
    """SHA-256 of a file's bytes; of a large one, which every redraw asks for, made once."""
    if len(content) < LARGE:
        return hashlib.sha256(content).hexdigest()
    known: dict[int, tuple[bytes, str]] = st.session_state.setdefault("digests_known", {})
    if id(content) not in known or known[id(content)][0] is not content:
        for oldest in list(known)[:-4]:
            del known[oldest]
        known[id(content)] = content, hashlib.sha256(content).hexdigest()
    return known[id(content)][1]


def forget_digests() -> None:
    """Let go of files that are no longer on the page."""
    st.session_state.pop("digests_known", None)
