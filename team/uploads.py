"""Saving a cohort, or another version of one: first the files, then the rows that name them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.cohort.cohort import Cohort
from core.cohort.study import open_study, study_bytes
from core.spec import AnalysisSpec
from team import cohorts, fault_points, measures, quotas
from team.access import new_id, require
from team.actor import Actor
from team.audit_chain import Done
from team.cohorts import ORIGINAL, STUDY, CohortVersion, a_note, cohort_row
from team.database.tables import CohortRow, FileRow, ProjectRow, UploadRow, VersionRow
from team.database.units import Unit
from team.errors import NotFoundError, RefusedError
from team.permits import Act
from team.projects import a_name
from team.store import Store


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Upload:
    """What is to be saved.

    Attributes
    ----------
    name : str
        Of a new cohort; a cohort that gets another version keeps its own.
    cohort : Cohort
        As it is analysed.
    spec : AnalysisSpec
        What is asked of it.
    originals : dict of file name to bytes
        The uploaded files; empty where there are none. Kept for owners if the host keeps originals.
    note : str
    """

    name: str
    cohort: Cohort
    spec: AnalysisSpec
    originals: Mapping[str, bytes] = field(default_factory=dict)
    note: str = ""


def save(
    store: Store, actor: Actor, upload: Upload, *, project_id: str, cohort_id: str | None = None, key: str | None = None
) -> CohortVersion:
    """Save a cohort, or another version of one.

    Parameters
    ----------
    store : Store
    actor : Actor
    upload : Upload
    project_id : str
    cohort_id : str, optional
        Of the cohort that gets another version.
    key : str, optional
        The same key again saves nothing again.

    Raises
    ------
    NotAllowedError, NotFoundError, QuotaError, UnavailableError
    RefusedError
        If a column that could name a person is needed by the analysis: it cannot be kept for analysts.
    """
    with measures.saving("cohort"):
        return _saved(store, actor, upload, project_id=project_id, cohort_id=cohort_id, key=key or uuid4().hex)


def _saved(
    store: Store, actor: Actor, upload: Upload, *, project_id: str, cohort_id: str | None, key: str
) -> CohortVersion:
    name, note = a_name(upload.name), a_note(upload.note)
    store.read(lambda session: require(session, actor, Act.UPLOAD, project_id=project_id))
    contents = _contents(store, upload, name)
    size = sum(len(content) for _, _, content in contents)
    asked = _Asked(project_id, cohort_id or _id_from(actor, key), is_new=cohort_id is None, size=size)
    store.read(lambda session: _may_save(session, store, actor, asked))
    folder = f"{project_id}/{asked.cohort_id}"
    files = [(kind, file, store.files.put(folder, content), len(content)) for kind, file, content in contents]
    fault_points.at("files kept")

    def keep(unit: Unit) -> str:
        _may_save(unit.session, store, actor, asked, lock=True)
        for (_, _, content), (_, _, digest, _) in zip(contents, files, strict=True):
            if not store.files.has(folder, digest):  # a sweep took an old orphan for one
                store.files.put(folder, content)
        row = _row_for(unit, asked, name)
        version = VersionRow(
            id=new_id(), cohort_id=row.id, number=row.versions, note=note, person_id=actor.person_id,
            data_digest=files[0][2], patients=len(upload.cohort.patients.frame), since=unit.now,
        )  # fmt: skip
        unit.session.add(version)
        unit.session.flush()
        unit.session.add_all(
            FileRow(version_id=version.id, position=position, kind=kind, name=file, digest=digest, size=length)
            for position, (kind, file, digest, length) in enumerate(files)
        )
        unit.session.add(UploadRow(id=new_id(), person_id=actor.person_id, at=unit.now, size=size))
        details = {"version": row.versions, "digest": version.data_digest, "bytes": size, "files": len(files)}
        cohorts.record(unit, actor, Done.UPLOADED, row, details)
        return version.id

    return cohorts.version(store, actor, version_id=store.write(actor, keep, act="upload", key=key))


def _contents(store: Store, upload: Upload, name: str) -> list[tuple[str, str, bytes]]:
    """Kind, name and bytes of each file, the analysts' one first."""
    study = (STUDY, f"{name}.cohortscope", _study(upload.cohort, upload.spec, store.clock()))
    originals = upload.originals if store.settings.keep_originals else {}
    return [study, *((ORIGINAL, str(file), bytes(content)) for file, content in originals.items())]


@dataclass(frozen=True, slots=True)
class _Asked:
    project_id: str
    cohort_id: str
    is_new: bool
    size: int


def _id_from(actor: Actor, key: str) -> str:
    """An identifier that is the same when the same save is tried again, so that its files are found again."""
    return hashlib.sha256(f"{actor.person_id}\n{key}".encode()).hexdigest()[:32]


def _study(cohort: Cohort, spec: AnalysisSpec, now: datetime) -> bytes:
    content = study_bytes(cohort, spec, saved=now.date().isoformat())
    kept = open_study(content, name=cohort.name).cohort.spec.keep_identifiers
    if kept:
        raise RefusedError(
            f"The analysis needs '{kept[0]}', which could name a person and is not kept for a team.",
            hint="Leave the column out, or derive what is needed from it before the upload.",
        )
    return content


def _may_save(session: Session, store: Store, actor: Actor, asked: _Asked, *, lock: bool = False) -> None:
    if lock:  # one upload to a project at a time, so that two cannot both take the last of its space
        session.execute(select(ProjectRow.id).where(ProjectRow.id == asked.project_id).with_for_update())
    require(session, actor, Act.UPLOAD, project_id=asked.project_id, lock=lock)
    if not asked.is_new and cohort_row(session, asked.cohort_id).project_id != asked.project_id:
        raise NotFoundError.of("cohort")
    quotas.check(session, store.settings, person_id=actor.person_id, project_id=asked.project_id, size=asked.size,
                 now=store.clock())  # fmt: skip


def _row_for(unit: Unit, asked: _Asked, name: str) -> CohortRow:
    if not asked.is_new:
        row = cohort_row(unit.session, asked.cohort_id, lock=True)
        row.versions += 1
        return row
    row = CohortRow(
        id=asked.cohort_id, project_id=asked.project_id, name=name, versions=1, since=unit.now, opened=unit.now,
        deleted=None, deleted_by=None,
    )  # fmt: skip
    unit.session.add(row)
    unit.session.flush()
    return row
