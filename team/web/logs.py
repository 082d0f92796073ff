"""Logs as lines of JSON without patients: what happened, where in the program, when; never with which words.

A message of a library or of an exception may hold a cell of a cohort, a file's name or a password, and no pattern finds
all of them. So only two things are written as text: messages of this program, which are constants, and numbers. Of
the rest stand the logger, the place in the program, and for an exception its type and where it went.

This is done to the record itself, not by a handler: libraries bring handlers of their own, some of them late.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

_OURS = "team."
_WORDS = ("request", "person", "route", "method", "outcome", "part", "number")
_NUMBERS = ("status", "ms")
# What an operator wants to know of the server, word for word; its other messages may be whole tracebacks.
_SPOKEN = frozenset(
    {
        "Started server process [%d]",
        "Waiting for application startup.",
        "Application startup complete.",
        "Application startup failed. Exiting.",
        "Shutting down",
        "Waiting for application shutdown.",
        "Application shutdown complete.",
        "Finished server process [%d]",
    }
)
_LONGEST = 60
_PROGRAM = Path(__file__).parents[2]
_OPERATORS_LOG = logging.getLogger("team.web.logs")


class PlainRecord(logging.LogRecord):
    """A record whose message is its line of JSON, and which holds no exception."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        error, self.exc_info = self.exc_info, None
        self._error = error[0].__name__ if error and error[0] is not None else None
        self._through = places(error[2]) if error and error[2] is not None else []

    def getMessage(self) -> str:  # noqa: N802, the name is the standard library's
        """The line."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(self.created, UTC).isoformat(timespec="milliseconds"),
            "level": self.levelname.lower(),
            "event": self._event(),
            "where": f"{self.name}:{self.lineno}",
        }
        if self.name.startswith(_OURS):
            line |= {name: _word(self.__dict__[name]) for name in _WORDS if name in self.__dict__}
            line |= {name: self.__dict__[name] for name in _NUMBERS if isinstance(self.__dict__.get(name), int | float)}
        if self._error:
            line |= {"error": self._error, "through": self._through}
        return json.dumps(line)

    def _event(self) -> str:
        if not isinstance(self.msg, str):
            return "message"
        spoken = self.name.startswith(_OURS) or self.msg in _SPOKEN
        return self.msg[:200].replace(" [%d]", "") if spoken else "message of a library"


def _word(value: object) -> str | None:
    return None if value is None else str(value)[:_LONGEST]


def places(trace: TracebackType | None) -> list[str]:
    """File, line and function of each step, innermost last; no source text, no values."""
    return [f"{_short(step.filename)}:{step.lineno} {step.name}" for step in traceback.extract_tb(trace)][-12:]


def _short(filename: str) -> str:
    path = Path(filename)
    if path.is_relative_to(_PROGRAM):
        return path.relative_to(_PROGRAM).as_posix()
    return "/".join(path.parts[-3:])


def write_json_lines(level: str = "info", *, stream: TextIO | None = None) -> None:
    """From now on every logger writes such lines, those with handlers of their own included.

    Called again, it takes handlers away that were brought in the meantime.
    """
    logging.setLogRecordFactory(PlainRecord)
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in list(logging.root.manager.loggerDict):
        one = logging.getLogger(name)
        one.handlers.clear()
        one.propagate = True
    for name, least in (("team", level.upper()), ("uvicorn.error", "INFO"), ("uvicorn.access", "CRITICAL")):
        logging.getLogger(name).setLevel(least)
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = lambda said: _uncaught(said.exc_type, said.exc_value, said.exc_traceback)


@contextmanager
def restored() -> Iterator[None]:
    """Put logging back as it was, afterwards; for tests and for programs that do more than serve."""
    root, factory = logging.getLogger(), logging.getLogRecordFactory()
    handlers, level, hooks = list(root.handlers), root.level, (sys.excepthook, threading.excepthook)
    loggers = {name: logging.getLogger(name) for name in logging.root.manager.loggerDict}
    kept = {name: (list(one.handlers), one.propagate) for name, one in loggers.items()}
    try:
        yield
    finally:
        logging.setLogRecordFactory(factory)
        root.handlers[:] = handlers
        root.setLevel(level)
        for name, (own, propagate) in kept.items():
            loggers[name].handlers[:], loggers[name].propagate = own, propagate
        logging.captureWarnings(False)
        sys.excepthook, threading.excepthook = hooks


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if error is not None:
        _OPERATORS_LOG.critical("stopped by an error", exc_info=(kind, error, trace))


def quiet(name: str) -> None:
    """Take what a logger of a library says below an error for granted."""
    logging.getLogger(name).setLevel(logging.ERROR)
