"""What is done once a day: deletions finished, cohorts deleted that nobody opened for too long, orphans removed.

An orphan is a file that no row names: what an upload left that died between its file and its rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from team import deletion
from team.access import is_over
from team.actor import Actor
from team.cohorts import cohort_row
from team.database.tables import (
    CohortRow,
    FileRow,
    InvitationRow,
    ProjectRow,
    SavedKeyRow,
    SignInRow,
    UploadRow,
    VersionRow,
)
from team.database.units import Unit
from team.files import KeptFile
from team.store import Store

SWEEP = Actor(person_id="sweep")
_ORPHAN_SECONDS = 24 * 3600  # an upload that is under way has files without rows for a moment
_KEYS_FOR, _SESSIONS_FOR, _UPLOADS_FOR = timedelta(days=30), timedelta(days=60), timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What a sweep did.

    Attributes
    ----------
    finished : int
        Deletions that were left unfinished.
    expired : int
        Cohorts deleted because nobody opened them for the retention period.
    orphans : int
        Files that no row named.
    """

    finished: int
    expired: int
    orphans: int


def sweep(store: Store) -> Swept:
    """Do it once; two at the same time do no harm.

    Raises
    ------
    UnavailableError
    """
    chosen = select(CohortRow.id).where(CohortRow.deleted.is_not(None))
    unfinished = store.read(lambda session: list(session.scalars(chosen)))
    for cohort_id in unfinished:
        deletion.finish(store, cohort_id=cohort_id)
    expired = _expired(store)
    for cohort_id in expired:
        store.write(SWEEP, lambda unit, one=cohort_id: _mark(unit, one), act="expire")  # type: ignore[misc]
        deletion.finish(store, cohort_id=cohort_id)
    orphans = sum(_removed(store, file) for file in list(store.files.listed()) if _may_be_orphan(store, file))
    store.write(SWEEP, lambda unit: _forget(unit, store), act="forget")
    return Swept(finished=len(unfinished), expired=len(expired), orphans=orphans)


def _expired(store: Store) -> list[str]:
    if store.settings.retention_days is None:
        return []
    long_ago = store.clock() - timedelta(days=store.settings.retention_days)
    chosen = select(CohortRow.id).where(CohortRow.deleted.is_(None), CohortRow.opened < long_ago)
    return store.read(lambda session: list(session.scalars(chosen)))


def _mark(unit: Unit, cohort_id: str) -> str:
    deletion.mark_deleted(unit, cohort_row(unit.session, cohort_id, lock=True), by=SWEEP.person_id)
    return cohort_id


def _may_be_orphan(store: Store, file: KeptFile) -> bool:
    return file.age > _ORPHAN_SECONDS and not store.read(lambda session: _is_named(session, file.path))


def _removed(store: Store, file: KeptFile) -> bool:
    """Whether a file was removed; under the lock that an upload takes before it names its files."""
    project_id = file.path.split("/")[0]

    def take_out(unit: Unit) -> str:
        unit.session.execute(select(ProjectRow.id).where(ProjectRow.id == project_id).with_for_update())
        if _is_named(unit.session, file.path):
            return "kept"
        store.files.remove(file.path)
        return "removed"

    return store.write(SWEEP, take_out, act="remove an orphan") == "removed"


def _is_named(session: Session, path: str) -> bool:
    """Whether a row names the file."""
    parts = path.split("/")
    if len(parts) != 3:
        return False
    chosen = (
        select(FileRow.version_id)
        .join(VersionRow, VersionRow.id == FileRow.version_id)
        .where(VersionRow.cohort_id == parts[1], FileRow.digest == parts[2])
    )
    return session.scalar(chosen.limit(1)) is not None


def _forget(unit: Unit, store: Store) -> str:
    """Remove what is of no use any more: old keys, sessions, invitations, and uploads that count for no quota."""
    session, now = unit.session, unit.now
    session.execute(delete(SavedKeyRow).where(SavedKeyRow.at < now - _KEYS_FOR))
    session.execute(delete(UploadRow).where(UploadRow.at < now - _UPLOADS_FOR))
    session.execute(delete(InvitationRow).where(InvitationRow.until < now))
    for row in session.scalars(select(SignInRow).where(SignInRow.began < now - _SESSIONS_FOR)):
        if is_over(row, store.settings, now=now):
            session.delete(row)
    return "done"
