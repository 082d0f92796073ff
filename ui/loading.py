"""Large files read in the background: the page says which step runs, and can end it. Small ones are read at once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import TypeVar

from core.cohort.background import Loading
from core.errors import CohortError
from ui import tables
from ui.screen import st

LARGE = 1_000_000  # bytes; smaller files are read before anything could be shown
_AT_ONCE = 0.3  # seconds in which most are done, so that nothing flickers
_EVERY = 0.5
_STEPS = {"reading": "Reading", "recognising": "Recognising columns", "checking": "Checking"}
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
    job: Loading[Made] | None = _job()
    if job is None or st.session_state["loading_key"] != key:
        forget()
        job = Loading(work, name=name)
        st.session_state["loading"] = job
        st.session_state["loading_key"], st.session_state["loading_name"] = key, name
        job.start()
        job.wait(_AT_ONCE)
    if not job.is_over:
        _watched()
        return None
    try:
        found: Made | None = job.result()
    except CohortError as error:
        say(error)
    else:
        if found is not None:
            forget()
            return found
        st.info(f"Reading {tables.escaped(name)} was cancelled. {_UNCHANGED}")
    if st.button("Read it again", key="loading_again"):
        forget()
        st.rerun()
    return None


def forget() -> None:
    """End what runs for this session, if anything."""
    job: Loading[object] | None = _job()
    if job is not None:
        job.cancel()
    st.session_state.pop("loading", None)


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


def _job() -> Loading[Made] | None:
    job: Loading[Made] | None = st.session_state.get("loading")
    return job


@st.fragment(run_every=_EVERY)
def _watched() -> None:
    """The step that runs, drawn anew by itself while the rest of the page stays."""
    job: Loading[object] | None = _job()
    if job is None or job.is_over:
        st.rerun()
    name = tables.escaped(st.session_state["loading_name"])
    with st.container(border=True):
        if job.at is None:
            st.markdown(f"**{name}** waits until other files are read.")
        else:
            step, rows = job.at
            position = list(_STEPS).index(step) + 1
            if step == "reading":  # as many as its size suggests
                rows = round(rows, 2 - len(str(rows)))
            about = f", {'about ' if step == 'reading' else ''}{rows:,} rows" if rows else ""
            st.markdown(f"**{_STEPS[step]}** {name}{about} (step {position} of {len(_STEPS)}, {job.seconds:.0f} s)")
            st.progress(position / (len(_STEPS) + 1))
        if st.button("Cancel", key="loading_cancel"):
            job.cancel()
            st.rerun()
