"""SPSS, Stata, SAS and Parquet files as tables of text: labels in place of codes, dates written out.

Belongs here: what all these formats share. Does not belong here: starting the process that reads
(``separate_process``), how one package writes dates (``spss``, ``stata``, ``sas``).
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from core.cohort.guards import MAX_COLUMNS, refuse_cells
from core.cohort.issues import IssueLog
from core.cohort.separate_process import answer_of, damaged
from core.cohort.values import format_number
from core.errors import ReadError

Moment: TypeAlias = tuple[dt.datetime, float]
Dates: TypeAlias = Callable[[str], Moment | None]
"""Of a display format: the origin and the seconds of one unit, or None where the column holds no dates."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LabelledTable:
    """What a file of a statistics package says.

    Attributes
    ----------
    frame : DataFrame
        Every cell as text: the label where the value has one, dates as 2024-05-31; empty and declared missing is None.
    labels : dict of column to text
        What the columns are called in full.
    """

    frame: pd.DataFrame
    labels: dict[str, str]


def read_labelled(content: bytes, *, kind: str, program: str, dates: Dates, name: str, log: IssueLog) -> LabelledTable:
    """Read a file in a process of its own.

    Parameters
    ----------
    kind : {'spss', 'stata', 'sas', 'xpt', 'parquet'}
    program : str
        Whose file it is, for messages: ``SPSS``.
    dates : callable
    name : str
        File name, for messages.
    log : IssueLog
        Values that the file declares missing are reported here.

    Raises
    ------
    ReadError
        If the file is damaged, holds no rows, or more cells, time or memory than are given to it.
    """
    answer = answer_of(content, kind=kind, program=program, name=name)
    if answer.get("error") == "cells":
        refuse_cells(answer["rows"], answer["columns"], name=name)
    if answer.get("error") == "nested":
        raise ReadError(
            f"Column '{answer['column']}' of '{name}' holds lists or bytes, not one value a row.",
            hint="Save the table with one value in each cell.",
        )
    columns = answer["columns"]
    n_rows = len(columns[0]["values"]) if columns else 0
    if not n_rows:
        raise ReadError(f"'{name}' has column names but no rows.", hint="Load a file with one row per patient.")
    if len(columns) > MAX_COLUMNS:
        raise ReadError(
            f"'{name}' has {len(columns)} columns; at most {MAX_COLUMNS} are read.",
            hint="One row per patient and one column per variable is expected.",
        )
    frame = pd.DataFrame({column["name"]: _texts(column, dates(column["format"]), log) for column in columns})
    if len(frame.columns) != len(columns):
        raise damaged(name, program)
    frame.columns = pd.Index([_printable(str(column)) or f"Column {i}" for i, column in enumerate(frame.columns, 1)])
    if not frame.columns.is_unique or frame.isna().to_numpy().all():
        raise damaged(name, program)
    return LabelledTable(frame=frame, labels={c["name"]: c["label"].strip() for c in columns if c.get("label")})


def _texts(column: Mapping[str, Any], moment: Moment | None, log: IssueLog) -> np.ndarray[Any, np.dtype[np.object_]]:
    """The cells of one column as text, shape (n,)."""
    labels = _labels(column.get("labels", ()))
    written: dict[Any, str | None] = {}
    declared: dict[str, list[int]] = {}
    made = np.empty(len(column["values"]), dtype=object)
    for i, value in enumerate(column["values"]):
        key = (type(value), value)
        if key not in written:
            written[key] = _text(value, labels, moment)
        made[i] = written[key]
        if made[i] is not None and _is_declared_missing(value, column):
            declared.setdefault(made[i], []).append(i + 1)
            made[i] = None
    if declared:
        shown = ", ".join(f"'{text}' ({len(rows)})" for text, rows in declared.items())
        log.add(
            "declared-missing", "info", f"'{column['name']}': the file declares {shown} as missing.",
            column=column["name"], rows=sorted(row for rows in declared.values() for row in rows),
        )  # fmt: skip
    return made


def _labels(pairs: Any) -> dict[Any, str]:
    """Label of each value; two values with one label are told apart by the value."""
    named = [(value, _printable(str(label))) for value, label in pairs]
    times = Counter(label for _, label in named)
    return {
        _plain(value): label if times[label] == 1 else f"{label} ({_plain(value)})" for value, label in named if label
    }


def _plain(value: Any) -> Any:
    """1.0 and 1 are one value; text without the blanks that fill its column."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value.strip() if isinstance(value, str) else value


def _text(value: Any, labels: Mapping[Any, str], moment: Moment | None) -> str | None:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    label = labels.get(_plain(value))
    if label is not None:
        return label
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return _printable(value) or None
    return format_number(value) if moment is None else _date(float(value), moment)


def _printable(text: str) -> str:
    return "".join(letter for letter in text if letter >= " " or letter in "\n\t").strip()


def _date(value: float, moment: Moment) -> str:
    """A count of units since an origin as 2024-05-31; a number no calendar holds stays a number."""
    origin, seconds = moment
    try:
        when = origin + dt.timedelta(seconds=value * seconds)
    except OverflowError:
        return format_number(value)
    midnight = when.time() == dt.time()
    return when.date().isoformat() if midnight else when.isoformat(sep=" ", timespec="seconds")


def _is_declared_missing(value: Any, column: Mapping[str, Any]) -> bool:
    """Whether the file says that a value stands for nothing: SPSS's user-missing values, Stata's and SAS's .a to .z."""
    if value in column.get("codes", ()):
        return True
    for low, high in column.get("missing", ()):
        if isinstance(value, str) and isinstance(low, str):
            if value.strip() == low.strip():
                return True
        elif isinstance(value, int | float) and isinstance(low, int | float) and low <= value <= high:
            return True
    return False
