"""A sheet that explains the codes of another: 'TRT | Treatment | 1=TACE; 2=HAIC', or a row for each code.

Belongs here: recognising such a sheet and reading it. Does not belong here: putting its labels in place of the codes
(``redcap.with_dictionary``, as for a REDCap data dictionary).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from core.cohort.cohort import RawTable
from core.cohort.missing import MISSING_CODES, is_unknown
from core.cohort.vocabulary import compact

_FIELDS = frozenset(("variable", "variablename", "var", "field", "fieldname", "column", "columnname", "name", "item",
                     "变量", "变量名", "字段", "字段名", "列名", "项目"))  # fmt: skip
_VALUES = frozenset(("values", "value", "codes", "code", "coding", "valuelabels", "categories", "options", "levels",
                     "coded", "codedas", "codedvalues", "format", "编码", "取值", "赋值", "代码", "值"))  # fmt: skip
_MEANINGS = frozenset(("meaning", "valuelabel", "codelabel", "decode"))  # not shown
_MEANINGS |= frozenset(("category", "含义", "值标签", "说明"))
_LABELS = frozenset(("label", "description", "question", "definition"))  # not shown
_LABELS |= frozenset(("variablelabel", "fieldlabel", "标签", "描述", "变量标签", "中文名"))  # not shown
_PAIR = re.compile(r"\s*['\"“]?\s*([-+]?\w+(?:\.\d+)?)\s*['\"”]?\s*(?:=+|[:：]|->|→)\s*['\"“]?\s*(.+?)\s*['\"”]?\s*")
_CODE = re.compile(r"[-+]?\d+(?:\.\d+)?|\w{1,3}")
_FEWEST = 2

Entries = dict[str, tuple[str, dict[str, str]]]


def is_codebook(raw: RawTable) -> bool:
    """Whether a table names variables and explains the codes of at least two of them."""
    field, values, _, _ = _parts(raw)
    if field is None or values is None or len(raw.columns) > 8:
        return False
    return sum(bool(choices) for _, choices in _read(raw).values()) >= _FEWEST


def entries(raw: RawTable, columns: Iterable[str]) -> Entries:
    """Label and choices (code to label) of those columns that the codebook explains, by their names in the data."""
    known = {compact(field): entry for field, entry in _read(raw).items()}
    return {column: known[compact(column)] for column in columns if compact(column) in known}


def only_missing(choices: Mapping[str, str]) -> bool:
    """Whether all that is explained are codes for a missing value, as of a number: '999=missing'."""
    return all(label.casefold() in MISSING_CODES or is_unknown(label) for label in choices.values())


def _parts(raw: RawTable) -> tuple[str | None, str | None, str | None, str | None]:
    """The columns with the variable's name, the codes, the meaning of one code, and the variable's label."""
    names = {compact(name): name for name in reversed(raw.columns)}

    def first(known: frozenset[str]) -> str | None:
        return next((name for called, name in reversed(names.items()) if called in known), None)

    return first(_FIELDS), first(_VALUES), first(_MEANINGS), first(_LABELS)


def _read(raw: RawTable) -> Entries:
    field, values, meaning, label = _parts(raw)
    assert field is not None
    assert values is not None
    found: Entries = {}
    now = ""
    for row in raw.frame.to_dict("records"):
        now = str(row[field] or "").strip() or now  # the name stands in the first of its rows only
        written, said = str(row[values] or ""), str(row[label] or "") if label is not None else ""
        text, choices = found.setdefault(now, (said.strip() if row[field] else "", {}))
        packed = _packed(written)
        each = meaning or label
        if packed:
            choices |= packed
        elif each is not None and _CODE.fullmatch(written.strip()) and str(row[each] or "").strip():
            choices[written.strip().casefold()] = str(row[each]).strip()
            found[now] = (text if meaning is not None else "", choices)
    return {name: entry for name, entry in found.items() if name}


def _packed(written: str) -> dict[str, str]:
    """'1=TACE; 2=HAIC' as code to label; empty where the text is something else."""
    parts = [part for part in re.split(r"[;；|\n]", written) if part.strip()]
    if len(parts) == 1:
        parts = [part for part in re.split(r"[,，、]", written) if part.strip()]
    pairs = [_PAIR.fullmatch(part) for part in parts]
    if not pairs or not all(pairs):
        return {}
    return {pair[1].casefold(): pair[2] for pair in pairs if pair is not None}
