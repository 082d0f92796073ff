"""Cohorts of a project and their versions: what analysts see, and the files as they were uploaded, for owners.

A version is a saved study (``core.cohort.study``) without columns that could name a person; the uploaded files lie
beside it and only owners open them. For viewers the program computes from the study and shows aggregates: the rows stay
in the memory of the host.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.cohort.study import Study, open_study
from core.errors import ReadError
from team import disclosure
from team.access import require
from team.actor import Actor
from team.audit_chain import Done, Entry
from team.database.tables import CohortRow, FileRow, ProjectRow, VersionRow
from team.database.units import Unit
from team.errors import DamagedError, NotAllowedError, NotFoundError, RefusedError
from team.permits import Act, Holds
from team.projects import a_name
from team.store import Store
from team.texts import keepable

STUDY, ORIGINAL = "study", "original"
LONGEST_NOTE = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortVersion:
    """One version of a cohort.

    Attributes
    ----------
    id, cohort_id, project_id : str
    number : int
        1 for the first.
    note : str
    data_digest : str
        SHA-256 of the file that analysts see.
    patients : int
    originals : tuple of str
        Names of the uploaded files.
    by : str
        Person.
    since : datetime
    """

    id: str
    cohort_id: str
    project_id: str
    number: int
    note: str
    data_digest: str
    patients: int
    originals: tuple[str, ...]
    by: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedCohort:
    """A cohort of a project.

    Attributes
    ----------
    id, project_id, name : str
    versions : tuple of CohortVersion
        The newest first.
    since, opened : datetime
        When it was first saved, and last opened by anyone.
    """

    id: str
    project_id: str
    name: str
    versions: tuple[CohortVersion, ...]
    since: datetime
    opened: datetime


def listed(store: Store, actor: Actor, *, project_id: str) -> tuple[SavedCohort, ...]:
    """The cohorts of a project, by name."""

    def find(session: Session) -> tuple[SavedCohort, ...]:
        require(session, actor, Act.SEE_RESULTS, project_id=project_id)
        rows = session.scalars(
            select(CohortRow)
            .where(CohortRow.project_id == project_id, CohortRow.deleted.is_(None))
            .order_by(func.lower(CohortRow.name), CohortRow.id)
        )
        return _cohorts(session, list(rows))

    return store.read(find)


def one(store: Store, actor: Actor, *, cohort_id: str) -> SavedCohort:
    """A cohort.

    Raises
    ------
    NotFoundError
    """

    def find(session: Session) -> SavedCohort:
        row = cohort_row(session, cohort_id)
        require(session, actor, Act.SEE_RESULTS, project_id=row.project_id, kind="cohort")
        return _cohort(session, row)

    return store.read(find, actor)


def version(store: Store, actor: Actor, *, version_id: str) -> CohortVersion:
    """One version of a cohort, without its data."""

    def find(session: Session) -> CohortVersion:
        row, cohort = version_row(session, version_id)
        require(session, actor, Act.SEE_RESULTS, project_id=cohort.project_id, kind="cohort")
        return _version(row, cohort, _originals(session, [row.id]))

    return store.read(find, actor)


def open_version(store: Store, actor: Actor, *, version_id: str, to: Literal["results", "rows"]) -> Study:
    """A version's study: to compute and show aggregates (``results``), or to show its rows.

    The same bytes either way; what is asked for is checked against the role, and recorded.

    Raises
    ------
    NotFoundError, NotAllowedError, UnavailableError
    DamagedError
        If the file is not what was saved.
    """
    act, done = (Act.SEE_ROWS, Done.ROWS_OPENED) if to == "rows" else (Act.SEE_RESULTS, Done.RESULTS_OPENED)
    project_id, files = _opened(store, actor, version_id, act=act, done=done)
    file = next(file for file in files if file.kind == STUDY)
    try:
        return open_study(store.files.get(project_id, file.digest), name=file.name)
    except ReadError as error:
        raise DamagedError(error.message, hint=error.hint) from None


def open_originals(store: Store, actor: Actor, *, version_id: str) -> dict[str, bytes]:
    """The files as they were uploaded, by name: for owners, who alone may see who the patients are.

    Raises
    ------
    As :func:`open_version`.
    """
    folder, files = _opened(store, actor, version_id, act=Act.SEE_IDENTIFIERS, done=Done.IDENTIFIERS_OPENED)
    return {file.name: store.files.get(folder, file.digest) for file in files if file.kind == ORIGINAL}


def rename(store: Store, actor: Actor, *, cohort_id: str, name: str, key: str | None = None) -> SavedCohort:
    """The cohort under another name."""
    name = a_name(name)

    def change(unit: Unit) -> str:
        row = cohort_row(unit.session, cohort_id)
        require(unit.session, actor, Act.UPLOAD, project_id=row.project_id, lock=True, kind="cohort")
        row.name = name
        record(unit, actor, Done.COHORT_RENAMED, row, {})
        return row.id

    return one(store, actor, cohort_id=store.write(actor, change, act="rename a cohort", key=key))


def record_export(
    store: Store, actor: Actor, *, version_id: str, kind: str, content: bytes, holds: Holds, key: str | None = None
) -> None:
    """Record that something was taken out, before it is handed over.

    Parameters
    ----------
    store : Store
    actor : Actor
    version_id : str
        What it was computed from.
    kind : str
        A word of the program: ``word``, ``excel``, ``svg``.
    content : bytes
        Its digest is recorded.
    holds : str
        ``rows`` of patients, which viewers may not have; ``results``; or ``protected results``, which alone leave a
        project that protects its exports.
    key : str, optional

    Raises
    ------
    NotFoundError, NotAllowedError, UnavailableError
    """
    digest = hashlib.sha256(content).hexdigest()

    def note_down(unit: Unit) -> str:
        row, cohort = version_row(unit.session, version_id)
        act = Act.EXPORT_ROWS if holds == "rows" else Act.EXPORT_RESULTS
        require(unit.session, actor, act, project_id=cohort.project_id, lock=True, kind="cohort")
        _let_out(unit.session, store, actor, cohort, holds)
        details = {"version": row.number, "kind": kind, "digest": digest, "holds": holds}
        record(unit, actor, Done.EXPORTED, cohort, details)
        return version_id

    store.write(actor, note_down, act="export", key=key)


def _let_out(session: Session, store: Store, actor: Actor, cohort: CohortRow, holds: Holds) -> None:
    try:
        disclosure.check(session.get_one(ProjectRow, cohort.project_id), holds, least=store.settings.suppress_below)
    except NotAllowedError as error:
        raise error.by(actor.person_id, f"export {holds}", project_id=cohort.project_id) from None


def cohort_row(session: Session, cohort_id: str, *, lock: bool = False) -> CohortRow:
    """The row of a cohort that was not deleted.

    Raises
    ------
    NotFoundError
    """
    row = session.get(CohortRow, cohort_id, with_for_update=lock or None)
    if row is None or row.deleted is not None:
        raise NotFoundError.of("cohort")
    return row


def version_row(session: Session, version_id: str) -> tuple[VersionRow, CohortRow]:
    """The rows of a version and its cohort.

    Raises
    ------
    NotFoundError
    """
    row = session.get(VersionRow, version_id)
    if row is None:
        raise NotFoundError.of("cohort")
    return row, cohort_row(session, row.cohort_id)


def a_note(text: str) -> str:
    """A note that is not too long."""
    text = keepable(text.strip())
    if len(text) > LONGEST_NOTE:
        raise RefusedError(f"The text is longer than {LONGEST_NOTE} letters.", hint="Shorten it.")
    return text


def _opened(store: Store, actor: Actor, version_id: str, *, act: Act, done: Done) -> tuple[str, list[FileRow]]:
    """The folder and files of a version, after the opening was recorded."""

    def note_down(unit: Unit) -> str:
        row, cohort = version_row(unit.session, version_id)
        require(unit.session, actor, act, project_id=cohort.project_id, lock=True, kind="cohort")
        cohort.opened = max(cohort.opened, unit.now)
        record(unit, actor, done, cohort, {"version": row.number})
        return f"{cohort.project_id}/{cohort.id}"

    folder = store.write(actor, note_down, act="open")
    chosen = select(FileRow).where(FileRow.version_id == version_id).order_by(FileRow.position)
    return folder, store.read(lambda session: list(session.scalars(chosen)))


def record(unit: Unit, actor: Actor, done: Done, row: CohortRow, details: Mapping[str, object]) -> None:
    """Record what was done to a cohort."""
    unit.record(Entry(person_id=actor.person_id, done=done, project_id=row.project_id, subject=row.id, details=details))


def _cohort(session: Session, row: CohortRow) -> SavedCohort:
    return _cohorts(session, [row])[0]


def _cohorts(session: Session, rows: Sequence[CohortRow]) -> tuple[SavedCohort, ...]:
    """Cohorts with their versions, however many, in two questions."""
    if not rows:
        return ()
    cohort_of = {row.id: row for row in rows}
    chosen = select(VersionRow).where(VersionRow.cohort_id.in_(cohort_of)).order_by(VersionRow.number.desc())
    found = session.scalars(chosen).all()
    originals = _originals(session, [version.id for version in found])
    versions: dict[str, list[CohortVersion]] = {}
    for version in found:
        cohort = cohort_of[version.cohort_id]
        versions.setdefault(cohort.id, []).append(_version(version, cohort, originals))
    return tuple(
        SavedCohort(
            id=row.id, project_id=row.project_id, name=row.name, versions=tuple(versions.get(row.id, ())),
            since=row.since, opened=row.opened,
        )
        for row in rows
    )  # fmt: skip


def _originals(session: Session, version_ids: Sequence[str]) -> dict[str, list[str]]:
    """Names of the uploaded files of versions, in their order."""
    chosen = select(FileRow.version_id, FileRow.name).where(
        FileRow.version_id.in_(version_ids), FileRow.kind == ORIGINAL
    )
    names: dict[str, list[str]] = {}
    for version_id, name in session.execute(chosen.order_by(FileRow.position)):
        names.setdefault(version_id, []).append(name)
    return names


def _version(row: VersionRow, cohort: CohortRow, originals: Mapping[str, Sequence[str]]) -> CohortVersion:
    return CohortVersion(
        id=row.id, cohort_id=cohort.id, project_id=cohort.project_id, number=row.number, note=row.note,
        data_digest=row.data_digest, patients=row.patients, originals=tuple(originals.get(row.id, ())),
        by=row.person_id, since=row.since,
    )  # fmt: skip
