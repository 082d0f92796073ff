"""Projects: who works on the same cohorts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from team.access import highest, new_id, require, require_signed_in, roles_held
from team.actor import Actor
from team.audit_chain import Done, Entry
from team.database.tables import CohortRow, MemberRow, ProjectRow
from team.database.units import Unit
from team.errors import NotAllowedError, RefusedError
from team.permits import Act, Role
from team.store import Store
from team.texts import keepable

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project as one of its members sees it.

    Attributes
    ----------
    id, name : str
    role : Role
        Of the person who asked.
    since : datetime
    protects_exports : bool
        Only results without small numbers are exported, by anybody.
    protected_below : int
        Counts from 1 to one less are small.
    """

    id: str
    name: str
    role: Role
    since: datetime
    protects_exports: bool
    protected_below: int


def create(store: Store, actor: Actor, *, name: str, key: str | None = None) -> Project:
    """A new project, owned by the actor.

    Raises
    ------
    NotAllowedError
        If the actor may not create projects.
    RefusedError
        If the name is empty or too long.
    """
    name = a_name(name)

    def make(unit: Unit) -> str:
        person = require_signed_in(unit.session, actor)
        if not person.may_create:
            raise NotAllowedError("You may not create projects here.", hint="Ask who runs this host.")
        row = ProjectRow(id=new_id(), name=name, since=unit.now)
        unit.session.add(row)
        unit.session.flush()
        unit.session.add(MemberRow(project_id=row.id, person_id=actor.person_id, role=Role.OWNER, since=unit.now))
        unit.record(Entry(person_id=actor.person_id, done=Done.PROJECT_CREATED, project_id=row.id, subject=row.id))
        return row.id

    return one(store, actor, project_id=store.write(actor, make, act="create a project", key=key))


def may_create(store: Store, actor: Actor) -> bool:
    """Whether the actor may create projects."""
    return store.read(lambda session: require_signed_in(session, actor).may_create)


def listed(store: Store, actor: Actor) -> tuple[Project, ...]:
    """The projects that the actor has a part in, by name."""

    def find(session: Session) -> tuple[Project, ...]:
        require_signed_in(session, actor)
        held = roles_held(actor.person_id).subquery()
        found = session.execute(
            select(ProjectRow, held.c.role)
            .join(held, held.c.project_id == ProjectRow.id)
            .where(ProjectRow.deleted.is_(None))
            .order_by(func.lower(ProjectRow.name), ProjectRow.id)
        )
        roles: dict[ProjectRow, list[str]] = {}
        for row, role in found:
            roles.setdefault(row, []).append(role)
        return tuple(_project(row, highest(of_one), store) for row, of_one in roles.items())

    return store.read(find)


def one(store: Store, actor: Actor, *, project_id: str) -> Project:
    """A project that the actor has a part in.

    Raises
    ------
    NotFoundError
    """

    def find(session: Session) -> Project:
        role = require(session, actor, Act.SEE_PROJECT, project_id=project_id)
        return _project(session.get_one(ProjectRow, project_id), role, store)

    return store.read(find)


def rename(store: Store, actor: Actor, *, project_id: str, name: str, key: str | None = None) -> Project:
    """The project under another name."""
    name = a_name(name)

    def change(unit: Unit) -> str:
        require(unit.session, actor, Act.RENAME_PROJECT, project_id=project_id, lock=True)
        unit.session.get_one(ProjectRow, project_id).name = name
        unit.record(
            Entry(person_id=actor.person_id, done=Done.PROJECT_RENAMED, project_id=project_id, subject=project_id)
        )
        return project_id

    return one(store, actor, project_id=store.write(actor, change, act="rename a project", key=key))


def delete(store: Store, actor: Actor, *, project_id: str, key: str | None = None) -> None:
    """Delete a project whose cohorts were deleted; its audit trail stays.

    Raises
    ------
    RefusedError
        If there are cohorts left: each is deleted with its own receipt.
    """

    def remove(unit: Unit) -> str:
        require(unit.session, actor, Act.DELETE_PROJECT, project_id=project_id, lock=True)
        project = unit.session.get_one(ProjectRow, project_id, with_for_update=True)
        left = unit.session.scalar(select(func.count()).where(CohortRow.project_id == project_id))
        if left:
            raise RefusedError("The project still has cohorts.", hint="Delete them first: each gives its receipt.")
        project.deleted = unit.now
        unit.record(
            Entry(person_id=actor.person_id, done=Done.PROJECT_DELETED, project_id=project_id, subject=project_id)
        )
        return project_id

    store.write(actor, remove, act="delete a project", key=key)


def a_name(name: str) -> str:
    """A name without blanks around it.

    Raises
    ------
    RefusedError
        If it is empty or too long.
    """
    name = keepable(" ".join(name.split()))
    if not name:
        raise RefusedError("The name is empty.", hint="Give it a name.")
    if len(name) > LONGEST_NAME:
        raise RefusedError(f"The name is longer than {LONGEST_NAME} letters.", hint="Shorten it.")
    return name


def below(row: ProjectRow, least: int) -> int:
    """From which count on numbers of a project are not small; never less than the host asks for."""
    return max(row.protect_below or 0, least)


def _project(row: ProjectRow, role: Role | None, store: Store) -> Project:
    assert role is not None, "asked for before"
    return Project(
        id=row.id,
        name=row.name,
        role=role,
        since=row.since,
        protects_exports=row.protect_exports,
        protected_below=below(row, store.settings.suppress_below),
    )
