"""Is everything there as it was saved: the audit trail link by link, overall and by project, and every file."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from team import audit
from team.database.tables import CohortRow, FileRow, ProjectRow, ReceiptRow, VersionRow
from team.errors import DamagedError
from team.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was found.

    Attributes
    ----------
    rows : int
        Of the audit trail.
    head : str
        Digest of its last row: write it down elsewhere, and a later check finds it again.
    files : int
    faults : tuple of str
        One sentence each; empty where all is well.
    """

    rows: int
    head: str
    files: int
    faults: tuple[str, ...]


def verify(store: Store, *, head: str | None = None) -> Verified:
    """Check the whole store.

    Parameters
    ----------
    store : Store
    head : str, optional
        What an earlier check gave as the last digest of the audit trail.

    Raises
    ------
    UnavailableError
    """
    rows, last = audit.head(store)
    faults = []
    projects = store.read(lambda session: list(session.scalars(select(ProjectRow.id).order_by(ProjectRow.id))))
    for project_id in (None, *projects):
        fault = audit.verify(store, project_id=project_id, head=head if project_id is None else None)
        if fault is not None:
            where = "audit trail" if project_id is None else f"audit trail of project {project_id}"
            faults.append(f"{where}, row {fault.sequence}: {fault.reason}")
    named = store.read(_named)
    for folder, digest in named:
        try:
            store.files.get(folder, digest)
        except DamagedError as error:
            faults.append(f"file {folder}/{digest}: {error.message}")
    for folder in store.read(_deleted):
        if next(store.files.listed(folder), None) is not None:
            faults.append(f"folder {folder}: its cohort was deleted, and files are there")
    return Verified(rows=rows, head=last, files=len(named), faults=tuple(faults))


def _named(session: Session) -> list[tuple[str, str]]:
    chosen = (
        select(CohortRow.project_id, CohortRow.id, FileRow.digest)
        .join(VersionRow, VersionRow.cohort_id == CohortRow.id)
        .join(FileRow, FileRow.version_id == VersionRow.id)
        .where(CohortRow.deleted.is_(None))
        .distinct()
    )
    return [(f"{project_id}/{cohort_id}", digest) for project_id, cohort_id, digest in session.execute(chosen)]


def _deleted(session: Session) -> list[str]:
    rows = session.execute(select(ReceiptRow.project_id, ReceiptRow.cohort_id))
    return [f"{project_id}/{cohort_id}" for project_id, cohort_id in rows]
