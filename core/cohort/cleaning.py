"""Values of a column written alike, as asked: spellings merged, missing codes emptied, numbers bare, answers apart.

It works on the text of the file, before columns are typed, and says every change with its rows. Belongs here: making
the changes. Does not belong here: proposing them (``cleaning_suggested``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from core.cohort.cleaning_suggested import NONE_OF_THEM, SEPARATORS, is_missing_word, recognised_cleaning
from core.cohort.cohort import DataIssue, RawTable, Table
from core.cohort.issues import IssueLog, counted, listed
from core.cohort.numbers import parse_numbers
from core.cohort.rows import row_array
from core.cohort.spellings import letters_of
from core.cohort.values import as_number, format_number
from core.cohort.written_numbers import WrittenNumber, written_number
from core.errors import MissingColumnError, SpecError
from core.spec import CleanSpec, Scalar
from core.timetoevent import IntArray

PATIENTS = "patients"


def cleaned(raw: RawTable, asked: Mapping[str, bool | CleanSpec]) -> tuple[RawTable, tuple[DataIssue, ...]]:
    """The table with its values written alike, and what was changed.

    Parameters
    ----------
    raw : RawTable
    asked : dict of column to CleanSpec or True
        True: as recognised.

    Returns
    -------
    RawTable
        With a yes/no column for each answer of a split column, behind it.
    tuple of DataIssue
        Codes: ``spellings-merged``, ``missing-value``, ``limit-as-number``, ``unit-left-out``, ``other-unit``,
        ``answers-split``.

    Raises
    ------
    MissingColumnError
        If a column is not in the table.
    SpecError
        If a value stands under two levels.
    """
    if not asked:
        return raw, ()
    log = IssueLog(PATIENTS)
    frame = raw.frame.copy(deep=False)
    for column, said in asked.items():
        if column not in raw.columns:
            raise MissingColumnError.from_available(column, raw.columns, needed_for="'clean'")
        cells = _Cells.of(raw, column)
        spec = recognised_cleaning(cells.texts, cells.counts, column=column) if said is True else said
        if not isinstance(spec, CleanSpec):
            continue
        frame[column] = _made(cells, spec, log)
        for name, values in _answers(cells, spec, taken=set(map(str, frame.columns)), log=log).items():
            frame.insert(list(frame.columns).index(column) + 1, name, values)
    return replace(raw, cells=frame), tuple(log.found)


def ordered(table: Table, asked: Mapping[str, bool | CleanSpec]) -> Table:
    """The table with the levels of its categories in the order that was asked for."""
    wanted = {column: said for column, said in asked.items() if isinstance(said, CleanSpec) and said.order}
    if not wanted:
        return table
    frame = table.frame.copy(deep=False)
    for column, said in wanted.items():
        series = frame[column]
        if not isinstance(series.dtype, pd.CategoricalDtype):
            raise SpecError(f"'{column}' has no levels to put in order.", hint="Read it as a category, with 'kinds'.")
        there = [str(level) for level in series.cat.categories]
        first = [level for level in said.order if level in there]
        if unknown := [level for level in said.order if level not in there]:
            raise SpecError(f"'{column}' has no level '{unknown[0]}'.", hint=f"Its levels are {listed(there)}.")
        frame[column] = series.cat.reorder_categories([*first, *(level for level in there if level not in first)])
    return replace(table, frame=frame, cache={})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Cells:
    """One column: ``codes`` (n,) point into the distinct ``texts`` (-1: empty)."""

    column: str
    texts: list[str]
    codes: IntArray
    rows: IntArray

    @classmethod
    def of(cls, raw: RawTable, column: str) -> _Cells:
        codes, texts = raw.codes_of(column)
        return cls(
            column=column,
            texts=texts,
            codes=np.asarray(codes, dtype=np.int64),
            rows=row_array(raw.row_numbers),
        )

    @property
    def counts(self) -> dict[str, int]:
        n = np.bincount(self.codes[self.codes >= 0], minlength=len(self.texts))
        return dict(zip(self.texts, n.tolist(), strict=True))

    def rows_of(self, texts: Iterable[str]) -> list[int]:
        chosen = set(texts)
        flags = np.array([*(text in chosen for text in self.texts), False], dtype=np.bool_)
        return [int(row) for row in self.rows[flags[self.codes]]]

    def written(self, write: Callable[[str], str | None]) -> Any:
        """The column with each distinct text written anew, shape (n,)."""
        by_code = np.array([*(write(text) for text in self.texts), None], dtype=object)
        return by_code[self.codes]


def _made(cells: _Cells, spec: CleanSpec, log: IssueLog) -> Any:
    """The column with missing codes emptied, numbers bare, and spellings merged."""
    missing = {text for text in cells.texts if _is_one_of(text, spec.missing)}
    if missing:
        rows = cells.rows_of(missing)
        log.add(
            "missing-value", "info",
            f"'{cells.column}': {listed(sorted(missing))} in {counted(len(rows), 'cell')} was counted as missing.",
            column=cells.column, rows=rows, remedy="Take the code out of 'missing' if it is a real value.",
        )  # fmt: skip
    if spec.numbers:
        numbers = _numbers(cells, missing, log)
        return cells.written(lambda text: None if text in missing else numbers.get(text, text))
    level_of = _levels(cells, spec, missing, log)
    return cells.written(lambda text: None if text in missing else level_of.get(text, text))


def _is_one_of(text: str, values: Iterable[Scalar]) -> bool:
    number = as_number(text)
    return any(
        letters_of(text) == letters_of(str(value)) or (number is not None and number == as_number(value))
        for value in values
    )


def _levels(cells: _Cells, spec: CleanSpec, missing: set[str], log: IssueLog) -> dict[str, str]:
    """Level of every text that is written otherwise."""
    level_of: dict[str, str] = {}
    for level, values in spec.merge.items():
        for text in cells.texts:
            if text in missing or not (text.strip() == level or _is_one_of(text, values)):
                continue
            if level_of.setdefault(text, level) != level:
                raise SpecError(
                    f"'{text}' of column '{cells.column}' is merged into both '{level_of[text]}' and '{level}'."
                )
    for level in spec.merge:
        spelt = [text for text, other in level_of.items() if other == level and text != level]
        if spelt:
            rows = cells.rows_of(spelt)
            log.add(
                "spellings-merged", "info",
                f"'{cells.column}': {listed(spelt)} in {counted(len(rows), 'cell')} was read as '{level}'.",
                column=cells.column, rows=rows, remedy="Take them out of 'merge' if they mean something else.",
            )  # fmt: skip
    return level_of


def _numbers(cells: _Cells, missing: set[str], log: IssueLog) -> dict[str, str | None]:
    """The bare number of every text that has something beside it; None where its unit is not that of most cells."""
    comma = parse_numbers(cells.texts).comma
    decimal = {"decimal": True, "thousands": False}.get(comma)
    read = {text: written_number(text, decimal_comma=decimal) for text in cells.texts if text not in missing}
    more = {text: number for text, number in read.items() if number is not None and not number.is_plain}
    counts = cells.counts
    units: dict[str, int] = {}
    for text, number in more.items():
        if number.unit:
            units[letters_of(number.unit)] = units.get(letters_of(number.unit), 0) + counts[text]
    usual = max(units, key=lambda unit: units[unit], default="")
    other = {text for text, number in more.items() if number.unit and letters_of(number.unit) != usual}
    _say_numbers(cells, {text: number for text, number in more.items() if text not in other}, other, log)
    return {text: None if text in other else format_number(number.value) for text, number in more.items()}


def _say_numbers(cells: _Cells, more: Mapping[str, WrittenNumber], other: set[str], log: IssueLog) -> None:
    name = cells.column
    limits = [text for text, number in more.items() if number.limit]
    units = [text for text, number in more.items() if number.unit]
    if limits:
        rows = cells.rows_of(limits)
        log.add(
            "limit-as-number", "warning",
            f"'{name}': {counted(len(rows), 'cell')} beyond a limit ({listed(limits)}) read as the limit itself.",
            column=name, rows=rows,
            remedy="Medians and cut-points within the limits are not affected; means are. Say it in the paper.",
        )  # fmt: skip
    if units:
        rows = cells.rows_of(units)
        unit = more[units[0]].unit
        log.add(
            "unit-left-out", "info", f"'{name}': '{unit}' left out of {counted(len(rows), 'cell')} ({listed(units)}).",
            column=name, rows=rows, remedy="Cells without a unit are taken to be in the same one.",
        )  # fmt: skip
    if other:
        rows = cells.rows_of(other)
        log.add(
            "other-unit", "warning",
            f"'{name}': {counted(len(rows), 'cell')} in another unit than most ({listed(sorted(other))}) counted as "
            "missing.",
            column=name, rows=rows, remedy="Convert these cells.",
        )  # fmt: skip


def _answers(cells: _Cells, spec: CleanSpec, *, taken: set[str], log: IssueLog) -> dict[str, Any]:
    """A yes/no column for each answer that cells list, the last first, so that each can stand behind the column."""
    if not spec.split:
        return {}
    sign = spec.split if isinstance(spec.split, str) else SEPARATORS
    parts = {text: _parts(text, sign) for text in cells.texts}
    missing = {text for text in cells.texts if _is_one_of(text, spec.missing) or is_missing_word(text)}
    named: dict[str, str] = {}
    for text in cells.texts:
        for part in parts[text] if text not in missing else ():
            if letters_of(part) not in NONE_OF_THEM:
                named.setdefault(letters_of(part), part)
    made: dict[str, Any] = {}
    for key, part in named.items():
        has = {text: key in {letters_of(one) for one in parts[text]} for text in cells.texts}
        column = f"{cells.column}: {part}"
        while column in taken or column in made:
            column += " (answer)"
        made[column] = cells.written(lambda text, has=has: None if text in missing else "Yes" if has[text] else "No")  # type: ignore[misc]
    if made:
        several = [text for text in cells.texts if len(parts[text]) > 1]
        log.add(
            "answers-split", "info",
            f"'{cells.column}' lists several answers; {listed(list(made))} say yes or no for each.",
            column=cells.column, rows=cells.rows_of(several),
            remedy="An empty cell is missing in all of them; 'none' is no in all of them.",
        )  # fmt: skip
    return dict(reversed(made.items()))


def _parts(text: str, signs: str) -> list[str]:
    for sign in signs if signs == SEPARATORS else ():
        text = text.replace(sign, "\n")
    found = text.split("\n" if signs == SEPARATORS else signs)
    return [part.strip() for part in found if part.strip()]
