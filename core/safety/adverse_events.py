"""Adverse events by group: patients with any grade, with grade 3 or more, and by worst grade.

Belongs here: counting each patient once per term, class and overall, and comparing the groups. Does not belong here:
reading the long table (``events``), intervals (``core.proportions``), percentages as printed (``core.reporting``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.cohort.issues import listed
from core.proportions.comparison import Compared, Difference, compare_proportions
from core.safety.events import GRADES, Events, read_events
from core.spec import DifferenceMethod
from core.timetoevent import FloatArray, IntArray

__all__ = ["AdverseEventRow", "AdverseEventTable", "Difference", "adverse_event_table"]

_Name: TypeAlias = tuple[str | None, str | None]  # class and term


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AdverseEventRow:
    """Patients with one term, with any event of one class, or with any event.

    Attributes
    ----------
    event_class : str or None
        None in the overall row, and where the table has no classes.
    term : str or None
        None in the rows of a class and overall.
    any, grade3plus : int array, shape (g,)
        Patients per level with the event; with worst grade 3 or more.
    by_grade : int array, shape (g, 5)
        Patients by worst grade, 1 to 5.
    no_grade : int array, shape (g,)
        Patients all of whose events of this row are without grade: ``any == by_grade.sum(1) + no_grade``.
    difference_any, difference_grade3plus : Difference or None
        With two levels; the second None where the table has no grades.
    p_any, p_grade3plus : float
        Fisher's exact test over all levels; NaN with one.
    """

    event_class: str | None
    term: str | None
    any: IntArray
    grade3plus: IntArray
    by_grade: IntArray
    no_grade: IntArray
    difference_any: Difference | None
    difference_grade3plus: Difference | None
    p_any: float
    p_grade3plus: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AdverseEventTable:
    """Adverse events of all levels.

    Attributes
    ----------
    levels : tuple of str
    reference : str
    denominators : int array, shape (g,)
        All patients of each level, with or without events.
    rows : tuple of AdverseEventRow
        By class, the most frequent first; within it by term, the most frequent first, ties by name.
    class_rows : tuple of AdverseEventRow
        Patients with any event of each class, in the order of the classes.
    overall : AdverseEventRow
        Patients with any event of the classes shown.
    graded : bool
        Whether grades are known at all; if not, ``grade3plus`` and ``by_grade`` are 0 and mean nothing.
    difference : str
        Method of the intervals.
    conf_level : float
    notes : tuple of str
    """

    levels: tuple[str, ...]
    reference: str
    denominators: IntArray
    rows: tuple[AdverseEventRow, ...]
    class_rows: tuple[AdverseEventRow, ...]
    overall: AdverseEventRow
    graded: bool
    difference: DifferenceMethod
    conf_level: float
    notes: tuple[str, ...] = ()

    def percent(self, counts: IntArray) -> FloatArray:
        """Counts per level (g,) as per cent of the level's patients; NaN for a level without patients."""
        with np.errstate(divide="ignore", invalid="ignore"):
            result: FloatArray = 100.0 * counts / self.denominators
        return result

    def to_frame(self) -> pd.DataFrame:
        """One row per term and level, then the classes and overall: counts and percentages, unrounded."""
        frames = []
        for row in (*self.rows, *self.class_rows, self.overall):
            grades = {f"grade{grade}": row.by_grade[:, i] for i, grade in enumerate(GRADES)}
            frames.append(
                pd.DataFrame(
                    {
                        "class": row.event_class,
                        "term": row.term,
                        "group": self.levels,
                        "n": self.denominators,
                        "any": row.any,
                        "any_percent": self.percent(row.any),
                        "grade3plus": row.grade3plus,
                        "grade3plus_percent": self.percent(row.grade3plus),
                        **grades,
                    },
                )
            )
        return pd.concat(frames, ignore_index=True)


def adverse_event_table(
    events: pd.DataFrame,
    patients: npt.ArrayLike,
    codes: npt.ArrayLike,
    levels: Sequence[str],
    reference: str,
    *,
    classes: Sequence[str] | None = None,
    difference: DifferenceMethod = "miettinen-nurminen",
    conf_level: float = 0.95,
) -> AdverseEventTable:
    """Count patients with adverse events by group, each once per term with the worst grade.

    Parameters
    ----------
    events : DataFrame
        One row per event: ``patient``, ``term``, and where known ``class`` and ``grade``.
    patients : array, shape (n,)
        Identifiers of the patients, with or without events: the denominators come from here.
    codes : int array, shape (n,)
        Position of each patient's group in ``levels``; -1 for patients of the cohort who are not analysed (their
        events are then told apart from events of unknown patients in the notes).
    levels : sequence of str
    reference : str
        The level that differences are against.
    classes : sequence of str, optional
        Classes to show; all when None.
    difference : {'miettinen-nurminen', 'newcombe', 'wald'}
    conf_level : float

    Returns
    -------
    AdverseEventTable

    Raises
    ------
    MissingColumnError
        If ``events`` has no patient or no term.
    SpecError
        If a class is asked for that the events do not have.

    Notes
    -----
    Grades are written 3, "Grade 3", "G3" or "III". An event without grade counts as any grade only; grade 0 is no
    event. Same as ``table()`` over ``aggregate(grade ~ patient + term, FUN = max)``, with ``fisher.test`` per row.
    """
    group = np.asarray(codes, dtype=np.int64)
    found = read_events(events, patients, group, classes=classes)
    denominators = np.bincount(group[group >= 0], minlength=len(levels))
    counts, names, n_terms = _count(found, group, len(levels))
    any_grade, grade3plus = counts.sum(axis=2), counts[:, :, 3:].sum(axis=2)
    compared = compare_proportions(
        np.concatenate([any_grade, grade3plus], axis=1),
        denominators,
        reference=list(levels).index(reference),
        method=difference,
        conf_level=conf_level,
    )
    for array in (denominators, counts, any_grade, grade3plus):
        array.setflags(write=False)
    rows = tuple(
        _row(name, i, counts=counts, any_grade=any_grade, grade3plus=grade3plus, compared=compared, graded=found.graded)
        for i, name in enumerate(names)
    )
    return AdverseEventTable(
        levels=tuple(levels),
        reference=reference,
        denominators=denominators,
        rows=rows[:n_terms],
        class_rows=rows[n_terms:-1],
        overall=rows[-1],
        graded=found.graded,
        difference=difference,
        conf_level=conf_level,
        notes=(*found.notes, *compared.notes, *_empty_levels(levels, denominators)),
    )


