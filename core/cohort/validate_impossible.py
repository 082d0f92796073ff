"""Numbers that cannot be: codes for missing among measurements, ages over 120, laboratory values below zero."""

from __future__ import annotations

import numpy as np

from core.cohort.cohort import Column, Table
from core.cohort.distinct import Distinct, distinct_numbers
from core.cohort.endpoints import row_number_array
from core.cohort.issues import IssueLog, counted, listed
from core.cohort.vocabulary import name_words
from core.timetoevent import BoolArray, FloatArray

_SENTINELS = (-99.0, -9.0, -999.0, -9999.0, 99.0, 999.0, 9999.0, 99999.0)
_AGE = frozenset(("age", "年龄"))
_NEVER_BELOW_ZERO = frozenset(
    ("afp", "cea", "ca", "pivka", "dcp", "alt", "ast", "ggt", "alp", "ldh", "crp", "albumin", "alb", "bilirubin",
     "tbil", "bili", "inr", "platelet", "platelets", "plt", "wbc", "neutrophil", "neutrophils", "lymphocyte",
     "lymphocytes", "monocyte", "monocytes", "hb", "hgb", "haemoglobin", "hemoglobin", "creatinine", "urea", "glucose",
     "sodium", "potassium", "ferritin", "ki", "nlr", "plr", "mitoses", "diameter", "size", "volume", "height", "bmi",
     "甲胎蛋白", "癌胚抗原", "异常凝血酶原", "谷丙转氨酶", "谷草转氨酶", "转氨酶", "白蛋白", "胆红素", "总胆红素",
     "血小板", "白细胞", "中性粒细胞", "淋巴细胞", "血红蛋白", "肌酐",
     "直径", "最大径", "肿瘤直径", "肿瘤大小", "身高", "体重")
)  # fmt: skip
MAY_BE_BELOW_ZERO = frozenset(
    ("change", "changes", "delta", "diff", "difference", "log", "ln", "z", "score", "reduction", "decrease", "increase",
     "shrinkage", "slope", "excess", "变化", "差", "下降", "对数")
)  # fmt: skip
_OF_A_HUNDRED = frozenset(("percent", "percentage", "pct", "kps", "karnofsky"))
_MOST = 0.2  # share of a column; more are its scale, not odd cells
_ENOUGH = 4


def check_impossible(table: Table, column: Column, log: IssueLog) -> BoolArray | None:
    """Report values of a column of numbers that cannot be; which of its distinct numbers these are, None without any.

    Codes: ``sentinel-value``, ``implausible-age``, ``impossible-value``.
    """
    found = distinct_numbers(table, column.name)
    if found is None:
        return None
    numbers = np.asarray(found.values, dtype=np.float64)
    odd = _report_sentinels(table, column.name, found, numbers, log)
    words = name_words(column.name)
    if _AGE & set(words[:1]):
        odd |= _report_age(table, column.name, found, numbers, odd, log)
    else:
        odd |= _report_limits(table, column, found, numbers, odd, log)
    return odd if odd.any() else None


def _report_sentinels(table: Table, name: str, found: Distinct, numbers: FloatArray, log: IssueLog) -> BoolArray:
    odd = np.zeros(numbers.shape, dtype=np.bool_)
    known = np.isfinite(numbers)
    for sentinel in _SENTINELS:
        hit = numbers == sentinel
        rest = known & ~hit
        if hit.any() and found.counts[rest].sum() > _ENOUGH and abs(sentinel) > 3 * np.abs(numbers[rest]).max() + 1e-9:
            rows = row_number_array(table)[found.rows(hit)].tolist()
            message = f"'{name}' has {counted(len(rows), 'cell')} with {sentinel:g}, far from all others."
            log.add(
                "sentinel-value", "warning", message, column=name, rows=rows,
                remedy="If it is a missing code, leave the cells empty.",
            )  # fmt: skip
            odd |= hit
    return odd


def _report_age(
    table: Table, name: str, found: Distinct, numbers: FloatArray, odd: BoolArray, log: IssueLog
) -> BoolArray:
    with np.errstate(invalid="ignore"):
        bad: BoolArray = ((numbers < 0) | (numbers > 120)) & ~odd
    if bad.any():
        rows = row_number_array(table)[found.rows(bad)].tolist()
        message = f"'{name}' is below 0 or above 120 in {counted(len(rows), 'row')}: {_written(numbers[bad])}."
        log.add("implausible-age", "warning", message, column=name, rows=rows, remedy="Correct these cells.")
    return bad


def _report_limits(
    table: Table, column: Column, found: Distinct, numbers: FloatArray, odd: BoolArray, log: IssueLog
) -> BoolArray:
    """Measurements below zero and shares above a hundred, where nearly all others are not."""
    none = np.zeros(numbers.shape, dtype=np.bool_)
    words = set(name_words(column.name))
    if column.role in ("time", "event", "entry", "weight") or words & MAY_BE_BELOW_ZERO:
        return none
    is_share = bool(words & _OF_A_HUNDRED) or "%" in column.name
    if not (is_share or words & _NEVER_BELOW_ZERO):
        return none
    with np.errstate(invalid="ignore"):
        bad: BoolArray = ((numbers < 0) | ((numbers > 100) & is_share)) & ~odd
    n_known = found.counts[np.isfinite(numbers)].sum()
    if not bad.any() or found.counts[bad].sum() > _MOST * n_known:
        return none
    rows = row_number_array(table)[found.rows(bad)].tolist()
    limits = "below 0 or above 100" if is_share else "below 0"
    log.add(
        "impossible-value", "warning",
        f"'{column.name}' is {limits} in {counted(len(rows), 'row')}: {_written(numbers[bad])}.",
        column=column.name, rows=rows, remedy="Correct these cells.",
    )  # fmt: skip
    return bad


def _written(numbers: FloatArray) -> str:
    return listed([f"{number:g}" for number in np.unique(numbers).tolist()])
