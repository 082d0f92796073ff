"""Parquet files: flat tables of numbers, texts, dates and true or false."""

from __future__ import annotations

from core.cohort.issues import IssueLog
from core.cohort.statistics_files import LabelledTable, read_labelled


def read_parquet(content: bytes, *, name: str, log: IssueLog) -> LabelledTable:
    """Read a Parquet file; see ``statistics_files.read_labelled``. Dates are written out by the reader."""
    return read_labelled(content, kind="parquet", program="Parquet", dates=lambda _: None, name=name, log=log)
