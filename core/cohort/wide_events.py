"""Adverse events written wide, one column per term holding the grade, made long: one row per patient and event."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
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
_NO_EVENT = frozenset(
    ("0", "0.0", "no", "none", "n", "never", "false", "无", "否", "没有", "g0", "grade 0", "0级", "不详", "unknown")
)
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
_TERMS = re.compile(
    r"fever|pyrexia|\bpain\b|nausea|vomit|fatigue|asthenia|rash|prurit|diarrh|colitis|hepatitis|pneumonitis|thyroid"
    r"|an(?:a)?emia|neutrop|leu[ck]op|lymphop|thrombocytop|bleed|h(?:a)?emorrh|infection|abscess|effusion|burn"
    r"|transaminase|\balt\b|\bast\b|bilirubin|creatinin|o?edema|hypertension|headache|cough|dyspn|anorexia|appetite"
    r"|constipation|myocarditis|arthralgia|myalgia|neuropathy|mucositis|stomatitis|hand.?foot|alopecia|nephritis"
    r"|hypophysitis|liver injury|post.?embolization|biloma|cholangitis|pneumothorax"
    r"|发热|疼痛|恶心|呕吐|乏力|皮疹|瘙痒|腹泻|腹痛|结肠炎|肝炎|肺炎|甲状腺|贫血|白细胞|中性粒|血小板|出血|感染|脓肿|积液|烧伤|灼伤"
    r"|转氨酶|胆红素|肌酐|水肿|高血压|头痛|咳嗽|食欲|便秘|心肌炎|关节痛|周围神经|黏膜炎|口腔炎|手足|脱发|肝损伤|肾炎|垂体炎|栓塞后|胆管炎|气胸",
    re.IGNORECASE,
)
_PREFIX = re.compile(r"^(?:ir)?aes?[\s_.:-]", re.IGNORECASE)
_BEFORE = re.compile(r"baseline|history|before|\bpre|prior|基线|术前|治疗前|既往", re.IGNORECASE)
_SUMMARY = frozenset(("max", "maximum", "worst", "highest", "any", "overall", "total", "number", "count", "n", ""))
_ENOUGH = 3
AMONG_PATIENTS, YES_NO = "events-in-columns", "yes-no-events"


def grade_columns(raw: RawTable) -> list[str]:
    """Columns whose every value is a grade from 0 to 5, and that by their name may be an adverse event."""
    return [name for name in raw.columns if _may_be_term(name) and _grades(raw, name)]


def event_columns(raw: RawTable) -> list[str]:
    """Columns of the patients' table that hold the grade of one adverse event each; none where that is not sure.

    Sure are at least two columns that are called after an adverse event or begin with 'AE', none of them a state before
    treatment, and at least one of them with a grade of 2 or more: 0 and 1 alone may be no and yes.
    """
    called = [name for name in raw.columns if _may_be_term(name) and _is_event(name)]
    grades = {name: found for name in called if (found := _grades(raw, name))}
    return list(grades) if len(grades) > 1 and max(map(max, grades.values())) > 1 else []


def is_from_patients(raw: RawTable) -> bool:
    """Whether a table of adverse events was made from columns of the patients' table."""
    return any(issue.code in (AMONG_PATIENTS, YES_NO) for issue in raw.issues)


def may_be_event(name: str) -> bool:
    """Whether a column may by its name hold one adverse event, and not a state before treatment."""
    return _may_be_term(name) and _is_event(name)


def is_prefixed(name: str) -> bool:
    """Whether a column's name begins with 'AE'."""
    return _PREFIX.search(name) is not None


