"""Numbers as a journal prints them; the only place where anything is rounded.

Belongs here: one number, interval, percentage or p-value to text, and rows, lists and units in words. Does not belong
here: which numbers stand in which table (``*_table.py``, ``*_report.py``).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

NOT_REACHED = "NR"
NOT_ESTIMABLE = "not estimable"
EN_DASH = "–"
MINUS = "−"
UNIT_WORDS = {
    "days": ("day", "days"), "weeks": ("week", "weeks"), "months": ("month", "months"), "years": ("year", "years")
}  # fmt: skip
_LARGEST_RATIO = 100.0
_EXACT_BELOW, _NEAR_HALF = 1e9, 1e-6


def rounded(value: float, digits: int) -> Decimal:
    """Round half away from zero, on the number as it is written.

    ``round`` takes halves to the even digit and sees binary fractions (``round(2.675, 2)`` is 2.67); a reader with
    pencil and paper gets 2.68. Decimals of the shortest written form do what the reader does.
    """
    exact = Decimal(repr(float(value)))
    whole = exact.scaleb(digits).to_integral_value(rounding=ROUND_HALF_UP)
    return abs(whole) if whole == 0 else whole.scaleb(-digits)


def number(value: float | None, digits: int = 1, *, missing: str = NOT_ESTIMABLE) -> str:
    """A number with ``digits`` decimals and a true minus sign; ``missing`` stands for NaN, infinity and None."""
    if value is None or not math.isfinite(value):
        return missing
    return _printed(value, digits, shift=0)


def percent(fraction: float | None, digits: int = 1, *, missing: str = NOT_ESTIMABLE, sign: bool = True) -> str:
    """A fraction as a percentage, ``0.786`` as ``78.6 %``; without the sign for columns headed ``%``.

    The decimal point is moved in the written number, so that 0.285 gives 28.5 and not 28.499999999999996.
    """
    if fraction is None or not math.isfinite(fraction):
        return missing
    return _printed(fraction, digits, shift=2) + (" %" if sign else "")


def _printed(value: float, digits: int, *, shift: int) -> str:
    """``value`` times ten to the ``shift``, rounded as ``rounded`` does.

    Formatting of floats is right, and several times faster, wherever the number is not about half-way between two
    printed ones: a screen prints hundreds of numbers.
    """
    scaled = abs(value) * 10.0 ** (shift + digits)
    if digits < 0 or scaled > _EXACT_BELOW or abs(scaled % 1.0 - 0.5) < _NEAR_HALF:
        moved = float(Decimal(repr(float(value))).scaleb(shift))
        text = f"{rounded(moved, digits):.{max(digits, 0)}f}"
    else:
        text = f"{value * 10.0**shift:.{digits}f}"
        if text.startswith("-") and not text.strip("-0."):
            text = text[1:]
    return text.replace("-", MINUS)


def limits(low: float | None, high: float | None, digits: int = 1, *, missing: str = NOT_REACHED) -> str:
    """Two limits, ``12.1–NR``; with ``to`` where a minus sign would run into the dash."""
    texts = (number(low, digits, missing=missing), number(high, digits, missing=missing))
    return _span(*texts)


def estimate(
    value: float | None, low: float | None, high: float | None, *, digits: int = 1, missing: str = NOT_REACHED
) -> str:
    """A number and its interval, ``19.6 (12.1–NR)``; one ``missing`` where nothing is known."""
    text = number(value, digits, missing=missing)
    if all(x is None or not math.isfinite(x) for x in (value, low, high)):
        return text
    return f"{text} ({limits(low, high, digits, missing=missing)})"


def percent_estimate(value: float | None, low: float | None, high: float | None, *, digits: int = 1) -> str:
    """A fraction and its interval as percentages, ``78.6 % (58.4–89.8)``; no interval where it has no width."""
    if value is None or not math.isfinite(value):
        return NOT_ESTIMABLE
    if low == high:
        return percent(value, digits)
    ends = [percent(end, digits, missing="", sign=False) for end in (low, high)]
    return f"{percent(value, digits)} ({_span(*ends)})" if all(ends) else percent(value, digits)


def percentage_points(value: float | None, low: float | None, high: float | None) -> str:
    """A difference of fractions and its interval in percentage points, ``44.0 (20.1–60.9)``."""
    if value is None or not math.isfinite(value):
        return NOT_ESTIMABLE
    ends = [percent(end, missing="", sign=False) for end in (low, high)]
    shown = percent(value, sign=False)
    return f"{shown} ({_span(*ends)})" if all(ends) else shown


def ratio_digits(value: float | None, low: float | None, high: float | None) -> int:
    """Decimals of a ratio: two, or as many as tell it from 1.00 where it lies close by with its interval.

    A number per small unit (AFP per ng/mL) has such a ratio: ``1.00042 (1.00013–1.00071)``.
    """
    known = [x for x in (value, low, high) if x is not None and math.isfinite(x)]
    if len(known) < 3 or known[0] == 1 or rounded(known[0], 2) != 1:
        return 2
    beside = known[1] > 1 or known[2] < 1
    if not beside and any(rounded(x, 2) != 1 for x in known):
        return 2
    return min(6, 1 + math.ceil(-math.log10(abs(known[0] - 1))))


def ratio(value: float | None, *, digits: int = 2, missing: str = NOT_ESTIMABLE) -> str:
    """A ratio with two decimals unless told; ``<0.01`` and ``>100`` outside what two decimals can say."""
    if value is None or not math.isfinite(value):
        return missing
    if value > 0 and rounded(value, 2) < Decimal("0.01"):
        return "<0.01"
    return ">100" if value > _LARGEST_RATIO else number(value, digits)


def ratio_estimate(value: float | None, low: float | None, high: float | None) -> str:
    """A ratio and its interval, ``0.59 (0.36–0.96)``; a ratio without end may have one limit, ``(>1.83)``."""
    if value is None or not math.isfinite(value):
        one = [
            f"{sign}{ratio(end)}" for sign, end in ((">", low), ("<", high)) if end is not None and math.isfinite(end)
        ]
        return f"{NOT_ESTIMABLE} ({one[0]})" if len(one) == 1 else NOT_ESTIMABLE
    digits = ratio_digits(value, low, high)
    span = limits_of_ratio(low, high, digits=digits)
    return f"{ratio(value, digits=digits)} ({span})" if span else ratio(value)


def limits_of_ratio(low: float | None, high: float | None, *, digits: int = 2) -> str:
    """The limits of a ratio, ``0.36–0.96``; empty where one is missing."""
    ends = [ratio(end, digits=digits, missing="") for end in (low, high)]
    return _span(*ends) if all(ends) else ""


def p_value(p: float | None, *, missing: str = EN_DASH) -> str:
    """A p-value as journals print it: ``<0.001``, ``0.042``, ``0.37``, ``>0.99``.

    Three decimals below 0.1 and two from there on. A value below 0.05 never reads as 0.050: it gets the decimals it
    needs (0.0498).
    """
    if p is None or not math.isfinite(p):
        return missing
    if p < 0.001:
        return "<0.001"
    if p > 0.99:
        return ">0.99"
    if p >= 0.1:
        return number(p, 2)
    digits = 3
    while p < 0.05 and rounded(p, digits) >= Decimal("0.05"):
        digits += 1
        if digits > 5:
            return "<0.05"
    return number(p, digits)


def p_phrase(p: float | None) -> str:
    """A p-value in a sentence: ``P = 0.042``, ``P < 0.001``."""
    text = p_value(p, missing=NOT_ESTIMABLE)
    if text == NOT_ESTIMABLE:
        return f"P {text}"
    return f"P {text[0]} {text[1:]}" if text[0] in "<>" else f"P = {text}"


def count_percent(count: float, total: float, digits: int = 1) -> str:
    """A count with its percentage for a column headed ``n (%)``: ``22 (78.6)``; ``0`` alone without patients."""
    share = percent(count / total, digits, sign=False) if total else ""
    return f"{counted(count)} ({share})" if share else counted(count)


def counted(count: float) -> str:
    """A count, thousands apart as in ``5,000``; decimals only where weights made it fractional."""
    whole = float(count).is_integer()
    return f"{int(count):,}".replace("-", MINUS) if whole else number(count, 1)


def quantity(value: float, unit: str, digits: int = 1) -> str:
    """A time with its unit in words, ``19.6 months``; whole numbers without decimals when ``digits`` is 0."""
    text = number(value, digits, missing="not reached")
    return text if text == "not reached" else f"{text} {unit_word(unit, value, digits)}"


def unit_word(unit: str, value: float = 2.0, digits: int | None = None) -> str:
    """The unit's name, singular for exactly one: as it is, or as ``digits`` (only 0 prints "1") prints it."""
    one, many = UNIT_WORDS[unit]
    printed = value if digits is None else float(rounded(value, digits)) if digits == 0 else math.nan
    return one if printed == 1 else many


