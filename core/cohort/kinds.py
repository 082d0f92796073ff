"""Typing the columns of a table: number, category, date, text or empty.

A column is typed from its distinct texts, so that a large table costs little more than its vocabulary. Belongs here:
the columns together and what they say about each other. Does not belong here: what a column is for (``roles``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from core.cohort.cohort import ColumnKind, DataIssue, RawTable, Table
from core.cohort.column_reader import Asked, ColumnReader, Evidence, Texts, Typed
from core.cohort.dates import date_order
from core.cohort.distinct import Distinct, counted_codes, keep_distinct
from core.cohort.issues import IssueLog, listed
from core.cohort.missing import missing_codes
from core.cohort.numbers import comma_meaning
from core.cohort.rows import row_array
from core.cohort.sure_words import sure_words
from core.cohort.values import days_of
from core.cohort.written import carried
from core.errors import SpecError
from core.spec import Kind
from core.timetoevent import IntArray
from core.work.progress import go_on
from core.work.threads import on_all

_FEW_COLUMNS = 90


class TypedColumns:
    """The columns of a table, each typed by what its cells say, and again when its role asks for another kind.

    Parameters
    ----------
    raw : RawTable
    table : str
        Which table the issues are said of.
    said : dict of column to kind, optional
        What the user said; wins over the cells and over roles.

    Raises
    ------
    SpecError
        If no cell of a column is of the kind that was said.

    Attributes
    ----------
    kinds : dict of column to kind
    """

    def __init__(self, raw: RawTable, *, table: str, said: Mapping[str, Kind] | None = None) -> None:
        self._raw = raw
        self._table = table
        self._rows = row_array(raw.row_numbers)
        self._said: Mapping[str, Kind] = said or {}
        texts = on_all(lambda name: distinct_texts(raw, name), raw.columns, rows=len(self._rows))
        self._texts = dict(zip(raw.columns, texts, strict=True))
        self._evidence = gather_evidence(raw, list(self._texts.values()))
        self._series: dict[str, pd.Series[Any]] = {}
        self._typed: dict[str, Typed] = {}
        self._logs: dict[str, IssueLog] = {}
        self.kinds: dict[str, ColumnKind] = {}
        for name, read in zip(raw.columns, on_all(self._read, raw.columns, rows=len(self._rows)), strict=True):
            self._take(name, *read)

    def type(self, name: str, asked: Asked | None = None) -> None:
        """Type one column; ``asked`` is the kind its role needs ('grade': an adverse event's, 1 to 5)."""
        asked = self._said.get(name, asked)
        if asked is not None and self.kinds.get(name) in (asked, "empty"):
            return
        go_on()
        self._take(name, *self._read(name, asked))

    def _read(self, name: str, asked: Asked | None = None) -> tuple[Typed, IssueLog]:
        """A column read as one kind, and what was found."""
        asked = self._said.get(name, asked)
        texts, log = self._texts[name], IssueLog(self._table)
        read = ColumnReader(texts=texts, evidence=self._evidence, rows=self._rows, log=log).read(asked)
        if name in self._said and read.kind not in (asked, "empty"):
            raise SpecError(
                f"'{name}' cannot be read as a {asked}: none of its values is one.",
                hint=f"Its values are {listed(texts.texts)}; choose another kind.",
            )
        if texts.missing and read.kind != "empty":
            _report_missing(texts, self._raw, self._rows, log)
        return read, log

    def _take(self, name: str, read: Typed, log: IssueLog) -> None:
        self.kinds[name], self._logs[name] = read.kind, log
        self._series[name], self._typed[name] = pd.Series(read.values, name=name), read

    def can_be(self, name: str, kind: Kind) -> bool:
        """Whether the user said nothing against a kind."""
        return self._said.get(name, kind) == kind

    def texts(self, name: str) -> Texts:
        """The distinct texts of a column."""
        return self._texts[name]

    def label(self, name: str) -> str:
        """What the file calls a column in full; '' where it does not say."""
        return self._raw.labels.get(name, "")

    def frame(self) -> pd.DataFrame:
        """The typed columns (see ``Table.frame``)."""
        few = len(self._series) <= _FEW_COLUMNS  # more would be slow to work with in pieces
        return pd.DataFrame(self._series, columns=list(self._series), copy=not few)

    def keep(self, table: Table) -> None:
        """Remember in a table made of these columns what was found of their distinct values."""
        for name, read in self._typed.items():
            texts = self._texts[name]
            if read.kind == "text":
                keep_distinct(
                    table, name, "cells", Distinct(values=texts.texts, counts=texts.counts, codes=texts.codes)
                )
            elif read.kind in ("number", "date") and read.distinct is not None:
                numbers = read.distinct if read.kind == "number" else days_of(read.distinct)
                keep_distinct(table, name, "numbers", Distinct(values=numbers, counts=texts.counts, codes=texts.codes))
            elif read.kind == "category" and isinstance(read.values, pd.Categorical) and read.distinct is not None:
                levels = tuple(map(str, read.values.categories))
                counts = np.bincount(read.distinct, weights=texts.counts, minlength=len(levels)).astype(np.int64)
                keep_distinct(table, name, "levels", Distinct(values=levels, counts=counts, codes=read.values.codes))

    def issues(self) -> list[DataIssue]:
        """What was found while typing, column by column."""
        return [issue for log in self._logs.values() for issue in log.found]


def distinct_texts(raw: RawTable, name: str) -> Texts:
    """The distinct texts of a column, missing codes told apart."""
    found, uniques = raw.codes_of(name)
    all_differ = len(uniques) == len(found)  # each stands once: all of them stand somewhere
    counts = np.ones(len(found), dtype=np.int64) if all_differ else counted_codes(found, len(uniques))
    words = sure_words(uniques)
    codes = missing_codes(uniques if not words.any() else [uniques[i] for i in np.flatnonzero(~words)])
    if not codes:
        return Texts(name=name, texts=uniques, codes=found, counts=counts, missing={}, words=words)
    kept = [i for i, text in enumerate(uniques) if text not in codes]
    recode = np.full(len(uniques) + 1, -1, dtype=np.min_scalar_type(-len(uniques) - 1))
    recode[kept] = np.arange(len(kept))
    return Texts(
        name=name,
        texts=[uniques[i] for i in kept],
        codes=carried(recode, found),
        counts=counts[kept],
        missing={text: int(counts[i]) for i, text in enumerate(uniques) if text in codes},
        words=words[kept],
    )


def gather_evidence(raw: RawTable, columns: list[Texts]) -> Evidence:
    """What columns that can tell say for those that cannot: decimal comma, order of day and month."""
    commas = {comma_meaning(column.readable) for column in columns}
    decimal: bool | None = True if "decimal" in commas else None
    if decimal is None and "thousands" in commas:
        decimal = False
    if decimal is None and raw.delimiter == ";":
        decimal = True
    orders = [date_order(column.readable) for column in columns if _has_slash(column.texts)]
    known = [order for order in orders if order in ("day first", "month first")]
    order = known[0] if known and len(set(known)) == 1 else None
    return Evidence(decimal_comma=decimal, date_order=order, is_text_file=raw.delimiter is not None)


def _has_slash(texts: list[str]) -> bool:
    return any(text.count("/") == 2 or text.count("-") == 2 for text in texts[:50])


def _report_missing(texts: Texts, raw: RawTable, numbers: IntArray, log: IssueLog) -> None:
    codes, found = raw.codes_of(texts.name)
    is_missing = np.array([*(text in texts.missing for text in found), False], dtype=np.bool_)  # the last one: empty
    rows = tuple(numbers[np.flatnonzero(carried(is_missing, codes))].tolist())
    written = ", ".join(f"'{text}' ({n})" for text, n in texts.missing.items())
    log.add(
        "missing-code", "info", f"'{texts.name}': {written} was read as missing.", column=texts.name, rows=rows,
        remedy="If one of these is a real value, give it another name.",
    )  # fmt: skip
