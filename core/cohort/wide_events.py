"""Adverse events written wide, one column per term holding the grade, made long: one row per patient and event."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd

from core.cohort.cohort import RawTable
from core.cohort.endpoint_names import read_name
from core.cohort.grades import parse_grade
from core.cohort.issues import IssueLog, counted, listed
from core.cohort.missing import MISSING_CODES
from core.cohort.values import fold
from core.cohort.vocabulary import aliases, compact

PATIENT, TERM, GRADE = "patient", "term", "grade"
_NO_EVENT = frozenset(("0", "0.0", "no", "none", "n", "never", "无", "否", "没有", "g0", "grade 0", "0级"))
_MARKS = re.compile(
    r"^(?:ir)?ae[s]?[\s_.:-]+|[\s_.:(（-]*(?:ctcae|max|worst)?[\s_.-]*(?:grade|gr|分级|级别|等级)[)）]?$", re.IGNORECASE
)
_NO_TERMS = (
    "grade", "group", "primary_site", "ae_term", "ae_class", "ae_related", "ae_immune", "ae_serious", "ae_action",
    "ae_start", "ae_end", "patient_id",
)  # fmt: skip
_SCALES = re.compile(
    r"ecog|who|child|albi|bclc|tnm|stage|tumou?r|histolog|different|sex|gender|性别|分期|分化", re.IGNORECASE
)
_ENOUGH = 3


def grade_columns(raw: RawTable) -> list[str]:
    """Columns whose every value is a grade from 0 to 5, and that by their name may be an adverse event."""
    return [name for name in raw.columns if _may_be_term(name) and _holds_grades(raw.codes_of(name)[1])]


def is_wide(raw: RawTable, *, named: bool) -> bool:
    """Whether a table holds one column per adverse event.

    Parameters
    ----------
    named : bool
        Whether its file or sheet is called adverse events; otherwise at least three columns must say 'grade' or 'AE',
        and grade columns must be most of the table.
    """
    found = grade_columns(raw)
    others = len(raw.columns) - len(found) - 1
    if named:
        return bool(found) and len(found) >= others
    marked = [name for name in found if _MARKS.search(name)]
    return len(marked) >= _ENOUGH and len(found) > others


def made_long(raw: RawTable, *, patient: str) -> RawTable:
    """One row per patient and event; no event, empty and missing cells make none.

    Parameters
    ----------
    raw : RawTable
        One row per patient.
    patient : str
        The column that names the patient.

    Returns
    -------
    RawTable
        Columns ``patient``, ``term`` and ``grade``; each row carries the number of the row it comes from.
    """
    columns = [name for name in grade_columns(raw) if name != patient]
    terms = {name: _term(name) for name in columns}
    rows: list[int] = []
    cells: list[tuple[str | None, str, str]] = []
    who = raw.cells_of(patient)
    for name in columns:
        for i, text in enumerate(raw.cells_of(name)):
            if text is not None and fold(text) not in _NO_EVENT and fold(text) not in MISSING_CODES:
                rows.append(raw.row_numbers[i])
                cells.append((who[i], terms[name], text))
    order = np.argsort(rows, kind="stable")
    log = IssueLog("adverse_events")
    left = [name for name in raw.columns if name not in (*columns, patient)]
    log.add(
        "wide-adverse-events", "info",
        f"One column per adverse event was read as one row per event: {counted(len(cells), 'event')} in "
        f"{counted(len(columns), 'column')} ({listed(columns)}); 0 and empty mean no event.",
        remedy=f"Not read as adverse events: {listed(left)}." if left else "",
    )  # fmt: skip
    made = pd.DataFrame([cells[i] for i in order], columns=[PATIENT, TERM, GRADE], dtype=object)
    return replace(
        raw,
        cells=made,
        row_numbers=tuple(rows[i] for i in order),
        issues=(*raw.issues, *log.found),
    )


def _may_be_term(name: str) -> bool:
    """Not a grade by itself, a scale of the tumour, an identifier or a part of an endpoint."""
    if _SCALES.search(name) or read_name(name) is not None:
        return False
    return not any(compact(name) in aliases(role) for role in _NO_TERMS)


def _holds_grades(distinct: list[str]) -> bool:
    texts = {fold(text) for text in distinct} - MISSING_CODES - _NO_EVENT
    grades = [parse_grade(text) for text in texts]
    return bool(grades) and all(1 <= grade <= 5 and grade == int(grade) for grade in grades)


def _term(name: str) -> str:
    """The event a column speaks of: 'AE_fever_grade' is fever."""
    term = name
    while (shorter := _MARKS.sub("", term).strip(" _.-")) != term:
        term = shorter or name
    return term.replace("_", " ") if term else name
