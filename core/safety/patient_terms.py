"""Who had which adverse event, and how bad: the worst grade of each patient and term.

Belongs here: the grid and its order. Does not belong here: counts by group (``counting``), when events were
(``event_courses``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.cohort.select import AnalysisSet
from core.safety.chosen import chosen_events
from core.spec import AdverseEventsSpec
from core.timetoevent import IntArray

NOT_HAD = -1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PatientTerms:
    """Patients in the order in which they are drawn, and their worst grade of each term.

    Attributes
    ----------
    levels : tuple of str
    level : int array, shape (p,)
        Position of each patient's group in ``levels``, ascending: patients stand group by group.
    row : int array, shape (p,)
        Row of each patient in the file.
    terms : tuple of str
    worst : int array, shape (p, k)
        1 to 5; 0 where no event of the term has a grade, -1 where the patient did not have it.
    """

    levels: tuple[str, ...]
    level: IntArray
    row: IntArray
    terms: tuple[str, ...]
    worst: IntArray

    @property
    def unaffected(self) -> IntArray:
        """Patients of each group with none of the terms, shape (g,)."""
        none = (self.worst == NOT_HAD).all(axis=1)
        return np.bincount(self.level[none], minlength=len(self.levels))


def patient_terms(subset: AnalysisSet, asked: AdverseEventsSpec, terms: tuple[str, ...]) -> PatientTerms:
    """The worst grade of every analysed patient in each of some terms.

    Parameters
    ----------
    subset : AnalysisSet
        Of the table of adverse events: its patients, the safety population where there is one.
    asked : AdverseEventsSpec
        Which events count.
    terms : tuple of str
        Columns of the grid, in this order; a term in several classes is one column.

    Returns
    -------
    PatientTerms
        Patients by group; within a group those with more of the terms first, then those with more grades in all, then
        by row.
    """
    terms = tuple(dict.fromkeys(terms))
    grid = np.full((subset.cohort.n, len(terms)), NOT_HAD, dtype=np.int64)
    found = chosen_events(subset, asked)
    if found is not None:
        place = {term: i for i, term in enumerate(terms)}
        column = np.array([*(place.get(term, -1) for term in found.terms), -1], dtype=np.int64)[found.term]
        shown = column >= 0
        np.maximum.at(grid, (found.patient[shown], column[shown]), found.grade[shown])
    worst, codes = grid[subset.positions], subset.groups.codes
    had, grades = (worst != NOT_HAD).sum(axis=1), np.maximum(worst, 0).sum(axis=1)
    order = np.lexsort((subset.positions, -grades, -had, codes))
    made = PatientTerms(
        levels=subset.groups.levels,
        level=codes[order],
        row=np.asarray(subset.cohort.patients.row_numbers)[subset.positions[order]],
        terms=terms,
        worst=worst[order],
    )
    for array in (made.level, made.row, made.worst):
        array.setflags(write=False)
    return made
