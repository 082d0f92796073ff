"""Deleting a cohort everywhere, with a receipt: what was removed, when, by whom, and that it is not there any more.

First the cohort is marked, and from then on nobody sees it; then its files are removed and looked for again; then its
rows go, and the receipt is written with them. A process that dies in between leaves a marked cohort, and the next sweep
finishes it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from team import analyses, fault_points
from team.access import new_id, require
from team.actor import Actor
from team.audit_chain import Done, Entry, canonical
from team.cohorts import cohort_row
from team.database.tables import (
    AnalysisRow,
    AnalysisVersionRow,
    Base,
    CohortRow,
    CommentRow,
    FileRow,
    ReceiptRow,
    VersionRow,
)
from team.database.units import Unit
from team.errors import NotFoundError
from team.permits import Act
from team.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Proof that a cohort was deleted.

    Attributes
    ----------
    cohort_id, project_id : str
    at : str
        ISO 8601, UTC.
    by : str
        Person, or ``sweep`` where the retention period was over.
    versions, analyses : int
        How many were removed.
    files : tuple of (str, int)
        SHA-256 and bytes of each file that was removed.
    files_left : int
        How many files were found when they were looked for again: 0.
    where : dict of str to str or int
        What was removed in which place, in words of the program; empty in receipts of earlier versions.
    digest : str
        SHA-256 of all this; the audit trail holds it too.
    text : str
        All this as JSON, as it was digested.
    """

    cohort_id: str
    project_id: str
    at: str
    by: str
    versions: int
    analyses: int
    files: tuple[tuple[str, int], ...]
    files_left: int
    where: Mapping[str, str | int]
    digest: str
    text: str


def delete_cohort(store: Store, actor: Actor, *, cohort_id: str, key: str | None = None) -> Receipt:
    """Delete a cohort with all its versions, files, analyses and comments.

    Raises
    ------
    NotFoundError, NotAllowedError
    UnavailableError
        If files cannot be removed now; the cohort is not seen any more, and the next sweep removes them.
    """

    def mark(unit: Unit) -> str:
        row = cohort_row(unit.session, cohort_id, lock=True)
        require(unit.session, actor, Act.DELETE_COHORT, project_id=row.project_id, lock=True, kind="cohort")
        mark_deleted(unit, row, by=actor.person_id)
        return cohort_id

    store.write(actor, mark, act="delete a cohort", key=key)
    fault_points.at("cohort marked")
    return finish(store, cohort_id=cohort_id)


def receipts(store: Store, actor: Actor, *, project_id: str) -> tuple[Receipt, ...]:
    """The receipts of a project, the newest first."""

    def find(session: Session) -> tuple[Receipt, ...]:
        require(session, actor, Act.DELETE_COHORT, project_id=project_id)
        rows = session.scalars(select(ReceiptRow).where(ReceiptRow.project_id == project_id))
        return tuple(sorted((_receipt(row) for row in rows), key=lambda one: one.at, reverse=True))

    return store.read(find)


def mark_deleted(unit: Unit, row: CohortRow, *, by: str) -> None:
    """From now on nobody sees the cohort."""
    row.deleted, row.deleted_by = unit.now, by
    unit.record(Entry(person_id=by, done=Done.DELETION_BEGAN, project_id=row.project_id, subject=row.id))


def finish(store: Store, *, cohort_id: str) -> Receipt:
    """Remove files and rows of a marked cohort, and write its receipt; the same receipt again if it is done already.

    Raises
    ------
    UnavailableError, NotFoundError
    """
    marked = store.read(lambda session: session.get(CohortRow, cohort_id))
    if marked is not None and marked.deleted is not None:
        folder = f"{marked.project_id}/{cohort_id}"
        store.files.remove_folder(folder)
        fault_points.at("files removed")
        left = len(list(store.files.listed(folder)))
        by = Actor(person_id=marked.deleted_by or "sweep")
        store.write(by, lambda unit: _remove_rows(unit, cohort_id, left), act="finish", key=f"delete {cohort_id}")
    row = store.read(lambda session: session.scalar(select(ReceiptRow).where(ReceiptRow.cohort_id == cohort_id)))
    if row is None:
        raise NotFoundError.of("cohort")
    return _receipt(row)


def _remove_rows(unit: Unit, cohort_id: str, left: int) -> str:
    session = unit.session
    row = session.get_one(CohortRow, cohort_id, with_for_update=True)
    versions = list(session.scalars(select(VersionRow.id).where(VersionRow.cohort_id == cohort_id)))
    rows = session.execute(select(FileRow.digest, FileRow.size).where(FileRow.version_id.in_(versions)))
    files = sorted({(digest, size) for digest, size in rows})
    asked = set(session.scalars(select(AnalysisRow.id).where(AnalysisRow.cohort_id == cohort_id)))
    earlier = select(AnalysisVersionRow.analysis_id).where(AnalysisVersionRow.cohort_version_id.in_(versions))
    asked |= set(session.scalars(earlier))
    where = _where(session, versions, asked, n_files=len(files))
    for analysis_id in sorted(asked):
        analyses.erase(session, analysis_id)
    session.execute(delete(FileRow).where(FileRow.version_id.in_(versions)))
    session.execute(delete(VersionRow).where(VersionRow.cohort_id == cohort_id))
    by = row.deleted_by or "sweep"
    said: dict[str, Any] = {
        "cohort": cohort_id,
        "project": row.project_id,
        "at": unit.now.isoformat(timespec="seconds"),
        "by": by,
        "versions": len(versions),
        "analyses": len(asked),
        "files": files,
        "files_left": left,
        "where": where,
    }
    text = canonical(said)
    digest = hashlib.sha256(text.encode()).hexdigest()
    session.add(ReceiptRow(id=new_id(), project_id=row.project_id, cohort_id=cohort_id, text=text, digest=digest))
    details = {"receipt": digest, "files": len(files), "left": left}
    unit.record(
        Entry(person_id=by, done=Done.COHORT_DELETED, project_id=row.project_id, subject=cohort_id, details=details)
    )
    session.delete(row)
    return cohort_id


def _where(session: Session, versions: list[str], asked: set[str], *, n_files: int) -> dict[str, str | int]:
    """What goes from which place; what stays is said too."""

    def rows(table: type[Base], among: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count()).select_from(table).where(among)) or 0

    return {
        "folder of files": n_files,  # not shown
        "database: cohort": 1,  # not shown
        "database: versions": len(versions),  # not shown
        "database: names and digests of files": rows(FileRow, FileRow.version_id.in_(versions)),  # not shown
        "database: analyses": len(asked),  # not shown
        "database: saves of analyses": rows(AnalysisVersionRow, AnalysisVersionRow.analysis_id.in_(asked)),  # not shown
        "database: comments": rows(CommentRow, CommentRow.analysis_id.in_(asked)),  # not shown
        "memory of processes": "in each window at its next redraw, or when it is closed",  # not shown
        "not removed: audit trail": "what was done and when, without a patient's value or a name",  # not shown
        "not removed: backups": "those made before, until they are removed themselves",  # not shown
    }


def _receipt(row: ReceiptRow) -> Receipt:
    said = json.loads(row.text)
    return Receipt(
        cohort_id=said["cohort"],
        project_id=said["project"],
        at=said["at"],
        by=said["by"],
        versions=said["versions"],
        analyses=said["analyses"],
        files=tuple((digest, size) for digest, size in said["files"]),
        files_left=said["files_left"],
        where=said.get("where", {}),
        digest=row.digest,
        text=row.text,
    )
