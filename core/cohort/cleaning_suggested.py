"""What could be written alike in the columns of a table: proposed, never done unasked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.cohort.cohort import Table
from core.cohort.issues import listed
from core.cohort.kinds import distinct_texts
from core.cohort.missing import MISSING_CODES, UNKNOWN_WORDS
from core.cohort.numbers import are_plain
from core.cohort.response_words import CATEGORIES, mostly_responses, response_category
from core.cohort.spellings import letters_of, same_levels
from core.cohort.validate_impossible import MAY_BE_BELOW_ZERO
from core.cohort.values import as_number, fold
from core.cohort.vocabulary import name_words
from core.cohort.written_numbers import written_number
from core.spec import CleanSpec, Scalar

SEPARATORS = ";；、|,，\n"
NONE_OF_THEM = frozenset(("none", "no", "无", "否", "没有", "nil", "0"))
_CODES = (-9.0, -99.0, -999.0, -9999.0, -1.0, 99.0, 999.0, 9999.0, 99999.0)
_MOST_TEXTS = 60  # a column with more distinct words is free text
_MOST_ANSWERS = 15
_LONGEST_ANSWER = 25
_MOSTLY = 0.8
_SAYS_NOTHING = MISSING_CODES | {"unknown", "未知", "not done"}
_UNKNOWN_IS_A_LEVEL = re.compile(r"primary|origin|cause|aetiolog|etiolog|原发|死因|病因", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A proposal for one column.

    Attributes
    ----------
    column : str
    spec : CleanSpec
    says : str
        What it would do, in words.
    """

    column: str
    spec: CleanSpec
    says: str


def suggested_cleaning(table: Table) -> tuple[Suggestion, ...]:
    """Proposals for the columns of a table of patients, in their order; none for identifiers and dates."""
    if table.raw is None:
        return ()
    odd = {issue.column for issue in table.issues if issue.code in _ODD_NUMBERS}
    found: list[Suggestion] = []
    for column in table.columns:
        if column.role == "patient_id" or column.name not in table.raw.columns:
            continue
        if column.kind in ("date", "empty") or (
            column.kind == "number" and not _may_have_codes(table, column.name, odd)
        ):
            continue
        texts = distinct_texts(table.raw, column.name)
        counts = dict(zip(texts.texts, texts.counts.tolist(), strict=True))
        spec = recognised_cleaning(texts.texts, counts, column=column.name)
        if spec is not None:
            found.append(Suggestion(column=column.name, spec=spec, says=_says(spec, texts.texts)))
    return tuple(found)


_ODD_NUMBERS = frozenset(("text-in-number", "unknown-value", "mixed-column", "similar-levels"))


def _may_have_codes(table: Table, column: str, odd: set[str | None]) -> bool:
    """Whether a column of numbers has something to propose; a large table is not searched cell by cell."""
    if column in odd:
        return True
    numbers = table.frame[column].to_numpy(dtype=np.float64)
    return bool(np.isin(numbers, _CODES).any())


def recognised_cleaning(texts: Sequence[str], counts: Mapping[str, int], *, column: str) -> CleanSpec | None:
    """What could be written alike in a column; None where nothing is.

    Parameters
    ----------
    texts : sequence of str
        Its distinct values.
    counts : dict of text to int
    column : str
        Its name.
    """
    if mostly_responses(texts, (counts[text] for text in texts)):
        merge = _responses(texts)
        return CleanSpec(merge=merge) if merge else None
    missing = _missing(texts, counts, column=column)
    known = [text for text in texts if not _among(text, missing) and not is_missing_word(text)]
    if known and are_plain(known):
        return CleanSpec(missing=missing) if missing else None
    if _are_numbers(known, counts):
        numbers = [number for text in known if (number := written_number(text)) is not None]
        if all(number.is_plain for number in numbers):
            return CleanSpec(missing=missing) if missing else None
        return CleanSpec(missing=missing, numbers=True)
    if len(known) > _MOST_TEXTS:
        return None
    if _list_answers(known):
        return CleanSpec(missing=missing, split=True)
    merge = same_levels(known, counts, column=column)
    return CleanSpec(merge=merge, missing=missing) if merge or missing else None