def events_among(raw: RawTable, columns: Sequence[str], *, patient: str, yes_no: Collection[str] = ()) -> RawTable:
    """Adverse events one row each, from columns of the patients' table; the issue says which, and how to undo it.

    Parameters
    ----------
    raw : RawTable
    columns : sequence of str
        Of grades.
    patient : str
    yes_no : collection of str
        Columns that say yes or no: their events have no grade.
    """
    log = IssueLog("adverse_events")
    made, order, rows = _rows_of(raw, [*columns, *yes_no], patient, ungraded=yes_no)
    if yes_no:
        log.add(
            YES_NO, "info",
            f"{counted(len(yes_no), 'column')} of the patients' table say yes or no to an adverse event each "
            f"({listed(list(yes_no))}): {counted(made[GRADE].isna().sum(), 'event')} whose grade is not known.",
            remedy="Grade 3 or more cannot be told of them; give the grades where they are known.",
        )  # fmt: skip
    if not columns:
        made = made.drop(columns=GRADE)
        return replace(raw, cells=made, row_numbers=order, issues=tuple(log.found), labels={}, filed=None)
    rows = [row for row, grade in zip(order, made[GRADE], strict=True) if grade is not None]
    log.add(
        AMONG_PATIENTS, "info",
        f"{counted(len(columns), 'column')} of the patients' table hold the grade of an adverse event each "
        f"({listed(columns)}): {counted(len(rows), 'event')}; 0 and empty mean no event.",
        remedy="If they are something else, say so, and they are read as variables of the patients.",
    )  # fmt: skip
    return replace(raw, cells=made, row_numbers=order, issues=tuple(log.found), labels={}, filed=None)


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
    made, order, rows = _rows_of(raw, columns, patient)
    log = IssueLog("adverse_events")
    left = [name for name in raw.columns if name not in (*columns, patient)]
    log.add(
        "wide-adverse-events", "info",
        f"One column per adverse event was read as one row per event: {counted(len(rows), 'event')} in "
        f"{counted(len(columns), 'column')} ({listed(columns)}); 0 and empty mean no event.",
        remedy=f"Not read as adverse events: {listed(left)}." if left else "",
    )  # fmt: skip
    return replace(raw, cells=made, row_numbers=order, issues=(*raw.issues, *log.found))


def _rows_of(
    raw: RawTable, columns: Sequence[str], patient: str, *, ungraded: Collection[str] = ()
) -> tuple[pd.DataFrame, tuple[int, ...], list[int]]:
    """The events as a table, the row of the file that each comes from, and the same unordered."""
    rows: list[int] = []
    cells: list[tuple[str | None, str, str | None]] = []
    who = raw.cells_of(patient)
    for name in columns:
        term = term_of(name)
        for i, text in enumerate(raw.cells_of(name)):
            if text is not None and fold(text) not in _NO_EVENT and fold(text) not in MISSING_CODES:
                rows.append(raw.row_numbers[i])
                cells.append((who[i], term, None if name in ungraded else text))
    order = np.argsort(rows, kind="stable")
    made = pd.DataFrame([cells[i] for i in order], columns=[PATIENT, TERM, GRADE], dtype=object)
    return made, tuple(rows[i] for i in order), rows


def _is_event(name: str) -> bool:
    """Whether a column is called after an adverse event, and not after what was before treatment."""
    if _BEFORE.search(name) or compact(_bare(name)) in _SUMMARY:
        return False
    return _PREFIX.search(name) is not None or _TERMS.search(name.replace("_", " ")) is not None


def _may_be_term(name: str) -> bool:
    """Not a grade by itself, a scale of the tumour, an identifier or a part of an endpoint."""
    if _SCALES.search(name) or read_name(name) is not None:
        return False
    return not any(compact(name) in aliases(role) for role in _NO_TERMS)


def _grades(raw: RawTable, name: str) -> list[float]:
    """The grades in a column where every value is one from 1 to 5, or none; empty where something else stands there."""
    grades: dict[str, float] = {}
    for text in map(fold, raw.codes_of(name)[1]):
        if text in grades or text in MISSING_CODES or text in _NO_EVENT:
            continue
        grade = parse_grade(text)
        if not 1 <= grade <= 5 or grade != int(grade):  # of thousands of numbers the first ones tell
            return []
        grades[text] = grade
    return list(grades.values())


def term_of(name: str) -> str:
    """The event a column speaks of: 'AE_fever_grade' is fever."""
    return (_bare(name) or name).replace("_", " ")


def _bare(name: str) -> str:
    """A name without what says that it is a grade or an adverse event; blank where it says nothing else."""
    while (shorter := _MARKS.sub("", name).strip(" _.-")) != name:
        name = shorter
    return name
