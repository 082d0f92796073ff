"""Names of adverse events as asked: several terms under one name, grades read from the names.

Belongs here: giving events other names and grades. Does not belong here: suggesting which (``term_groups``), counting.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from core.cohort.issues import counted
from core.cohort.values import fold
from core.errors import SpecError, nearest
from core.safety.events import NO_GRADES, WITHOUT_GRADE, Events
from core.safety.written_terms import without_grade


def merged_terms(found: Events, merge: Mapping[str, Sequence[str]], *, read_grades: bool = False) -> Events:
    """The events with several terms under one name.

    Parameters
    ----------
    found : Events
    merge : dict of name to terms
        Terms are compared without case and outer blanks; the name itself belongs to them. A term not there is an error.
    read_grades : bool
        Whether an event without a grade has the one written in its term ("Fatigue gr.2").

    Raises
    ------
    SpecError
        If a term is not among the events, or is merged under two names.
    """
    if read_grades:
        found = _with_written_grades(found)
    if not merge:
        return found
    name_of = _names(found, merge)
    named = [name_of.get(fold(term), term) for term in found.terms]
    terms = tuple(dict.fromkeys(named))
    position = {name: i for i, name in enumerate(terms)}
    code = np.array([position[name] for name in named], dtype=np.int64)
    changed = np.array([name != term for name, term in zip(named, found.terms, strict=True)], dtype=np.bool_)
    n = counted(int(changed[found.term].sum()), "event")
    said = "; ".join(f"{name}: {', '.join(terms_of)}" for name, terms_of in merge.items())
    note = f"Terms counted as one ({n} under another name than written): {said}."
    return dataclasses.replace(found, term=code[found.term], terms=terms, notes=(*found.notes, note))


def _names(found: Events, merge: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Folded term to its new name, of those that get one."""
    known = {fold(term) for term in found.terms}
    name_of: dict[str, str] = {}
    for name, terms in merge.items():
        for term in terms:
            key = fold(term)
            if key not in known:
                near = nearest(term, found.terms)
                hint = f"Did you mean '{near}'?" if near else "Look at the terms of the table."
                raise SpecError(f"The term '{term}' to be merged is not among the adverse events.", hint=hint)
            if name_of.setdefault(key, name) != name:
                raise SpecError(f"The term '{term}' is merged under two names, '{name_of[key]}' and '{name}'.")
        name_of.setdefault(fold(name), name)
    return name_of


def _with_written_grades(found: Events) -> Events:
    """The events with the grades that their terms hold where they have none of their own."""
    written = np.array([without_grade(term)[1] or 0 for term in found.terms] + [0], dtype=np.int64)
    missing = found.grade == 0
    read = missing & (written[found.term] > 0)
    if not read.any():
        return found
    grade = np.where(missing, written[found.term], found.grade)
    notes = [note for note in found.notes if note != NO_GRADES and not note.endswith(WITHOUT_GRADE)]
    notes.append(f"Grade read from the name of the event: {counted(int(read.sum()), 'event')}.")
    if n := int((grade == 0).sum()):
        notes.append(f"{counted(n, 'event')}{WITHOUT_GRADE}")
    return dataclasses.replace(found, grade=grade, graded=True, notes=tuple(notes))
