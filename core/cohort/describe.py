"""What was recognised in files, as plain values: what ``python -m core describe`` prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core.cohort.cleaning_suggested import suggested_cleaning
from core.cohort.cohort import Cohort, Table
from core.cohort.derived import derivable
from core.cohort.load import load_files
from core.spec import AnalysisSpec, EndpointSpec, GroupSpec

__all__ = ["describe", "describe_files"]

_SURE_GROUP = 0.8


def describe_files(paths: Sequence[Path]) -> dict[str, Any]:
    """Describe files and their sheets: a table of patients and, optionally, others.

    Parameters
    ----------
    paths : sequence of Path
        The specification names them as they are given here, one sheet of several as ``file#sheet``.

    Returns
    -------
    dict
        ``tables``, ``sources``, ``issues``, ``identifiers``, ``endpoints``, ``suggestions`` and ``spec`` (see
        docs/headless.md); numbers, texts, lists and dicts only.

    Raises
    ------
    ReadError
        If a file is not a table, or it is not clear which holds the patients.
    """
    return describe(load_files(paths))


def describe(cohort: Cohort) -> dict[str, Any]:
    """Describe a loaded cohort; keys as ``describe_files``."""
    tables = [cohort.patients, *([] if cohort.adverse_events is None else [cohort.adverse_events])]
    return {
        "tables": [_table(table) for table in (*tables, *cohort.other_tables.values())],
        "sources": [asdict(source) for source in cohort.sources],
        "issues": [asdict(issue) | {"rows": list(issue.rows)} for issue in cohort.issues],
        "identifiers": _identifiers(cohort),
        "endpoints": {name: _endpoint(cohort.patients, spec) for name, spec in cohort.spec.endpoints.items()},
        "suggestions": _suggestions(cohort.patients),
        "spec": suggestion(cohort).model_dump(mode="json", by_alias=True, exclude_none=True),
    }


def _endpoint(table: Table, spec: EndpointSpec) -> dict[str, Any]:
    """How sure an endpoint is, by the least sure of its columns, and why each was taken."""
    used = [column for column in table.columns if column.name in spec.columns]
    return {
        "confidence": min((column.confidence for column in used), default=0.0),
        "reasons": {column.name: column.reason for column in used},
    }


def _identifiers(cohort: Cohort) -> list[dict[str, Any]]:
    """Columns that could name a person, and what became of each."""
    became = {"identifying-column": "left out", "patients-numbered": "numbered"}
    return [
        {"table": issue.table, "column": issue.column, "became": became[issue.code]}
        for issue in cohort.issues
        if issue.code in became
    ] + [{"table": "patients", "column": name, "became": "kept"} for name in cohort.spec.keep_identifiers]


def _suggestions(table: Table) -> dict[str, Any]:
    """What could be asked for beside the specification: ``clean`` and ``derived`` as it would name them, and why."""
    cleaning, variables = suggested_cleaning(table), derivable(table)
    return {
        "clean": {one.column: one.spec.model_dump(mode="json") for one in cleaning},
        "derived": {one.name: one.spec.model_dump(mode="json") for one in variables},
        "says": {one.column: one.says for one in cleaning}
        | {one.name: f"{one.says}. {one.rule.words}. Source: {one.rule.source}" for one in variables},
    }


def suggestion(cohort: Cohort) -> AnalysisSpec:
    """A specification without analyses: what was recognised, and the surest group if there is one."""
    return AnalysisSpec(cohort=cohort.spec, group=_group(cohort.patients))


def _group(table: Table) -> GroupSpec | None:
    sure = [column for column in table.columns if column.role == "group" and column.confidence >= _SURE_GROUP]
    return GroupSpec(column=sure[0].name) if sure else None


def _table(table: Table) -> dict[str, Any]:
    columns = [
        {
            "name": column.name,
            "type": column.kind,
            "role": column.role,
            "endpoint": column.endpoint,
            "confidence": column.confidence,
            "reason": column.reason,
            "label": None if table.raw is None else table.raw.labels.get(column.name),
        }
        for column in table.columns
    ]
    raw = table.raw
    file, sheet, encoding = (table.name, None, None) if raw is None else (raw.name, raw.sheet, raw.encoding)
    return {
        "name": table.name, "file": file, "sheet": sheet, "encoding": encoding, "rows": table.n, "columns": columns,
    }  # fmt: skip
