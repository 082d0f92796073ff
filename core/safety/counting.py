"""Patients or events by group, row of the table and grade.

Belongs here: each patient once per term, class and overall with the worst grade, or every event; the order of the rows.
Does not belong here: reading the long table (``events``), comparing groups (``adverse_events``).
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np

from core.safety.events import Events
from core.timetoevent import IntArray

Name: TypeAlias = tuple[str | None, str | None]  # class and term

_GRADES = 6  # 0 to 5, 0 for none
_BITS = 3  # of a grade beside a key in one number
_FLAGS = 1 << 22  # codes that may be told apart by one flag each; beyond, they are sorted


def count(found: Events, group: IntArray, n_levels: int, *, each: bool) -> tuple[IntArray, list[Name], int]:
    """Patients by worst grade (g, k, 6) of every row of the table, the rows' names, and how many of them are terms.

    With ``each`` every event counts, by its own grade.

    Grade 0 stands for no grade. Rows are the terms, then the classes, then overall.
    """
    n_terms = max(len(found.terms), 1)
    # Only pairs of class and term that occur become rows; they are numbered class by class.
    pair, pairs = _numbered(found.event_class * n_terms + found.term)
    of_class, of_term = np.divmod(pairs, n_terms)
    terms = _Cells(found.patient, pair, found.grade)
    terms = terms if each else _worst(terms, len(pairs))
    classes, patients = _merged(terms, of_class, each=each), _merged(terms, np.zeros_like(of_class), each=each)
    by_term, by_class, overall = (
        _by_grade(cells, group, n_levels, n_keys)
        for cells, n_keys in ((terms, len(pairs)), (classes, len(found.classes)), (patients, 1))
    )

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
    """Patients with a grade per key; where each stands once, in the order of patients and keys."""

    patient: IntArray
    key: IntArray
    grade: IntArray


def _numbered(code: IntArray) -> tuple[IntArray, IntArray]:
    """Position of each code among those that occur, and these, ascending."""
    width = int(code.max(initial=-1)) + 1
    if width > _FLAGS:
        distinct, position = np.unique(code, return_inverse=True)
        return position.reshape(-1).astype(np.int64), distinct
    occurs = np.zeros(width, dtype=np.bool_)
    occurs[code] = True
    return (np.cumsum(occurs) - 1)[code], np.flatnonzero(occurs)


def _worst(cells: _Cells, n_keys: int) -> _Cells:
    """Each patient once per key, with the worst grade: the last of its numbers when all are sorted."""
    packed = np.sort(((cells.patient * n_keys + cells.key) << _BITS) | cells.grade)
    cell = packed >> _BITS
    last = np.append(cell[1:] != cell[:-1], True)[: len(cell)]
    patient, key = np.divmod(cell[last], max(n_keys, 1))
    return _Cells(patient, key, packed[last] & ((1 << _BITS) - 1))


def _merged(cells: _Cells, wider: IntArray, *, each: bool) -> _Cells:
    """The cells by a wider key, ``wider`` of each key and ascending with it."""
    key = wider[cells.key]
    if each or not len(key):
        return cells._replace(key=key)
    differs = (cells.patient[1:] != cells.patient[:-1]) | (key[1:] != key[:-1])
    start = np.flatnonzero(np.append(True, differs))
    return _Cells(cells.patient[start], key[start], np.maximum.reduceat(cells.grade, start))


def _by_grade(cells: _Cells, group: IntArray, n_levels: int, n_keys: int) -> IntArray:
    """Patients by level, key and worst grade (g, n_keys, 6)."""
    place = (group[cells.patient] * n_keys + cells.key) * _GRADES + cells.grade
    return np.bincount(place, minlength=n_levels * n_keys * _GRADES).reshape(n_levels, n_keys, _GRADES)
