"""A cohort without what could name a person: identifying columns left out, patients numbered, dates shifted on request.

The text of the file stays with each table (``Table.raw``) in this computer's memory, so that a column can be kept after
all; what analyses, screens and exports read is the table made here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from core.cohort.cohort import DataIssue, Table
from core.cohort.distinct import kept_for
from core.cohort.identifiers import identifier_key
from core.cohort.issues import IssueLog
from core.cohort.privacy import IdentifierFinding, find_identifiers

PATIENTS = "patients"
MOST_DAYS = 182  # a date moves by up to half a year either way
_NEVER_PERSONS = frozenset(("ae_term", "ae_class", "ae_action"))  # 'Liver Abscess' is written as a name is
_ID_ROLES = ("patient_id", "ae_patient_id")


def deidentified(
    tables: Mapping[str, Table],
    *,
    keep: Collection[str] = (),
    used: Collection[str] = (),
    shift_dates: int | None = None,
) -> dict[str, Table]:
    """The tables of a cohort as analyses may see them.

    Parameters
    ----------
    tables : dict of table name to Table
        Identifiers written alike in all of them.
    keep : collection of str
        Columns that the user keeps although they could name a person.
    used : collection of str
        Columns that an endpoint or a role needs; they stay.
    shift_dates : int, optional
        Seed. All dates of a patient move by the same number of days, another number for each patient; times between
        dates stay what they are.

    Returns
    -------
    dict of table name to Table
        With an issue ``identifying-column`` for each column left out, ``patients-numbered`` where the patients' own
        names or numbers were replaced, and ``dates-shifted``.
    """
    made = dict(tables)
    if shift_dates is not None:
        made = {name: _shifted(table, shift_dates) for name, table in made.items()}
    found = {name: _findings(table, keep, used) for name, table in made.items()}
    numbers = _numbers(made.get(PATIENTS), found.get(PATIENTS, ()))
    called = dict.fromkeys(made, numbers)
    if numbers is None and (named := [name for name, table in made.items() if _is_by_name(table, found[name])]):
        known = _as_written(made.get(PATIENTS))  # names of persons who are not in the cohort are never shown
        called |= dict.fromkeys(named, known)
    return {name: _without(table, found[name], called[name]) for name, table in made.items()}


def _as_written(patients: Table | None) -> dict[str | None, str]:
    """The patients by the identifiers that stay."""
    own = None if patients is None else _identifier_of(patients)
    if patients is None or own is None:
        return {}
    return {identifier_key(text): text for text in patients.frame[own] if text is not None}


def _is_by_name(table: Table, found: tuple[IdentifierFinding, ...]) -> bool:
    """Whether a table beside the patients' calls them by what could name a person."""
    own = _identifier_of(table)
    return table.name != PATIENTS and any(finding.column == own for finding in found)


def _findings(table: Table, keep: Collection[str], used: Collection[str]) -> tuple[IdentifierFinding, ...]:
    if table.raw is None:
        return ()
    there = {column.name for column in table.columns if column.role not in _NEVER_PERSONS}
    own = _identifier_of(table)
    return tuple(
        finding
        for finding in find_identifiers(table.raw)
        if finding.column in there
        and finding.column not in keep
        and (finding.column == own or finding.column not in used)
    )


def _identifier_of(table: Table) -> str | None:
    return next((name for role in _ID_ROLES if (name := table.with_role(role)) is not None), None)


def _numbers(patients: Table | None, found: tuple[IdentifierFinding, ...]) -> dict[str | None, str] | None:
    """Number of each patient by what names them in the file; None where the file's own identifiers may stay."""
    own = None if patients is None else _identifier_of(patients)
    if patients is None or own is None or all(finding.column != own for finding in found):
        return None
    keys = dict.fromkeys(identifier_key(text) for text in patients.frame[own] if text is not None)
    width = max(3, len(str(len(keys))))
    return {key: f"P{position:0{width}d}" for position, key in enumerate(keys, start=1)}


def _without(table: Table, found: tuple[IdentifierFinding, ...], numbers: Mapping[str | None, str] | None) -> Table:
    own = _identifier_of(table)
    out = {finding.column: finding for finding in found if finding.column != own}
    if not out and numbers is None:
        return table
    frame = table.frame.drop(columns=list(out))
    log = IssueLog(table.name)
    for finding in out.values():
        message = f"'{finding.column}' could name a person ({finding.kind}: {finding.reason}) and was left out."
        log.add(
            "identifying-column", "info", message, column=finding.column,
            remedy="Keep it only if an analysis on this computer needs it.",
        )  # fmt: skip
    if numbers is not None and own is not None:
        frame = frame.copy(deep=False)
        frame[own] = _numbered(table, own, numbers)
        if table.name == PATIENTS:
            message = f"'{own}' could name a person; the patients are called P001, P002, ... in the order of the file."
            log.add(
                "patients-numbered", "info", message, column=own,
                remedy="Findings name the rows of the file, where the patients can be looked up.",
            )  # fmt: skip
    kept = [issue for issue in table.issues if issue.column not in out and not (numbers and issue.column == own)]
    return replace(
        table,
        frame=frame,
        columns=tuple(column for column in table.columns if column.name not in out),
        issues=(*kept, *log.found),
        cache=kept_for(table, without=[*out, *([] if numbers is None or own is None else [own])]),
    )


def _numbered(table: Table, own: str, numbers: Mapping[str | None, str]) -> pd.Series:
    strange: dict[str | None, str] = {}
    written: list[str | None] = []
    for text in table.frame[own]:
        if text is None or pd.isna(text):
            written.append(None)
            continue
        key = identifier_key(str(text))
        written.append(numbers.get(key) or strange.setdefault(key, f"not in the cohort {len(strange) + 1}"))
    return pd.Series(written, index=table.frame.index, dtype=object)


def _shifted(table: Table, seed: int) -> Table:
    """Every date moved by its patient's own number of days."""
    own = _identifier_of(table)
    dates = [column.name for column in table.columns if column.kind == "date"]
    if not dates:
        return table
    keys = table.frame[own] if own is not None else pd.Series(map(str, table.row_numbers), index=table.frame.index)
    days = np.array([_days(seed, None if pd.isna(key) else str(key)) for key in keys], dtype="timedelta64[D]")
    frame = table.frame.copy(deep=False)
    for name in dates:
        frame[name] = frame[name] + days
    issue = DataIssue(
        code="dates-shifted", severity="info", column=None, rows=(), table=PATIENTS,
        message=f"Dates were shifted by up to {MOST_DAYS} days, all dates of a patient alike.",
        remedy="Times between dates are unchanged; calendar dates, such as a data cut, no longer mean anything.",
    )  # fmt: skip
    said = (issue,) if table.name == PATIENTS else ()
    return replace(table, frame=frame, issues=(*table.issues, *said), cache={})


def _days(seed: int, key: str | None) -> int:
    """A patient's shift, from -182 to 182 without 0, the same wherever the patient stands."""
    digest = hashlib.sha256(f"{seed}:{identifier_key(key)}".encode()).digest()
    drawn = int.from_bytes(digest[:8], "big") % (2 * MOST_DAYS) - MOST_DAYS
    return drawn if drawn < 0 else drawn + 1
