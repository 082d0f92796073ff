"""SAS files (.sas7bdat and transport files, .xpt): dates as days, moments as seconds since 1960."""

from __future__ import annotations

import datetime as dt
import re

from core.cohort.issues import IssueLog
from core.cohort.statistics_files import LabelledTable, Moment, read_labelled

_ORIGIN = dt.datetime(1960, 1, 1)
_MOMENTS = re.compile(r"(?:DATETIME|E8601DT|B8601DT|E8601DZ|DATEAMPM|MDYAMPM|NLDATM|IS8601DT)\w*[\d.]*", re.IGNORECASE)
_DAYS = re.compile(
    r"(?:DATE|DAY|DDMMYY|MMDDYY|YYMMDD|YYMM|MMYY|MONYY|MONNAME|WORDDATE|WEEKDATE|WEEKDATX|WORDDATX|JULIAN|E8601DA"
    r"|B8601DA|IS8601DA|NLDATE|EURDF\w+|MINGUO|YYQ|YEAR)\w?[\d.]*",
    re.IGNORECASE,
)


def read_sas(content: bytes, *, name: str, log: IssueLog) -> LabelledTable:
    """Read a SAS data set; see ``statistics_files.read_labelled``."""
    return read_labelled(content, kind="sas", program="SAS", dates=moment, name=name, log=log)


def read_transport(content: bytes, *, name: str, log: IssueLog) -> LabelledTable:
    """Read a SAS transport file (version 5 or 8); see ``statistics_files.read_labelled``."""
    return read_labelled(content, kind="xpt", program="SAS", dates=moment, name=name, log=log)


def moment(shown_as: str) -> Moment | None:
    """Origin and unit of a column, by its display format ('DATE9.'); None where it holds no dates."""
    if _MOMENTS.fullmatch(shown_as):
        return _ORIGIN, 1.0
    return (_ORIGIN, 86400.0) if _DAYS.fullmatch(shown_as) else None
