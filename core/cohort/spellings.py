"""Spellings that mean one level: 'G 1', 'g1', 'Ⅰ' are G1; 'M', '男', 'male' are Male; and words for 'not known'.

Belongs here: which distinct values of a column are the same, by the field's scales or by their letters. Does not belong
here: rewriting them (``cleaning``), asking for it (``cleaning_suggested``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

_BLANKS = re.compile(r"[\s_]+")
_SIGNS = re.compile(r"(?<!\d)[-–—.:;,/()'\"]+|[-–—.:;,/()'\"]+(?!\d)")  # '1-3' is not 13, and '<2' keeps its sign
_SEX = {"Male": "m male man men boy männlich mann 男 男性",
        "Female": "f female woman women girl w weiblich frau 女 女性"}  # fmt: skip
_MUTATION = {"Wild type": "wt wild wildtype wild-type wildtyp unmutated 野生型 野生",  # not shown
             "Mutant": "mut mt mutant mutated mutation mutiert 突变型 突变"}  # fmt: skip  # not shown
_YES = {"Yes": "y yes true t 是 有 √ ✓ ja oui", "No": "n no false f 否 无 没有 x × nein non"}
_SIGN = {"Positive": "positive pos + ++ +++ 阳性 阳 p", "Negative": "negative neg - 阴性 阴 n"}
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5"}
_DIGITS_ZH = {"一": "1", "二": "2", "三": "3", "四": "4"}
_GRADE = re.compile(r"(?:whograde|grade|who|gr|g)?([0-4]|i{1,3}|iv|[一二三四])(?:级)?")
_STAGE = re.compile(r"(?:bclc|tnm|stage|ajcc)?([0-4]|i{1,3}|iv)([abc]?\d?)(?:期)?")
_CHILD = re.compile(r"(?:childpugh|child|cp|cps|class|grade)*([abc])(?:级)?")
_SCORE = re.compile(r"(?:ecog|ps|performancestatus|score)*([0-5])(?:分|级)?")
_NAMES = {
    "grade": re.compile(r"grad|分级|分化|^g$", re.IGNORECASE),
    "stage": re.compile(r"stag|tnm|分期", re.IGNORECASE),
    "child": re.compile(r"child|pugh|ctp", re.IGNORECASE),
    "score": re.compile(r"ecog|performance|zubrod|体力|^ps$", re.IGNORECASE),
}


def letters_of(text: str) -> str:
    """A value for comparing: width, case, blanks and punctuation dropped; signs alone stay."""
    folded = unicodedata.normalize("NFKC", text).casefold().strip()
    return _SIGNS.sub("", _BLANKS.sub("", folded)) or folded.strip("() ")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    """A scale of the field: what a value is called on it, and which columns are written on it."""

    called: Callable[[str], str | None]
    name: re.Pattern[str] | None = None
    told: Callable[[Sequence[str]], bool] = bool


def same_levels(texts: Sequence[str], counts: Mapping[str, int], *, column: str = "") -> dict[str, tuple[str, ...]]:
    """Level to the other spellings of it, for the levels that are spelt in more than one way; {} where none is.

    Parameters
    ----------
    texts : sequence of str
        Distinct values of one column, without those that mean missing.
    counts : dict of text to int
        How often each occurs: the most frequent spelling is the level's where no scale names it.
    column : str
        Its name: 'I' is grade 1 only in a column of grades.
    """
    for scale in _SCALES:
        if scale.name is not None and not scale.name.search(column):
            continue
        called = {text: scale.called(letters_of(text)) for text in texts}
        if texts and all(called.values()) and scale.told(texts):
            return _grouped({text: str(level) for text, level in called.items()})
    most: dict[str, str] = {}
    for text in sorted(texts, key=lambda text: (-counts.get(text, 0), text)):
        most.setdefault(letters_of(text), text)
    return _grouped({text: most[letters_of(text)].strip() for text in texts})


def _grouped(level_of: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Level to its other spellings; all levels of a scale once one of them is spelt in two ways."""
    spelt: dict[str, list[str]] = {}
    for text, level in level_of.items():
        spelt.setdefault(level, []).append(text)
    if all(len(texts) == 1 for texts in spelt.values()):
        return {}
    found = {level: tuple(text for text in texts if text != level) for level, texts in spelt.items()}
    return {level: texts for level, texts in sorted(found.items()) if texts}


def _worded(words: Mapping[str, str]) -> Callable[[str], str | None]:
    level_of = {letters_of(word): level for level, listed in words.items() for word in listed.split()}
    return level_of.get


def _numbered(pattern: re.Pattern[str], write: Callable[[str, str], str]) -> Callable[[str], str | None]:
    def called(letters: str) -> str | None:
        match = pattern.fullmatch(letters)
        if match is None:
            return None
        number = _ROMAN.get(match[1]) or _DIGITS_ZH.get(match[1]) or match[1]
        return write(number, match[2] if pattern.groups > 1 else "")

    return called


def _has_letter_g(texts: Sequence[str]) -> bool:
    return any(letters_of(text).startswith("g") for text in texts)


_ROMAN_OF = {number: roman.upper() for roman, number in _ROMAN.items()}
_SCALES = (
    _Scale(called=_worded(_SEX)),
    _Scale(called=_worded(_YES)),
    _Scale(called=_worded(_SIGN)),
    _Scale(called=_worded(_MUTATION)),
    _Scale(called=_numbered(_GRADE, lambda number, _: f"G{number}"), name=_NAMES["grade"]),
    _Scale(called=_numbered(_GRADE, lambda number, _: f"G{number}"), told=_has_letter_g),
    _Scale(
        called=_numbered(_STAGE, lambda number, part: f"{_ROMAN_OF.get(number, number)}{part.upper()}"),
        name=_NAMES["stage"],
    ),
    _Scale(called=_numbered(_CHILD, lambda letter, _: letter.upper()), name=_NAMES["child"]),
    _Scale(called=_numbered(_SCORE, lambda number, _: number), name=_NAMES["score"]),
)
