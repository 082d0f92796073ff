"""How a table stands on paper: rows of headings, widths of columns, page across or upright, and text without harm.

Belongs here: what Word, Excel, LaTeX and HTML share. Does not belong here: the files themselves.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from core.reporting.language.writing import said
from core.reporting.tables import ReportTable, TableColumn

# XML 1.0 has no place for these, and neither has paper: controls, halves of surrogate pairs, non-characters.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_REPLACEMENT = "\ufffd"
_UPRIGHT, _ACROSS = 88, 136  # digits of 9 pt in the text width of a page, upright and across
_TIGHT = 1.15  # so much too wide a table still stands upright, with a line broken here and there
_NARROWEST, _WIDEST_NUMBERS, _WIDEST_WORDS = 6, 24, 40
_INDENT = 2
_BOLD = 1.1  # letters of a heading are that much wider
_NARROW = frozenset(" .,;:()[]iljtfr|!'")
_TOGETHER = re.compile(r"(?<=\d) (?=%)|(?<=%) (?=CI)|(?<=\(N) (?==)|(?<==) (?=\d)|(?<=\bn) (?=\(%)")


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadCell:
    """A heading and what it stands over: ``columns`` from ``first``, and ``rows`` of headings."""

    text: str
    first: int
    columns: int = 1
    rows: int = 1
    align: Literal["left", "center", "right"] = "left"


def head_rows(table: ReportTable) -> tuple[tuple[HeadCell, ...], ...]:
    """The headings row by row: one, or two where columns share a heading."""
    if not any(column.spanner for column in table.columns):
        return (tuple(_own(j, column) for j, column in enumerate(table.columns)),)
    upper: list[HeadCell] = []
    lower: list[HeadCell] = []
    for spanner, run in groupby(enumerate(table.columns), key=lambda item: item[1].spanner):
        members = list(run)
        if not spanner:
            upper += [_own(j, column, rows=2) for j, column in members]
            continue
        upper.append(HeadCell(text=_head_text(spanner), first=members[0][0], columns=len(members), align="center"))
        lower += [
            HeadCell(text=_head_text(column.under or column.label), first=j, align=column.align)
            for j, column in members
        ]
    return tuple(upper), tuple(lower)


def _own(j: int, column: TableColumn, *, rows: int = 1) -> HeadCell:
    return HeadCell(text=_head_text(column.label), first=j, rows=rows, align=column.align)


def _head_text(label: str) -> str:
    """A heading whose numbers stay with their units where it is broken into lines."""
    return _TOGETHER.sub("\u00a0", printable(label))


def widths(table: ReportTable) -> tuple[int, ...]:
    """Width of each column in characters; longer texts are broken into lines."""
    return tuple(_width(table, j, column) for j, column in enumerate(table.columns))


def _width(table: ReportTable, j: int, column: TableColumn) -> int:
    # A name that stands alone in its row may take a second line; it does not make its column wide.
    rows = [row for row in table.rows if j or len(row.cells) == 1 or any(cell.text for cell in row.cells[1:])]
    cells = [_extent(printable(row.cells[j].text)) + (_INDENT * row.indent if j == 0 else 0) for row in rows]
    label = printable(column.under or column.label)
    longest_word = _BOLD * max((_extent(word) for word in _TOGETHER.sub("\u00a0", label).split(" ")), default=0)
    widest = _WIDEST_NUMBERS if column.align == "right" and j else _WIDEST_WORDS
    # Two lines of heading are fine; more than that is a column that is too narrow.
    wanted = math.ceil(max(max(cells, default=0), longest_word, _extent(label) / 3))
    return min(max(wanted, _NARROWEST), widest) + 2


def _extent(text: str) -> float:
    """Width of the longest line in digits: most letters are as wide, some half, East Asian signs twice."""
    return max((sum(map(_sign_width, line)) for line in text.split("\n")), default=0.0)


def _sign_width(sign: str) -> float:
    if sign in _NARROW:
        return 0.55
    if sign.isupper() or sign in "m%±":
        return 1.3
    return 1.8 if unicodedata.east_asian_width(sign) in "WF" else 1.0


def is_wide(table: ReportTable) -> bool:
    """Whether the table needs a page across."""
    return sum(widths(table)) > _TIGHT * _UPRIGHT


def is_very_wide(table: ReportTable) -> bool:
    """Whether a page across is too narrow for letters of the usual size."""
    return sum(widths(table)) > _TIGHT * _ACROSS


def share_of_page(table: ReportTable) -> float:
    """How much of the text width the table fills, up to 1."""
    return min(1.0, 1.2 * sum(widths(table)) / (_ACROSS if is_wide(table) else _UPRIGHT))


def printable(text: str) -> str:
    """Text that every kind of file can hold, in the file's language: what cannot be printed is replaced."""
    return _UNPRINTABLE.sub(_REPLACEMENT, said(text).replace("\r\n", "\n").replace("\r", "\n"))
