"""From delimited text to rows of cells: which character separates, and what quoting is broken."""

from __future__ import annotations

import csv
import io
import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from core.cohort.guards import MAX_CELLS, MAX_COLUMNS, MAX_TEXT_CELLS, refuse_cells
from core.errors import ReadError
from core.work.progress import go_on

_CANDIDATES = (",", ";", "\t", "|")
_RARE = ("^", "~", "¦", ":")  # looked for only where none of the above cuts the lines
_LOOK_AT = 200
_SAMPLE = 1_000_000  # letters; no more than a cell may hold
_PART = 20_000  # rows
_LONGEST_CELL = 10_000_000
csv.field_size_limit(_LONGEST_CELL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Cells of a file, row by row.

    Attributes
    ----------
    cells : list of list of str
        One list per spreadsheet row, blank rows included; lengths may differ.
    first_row : int
        Row number of the first list.
    delimiter : str or None
    broken_quote : int or None
        Row where a quotation mark opens and never closes; quotes were then read as letters.
    merged : tuple of int
        Rows with a cell that a merged cell of a workbook covers; it was filled with that cell's content.
    """

    cells: list[list[str]]
    first_row: int = 1
    delimiter: str | None = None
    broken_quote: int | None = None
    merged: tuple[int, ...] = ()


def cut_rows(text: str, *, name: str) -> Rows:
    """Cut text into rows and cells.

    Raises
    ------
    ReadError
        If no delimiter makes more than one column.
    """
    text = text.lstrip("\ufeff").rstrip("\x1a\0\r\n") + "\n" if text.strip() else ""
    declared, text = _declared(text)
    delimiter = declared or sniff(text)
    if delimiter is None:
        raise ReadError(
            f"'{name}' is not a table: no comma, semicolon, tab or bar separates its lines into columns.",
            hint="Save the sheet as CSV or Excel (.xlsx) and load that file.",
        )
    rows = text.count("\n") or 1
    columns = (text.count(delimiter) + rows) // rows
    refuse_cells(rows, columns, name=name, most=MAX_TEXT_CELLS if columns <= MAX_COLUMNS else MAX_CELLS)
    if delimiter == " ":
        text = "\n".join(line.strip() for line in text.splitlines())
    broken = _broken_quote(text, delimiter)
    try:
        cells = _all_cells(read_cells(text, delimiter, quoted=broken is None))
    except csv.Error:
        raise ReadError(
            f"'{name}' has a cell of more than {_LONGEST_CELL:,} letters.",
            hint="Look for a line without line ends or delimiters, or for a quotation mark that never closes.",
        ) from None
    return Rows(cells=cells, delimiter=delimiter, broken_quote=broken)


def _all_cells(rows: Iterator[list[str]]) -> list[list[str]]:
    cells: list[list[str]] = []
    while part := list(itertools.islice(rows, _PART)):
        go_on()
        cells += part
    return cells


def sniff(text: str) -> str | None:
    """The delimiter under which the header and most rows have the same number of cells, or None."""
    text = text[:_SAMPLE]
    if (chosen := _best(text, _CANDIDATES)) is not None:
        return chosen
    if _is_space_separated(text):
        return " "
    rare = _best(text, _RARE)
    return rare if rare is not None and _cuts_every_line(text, rare) else None


def _best(text: str, candidates: tuple[str, ...]) -> str | None:
    best: tuple[float, int] = (0.0, 0)
    chosen: str | None = None
    for delimiter in candidates:
        score = _score(text, delimiter)
        if score > best:
            best, chosen = score, delimiter
    return chosen


def _cuts_every_line(text: str, delimiter: str) -> bool:
    """Whether each of at least three lines has the same number of cells; prose with a colon has not."""
    lengths = [len(row) for row in itertools.islice(read_cells(text, delimiter), _LOOK_AT) if any(row)]
    return len(lengths) >= 3 and len(set(lengths)) == 1


def _score(text: str, delimiter: str) -> tuple[float, int]:
    """How well a delimiter fits: agreement of the rows with the header, then number of columns."""
    lengths = [_filled(row) for row in itertools.islice(read_cells(text, delimiter), _LOOK_AT) if any(row)]
    if not lengths or max(lengths) < 2:
        return (0.0, 0)
    widest, _ = Counter(length for length in lengths if length > 1).most_common(1)[0]
    header = lengths[0]
    if len(lengths) == 1:
        return (0.5, header)
    agree = sum(length > 1 for length in lengths) / len(lengths)
    modal = Counter(len(row) for row in itertools.islice(read_cells(text, delimiter), _LOOK_AT) if any(row))
    regular = modal.most_common(1)[0][1] / sum(modal.values())
    if header < 2:
        # A title may stand above the header; otherwise a delimiter that the header lacks is a decimal comma or prose.
        agree = 0.1 * agree if regular > 0.5 else 0.0
    if agree < 0.05 or (header >= 2 and agree < 0.5 and regular < 0.5):
        return (0.0, 0)
    return (round(agree * regular, 1), widest)


def _filled(row: list[str]) -> int:
    """Number of cells up to the last one with content."""
    return max((i + 1 for i, cell in enumerate(row) if cell.strip()), default=0)


def _is_space_separated(text: str) -> bool:
    """Whether blanks cut every line into the same number of cells (R's write.table: the header may lack one)."""
    lines = [line.strip() for line in text.splitlines()[:_LOOK_AT] if line.strip()]
    lengths = [len(row) for row in read_cells("\n".join(lines), " ")]
    if len(lengths) < 3 or len(set(lengths[1:])) != 1:
        return False
    return lengths[1] >= 2 and lengths[1] - lengths[0] in (0, 1)


def _declared(text: str) -> tuple[str | None, str]:
    """Excel's own first line ``sep=;``, which Excel does not count as a row."""
    first, _, rest = text.partition("\n")
    first = first.strip().strip('"')
    if first.casefold().startswith("sep=") and len(first) == 5:
        return first[4], rest
    return ("\t", rest) if first.casefold() == "sep=" else (None, text)


def read_cells(text: str, delimiter: str, *, quoted: bool = True) -> Iterator[list[str]]:
    """Rows of cells; a row ends at any kind of line end outside quotation marks."""
    # newline="" so that line ends inside quotes stay, and any kind of line end closes a row
    lines = io.StringIO(text, newline="")
    if not quoted:
        return csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE, skipinitialspace=delimiter == " ")
    return csv.reader(lines, delimiter=delimiter, skipinitialspace=delimiter == " ")


def _broken_quote(text: str, delimiter: str) -> int | None:
    """Row at which a quote opens that never closes, or None."""
    if text.count('"') % 2 == 0:
        return None
    row = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        try:
            next(reader)
            row += 1
        except StopIteration:
            return None
        except csv.Error:
            return row + 1
