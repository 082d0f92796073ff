"""Members: who is in the project, inviting by e-mail address or group, changing roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from team.permits import Act, Role
from ui import permits, tables
from ui.screen import st
from ui.team import attempt, protection, store, visit
from ui.team.words import ROLES, day

if TYPE_CHECKING:
    from team.members import Members

_INVITED = "invited_so_far"  # how many, in this window
_ROLES = list(Role)


def show() -> None:
    """The page: everyone for all members, changes for owners."""
    from team import members

    now = visit.required()
    assert now.project is not None
    with attempt.plainly():
        found = members.listed(store.store(), now.actor, project_id=now.project.id)
        _list(found)
        if permits.may(Act.MANAGE_MEMBERS):
            _invite(now, now.project.id)
            _change(now, now.project.id, found)
            _groups(now, now.project.id, found)
        protection.show(now)


def _list(found: Members) -> None:
    # three columns and days without hours: it fits a telephone
    rows = [(f"{one.name}, {one.email}", ROLES[one.role], f"since {day(one.since)}") for one in found.people]
    rows += [(f"Group {name}", ROLES[role], "") for name, role in found.groups.items()]
    rows += [(one.email, ROLES[one.role], f"invited until {day(one.until)}") for one in found.invitations]
    frame = pd.DataFrame(rows, columns=["Who", "Role", " "])
    st.table(frame.map(tables.escaped), border="horizontal", hide_index=True, alt="Members of the project")


def _invite(now: visit.Visit, project_id: str) -> None:
    from team import members

    st.header("Invite somebody")
    sent_before = st.session_state.get(_INVITED, 0)  # a new field after each: the same person is not invited again
    with st.form("invite", border=False):
        email = st.text_input("E-mail address", key=f"invite_email_{sent_before}", max_chars=320)
        role = _role("invite_role")
        sent = st.form_submit_button("Invite", key="invite_send")
    st.caption("No mail is sent: tell the person this address. The invitation waits for the sign-in.")
    st.code(store.settings().public_url, language=None)
    if sent:
        done = attempt.did(
            "invite",
            lambda key: members.invite(
                store.store(), now.actor, project_id=project_id, email=email, role=role, key=key
            ),
        )
        if done:
            st.session_state[_INVITED] = sent_before + 1
            st.rerun()


def _role(key: str, now: Role = Role.VIEWER) -> Role:
    chosen: Role = st.selectbox("Role", _ROLES, index=_ROLES.index(now), format_func=lambda role: ROLES[role], key=key)
    return chosen


def _change(now: visit.Visit, project_id: str, found: Members) -> None:
    from team import members

    st.header("Change or remove")
    people = {one.person_id: one for one in found.people}
    waiting = {one.id: one for one in found.invitations}
    names = {key: f"{one.name} ({one.email})" for key, one in people.items()}
    names |= {key: f"Invitation of {one.email}" for key, one in waiting.items()}
    who = st.selectbox("Who", list(names), format_func=lambda key: names.get(key, ""), key="member")
    opened = store.store()
    done = False
    if who in people:
        role = _role(f"role_{who}", people[who].role)
        with st.container(horizontal=True):
            if st.button("Change the role", key="change_role"):
                done = attempt.did(
                    "role",
                    lambda key: members.set_role(
                        opened, now.actor, project_id=project_id, person_id=who, role=role, key=key
                    ),
                )
            if st.button("Remove from the project", key="remove_member"):
                done = attempt.did(
                    "remove",
                    lambda key: members.remove(opened, now.actor, project_id=project_id, person_id=who, key=key),
                )
    elif who in waiting and st.button("Withdraw the invitation", key="withdraw"):
        done = attempt.did(
            "withdraw",
            lambda key: members.withdraw(opened, now.actor, project_id=project_id, invitation_id=who, key=key),
        )
    if done:
        st.rerun()


def _groups(now: visit.Visit, project_id: str, found: Members) -> None:
    from team import members

    with st.expander("Groups of the sign-in provider"):
        st.caption("Everybody in a group has its role from the next sign-in on.")
        group = st.text_input("Group, as the provider writes it", key="group_name", max_chars=200)
        role = _role("group_role")
        set_role = st.button("Give the group this role", key="group_set")
        taken = st.button("Take the role from the group", key="group_remove", disabled=group not in found.groups)
        if set_role or taken:
            done = attempt.did("group", lambda key: members.set_group(
                    store.store(), now.actor, project_id=project_id, group=group, role=role if set_role else None,
                    key=key,
                ))  # fmt: skip
            if done:
                st.rerun()
