"""Who may do it: the role is read from the database at each call, so that a change works at once.

Belongs here: a person's role and the one gate that every function of the store passes. Does not belong here: what a
role may do (``team.permits``) and how roles are given (``team.members``).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import CompoundSelect, select, union_all
from sqlalchemy.orm import Session

from team.actor import Actor
from team.database.tables import GroupRow, MemberRow, PersonGroupRow, PersonRow, ProjectRow, SignInRow
from team.errors import NotAllowedError, NotFoundError, SignedOutError
from team.permits import RANK, Act, Role, allows, needed
from team.settings import Settings
from team.store import Store


def new_id() -> str:
    """A random identifier."""
    return uuid4().hex


def role_of(session: Session, *, person_id: str, project_id: str, lock: bool = False) -> Role | None:
    """A person's role in a project: the higher of the person's own and those of the groups; None without any.

    Parameters
    ----------
    session : Session
    person_id, project_id : str
    lock : bool
        Keep the person's own role as it is until the transaction ends.
    """
    if lock:  # a union cannot be locked
        own = select(MemberRow.role).where(MemberRow.project_id == project_id, MemberRow.person_id == person_id)
        session.execute(own.with_for_update(read=True)).all()
    held = roles_held(person_id).subquery()
    return highest(session.scalars(select(held.c.role).where(held.c.project_id == project_id)))


def roles_held(person_id: str) -> CompoundSelect[tuple[str, str]]:
    """What asks for all roles of a person: columns ``project_id`` and ``role``, the person's own and the groups'."""
    own = select(MemberRow.project_id, MemberRow.role).where(MemberRow.person_id == person_id)
    by_group = (
        select(GroupRow.project_id, GroupRow.role)
        .join(PersonGroupRow, PersonGroupRow.name == GroupRow.name)
        .where(PersonGroupRow.person_id == person_id)
    )
    return union_all(own, by_group)


def highest(roles: Iterable[str]) -> Role | None:
    """The role that may do most; None of none."""
    return max(map(Role, roles), key=RANK.__getitem__, default=None)


def require(
    session: Session, actor: Actor, act: Act, *, project_id: str, lock: bool = False, kind: str = "project"
) -> Role:
    """Let the act pass, or raise.

    Parameters
    ----------
    session : Session
    actor : Actor
    act : Act
    project_id : str
    lock : bool
        In a unit that writes: keep the role until the unit is done.
    kind : str
        What was asked for: a stranger is told that there is no such thing, as where there is none.

    Returns
    -------
    Role
        The actor's role in the project.

    Raises
    ------
    NotFoundError
        If there is no such project, or the actor has no part in it: both say the same.
    NotAllowedError
        If the role does not allow it.
    SignedOutError
        If the actor's session was ended.
    """
    require_signed_in(session, actor)
    project = session.get(ProjectRow, project_id)
    if project is None or project.deleted is not None:
        raise NotFoundError.of(kind).by(actor.person_id, word_of(act))
    role = role_of(session, person_id=actor.person_id, project_id=project_id, lock=lock)
    if role is None:
        raise NotFoundError.of(kind).by(actor.person_id, word_of(act), project_id=project_id)
    if not allows(role, act):
        raise NotAllowedError(
            f"Your role in this project is {role}, and to {act} takes the role {needed(act)}.",
            hint="Ask an owner of the project.",
        ).by(actor.person_id, word_of(act), project_id=project_id)
    return role


def ask(store: Store, actor: Actor, act: Act, *, project_id: str) -> Role:
    """As :func:`require`, for who does nothing else: a refusal is recorded.

    Raises
    ------
    NotFoundError, NotAllowedError, SignedOutError
    """
    return store.read(lambda session: require(session, actor, act, project_id=project_id))


def word_of(act: Act) -> str:
    """An act in plain letters, as the audit trail takes words."""
    return act.name.lower().replace("_", " ")


def require_signed_in(session: Session, actor: Actor) -> PersonRow:
    """The person who acts, where the session was not ended.

    Raises
    ------
    SignedOutError
    """
    person = session.get(PersonRow, actor.person_id)
    signed_in = session.get(SignInRow, actor.session_id) if actor.session_id else None
    ended = actor.session_id and (signed_in is None or signed_in.ended or signed_in.person_id != actor.person_id)
    if person is None or person.left is not None or ended:
        raise signed_out()
    return person


def is_over(row: SignInRow, settings: Settings, *, now: datetime) -> bool:
    """Whether a session was ended, has lasted too long, or was idle too long."""
    length, idle = timedelta(hours=settings.session_hours), timedelta(minutes=settings.idle_minutes)
    return row.ended is not None or now - row.began > length or now - row.seen > idle


def signed_out() -> SignedOutError:
    """The session has ended."""
    return SignedOutError("Your session has ended.", hint="Sign in again; what you saved is there.")