def is_missing_word(text: str) -> bool:
    """Whether a text says, in every column, that the value is not known."""
    return fold(text) in MISSING_CODES


def _responses(texts: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Category of RECIST to its other spellings; 'not evaluable' is one of them, 'unknown' stays what it is."""
    spelt: dict[str, list[str]] = {}
    for text in texts:
        category = response_category(text)
        if category is not None and fold(text) not in _SAYS_NOTHING:
            spelt.setdefault(category, []).append(text)
    if all(len(words) == 1 for words in spelt.values()):
        return {}
    others = {category: tuple(text for text in words if text != category) for category, words in spelt.items()}
    return {category: others[category] for category in CATEGORIES if others.get(category)}


def _unknown_words(texts: Sequence[str], *, column: str) -> list[str]:
    """Words for 'not known' that are no level: 'not done' beside 'done' is one, and so is an unknown primary."""
    if _UNKNOWN_IS_A_LEVEL.search(column):
        return []
    folded = {fold(text) for text in texts}
    return [
        text
        for text in texts
        if fold(text) in UNKNOWN_WORDS and fold(text).removeprefix("not ") not in folded - {fold(text)}
    ]


def _missing(texts: Sequence[str], counts: Mapping[str, int], *, column: str) -> tuple[Scalar, ...]:
    """Words for 'not known', and codes far from all other numbers."""
    words = _unknown_words(texts, column=column)
    if MAY_BE_BELOW_ZERO & set(name_words(column)):
        return tuple(words)
    numbers = {text: number for text in texts if (number := as_number(text)) is not None}
    rest = [abs(number) for number in numbers.values() if number not in _CODES]
    lowest = min((number for number in numbers.values() if number not in _CODES), default=0.0)
    highest = max(rest, default=np.inf)
    codes: list[Scalar] = []
    for number in numbers.values():
        outside = number < 0 <= lowest if number < 0 else abs(number) > 3 * highest
        if number in _CODES and len(rest) > 1 and outside:
            codes.append(int(number))
    return (*dict.fromkeys(codes), *words)


def _among(text: str, values: Sequence[Scalar]) -> bool:
    number = as_number(text)
    return any(text == value or (number is not None and number == value) for value in values)


def _are_numbers(texts: Sequence[str], counts: Mapping[str, int]) -> bool:
    """Whether most cells are a number, bare or with a limit or a unit."""
    total = sum(counts[text] for text in texts)
    numbers = {text: number for text in texts if (number := written_number(text)) is not None}
    good = sum(counts[text] for text in numbers)
    bare = sum(counts[text] for text, number in numbers.items() if not number.limit)
    return total > 0 and good >= _MOSTLY * total and bare >= 0.5 * total


def _list_answers(texts: Sequence[str]) -> bool:
    """Whether cells list several answers out of a few."""
    cut = [[part.strip() for part in _cut(text) if part.strip()] for text in texts]
    several = [parts for parts in cut if len(parts) > 1]
    answers = {letters_of(part) for parts in cut for part in parts}
    if any(len(part) > _LONGEST_ANSWER for parts in several for part in parts):
        return False
    again = [part for parts in several for part in parts if sum(part in other for other in cut) > 1]
    return len(several) > 0 and bool(again) and len(answers) <= _MOST_ANSWERS


def _cut(text: str) -> list[str]:
    for sign in SEPARATORS:
        text = text.replace(sign, "\n")
    return text.split("\n")


def _says(spec: CleanSpec, texts: Sequence[str]) -> str:
    """What a proposal would do, in words."""
    parts = [f"{listed(values)} become '{level}'" for level, values in spec.merge.items()]
    if spec.numbers:
        beside = [text for text in texts if (n := written_number(text)) is not None and not n.is_plain]
        parts.append(f"{listed(beside, shown=3)} are read as numbers")
    if spec.split:
        parts.append("every answer listed in a cell becomes a yes/no column")
    if spec.missing:
        parts.append(f"{listed([str(value) for value in spec.missing])} become missing")
    return "; ".join(parts)