def _empty_levels(levels: Sequence[str], denominators: IntArray) -> list[str]:
    empty = [level for level, n in zip(levels, denominators, strict=True) if not n]
    return [f"No patients in {listed(empty)}: nothing to compare."] if empty else []


def _count(found: Events, group: IntArray, n_levels: int) -> tuple[IntArray, list[_Name], int]:
    """Patients by worst grade (g, k, 6) of every row of the table, the rows' names, and how many of them are terms.

    Grade 0 stands for no grade. Rows are the terms, then the classes, then overall.
    """
    n_terms, n_classes = len(found.terms), len(found.classes)
    # Only pairs of class and term that occur become rows.
    pair, pairs = pd.factorize(found.event_class * n_terms + found.term)
    of_class, of_term = (np.asarray(part, dtype=np.int64) for part in np.divmod(pairs, max(n_terms, 1)))
    terms = _worst(found.patient, pair.astype(np.int64), found.grade, n_keys=len(pairs))
    classes = _worst(terms.patient, of_class[terms.key], terms.grade, n_keys=n_classes)
    patients = _worst(classes.patient, np.zeros_like(classes.key), classes.grade, n_keys=1)
    by_term, by_class, overall = (_by_grade(cells, group, n_levels) for cells in (terms, classes, patients))

    class_size, term_size = by_class.sum(axis=(0, 2)), by_term.sum(axis=(0, 2))
    class_order = sorted(
        np.flatnonzero(class_size).tolist(), key=lambda i: (-class_size[i], (found.classes[i] or "").casefold())
    )
    place = {i: rank for rank, i in enumerate(class_order)}
    order = sorted(
        range(len(pairs)), key=lambda i: (place[int(of_class[i])], -term_size[i], found.terms[of_term[i]].casefold())
    )
    names: list[_Name] = [(found.classes[of_class[i]], found.terms[of_term[i]]) for i in order]
    names += [*((found.classes[i], None) for i in class_order), (None, None)]
    return np.concatenate([by_term[:, order], by_class[:, class_order], overall], axis=1), names, len(order)


class _Cells(NamedTuple):
    """Each patient once per key, with the worst grade; ``n_keys`` keys."""

    patient: IntArray
    key: IntArray
    grade: IntArray
    n_keys: int


def _worst(patient: IntArray, key: IntArray, grade: IntArray, *, n_keys: int) -> _Cells:
    cell, cells = pd.factorize(patient * n_keys + key)
    worst = np.zeros(len(cells), dtype=np.int64)
    for value in GRADES:  # ascending, so that the worst is written last
        worst[cell[grade == value]] = value
    return _Cells(cells // max(n_keys, 1), cells % max(n_keys, 1), worst, n_keys)


def _by_grade(cells: _Cells, group: IntArray, n_levels: int) -> IntArray:
    """Patients by level, key and worst grade (g, n_keys, 6)."""
    place = (group[cells.patient] * cells.n_keys + cells.key) * 6 + cells.grade
    return np.bincount(place, minlength=n_levels * cells.n_keys * 6).reshape(n_levels, cells.n_keys, 6)


def _row(
    name: _Name,
    i: int,
    *,
    counts: IntArray,
    any_grade: IntArray,
    grade3plus: IntArray,
    compared: Compared,
    graded: bool,
) -> AdverseEventRow:
    severe = i + counts.shape[1]  # the grade 3 or more columns follow those of any grade
    differences = compared.differences
    return AdverseEventRow(
        event_class=name[0],
        term=name[1],
        any=any_grade[:, i],
        grade3plus=grade3plus[:, i],
        by_grade=counts[:, i, 1:],
        no_grade=counts[:, i, 0],
        difference_any=None if differences is None else differences[i],
        difference_grade3plus=None if differences is None or not graded else differences[severe],
        p_any=float(compared.p_value[i]),
        p_grade3plus=float(compared.p_value[severe]) if graded else float("nan"),
    )
