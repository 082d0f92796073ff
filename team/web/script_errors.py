"""A defect in a page: a number for the person, and what a programmer needs in the log under that number."""

from __future__ import annotations

import logging
import secrets
import traceback

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


def record_apart(error: BaseException) -> str:
    """Write a defect of work in the background to the log, where nobody else writes it, and return its number.

    Where it arose, line by line, and of which type; never its message, which may hold what a cell held.
    """
    number = secrets.token_hex(4)
    measures.count("errors")
    where = "".join(traceback.format_tb(error.__traceback__))
    _log.error("The defect %s in long work is a %s:\n%s", number, type(error).__name__, where)
    return number
