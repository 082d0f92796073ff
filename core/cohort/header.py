"""Where the names of the columns stand: titles above, names over two rows, a row of units, notes under the table."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from core.cohort.column_names import UNITS
from core.cohort.endpoint_names import read_name
from core.cohort.issues import IssueLog, counted
from core.cohort.missing import is_unknown, missing_codes
from core.cohort.values import fold
from core.cohort.vocabulary import aliases, compact, part_words, vocabulary

_LOOK_AT = 200
_TITLES = 5
_FILLED = re.compile(r"[<>≤≥~-]?\s*\d")  # how a cell with a number or a date begins
_PHRASE = re.compile(r"[^\W\d_]{2,}\W+[^\W\d_]{2,}|[\u4e00-\u9fff]{4,}")  # two words, or as much in Chinese
_NOTE = re.compile(r"[*†‡§#※]|note|source|abbrev|legend|remark|footnote|\d+\)|注|备注|说明|缩写|来源", re.IGNORECASE)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_TOTAL = frozenset(
    ("total", "subtotal", "sub-total", "grand total", "sum", "mean", "average", "median", "合计", "总计", "平均",
     "平均值", "均值", "中位数", "小计")
)  # fmt: skip
_LONG = 25
_NAMED_AGAIN = 2  # columns of numbers or dates
_FEW_TOTALS = 0.1  # share of the rows that may be totals between the patients
_OWN_NAMES = 0.8  # share of the rows that begin with a cell of their own
Row = list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The names of the columns.

    Attributes
    ----------
    names : list of str
        As written, blank where nothing is written.
    first, last : int
        Positions of the first and the last row of names.
    """

    names: list[str]
    first: int
    last: int


def find_header(cells: Sequence[Row], log: IssueLog) -> Header | None:
    """The header of a table, None where there is no content; titles and joined rows are reported.

    Parameters
    ----------
    cells : rows of cells without outer blanks
    """
    first = _first_row(cells)
    if first is None:
        return None
    _report_titles(cells[:first], log)
    upper = cells[first][: width(cells[first])]
    second = next((i for i in range(first + 1, min(first + 3, len(cells))) if any(cells[i])), None)
    below = [row for row in cells[second + 1 : second + 1 + _LOOK_AT] if any(row)] if second is not None else []
    if second is None or not below or not _is_names(cells[second], below):
        return Header(names=upper, first=first, last=first)
    lower = cells[second][: width(cells[second])]
    joined = _with_units(upper, lower) or _under_bands(upper, lower)
    if joined is None and _names_again(upper, lower, below):
        message = f"Rows {first + 1} and {second + 1} both name the columns; the names of row {first + 1} were taken."
        log.add("header-rows", "info", message, rows=(first + 1, second + 1))
        return Header(names=upper, first=first, last=second)
    if joined is None:
        return Header(names=upper, first=first, last=first)
    message = f"The names of the columns stand in rows {first + 1} and {second + 1}; they were joined."
    log.add("header-rows", "info", message, rows=(first + 1, second + 1))
    return Header(names=joined, first=first, last=second)


def without_notes(records: list[tuple[int, Row]], log: IssueLog) -> list[tuple[int, Row]]:
    """The records without notes and totals under the table, which are reported.

    Parameters
    ----------
    records : list of (row number, cells)
        Blank rows left out.
    """
    usual = Counter(_n_filled(row) for _, row in records[:_LOOK_AT]).most_common(1)[0][0]
    last = len(records)
    while last > 1 and usual > 2 and _is_note(records, last - 1):
        last -= 1
    notes = records[last:]
    while last > 1 and _is_total(records[:last]):
        last -= 1
    totals = records[last : len(records) - len(notes)]
    records, between = _without_totals(records[:last])
    for code, found, what in (
        ("note-row", notes, "under the table taken as a note"),
        ("total-row", totals, "under the table taken as a total"),
        ("total-row", between, "between the patients taken as a total"),
    ):
        if found:
            shown = " ".join(cell for cell in found[0][1] if cell)[:60]
            log.add(
                code, "info", f"{counted(len(found), 'row')} {what} and left out: {shown}",
                rows=[number for number, _ in found],
            )  # fmt: skip
    return records


def width(row: Sequence[str]) -> int:
    """Number of cells up to the last one with content."""
    return max((i + 1 for i, cell in enumerate(row) if cell), default=0)


def _first_row(cells: Sequence[Row]) -> int | None:
    """Position of the header: the first row with content, or the one under titles of a single cell."""
    filled = [i for i, row in enumerate(cells) if any(row)][:_LOOK_AT]
    if not filled:
        return None
    widths = [_n_filled(cells[i]) for i in filled]
    if Counter(widths).most_common(1)[0][0] < 2:
        return filled[0]
    return next((i for i, width in zip(filled[:_TITLES], widths, strict=False) if width > 1), filled[0])


def _report_titles(rows: Sequence[Row], log: IssueLog) -> None:
    for number, row in enumerate(rows, start=1):
        if any(row):
            shown = " ".join(cell for cell in row if cell)[:80]
            log.add("title-row", "info", f"Row {number} was taken as a title and left out: {shown}", rows=(number,))


