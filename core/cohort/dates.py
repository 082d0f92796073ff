"""Written dates: ISO, day first or month first (decided by evidence), month names, Chinese. Works on distinct texts."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_TIME = r"(?:[T ]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s*[ap]m)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})" + _TIME, re.IGNORECASE)
_COMPACT = re.compile(r"(19\d{2}|20\d{2})(\d{2})(\d{2})")
_CHINESE = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?" + _TIME)
_TWO_FIRST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})" + _TIME, re.IGNORECASE)
_DAY_NAME = re.compile(r"(\d{1,2})[-/. ]?([a-z]{3,9})\.?[-/., ]*(\d{4}|\d{2})" + _TIME, re.IGNORECASE)
_NAME_DAY = re.compile(r"([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})" + _TIME, re.IGNORECASE)
_PARTIAL = re.compile(
    r"(?:(?:19|20)\d{2}|\d{4}[-/.年]\d{1,2}月?|\d{1,2}[-/.]\d{4}|[a-z]{3,9}\.?[- ]\d{4}|\d{4}-(?:\d{2}|-)-?-?)",
    re.IGNORECASE,
)
_SERIAL = re.compile(r"[2-6]\d{4}(?:\.\d+)?")
MONTHS = {
    name: i for i, names in enumerate(
        ("jan january", "feb february", "mar march mär", "apr april", "may mai", "jun june juni", "jul july juli",
         "aug august", "sep sept september", "oct october okt", "nov november", "dec december dez"), start=1)
    for name in names.split()
}  # fmt: skip
_ISO = re.compile(r"(?:1[7-9]|20|21)\d{2}-\d{2}-\d{2}", re.ASCII)
_ALL_ISO = re.compile(rf"{_ISO.pattern}(?:\n{_ISO.pattern})*+", re.ASCII)
_TOGETHER = 100
_EXCEL_ORIGIN = dt.date(1899, 12, 30)
_PIVOT = 69  # two-digit years as strptime reads them: 69-99 are 19xx
DateArray = npt.NDArray[np.datetime64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dates:
    """Distinct texts of a column read as dates.

    Attributes
    ----------
    value : datetime64[D] array, shape (n_texts,)
        NaT where a text is no whole date.
    order : {'day first', 'month first', 'unclear', 'none'}
        How '03/04/2020' is to be read; 'none' where no text is of that kind.
    partial : list of str
        Texts that give only a year and a month.
    """

    value: DateArray
    order: str
    partial: list[str]


def parse_dates(texts: Sequence[str], *, order: str | None = None, compact: bool = False) -> Dates:
    """Read texts as dates; the order of day and month is decided once for the column.

    Parameters
    ----------
    order : {'day first', 'month first'}, optional
        What other columns of the table say where this one does not tell; None: day first, said to be unclear.
    compact : bool
        Whether '20200504' and Excel's serial numbers are dates (where the column's name says so).
    """
    plain = [text.strip() if text.isascii() else unicodedata.normalize("NFKC", text).strip() for text in texts]
    if (iso := _all_iso(plain)) is not None:
        return Dates(value=iso, order="none", partial=[])
    found = date_order(plain)
    if found == "unclear" and order is not None:
        found = order
    value = np.array([_date(text, found != "month first", compact) for text in plain], dtype="datetime64[D]")
    partial = [text for text, day in zip(plain, value, strict=True) if np.isnat(day) and _PARTIAL.fullmatch(text)]
    return Dates(value=value, order=found, partial=partial)


def _all_iso(texts: Sequence[str]) -> DateArray | None:
    """The days of texts that are all written 2020-05-04, read together; None where one is not, or is no day."""
    if not are_iso(texts):
        return None
    try:
        return np.array(texts, dtype="datetime64[D]")
    except ValueError:
        return None


def are_iso(texts: Sequence[str]) -> bool:
    """Whether many texts are all written 2020-05-04; False where they are few."""
    if len(texts) < _TOGETHER or not all(len(text) == 10 for text in (texts[0], texts[-1])):
        return False
    joined = "\n".join(texts)
    return len(joined) == 11 * len(texts) - 1 and _ALL_ISO.fullmatch(joined) is not None


def date_order(texts: Sequence[str]) -> str:
    """Whether '03/04/2020' is day first or month first, by the texts where only one can be."""
    day_first = month_first = unclear = 0
    for text in texts:
        match = _TWO_FIRST.fullmatch(text)
        if match is None:
            continue
        first, second = int(match.group(1)), int(match.group(3))
        if match.group(2) == "." or (first > 12 and second <= 12):
            day_first += 1
        elif second > 12 and first <= 12:
            month_first += 1
        else:
            unclear += 1
    if day_first or month_first:
        return "day first" if day_first >= month_first else "month first"
    return "unclear" if unclear else "none"


def _date(text: str, day_first: bool, compact: bool) -> dt.date | None:
    for pattern in (_YEAR_FIRST, _CHINESE):
        if match := pattern.fullmatch(text):
            parts = [part for part in match.groups() if part.isdigit()]
            return _calendar(int(parts[0]), int(parts[1]), int(parts[2]))
    if match := _TWO_FIRST.fullmatch(text):
        first, second, year = int(match.group(1)), int(match.group(3)), _year(match.group(4))
        return _calendar(year, second, first) if day_first else _calendar(year, first, second)
    if match := _DAY_NAME.fullmatch(text):
        return _calendar(_year(match.group(3)), MONTHS.get(match.group(2).casefold(), 0), int(match.group(1)))
    if match := _NAME_DAY.fullmatch(text):
        return _calendar(int(match.group(3)), MONTHS.get(match.group(1).casefold(), 0), int(match.group(2)))
    return _compact_date(text) if compact else None


def _compact_date(text: str) -> dt.date | None:
    if match := _COMPACT.fullmatch(text):
        return _calendar(*(int(part) for part in match.groups()))
    if _SERIAL.fullmatch(text):
        return _EXCEL_ORIGIN + dt.timedelta(days=int(float(text)))
    return None


def _calendar(year: int, month: int, day: int) -> dt.date | None:
    if not 1700 <= year <= 2200:
        return None
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else year + (1900 if year >= _PIVOT else 2000)
