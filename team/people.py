"""People of a host, for those who run it from the command line: who there is, and rights given without a screen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from team.access import new_id
from team.actor import Actor
from team.audit_chain import Done, Entry
from team.database.tables import MemberRow, PersonRow, ProjectRow, SignInRow
from team.database.units import Unit
from team.errors import RefusedError
from team.permits import Role
from team.sign_ins import join, new_person
from team.store import Store

COMMAND_LINE = Actor(person_id="command line")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A person of a host.

    Attributes
    ----------
    id, email, name : str
    may_create : bool
        Whether the person may create projects.
    roles : tuple of (str, str, Role)
        Identifier and name of each project, and the person's own role in it.
    left : datetime or None
        When the account was closed.
    """

    id: str
    email: str
    name: str
    may_create: bool
    roles: tuple[tuple[str, str, Role], ...]
    left: datetime | None


def everyone(store: Store) -> tuple[Known, ...]:
    """Everyone who has signed in or was named on the command line."""

    def find(session: Session) -> tuple[Known, ...]:
        rows = session.scalars(select(PersonRow).order_by(PersonRow.email, PersonRow.id))
        return tuple(_known(session, row) for row in rows)

    return store.read(find)


def grant(store: Store, *, email: str, project_id: str | None = None, role: Role = Role.OWNER) -> None:
    """Let a person create projects, or give a person a role in a project; the person need not have signed in yet.

    Raises
    ------
    RefusedError
        If there is no such project.
    """

    def give(unit: Unit) -> str:
        person = _person(unit, email.strip().casefold())
        if project_id is None:
            person.may_create = True
            _record(unit, person, None)
        else:
            project = unit.session.get(ProjectRow, project_id)
            if project is None or project.deleted is not None:
                raise RefusedError("There is no such project.", hint="python -m team people lists them.")
            join(unit, person_id=person.id, project_id=project_id, role=role)
            _record(unit, person, project_id)
        return person.id

    store.write(COMMAND_LINE, give, act="grant")


def close(store: Store, *, email: str) -> int:
    """Close the accounts with an e-mail address: their sessions end at once. How many there were.

    Raises
    ------
    RefusedError
        If a project would be left without an owner.
    """

    def shut(unit: Unit) -> str:
        session = unit.session
        chosen = select(PersonRow).where(PersonRow.email == email.strip().casefold(), PersonRow.left.is_(None))
        found = list(session.scalars(chosen))
        for person in found:
            _leaves_owners(session, person)
            person.left, person.may_create = unit.now, False
            for row in session.scalars(select(MemberRow).where(MemberRow.person_id == person.id)):
                session.delete(row)
            for signed_in in session.scalars(select(SignInRow).where(SignInRow.person_id == person.id)):
                signed_in.ended = signed_in.ended or unit.now
            unit.record(Entry(person_id=COMMAND_LINE.person_id, done=Done.CLOSED, subject=person.id))
        return str(len(found))

    return int(store.write(COMMAND_LINE, shut, act="close"))


def _person(unit: Unit, email: str) -> PersonRow:
    chosen = select(PersonRow).where(PersonRow.email == email, PersonRow.left.is_(None)).order_by(PersonRow.since)
    person = unit.session.scalars(chosen).first()
    if person is None:
        person = new_person(new_id(), email, email, now=unit.now)
        unit.session.add(person)
        unit.session.flush()
    return person


def _leaves_owners(session: Session, person: PersonRow) -> None:
    """Every project that the person owns has another owner."""
    mine = select(MemberRow.project_id).where(MemberRow.person_id == person.id, MemberRow.role == Role.OWNER)
    for project_id in session.scalars(mine):
        session.execute(select(ProjectRow.id).where(ProjectRow.id == project_id).with_for_update())
        others = select(func.count()).where(
            MemberRow.project_id == project_id, MemberRow.role == Role.OWNER, MemberRow.person_id != person.id
        )
        if not session.scalar(others):
            project = session.get_one(ProjectRow, project_id)
            if project.deleted is None:
                raise RefusedError(
                    f"The project '{project.name}' would have no owner.",
                    hint=f"python -m team grant EMAIL --project {project_id}",
                )


def _record(unit: Unit, person: PersonRow, project_id: str | None) -> None:
    unit.record(
        Entry(person_id=COMMAND_LINE.person_id, done=Done.RIGHT_GRANTED, project_id=project_id, subject=person.id)
    )


def _known(session: Session, row: PersonRow) -> Known:
    own = session.execute(
        select(ProjectRow.id, ProjectRow.name, MemberRow.role)
        .join(MemberRow, MemberRow.project_id == ProjectRow.id)
        .where(MemberRow.person_id == row.id, ProjectRow.deleted.is_(None))
        .order_by(ProjectRow.name)
    )
    return Known(
        id=row.id,
        email=row.email,
        name=row.name,
        may_create=row.may_create,
        roles=tuple((project, name, Role(role)) for project, name, role in own),
        left=row.left,
    )
