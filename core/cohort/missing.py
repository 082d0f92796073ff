"""What is written where nothing is known: codes that are missing everywhere, and words that say 'unknown'."""

from __future__ import annotations

import re
from collections.abc import Iterable

from core.cohort.values import fold

# Missing in every kind of column. 'None' is not among them: it is a level (systemic therapy: None).
MISSING_CODES = frozenset(
    ("na", "n/a", "#n/a", "n.a.", "n.a", "nan", "null", ".", "-", "--", "—", "–", "?", "<na>", "missing",
     "not available", "[not available]", "[not applicable]", "#value!", "#div/0!", "#ref!", "#num!", "#name?", "#null!",
     "k.a.", "k. a.", "ka.", "缺失", "无数据",
     "keine angabe", "keine angaben")  # not shown
)  # fmt: skip
# Missing where a number, a date or an event is expected; a level in a category (carcinoma of unknown primary).
UNKNOWN_WORDS = frozenset(
    ("unknown", "unk", "uk", "not known", "not done", "nd", "not recorded", "not reported", "not assessed",
     "not evaluable", "[unknown]", "unbekannt", "nicht bekannt", "nicht bestimmt",  # not shown
     "不详", "未知", "不明", "未查", "未测", "未记录")
)  # fmt: skip
_LONGEST = max(map(len, MISSING_CODES))
_LONGEST_WORD = 4 + max(map(len, UNKNOWN_WORDS))  # blanks around it, forms that fold to more letters
_DIGITS = frozenset("0123456789")
_PLUS = re.compile(r"\(?[+＋]+\)?")
_MINUS = re.compile(r"\(?[-－—–]+\)?")


def missing_codes(texts: Iterable[str]) -> frozenset[str]:
    """Which of the distinct texts of a column are missing codes; beside a '+' a '-' means negative."""
    texts = [text for text in texts if len(text) <= _LONGEST and text[:1] not in _DIGITS]  # no code begins with one
    has_plus = any(_PLUS.fullmatch(text) for text in texts)
    return frozenset(
        text for text in texts if fold(text) in MISSING_CODES and not (has_plus and _MINUS.fullmatch(text))
    )


def is_unknown(text: str) -> bool:
    """Whether a text says that the value is not known."""
    if text.isascii():  # nearly all: no forms to make plain
        return len(text) <= _LONGEST_WORD and text.strip().lower() in UNKNOWN_WORDS
    return len(text) <= _LONGEST_WORD and fold(text) in UNKNOWN_WORDS
