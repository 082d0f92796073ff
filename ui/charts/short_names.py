"""Long names made to fit: shortened in the middle so that different names stay different, or broken into lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import takewhile

from ui.charts.theme import TEXT_SIZE, text_width

ELLIPSIS = "…"
LEEWAY = 1.25  # real letters may be wider than their estimate; Vega would cut them at the end, where names differ
_TAIL = 0.5  # share of a shortened name that is its end: numbers and sites stand there


def shortened(names: Sequence[str], limit: float, size: float = TEXT_SIZE) -> list[str]:
    """Names at most ``limit`` pixels wide; different names never become the same.

    Cut in the middle; where that makes two names one, without the beginning they share; where even that does not help,
    numbered.
    """
    if all(text_width(name, size) <= limit for name in names):
        return list(names)
    long = [name for name in names if text_width(name, size) > limit]
    shared = _shared_start(long) if len(set(long)) > 1 else 0
    ways: tuple[Callable[[int, str], str], ...] = (
        lambda _, name: _cut(name, limit, size),
        lambda _, name: _cut(ELLIPSIS + name[shared:], limit, size, tail=0.0),
    )
    for way in ways:
        short = [way(i, name) if text_width(name, size) > limit else name for i, name in enumerate(names)]
        if len(set(short)) == len(set(names)):
            return short
    position = {name: i for i, name in enumerate(dict.fromkeys(names), start=1)}
    return [_numbered(name, position[name], limit, size) for name in names]


def broken(text: str, limit: float, size: float = TEXT_SIZE) -> list[str]:
    """``text`` in lines of at most ``limit`` pixels, broken between words where there are any."""
    lines: list[str] = []
    line = ""
    for word in filter(None, text.split(" ")):
        joined = f"{line} {word}" if line else word
        if text_width(joined, size) <= limit:
            line = joined
            continue
        lines += [line] if line else []
        *full, line = _pieces(word, limit, size)
        lines += full
    return [*lines, line] if line or not lines else lines


def _shared_start(names: Sequence[str]) -> int:
    """How many letters all names begin with."""
    return sum(1 for _ in takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False)))


def _numbered(name: str, number: int, limit: float, size: float) -> str:
    lead = f"{number}. "
    return lead + _cut(name, limit - text_width(lead, size), size)


def _cut(name: str, limit: float, size: float, *, tail: float = _TAIL) -> str:
    """As many letters as fit, the ellipsis where others were; ``tail`` is the share kept of the end."""
    if text_width(name, size) <= limit:
        return name
    room = limit - text_width(ELLIPSIS, size)
    end = _fitting(name[::-1], room * tail, size)[::-1]
    start = _fitting(name, room - text_width(end, size), size)
    return f"{start.rstrip()}{ELLIPSIS}{end.lstrip()}"


def _fitting(text: str, room: float, size: float) -> str:
    """The longest beginning of ``text`` not wider than ``room``."""
    used = 0.0
    for i, letter in enumerate(text):
        used += text_width(letter, size)
        if used > room + 1e-9:
            return text[:i]
    return text


def _pieces(word: str, limit: float, size: float) -> list[str]:
    """A word in pieces that fit, each at least one letter."""
    pieces = []
    while text_width(word, size) > limit and len(word) > 1:
        piece = _fitting(word, limit, size) or word[0]
        pieces.append(piece)
        word = word[len(piece) :]
    return [*pieces, word] if word else pieces or [""]
