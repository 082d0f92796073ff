"""When each patient first had an adverse event of a term or a kind.

Belongs here: which patients had it and from when. Does not belong here: what follows for their survival
(``core.bias``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.cohort.select import AnalysisSet
from core.cohort.values import fold
from core.errors import SpecError, nearest
from core.safety.affected import event_days
from core.safety.columns import event_columns
from core.safety.event_kinds import KIND_WORDS, event_kinds
from core.safety.events import read_events
from core.timetoevent import BoolArray, FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FirstEvent:
    """The first adverse event asked for.

    Attributes
    ----------
    name : str
        As a reader calls the event.
    had : bool array, shape (m,)
        Which of the analysed patients had it at all.
    day : array, shape (m,)
        Of the first, from time zero; NaN where they had none, or where no event of theirs has a start.
    """

    name: str
    had: BoolArray
    day: FloatArray


def first_event(subset: AnalysisSet, asked: str, *, zero: FloatArray | None = None) -> FirstEvent:
    """First event of one term, or of one kind, of each analysed patient.

    Parameters
    ----------
    subset : AnalysisSet
    asked : str
        A kind of events (``immune-mediated``, ``serious``, ``all``, ...), or else a term.
    zero : array, shape (n,), optional
        Day of time zero of every patient of the cohort since 1970, for starts that are dates; the start date's column
        unless given.

    Raises
    ------
    SpecError
        If there are no such events.
    """
    cohort = subset.cohort
    table, identifier = cohort.adverse_events, cohort.patients.with_role("patient_id")
    if table is None or identifier is None:
        raise SpecError(
            f"Survival by '{asked}' needs a table of adverse events.", hint="Load it beside the patients."
        )  # fmt: skip
    codes = np.full(cohort.n, -1, dtype=np.int64)
    codes[subset.positions] = 0
    columns = event_columns(table)
    found = read_events(columns, cohort.patients.frame[identifier], codes, classes=None)
    kinds = {str(kind): rows for kind, rows in event_kinds(columns).rows.items()}
    words = {str(kind): name for kind, name in KIND_WORDS.items()}
    if asked == "all":
        name, kept = "adverse events", np.ones(len(found.term), dtype=np.bool_)
    elif asked in kinds:
        name, kept = _called(words[asked]), kinds[asked][found.row]
    else:
        name, named = asked, np.array([fold(term) == fold(asked) for term in found.terms], dtype=np.bool_)
        if not named.any():
            near = nearest(asked, (*kinds, *found.terms))
            hint = f"Did you mean '{near}'?" if near else f"Name a term, or one of {', '.join(kinds) or 'all'}."
            raise SpecError(f"There is no adverse event '{asked}'.", hint=hint)
        kept = named[found.term]
    patient = found.patient[kept]
    days = event_days(cohort, found.row[kept], patient, zero=zero)
    first = np.full(cohort.n, np.inf)
    np.fmin.at(first, patient, days)
    had = np.zeros(cohort.n, dtype=np.bool_)
    had[patient] = True
    first[np.isinf(first)] = np.nan
    return FirstEvent(name=name, had=had[subset.positions], day=first[subset.positions])


def _called(words: str) -> str:
    return f"adverse events {words}" if words.startswith("leading") else f"{words} adverse events"
