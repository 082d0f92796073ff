"""Files that take a while to write: asked for, written in the background with progress and Cancel, then handed over.

Belongs here: the buttons, and that a file of another analysis than the one on screen is not handed over. Does not
belong here: what is written (``ui.report``, ``ui.figure_export``), threads and progress (``ui.long_work``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.errors import CohortError
from team.permits import Holds
from ui import cohorts, long_work, messages, state
from ui.permits import handed_over
from ui.screen import st

_ASKED = "files_asked"
_KILO = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class FileKind:
    """One kind of file that can be asked for.

    Attributes
    ----------
    label, ending, mime : str
    write : callable
        Makes its content; must not touch the screen.
    holds : {'results', 'rows'}
    is_first : bool
        Whether it is the one that most want.
    """

    label: str
    ending: str
    mime: str
    write: Callable[[], bytes]
    holds: Holds = "results"
    is_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """Which file was asked for last at a place, and what it is of."""

    stem: str
    ending: str
    of: str


def offer(place: str, kinds: Sequence[FileKind], *, stem: str, of: Callable[[], str], name: str) -> None:
    """One button per kind of file, and below them the one that was asked for: its progress, then the file.

    Parameters
    ----------
    place : str
        Where on the pages; one file at a time is held there.
    stem : str
        Of the files' names; what was asked for under another one is another thing's.
    of : callable
        Everything that the content depends on, as text; asked only where a file was asked for. Another text than that
        of the moment it was asked for: the file is stale, and is made again only where it is asked for again.
    name : str
        What is written, as a reader calls it.
    """
    with st.container(horizontal=True, gap="small"):
        for kind in kinds:
            st.button(
                kind.label,
                key=f"{place}_{kind.ending}",
                type="primary" if kind.is_first else "secondary",
                on_click=_ask,
                args=(place, stem, kind.ending),
            )
    asked: _Asked | None = _known().get(place)
    if asked is None or asked.stem != stem:
        return
    now = f"{_whose()}{of()}"
    if not asked.of:
        asked = _known()[place] = _Asked(stem=stem, ending=asked.ending, of=now)
    if asked.of != now:
        long_work.forget(place)
        st.caption("What is shown has changed since the file was made: ask for it again.")
        return
    for kind in kinds:
        if kind.ending == asked.ending:
            _made(place, kind, now, stem=stem, name=name)


def _made(place: str, kind: FileKind, of: str, *, stem: str, name: str) -> None:
    handed_over(b"", kind=kind.ending, holds=kind.holds)  # who may not have it is told before it is written
    try:
        content = long_work.made(place, f"{of}{kind.ending}", kind.write, name=name, keep=False, first="writing")
    except CohortError as error:
        messages.say(error)
        return
    if content is not None:
        _save(place, kind, content, stem)


def _save(place: str, kind: FileKind, content: bytes, stem: str) -> None:
    called = kind.ending if "(" in kind.label else kind.label
    st.download_button(
        f"Save the file ({called}, {_size(len(content))})",
        handed_over(lambda: content, kind=kind.ending, holds=kind.holds),
        file_name=f"{stem}.{kind.ending}",
        mime=kind.mime,
        on_click="ignore",
        type="primary",
        icon=":material/download:",
        key=f"{place}_save",
    )


def _whose() -> str:
    """The digest of the cohort on screen: what is held of it goes when it is left."""
    cohort = cohorts.load(state.current().cohort) if state.is_begun() else None
    return "" if cohort is None else cohort.digest


def _ask(place: str, stem: str, ending: str) -> None:
    long_work.forget(place)
    _known()[place] = _Asked(stem=stem, ending=ending, of="")


def _known() -> dict[str, _Asked]:
    found: dict[str, _Asked] = st.session_state.setdefault(_ASKED, {})
    return found


def _size(n: int) -> str:
    """Bytes as people say them."""
    if n < _KILO * _KILO:
        return f"{max(1, round(n / _KILO)):,} kB"  # not shown
    return f"{n / _KILO / _KILO:.1f} MB"  # not shown
