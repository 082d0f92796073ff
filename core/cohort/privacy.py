"""Columns that could name a person: names, identity numbers, telephone numbers, addresses, full dates of birth.

Belongs here: recognising them, in English and Chinese, by name and by value. Does not belong here: leaving them out
(``core.cohort.load``) and what a screen says.

Every rule looks at a share of a column's distinct values, so that one odd cell neither makes nor hides a finding.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from core.cohort.cohort import RawTable
from core.cohort.vocabulary import compact, name_words, vocabulary

IdentifierKind: TypeAlias = Literal[
    "name", "national id", "hospital number", "telephone", "e-mail", "address", "date of birth"
]

ENOUGH = 0.6  # share of the distinct values that must look like it
FEWEST = 3  # distinct values; fewer say nothing about what a column is
_PEOPLE, _OWN = 8, 0.8  # words are names of persons only where this many, and this share of rows, differ
_LONGEST_NUMBER = 10  # letters of a number or a day that can be no telephone number
_LOOKED_AT = 400  # distinct values of a column; more do not change a share of them

_CODE = re.compile(r"[A-Za-z]{0,8}[-_ ]?\d{1,6}[A-Za-z]?")  # H001, P-12, 17: a study's own numbering
_LATIN_NAME = re.compile(
    r"(?:(?:Mr|Mrs|Ms|Dr)\.? )?[A-ZÀ-Þ][a-zà-ÿ'’-]+(?:,? [A-ZÀ-Þ](?:[a-zà-ÿ'’-]+|\.))+"
    r"|[A-ZÀ-Þ'’-]{2,}, ?[A-ZÀ-Þ][A-Za-zà-ÿ'’. -]+"
)
_HAN_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]{1,2}[·某*×xX]{1,2}[\u4e00-\u9fff]?")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[A-Za-z]{2,}")
_CN_MOBILE = re.compile(r"(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}")
_TELEPHONE = re.compile(
    r"\+\d{1,3}[- .]?(?:\(?\d{1,5}\)?[- .]?){2,6}|\(\d{2,5}\)[- .]?\d{3,4}[- .]?\d{3,5}"
    r"|\d{3,4}-\d{3,4}-\d{3,5}|0\d{2,4}-\d{7,8}"
)
_SSN = re.compile(r"(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}")
_CN_PLACES = "省|市|区|县|镇|乡|街道|村|路|街|巷|弄|小区|号楼|单元"
_CN_ADDRESS = re.compile(rf".*[\u4e00-\u9fff](?:{_CN_PLACES})[\u4e00-\u9fff\d]*.*")
_STREETS = "St|Street|Rd|Road|Ave|Avenue|Blvd|Lane|Ln|Drive|Dr|Court|Way|Place|Square"
_ADDRESS = re.compile(rf"\d+[A-Za-z]?,? (?:[A-Z][\w'’.-]+ )+(?:{_STREETS})\b.*")
_CN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierFinding:
    """A column that could name a person.

    Attributes
    ----------
    column : str
    kind : str
    reason : str
        Why, without any of its values.
    """

    column: str
    kind: IdentifierKind
    reason: str


def find_identifiers(raw: RawTable) -> tuple[IdentifierFinding, ...]:
    """Columns of a table that could name a person, in the table's order.

    Parameters
    ----------
    raw : RawTable

    Returns
    -------
    tuple of IdentifierFinding
        At most one per column. A study's own numbers (H001) and years of birth are none.
    """
    found = (_finding(name, *raw.codes_of(name)) for name in raw.columns)
    return tuple(finding for finding in found if finding is not None)


def _finding(column: str, codes: npt.NDArray[np.integer[Any]], texts: Sequence[str]) -> IdentifierFinding | None:
    values, is_personal = _distinct(codes, texts)
    if not values:
        return None
    called = compact(column)
    words = set(name_words(column))
    for kind, names in _named().items():
        if (called in names or words & names & _telling()) and _may_be[kind](values):
            return IdentifierFinding(column=column, kind=kind, reason="by its name")
    if len(values) < FEWEST or not _may_tell(values):
        return None
    for kind, looks in _BY_VALUE.items():
        if _mostly(looks, values) and (is_personal or kind not in _PERSONAL_ONLY):
            return IdentifierFinding(column=column, kind=kind, reason=_WORDS[kind])
    return None


@cache
def _named() -> dict[IdentifierKind, frozenset[str]]:
    """Compact names of columns that name a person, by what they hold."""
    found: dict[IdentifierKind, list[str]] = vocabulary()["identifying_columns"]
    return {kind: frozenset(names) for kind, names in found.items()}


@cache
def _telling() -> frozenset[str]:
    """Words that tell wherever they stand in a column's name: patient_surname."""
    return frozenset(vocabulary()["identifying_words"])


@cache
def _surnames() -> frozenset[str]:
    return frozenset(vocabulary()["surnames"])