def time_label(time: float) -> str:
    """A time point as it was asked for: ``6``, ``4.5``."""
    return f"{time:g}".replace("-", MINUS)


def unit_digits(unit: str) -> int:
    """Decimals for times: none for days, one for the longer units."""
    return 0 if unit == "days" else 1


def several(n: int, word: str) -> str:
    """``1 variable``, ``12 variables``, ``5,000 patients``."""
    return f"{n} {word}" if n == 1 else f"{counted(n)} {word}s"


def patients(n: int) -> str:
    """``1 patient``, ``94 patients``."""
    return several(n, "patient")


def row_list(rows: Sequence[int], shown: int = 10) -> str:
    """Row numbers in words, ``rows 4, 9, 12``, the rest counted."""
    if not rows:
        return ""
    listed = ", ".join(map(str, rows[:shown]))
    more = f" and {len(rows) - shown} more" if len(rows) > shown else ""
    return f"{'row' if len(rows) == 1 else 'rows'} {listed}{more}"


def in_words(items: Iterable[str]) -> str:
    """A list in a sentence: ``a``, ``a and b``, ``a, b and c``."""
    *first, last = list(items) or [""]
    return f"{', '.join(first)} and {last}" if first else last


def sentence(text: str) -> str:
    """The text with a capital letter and a full stop."""
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".?!" else ".")


def _span(low: str, high: str) -> str:
    return f"{low} to {high}" if MINUS in low + high else f"{low}{EN_DASH}{high}"
