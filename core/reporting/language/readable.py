"""Which texts of the source a person could read: words of English, not codes, patterns or programs."""

from __future__ import annotations

import re

from core.reporting.language.templates import PLACE

_WORD = re.compile(r"[A-Za-z]{2,}")
_CODE = re.compile(
    r"""datum[.\[]|&&|\|\||\(\?|\\[bdswSD]|::|/>|</|<\w+[ >]|\w+\(\)|\(\.\.\.\)|[{}]\s*[\w-]+\s*:|\w=["']
    |[a-z]\(\w+\s*[,=~]|\w+\$\w|~\ \w|^@|^%|^SELECT\ |\b(?:narrow|width|height)\ [?/+-]|\bmax\(|sans-serif
    |\|\ (?:str|int|None)\b
    |^[\w.+-]+/[\w.+-]+$|^:material/\S+$|^[\w-]+$|^\w+(?:[._/]\w*)+$""",
    re.VERBOSE,
)
_CITED = re.compile(r"\b\d{4};\s?\d+|\b(?:J|Am|Stat|Clin|Biometrics|Lancet|Wiley|Springer)\b.*\b(?:19|20)\d\d\b")
_HEX = re.compile(r"#[0-9a-fA-F]{3,8}\b")
_SINGLE = re.compile(r"[A-Za-z][a-z]+(?:-[a-z]+)*[.:?!…]?")


def is_worth(text: str) -> bool:
    """Whether a template of several words is a sentence, a label or a part of one."""
    words = PLACE.sub(" ", text)
    if not _WORD.search(words) or _HEX.search(words) or _CITED.search(words):
        return False
    if " " not in text.strip() or re.search(r"\w\|\w|[\u4e00-\u9fff]", text) or _CODE.search(PLACE.sub("x", text)):
        return False
    spoken = _WORD.findall(words)
    if "{" not in text and len(spoken) < 2 and len(words.split()) < 2:
        return False
    return any(not word.isupper() for word in spoken) and "_" not in words


def single_word(text: str) -> bool:
    """Whether a text is one word that a person could read."""
    return _SINGLE.fullmatch(text) is not None
