"""Signing in: from what the provider says about a person to an actor with a session that ends."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from team.access import is_over, new_id, require_signed_in, signed_out
from team.actor import Actor
from team.audit_chain import Done, Entry
from team.database.tables import InvitationRow, MemberRow, PersonGroupRow, PersonRow, ProjectRow, SignInRow
from team.database.units import Unit
from team.errors import NotAllowedError
from team.permits import RANK, Role
from team.settings import Settings
from team.store import Store
from team.texts import is_keepable

_SEEN_AGAIN = timedelta(seconds=60)  # a click is written down at most this often
LOCAL_PERSON = LOCAL_PROJECT = "0" * 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What the provider says about a person, after its signature was checked.

    Attributes
    ----------
    issuer, subject, email, name : str
    email_verified : bool
    groups : tuple of str
    issued : datetime
        When the person signed in at the provider.
    """

    issuer: str
    subject: str
    email: str
    name: str
    email_verified: bool
    groups: tuple[str, ...]
    issued: datetime


def claims_of(said: Mapping[str, Any], settings: Settings) -> Claims:
    """The claims in an identity token, such as ``st.user``.

    Raises
    ------
    NotAllowedError
        If the token says not who it is.
    """
    email, subject = said.get("email"), said.get("sub")
    if not isinstance(email, str) or "@" not in email or not isinstance(subject, str) or not subject:
        raise NotAllowedError(
            "The sign-in provider did not tell your e-mail address.", hint="Tell who runs this host: scope email."
        )
    if not is_keepable(subject) or not is_keepable(email):
        raise NotAllowedError("The sign-in provider did not tell who this is.", hint="Tell who runs this host.")
    groups = said.get(settings.oidc_groups_claim)
    listed = [groups] if isinstance(groups, str) else groups if isinstance(groups, list | tuple) else []
    try:
        issued = datetime.fromtimestamp(float(said.get("auth_time") or said.get("iat") or 0), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        issued = datetime.fromtimestamp(0, UTC)
    return Claims(
        issuer=str(said.get("iss") or settings.oidc_issuer),
        subject=subject,
        email=email.strip().casefold(),
        name=name if (name := str(said.get("name") or email)) and is_keepable(name) else email,
        email_verified=said.get("email_verified") is True or settings.oidc_trust_emails,
        groups=tuple(str(group) for group in listed if isinstance(group, str | int) and is_keepable(str(group))),
        issued=issued,
    )


def sign_in(store: Store, claims: Claims) -> Actor:
    """The actor of a person who is signed in; called at each run, since it also notices that a session has ended.

    The first time it makes the person and the session, takes up invitations, and records it.

    Raises
    ------
    NotAllowedError
        If this person may not sign in here.
    SignedOutError
        If the session was ended, has lasted too long, or was idle too long.
    """
    _may_sign_in(claims, store.settings)
    said = f"{claims.issuer}\n{claims.subject}\n{claims.issued.isoformat()}"
    key, now = hashlib.sha256(said.encode()).hexdigest(), store.clock()

    def seen(session: Session) -> tuple[Actor, datetime] | None:
        row = session.scalar(select(SignInRow).where(SignInRow.key == key))
        if row is None:
            return None
        if is_over(row, store.settings, now=now):
            raise signed_out()
        return Actor(person_id=row.person_id, session_id=row.id), row.seen

    found = store.read(seen)
    if found is None:
        if now - claims.issued > timedelta(hours=store.settings.session_hours):
            raise signed_out()  # an old cookie begins no new session
        nobody = Actor(person_id="sign-in")
        made = store.write(nobody, lambda unit: _begin(unit, claims, key, store.settings), act="sign in", key=key)
        person_id, session_id = made.split(":")
        return Actor(person_id=person_id, session_id=session_id)
    actor, last = found
    if now - last > _SEEN_AGAIN:
        store.write(actor, lambda unit: _seen(unit, actor), act="seen")
    return actor


def sign_out(store: Store, actor: Actor) -> None:
    """End the actor's session, in all windows and processes."""

    def end(unit: Unit) -> str:
        row = unit.session.get(SignInRow, actor.session_id)
        if row is not None and row.ended is None and row.person_id == actor.person_id:
            row.ended = unit.now
            unit.record(Entry(person_id=actor.person_id, done=Done.SIGNED_OUT))
        return actor.session_id

    store.write(actor, end, act="sign out")


def check_signed_in(store: Store, actor: Actor) -> None:
    """Whether the session still lasts.

    Raises
    ------
    SignedOutError
    """

    def check(session: Session) -> None:
        require_signed_in(session, actor)
        row = session.get(SignInRow, actor.session_id) if actor.session_id else None
        if row is not None and is_over(row, store.settings, now=store.clock()):
            raise signed_out()

    store.read(check)


def local_actor(store: Store) -> Actor:
    """The person of this computer in local mode, owner of the one project ``LOCAL_PROJECT``.

    Raises
    ------
    NotAllowedError
        In team mode, where people sign in.
    """
    if store.settings.is_team:
        raise NotAllowedError("People sign in here.", hint="Sign in.")
    actor = Actor(person_id=LOCAL_PERSON)

    def make(unit: Unit) -> str:
        if unit.session.get(PersonRow, LOCAL_PERSON) is None:
            unit.session.add(new_person(LOCAL_PERSON, "", "You", now=unit.now, may_create=True))
            unit.session.add(ProjectRow(id=LOCAL_PROJECT, name="This computer", since=unit.now))
            unit.session.flush()
            own = MemberRow(project_id=LOCAL_PROJECT, person_id=LOCAL_PERSON, role=Role.OWNER, since=unit.now)
            unit.session.add(own)
        return LOCAL_PERSON

    if store.read(lambda session: session.get(PersonRow, LOCAL_PERSON)) is None:
        store.write(actor, make, act="first start")
    return actor


def _may_sign_in(claims: Claims, settings: Settings) -> None:
    if claims.issuer != settings.oidc_issuer:
        raise NotAllowedError("This sign-in is from another provider.", hint="Sign out and sign in again.")
    if not claims.email_verified:
        raise NotAllowedError(
            "The sign-in provider has not verified your e-mail address.", hint="Verify it there, then sign in again."
        )
    domain = claims.email.rpartition("@")[2]
    if settings.allowed_domains and domain not in settings.allowed_domains:
        raise NotAllowedError(
            "People with your e-mail address may not sign in here.", hint="Use your institution's account."
        )


def _begin(unit: Unit, claims: Claims, key: str, settings: Settings) -> str:
    session = unit.session
    known = select(PersonRow).where(PersonRow.issuer == claims.issuer, PersonRow.subject == claims.subject)
    named = select(PersonRow).where(PersonRow.email == claims.email, PersonRow.subject.is_(None))
    person = session.scalar(known) or session.scalar(named)
    if person is None:
        person = new_person(new_id(), claims.email, claims.name, now=unit.now)
        session.add(person)
    if person.left is not None:
        raise NotAllowedError("Your account here was closed.", hint="Ask who runs this host.")
    person.issuer, person.subject = claims.issuer, claims.subject
    person.email, person.name = claims.email, claims.name
    person.may_create = person.may_create or claims.email in settings.first_owners
    session.flush()
    session.execute(delete(PersonGroupRow).where(PersonGroupRow.person_id == person.id))
    session.add_all(PersonGroupRow(person_id=person.id, name=name) for name in dict.fromkeys(claims.groups))
    signed_in = SignInRow(id=new_id(), key=key, person_id=person.id, began=unit.now, seen=unit.now)
    session.add(signed_in)
    unit.record(Entry(person_id=person.id, done=Done.SIGNED_IN))
    _take_up_invitations(unit, person)
    return f"{person.id}:{signed_in.id}"


def _take_up_invitations(unit: Unit, person: PersonRow) -> None:
    session = unit.session
    for invitation in session.scalars(select(InvitationRow).where(InvitationRow.email == person.email)):
        if invitation.until > unit.now:
            join(unit, person_id=person.id, project_id=invitation.project_id, role=Role(invitation.role))
        session.delete(invitation)


def join(unit: Unit, *, person_id: str, project_id: str, role: Role) -> None:
    """Give a person a role in a project, unless the person has a higher one."""
    row = unit.session.get(MemberRow, (project_id, person_id))
    if row is None:
        unit.session.add(MemberRow(project_id=project_id, person_id=person_id, role=role, since=unit.now))
    elif RANK[role] > RANK[Role(row.role)]:
        row.role = role
    else:
        return
    details = {"role": role.value}
    unit.record(Entry(person_id=person_id, done=Done.JOINED, project_id=project_id, subject=person_id, details=details))


def new_person(person_id: str, email: str, name: str, *, now: datetime, may_create: bool = False) -> PersonRow:
    """A person who has not signed in yet."""
    return PersonRow(
        id=person_id, issuer=None, subject=None, email=email, name=name, may_create=may_create, since=now, left=None
    )


def _seen(unit: Unit, actor: Actor) -> str:
    row = unit.session.get(SignInRow, actor.session_id)
    if row is not None:
        row.seen = max(row.seen, unit.now)  # a clock that jumps back does not end sessions
    return actor.session_id
