"""A chart's words in another language: titles, labels, what stands in its data to be read; codes stay as they are.

A text of the data that an expression compares with another is a code, not a word. Everything else that is text is
translated, and so are the lists that name the same texts: domains of scales, orders of rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from ui.charts.short_names import broken
from ui.charts.specification import Spec
from ui.charts.theme import text_width

Say: TypeAlias = Callable[[str], str]

_TITLES = frozenset({"title", "text", "subtitle", "description"})
_LISTS = frozenset({"domain", "sort"})
_EXPRESSIONS = frozenset({"expr", "labelExpr", "filter", "calculate", "test"})
_COMPARED = re.compile(r"datum(?:\.(\w+)|\['([^']+)'\])\s*[!=]==?\s*'[^']+'|'[^']+'\s*[!=]==?\s*datum\.(\w+)")
_WORDS = re.compile(r"[a-z]{3,}")
_QUOTED = re.compile(r"(?<![=!]= )(?<![=!]=)(?<!\[)'([^'\\]*[A-Za-z]{2}[^'\\]*)'(?!\s*[=!]=|\])")


def spec_in(spec: Any, say: Say) -> Any:
    """The specification with its words said by ``say``; anything that is no specification as it is."""
    if not isinstance(spec, dict):
        return spec
    codes = _codes(spec)
    made: Spec = {key: _said(value, key, say, codes) for key, value in spec.items() if key != "datasets"}
    if "datasets" in spec:
        made["datasets"] = {name: _rows(table, say, codes) for name, table in spec["datasets"].items()}
    return made


def _codes(part: Any) -> frozenset[str]:
    """Fields whose texts an expression compares."""
    found: set[str] = set()
    waiting = [part]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping):
            if isinstance(one.get("oneOf") or one.get("equal"), (list, str)) and isinstance(one.get("field"), str):
                found.add(one["field"])
            waiting += [value for key, value in one.items() if key != "datasets"]
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, str) and "datum" in one:
            found |= {name for match in _COMPARED.finditer(one) for name in match.groups() if name}
    return frozenset(found)


def _said(value: Any, key: str, say: Say, codes: frozenset[str]) -> Any:
    if isinstance(value, Mapping):
        inside = frozenset(value) if value.get("field") not in codes else frozenset(value) - {"scale", "sort"}
        return {name: _said(one, name, say, codes) if name in inside else one for name, one in value.items()}
    if isinstance(value, list):
        if key == "values":  # data that stand in the specification itself, as in a sheet of several panels
            return [_record(row, say, codes) for row in value]
        return [
            say(one) if isinstance(one, str) and key in _TITLES | _LISTS else _said(one, key, say, codes)
            for one in value
        ]
    if isinstance(value, str):
        if key in _TITLES:
            return say(value)
        if key in _EXPRESSIONS:
            return _QUOTED.sub(
                lambda match: f"'{_quotable(say(match[1]))}'" if _is_words(match[1]) else match[0], value
            )
    return value


def _is_words(text: str) -> bool:
    return " " in text or text[:1].isupper()


def _quotable(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\u2019")


def _rows(table: Any, say: Say, codes: frozenset[str]) -> Any:
    """A data set, Arrow table or records, with its texts said."""
    if isinstance(table, list):
        return [_record(row, say, codes) for row in table]
    import pyarrow as pa

    for i, field in enumerate(table.schema):
        if field.name not in codes and _is_text(field.type):
            known: dict[str, Any] = {}
            texts = [None if text is None else _once(text, say, known) for text in table.column(i).to_pylist()]
            table = table.set_column(i, field.name, pa.array(texts, type=field.type))
    return table


def _once(text: Any, say: Say, known: dict[str, Any]) -> Any:
    """A text, or lines of text, said once however often it stands in a column."""
    key = "\n".join(text) if isinstance(text, list) else text
    if key not in known:
        known[key] = _lines(text, say) if isinstance(text, list) else say(text)
    return known[key]


def _lines(lines: list[str], say: Say) -> list[str]:
    """Lines that say more together than one by one were one sentence, broken where it was too wide."""
    said = [say(line) for line in lines]
    if len(lines) > 1 and any(_WORDS.search(line) for line in said):
        whole = say(" ".join(lines))
        if len(_WORDS.findall(whole)) < sum(len(_WORDS.findall(line)) for line in said):
            return broken(whole, max(map(text_width, lines)))
    return said


def _is_text(kind: Any) -> bool:
    import pyarrow as pa

    inner = kind.value_type if pa.types.is_list(kind) else kind
    return bool(pa.types.is_string(inner) or pa.types.is_large_string(inner))


def _record(row: Any, say: Say, codes: frozenset[str]) -> Any:
    if not isinstance(row, Mapping):
        return row
    return {name: say(cell) if isinstance(cell, str) and name not in codes else cell for name, cell in row.items()}
