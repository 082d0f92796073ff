"""Checks of a loaded cohort: everything found is returned at once with its rows; nothing is changed or dropped.

Belongs here: the table of patients and its columns. Endpoints are checked in ``validate_endpoints``, adverse events in
``validate_events``.
"""

from __future__ import annotations

import itertools

import numpy as np

from core.cohort.cohort import Cohort, Column, DataIssue, Table
from core.cohort.distinct import distinct_cells, distinct_levels, distinct_numbers
from core.cohort.endpoints import row_number_array
from core.cohort.identifiers import identifier_keys
from core.cohort.issues import IssueLog, counted, listed
from core.cohort.joining import check_joined
from core.cohort.persons import ROW
from core.cohort.validate_endpoints import check_endpoints
from core.cohort.validate_events import check_adverse_events
from core.cohort.validate_plausible import check_plausible
from core.cohort.validate_shape import check_shape, check_wide_lesions
from core.work.progress import go_on, step
from core.work.threads import on_all

FEW_IN_LEVEL = 5
_CODED_LEVELS = 8


def validate(cohort: Cohort) -> tuple[DataIssue, ...]:
    """All findings about a cohort.

    Codes, beside those of reading and typing: ``no-patient-id``, ``missing-patient-id``, ``duplicate-patient``,
    ``duplicate-row``, ``empty-column``, ``constant-column``, ``one-group-only``, ``rare-level``, ``sentinel-value``,
    ``implausible-age``, ``impossible-value``, ``outlier``, ``impossible-date``, ``date-after-death``,
    ``event-without-date``, ``pivot-table``, ``turned-table``, ``wide-lesions``; endpoints:
    ``no-endpoint``, ``endpoint-unreadable``, ``missing-time``, ``missing-event``,
    ``negative-time``, ``missing-entry``, ``entry-not-before-time``, ``time-zero``, ``no-events``, ``all-events``,
    ``pfs-after-os``, ``death-not-counted``, ``no-response``, ``after-data-cut``, ``start-after-cut``,
    ``missing-data-cut``,
    ``missing-start``, ``implausible-time``, ``unit-contradicted``, ``mixed-units``;
    adverse events: ``ae-no-patient-id``, ``ae-no-term``, ``ae-no-grade``,
    ``ae-unknown-patient``, ``ae-grade-out-of-range``, ``ae-missing-term``, ``ae-missing-grade``, ``ae-duplicate``;
    other tables: ``no-patient-column``, ``unknown-patient``, ``patients-without-rows``.
    """
    patients = cohort.patients
    step("checking", patients.n)
    checks = (_check_table, check_plausible, check_endpoints, _check_other_tables)
    found = on_all(lambda check: check(cohort), checks, rows=patients.n)
    return tuple(itertools.chain.from_iterable(found))


def _check_table(cohort: Cohort) -> list[DataIssue]:
    """Findings about the table of patients and its columns."""
    patients, log = cohort.patients, IssueLog("patients")
    _check_identifiers(patients, log, starts_late=any(e.entry is not None for e in cohort.spec.endpoints.values()))
    _check_unused(patients, log)
    for column in patients.columns:
        go_on()
        if column.role == "group" or (column.role == "covariate" and column.kind == "category"):
            _check_levels(patients, column, log)
    if not cohort.spec.endpoints:
        check_shape(patients, log)
    if "lesions" not in cohort.other_tables:
        check_wide_lesions(patients, log)
    return log.found


def _check_other_tables(cohort: Cohort) -> list[DataIssue]:
    """Findings about the tables beside the patients'."""
    found: list[DataIssue] = []
    if cohort.adverse_events is not None:
        found += check_adverse_events(cohort.adverse_events, cohort.patients)
    for table in cohort.other_tables.values():
        found += check_joined(table, cohort.patients)
    return found


def _check_identifiers(table: Table, log: IssueLog, *, starts_late: bool) -> None:
    name = table.with_role("patient_id")
    if name is None or name == ROW:
        message = "No column names the patient; every row is taken as one patient"
        message += "." if name is None else ", and called by its number in the file."
        log.add("no-patient-id", "info", message, remedy="Choose the column of identifiers.")
        _check_repeated_rows(table, log)
        return
    cells = distinct_cells(table, name)
    keys, position = identifier_keys(
        [*map(str, cells.values)] if isinstance(cells.values, np.ndarray) else cells.values
    )
    numbers = row_number_array(table)
    missing = numbers[cells.codes < 0].tolist()
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
    times = cells.counts if position is None else np.bincount(position, weights=cells.counts, minlength=len(keys))
    if (times > 1).any():
        position = np.arange(len(keys)) if position is None else position
        first = np.unique(position, return_index=True)[1]  # as it was first written
        repeated = [cells.values[first[i]] for i in np.flatnonzero(times > 1)]
        rows = np.sort(numbers[cells.rows((times > 1)[position])]).tolist()
        message = f"{counted(len(repeated), 'patient')} in more than one row: {listed(repeated)}."
        remedy = "Keep one row per patient; until then each row counts as a patient."
        log.add(
            "duplicate-patient", "info" if starts_late else "warning", message, column=name, rows=rows, remedy=remedy
        )


def _check_repeated_rows(table: Table, log: IssueLog) -> None:
    if table.raw is None:
        return
    repeated = table.raw.repeated(keep=False, without=(ROW,))
    if repeated.any():
        rows = row_number_array(table)[repeated].tolist()
        message = f"{counted(len(rows), 'row')} with the same content as another row."
        log.add("duplicate-row", "warning", message, rows=rows, remedy="Delete rows that were entered twice.")


def _check_unused(table: Table, log: IssueLog) -> None:
    """Columns that hold nothing, or the same everywhere: one finding each, however many."""
    empty = [column.name for column in table.columns if column.kind == "empty"]
    if empty:
        message = f"{counted(len(empty), 'column')} without any value: {listed(empty)}."
        log.add(
            "empty-column", "info", message, column=empty[0] if len(empty) == 1 else None,
            remedy="Fill it, or leave it out of the file.",
        )  # fmt: skip
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
        log.add(
            "constant-column", "info", message, column=constant[0] if len(constant) == 1 else None,
            remedy="It tells nothing about these patients; check that it is meant.",
        )  # fmt: skip


def _is_constant(table: Table, column: Column) -> bool:
    found = distinct_numbers(table, column.name) if column.kind == "number" else distinct_levels(table, column.name)
    return found is not None and not found.n_missing and len(set(found.values)) == 1


def _check_levels(table: Table, column: Column, log: IssueLog) -> None:
    found = distinct_levels(table, column.name)
    levels, counts = found.values, found.counts
    if column.role == "group" and len(levels) == 1:
        message = f"'{column.name}' has one level only, '{levels[0]}'; there is nothing to compare."
        log.add("one-group-only", "warning", message, column=column.name, remedy="Choose another column to compare.")
        return
    if len(levels) > _CODED_LEVELS:
        return
    rare = [f"{level} ({n})" for level, n in zip(levels, counts.tolist(), strict=True) if n < FEW_IN_LEVEL]
    if rare and table.n >= 4 * FEW_IN_LEVEL:
        message = f"'{column.name}' has levels with fewer than {FEW_IN_LEVEL} patients: {listed(rare)}."
        rows = row_number_array(table)[found.rows(counts < FEW_IN_LEVEL)].tolist()
        log.add(
            "rare-level", "info", message, column=column.name, rows=rows, remedy="Merge them with a neighbouring level."
        )
