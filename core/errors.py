"""One family of errors. Each says what went wrong, where, and what to do.

Bad *data* is not an exception: ``core.cohort.validate`` returns it as ``DataIssue`` values. These are for calls that
cannot go on.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence


class CohortError(ValueError):
    """Base of everything the core raises on purpose.

    Parameters
    ----------
    message : str
        What went wrong and where, one sentence.
    hint : str, optional
        What to do about it.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(f"{message} Hint: {hint}" if hint else message)
        self.message = message
        self.hint = hint


class ReadError(CohortError):
    """A file could not be read as a table."""


class SpecError(CohortError):
    """An analysis specification is not valid."""

    @classmethod
    def unknown_key(cls, key: str, known: Iterable[str], *, where: str) -> SpecError:
        """Unknown key, with the nearest known one named."""
        known = sorted(known)
        near = nearest(key, known)
        hint = f"Did you mean '{near}'?" if near else f"Known keys: {', '.join(known)}."
        return cls(f"Unknown key '{key}' in {where}.", hint=hint)


class MissingColumnError(CohortError):
    """A column that the specification names is not in the table."""

    @classmethod
    def from_available(cls, column: str, available: Sequence[str], *, needed_for: str) -> MissingColumnError:
        """Missing column, with the nearest available one named."""
        near = nearest(column, available)
        hint = f"Did you mean '{near}'?" if near else f"Columns in the table: {', '.join(map(str, available[:30]))}."
        return cls(f"Column '{column}', needed for {needed_for}, is not in the table.", hint=hint)


class MissingAnalysisError(CohortError):
    """An analysis that is asked for by name is not in the specification."""

    @classmethod
    def from_available(cls, name: str, available: Sequence[str]) -> MissingAnalysisError:
        """Missing analysis, with the nearest one named."""
        near = nearest(name, available)
        hint = f"Did you mean '{near}'?" if near else f"Analyses: {', '.join(available)}."
        return cls(f"There is no analysis '{name}' in the specification.", hint=hint)


class InvalidTimeToEventError(CohortError):
    """Times and events that no estimator can take."""


class TooLongError(CohortError):
    """Work that took longer than it may."""


class TooFewEventsError(CohortError):
    """Not enough patients, groups or events for the analysis asked for."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word closest in spelling, ignoring case, or None."""
    by_fold = {str(name).casefold(): str(name) for name in known}
    found = difflib.get_close_matches(word.casefold(), by_fold, n=1, cutoff=0.6)
    return by_fold[found[0]] if found else None
