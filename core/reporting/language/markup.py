"""Text as the screen gets it: escapes, spaces that do not break, code and icons that nobody translates."""

from __future__ import annotations

import re

_ESCAPE = re.compile(r"\\([\\`*_{}\[\]<>#|~$:+\-.)!])")
_ESCAPED_FROM = 0xE100  # an escaped sign is one private character: as long as the sign it stands for
_HELD_FROM = 0xF000
_SIGNS = "\\`*_{}[]<>#|~$:+-.)!"
FOLD = {_ESCAPED_FROM + ord(sign): sign for sign in _SIGNS} | {0xA0: " ", 0x202F: " ", 0x2019: "'"}
_ESCAPED = re.compile(f"[{chr(_ESCAPED_FROM)}-{chr(_ESCAPED_FROM + 0x7F)}]")
_HELD = re.compile(f"[{chr(_HELD_FROM)}-{chr(_HELD_FROM + 0x7FF)}]")
_UNTOUCHED = re.compile(r"`[^`]+`|:material/\w+:|https?://\S+|<[^<>]+>|R: .*")
_TO_ESCAPE = re.compile(r"[*_\[\]$~`<>|#]")


def packed(text: str) -> str:
    """The text with each escape as one private character."""
    return _ESCAPE.sub(lambda match: chr(_ESCAPED_FROM + ord(match[1])), text) if "\\" in text else text


def unpacked(text: str) -> str:
    """The text with its escapes again."""
    return _ESCAPED.sub(lambda match: "\\" + chr(ord(match[0]) - _ESCAPED_FROM), text)


def folded(text: str) -> str:
    """The words alone, as the source wrote them; as long as the packed text."""
    return text.translate(FOLD)


def is_escaped(text: str) -> bool:
    """Whether a packed text was escaped for Markdown."""
    return _ESCAPED.search(text) is not None


def escaped_too(words: str) -> str:
    """A translated piece for a text that was escaped."""
    return _TO_ESCAPE.sub(lambda match: chr(_ESCAPED_FROM + ord(match[0])), words)


def held(text: str, verbatim: re.Pattern[str] | None) -> tuple[str, list[str]]:
    """The text with what is never translated as single private characters, and what they stand for."""
    kept: list[str] = []

    def hold(match: re.Match[str]) -> str:
        kept.append(match[0])
        return chr(_HELD_FROM + len(kept) - 1) if len(kept) <= 0x7FF else match[0]

    text = _UNTOUCHED.sub(hold, text)
    return (verbatim.sub(hold, text) if verbatim is not None else text), kept


def released(text: str, kept: list[str]) -> str:
    """The text with what was held back in its place."""
    if not kept:
        return text
    return _HELD.sub(lambda match: released(kept[ord(match[0]) - _HELD_FROM], kept), text)
