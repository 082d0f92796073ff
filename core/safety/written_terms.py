"""What is written in the name of an adverse event: the grade within it, and the words that make two names one.

Belongs here: reading one name. Does not belong here: which names are put together (``term_groups``).
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from core.cohort.values import fold

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}  # fold writes Ⅲ as iii
_GRADE = re.compile(
    r"[\s,;:/(\[\-–_]*(?:ctc(?:ae)?\s*(?:v?\s*\d(?:\.\d)?\s*)?)?"
    r"(?:(?:\b|(?<=[\s(\[_,;\-]))(?:grade|grad|gr|g)[\s.:=]*([1-5]|i{1,3}|iv|v)|(?<![\d.,])([1-5]|i{1,3}|iv|v)\s*(?:级|度|°))"
    r"[\s)\].]*$"
)
_SIGNS = re.compile(r"[\s_\-–/,;:.'\"()\[\]]+")
_CJK = re.compile(r"([\u3400-\u9fff\uf900-\ufaff↑↓]+)")


@cache
def term_words() -> dict[str, Any]:
    """The file of words that mean the same."""
    loaded: dict[str, Any] = json.loads(Path(__file__).with_name("term_words.json").read_text(encoding="utf-8"))
    return loaded


def without_grade(term: str) -> tuple[str, int | None]:
    """The name without a grade at its end, and the grade: ``FATIGUE gr.2`` is FATIGUE and 2; None where there is none.

    A name that is nothing but a grade stays as it is.
    """
    folded = fold(term)
    found = _GRADE.search(folded)
    if found is None or not found.start():
        return term.strip(), None
    written = found.group(1) or found.group(2)
    grade = _ROMAN.get(written) or int(written)
    # Folding may change lengths: the part that is kept is found again in the name as written.
    before = folded[: found.start()].strip()
    kept = next((term[:end].strip() for end in range(len(term), 0, -1) if fold(term[:end]) == before), "")
    return (kept, grade) if kept else (term.strip(), None)


@cache
def _same() -> tuple[tuple[str, str], ...]:
    """Variant and word, the longest variant first; spellings alike on both sides."""
    pairs = [(variant, word) for word, variants in term_words()["same"].items() for variant in (*variants, word)]
    return tuple(sorted(((_spelled(a), _spelled(b)) for a, b in pairs), key=lambda pair: -len(pair[0])))


def meaning(term: str) -> tuple[str, ...]:
    """The words of a name without its grade, in one spelling and order: names with equal ones are one event.

    Case, punctuation, order, -ae- and -oe-, and the words of ``term_words.json`` make no difference.
    """
    text = f" {_spelled(without_grade(term)[0])} "
    for variant, word in _same():
        if variant in text:
            text = text.replace(variant if _CJK.fullmatch(variant) else f" {variant} ", f" {word} ")
    return tuple(sorted(dict.fromkeys(text.split()))) or (fold(term),)


def _spelled(text: str) -> str:
    """Folded, without punctuation and words that say nothing, Chinese apart from Latin, -ae- and -oe- as -e-."""
    plain = _SIGNS.sub(" ", _CJK.sub(r" \1 ", fold(text))).replace("ae", "e").replace("oe", "e")
    return " ".join(word for word in plain.split() if word not in term_words()["silent"])
