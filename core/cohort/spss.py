"""SPSS files (.sav and .zsav): value labels, user-missing values, dates as seconds since the Gregorian calendar."""

from __future__ import annotations

import datetime as dt
import re

from core.cohort.issues import IssueLog
from core.cohort.statistics_files import LabelledTable, Moment, read_labelled

_ORIGIN = dt.datetime(1582, 10, 14)
_DATES = re.compile(r"(?:A|E|S|J)?DATE\d*|DATETIME[\d.]*|YMDHMS[\d.]*|MOYR\d+|QYR\d+|WKYR\d+", re.IGNORECASE)


def read_spss(content: bytes, *, name: str, log: IssueLog) -> LabelledTable:
    """Read an SPSS file; see ``statistics_files.read_labelled``."""
    return read_labelled(content, kind="spss", program="SPSS", dates=moment, name=name, log=log)


def moment(shown_as: str) -> Moment | None:
    """Origin and unit of a column, by its display format; None where it holds no dates."""
    return (_ORIGIN, 1.0) if _DATES.fullmatch(shown_as) else None
