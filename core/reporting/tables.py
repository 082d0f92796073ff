"""A table as it is printed, and the numbers behind it: one frozen value for screen, CSV, Excel and report.

Belongs here: the model of a table. Does not belong here: which numbers a table shows (``*_table.py``), files
(``delimited.py``, ``excel.py``, ``word.py``, ``latex.py``, ``html.py``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import pandas as pd

Value: TypeAlias = float | int | str | None
RowKind: TypeAlias = Literal["body", "heading", "total"]
INDENT = "\u2003"  # em space: the screen keeps it, a plain space it would swallow


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One number behind a printed cell: its own column where numbers are wanted as numbers.

    Attributes
    ----------
    label : str
        Heading of its column.
    number_format : str
        As spreadsheets write formats, for example ``0.0`` or ``0.0%``.
    """

    label: str
    number_format: str = "General"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableColumn:
    """A printed column and the numbers behind its cells.

    Attributes
    ----------
    key, label : str
        The label says everything by itself: screens and CSV have one row of headings.
    parts : tuple of Part
    align : {'left', 'right'}
    spanner, under : str
        Where paper has two rows of headings: what stands above this column and its neighbours with the same, and what
        stands under it. Empty: the label alone.
    """

    key: str
    label: str
    parts: tuple[Part, ...]
    align: Literal["left", "right"] = "right"
    spanner: str = ""
    under: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """What is printed, and one value for each part of the column (none in headings)."""

    text: str
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """One printed row.

    Attributes
    ----------
    cells : tuple of Cell
        One per column.
    indent : int
        Steps the first cell is moved in: a level under its variable, a term under its class.
    kind : {'body', 'heading', 'total'}
    """

    cells: tuple[Cell, ...]
    indent: int = 0
    kind: RowKind = "body"

    def is_bold(self, column: int) -> bool:
        """Whether a cell is printed in bold: all of a total, of a heading its words, since a P in bold says more."""
        return self.kind == "total" or (self.kind == "heading" and column == 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTable:
    """A table ready to be printed.

    Attributes
    ----------
    title : str
    columns : tuple of TableColumn
        Labels that are the same get a number, since a frame's must differ.
    rows : tuple of TableRow
    footnotes : tuple of str
        Abbreviations, method, who was left out, and that data are synthetic, in this order.
    """

    title: str
    columns: tuple[TableColumn, ...]
    rows: tuple[TableRow, ...]
    footnotes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", _told_apart(self.columns))
        for row in self.rows:
            if len(row.cells) != len(self.columns):
                raise ValueError(f"a row has {len(row.cells)} cells for {len(self.columns)} columns")
            for cell, column in zip(row.cells, self.columns, strict=True):
                if cell.values and len(cell.values) != len(column.parts):
                    raise ValueError(f"'{column.label}' has {len(column.parts)} parts, a cell {len(cell.values)}")

    def to_frame(self) -> pd.DataFrame:
        """The table as printed: text under the column labels."""
        printed = [[cell.text for cell in row.cells] for row in self.rows]
        for row, texts in zip(self.rows, printed, strict=True):
            texts[0] = INDENT * row.indent + texts[0]
        return pd.DataFrame(printed, columns=[column.label for column in self.columns], dtype=object)

    def values_frame(self) -> pd.DataFrame:
        """The numbers behind the table, unrounded: one column per part; rows without any are left out."""
        labels = [part.label for column in self.columns for part in column.parts]
        rows = [
            [value for cell, column in zip(row.cells, self.columns, strict=True) for value in _values(cell, column)]
            for row in self.rows
            if any(cell.values for cell in row.cells)
        ]
        return pd.DataFrame(rows, columns=labels, dtype=object)

    def with_footnotes(self, *footnotes: str) -> ReportTable:
        """The same table with more footnotes; empty ones and repetitions are left out."""
        kept = dict.fromkeys([*self.footnotes, *(note for note in footnotes if note)])
        return replace(self, footnotes=tuple(kept))

    def without_footnote(self, footnote: str) -> ReportTable:
        """The same table without a footnote that stands elsewhere."""
        return replace(self, footnotes=tuple(note for note in self.footnotes if note != footnote))


def text_column(key: str, label: str, *, align: Literal["left", "right"] = "left") -> TableColumn:
    """A column of words."""
    return TableColumn(key=key, label=label, parts=(Part(label=label),), align=align)


def number_column(key: str, label: str, number_format: str = "0") -> TableColumn:
    """A column with one number per cell."""
    return TableColumn(key=key, label=label, parts=(Part(label=label, number_format=number_format),))


def interval_column(key: str, label: str, *, name: str, number_format: str, level: str = "95 % CI") -> TableColumn:
    """A column of estimates with their interval: three numbers per cell."""
    parts = tuple(
        Part(label=f"{name}{suffix}", number_format=number_format)
        for suffix in ("", f", {level} low", f", {level} high")
    )
    return TableColumn(key=key, label=label, parts=parts)


def count_column(key: str, label: str, *, name: str) -> TableColumn:
    """A column of ``n (%)``: the count and the share as a fraction."""
    parts = (Part(label=f"{name}, n", number_format="0"), Part(label=f"{name}, share", number_format="0.0%"))
    return TableColumn(key=key, label=label, parts=parts)


def spanned(column: TableColumn, spanner: str, under: str) -> TableColumn:
    """The same column, on paper ``under`` beneath a heading that it shares with its neighbours."""
    return replace(column, spanner=spanner, under=under)


def words(text: str) -> Cell:
    """A cell of words."""
    return Cell(text, (text,))


def blank(column: TableColumn) -> Cell:
    """An empty cell of a column."""
    return Cell("", (None,) * len(column.parts))


def heading(text: str, columns: tuple[TableColumn, ...], *, indent: int = 0) -> TableRow:
    """A row that only names what follows."""
    return TableRow(cells=(Cell(text), *(Cell("") for _ in columns[1:])), indent=indent, kind="heading")


def _told_apart(columns: tuple[TableColumn, ...]) -> tuple[TableColumn, ...]:
    """The columns with labels that all differ: a group's column may be called "Patients" too."""
    taken: set[str] = set()
    distinct: list[TableColumn] = []
    for column in columns:
        label, k = column.label, 2
        while label in taken:
            label, k = f"{column.label} ({k})", k + 1
        taken.add(label)
        distinct.append(column if label == column.label else replace(column, label=label))
    return tuple(distinct)


def _values(cell: Cell, column: TableColumn) -> tuple[Value, ...]:
    return cell.values or (None,) * len(column.parts)
