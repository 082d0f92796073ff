"""Values of a column: as numbers, as levels in natural order, and matched tolerantly against a specification.

Belongs here: what makes two written values the same, and which order levels are shown in. Does not belong here: what a
column means (``recognise``), which patients are kept (``select``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.cohort.cohort import Table
from core.spec import Scalar
from core.timetoevent import BoolArray, FloatArray, IntArray

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.IGNORECASE)
_TRUTH = {"true": 1.0, "false": 0.0}
_EPOCH, _DAY = np.datetime64("1970-01-01"), np.timedelta64(1, "D")
_BLOCK = 1 << 15  # rows at a time: no new memory for what is between
_LAST = frozenset(
    ("other", "others", "unknown", "unk", "missing", "ne", "not evaluable", "not evaluated", "not assessed",
     "not available", "unspecified", "其他", "其它", "未知", "不详", "不明", "缺失", "未评估")
)  # fmt: skip
_FIRST = frozenset(
    ("no", "none", "negative", "absent", "never", "false", "n", "neg", "-", "control", "controls", "control group",
     "placebo", "standard", "untreated", "observation", "obs", "usual care", "bsc", "sham", "wt", "wildtype",
     "wild type", "wild-type", "best supportive care",  # not shown
     "nein", "kein", "keine", "keiner", "negativ", "wildtyp", "kontrolle", "kontrollgruppe",
     "无", "否", "阴性", "对照", "对照组", "没有", "野生型")
)  # fmt: skip
_FIRST_BEGIN = ("no ", "without ", "no-", "non-", "control ", "standard ", "placebo ", "ohne ", "keine ", "kein ",
                "无", "单纯", "单用", "单独", "对照")  # fmt: skip
# TACE alone is what TACE + ICI is compared with.
_FIRST_END = (" alone", " only", " monotherapy", " control", " allein", "-monotherapie", "单药", "单药组", "单药治疗")
_WITHOUT = re.compile(r"非(?=[a-z])|未(?:行|接受|联合|使用|治疗|手术|消融)")  # 非HIFU组, 未行HIFU
_MOST_ARMS = 30  # more are no arms of a study
_PARTS = re.compile(r"\s*(?:\+|&|联合|\b(?:and|plus|with|combined with|und|mit)\b)\s*")
_SCALES: tuple[tuple[str, ...], ...] = (
    ("low", "moderate|medium|intermediate", "high", "very high"),
    ("mild", "moderate", "severe", "life-threatening|life threatening", "fatal|death"),
    ("cr", "pr", "sd", "pd"),
    ("complete response", "partial response", "stable disease", "progressive disease"),
    ("never", "former|ex|past", "current"),
    ("pre|premenopausal|before", "peri|during|perimenopausal", "post|postmenopausal|after"),
    ("small", "medium", "large"),
    ("very early", "early", "intermediate", "advanced", "terminal"),
    ("well|well differentiated|good", "moderate|moderately|moderately differentiated",
     "poor|poorly|poorly differentiated", "undifferentiated"),
    ("alive|living|censored", "dead|deceased|died"),
    ("male|man|men", "female|woman|women"),
    ("m", "f"),
    ("男|男性", "女|女性"),
    ("低", "中", "高"),
    ("低分化", "中分化", "高分化"),
    ("轻|轻度", "中|中度", "重|重度"),
    ("存活|生存", "死亡"),
)  # fmt: skip
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6}
_ROMAN_LEVEL = re.compile(r"(?:(?:stage|grade|class|期|级)\s*)?(i{1,3}|iv|vi?)\s*([a-d]?\d?)(?:期|级)?")


YES = frozenset({"yes", "y", "true", "1", "ja", "oui", "是", "有"})
"""How a finding that is there is written, folded."""


def fold(text: str) -> str:
    """Text for comparing: full-width forms made plain, case and outer blanks dropped."""
    if text.isascii():  # nearly all: no forms to make plain
        return text.lower().strip()
    return unicodedata.normalize("NFKC", text).casefold().strip()


def as_number(value: Scalar | None) -> float | None:
    """The number a value is written as (1, '1', 1.0, True, 'TRUE' are all 1), or None."""
    if isinstance(value, str):
        text = value.strip()
        if _NUMBER.fullmatch(text):
            return float(text)
        return _TRUTH.get(text.casefold())
    return None if value is None else float(value)


def format_number(value: float) -> str:
    """A number as a level shows it: 1.0 is '1', 2.5 is '2.5'."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))


