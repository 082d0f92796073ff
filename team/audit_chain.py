"""The audit trail as a chain: each row holds the digest of the row before it, overall and in its project.

Belongs here: what a row is, its digest, and adding rows under a lock. Does not belong here: reading, checking and
exporting (``team.audit``). No patient's value, file name or free text enters a row: identifiers, digests, numbers and
words of the program only; names are looked up when a trail is shown.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from team.database.tables import AuditRow, ChainRow

START = "0" * 64
EVERYTHING = ""
COLUMNS = tuple(column.name for column in AuditRow.__table__.columns)
_PLAIN = re.compile(r"[0-9a-f]{32}|[0-9a-f]{64}|-?\d{1,15}|[a-z][a-z -]{0,40}")


class Done(StrEnum):
    """What a row of the audit trail says was done."""

    SIGNED_IN = "signed in"
    SIGNED_OUT = "signed out"
    PROJECT_CREATED = "created the project"
    PROJECT_RENAMED = "renamed the project"
    PROJECT_DELETED = "deleted the project"
    PROTECTION_SET = "changed what may be exported"
    INVITED = "invited"
    INVITATION_WITHDRAWN = "withdrew an invitation"
    JOINED = "joined"
    ROLE_CHANGED = "changed a role"
    REMOVED = "removed a member"
    GROUP_SET = "gave a group a role"
    GROUP_REMOVED = "removed a group"
    RIGHT_GRANTED = "granted a right"
    CLOSED = "closed an account"
    UPLOADED = "uploaded"
    RESULTS_OPENED = "opened results"
    ROWS_OPENED = "opened rows"
    IDENTIFIERS_OPENED = "opened identifiers"
    EXPORTED = "exported"
    COHORT_RENAMED = "renamed a cohort"
    DELETION_BEGAN = "began to delete a cohort"
    COHORT_DELETED = "deleted a cohort"
    ANALYSIS_SAVED = "saved an analysis"
    ANALYSIS_PINNED = "pinned an analysis"
    ANALYSIS_UNPINNED = "unpinned an analysis"
    ANALYSIS_DELETED = "deleted an analysis"
    COMMENTED = "commented"
    COMMENT_DELETED = "deleted a comment"
    AUDIT_EXPORTED = "exported the audit trail"
    RESTORED = "restored a backup"
    REFUSED = "was refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An act to be recorded.

    Attributes
    ----------
    person_id : str
    done : Done
    project_id : str, optional
        None where the act belongs to no project.
    subject : str
        Identifier of what it was done to.
    details : dict of str to str or int
        Identifiers, digests, numbers, and words of the program.

    Raises
    ------
    ValueError
        If a detail is a text that a person could have written.
    """

    person_id: str
    done: Done
    project_id: str | None = None
    subject: str = ""
    details: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, value in self.details.items():
            if not isinstance(value, str | int) or not _PLAIN.fullmatch(str(value)):
                raise ValueError(f"the audit trail takes no free text: {name}")


def append(session: Session, entries: Sequence[Entry], *, now: datetime) -> None:
    """Add rows at the end of the chains, inside the transaction of the acts they record.

    The last links are locked first, overall and then of the project, so that no two processes add after the same row.

    Parameters
    ----------
    session : Session
    entries : sequence of Entry
    now : datetime
    """
    for entry in entries:
        everything = _locked(session, EVERYTHING)
        project = _locked(session, entry.project_id) if entry.project_id is not None else None
        row = AuditRow(
            sequence=everything.sequence + 1,
            project_id=entry.project_id,
            project_sequence=None if project is None else project.sequence + 1,
            at=now.astimezone(UTC).isoformat(timespec="microseconds"),
            person_id=entry.person_id,
            act=entry.done.value,
            subject=entry.subject,
            details=canonical(dict(entry.details)),
            previous=everything.hash,
            project_previous=START if project is None else project.hash,
        )
        row.hash = digest_of(row)
        session.add(row)
        for chain in (everything, project):
            if chain is not None:
                chain.sequence, chain.hash = chain.sequence + 1, row.hash
        session.flush()


def digest_of(row: AuditRow) -> str:
    """SHA-256 of every other field of a row, as canonical JSON."""
    said = {name: getattr(row, name) for name in COLUMNS if name != "hash"}
    return hashlib.sha256(canonical(said).encode()).hexdigest()


def canonical(value: object) -> str:
    """JSON with one form for each value: names sorted, no blanks, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def _locked(session: Session, chain: str) -> ChainRow:
    found = session.scalar(
        select(ChainRow).where(ChainRow.chain == chain).with_for_update().execution_options(populate_existing=True)
    )
    if found is None:
        found = ChainRow(chain=chain, sequence=0, hash=START)
        session.add(found)
        session.flush()
    return found
