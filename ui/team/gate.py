"""The door in team mode: sign-in by the provider, what is said to those who may not come in, and signing out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from team.errors import SignedOutError, TeamError
from ui import language, tables
from ui.screen import st
from ui.team import shelf, store, visit

if TYPE_CHECKING:
    from team.actor import Actor


def enter() -> bool:
    """Whether the dashboard may be drawn; on this computer always. Otherwise the door is drawn."""
    if not store.is_team():
        return True
    if not st.user.is_logged_in:
        _sign_in()
        return False
    try:
        said = st.user.to_dict()
        with store.store().together():
            visit.begin(_actor(said), name=str(said.get("name") or ""), email=str(said.get("email") or ""))
            shelf.listed()  # every page names them
    except SignedOutError as error:
        _closed("You are signed out.", error, again=True)
        return False
    except TeamError as error:
        _closed("You cannot come in.", error)
        return False
    return True


def _actor(said: Mapping[str, Any]) -> Actor:
    from team.sign_ins import claims_of, sign_in

    opened = store.store()
    return sign_in(opened, claims_of(said, opened.settings))


def leave() -> None:
    """A button that ends the session here and at the provider's cookie."""
    now = visit.here()
    if now is None:
        return
    st.caption(f"Signed in as {tables.escaped(now.name or now.email)}")
    if st.button("Sign out", key="sign_out", type="tertiary"):
        from team.sign_ins import sign_out

        sign_out(store.store(), now.actor)
        forget()
        st.logout()


def forget() -> None:
    """Leave nothing of a person's in the session."""
    for key in list(st.session_state):
        del st.session_state[key]


def _sign_in() -> None:
    st.title("Who is there?")
    st.markdown("Cohortscope shows survival and safety of patients to the people of a project. Please sign in.")
    if st.button("Sign in", type="primary", key="sign_in"):
        st.login()


def _closed(title: str, error: TeamError, *, again: bool = False) -> None:
    forget()
    language.begin()
    st.title(title)
    st.error(tables.escaped(error.message))
    if error.hint:
        st.markdown(tables.escaped(error.hint))
    if again:
        if st.button("Sign in again", type="primary", key="sign_in"):
            st.login()
    elif st.button("Try again", key="try_again"):
        st.rerun()
    if st.button("Sign out", key="sign_out", type="tertiary"):
        st.logout()
