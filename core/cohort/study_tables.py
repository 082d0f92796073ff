"""A table of a cohort as text and back, bit for bit: one column after the other, as JSON.

JSON because it is read everywhere and in twenty years, and holds every double exactly; a missing value is null.
"""

from __future__ import annotations

import json
from typing import Any, cast, get_args

import numpy as np
import pandas as pd

from core.cohort.cohort import Column, ColumnKind, DataIssue, Severity, Table
from core.cohort.guards import refuse_cells


def table_text(table: Table) -> bytes:
    """A table as JSON (UTF-8)."""
    columns = [
        {
            "name": column.name,
            "kind": column.kind,
            "role": column.role,
            "endpoint": column.endpoint,
            "confidence": column.confidence,
            "reason": column.reason,
            **_values(table.frame[column.name]),
        }
        for column in table.columns
    ]
    return text_of({"table": table.name, "row_numbers": list(map(int, table.row_numbers)), "columns": columns})


def table_of(text: bytes, *, name: str) -> Table:
    """The table that a text holds.

    Parameters
    ----------
    name : str
        File name, for messages.

    Raises
    ------
    ReadError
        If it is larger than memory holds.
    KeyError, TypeError, ValueError
        If it is no such text.
    """
    raw = json.loads(text)
    rows = tuple(map(int, raw["row_numbers"]))
    refuse_cells(len(rows), len(raw["columns"]), name=name)
    columns = tuple(_column(one) for one in raw["columns"])
    series = {column.name: _series(one, len(rows)) for column, one in zip(columns, raw["columns"], strict=True)}
    if len(series) != len(columns):
        raise ValueError("a column stands twice")
    frame = pd.DataFrame(series, columns=list(series), index=pd.RangeIndex(len(rows)))
    return Table(name=str(raw["table"]), frame=frame, row_numbers=rows, columns=columns)


def issue_text(issue: DataIssue) -> dict[str, Any]:
    """A finding as a plain value."""
    return {
        "code": issue.code,
        "severity": issue.severity,
        "table": issue.table,
        "column": issue.column,
        "rows": list(map(int, issue.rows)),
        "message": issue.message,
        "remedy": issue.remedy,
    }


def issue_of(raw: dict[str, Any]) -> DataIssue:
    """The finding that a plain value holds."""
    if raw["severity"] not in get_args(Severity):
        raise ValueError("unknown severity")
    return DataIssue(**(raw | {"rows": tuple(map(int, raw["rows"]))}))


def text_of(value: object) -> bytes:
    """A value as JSON (UTF-8), the same bytes every time."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8")


def _values(series: pd.Series[Any]) -> dict[str, Any]:
    """The values of a column: numbers, ISO dates, texts, or levels with a code per row (-1: missing)."""
    if isinstance(series.dtype, pd.CategoricalDtype):
        codes = series.cat.codes.to_numpy()
        return {"as": "levels", "levels": [str(one) for one in series.cat.categories], "values": codes.tolist()}
    values = series.to_numpy()
    if values.dtype.kind == "M":
        unit = np.datetime_data(values.dtype)[0]
        texts = [None if text == "NaT" else text for text in np.datetime_as_string(values).tolist()]
        day = {text[10:] for text in texts if text is not None}
        if len(day) == 1 and not day.pop().strip("T0:."):  # midnight everywhere: the day says it all
            texts = [None if text is None else text[:10] for text in texts]
        return {"as": "dates", "unit": unit, "values": texts}
    if values.dtype.kind == "f":
        return {"as": "numbers", "values": [_number(value) for value in values.tolist()]}
    return {"as": "texts", "values": [None if pd.isna(one) else str(one) for one in values.tolist()]}


def _number(value: float) -> float | str | None:
    if value != value:
        return None
    return value if abs(value) != float("inf") else str(value)  # JSON has no infinity


def _column(raw: dict[str, Any]) -> Column:
    if raw["kind"] not in get_args(ColumnKind):
        raise ValueError("unknown kind of column")
    return Column(
        name=str(raw["name"]),
        kind=cast("ColumnKind", raw["kind"]),
        role=raw["role"],
        confidence=float(raw["confidence"]),
        reason=str(raw["reason"]),
        endpoint=raw["endpoint"],
    )


def _series(raw: dict[str, Any], n: int) -> pd.Series[Any]:
    values, how = raw["values"], raw["as"]
    if len(values) != n:
        raise ValueError("a column is longer or shorter than the others")
    if how == "levels":
        levels = pd.Index([str(one) for one in raw["levels"]], dtype=object)
        return pd.Series(pd.Categorical.from_codes([int(code) for code in values], categories=levels))
    if how == "dates":
        if raw["unit"] not in ("s", "ms", "us", "ns"):
            raise ValueError("unknown unit of dates")
        return pd.Series(np.array([one or "NaT" for one in values], dtype=f"datetime64[{raw['unit']}]"))
    if how == "numbers":
        return pd.Series(np.array([np.nan if one is None else float(one) for one in values], dtype=np.float64))
    column = np.empty(n, dtype=object)
    column[:] = [None if one is None else str(one) for one in values]
    return pd.Series(column, dtype=object)
