"""Work that takes longer than a blink: in the background, with its steps and a button to cancel; the page stays usable.

Belongs here: what a page shows meanwhile, and whose work it is. Does not belong here: threads and turns
(``core.work.pool``), what is computed.
"""

from __future__ import annotations

import uuid
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

from core.errors import CohortError
from core.work.pool import Job, Pool
from core.work.progress import At, Step
from team import measures
from team.web import script_errors
from ui import tables
from ui.screen import st
from ui.team import store

AT_ONCE = 0.4  # seconds in which most are done, so that nothing flickers
LIMIT = 1800.0  # seconds after which it is given up
_EVERY = 0.5
_MOST_KEPT = 24  # results of a session
_FILE_STEPS: tuple[Step, ...] = ("reading", "recognising", "checking")
_WORDS: dict[Step, str] = {
    "reading": "Reading",
    "recognising": "Recognising columns",
    "checking": "Checking",
    "computing": "Computing",
    "bootstrap": "Drawing bootstrap samples",
    "permutations": "Permuting patients",
    "imputing": "Imputing missing values",
    "tables": "Analysing completed tables",
    "writing": "Writing the file",
}
Made = TypeVar("Made")


@st.cache_resource(show_spinner=False)
def pool() -> Pool:
    """The threads of this process, shared by everybody who looks at it; a team's host may say how many."""
    made = Pool(store.settings().long_work_at_once if store.is_team() else None)
    measures.level("work_running", lambda: made.running)
    measures.level("work_waiting", lambda: made.waiting)
    return made


@st.cache_resource(show_spinner=False, scope="session", on_release=lambda session: pool().end_session(session))
def session() -> str:
    """A name for this session; its work ends with it."""
    return uuid.uuid4().hex


def made(
    place: str,
    key: str,
    work: Callable[[], Made],
    *,
    name: str,
    keep: bool = True,
    limit: float = LIMIT,
    first: Step = "computing",
    ended: Callable[[str], None] | None = None,
) -> Made | None:
    """What ``work`` gives, made in the background and kept for the session.

    Parameters
    ----------
    place : str
        Where on the pages; another question at the same place ends the one that runs there.
    key : str
        What is asked, with the digest of the data.
    work : callable
        Must not touch the screen.
    name : str
        What it is, as a reader calls it.
    keep : bool
        Whether to keep what was made for the next time.
    limit : float
        Seconds after which it is given up.
    first : str
        The step it begins with.
    ended : callable, optional
        Says that it was cancelled, and how to run it again, in other words than those of a computation.

    Returns
    -------
    object or None
        None while it runs, and where it was cancelled; the page then says so.

    Raises
    ------
    CohortError
        What the work raised, and for anything else a sentence that says so.
    """
    if keep and (found := kept(key)) is not None:
        forget(place)
        return found  # type: ignore[no-any-return]
    job: Job[Made] = _begun(place, key, work, name=name, limit=limit, first=first)
    if not job.is_over:
        _watched(place)
        return None
    result = _result(job)
    if result is None and ended is not None:
        ended(name)
    elif result is None:
        st.info(f"{_capital(name)} was cancelled before it was done. Run it again, or choose other options first.")
        again(place)
    elif keep:
        _keep(key, result)
        forget(place)
    return result


def again(place: str, label: str = "Run it again") -> None:
    """A button that begins what was ended anew."""
    if st.button(label, key=f"long_{place}_again", icon=":material/replay:"):
        forget(place)
        st.rerun()


def forget(place: str) -> None:
    """End what runs at a place, if anything."""
    known = _jobs().pop(place, None)
    if known is not None:
        known[1].cancel()


def kept(key: str) -> Any | None:
    """What was made for a question, or None."""
    found: OrderedDict[str, Any] = st.session_state.get("long_kept", OrderedDict())
    return found.get(key)


def _keep(key: str, result: object) -> None:
    found: OrderedDict[str, Any] = st.session_state.setdefault("long_kept", OrderedDict())
    found[key] = result
    while len(found) > _MOST_KEPT:
        found.popitem(last=False)


def forget_about(digest: str) -> None:
    """Let go of everything that was made of a cohort, by the digest in its key."""
    found: OrderedDict[str, Any] = st.session_state.get("long_kept", OrderedDict())
    for key in [key for key in found if digest in key]:
        del found[key]
    for place in [place for place, (key, _) in _jobs().items() if digest in key]:
        forget(place)


def _begun(place: str, key: str, work: Callable[[], Made], *, name: str, limit: float, first: Step) -> Job[Made]:
    known = _jobs().get(place)
    if known is not None and known[0] == key:
        return known[1]
    forget(place)
    job = pool().submit(work, session=session(), name=name, limit=limit, first=first)
    _jobs()[place] = key, job
    job.wait(AT_ONCE)
    return job


def _result(job: Job[Made]) -> Made | None:
    try:
        return job.result()
    except CohortError:
        raise
    except Exception as error:  # a defect: a plain sentence here, where it arose in the log, without data
        number = script_errors.record_apart(error)
        raise CohortError(
            f"{_capital(job.name)} could not be computed: something unexpected happened ({type(error).__name__}).",
            hint=f"Choose other options, or fewer columns. The log tells under {number} where it happened.",
        ) from error


def _jobs() -> dict[str, tuple[str, Job[Any]]]:
    found: dict[str, tuple[str, Job[Any]]] = st.session_state.setdefault("long_work", {})
    return found


@st.fragment(run_every=_EVERY)
def _watched(place: str) -> None:
    """The step that runs, drawn anew by itself while the rest of the page stays."""
    known = _jobs().get(place)
    if known is None or known[1].is_over:
        st.rerun()
    job = known[1]
    with st.container(border=True):
        if job.at is None:
            st.markdown(waiting_words(job.name, job.before))
        else:
            st.markdown(step_words(job.name, job.at, job.seconds))
            st.progress(share_done(job.at))
        if st.button("Cancel", key=f"long_{place}_cancel"):
            job.cancel()
            st.rerun()


def waiting_words(name: str, before: int) -> str:
    """How many come before."""
    what = f"**{_capital(tables.escaped(name))}**"
    if before == 0:
        return f"{what} waits for others: you are next."
    if before == 1:
        return f"{what} waits for others: 1 other before you."
    return f"{what} waits for others: {before} others before you."


def step_words(name: str, at: At, seconds: float) -> str:
    """The step that runs, of what, and how far it is."""
    what = tables.escaped(name)
    if at.step in _FILE_STEPS:
        rows = at.rows
        if at.step == "reading":  # as many as its size suggests
            rows = round(rows, 2 - len(str(rows)))
        about = f", {'about ' if at.step == 'reading' else ''}{rows:,} rows" if rows else ""
        position = _FILE_STEPS.index(at.step) + 1
        return f"**{_WORDS[at.step]}** {what}{about} (step {position} of {len(_FILE_STEPS)}, {seconds:.0f} s)"
    if at.total:
        return f"**{_capital(what)}**: {_WORDS[at.step].lower()}, {at.done:,} of {at.total:,} ({seconds:.0f} s)"
    return f"**{_capital(what)}**: {_WORDS[at.step].lower()} ({seconds:.0f} s)"


def share_done(at: At) -> float:
    """How much of the bar is filled."""
    if at.step in _FILE_STEPS:
        return (_FILE_STEPS.index(at.step) + 1) / (len(_FILE_STEPS) + 1)
    return at.done / at.total if at.total else 0.0


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
