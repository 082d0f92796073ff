"""The field's words: aliases of columns and endpoints, English and Chinese (``vocabulary.json`` says their origin)."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from core.cohort.values import fold

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORDS = re.compile(r"[a-z]+|\d+|[^\W\da-z_]+")


@cache
def vocabulary() -> dict[str, Any]:
    """The vocabulary file."""
    loaded: dict[str, Any] = json.loads(Path(__file__).with_name("vocabulary.json").read_text(encoding="utf-8"))
    return loaded


def name_words(name: str) -> list[str]:
    """A column name as folded words: 'OS_months' and 'OsMonths' are os, months; '总生存期（月）' is 总生存期, 月."""
    return _WORDS.findall(fold(_CAMEL.sub(" ", name)))


def compact(name: str) -> str:
    """A column name without case, width, blanks and punctuation, for comparing with aliases."""
    return "".join(name_words(name))


@cache
def aliases(role: str) -> dict[str, int]:
    """Compact aliases of a role and their rank (0 = the most telling)."""
    found: dict[str, int] = {}
    for rank, alias in enumerate(vocabulary()["column_aliases"][role]):
        found.setdefault(compact(alias), rank)
        found.setdefault(date_form(alias), rank)
    return found


def date_form(name: str) -> str:
    """The compact name with 'date' at its end, so that 'Date LTP', 'Date of LTP' and 'LTP (date)' are one."""
    words = name_words(name)
    if "date" not in words:
        return compact(name)
    return "".join([*(word for word in words if word not in ("date", "of", "the")), "date"])


@cache
def part_words() -> dict[str, tuple[str, str]]:
    """Compact words a time or event column is named with: word -> (part, meaning).

    Parts are ``endpoint`` (OS, PFS, ...), ``time``, ``event``, ``event_of`` (an endpoint's own event), ``unit``,
    ``joining``. Where a word is in two lists the earlier of endpoint, event_of, unit, time, event, joining holds.
    """
    words: dict[str, tuple[str, str]] = {}
    parts = vocabulary()["name_parts"]
    for endpoint, entry in vocabulary()["endpoints"].items():
        for alias in entry["aliases"]:
            words.setdefault(compact(alias), ("endpoint", endpoint))
    for endpoint, names in parts["event_of"].items():
        for name in names:
            words.setdefault(compact(name), ("event_of", endpoint))
    for unit, names in parts["unit"].items():
        for name in names:
            words.setdefault(compact(name), ("unit", unit))
    for part in ("time", "event", "joining"):
        for name in parts[part]:
            words.setdefault(compact(name), (part, ""))
    return words
