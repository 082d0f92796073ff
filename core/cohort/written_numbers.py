"""Numbers with something beside them: '<0.5', '>1000', '12 ng/mL', '1,234.5 U/L'."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from core.cohort.numbers import parse_numbers

_CELL = re.compile(
    r"(?P<limit><=|>=|[<>≤≥≦≧])?\s*(?P<number>[+-]?\d[\d.,' ]*(?:e[+-]?\d+)?)(?P<more>\+)?\s*(?P<unit>[^\d\s<>=].*)?",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"(?:%|[a-zµμ^*·.\s]*\d*\^?\d*/[a-zµμ0-9^.\s²³]+|[mc]?m|[mµμn]?g|k?g|[mµμp]?mol|ml|l|iu|u|miu|s|sec|min|d|days?|"
    r"w|weeks?|m|mo|months?|y|yrs?|years?|岁|天|周|月|个月|年|次|个)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenNumber:
    """A cell with one number.

    Attributes
    ----------
    value : float
    limit : str
        '<' or '>' where the cell says that the value is beyond the number; '' otherwise.
    unit : str
        As written; '' without one.
    """

    value: float
    limit: str
    unit: str

    @property
    def is_plain(self) -> bool:
        """Whether nothing stands beside the number."""
        return not self.limit and not self.unit


def written_number(text: str, *, decimal_comma: bool | None = None) -> WrittenNumber | None:
    """The number of a cell and what stands beside it; None where the cell is no such thing.

    ``decimal_comma`` says what a comma means where the number itself does not tell.
    """
    match = _CELL.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if match is None:
        return None
    unit = (match["unit"] or "").strip()
    if unit and not _UNIT.fullmatch(unit):
        return None
    numbers = parse_numbers([match["number"].strip()], decimal_comma=decimal_comma)
    value = float(numbers.value[0])
    if value != value:
        return None
    sign = match["limit"] or (">" if match["more"] else "")
    limit = "" if not sign else "<" if sign[0] in "<≤≦" else ">"
    return WrittenNumber(value=value, limit=limit, unit=unit)
