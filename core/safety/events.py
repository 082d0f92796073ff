"""The long table of adverse events, matched to the patients and typed: what may be counted, and what was left out.

Belongs here: which rows are events of which patient, and what a written grade means. Does not belong here: counting
(``adverse_events``).
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.cohort.issues import counted, listed
from core.cohort.values import format_number
from core.errors import MissingColumnError, SpecError, nearest
from core.timetoevent import BoolArray, IntArray

GRADES = (1, 2, 3, 4, 5)
NO_GRADES = "The adverse events have no grades: grade 3 or more is not known."
WITHOUT_GRADE = " without grade: counted in any grade, not in grade 3 or more."
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}
_GRADE = re.compile(r"(?:ctcae)?\s*(?:grade|gr\.?|g)?\s*(\d(?:\.0+)?|i{1,3}|iv|v)\s*(?:级)?", re.IGNORECASE)
_NONE, _OUTSIDE = 0, -1  # no grade; a grade outside 0 to 5
_NOT_AN_EVENT = -2  # grade 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Events:
    """The events that count, one element per row of the long table that is kept.

    Attributes
    ----------
    row : int array, shape (m,)
        Position in the long table.
    patient : int array, shape (m,)
        Position among the patients.
    event_class, term : int array, shape (m,)
        Positions in ``classes`` and ``terms``.
    grade : int array, shape (m,)
        1 to 5; 0 where there is none.
    classes : tuple of (str or None)
        None alone when the table has no classes.
    terms : tuple of str
    graded : bool
        Whether the table has grades at all.
    notes : tuple of str
        What was left out or read as something else, with numbers.
    """

    row: IntArray
    patient: IntArray
    event_class: IntArray
    term: IntArray
    grade: IntArray
    classes: tuple[str | None, ...]
    terms: tuple[str, ...]
    graded: bool
    notes: tuple[str, ...]


def read_events(
    events: pd.DataFrame, patients: npt.ArrayLike, codes: IntArray, *, classes: Sequence[str] | None
) -> Events:
    """Match and type the rows of a long table of adverse events.

    Parameters
    ----------
    events : DataFrame
        Columns ``patient``, ``term``, and where there are any ``class`` and ``grade``; other columns are ignored.
    patients : array, shape (n,)
        Identifiers.
    codes : int array, shape (n,)
        Group of each patient; -1 for a patient of the cohort who is not analysed.
    classes : sequence of str or None
        Classes to keep; None keeps all.

    Raises
    ------
    MissingColumnError
        If there is no ``patient`` or no ``term``.
    SpecError
        If a class is asked for that the table does not have.
    """
    for column in ("patient", "term"):
        if column not in events.columns:
            raise MissingColumnError.from_available(column, list(events.columns), needed_for="adverse events")
    class_code, class_names = _classes(events, classes)
    shown = class_code >= 0
    patient, unknown = _matched(events["patient"], patients)
    term, terms = _words(events["term"], "Not named")
    graded = "grade" in events.columns
    grade = _grades(events["grade"]) if graded else np.zeros(len(events), dtype=np.int64)
    notes = _unmatched(events["patient"], unknown & shown)
    analysed = shown & ~unknown
    analysed &= np.append(codes, -1)[patient] >= 0
    n_outside = int((shown & ~unknown & ~analysed).sum())
    if n_outside:
        n = len(np.unique(patient[shown & ~unknown & ~analysed]))
        notes.append(f"{counted(n_outside, 'event')} of {counted(n, 'patient')} outside this analysis not counted.")
    kept = analysed & (grade != _NOT_AN_EVENT)
    notes += _grade_notes(events, analysed, grade, graded=graded)
    return Events(
        row=np.flatnonzero(kept),
        patient=patient[kept],
        event_class=class_code[kept],
        term=term[kept],
        grade=np.maximum(grade[kept], _NONE),
        classes=class_names,
        terms=terms,
        graded=graded,
        notes=tuple(notes),
    )


def with_rows(found: Events, kept: BoolArray) -> Events:
    """The events of some rows of the long table, bool array over all its rows."""
    mask = kept[found.row]
    return dataclasses.replace(
        found,
        row=found.row[mask],
        patient=found.patient[mask],
        event_class=found.event_class[mask],
        term=found.term[mask],
        grade=found.grade[mask],
    )


def _classes(events: pd.DataFrame, wanted: Sequence[str] | None) -> tuple[IntArray, tuple[str | None, ...]]:
    """Class of each row, -1 where it is not wanted, and the classes."""
    if "class" not in events.columns:
        if wanted:
            raise SpecError("The adverse events have no classes.", hint="Leave 'classes' out.")
        return np.zeros(len(events), dtype=np.int64), (None,)
    code, names = _words(events["class"], "Not classified")
    if wanted is None:
        return code, names
    for name in wanted:
        if name not in names:
            near = nearest(name, names)
            hint = f"Did you mean '{near}'?" if near else f"Classes: {listed(names)}."
            raise SpecError(f"Class '{name}' is not among the adverse events.", hint=hint)
    return np.where(np.isin(code, [names.index(name) for name in wanted]), code, -1), names


def _words(column: pd.Series[Any], missing: str) -> tuple[IntArray, tuple[str, ...]]:
    """Position of each text among the distinct trimmed texts; a missing one gets a name of its own."""
    code, distinct = pd.factorize(column)
    texts = [text or missing for text in _texts(distinct)] + [missing]
    names = tuple(dict.fromkeys(texts if (code < 0).any() else texts[:-1]))
    position = {name: i for i, name in enumerate(names)}
    return np.array([position.get(text, -1) for text in texts], dtype=np.int64)[code], names


def _text(value: object) -> str:
    """A value as written: 7.0 is '7'."""
    return format_number(float(value)) if isinstance(value, int | float | np.number) else str(value).strip()


def _matched(column: pd.Series[Any], patients: npt.ArrayLike) -> tuple[IntArray, BoolArray]:
    """Position of each row's patient (-1: not among them), and whether it is unknown; of repeated ones the first."""
    ids = pd.Series(np.asarray(patients))
    as_written = _matched_as_written(ids, column)
    if as_written is not None:
        return as_written, as_written < 0
    filled = np.flatnonzero(ids.notna().to_numpy())[::-1]  # backwards, so that the first is written last
    code, names = pd.factorize(column)
    if ids.dtype.kind in "iuf" and names.dtype.kind in "iuf":
        position = dict(zip(ids.to_numpy(np.float64)[filled].tolist(), filled.tolist(), strict=True))
        wanted = np.asarray(names, dtype=np.float64).tolist()
    else:
        position = dict(zip(_texts(ids.to_numpy()[filled]), filled.tolist(), strict=True))
        wanted = _texts(names)
    found = np.array([*map(position.get, wanted, [-1] * len(wanted)), -1], dtype=np.int64)[code]
    return found, found < 0


