"""Checks of a loaded cohort: everything found is returned at once with its rows; nothing is changed or dropped.

Belongs here: the table of patients and its columns. Endpoints are checked in ``validate_endpoints``, adverse events in
``validate_events``.
"""

from __future__ import annotations

import re

import numpy as np

from core.cohort.cohort import Cohort, Column, DataIssue, Table
from core.cohort.identifiers import identifier_key
from core.cohort.issues import IssueLog, counted, listed
from core.cohort.joining import check_joined
from core.cohort.persons import ROW
from core.cohort.rows import row_array
from core.cohort.validate_endpoints import check_endpoints
from core.cohort.validate_events import check_adverse_events
from core.cohort.validate_plausible import check_plausible
from core.cohort.values import codes_of, numbers_of
from core.cohort.vocabulary import name_words

FEW_IN_LEVEL = 5
_CODED_LEVELS = 8
_SENTINELS = (-99.0, -9.0, -999.0, -9999.0, 99.0, 999.0, 9999.0, 99999.0)
_AGE = re.compile(r"age|年龄")


def validate(cohort: Cohort) -> tuple[DataIssue, ...]:
    """All findings about a cohort.

    Codes, beside those of reading and typing: ``no-patient-id``, ``missing-patient-id``, ``duplicate-patient``,
    ``duplicate-row``, ``empty-column``, ``constant-column``, ``one-group-only``, ``rare-level``, ``sentinel-value``,
    ``implausible-age``, ``outlier``, ``impossible-date``, ``date-after-death``, ``event-without-date``; endpoints:
    ``no-endpoint``, ``endpoint-unreadable``, ``missing-time``, ``missing-event``,
    ``negative-time``, ``missing-entry``, ``entry-not-before-time``, ``time-zero``, ``no-events``, ``all-events``,
    ``pfs-after-os``, ``death-not-counted``, ``no-response``, ``start-after-cut``, ``missing-data-cut``,
    ``missing-start``, ``implausible-time``, ``unit-contradicted``, ``mixed-units``;
    adverse events: ``ae-no-patient-id``, ``ae-no-term``, ``ae-no-grade``,
    ``ae-unknown-patient``, ``ae-grade-out-of-range``, ``ae-missing-term``, ``ae-missing-grade``, ``ae-duplicate``;
    other tables: ``no-patient-column``, ``unknown-patient``, ``patients-without-rows``.
    """
    patients = cohort.patients
    log = IssueLog("patients")
    _check_identifiers(patients, log, starts_late=any(e.entry is not None for e in cohort.spec.endpoints.values()))
    _check_unused(patients, log)
    for column in patients.columns:
        if column.role == "group" or (column.role == "covariate" and column.kind == "category"):
            _check_levels(patients, column, log)
        if column.kind == "number":
            _check_numbers(patients, column, log)
    log.found += check_plausible(cohort)
    log.found += check_endpoints(cohort)
    if cohort.adverse_events is not None:
        log.found += check_adverse_events(cohort.adverse_events, patients)
    for table in cohort.other_tables.values():
        log.found += check_joined(table, patients)
    return tuple(log.found)


def _check_identifiers(table: Table, log: IssueLog, *, starts_late: bool) -> None:
    name = table.with_role("patient_id")
    if name is None or name == ROW:
        message = "No column names the patient; every row is taken as one patient"
        message += "." if name is None else ", and called by its number in the file."
        log.add("no-patient-id", "info", message, remedy="Choose the column of identifiers.")
        _check_repeated_rows(table, log)
        return
    rows_of: dict[str, list[int]] = {}
    missing: list[int] = []
    keys = [identifier_key(text) for text in table.frame[name]]
    if None in keys or len(set(keys)) < len(keys):
        for row, key in zip(table.row_numbers, keys, strict=True):
            if key is None:
                missing.append(row)
            else:
                rows_of.setdefault(key, []).append(row)
    if missing:
        message = f"'{name}' is missing in {counted(len(missing), 'row')}."
        log.add(
            "missing-patient-id",
            "warning",
            message,
            column=name,
            rows=missing,
            remedy="Give every patient an identifier.",
        )
    repeated = {key: rows for key, rows in rows_of.items() if len(rows) > 1}
    if repeated:
        rows = sorted(row for found in repeated.values() for row in found)
        message = f"{counted(len(repeated), 'patient')} in more than one row: {listed(list(repeated))}."
        remedy = "Keep one row per patient; until then each row counts as a patient."
        log.add(
            "duplicate-patient", "info" if starts_late else "warning", message, column=name, rows=rows, remedy=remedy
        )


