"""Patients or events by group, row of the table and grade.

Belongs here: each patient once per term, class and overall with the worst grade, or every event; the order of the rows.
Does not belong here: reading the long table (``events``), comparing groups (``adverse_events``).
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from core.safety.events import GRADES, Events
from core.timetoevent import IntArray

Name: TypeAlias = tuple[str | None, str | None]  # class and term


def count(found: Events, group: IntArray, n_levels: int, *, each: bool) -> tuple[IntArray, list[Name], int]:
    """Patients by worst grade (g, k, 6) of every row of the table, the rows' names, and how many of them are terms.

    With ``each`` every event counts, by its own grade.

    Grade 0 stands for no grade. Rows are the terms, then the classes, then overall.
    """
    n_terms, n_classes = len(found.terms), len(found.classes)
    # Only pairs of class and term that occur become rows.
    pair, pairs = pd.factorize(found.event_class * n_terms + found.term)
    of_class, of_term = (np.asarray(part, dtype=np.int64) for part in np.divmod(pairs, max(n_terms, 1)))
    kept = _Cells if each else _worst
    terms = kept(found.patient, pair.astype(np.int64), found.grade, len(pairs))
    classes = kept(terms.patient, of_class[terms.key], terms.grade, n_classes)
    patients = kept(classes.patient, np.zeros_like(classes.key), classes.grade, 1)
    by_term, by_class, overall = (_by_grade(cells, group, n_levels) for cells in (terms, classes, patients))

    class_size, term_size = by_class.sum(axis=(0, 2)), by_term.sum(axis=(0, 2))
    class_order = sorted(
        np.flatnonzero(class_size).tolist(), key=lambda i: (-class_size[i], (found.classes[i] or "").casefold())
    )
    place = {i: rank for rank, i in enumerate(class_order)}
    order = sorted(
        range(len(pairs)), key=lambda i: (place[int(of_class[i])], -term_size[i], found.terms[of_term[i]].casefold())
    )
    names: list[Name] = [(found.classes[of_class[i]], found.terms[of_term[i]]) for i in order]
    names += [*((found.classes[i], None) for i in class_order), (None, None)]
    return np.concatenate([by_term[:, order], by_class[:, class_order], overall], axis=1), names, len(order)


class _Cells(NamedTuple):
    """Patients with a grade per key, each once with the worst or once per event; ``n_keys`` keys."""

    patient: IntArray
    key: IntArray
    grade: IntArray
    n_keys: int


def _worst(patient: IntArray, key: IntArray, grade: IntArray, n_keys: int, /) -> _Cells:
    cell, cells = pd.factorize(patient * n_keys + key)
    worst = np.zeros(len(cells), dtype=np.int64)
    for value in GRADES:  # ascending, so that the worst is written last
        worst[cell[grade == value]] = value
    return _Cells(cells // max(n_keys, 1), cells % max(n_keys, 1), worst, n_keys)


def _by_grade(cells: _Cells, group: IntArray, n_levels: int) -> IntArray:
    """Patients by level, key and worst grade (g, n_keys, 6)."""
    place = (group[cells.patient] * cells.n_keys + cells.key) * 6 + cells.grade
    return np.bincount(place, minlength=n_levels * cells.n_keys * 6).reshape(n_levels, cells.n_keys, 6)
