"""What went on in a project, for its members: the audit trail without digests, openings and sign-ins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from team import audit
from team.access import require
from team.actor import Actor
from team.audit_chain import Done
from team.permits import Act
from team.store import Store

_TOLD = frozenset(
    (
        Done.PROJECT_CREATED, Done.PROJECT_RENAMED, Done.JOINED, Done.UPLOADED, Done.COHORT_RENAMED,
        Done.COHORT_DELETED, Done.ANALYSIS_SAVED, Done.ANALYSIS_PINNED, Done.ANALYSIS_DELETED, Done.COMMENTED,
    )
)  # fmt: skip
_LOOKED_AT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """Something that a member did.

    Attributes
    ----------
    at : datetime
    who : str
    done : Done
    what : str
        Name of what it was done to; empty where it is gone.
    subject : str
        Its identifier.
    """

    at: datetime
    who: str
    done: Done
    what: str
    subject: str


def recent(store: Store, actor: Actor, *, project_id: str, limit: int = 50) -> tuple[Activity, ...]:
    """What members did last, the newest first."""

    def find(session: Session) -> tuple[Activity, ...]:
        require(session, actor, Act.SEE_PROJECT, project_id=project_id)
        lines = audit.named_lines(session, project_id=project_id, before=None, limit=_LOOKED_AT)
        told = [line for line in lines if Done(line.done) in _TOLD]
        return tuple(
            Activity(at=line.at, who=line.who, done=Done(line.done), what=line.what, subject=line.subject)
            for line in told[:limit]
        )

    return store.read(find)
