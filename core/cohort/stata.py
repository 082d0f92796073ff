"""Stata files (.dta): value labels, extended missing values, dates since 1960 (%td days, %tc milliseconds)."""

from __future__ import annotations

import datetime as dt

from core.cohort.issues import IssueLog
from core.cohort.statistics_files import LabelledTable, Moment, read_labelled

_ORIGIN = dt.datetime(1960, 1, 1)
_SECONDS = {"td": 86400.0, "d": 86400.0, "tc": 0.001, "tC": 0.001}


def read_stata(content: bytes, *, name: str, log: IssueLog) -> LabelledTable:
    """Read a Stata file; see ``statistics_files.read_labelled``."""
    return read_labelled(content, kind="stata", program="Stata", dates=moment, name=name, log=log)


def moment(shown_as: str) -> Moment | None:
    """Origin and unit of a column, by its display format ('%td', '%tcDDmonCCYY'); None where it holds no dates."""
    written = shown_as.lstrip("%-")
    seconds = next((size for code, size in _SECONDS.items() if written.startswith(code)), None)
    return None if seconds is None else (_ORIGIN, seconds)
