"""Checks of the table of adverse events against itself and the patients."""

from __future__ import annotations

import numpy as np

from core.cohort.cohort import DataIssue, Table
from core.cohort.identifiers import identifier_key
from core.cohort.issues import IssueLog, counted, listed
from core.cohort.values import numbers_of

_LOWEST, _HIGHEST = 1, 5


def check_adverse_events(events: Table, patients: Table) -> list[DataIssue]:
    """Findings about a table with one row per adverse event."""
    log = IssueLog("adverse_events")
    _check_patients(events, patients, log)
    term = events.with_role("ae_term")
    if term is None:
        log.add("ae-no-term", "error", "No column names the adverse event.", remedy="Choose the column of terms.")
    else:
        missing = [row for row, text in zip(events.row_numbers, events.frame[term].isna(), strict=True) if text]
        if missing:
            message = f"'{term}' is missing in {counted(len(missing), 'row')}."
            log.add("ae-missing-term", "warning", message, column=term, rows=missing, remedy="Name the event.")
    _check_grades(events, log)
    _check_repeated(events, log)
    return log.found


def _check_patients(events: Table, patients: Table, log: IssueLog) -> None:
    own, theirs = events.with_role("ae_patient_id"), patients.with_role("patient_id")
    if own is None:
        message = "No column names the patient of an adverse event."
        log.add("ae-no-patient-id", "error", message, remedy="Choose the column of identifiers.")
        return
    if theirs is None:
        message = "The table of patients has no identifiers; adverse events cannot be joined to it."
        log.add("ae-no-patient-id", "error", message, column=own, remedy="Choose the patients' column of identifiers.")
        return
    known = {identifier_key(text) for text in patients.frame[theirs] if text is not None}
    strange: dict[str, list[int]] = {}
    for row, text in zip(events.row_numbers, events.frame[own], strict=True):
        if identifier_key(text) not in known:
            strange.setdefault("(empty)" if text is None else str(text), []).append(row)
    if strange:
        rows = sorted(row for found in strange.values() for row in found)
        message = (
            f"{counted(len(rows), 'adverse event')} of patients who are not in the cohort: {listed(list(strange))}."
        )
        remedy = "Correct the identifiers; until then these events are not counted."
        log.add("ae-unknown-patient", "warning", message, column=own, rows=rows, remedy=remedy)


def _check_grades(events: Table, log: IssueLog) -> None:
    name = events.with_role("ae_grade")
    numbers = None if name is None else numbers_of(events, name)
    if name is None or numbers is None:
        message = "No column holds the grade of an adverse event; grade 3 or more cannot be told."
        log.add("ae-no-grade", "warning", message, column=name, remedy="Choose the column of grades (1 to 5).")
        return
    rows = np.asarray(events.row_numbers)
    missing = np.isnan(numbers)
    if missing.any():
        message = f"'{name}' is missing in {counted(int(missing.sum()), 'row')}."
        log.add(
            "ae-missing-grade", "warning", message, column=name, rows=rows[missing].tolist(), remedy="Grade the event."
        )
    outside = ~missing & ((numbers < _LOWEST) | (numbers > _HIGHEST) | (numbers % 1 != 0))
    if outside.any():
        message = f"'{name}' is not a grade from 1 to 5 in {counted(int(outside.sum()), 'row')}."
        log.add(
            "ae-grade-out-of-range", "warning", message, column=name, rows=rows[outside].tolist(), remedy="Correct it."
        )


def _check_repeated(events: Table, log: IssueLog) -> None:
    """Rows that repeat another row cell by cell."""
    if events.raw is None:
        return
    repeated = events.raw.repeated(keep="first")
    if repeated.any():
        rows = np.asarray(events.row_numbers)[repeated].tolist()
        message = f"{counted(len(rows), 'row')} with the same content as an earlier row."
        remedy = "Counts per patient do not change; delete rows that were entered twice."
        log.add("ae-duplicate", "info", message, rows=rows, remedy=remedy)
