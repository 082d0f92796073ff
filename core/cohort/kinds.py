"""Typing the columns of a table: number, category, date, text or empty; what could not be read becomes an issue.

A column is typed from its distinct texts, so that a large table costs little more than its vocabulary. Belongs here:
how a text becomes a value. Does not belong here: what the column is for (``roles``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.cohort.cohort import ColumnKind, DataIssue, RawTable
from core.cohort.dates import Dates, parse_dates
from core.cohort.issues import IssueLog, counted, listed
from core.cohort.numbers import Numbers, comma_meaning, parse_numbers
from core.cohort.values import fold, format_number, natural_order
from core.timetoevent import BoolArray, IntArray

PARSED_SHARE = 0.8  # a column is a number (or a date) when at least this share of its filled cells is
MAX_LEVELS = 30
MAX_CODES = 6  # whole numbers 0-9 with at most so many distinct values are codes of a category
MISSING_CODES = frozenset(
    ("na", "n/a", "#n/a", "n.a.", "nan", "null", "nil", ".", "-", "--", "—", "–", "?", "<na>", "none given", "missing",
     "not available", "#value!", "#div/0!", "#ref!", "#num!", "#name?", "#null!", "缺失", "无数据", "空")
)  # fmt: skip
UNKNOWN_WORDS = frozenset(
    ("unknown", "unk", "uk", "not known", "not done", "nd", "not recorded", "not reported", "not assessed", "不详", "未知",
     "不明", "未查", "未测", "未记录")
)  # fmt: skip
_DATE_NAME = re.compile(r"date|dtc?$|_dt$|日期|时间$|日$|day of|dob|birth", re.IGNORECASE)
_LONG_TEXT = 60
_PLUS = re.compile(r"\(?[+＋]+\)?")
_MINUS = re.compile(r"\(?[-－—–]+\)?")


_GRADE = re.compile(
    r"(?:ctcae|ctc|grade|gr|g|级|度|等级)?[\s.:]*([0-9]+(?:\.0+)?|i{1,3}|iv|v)\s*(?:级|度|级别)?", re.IGNORECASE
)
_GRADE_WORDS = {
    "mild": 1.0, "moderate": 2.0, "severe": 3.0, "life-threatening": 4.0, "life threatening": 4.0, "fatal": 5.0,
    "death": 5.0, "轻度": 1.0, "中度": 2.0, "重度": 3.0, "危及生命": 4.0, "死亡": 5.0, "一级": 1.0, "二级": 2.0,
    "三级": 3.0, "四级": 4.0, "五级": 5.0,
}  # fmt: skip
_ROMAN_GRADES = {"i": 1.0, "ii": 2.0, "iii": 3.0, "iv": 4.0, "v": 5.0}


def parse_grade(text: str) -> float:
    """The grade of an adverse event: '3', 'Grade 3', 'G3', 'III', '3级', 'severe'; NaN otherwise."""
    folded = fold(text)
    if folded in _GRADE_WORDS:
        return _GRADE_WORDS[folded]
    match = _GRADE.fullmatch(folded)
    if match is None:
        return float("nan")
    written = match.group(1)
    return _ROMAN_GRADES[written] if written in _ROMAN_GRADES else float(written)


def _is_worded(text: str, grade: float) -> bool:
    return bool(np.isfinite(grade)) and fold(text) in _GRADE_WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the table as a whole says about how its cells are written."""

    decimal_comma: bool | None
    date_order: str | None
    is_text_file: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Texts:
    """Distinct texts of one column: ``codes`` (n,) point into ``texts`` (-1: empty or a missing code)."""

    name: str
    texts: list[str]
    codes: IntArray
    counts: IntArray
    missing: dict[str, int]

    @property
    def n(self) -> int:
        """Number of filled cells."""
        return int(self.counts.sum())

    def share(self, good: BoolArray) -> float:
        """Share of the filled cells whose text is good."""
        return float(self.counts[good].sum()) / self.n if self.n else 0.0


