"""Grades of adverse events as they are written: '3', 'Grade 3', 'G3', 'III', '3级', 'severe'."""

from __future__ import annotations

import re

from core.cohort.values import fold

_GRADE = re.compile(
    r"(?:ctcae|ctc|grade|gr|g|级|度|等级)?[\s.:]*([0-9]+(?:\.0+)?|i{1,3}|iv|v)\s*(?:级|度|级别)?", re.IGNORECASE
)
_ROMAN = {"i": 1.0, "ii": 2.0, "iii": 3.0, "iv": 4.0, "v": 5.0}
_CHINESE = {"一级": 1.0, "二级": 2.0, "三级": 3.0, "四级": 4.0, "五级": 5.0}
_SEVERITY = {
    "mild": 1.0, "moderate": 2.0, "severe": 3.0, "life-threatening": 4.0, "life threatening": 4.0, "fatal": 5.0,
    "death": 5.0, "轻度": 1.0, "中度": 2.0, "重度": 3.0, "危及生命": 4.0, "死亡": 5.0,
}  # fmt: skip


def parse_grade(text: str) -> float:
    """The grade that a text means; NaN where it means none."""
    folded = fold(text)
    if folded in _SEVERITY or folded in _CHINESE:
        return _SEVERITY.get(folded) or _CHINESE[folded]
    match = _GRADE.fullmatch(folded)
    if match is None:
        return float("nan")
    written = match.group(1)
    return _ROMAN[written] if written in _ROMAN else float(written)


def is_severity(text: str) -> bool:
    """Whether a text is a severity ('severe'), which is a grade only by convention."""
    return fold(text) in _SEVERITY
