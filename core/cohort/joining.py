"""Tables with several rows per patient beside the table of patients: which rows belong to nobody in it."""

from __future__ import annotations

from core.cohort.cohort import DataIssue, Table
from core.cohort.identifiers import identifier_key
from core.cohort.issues import IssueLog, counted, listed

_ROW = {
    "lesions": "lesion",
    "sessions": "session",
    "labs": "laboratory value",
    "response": "response",
    "time_to_event": "time",
}


def check_joined(table: Table, patients: Table) -> list[DataIssue]:
    """Rows of patients who are not in the cohort, and how many patients have no row.

    Codes: ``no-patient-column``, ``unknown-patient``, ``patients-without-rows``.
    """
    log = IssueLog(table.name)
    own, theirs = table.with_role("patient_id"), patients.with_role("patient_id")
    noun = _ROW.get(table.name, "row")
    if own is None or theirs is None:
        missing = "it" if own is None else "the table of patients"
        message = f"The table of {noun}s cannot be joined to the patients: no column of {missing} names them."
        log.add("no-patient-column", "warning", message, remedy="Name the column of identifiers alike in both tables.")
        return log.found
    known = {identifier_key(text) for text in patients.frame[theirs] if text is not None}
    strange: dict[str, list[int]] = {}
    present: set[str | None] = set()
    for row, text in zip(table.row_numbers, table.frame[own], strict=True):
        key = identifier_key(text)
        present.add(key)
        if key not in known:
            strange.setdefault("(empty)" if text is None else str(text), []).append(row)
    if strange:
        rows = sorted(row for found in strange.values() for row in found)
        log.add(
            "unknown-patient", "warning",
            f"{counted(len(rows), noun)} of patients who are not in the cohort: {listed(list(strange))}.",
            column=own, rows=rows, remedy="Correct the identifiers; until then these rows are not used.",
        )  # fmt: skip
    without = len(known - present)
    if without:
        message = f"{counted(without, 'patient')} without any {noun}."
        log.add("patients-without-rows", "info", message, column=own)
    return log.found