class TypedColumns:
    """The columns of a table, each typed by what its cells say, and again when its role asks for another kind.

    Parameters
    ----------
    raw : RawTable
    table : str
        Which table the issues are said of.

    Attributes
    ----------
    kinds : dict of column to kind
    """

    def __init__(self, raw: RawTable, *, table: str) -> None:
        self._raw = raw
        self._table = table
        self._texts = {str(name): distinct_texts(raw, str(name)) for name in raw.frame.columns}
        self._evidence = gather_evidence(raw, list(self._texts.values()))
        self._series: dict[str, pd.Series[Any]] = {}
        self._logs: dict[str, IssueLog] = {}
        self.kinds: dict[str, ColumnKind] = {}
        for name in self._texts:
            self.type(name)

    def type(self, name: str, asked: ColumnKind | Literal["grade"] | None = None) -> None:
        """Type one column; ``asked`` is the kind its role needs ('grade': an adverse event's, 1 to 5)."""
        if asked is not None and self.kinds.get(name) in (asked, "empty"):
            return
        texts, log = self._texts[name], IssueLog(self._table)
        reader = _Reader(texts=texts, evidence=self._evidence, rows=np.asarray(self._raw.row_numbers), log=log)
        self.kinds[name], values = reader.read(asked)
        self._series[name] = pd.Series(values, name=name)
        self._logs[name] = log
        if texts.missing and self.kinds[name] != "empty":
            _report_missing(texts, self._raw, log)

    def texts(self, name: str) -> Texts:
        """The distinct texts of a column."""
        return self._texts[name]

    def frame(self) -> pd.DataFrame:
        """The typed columns (see ``Table.frame``)."""
        return pd.DataFrame(self._series, columns=list(self._series))

    def issues(self) -> list[DataIssue]:
        """What was found while typing, column by column."""
        return [issue for log in self._logs.values() for issue in log.found]


def distinct_texts(raw: RawTable, name: str) -> Texts:
    """The distinct texts of a column, missing codes told apart."""
    found, uniques = pd.factorize(raw.frame[name].to_numpy(dtype=object))
    all_counts = np.bincount(found[found >= 0], minlength=len(uniques))
    has_plus = any(_PLUS.fullmatch(str(text)) for text in uniques)  # beside "+" a "-" means negative
    missing = {
        str(text): int(all_counts[i])
        for i, text in enumerate(uniques)
        if fold(text) in MISSING_CODES and not (has_plus and _MINUS.fullmatch(str(text)))
    }
    kept = [i for i, text in enumerate(uniques) if str(text) not in missing]
    recode = np.full(len(uniques) + 1, -1, dtype=np.int64)
    recode[kept] = np.arange(len(kept))
    return Texts(
        name=name,
        texts=[str(uniques[i]) for i in kept],
        codes=recode[found],
        counts=all_counts[kept].astype(np.int64),
        missing=missing,
    )


def gather_evidence(raw: RawTable, columns: list[Texts]) -> Evidence:
    """What columns that can tell say for those that cannot: decimal comma, order of day and month."""
    commas = {comma_meaning(column.texts) for column in columns}
    decimal: bool | None = True if "decimal" in commas else None
    if decimal is None and "thousands" in commas:
        decimal = False
    if decimal is None and raw.delimiter == ";":
        decimal = True
    orders = [parse_dates(column.texts[:2000]).order for column in columns if _has_slash(column.texts)]
    known = [order for order in orders if order in ("day first", "month first")]
    order = known[0] if known and len(set(known)) == 1 else None
    return Evidence(decimal_comma=decimal, date_order=order, is_text_file=raw.sheet is None)


def _has_slash(texts: list[str]) -> bool:
    return any("/" in text or "-" in text for text in texts[:50])


