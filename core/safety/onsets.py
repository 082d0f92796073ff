"""The adverse events of an analysis over time: which they are, whose, and when each began and ended.

Belongs here: choosing events and reading their days. Does not belong here: what follows from them (``over_time``,
``durations``).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from core.cohort.cohort import Table
from core.cohort.issues import counted, listed
from core.cohort.select import AnalysisSet
from core.cohort.values import fold
from core.errors import SpecError, nearest
from core.safety.affected import event_days
from core.safety.columns import event_columns
from core.safety.event_kinds import KIND_WORDS, EventKinds, event_kinds
from core.safety.events import Events, read_events, with_rows
from core.safety.terms import merged_terms
from core.spec import AdverseEventTimeSpec
from core.timetoevent import BoolArray, FloatArray, IntArray

MOST_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Onsets:
    """Adverse events of the analysed patients with their days.

    Attributes
    ----------
    name : str
        As a reader calls any of them.
    patient : int array, shape (m,)
        Position among the analysed patients.
    term : int array, shape (m,)
        Position in ``terms``.
    terms : tuple of str
    start, end : array, shape (m,)
        Days from time zero; NaN where not known. ``end`` is None where the table has no such column.
    notes : tuple of str
    """

    name: str
    patient: IntArray
    term: IntArray
    terms: tuple[str, ...]
    start: FloatArray
    end: FloatArray | None
    notes: tuple[str, ...]

    def kept(self, mask: BoolArray, *, patients: BoolArray | None = None) -> Onsets:
        """Some of the events; with ``patients`` the analysed ones are numbered anew without the others."""
        place = self.patient if patients is None else (np.cumsum(patients) - 1)[self.patient]
        return dataclasses.replace(
            self,
            patient=place[mask],
            term=self.term[mask],
            start=self.start[mask],
            end=None if self.end is None else self.end[mask],
        )


def onsets_of(subset: AnalysisSet, asked: AdverseEventTimeSpec, *, zero: FloatArray | None) -> Onsets:
    """The events that are asked for, with their days.

    Parameters
    ----------
    subset : AnalysisSet
    asked : AdverseEventTimeSpec
    zero : array, shape (n,), optional
        Day of time zero of every patient of the cohort since 1970, where starts are dates.

    Raises
    ------
    SpecError
        If the cohort has no such events, or nothing says when they began.
    """
    cohort = subset.cohort
    table, identifier = cohort.adverse_events, cohort.patients.with_role("patient_id")
    if table is None or identifier is None:
        raise SpecError("Adverse events over time need a table of adverse events.", hint="Load it beside the patients.")
    _needs_starts(table, zero)
    codes = np.full(cohort.n, -1, dtype=np.int64)
    codes[subset.positions] = np.arange(subset.n)
    columns = event_columns(table)
    found = read_events(columns, cohort.patients.frame[identifier], codes, classes=asked.classes)
    found = merged_terms(found, asked.merge_terms, read_grades=asked.grades_in_terms)
    kinds = event_kinds(columns)
    found, notes = _chosen(found, asked, kinds)
    end = table.with_role("ae_end")
    return Onsets(
        name=_name(asked),
        patient=codes[found.patient],
        term=found.term,
        terms=found.terms,
        start=event_days(cohort, found.row, found.patient, zero=zero),
        end=None if end is None else event_days(cohort, found.row, found.patient, zero=zero, role="ae_end"),
        notes=(*found.notes, *notes),
    )


def _needs_starts(table: Table, zero: FloatArray | None) -> None:
    column = table.with_role("ae_start")
    if column is None:
        raise SpecError(
            "The adverse events have no start: nothing can be said about when they came.",
            hint="Name the column with the day or date of onset as 'ae_start'.",
        )
    if table.column(column).kind == "date" and zero is None:
        raise SpecError(
            f"The adverse events begin on dates ('{column}'), but nothing says which day time zero was.",
            hint="Name the patients' column with the start of treatment as 'start_date'.",
        )


def _chosen(found: Events, asked: AdverseEventTimeSpec, kinds: EventKinds) -> tuple[Events, list[str]]:
    """The events of the kind, terms and grades asked for, and what is said of it."""
    notes: list[str] = []
    if asked.events != "all":
        if asked.events not in kinds.rows:
            raise SpecError(
                f"The adverse events do not say which are {KIND_WORDS[asked.events]}.",
                hint=f"Ask for all events; kinds that the table tells: {', '.join(kinds.rows) or 'none'}.",
            )
        notes += kinds.notes.get(asked.events, ())
        found = with_rows(found, kinds.rows[asked.events])
    mask = np.ones(len(found.term), dtype=np.bool_)
    if asked.terms:
        wanted = _wanted(found.terms, asked.terms)
        mask &= wanted[found.term]
    if asked.min_grade is not None:
        if not found.graded:
            raise SpecError("The adverse events have no grades.", hint="Leave 'min_grade' out.")
        if n := int((mask & (found.grade == 0)).sum()):
            notes.append(f"{counted(n, 'event')} without grade not among those of grade {asked.min_grade} or more.")
        mask &= found.grade >= asked.min_grade
    whole = np.zeros(int(found.row.max(initial=-1)) + 1, dtype=np.bool_)
    whole[found.row[mask]] = True
    return with_rows(found, whole), notes


def _wanted(terms: tuple[str, ...], asked: tuple[str, ...]) -> BoolArray:
    folded = [fold(term) for term in terms]
    for name in asked:
        if fold(name) not in folded:
            near = nearest(name, terms)
            hint = f"Did you mean '{near}'?" if near else f"Terms: {listed(terms)}."
            raise SpecError(f"There is no adverse event '{name}'.", hint=hint)
    names = {fold(name) for name in asked}
    return np.array([term in names for term in folded], dtype=np.bool_)


def _name(asked: AdverseEventTimeSpec) -> str:
    kind = "" if asked.events == "all" else KIND_WORDS[asked.events]
    if asked.terms:
        few = len(asked.terms) <= MOST_NAMED
        name = " or ".join(map(_in_sentence, asked.terms)) if few else f"any of {len(asked.terms)} adverse events"
        name += f" ({kind})" if kind else ""
    else:
        name = f"adverse events {kind}" if kind.startswith("leading") else f"{kind} adverse events".strip()
    if asked.classes:
        name += f" of {'the class' if len(asked.classes) == 1 else 'the classes'} {' and '.join(asked.classes)}"
    if asked.min_grade is not None and asked.min_grade > 1:
        name += " of grade 5" if asked.min_grade == 5 else f" of grade {asked.min_grade} or more"
    return name


def _in_sentence(term: str) -> str:
    """A term inside a sentence: its first letter small, unless its first word is of capitals (ALT increased)."""
    first = term.split(" ")[0]
    return term if first.upper() == first else term[:1].lower() + term[1:]
