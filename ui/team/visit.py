"""Who is here in this run, in which project, and with which role: read from the database at each run.

Belongs here: the visit. Does not belong here: signing in (``gate``), what a role may do (``team.permits``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from team.actor import Actor
from team.errors import NotFoundError
from team.permits import Role
from ui.screen import st
from ui.selection import SAVED
from ui.team import store

if TYPE_CHECKING:
    from team.projects import Project

_VISIT, _PROJECT = "visit", "project"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A person in one run.

    Attributes
    ----------
    actor : Actor
    name, email : str
    projects : tuple of Project
        Those the person has a part in.
    project : Project or None
        The one that is looked at; with the person's role.
    memo : dict
        What was read from the store in this run.
    """

    actor: Actor
    name: str = ""
    email: str = ""
    projects: tuple[Project, ...] = ()
    project: Project | None = None
    memo: dict[str, Any] = field(default_factory=dict)

    @property
    def role(self) -> Role | None:
        """The person's role in the project; None without one."""
        return None if self.project is None else self.project.role


def begin(actor: Actor, *, name: str, email: str) -> Visit:
    """Find the person's projects, and the one that is looked at."""
    from team import projects

    found = projects.listed(store.store(), actor)
    if _PROJECT not in st.session_state:
        st.session_state[_PROJECT] = _of_the_link(actor)
    asked = st.session_state[_PROJECT]
    chosen = next((one for one in found if one.id == asked), found[0] if found else None)
    visit = Visit(actor=actor, name=name, email=email, projects=found, project=chosen)
    st.session_state[_VISIT] = visit
    return visit


def _of_the_link(actor: Actor) -> str | None:
    """The project of the saved cohort that the address names, in a window that has just been opened; else the first."""
    from team import cohorts

    named = str(st.query_params.get("cohort", ""))
    if not named.startswith(SAVED):
        return None
    try:
        return cohorts.version(store.store(), actor, version_id=named.removeprefix(SAVED)).project_id
    except NotFoundError:  # the page says so
        return None


def here() -> Visit | None:
    """The visit of this run; None on this computer, where nobody signs in, and before somebody has."""
    found: Visit | None = st.session_state.get(_VISIT)  # only ``begin`` makes one, and the door forgets it
    return found


def required() -> Visit:
    """The visit, where pages are only for people of a team."""
    visit = here()
    if visit is None:
        st.stop()
    return visit


def owner_of_what_is_saved() -> Actor:
    """Who saves and opens: the person signed in, or the person of this computer."""
    visit = here()
    if visit is not None:
        return visit.actor
    from team.sign_ins import local_actor

    return local_actor(store.store())


def project_id() -> str | None:
    """The project that is looked at; on this computer the only one."""
    if not store.is_team():
        from team.sign_ins import LOCAL_PROJECT

        return LOCAL_PROJECT
    visit = here()
    return None if visit is None or visit.project is None else visit.project.id


def look_at(project_id: str) -> None:
    """Look at another project from the next run on; one that is not the person's is not found then."""
    st.session_state[_PROJECT] = project_id
