"""Reading one column as one kind: a number, a date, a category or text; what does not fit is reported with its rows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.cohort.cohort import ColumnKind
from core.cohort.dates import Dates, parse_dates
from core.cohort.grades import is_severity, parse_grade
from core.cohort.issues import IssueLog, counted, listed
from core.cohort.missing import is_unknown
from core.cohort.numbers import Numbers, comma_meaning, parse_numbers
from core.cohort.values import fold, format_number, natural_order
from core.cohort.written import as_cells, carried
from core.timetoevent import BoolArray, IntArray

PARSED_SHARE = 0.8  # a column is a number (or a date) when at least this share of its filled cells is
MAX_LEVELS = 30
MAX_CODES = 6  # whole numbers 0-9 with at most so many distinct values are codes of a category
Asked: TypeAlias = ColumnKind | Literal["grade"]
Values: TypeAlias = npt.NDArray[Any] | pd.Categorical
_DATE_NAME = re.compile(r"date|dtc?$|_dt$|日期|时间$|日$|day of|dob|birth", re.IGNORECASE)
_LONG_TEXT = 60
_IS_NOT = {  # one cell, several
    "text-in-number": ("that is not a number", "that are not numbers"),
    "text-in-grade": ("that is not a grade", "that are not grades"),
    "text-in-date": ("that is not a date", "that are not dates"),
    "partial-date": ("that gives no day", "that give no day"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the table as a whole says about how its cells are written."""

    decimal_comma: bool | None
    date_order: str | None
    is_text_file: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Texts:
    """Distinct texts of one column: ``codes`` (n,) point into ``texts`` (-1: empty or a missing code).

    ``words`` says which texts can only be words (``sure_words``).
    """

    name: str
    texts: list[str]
    codes: npt.NDArray[np.integer[Any]]
    counts: IntArray
    missing: dict[str, int]
    words: BoolArray

    @property
    def n(self) -> int:
        """Number of filled cells."""
        return int(self.counts.sum())

    @property
    def readable(self) -> list[str]:
        """The texts that may be more than words."""
        if not self.words.any():
            return self.texts
        return [self.texts[i] for i in np.flatnonzero(~self.words)]

    @property
    def cells(self) -> npt.NDArray[np.object_]:
        """The text of every cell, None where missing, shape (n,)."""
        return as_cells(self.codes, self.texts)

    def share(self, good: BoolArray) -> float:
        """Share of the filled cells whose text is good."""
        return float(self.counts[good].sum()) / self.n if self.n else 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Typed:
    """A column read as one kind.

    Attributes
    ----------
    kind : str
    values : array or Categorical, shape (n,)
    distinct : array, shape (n_texts,) or None
        Number, day or position of the level of each text; None of text.
    """

    kind: ColumnKind
    values: Values
    distinct: npt.NDArray[Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ColumnReader:
    """Reads one column as one kind and reports what does not fit."""

    texts: Texts
    evidence: Evidence
    rows: IntArray
    log: IssueLog

    def read(self, asked: Asked | None) -> Typed:
        """Kind and values; ``asked`` is followed unless no cell at all is of that kind."""
        if not self.texts.texts:
            return Typed(kind="empty", values=np.full(self.texts.codes.size, None, dtype=object))
        if asked == "text":
            return self._text()
        if asked == "grade":
            return self._grade()
        numbers = parse_numbers(
            self.texts.texts,
            decimal_comma=self.evidence.decimal_comma,
            dots_group=self.evidence.is_text_file,
            words=self.texts.words,
        )
        if asked == "category":
            return self._category(numbers)
        if asked == "number" and np.isfinite(numbers.value).any():
            return self._number(numbers)
        is_named_date = asked == "date" or _DATE_NAME.search(self.texts.name) is not None
        if not is_named_date and self.texts.share(np.isfinite(numbers.value)) >= PARSED_SHARE:
            return self._not_a_date(numbers)
        if self.texts.words.all():
            return self._not_a_date(numbers)
        dates = parse_dates(self.texts.texts, order=self.evidence.date_order, compact=is_named_date)
        if asked == "date" and not np.isnat(dates.value).all():
            return self._date(dates)
        return self._recognised(numbers, dates)

    def _recognised(self, numbers: Numbers, dates: Dates) -> Typed:
        """The kind that the cells themselves speak for."""
        is_date = ~np.isnat(dates.value)
        known = ~self._unknown_words(~is_date)
        if self.texts.share(is_date | ~known) >= PARSED_SHARE and self.texts.share(is_date) >= 0.5 * PARSED_SHARE:
            return self._date(dates)
        return self._not_a_date(numbers)

    def _not_a_date(self, numbers: Numbers) -> Typed:
        is_number = np.isfinite(numbers.value)
        known = is_number | ~self._unknown_words(~is_number)
        coded = self.texts.share(numbers.leading_zero) > 0.2
        if self._is_codes(numbers, is_number):
            return self._category(numbers)
        if self.texts.share(is_number | ~known) >= PARSED_SHARE and self.texts.share(is_number) >= 0.5 and not coded:
            return self._number(numbers)
        if self.texts.share(is_number) >= 0.5 and not coded:
            self._report_mixed(is_number)
        return self._category(numbers) if self._is_category() else self._text()

    def _unknown_words(self, among: BoolArray) -> BoolArray:
        """Which of the texts chosen by ``among`` say that the value is not known, shape (n_texts,)."""
        flags = np.zeros(len(self.texts.texts), dtype=np.bool_)
        for i in np.flatnonzero(among & ~self.texts.words):
            flags[i] = is_unknown(self.texts.texts[i])
        return flags

    def _is_codes(self, numbers: Numbers, is_number: BoolArray) -> bool:
        """Whether the column holds a few small whole numbers that repeat, perhaps beside a few words."""
        if self.texts.share(is_number) < 0.5 or len(self.texts.texts) > 2 * MAX_CODES:
            return False
        values = np.unique(numbers.value[is_number])
        whole = np.all((values == np.floor(values)) & (values >= 0) & (values <= 9))
        return bool(whole) and values.size <= MAX_CODES and values.size <= max(2, self.texts.n // 2)

    def _is_category(self) -> bool:
        distinct = len(self.texts.texts)
        if distinct > MAX_LEVELS:
            return False
        long = np.mean([len(text) for text in self.texts.texts]) > _LONG_TEXT
        if distinct <= MAX_CODES and distinct < max(3, self.texts.n):
            return True
        return distinct <= 0.6 * self.texts.n and not bool(long)

    def _number(self, numbers: Numbers) -> Typed:
        name = self.texts.name
        bad = ~np.isfinite(numbers.value)
        self._report_bad(bad, code="text-in-number")
        if numbers.comma != "none" and comma_meaning(self.texts.readable) == "unclear":
            means = "a decimal comma" if numbers.comma == "decimal" else "a thousands separator"
            message = f"'{name}': the comma in numbers such as {self._example(',')} was read as {means}."
            remedy = "Write numbers with a decimal point and without thousands separators."
            self.log.add("ambiguous-comma", "warning", message, column=name, remedy=remedy)
        if numbers.percent.any():
            self.log.add("percent-sign", "info", f"'{name}': percent signs were left out (25 % is 25).", column=name)
        return self._of_texts("number", numbers.value, np.nan)

    def _of_texts(self, kind: ColumnKind, values: npt.NDArray[Any], missing: Any) -> Typed:
        """A value for every text carried to the rows."""
        return Typed(kind=kind, values=carried(np.append(values, missing), self.texts.codes), distinct=values)

    def _grade(self) -> Typed:
        values = np.array([parse_grade(text) for text in self.texts.texts], dtype=np.float64)
        self._report_bad(np.isnan(values), code="text-in-grade")
        worded = [text for text in self.texts.texts if is_severity(text)]
        if worded:
            self.log.add(
                "severity-as-grade", "info", f"'{self.texts.name}': {listed(worded)} were read as grades 1 to 5.",
                column=self.texts.name, remedy="Give the CTCAE grade where it is known.",
            )  # fmt: skip
        return self._of_texts("number", values, np.nan)

    def _example(self, letter: str) -> str:
        return next((f"'{text}'" for text in self.texts.texts if letter in text), "these")

    def _date(self, dates: Dates) -> Typed:
        name = self.texts.name
        if dates.partial:
            without_day = set(dates.partial)
            partial = np.array([text in without_day for text in self.texts.texts])
            self._report_bad(partial, code="partial-date")
        else:
            partial = np.zeros(len(self.texts.texts), dtype=np.bool_)
        self._report_bad(np.isnat(dates.value) & ~partial, code="text-in-date")
        if dates.order == "unclear":
            self.log.add(
                "ambiguous-date", "warning",
                f"'{name}': nothing tells day from month in dates such as {self._example('/')}; read day first.",
                column=name, rows=self.rows[self.texts.codes >= 0].tolist(), remedy="Write dates as 2024-05-31.",
            )  # fmt: skip
        return self._of_texts("date", dates.value.astype("datetime64[ns]"), np.datetime64("NaT", "ns"))

    def _category(self, numbers: Numbers) -> Typed:
        keep_code = self.texts.share(numbers.leading_zero) > 0
        labels = [
            format_number(float(number)) if np.isfinite(number) and not keep_code and not percent else text
            for text, number, percent in zip(self.texts.texts, numbers.value, numbers.percent, strict=True)
        ]
        levels = natural_order(labels)
        position = {level: i for i, level in enumerate(levels)}
        by_text = np.array([*(position[label] for label in labels), -1], dtype=np.min_scalar_type(-len(levels) - 1))
        self._report_similar(levels)
        codes = carried(by_text, self.texts.codes)
        values = pd.Categorical.from_codes(codes, categories=pd.Index(levels, dtype=object))  # type: ignore[arg-type]
        return Typed(kind="category", values=values, distinct=by_text[:-1])

    def _text(self) -> Typed:
        return Typed(kind="text", values=self.texts.cells)

    def _rows_of(self, chosen: BoolArray) -> list[int]:
        rows: list[int] = self.rows[np.flatnonzero(carried(np.append(chosen, False), self.texts.codes))].tolist()
        return rows

    def _report_bad(self, bad: BoolArray, *, code: str) -> None:
        """Cells that do not fit the column's kind: they are missing, and said with rows and values."""
        if not bad.any():
            return
        name, rows = self.texts.name, self._rows_of(bad)
        unknown = bool((self._unknown_words(bad) | ~bad).all())
        values = [text for text, is_bad in zip(self.texts.texts, bad, strict=True) if is_bad]
        is_not = _IS_NOT[code][len(rows) > 1]
        self.log.add(
            "unknown-value" if unknown else code, "info" if unknown else "warning",
            f"'{name}': {counted(len(rows), 'cell')} {is_not}, counted as missing: {listed(values)}.",
            column=name, rows=rows, remedy="" if unknown else "Correct these cells, or leave them empty.",
        )  # fmt: skip

    def _report_mixed(self, is_number: BoolArray) -> None:
        """Many numbers and too many words: said, unless the numbers are a few codes."""
        if np.count_nonzero(is_number) <= MAX_CODES:
            return
        name = self.texts.name
        values = [text for text, good in zip(self.texts.texts, is_number, strict=True) if not good]
        message = f"'{name}' mixes numbers and words ({listed(values)}); it was read as words."
        remedy = "Keep numbers only, or confirm that they are words."
        self.log.add("mixed-column", "warning", message, column=name, rows=self._rows_of(~is_number), remedy=remedy)

    def _report_similar(self, levels: tuple[str, ...]) -> None:
        """Levels that differ only by case, width or blanks are kept apart, and said."""
        by_fold: dict[str, list[str]] = {}
        for level in levels:
            by_fold.setdefault("".join(fold(level).split()), []).append(level)
        for alike in by_fold.values():
            if len(alike) > 1:
                message = f"'{self.texts.name}': {listed(alike)} look like one level and are kept apart."
                remedy = "Merge them in the grouping, or correct the file."
                self.log.add("similar-levels", "warning", message, column=self.texts.name, remedy=remedy)