def _is_names(row: Row, below: Sequence[Row]) -> bool:
    """Whether a row may still be names: words only, all different, over columns that hold numbers or dates."""
    words = [cell for cell in row if cell]
    if len(words) < 2 or len(set(words)) < len(words) / 2 or any(_FILLED.match(cell) for cell in words):
        return False
    columns = [i for i, cell in enumerate(row) if cell]
    numeric = sum(_is_numeric(i, below) for i in columns)
    return numeric >= max(1, len(columns) / 4)


def _is_numeric(column: int, rows: Sequence[Row]) -> bool:
    filled = [row[column] for row in rows if column < len(row) and row[column]]
    return bool(filled) and sum(_FILLED.match(cell) is not None for cell in filled) >= 0.6 * len(filled)


def _with_units(upper: Row, lower: Row) -> Row | None:
    """'OS' over 'months' is 'OS (months)', where the second row holds nothing but units."""
    if len(lower) > len(upper) or not all(upper):
        return None
    units = [cell.strip("()[]（）") for cell in lower]
    if not all(not unit or _is_unit(unit) for unit in units):
        return None
    padded = units + [""] * (len(upper) - len(units))
    return [f"{name} ({unit})" if unit else name for name, unit in zip(upper, padded, strict=True)]


def _names_again(upper: Row, lower: Row, below: Sequence[Row]) -> bool:
    """Whether a second row names the same columns once more, as in another language.

    Every column is named in both rows, all names differ, and two of them at least stand over numbers or dates: a
    patient of whom so much is missing is written with gaps or words for 'unknown'. And one row is in Chinese and the
    other is not, and the second one holds names that are known: no patient is taken for a heading.
    """
    if len(lower) != len(upper) or not all(upper) or not all(lower) or len(set(lower)) < len(lower):
        return False
    if any(is_unknown(cell) for cell in lower) or missing_codes(lower) or set(map(fold, upper)) & set(map(fold, lower)):
        return False
    if sum(_is_numeric(i, below) for i in range(len(lower))) < _NAMED_AGAIN:
        return False
    return _in_chinese(upper) != _in_chinese(lower) and sum(map(_is_known, lower)) >= _NAMED_AGAIN


def _in_chinese(row: Row) -> bool:
    """Whether most cells hold a Chinese letter."""
    return sum(_CHINESE.search(cell) is not None for cell in row) * 2 > len(row)


def _is_known(name: str) -> bool:
    """Whether the vocabulary knows a column of that name."""
    word = compact(name)
    return word in part_words() or any(word in aliases(role) for role in vocabulary()["column_aliases"])


def _is_unit(text: str) -> bool:
    word = compact(text)
    return word in UNITS or part_words().get(word, ("", ""))[0] == "unit" or "/" in text or text == "%"


def _under_bands(upper: Row, lower: Row) -> Row | None:
    """Names under merged cells: what stands above holds for the blanks at its right.

    None unless every column is named by one of the rows, and one of them leaves columns to the other.
    """
    n = max(len(upper), len(lower))
    above, under = upper + [""] * (n - len(upper)), lower + [""] * (n - len(lower))
    is_band = any(not top and below for top, below in zip(above, under, strict=True))
    if not is_band or not all(top or below for top, below in zip(above, under, strict=True)):
        return None
    bands: list[str] = []
    for top, below in zip(above, under, strict=True):
        bands.append(top or (bands[-1] if bands and below else ""))
    times = Counter(below for below in under if below)
    return [_named(band, below, times[below]) for band, below in zip(bands, under, strict=True)]


def _named(band: str, below: str, times: int) -> str:
    """The lower name; with the one above where it stands more than once, or says only 'months' or 'status'."""
    if not band or not below:
        return below or band
    parts = read_name(below)
    return (
        f"{band} {below}" if times > 1 or _is_unit(below) or (parts is not None and parts.endpoint is None) else below
    )


def _is_note(records: Sequence[tuple[int, Row]], position: int) -> bool:
    """Whether a row at the end has one cell, with a blank row above it and a phrase, or with the words of a note in it.

    One number, code or word apart from the table may be a patient with gaps, and stays.
    """
    number, row = records[position]
    text = next((cell for cell in row if cell), "")
    if _n_filled(row) != 1:
        return False
    is_apart = number > records[position - 1][0] + 1
    is_phrase = bool(row[0]) and _PHRASE.search(text) is not None
    return (is_apart and is_phrase) or len(text) > _LONG or _NOTE.match(text) is not None


def _is_total(records: Sequence[tuple[int, Row]]) -> bool:
    """Whether the last row begins with a word such as 'Mean' that no other row begins with."""
    word = _first_cell(records[-1][1])
    return word in _TOTAL and all(_first_cell(row) != word for _, row in records[:-1])


def _without_totals(records: list[tuple[int, Row]]) -> tuple[list[tuple[int, Row]], list[tuple[int, Row]]]:
    """The records, and the totals between them: rows that begin with a word such as 'Subtotal' where the others begin
    with a name or number of their own.
    """
    found = [record for record in records if _first_cell(record[1]) in _TOTAL]
    if not found or len(found) > _FEW_TOTALS * len(records):
        return records, []
    others = [record for record in records if _first_cell(record[1]) not in _TOTAL]
    if len({_first_cell(row) for _, row in others}) < _OWN_NAMES * len(others):
        return records, []
    return others, found


def _first_cell(row: Row) -> str:
    return fold(next((cell for cell in row if cell), ""))


def _n_filled(row: Row) -> int:
    return sum(map(bool, row))
