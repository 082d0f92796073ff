"""A file of a statistics package to JSON, as a process of its own: what a damaged file does to its reader stays here.

Run as a script (``python binary_process.py KIND MEGABYTES CELLS``, the file on standard input); never imported. The
libraries that read these formats are written in C and C++, and a damaged file can end or hang the process they run in.
"""

from __future__ import annotations

import io
import json
import os
import sys
from typing import Any

Answer = dict[str, Any]


def main() -> None:
    """Write ``{"columns": [...], "encoding": ...}`` or ``{"error": code}``; see ``core.cohort.statistics_files``."""
    kind, megabytes, cells = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    _limit_memory(megabytes)
    try:
        if kind == "workbook":
            answer = _workbook(_input(), cells)
        else:
            answer = _parquet(_input(), cells) if kind == "parquet" else _statistics(kind, _input(), cells)
        text = json.dumps(answer, default=str)
    except MemoryError:
        text = '{"error": "memory"}'
    except BaseException:  # whatever the library says of a damaged file, the file is damaged
        text = '{"error": "damaged"}'
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    sys.stdout.flush()
    os._exit(0)  # a library's threads are not waited for: what is asked for is written


def _input() -> io.BytesIO:
    return io.BytesIO(sys.stdin.buffer.read())


def _limit_memory(megabytes: int) -> None:
    """Set a ceiling where the system knows one (not on Windows)."""
    try:
        import resource
    except ImportError:
        return
    ceiling = megabytes * 1024**2
    if sys.platform != "darwin":
        resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling))


def _statistics(kind: str, file: io.BytesIO, max_cells: int) -> Answer:
    import pyreadstat

    readers: dict[str, Any] = {
        "spss": pyreadstat.read_sav,
        "stata": pyreadstat.read_dta,
        "sas": pyreadstat.read_sas7bdat,
        "xpt": pyreadstat.read_xport,
    }
    read = readers[kind]
    found = read(file, metadataonly=True)[1]
    if (found.number_rows or 0) * max(1, found.number_columns or 0) > max_cells:
        return {"error": "cells", "rows": found.number_rows, "columns": found.number_columns}
    file.seek(0)
    options: Answer = {} if kind == "xpt" else {"user_missing": True}
    values, found = read(file, disable_datetime_conversion=True, output_format="dict", **options)
    return {
        "encoding": found.file_encoding,
        "columns": [_column(name, values[name], found) for name in found.column_names],
    }


def _column(name: str, values: Any, found: Any) -> Answer:
    labels = found.variable_value_labels.get(name, {})
    return {
        "name": name,
        "label": found.column_names_to_labels.get(name) or "",
        "format": found.original_variable_types.get(name) or "",
        "values": list(values) if isinstance(values, list) else values.tolist(),
        "labels": list(labels.items()),
        "missing": [(r["lo"], r["hi"]) for r in found.missing_ranges.get(name, [])],
        "codes": list(found.missing_user_values.get(name, [])),
    }


def _parquet(file: io.BytesIO, max_cells: int) -> Answer:
    import pyarrow as pa
    import pyarrow.parquet as pq

    said = pq.read_metadata(file)
    if said.num_rows * max(1, said.num_columns) > max_cells:
        return {"error": "cells", "rows": said.num_rows, "columns": said.num_columns}
    file.seek(0)
    # threads may not start under the ceiling of memory, and then end the process
    table = pq.read_table(file, use_threads=False, pre_buffer=False)
    index = _pandas_index(table)
    columns = []
    for field, column in zip(table.schema, table.columns, strict=True):
        if field.name in index and field.name.startswith("__index_level_"):
            continue
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        if pa.types.is_nested(kind) or pa.types.is_binary(kind):
            return {"error": "nested", "column": field.name}
        columns.append({"name": field.name, "values": _texts(column), "format": "text"})
    return {"encoding": "UTF-8", "columns": columns}


def _texts(column: Any) -> list[Any]:
    """Cells as JSON holds them: numbers, true and false, texts, and dates as text."""
    import datetime as dt

    def plain(value: Any) -> Any:
        if isinstance(value, dt.datetime):
            midnight = value.time() == dt.time()
            return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="seconds")
        return value if isinstance(value, bool | int | float | str | type(None)) else str(value)

    return [plain(value) for value in column.to_pylist()]


def _workbook(file: io.BytesIO, max_cells: int) -> Answer:
    """Open every sheet of a binary workbook; what is on them is read again where this went well."""
    import python_calamine as calamine

    with calamine.CalamineWorkbook.from_filelike(file) as book:
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            if sheet.total_height * sheet.total_width > max_cells:
                return {"error": "cells", "rows": sheet.total_height, "columns": sheet.total_width}
            sheet.to_python(skip_empty_area=False)
    return {}


def _pandas_index(table: Any) -> set[str]:
    said = json.loads((table.schema.metadata or {}).get(b"pandas", b"{}"))
    return {name for name in said.get("index_columns", []) if isinstance(name, str)}


if __name__ == "__main__":
    main()