def _check_repeated_rows(table: Table, log: IssueLog) -> None:
    if table.raw is None:
        return
    frame = table.raw.frame.drop(columns=ROW, errors="ignore")
    repeated = frame.duplicated(keep=False).to_numpy()
    if repeated.any():
        rows = [row for row, is_repeated in zip(table.row_numbers, repeated, strict=True) if is_repeated]
        message = f"{counted(len(rows), 'row')} with the same content as another row."
        log.add("duplicate-row", "warning", message, rows=rows, remedy="Delete rows that were entered twice.")


def _check_unused(table: Table, log: IssueLog) -> None:
    """Columns that hold nothing, or the same everywhere: one finding each, however many."""
    empty = [column.name for column in table.columns if column.kind == "empty"]
    if empty:
        message = f"{counted(len(empty), 'column')} without any value: {listed(empty)}."
        log.add("empty-column", "info", message, column=empty[0] if len(empty) == 1 else None)
    constant = [
        column.name
        for column in table.columns
        if column.kind in ("category", "number")
        and table.n > 1
        and column.role not in ("time", "event", "group")
        and _is_constant(table, column)
    ]
    if constant:
        message = f"{counted(len(constant), 'column')} with the same value for every patient: {listed(constant)}."
        log.add("constant-column", "info", message, column=constant[0] if len(constant) == 1 else None)


def _is_constant(table: Table, column: Column) -> bool:
    if column.kind == "number":
        numbers = numbers_of(table, column.name)
        return numbers is not None and bool((numbers == numbers[0]).all())
    codes, levels = codes_of(table, column.name)
    return len(levels) == 1 and bool((codes >= 0).all())


def _check_levels(table: Table, column: Column, log: IssueLog) -> None:
    codes, levels = codes_of(table, column.name)
    if column.role == "group" and len(levels) == 1:
        message = f"'{column.name}' has one level only, '{levels[0]}'; there is nothing to compare."
        log.add("one-group-only", "warning", message, column=column.name, remedy="Choose another column to compare.")
        return
    if len(levels) > _CODED_LEVELS:
        return
    counts = np.bincount(codes[codes >= 0], minlength=len(levels))
    rare = [f"{level} ({n})" for level, n in zip(levels, counts.tolist(), strict=True) if n < FEW_IN_LEVEL]
    if rare and table.n >= 4 * FEW_IN_LEVEL:
        message = f"'{column.name}' has levels with fewer than {FEW_IN_LEVEL} patients: {listed(rare)}."
        rows = row_array(table.row_numbers)[np.isin(codes, np.flatnonzero(counts < FEW_IN_LEVEL))].tolist()
        log.add(
            "rare-level", "info", message, column=column.name, rows=rows, remedy="Merge them with a neighbouring level."
        )


def _check_numbers(table: Table, column: Column, log: IssueLog) -> None:
    numbers = numbers_of(table, column.name)
    if numbers is None:
        return
    known = np.isfinite(numbers)
    for sentinel in _SENTINELS:
        hit = numbers == sentinel
        rest = np.abs(numbers[known & ~hit])
        if hit.any() and rest.size > 4 and abs(sentinel) > 3 * rest.max() + 1e-9:
            rows = row_array(table.row_numbers)[hit].tolist()
            message = f"'{column.name}' has {counted(len(rows), 'cell')} with {sentinel:g}, far from all others."
            log.add(
                "sentinel-value",
                "warning",
                message,
                column=column.name,
                rows=rows,
                remedy="If it is a missing code, leave the cells empty.",
            )
    if any(_AGE.fullmatch(word) for word in name_words(column.name)[:1]):
        bad = known & ((numbers < 0) | (numbers > 120))
        if bad.any():
            rows = row_array(table.row_numbers)[bad].tolist()
            message = f"'{column.name}' is below 0 or above 120 in {counted(len(rows), 'row')}."
            log.add("implausible-age", "warning", message, column=column.name, rows=rows, remedy="Correct these cells.")
