"""Written numbers: decimal commas, thousands, percent signs. Works on the distinct texts of one column."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.cohort.dates import are_iso
from core.timetoevent import BoolArray, FloatArray, IntArray

_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_COMMA_GROUP = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}", re.ASCII)
_COMMA_DECIMAL = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?", re.ASCII)
_COMMA_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?", re.ASCII)
_DOT_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+(?:,\d*)?", re.ASCII)
_ALL_PLAIN = re.compile(r"-?\d+(?:\.\d*)?(?:\n-?\d+(?:\.\d*)?)*+", re.ASCII)
_ANY_ZERO = re.compile(r"^0\d", re.ASCII | re.MULTILINE)
_TOGETHER = 20
_LEADING_ZERO = re.compile(r"0\d+", re.ASCII)
_GROUPING_BLANK = re.compile(r"(?<=\d)[ \u00a0\u202f'’](?=\d{3}(?!\d))")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Numbers:
    """Distinct texts of a column read as numbers.

    Attributes
    ----------
    value : array, shape (n_texts,)
        NaN where a text is no number.
    comma : {'decimal', 'thousands', 'unclear', 'none'}
        What a comma between digits means in this column.
    percent : bool array, shape (n_texts,)
        Whether the text ends with a percent sign (25 % is read as 25).
    dotted_thousands : bool
        Whether a dot groups thousands ('1.234,5').
    leading_zero : bool array, shape (n_texts,)
        Whether the text is a code such as '007'.
    """

    value: FloatArray
    comma: str
    percent: BoolArray
    dotted_thousands: bool
    leading_zero: BoolArray


def parse_numbers(
    texts: Sequence[str],
    *,
    decimal_comma: bool | None = None,
    dots_group: bool = True,
    words: BoolArray | None = None,
) -> Numbers:
    """Read texts as numbers, deciding once for the column what commas and dots mean.

    Parameters
    ----------
    decimal_comma : bool, optional
        What a comma means where the column itself does not tell ('1,234'); None: thousands, said to be unclear.
    dots_group : bool
        Whether dots may group thousands (never in a workbook, whose numbers are written with a decimal point).
    words : bool array, shape (n_texts,), optional
        Texts that are known to be no numbers (``sure_words``).
    """
    if words is not None and words.any():
        at = np.flatnonzero(~words)
        part = parse_numbers([texts[int(i)] for i in at], decimal_comma=decimal_comma, dots_group=dots_group)
        return _among(part, at, len(texts))
    if (numbers := _all_plain(texts)) is not None:
        return numbers
    if are_iso(texts):
        none = np.zeros(len(texts), dtype=np.bool_)
        value = np.full(len(texts), np.nan)
        return Numbers(value=value, comma="none", percent=none, dotted_thousands=False, leading_zero=none)
    plain = [_normalised(text) for text in texts]
    percent = np.array([text.endswith("%") for text in plain], dtype=np.bool_)
    plain = [text[:-1].rstrip() if text.endswith("%") else text for text in plain]
    comma = comma_meaning(plain)
    if comma == "unclear" and decimal_comma is not None:
        comma = "decimal" if decimal_comma else "thousands"
    dotted = dots_group and comma != "thousands" and any(
        _DOT_THOUSANDS.fullmatch(text) and (text.count(".") > 1 or "," in text) for text in plain
    )  # fmt: skip
    value = np.array([_value(text, comma == "decimal", dotted) for text in plain], dtype=np.float64)
    zero = np.array([_LEADING_ZERO.fullmatch(text) is not None for text in plain], dtype=np.bool_)
    return Numbers(value=value, comma=comma, percent=percent, dotted_thousands=dotted, leading_zero=zero)


def are_plain(texts: Sequence[str]) -> bool:
    """Whether every text is digits with at most one point and a minus sign before them."""
    joined = "\n".join(texts)
    return joined.count("\n") == len(texts) - 1 and _ALL_PLAIN.fullmatch(joined) is not None


def _all_plain(texts: Sequence[str]) -> Numbers | None:
    """Many texts that are digits with at most one point each, read together; None where one is written otherwise."""
    if len(texts) < _TOGETHER or not are_plain(texts):
        return None
    zero = np.zeros(len(texts), dtype=np.bool_)
    if _ANY_ZERO.search("\n".join(texts)):
        zero[:] = [_LEADING_ZERO.fullmatch(text) is not None for text in texts]
    return Numbers(
        value=np.fromiter(map(float, texts), np.float64, len(texts)),
        comma="none",
        percent=np.zeros(len(texts), dtype=np.bool_),
        dotted_thousands=False,
        leading_zero=zero,
    )


def _among(part: Numbers, at: IntArray, n: int) -> Numbers:
    """The numbers of some texts among words."""
    value = np.full(n, np.nan)
    percent, zero = np.zeros(n, dtype=np.bool_), np.zeros(n, dtype=np.bool_)
    value[at], percent[at], zero[at] = part.value, part.percent, part.leading_zero
    return replace(part, value=value, percent=percent, leading_zero=zero)


def comma_meaning(texts: Sequence[str]) -> str:
    """What a comma means in these texts: 'decimal', 'thousands', 'unclear' (only '1,234') or 'none'."""
    with_comma = [text for text in texts if "," in text]
    decimal = any(
        (_COMMA_DECIMAL.fullmatch(text) and not _COMMA_GROUP.fullmatch(text))
        or ("." in text and _DOT_THOUSANDS.fullmatch(text))
        for text in with_comma
    )
    thousands = any(_COMMA_THOUSANDS.fullmatch(text) and ("." in text or text.count(",") > 1) for text in with_comma)
    if decimal != thousands:
        return "decimal" if decimal else "thousands"
    return "unclear" if any(_COMMA_GROUP.fullmatch(text) for text in with_comma) or decimal else "none"


def _normalised(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).replace("\u2212", "-").replace("\u2013", "-")
    return _GROUPING_BLANK.sub("", text.strip())


def _value(text: str, decimal_comma: bool, dotted_thousands: bool) -> float:
    if dotted_thousands and _DOT_THOUSANDS.fullmatch(text):
        text = text.replace(".", "")
    if "," in text:
        if (decimal_comma and _COMMA_DECIMAL.fullmatch(text)) or (dotted_thousands and text.count(",") == 1):
            text = text.replace(",", ".")
        elif not decimal_comma and _COMMA_THOUSANDS.fullmatch(text):
            text = text.replace(",", "")
    return float(text) if _PLAIN.fullmatch(text) else float("nan")
