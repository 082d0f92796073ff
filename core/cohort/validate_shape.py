"""Tables that are no list of patients (turned on their side, or summed up already), and lesions in columns."""

from __future__ import annotations

import re

from core.cohort.cohort import Table
from core.cohort.endpoint_names import read_name
from core.cohort.issues import IssueLog, counted, listed
from core.cohort.values import fold
from core.cohort.vocabulary import name_words

_PIVOT = frozenset(("row labels", "column labels", "行标签", "列标签", "zeilenbeschriftungen", "étiquettes de lignes"))
_SUMMED = frozenset(("count", "average", "mean", "sum", "计数项", "平均值项", "求和项"))
_LESION = re.compile(r"(?:lesion|target|tumou?r|nodule|病灶|靶病灶)[\s_.-]*\d", re.IGNORECASE)
_LESION_COLUMNS = 4
_FEWEST = 2
_MOST_ROWS = 200  # variables; a longer table is no list of them


def check_shape(table: Table, log: IssueLog) -> None:
    """Report a table with one column per patient, and a pivot table; codes ``turned-table``, ``pivot-table``."""
    if table.raw is None or not table.raw.columns:
        return
    columns = table.raw.columns
    summed = sum(bool(set(name_words(name)[:1]) & _SUMMED) or name.split(":")[0] in _SUMMED for name in columns[1:])
    if fold(columns[0]) in _PIVOT and summed >= len(columns) // 2:
        log.add(
            "pivot-table", "error", "This is a pivot table: it counts and averages patients instead of listing them.",
            rows=(1,), remedy="Load the sheet that the pivot table was made from, with one row per patient.",
        )  # fmt: skip
    if len(table.row_numbers) > _MOST_ROWS or any(read_name(name) is not None for name in columns[1:]):
        return
    named = [text for text in table.raw.codes_of(columns[0])[1] if _speaks_of_outcome(text)]
    if len(named) >= _FEWEST:
        log.add(
            "turned-table", "error",
            f"The table seems to be turned on its side: its first column holds names of variables ({listed(named)}).",
            column=columns[0], remedy="Copy it and paste it transposed (Paste Special, Transpose).",
        )  # fmt: skip


def _speaks_of_outcome(text: str) -> bool:
    parts = read_name(text)
    return parts is not None and parts.endpoint is not None


def check_wide_lesions(table: Table, log: IssueLog) -> None:
    """Say what columns of lesion diameters would give as a table of their own; code ``wide-lesions``."""
    found = [column.name for column in table.columns if column.kind == "number" and _LESION.search(column.name)]
    if len(found) >= _LESION_COLUMNS:
        log.add(
            "wide-lesions", "info",
            f"{counted(len(found), 'column')} hold sizes of single lesions ({listed(found)}), read as variables.",
            remedy="For response by RECIST give them as a table of lesions: a row per lesion and measurement, with "
            "patient, lesion, day or date, and diameter in mm.",
        )  # fmt: skip
