"""Whom a row is of where no number of the study says it: names of persons, whole or in parts, or rows of the file.

Belongs here: which column names the patients then, and the columns that are made for it. Does not belong here:
recognising what could name a person (``privacy``), replacing names by numbers (``deidentify``).
"""

from __future__ import annotations

import numpy as np

from core.cohort.cohort import RawTable
from core.cohort.kinds import TypedColumns
from core.cohort.privacy import IdentifierKind, find_identifiers
from core.cohort.vocabulary import aliases, compact

ROW = "Row in the file"
_FULL = "Patient name"
_LAST = frozenset(("surname", "lastname", "familyname", "姓"))
_FIRST = frozenset(("forename", "firstname", "givenname", "名"))
_PARTS = _LAST | _FIRST | {"middlename", "initials"}
_TELLING: tuple[IdentifierKind, ...] = ("hospital number", "national id", "name")
_ENOUGH = 0.5


def person_columns(raw: RawTable) -> list[str]:
    """Columns that name the persons of a table, the surest first; names of relatives and parts of names last."""
    found = [finding for finding in find_identifiers(raw) if finding.kind in _TELLING]
    ranked = sorted(found, key=lambda finding: (compact(finding.column) in _PARTS, _TELLING.index(finding.kind)))
    return [finding.column for finding in ranked]


def naming_column(raw: RawTable, columns: TypedColumns, *, repeated: bool) -> str | None:
    """The column that tells one patient from another where no identifier does; None where none can.

    Parameters
    ----------
    raw : RawTable
    columns : TypedColumns
        Of the same table.
    repeated : bool
        Whether a patient may have several rows.
    """
    if ROW in raw.columns:
        return ROW
    n = len(raw.row_numbers)
    for name in person_columns(raw):
        texts = columns.texts(name)
        n_filled = int(texts.counts.sum())
        if not columns.can_be(name, "text") or n_filled < _ENOUGH * n:
            continue
        is_part = compact(name) in _PARTS
        if repeated or len(texts.texts) == n_filled or (not is_part and len(texts.texts) >= _ENOUGH * n_filled):
            return name
    return None


def with_full_names(raw: RawTable) -> RawTable:
    """The table with a column of full names where surname and forename stand apart and no number names the patients."""
    called = {compact(name): name for name in raw.columns}
    last = next((called[word] for word in called if word in _LAST), None)
    first = next((called[word] for word in called if word in _FIRST), None)
    if last is None or first is None or _FULL in raw.columns or aliases("patient_id").keys() & called.keys():
        return raw
    whole = [
        " ".join(part for part in parts if part) or None
        for parts in zip(raw.cells_of(last), raw.cells_of(first), strict=True)
    ]
    return _with_column(raw, _FULL, whole)


def with_row_numbers(raw: RawTable) -> RawTable:
    """The table with a column that calls each patient by the row of the file."""
    if ROW in raw.columns:
        return raw
    return _with_column(raw, ROW, [f"row {number}" for number in raw.row_numbers])


def _with_column(raw: RawTable, name: str, texts: list[str | None] | list[str]) -> RawTable:
    column = np.empty(len(texts), dtype=object)
    column[:] = texts
    return raw.with_first(name, column)
