"""The language of the screen: which one, how it is chosen and remembered, and which words it leaves alone.

Belongs here: which language is current. Does not belong here: what is translated where (``ui.screen``), the words
(``core.reporting.language``).
"""

from __future__ import annotations

from functools import lru_cache

import streamlit
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.cohort.cohort import Cohort
from core.reporting.language.own_words import words_of
from core.reporting.language.translate import CHINESE, ENGLISH, LANGUAGES, Translator

__all__ = ["CHINESE", "ENGLISH", "begin", "current", "leave_alone", "query", "say", "switch", "translator"]

QUERY = "lang"
_CHOSEN, _OWN, _SWITCH = "language", "own_words", "language_switch"


def begin() -> None:
    """On a session's first run: the language of the link, else of the browser, else English."""
    state = streamlit.session_state
    if _CHOSEN not in state:
        asked = streamlit.query_params.get(QUERY, "")
        locale = (streamlit.context.locale or "").casefold()
        state[_CHOSEN] = asked if asked in LANGUAGES else CHINESE if locale.startswith("zh") else ENGLISH


def current() -> str:
    """The language of this session; English outside of one."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return ENGLISH
    return str(streamlit.session_state.get(_CHOSEN, ENGLISH))


def query() -> dict[str, list[str]]:
    """What of the language stands in the URL: nothing for English."""
    return {QUERY: [current()]} if current() != ENGLISH else {}


def switch() -> None:
    """The small control that changes the language."""
    names = list(LANGUAGES)
    streamlit.segmented_control(
        "Language · 语言",
        names,
        default=current(),
        format_func=LANGUAGES.__getitem__,
        key=_SWITCH,
        on_change=_chosen,
        label_visibility="collapsed",
        required=True,
    )


def _chosen() -> None:
    streamlit.session_state[_CHOSEN] = streamlit.session_state[_SWITCH] or current()


def leave_alone(cohort: Cohort | None, *names: str) -> None:
    """From here on the words of this cohort, and these, are shown as they are."""
    if current() != ENGLISH:
        own = words_of(cohort) if cohort is not None else frozenset()
        streamlit.session_state[_OWN] = own | frozenset(names)


def translator(language: str | None = None) -> Translator:
    """What says a text in the current language, or in another one."""
    return _translator(language or current(), streamlit.session_state.get(_OWN, frozenset()))


@lru_cache(maxsize=8)
def _translator(language: str, own: frozenset[str]) -> Translator:
    return Translator(language, own)


def say(text: str) -> str:
    """A text in the current language."""
    return text if current() == ENGLISH else translator()(text)