def _distinct(codes: npt.NDArray[np.integer[Any]], texts: Sequence[str]) -> tuple[list[str], bool]:
    """The first distinct values, and whether nearly every patient has one of their own, as with names of persons."""
    values = [text.strip() for text in texts[:_LOOKED_AT]]
    if len(values) < _PEOPLE:
        return values, False
    end = len(codes)
    if len(texts) > _LOOKED_AT:
        end = int(_first_at(codes, _LOOKED_AT))  # the rows before the first value that is not looked at
    n = int(np.count_nonzero(codes[:end] >= 0))
    return values, len(values) >= _OWN * n


def _first_at(codes: npt.NDArray[np.integer[Any]], code: int) -> int:
    """The first row that holds a code; one does."""
    size = 4 * _LOOKED_AT
    while not (found := codes[:size] == code).any():
        size *= 8
    return int(np.argmax(found))


def _may_tell(values: Sequence[str]) -> bool:
    """Whether values may be names, addresses, identity or telephone numbers: short numbers are none of these."""
    joined = "\n".join(values)
    has_letters = not joined.isascii() or joined.lower() != joined.upper()
    return has_letters or "+" in joined or "(" in joined or max(map(len, values)) > _LONGEST_NUMBER


def _is_code(text: str) -> bool:
    return _CODE.fullmatch(text) is not None


def _mostly(looks: Callable[[str], bool], values: Sequence[str]) -> bool:
    may_miss = len(values) - ENOUGH * len(values)
    missed = 0
    for text in values:
        missed += not looks(text)
        if missed > may_miss + 1e-9:
            return False
    return True


def _latin_name(text: str) -> bool:
    return _LATIN_NAME.fullmatch(text) is not None


def _han_name(text: str) -> bool:
    return _HAN_NAME.fullmatch(text) is not None and text[0] in _surnames()


def _telephone(text: str) -> bool:
    return (_CN_MOBILE.fullmatch(text) or _TELEPHONE.fullmatch(text)) is not None


def _national_id(text: str) -> bool:
    return _chinese_id(text) or _SSN.fullmatch(text) is not None


def _chinese_id(text: str) -> bool:
    """A resident identity number with its check digit (GB 11643-1999)."""
    if not re.fullmatch(r"\d{17}[\dXx]", text):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_CN_WEIGHTS, text, strict=False))
    return "10X98765432"[total % 11] == text[17].upper()


def _full_date(text: str) -> bool:
    return len(re.findall(r"\d+", text)) >= 3 or bool(re.fullmatch(r"(?:19|20)\d{6}", text))


def _address(text: str) -> bool:
    return len(text) > 5 and (_CN_ADDRESS.fullmatch(text) or _ADDRESS.fullmatch(text)) is not None


def _dates(values: Sequence[str]) -> bool:
    """Whether a column of birth holds days; years alone name nobody."""
    return _mostly(lambda text: _full_date(text) or _excel_day(text), values)


def _excel_day(text: str) -> bool:
    return re.fullmatch(r"\d{4,5}(?:\.0+)?", text) is not None and 3000 < float(text) < 60000 and not _year(text)


def _year(text: str) -> bool:
    return re.fullmatch(r"(?:19|20)\d\d(?:\.0+)?", text) is not None


# What the values must allow before a name of a column is believed: "Name" may hold H001, "Contact" yes and no.
_may_be: dict[IdentifierKind, Callable[[Sequence[str]], bool]] = {
    "name": lambda values: not _mostly(_is_code, values) and not _mostly(_few_words, values),
    "national id": lambda values: _mostly(lambda text: sum(c.isdigit() for c in text) >= 6, values),
    "hospital number": lambda values: _mostly(lambda text: sum(c.isdigit() for c in text) >= 4, values),
    "telephone": lambda values: _mostly(lambda text: sum(c.isdigit() for c in text) >= 6, values),
    "e-mail": lambda values: _mostly(lambda text: "@" in text, values),
    "address": lambda values: _mostly(lambda text: len(text) > 3, values),
    "date of birth": _dates,
}


def _few_words(text: str) -> bool:
    """Answers, not names: yes, no, a number."""
    return text.casefold() in {"yes", "no", "y", "n", "是", "否", "有", "无", "true", "false"} or text.isdigit()


_BY_VALUE: dict[IdentifierKind, Callable[[str], bool]] = {
    "e-mail": lambda text: _EMAIL.fullmatch(text) is not None,
    "national id": _national_id,
    "telephone": _telephone,
    "address": _address,
    "name": lambda text: _latin_name(text) or _han_name(text),
}
_PERSONAL_ONLY = ("name", "address")
_WORDS: dict[IdentifierKind, str] = {
    "e-mail": "its values are e-mail addresses",
    "national id": "its values are identity numbers",
    "telephone": "its values look like telephone numbers",
    "address": "its values look like addresses",
    "name": "its values look like names of persons",
}