def _matched_as_written(ids: pd.Series[Any], column: pd.Series[Any]) -> IntArray | None:
    """The same where all are texts without outer blanks: both are told apart in one pass. None where they are not."""
    if ids.dtype != object or column.dtype != object:
        return None
    code, names = pd.factorize(np.concatenate([ids.to_numpy(), column.to_numpy()]))
    if not all(type(name) is str and name == name.strip() for name in names):
        return None
    own = code[: len(ids)]
    filled = np.flatnonzero(own >= 0)[::-1]  # backwards, so that the first is written last
    position = np.full(len(names) + 1, -1, dtype=np.int64)
    position[own[filled]] = filled
    return position[code[len(ids) :]]


def _texts(values: Iterable[object]) -> list[str]:
    return [value.strip() if type(value) is str else _text(value) for value in values]


def _unmatched(column: pd.Series[Any], unknown: BoolArray) -> list[str]:
    n = int(unknown.sum())
    if not n:
        return []
    named = column[unknown].dropna()
    who = [_text(value) for value in named.unique()]
    without = n - len(named)
    notes = (
        [f"{counted(n - without, 'event')} of patients who are not in the cohort left out: {listed(who)}."]
        if who
        else []
    )
    return notes + ([f"{counted(without, 'event')} without a patient left out."] if without else [])


def _grades(column: pd.Series[Any]) -> IntArray:
    """Grade of each row: 1 to 5, or one of the codes above."""
    code, distinct = pd.factorize(column)
    return np.array([*(_grade(value) for value in distinct), _NONE], dtype=np.int64)[code]


def _grade(value: object) -> int:
    """What one written grade means: 3, '3', 'Grade 3', 'G3' and 'III' are 3."""
    text = _text(value)
    if not text:
        return _NONE
    found = _GRADE.fullmatch(text)
    if found is None:
        return _OUTSIDE
    written = found.group(1).casefold()
    grade = _ROMAN[written] if written in _ROMAN else int(float(written))
    return _NOT_AN_EVENT if grade == 0 else grade if grade in GRADES else _OUTSIDE


def _grade_notes(events: pd.DataFrame, analysed: BoolArray, grade: IntArray, *, graded: bool) -> list[str]:
    """What became of the rows without a usable grade."""
    if not graded:
        return [NO_GRADES]
    notes = []
    if n := int((analysed & (grade == _NOT_AN_EVENT)).sum()):
        notes.append(f"{counted(n, 'row')} of grade 0 left out: no event.")
    outside = analysed & (grade == _OUTSIDE)
    if n := int(outside.sum()):
        written = [_text(value) for value in events["grade"][outside].unique()]
        notes.append(f"{counted(n, 'event')} with a grade other than 1 to 5 ({listed(written)}) read as without grade.")
    if n := int((analysed & ((grade == _NONE) | (grade == _OUTSIDE))).sum()):
        notes.append(f"{counted(n, 'event')}{WITHOUT_GRADE}")
    return notes
