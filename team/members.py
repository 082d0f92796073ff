"""Members of a project: their roles, groups of the sign-in provider, and invitations by e-mail address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from team.access import new_id, require
from team.actor import Actor
from team.audit_chain import Done, Entry
from team.database.tables import GroupRow, InvitationRow, MemberRow, PersonRow, ProjectRow
from team.database.units import Unit
from team.errors import NotFoundError, RefusedError
from team.permits import Act, Role
from team.sign_ins import join
from team.store import Store
from team.texts import keepable

_EMAIL = re.compile(r"[^@\s<>,;\"]{1,64}@[^@\s<>,;\"]{1,255}")
_LONGEST_GROUP = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person with a role of their own.

    Attributes
    ----------
    person_id, name, email : str
    role : Role
    since : datetime
    """

    person_id: str
    name: str
    email: str
    role: Role
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A role that waits for a person to sign in.

    Attributes
    ----------
    id, email : str
    role : Role
    until : datetime
    """

    id: str
    email: str
    role: Role
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """Everyone with a part in a project.

    Attributes
    ----------
    people : tuple of Member
    groups : dict of group name to Role
    invitations : tuple of Invitation
        Empty for those who may not manage members.
    """

    people: tuple[Member, ...]
    groups: dict[str, Role]
    invitations: tuple[Invitation, ...]


def listed(store: Store, actor: Actor, *, project_id: str) -> Members:
    """Everyone with a part in a project."""

    def find(session: Session) -> Members:
        role = require(session, actor, Act.SEE_PROJECT, project_id=project_id)
        people = session.execute(
            select(MemberRow, PersonRow)
            .join(PersonRow, PersonRow.id == MemberRow.person_id)
            .where(MemberRow.project_id == project_id)
            .order_by(func.lower(PersonRow.name), PersonRow.id)
        )
        groups = session.scalars(select(GroupRow).where(GroupRow.project_id == project_id).order_by(GroupRow.name))
        waiting = select(InvitationRow).where(InvitationRow.project_id == project_id).order_by(InvitationRow.email)
        return Members(
            people=tuple(_member(member, person) for member, person in people),
            groups={group.name: Role(group.role) for group in groups},
            invitations=tuple(_invitation(row) for row in session.scalars(waiting)) if role is Role.OWNER else (),
        )

    return store.read(find)


def invite(
    store: Store, actor: Actor, *, project_id: str, email: str, role: Role, key: str | None = None
) -> Invitation | None:
    """Invite the person with an e-mail address; None where that person is known here and has joined at once.

    Raises
    ------
    RefusedError
        If it is no e-mail address.
    """
    email, role = email.strip().casefold(), Role(role)
    if not _EMAIL.fullmatch(email):
        raise RefusedError("This is no e-mail address.", hint="Write it as name@institution.")

    def ask(unit: Unit) -> str:
        session = unit.session
        _manage(session, actor, project_id)
        until = unit.now + timedelta(days=store.settings.invitation_days)
        known = session.scalar(
            select(PersonRow).where(PersonRow.email == email, PersonRow.left.is_(None), PersonRow.subject.is_not(None))
        )
        row = session.scalar(
            select(InvitationRow).where(InvitationRow.project_id == project_id, InvitationRow.email == email)
        )
        if row is None:
            row = InvitationRow(id=new_id(), project_id=project_id, email=email)
        row.role, row.until, row.invited_by = role, until, actor.person_id
        _record(unit, actor, Done.INVITED, project_id=project_id, subject=row.id, role=role)
        if known is None:
            session.add(row)
        else:
            join(unit, person_id=known.id, project_id=project_id, role=role)
        return row.id

    made = store.write(actor, ask, act="invite", key=key)
    return next((one for one in listed(store, actor, project_id=project_id).invitations if one.id == made), None)


def withdraw(store: Store, actor: Actor, *, project_id: str, invitation_id: str, key: str | None = None) -> None:
    """Withdraw an invitation."""

    def take_back(unit: Unit) -> str:
        _manage(unit.session, actor, project_id)
        row = unit.session.get(InvitationRow, invitation_id)
        if row is None or row.project_id != project_id:
            raise NotFoundError.of("invitation")
        unit.session.delete(row)
        _record(unit, actor, Done.INVITATION_WITHDRAWN, project_id=project_id, subject=row.id)
        return row.id

    store.write(actor, take_back, act="withdraw an invitation", key=key)


def set_role(
    store: Store, actor: Actor, *, project_id: str, person_id: str, role: Role, key: str | None = None
) -> None:
    """Give a member another role; it works from the member's next click.

    Raises
    ------
    RefusedError
        If no owner would be left.
    """
    role = Role(role)

    def change(unit: Unit) -> str:
        _manage(unit.session, actor, project_id)
        row = _own(unit.session, project_id, person_id)
        if row.role != role:
            row.role = role
            _an_owner_is_left(unit.session, project_id)
            _record(unit, actor, Done.ROLE_CHANGED, project_id=project_id, subject=person_id, role=role)
        return person_id

    store.write(actor, change, act="change a role", key=key)


def remove(store: Store, actor: Actor, *, project_id: str, person_id: str, key: str | None = None) -> None:
    """Remove a member; anyone may remove themselves.

    Raises
    ------
    RefusedError
        If no owner would be left.
    """

    def take_out(unit: Unit) -> str:
        if person_id == actor.person_id:
            _lock(unit.session, project_id)
            require(unit.session, actor, Act.SEE_PROJECT, project_id=project_id)
        else:
            _manage(unit.session, actor, project_id)
        unit.session.delete(_own(unit.session, project_id, person_id))
        _an_owner_is_left(unit.session, project_id)
        _record(unit, actor, Done.REMOVED, project_id=project_id, subject=person_id)
        return person_id

    store.write(actor, take_out, act="remove a member", key=key)


def set_group(
    store: Store, actor: Actor, *, project_id: str, group: str, role: Role | None, key: str | None = None
) -> None:
    """Give everyone in a group of the sign-in provider a role, or take it away (None).

    A person's groups are those that the provider named at the person's last sign-in.
    """
    group = keepable(group.strip())
    if not group or len(group) > _LONGEST_GROUP:
        raise RefusedError("This is no name of a group.", hint="Write it as the sign-in provider does.")

    def change(unit: Unit) -> str:
        _manage(unit.session, actor, project_id)
        row = unit.session.get(GroupRow, (project_id, group))
        if role is None:
            if row is None:
                raise NotFoundError.of("group")
            unit.session.delete(row)
            _record(unit, actor, Done.GROUP_REMOVED, project_id=project_id)
        else:
            if row is None:
                row = GroupRow(project_id=project_id, name=group, since=unit.now)
                unit.session.add(row)
            row.role = Role(role)
            _record(unit, actor, Done.GROUP_SET, project_id=project_id, role=Role(role))
        return project_id

    store.write(actor, change, act="set a group", key=key)


def _lock(session: Session, project_id: str) -> None:
    """One change of members at a time, so that two owners cannot remove each other."""
    session.execute(select(ProjectRow.id).where(ProjectRow.id == project_id).with_for_update())


def _manage(session: Session, actor: Actor, project_id: str) -> None:
    _lock(session, project_id)
    require(session, actor, Act.MANAGE_MEMBERS, project_id=project_id)


def _own(session: Session, project_id: str, person_id: str) -> MemberRow:
    row = session.get(MemberRow, (project_id, person_id))
    if row is None:
        raise NotFoundError.of("member")
    return row


def _an_owner_is_left(session: Session, project_id: str) -> None:
    session.flush()
    owners = select(func.count()).where(MemberRow.project_id == project_id, MemberRow.role == Role.OWNER)
    if not session.scalar(owners):
        raise RefusedError("A project keeps at least one owner.", hint="Make someone else an owner first.")


def _record(
    unit: Unit, actor: Actor, done: Done, *, project_id: str, subject: str = "", role: Role | None = None
) -> None:
    details: dict[str, str | int] = {} if role is None else {"role": role.value}
    unit.record(Entry(person_id=actor.person_id, done=done, project_id=project_id, subject=subject, details=details))


def _member(row: MemberRow, person: PersonRow) -> Member:
    return Member(person_id=person.id, name=person.name, email=person.email, role=Role(row.role), since=row.since)


def _invitation(row: InvitationRow) -> Invitation:
    return Invitation(id=row.id, email=row.email, role=Role(row.role), until=row.until)
