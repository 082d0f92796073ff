"""A defect in a page: a number for the person, and what a programmer needs in the log under that number."""

from __future__ import annotations

import logging
import secrets

from team import measures
from team.web.logs import PlainRecord

_log = logging.getLogger("team.web.script_errors")


def record(error: BaseException) -> str:
    """Write a defect to the log and return its number."""
    number = secrets.token_hex(4)
    measures.count("errors")
    if logging.getLogRecordFactory() is PlainRecord:
        _log.error("defect on a page", exc_info=(type(error), error, error.__traceback__), extra={"number": number})
    else:  # Streamlit has just written the traceback
        _log.error("The defect above has the number %s.", number)
    return number
