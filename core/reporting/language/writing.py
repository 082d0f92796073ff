"""In which language a file is written: said once around the writer, used at its gate, ``table_layout.printable``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from core.reporting.language.translate import ENGLISH, Translator

_SAYS: ContextVar[Translator | None] = ContextVar("language of the file that is written", default=None)
HTML_NAMES = {ENGLISH: "en", "zh": "zh-CN"}


@contextmanager
def written_in(translator: Translator) -> Iterator[None]:
    """Every file that is written inside has its words said by ``translator``."""
    token = _SAYS.set(translator if translator.language != ENGLISH else None)
    try:
        yield
    finally:
        _SAYS.reset(token)


def saying(translator: Translator, make: Callable[[], bytes]) -> Callable[[], bytes]:
    """``make``, whenever it is called, in the language of ``translator``."""

    def made() -> bytes:
        with written_in(translator):
            return make()

    return made


def said(text: str) -> str:
    """A text in the language of the file that is written."""
    translator = _SAYS.get()
    return text if translator is None else translator(text)


def html_language() -> str:
    """The language of the file as HTML names it."""
    translator = _SAYS.get()
    return HTML_NAMES.get(ENGLISH if translator is None else translator.language, ENGLISH)