def match_levels(levels: Sequence[str], values: Iterable[Scalar]) -> BoolArray:
    """Which of ``levels`` the ``values`` mean, shape (n_levels,).

    Each value is matched as written; if no level is written so, as a number (1 == '1' == 1.0 == True); if none, without
    regard to case and width. So "A" and "a" stay apart where both are levels.
    """
    matched = np.zeros(len(levels), dtype=np.bool_)
    for value in values:
        matched[_positions(levels, value)] = True
    return matched


def _positions(levels: Sequence[str], value: Scalar) -> list[int]:
    """Positions of the levels one value means."""
    written = value.strip() if isinstance(value, str) else None
    if written is not None and (exact := [i for i, level in enumerate(levels) if level == written]):
        return exact
    number = as_number(value)
    if number is not None and (same := [i for i, level in enumerate(levels) if as_number(level) == number]):
        return same
    folded = fold(str(value))
    return [i for i, level in enumerate(levels) if fold(level) == folded]


def numbers_of(table: Table, column: str) -> FloatArray | None:
    """The column as numbers, NaN where missing (dates: days since 1970), or None for words; shape (n,)."""
    key = ("numbers", column)
    if key not in table.cache:
        table.cache[key] = _numbers(table.frame[table.column(column).name])
    found: FloatArray | None = table.cache[key]
    return found


def codes_of(table: Table, column: str) -> tuple[IntArray, tuple[str, ...]]:
    """Position of each row's value among the levels in natural order (-1: missing), shape (n,), and the levels."""
    key = ("codes", column)
    if key not in table.cache:
        table.cache[key] = _codes(table.frame[table.column(column).name])
    found: tuple[IntArray, tuple[str, ...]] = table.cache[key]
    return found


def _numbers(series: pd.Series[Any]) -> FloatArray | None:
    values = _as_floats(series)
    if values is None:
        return None
    fixed = values.view()  # the column itself, not a copy
    fixed.setflags(write=False)
    return fixed


def _as_floats(series: pd.Series[Any]) -> FloatArray | None:
    if isinstance(series.dtype, pd.CategoricalDtype):
        numbers = [as_number(str(level)) for level in series.cat.categories]
        if any(number is None for number in numbers):
            return None
        by_code = np.array([*numbers, np.nan], dtype=np.float64)
        return by_code[np.asarray(series.cat.codes, dtype=np.int64)]
    if series.dtype.kind == "M":
        return days_of(series.to_numpy(dtype="datetime64[ns]"))
    if series.dtype.kind in "fiub":
        return series.to_numpy(dtype=np.float64)
    return None


def days_of(days: npt.NDArray[Any]) -> FloatArray:
    """Days as numbers since 1970, NaN where there is none."""
    found = np.empty(days.shape, dtype=np.float64)
    for start in range(0, len(days), _BLOCK):
        part = slice(start, start + _BLOCK)
        found[part] = (days[part] - _EPOCH) / _DAY
    return found


def _codes(series: pd.Series[Any]) -> tuple[IntArray, tuple[str, ...]]:
    if isinstance(series.dtype, pd.CategoricalDtype):
        codes = _read_only(np.asarray(series.cat.codes, dtype=np.int64))
        return codes, tuple(str(level) for level in series.cat.categories)
    if series.dtype.kind in "fiub":
        found, distinct = pd.factorize(series.to_numpy(dtype=np.float64), sort=True)
        return _read_only(found.astype(np.int64)), tuple(format_number(float(value)) for value in distinct)
    if series.dtype.kind == "M":
        found, days = pd.factorize(series, sort=True)
        return _read_only(found.astype(np.int64)), tuple(pd.Timestamp(day).date().isoformat() for day in days)
    found, words = pd.factorize(series.to_numpy(dtype=object))
    levels = natural_order([str(word) for word in words])
    rank = {level: position for position, level in enumerate(levels)}
    by_found = np.array([*(rank[str(word)] for word in words), -1], dtype=np.int64)
    return _read_only(by_found[found]), levels


