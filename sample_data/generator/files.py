"""Files out: clean CSV, the same bytes on every system."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

Row = Mapping[str, object]
DAYS_PER_MONTH = 30.4375


def csv_text(rows: Sequence[Row]) -> str:
    """Rows as CSV text; the first row names the columns, None is an empty cell."""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: "" if value is None else value for key, value in row.items()} for row in rows)
    return out.getvalue()


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write the files of one cohort."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_bytes(text.encode("utf-8"))


def days(months: float) -> int:
    """Days completed in so many months of 30.4375 days: a time from dates is then never the longer one."""
    return int(months * DAYS_PER_MONTH + 1e-9)


def after(start: date, months: float) -> date:
    """The day that many months after ``start``."""
    return start + timedelta(days=days(months))