def _report_missing(texts: Texts, raw: RawTable, log: IssueLog) -> None:
    column = raw.frame[texts.name].to_numpy(dtype=object)
    rows = tuple(row for row, cell in zip(raw.row_numbers, column, strict=True) if cell in texts.missing)
    written = ", ".join(f"'{text}' ({n})" for text, n in texts.missing.items())
    log.add(
        "missing-code", "info", f"'{texts.name}': {written} was read as missing.", column=texts.name, rows=rows,
        remedy="If one of these is a real value, give it another name.",
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Reader:
    """Reads one column as one kind and reports what does not fit."""

    texts: Texts
    evidence: Evidence
    rows: IntArray
    log: IssueLog

    def read(
        self, asked: ColumnKind | Literal["grade"] | None
    ) -> tuple[ColumnKind, npt.NDArray[np.generic] | pd.Categorical]:
        if not self.texts.texts:
            return "empty", np.full(self.texts.codes.size, None, dtype=object)
        if asked == "text":
            return "text", self._text()
        if asked == "grade":
            return "number", self._grade()
        numbers = self._numbers()
        if asked == "number":
            return "number", self._number(numbers)
        dates = parse_dates(
            self.texts.texts, order=self.evidence.date_order, compact=bool(_DATE_NAME.search(self.texts.name))
        )
        if asked == "date":
            return "date", self._date(dates)
        if asked == "category":
            return "category", self._category(numbers)
        return self._recognised(numbers, dates)

    def _numbers(self) -> Numbers:
        return parse_numbers(
            self.texts.texts, decimal_comma=self.evidence.decimal_comma, dots_group=self.evidence.is_text_file
        )

    def _recognised(
        self, numbers: Numbers, dates: Dates
    ) -> tuple[ColumnKind, npt.NDArray[np.generic] | pd.Categorical]:
        """The kind that the cells themselves speak for."""
        known = ~self._unknown_words()
        is_date = ~np.isnat(dates.value)
        if self.texts.share(is_date | ~known) >= PARSED_SHARE and self.texts.share(is_date) >= 0.5 * PARSED_SHARE:
            return "date", self._date(dates)
        is_number = np.isfinite(numbers.value)
        coded = self.texts.share(numbers.leading_zero) > 0.2
        if self._is_codes(numbers, is_number):
            return "category", self._category(numbers)
        if self.texts.share(is_number | ~known) >= PARSED_SHARE and self.texts.share(is_number) >= 0.5 and not coded:
            return "number", self._number(numbers)
        if self.texts.share(is_number) >= 0.5 and not coded and not self._is_category():
            self._report_mixed(is_number)
        return ("category", self._category(numbers)) if self._is_category() else ("text", self._text())

    def _unknown_words(self) -> BoolArray:
        return np.array([fold(text) in UNKNOWN_WORDS for text in self.texts.texts], dtype=np.bool_)

    def _is_codes(self, numbers: Numbers, is_number: BoolArray) -> bool:
        """Whether the column holds a few small whole numbers that repeat, perhaps beside a few words."""
        if self.texts.share(is_number) < 0.5 or len(self.texts.texts) > 2 * MAX_CODES:
            return False
        values = np.unique(numbers.value[is_number])
        whole = np.all((values == np.floor(values)) & (values >= 0) & (values <= 9))
        return bool(whole) and values.size <= MAX_CODES and values.size <= max(2, self.texts.n // 2)

    def _is_category(self) -> bool:
        distinct = len(self.texts.texts)
        long = np.mean([len(text) for text in self.texts.texts]) > _LONG_TEXT
        return distinct <= MAX_LEVELS and distinct <= max(2, 0.6 * self.texts.n) and not (long and distinct > 6)

    def _number(self, numbers: Numbers) -> npt.NDArray[np.float64]:
        name = self.texts.name
        bad = ~np.isfinite(numbers.value)
        self._report_bad(bad, code="text-in-number", what="are not numbers")
        if numbers.comma == "unclear" or (numbers.comma == "decimal" and self._only_groups()):
            means = "thousands" if numbers.comma == "unclear" else "a decimal comma"
            self.log.add(
                "ambiguous-comma", "warning", f"'{name}': numbers such as {self._example(',')} were read with {means}.",
                column=name, remedy="Write numbers with a decimal point and without thousands separators.",
            )  # fmt: skip
        if numbers.percent.any():
            self.log.add("percent-sign", "info", f"'{name}': percent signs were left out (25 % is 25).", column=name)
        return np.append(numbers.value, np.nan)[self.texts.codes]

    def _grade(self) -> npt.NDArray[np.float64]:
        values = np.array([parse_grade(text) for text in self.texts.texts], dtype=np.float64)
        self._report_bad(np.isnan(values), code="text-in-grade", what="are not grades")
        worded = [text for text, value in zip(self.texts.texts, values, strict=True) if _is_worded(text, value)]
        if worded:
            self.log.add(
                "severity-as-grade", "info", f"'{self.texts.name}': {listed(worded)} were read as grades 1 to 5.",
                column=self.texts.name, remedy="Give the CTCAE grade where it is known.",
            )  # fmt: skip
        return np.append(values, np.nan)[self.texts.codes]

    def _only_groups(self) -> bool:
        return comma_meaning(self.texts.texts) == "unclear"

    def _example(self, letter: str) -> str:
        return next((f"'{text}'" for text in self.texts.texts if letter in text), "these")

    def _date(self, dates: Dates) -> npt.NDArray[np.datetime64]:
        name = self.texts.name
        if dates.partial:
            partial = np.array([text in set(dates.partial) for text in self.texts.texts])
            self._report_bad(partial, code="partial-date", what="have no day and are missing")
        else:
            partial = np.zeros(len(self.texts.texts), dtype=np.bool_)
        self._report_bad(np.isnat(dates.value) & ~partial, code="text-in-date", what="are not dates")
        if dates.order == "unclear":
            self.log.add(
                "ambiguous-date", "warning",
                f"'{name}': nothing tells day from month in dates such as {self._example('/')}; they were read day first.",
                column=name, rows=self.rows[self.texts.codes >= 0].tolist(), remedy="Write dates as 2024-05-31.",
            )  # fmt: skip
        values = np.append(dates.value, np.datetime64("NaT", "D"))
        return values[self.texts.codes].astype("datetime64[ns]")

    def _category(self, numbers: Numbers) -> pd.Categorical:
        keep_code = self.texts.share(numbers.leading_zero) > 0
        labels = [
            format_number(float(number)) if np.isfinite(number) and not keep_code and not percent else text
            for text, number, percent in zip(self.texts.texts, numbers.value, numbers.percent, strict=True)
        ]
        levels = natural_order(labels)
        position = {level: i for i, level in enumerate(levels)}
        by_text = np.array([*(position[label] for label in labels), -1], dtype=np.int64)
        self._report_similar(levels)
        return pd.Categorical.from_codes(by_text[self.texts.codes].tolist(), categories=list(levels))

    def _text(self) -> npt.NDArray[np.object_]:
        return np.array([*self.texts.texts, None], dtype=object)[self.texts.codes]

    def _rows_of(self, chosen: BoolArray) -> list[int]:
        return [int(row) for row in self.rows[np.append(chosen, False)[self.texts.codes]]]

    def _report_bad(self, bad: BoolArray, *, code: str, what: str) -> None:
        """Cells that do not fit the column's kind: they are missing, and said with rows and values."""
        if not bad.any():
            return
        name, rows = self.texts.name, self._rows_of(bad)
        unknown = bool((self._unknown_words() | ~bad).all())
        values = [text for text, is_bad in zip(self.texts.texts, bad, strict=True) if is_bad]
        self.log.add(
            "unknown-value" if unknown else code, "info" if unknown else "warning",
            f"'{name}': {counted(len(rows), 'cell')} {what} and counted as missing: {listed(values)}.",
            column=name, rows=rows, remedy="" if unknown else "Correct these cells, or leave them empty.",
        )  # fmt: skip

    def _report_mixed(self, is_number: BoolArray) -> None:
        values = [text for text, good in zip(self.texts.texts, is_number, strict=True) if not good]
        self.log.add(
            "mixed-column", "warning",
            f"'{self.texts.name}' mixes numbers and text ({listed(values)}); it was read as text.",
            column=self.texts.name, rows=self._rows_of(~is_number), remedy="Keep numbers only, or confirm that it is text.",
        )  # fmt: skip

    def _report_similar(self, levels: tuple[str, ...]) -> None:
        """Levels that differ only by case, width or blanks are kept apart, and said."""
        by_fold: dict[str, list[str]] = {}
        for level in levels:
            by_fold.setdefault("".join(fold(level).split()), []).append(level)
        for alike in by_fold.values():
            if len(alike) > 1:
                self.log.add(
                    "similar-levels", "warning", f"'{self.texts.name}': {listed(alike)} look like one level and are kept apart.",
                    column=self.texts.name, remedy="Merge them in the grouping, or correct the file.",
                )  # fmt: skip