def natural_order(levels: Iterable[str]) -> tuple[str, ...]:
    """Levels as a reader expects them: No before Yes, G1 G2 G3, I II III, '<=50' '51-65' '>75'; other, unknown last.

    Of arms what the others add to comes first: TACE before Ablation + TACE, ICI before HIFU + ICI. The first level is
    the reference unless another is named.
    """
    distinct = list(dict.fromkeys(levels))
    folded = {level: fold(level) for level in distinct}
    ranked = [text for text in folded.values() if text not in _LAST]
    scale = _scale(ranked)
    added_to = _parts_of_others(ranked)

    def position(level: str) -> tuple[Any, ...]:
        text = folded[level]
        if text in _LAST:
            return (2, 0, _chunks(text), level)
        if scale is not None:
            return (0, scale[text], (), level)
        return (0 if _is_control(text) else 0.5 if text in added_to else 1, 0, _chunks(text), level)

    return tuple(sorted(distinct, key=position))


def _is_control(text: str) -> bool:
    """Whether a folded level says that something is not there, or not added."""
    begins = text.startswith(_FIRST_BEGIN) or _WITHOUT.match(text) is not None
    return text in _FIRST or begins or text.endswith(_FIRST_END)


def _parts_of_others(texts: list[str]) -> frozenset[str]:
    """Which folded levels are what another one adds to: 'tace' beside 'ablation + tace'; numbers never."""
    if len(texts) > _MOST_ARMS:
        return frozenset()
    parts = {text: frozenset(filter(None, _PARTS.split(text))) for text in texts}
    return frozenset(
        text
        for text, of_one in parts.items()
        if of_one and re.search(r"[^\W\d_]", text) and any(of_one < other for other in parts.values())
    )


def _scale(texts: list[str]) -> dict[str, float] | None:
    """Rank of each text when all stand on one known scale (or are Roman numerals)."""
    roman = {text: _roman_rank(text) for text in texts}
    if texts and all(rank is not None for rank in roman.values()):
        return {text: rank for text, rank in roman.items() if rank is not None}
    for steps in _SCALES:
        rank = {word: float(i) for i, words in enumerate(steps) for word in words.split("|")}
        if len(texts) > 1 and all(text in rank for text in texts):
            return rank
    return None


def _roman_rank(text: str) -> float | None:
    found = _ROMAN_LEVEL.fullmatch(text)
    if found is None:
        return None
    suffix = found.group(2)
    letter = (ord(suffix[0]) - ord("a") + 1) / 10 if suffix and suffix[0].isalpha() else 0.0
    digit = int(suffix[-1]) / 1000 if suffix and suffix[-1].isdigit() else 0.0
    return _ROMAN[found.group(1)] + letter + digit


def _chunks(text: str) -> tuple[tuple[int, float, str], ...]:
    """Text cut into numbers and words, so that G2 comes before G10 and '<=50' before '51-65'."""
    compared = re.match(r"(<=|<|≤|>=|>|≥)\s*(?=[\d.])", text)
    side = "1"
    if compared:
        side = "0" if compared.group(1)[0] in "<≤" else "2"
        text = text[compared.end() :]
    parts: list[tuple[int, float, str]] = []
    for number, word in re.findall(r"(\d+(?:\.\d+)?)|([^\d]+)", text):
        if number:
            parts.append((0, float(number), side if not parts else "1"))
        else:
            parts.append((1, 0.0, word.strip()))
    return tuple(parts)


def _read_only(array: Any) -> Any:
    array = np.array(array)
    array.setflags(write=False)
    return array
