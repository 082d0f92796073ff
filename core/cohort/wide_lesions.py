"""Lesions written wide, one column per lesion and time (``target1_month3``), made a table of lesions.

Belongs here: which columns those are, and the rows they make. Does not belong here: what diameters mean
(``core.patients.lesion_response``), which columns a table of lesions has (``lesion_columns``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from core.cohort.cohort import DataIssue, RawTable, Table
from core.cohort.issues import IssueLog, counted, listed
from core.cohort.lab_columns import read_time
from core.cohort.missing import MISSING_CODES
from core.cohort.numbers import parse_numbers
from core.cohort.values import fold

AMONG_PATIENTS = "lesions-in-columns"
READ_AS_LESIONS = "its diameters were read as lesions"
PATIENT, LESION, DAY, NEW = "patient", "lesion", "day", "new_lesion"
_UNIT = re.compile(r"[\s_.\-(（]+(?P<unit>mm|cm)[)）]?$", re.IGNORECASE)
_LESION = re.compile(
    r"(?:target[\s_.-]*lesion|target|lesion|tl|tumou?r|nodule|靶病灶|病灶|肿瘤|结节)[\s_.#-]*(?P<number>\d{1,2})"
    r"(?:[\s_.-]*(?:size|diam(?:eter)?|ld|longest[\s_.]*diameter|最长径|长径|直径|大小))?",
    re.IGNORECASE,
)
_NEW = re.compile(r"new[\s_.-]*lesions?|新发?病灶", re.IGNORECASE)
_YES = frozenset(("yes", "y", "true", "1", "是", "有"))
_MOSTLY = 0.9  # of the filled cells are numbers
_SMALLEST_MM = 10.0  # a target lesion of RECIST 1.1; where most are below it the numbers are centimetres


@dataclass(frozen=True, slots=True, kw_only=True)
class LesionColumn:
    """What a column holds: the diameter of one lesion at one time.

    Attributes
    ----------
    lesion : str
    day : float
        From time zero.
    unit : {'mm', 'cm', ''}
        '' where the name does not say.
    """

    lesion: str
    day: float
    unit: str


def lesion_columns(raw: RawTable) -> dict[str, LesionColumn]:
    """Columns of the patients' table with the diameter of one lesion at one time each; none where that is not sure.

    Sure are columns of numbers with the number of a lesion and a time in their names, one of them at baseline and one
    of the same lesion later, all in one unit.
    """
    named = {name: read for name in raw.columns if (read := _read(name)) is not None and _are_sizes(raw, name)}
    baseline = {one.lesion for one in named.values() if one.day == 0}
    followed = {one.lesion for one in named.values() if one.day > 0} & baseline
    each = {(one.lesion, one.day) for one in named.values()}
    if not followed or len(each) < len(named) or len({one.unit for one in named.values()}) > 1:
        return {}
    return named


def is_from_patients(raw: RawTable) -> bool:
    """Whether a table of lesions was made from columns of the patients' table."""
    return any(issue.code == AMONG_PATIENTS for issue in raw.issues)


def lesions_among(raw: RawTable, columns: Mapping[str, LesionColumn], *, patient: str) -> RawTable:
    """One row per lesion and time, from columns of the patients' table; the issue says which, and how to undo it."""
    unit = next(iter(columns.values())).unit or _unit_by_size(raw, columns)
    size = f"diameter_{unit}"
    new = _new_lesions(raw)
    who = raw.cells_of(patient)
    texts = {name: raw.cells_of(name) for name in columns}
    rows: list[int] = []
    cells: list[tuple[str | None, str, str, str | None, str]] = []
    for i, person in enumerate(who):
        filled = [(one, texts[name][i]) for name, one in columns.items() if _is_filled(texts[name][i])]
        days = {day: flags[i] for day, flags in new.items()}
        for one, text in filled:
            cells.append((person, one.lesion, f"{one.day:g}", text, "Yes" if days.pop(one.day, False) else "No"))
        first = next(iter(columns.values())).lesion
        cells += [(person, first, f"{day:g}", None, "Yes") for day, is_new in days.items() if is_new]
        rows += [raw.row_numbers[i]] * (len(cells) - len(rows))
    made = pd.DataFrame(cells, columns=[PATIENT, LESION, DAY, size, NEW], dtype=object)
    return replace(
        raw, cells=made, row_numbers=tuple(rows), issues=_said(columns, len(cells), unit), labels={}, filed=None
    )


def without_lesion_columns(patients: Table, lesions: RawTable | None) -> Table:
    """The patients with the columns that became lesions set aside: neither covariates nor groups."""
    if lesions is None or not is_from_patients(lesions) or patients.raw is None:
        return patients
    found = lesion_columns(patients.raw)
    return replace(
        patients,
        columns=tuple(
            replace(column, role="ignore", confidence=0.8, reason=READ_AS_LESIONS)
            if column.name in found and column.role in ("covariate", "group", None)
            else column
            for column in patients.columns
        ),
    )


def _read(name: str) -> LesionColumn | None:
    unit = _UNIT.search(name)
    bare = name if unit is None else name[: unit.start()]
    timed = read_time(bare)
    lesion = None if timed is None else _LESION.fullmatch(timed[0].strip(" _.-("))
    if timed is None or lesion is None:
        return None
    return LesionColumn(
        lesion=f"lesion {int(lesion['number'])}", day=timed[1], unit="" if unit is None else unit["unit"].casefold()
    )


def _are_sizes(raw: RawTable, name: str) -> bool:
    """Whether the cells are diameters: numbers from 0 on."""
    texts = [text for text in raw.codes_of(name)[1] if _is_filled(text)]
    numbers = parse_numbers(texts).value if texts else np.empty(0)
    known = np.isfinite(numbers)
    return bool(texts) and known.mean() >= _MOSTLY and bool((numbers[known] >= 0).all())


def _is_filled(text: str | None) -> bool:
    return text is not None and fold(text) not in MISSING_CODES


def _unit_by_size(raw: RawTable, columns: Mapping[str, LesionColumn]) -> str:
    """The unit that the sizes at baseline speak for, where no name says it."""
    texts = [text for name, one in columns.items() if one.day == 0 for text in raw.codes_of(name)[1]]
    numbers = parse_numbers([text for text in texts if _is_filled(text)]).value
    return "cm" if float(np.nanmedian(numbers)) < _SMALLEST_MM else "mm"


def _new_lesions(raw: RawTable) -> dict[float, list[bool]]:
    """Day to whether each patient had a new lesion then, where columns say so."""
    found: dict[float, list[bool]] = {}
    for name in raw.columns:
        timed = read_time(name)
        if timed is not None and timed[1] > 0 and _NEW.fullmatch(timed[0].strip(" _.-(")):
            found[timed[1]] = [text is not None and fold(text) in _YES for text in raw.cells_of(name)]
    return found


def _said(columns: Mapping[str, LesionColumn], n: int, unit: str) -> tuple[DataIssue, ...]:
    log = IssueLog("lesions")
    log.add(
        AMONG_PATIENTS, "info",
        f"{counted(len(columns), 'column')} of the patients' table hold the diameter of a lesion at a time each "
        f"({listed(list(columns))}): {counted(n, 'measurement')} in {unit}, from which the response is computed.",
        remedy="If they are something else, say so, and they are read as variables of the patients.",
    )  # fmt: skip
    return tuple(log.found)
