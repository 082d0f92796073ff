"""Best response as it is written: 'CR', 'Partial response', 'PR (mRECIST)', '疾病稳定', 'not evaluable'.

Belongs here: which category a text means, by RECIST 1.1, mRECIST and iRECIST. Does not belong here: rates of response
(``core.patients.response``), response from measured lesions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from core.cohort.cohort import Table
from core.cohort.values import codes_of, fold
from core.spec import ResponseCategory

CATEGORIES: tuple[ResponseCategory, ...] = ("CR", "PR", "SD", "PD", "NE")
AS_STABLE = frozenset({"non-cr/non-pd", "non cr/non pd", "non-cr, non-pd", "noncr/nonpd"})
_CRITERIA = re.compile(r"\(.*?\)|\b(?:by|per)\b|\b(?:m|i|ir)?recist(?:\s*v?1\.[01])?\b|[.:：;]+$")
_WORDS: dict[ResponseCategory, str] = {
    "CR": "cr|mcr|icr|complete response|complete remission|complete responder|完全缓解|完全反应|完全应答|完全消退",
    "PR": "pr|mpr|ipr|partial response|partial remission|partial responder|部分缓解|部分反应|部分应答",
    "SD": "sd|msd|isd|stable|stable disease|no change|疾病稳定|病情稳定|肿瘤稳定|稳定|无变化",
    "PD": "pd|mpd|icpd|iupd|progressive disease|progression|disease progression|progressive|progressed|疾病进展|"
    "病情进展|肿瘤进展|进展",
    "NE": "ne|not evaluable|non-evaluable|nonevaluable|unevaluable|inevaluable|not evaluated|not assessed|"
    "n.b|nicht beurteilbar|nicht evaluierbar|"
    "not assessable|not done|not available|unknown|missing|无法评估|不可评估|未评估|无法评价|不可评价|未评价|未知|缺失",
}
_CATEGORY = {word: category for category, words in _WORDS.items() for word in words.split("|")}


def response_category(text: str) -> ResponseCategory | None:
    """The category that a text means, None where it means none; 'Non-CR/non-PD' is SD.

    Letters in brackets may say it as well: 'Partial response (PR)' and 'PR (mRECIST)' are both PR.
    """
    folded = fold(text)
    if folded in AS_STABLE:
        return "SD"
    plain = " ".join(_CRITERIA.sub(" ", folded).split()).strip(" -,")
    if plain in _CATEGORY:
        return _CATEGORY[plain]
    inside = re.findall(r"\(\s*([a-z]{2,3})\s*\)", folded)
    return _CATEGORY.get(inside[0]) if len(inside) == 1 and not plain else None


def response_columns(table: Table) -> tuple[str, ...]:
    """Columns that hold best responses, the one with that role first."""
    by_role = table.with_role("best_response")
    holding = [
        column.name
        for column in table.columns
        if column.kind in ("category", "text") and look_like_responses(codes_of(table, column.name)[1])
    ]
    return tuple(dict.fromkeys([*([by_role] if by_role else []), *holding]))


def look_like_responses(texts: Iterable[str]) -> bool:
    """Whether a column's values are best responses: all of them known, at least two of CR, PR, SD and PD among them."""
    found: set[ResponseCategory] = set()
    for text in texts:
        category = response_category(text)
        if category is None:
            return False
        found.add(category)
    return len(found - {"NE"}) >= 2


def mostly_responses(texts: Iterable[str], counts: Iterable[int]) -> bool:
    """Whether nine of ten filled cells hold a best response, at least two of CR, PR, SD and PD among them."""
    found: set[ResponseCategory] = set()
    read = total = 0
    for text, n in zip(texts, counts, strict=True):
        category = response_category(text)
        total += n
        if category is not None:
            found.add(category)
            read += n
    return len(found - {"NE"}) >= 2 and read >= 0.9 * total
