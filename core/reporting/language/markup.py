"""Text as the screen gets it: escapes, spaces that do not break, code and icons that nobody translates."""

from __future__ import annotations

import re
from collections.abc import Iterable

_ESCAPE = re.compile(r"\\([\\`*_{}\[\]<>#|~$:+\-.)!])")
_ESCAPED_FROM = 0xE100  # an escaped sign is one private character: as long as the sign it stands for
_HELD_FROM = 0xF000
_SIGNS = "\\`*_{}[]<>#|~$:+-.)!"
FOLD = {_ESCAPED_FROM + ord(sign): sign for sign in _SIGNS} | {0xA0: " ", 0x202F: " ", 0x2019: "'"}
_TO_FOLD = re.compile(f"[{''.join(map(chr, FOLD))}]")  # looked for first: to translate is slow
_ESCAPED = re.compile(f"[{chr(_ESCAPED_FROM)}-{chr(_ESCAPED_FROM + 0x7F)}]")
_HELD = re.compile(f"[{chr(_HELD_FROM)}-{chr(_HELD_FROM + 0x7FF)}]")
_CITED = r"(?:v[ao]n )?[A-Z][^;:()\ue13a]*\b(?:18|19|20)\d\d;\s?\d+(?:\(\d+\))?[:\ue13a]\w+(?:-\w+)?"  # author to page
_MAIL = r"[^\s@,;()]+@[^\s@,;()]+\w"
_R_CODE = r"(?<=\bR[:\ue13a] )(?!`).+?(?=; Cohortscope|$)"  # the colon may be escaped
_UNTOUCHED = re.compile(
    rf"`[^`]+`|{_R_CODE}|:material/\w+:|https?://\S+|{_MAIL}|</?[A-Za-z][^<>]*>|\b[0-9a-f]{{64}}\b|{_CITED}"
)
_TOKEN = re.compile(r"\w+")
_TO_ESCAPE = re.compile(r"[*_\[\]$~`<>|#]")


def packed(text: str) -> str:
    """The text with each escape as one private character."""
    return _ESCAPE.sub(lambda match: chr(_ESCAPED_FROM + ord(match[1])), text) if "\\" in text else text


def unpacked(text: str) -> str:
    """The text with its escapes again."""
    return _ESCAPED.sub(lambda match: "\\" + chr(ord(match[0]) - _ESCAPED_FROM), text)


def folded(text: str) -> str:
    """The words alone, as the source wrote them; as long as the packed text."""
    return text if text.isascii() or _TO_FOLD.search(text) is None else text.translate(FOLD)


def is_escaped(text: str) -> bool:
    """Whether a packed text was escaped for Markdown."""
    return _ESCAPED.search(text) is not None


def escaped_too(words: str) -> str:
    """A translated piece for a text that was escaped."""
    return _TO_ESCAPE.sub(lambda match: chr(_ESCAPED_FROM + ord(match[0])), words)


class Own:
    """A user's own words of more than one word, found in a text by their first one."""

    def __init__(self, words: Iterable[str]) -> None:
        self._by_first: dict[str, list[tuple[int, str]]] = {}
        for word in sorted(words, key=lambda word: (-len(word), word)):
            first = _TOKEN.search(word)
            if first is not None:
                self._by_first.setdefault(first[0], []).append((first.start(), word))

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where they stand in a text, the longest ones, none inside another."""
        found: list[tuple[int, int]] = []
        for token in _TOKEN.finditer(text) if self._by_first else ():
            for offset, word in self._by_first.get(token[0], ()):
                start = token.start() - offset
                end = start + len(word)
                if (
                    start >= (found[-1][1] if found else 0)
                    and text[start:end] == word
                    and not text[end : end + 1].isalnum()
                ):
                    found.append((start, end))
                    break
        return found


def held(text: str, own: Own | None) -> tuple[str, list[str]]:
    """The text with what is never translated as single private characters, and what they stand for."""
    kept: list[str] = []

    def hold(part: str) -> str:
        kept.append(part)
        return chr(_HELD_FROM + len(kept) - 1) if len(kept) <= 0x7FF else part

    text = _UNTOUCHED.sub(lambda match: hold(match[0]), text)
    for start, end in reversed(own.spans(folded(text)) if own is not None else ()):
        text = text[:start] + hold(text[start:end]) + text[end:]
    return text, kept


def released(text: str, kept: list[str]) -> str:
    """The text with what was held back in its place."""
    if not kept:
        return text
    return _HELD.sub(lambda match: released(kept[ord(match[0]) - _HELD_FROM], kept), text)
