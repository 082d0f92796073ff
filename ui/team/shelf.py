"""Cohorts of the project that is looked at: which there are, and one of them opened.

Belongs here: names, permission and the copies in memory. Does not belong here: saving (``uploading``), pages.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from core.cohort.study import Study
from team.permits import Act
from ui.screen import st
from ui.selection import SAVED
from ui.team import store, visit

if TYPE_CHECKING:
    from team.cohorts import CohortVersion, SavedCohort

_OPENED = "opened_versions"


def name_of(version_id: str) -> str:
    """What a version is called in a selection and in the address."""
    return SAVED + version_id


def is_saved(name: str) -> bool:
    """Whether a name means a saved cohort."""
    return name.startswith(SAVED)


def version_of(name: str) -> str | None:
    """The version that a name means, None for samples and uploads that were not saved."""
    return name.removeprefix(SAVED) if is_saved(name) else None


def listed() -> tuple[SavedCohort, ...]:
    """The cohorts of the project, by name; read once in a run."""
    now, project = visit.here(), visit.project_id()
    if project is None or (store.is_team() and now is None):
        return ()
    if now is not None and "cohorts" in now.memo:
        found: tuple[SavedCohort, ...] = now.memo["cohorts"]
        return found
    from team import cohorts

    found = cohorts.listed(store.store(), visit.owner_of_what_is_saved(), project_id=project)
    if now is not None:
        now.memo["cohorts"] = found
    return found


def find(name: str) -> tuple[SavedCohort, CohortVersion] | None:
    """The saved cohort that a name means and its version; None where it is not there or not this person's."""
    wanted = version_of(name)
    if wanted is None or not _there():
        return None
    for cohort in listed():
        for version in cohort.versions:
            if version.id == wanted:
                return cohort, version
    return None


def newest() -> dict[str, str]:
    """The newest version of each cohort, by the name of a selection, and what the menu calls it."""
    return {name_of(one.versions[0].id): one.name for one in listed() if one.versions} if _there() else {}


def title(name: str) -> str | None:
    """What the menu calls a saved cohort; the version where it is not the newest."""
    found = find(name)
    if found is None:
        return None
    cohort, version = found
    return cohort.name if version.id == cohort.versions[0].id else f"{cohort.name}, version {version.number}"


def study(name: str, *, to: Literal["rows", "results"]) -> Study | None:
    """A saved cohort opened, to show its rows or to compute results; None where the person may not."""
    from ui import permits

    found = find(name)
    if found is None or not permits.may(Act.SEE_ROWS if to == "rows" else Act.SEE_RESULTS):
        return None
    version = found[1]
    opened: set[tuple[str, str]] = st.session_state.setdefault(_OPENED, set())
    actor = visit.owner_of_what_is_saved()

    def fetch() -> Study:
        from team import cohorts

        return cohorts.open_version(store.store(), actor, version_id=version.id, to=to)

    if (version.id, to) in opened:
        return _kept(version.id, version.data_digest, fetch)
    fetched = fetch()  # each session's opening is recorded, whatever is in memory
    opened.add((version.id, to))
    return _kept(version.id, version.data_digest, lambda: fetched)


@st.cache_resource(show_spinner=False, max_entries=16)
def _kept(version_id: str, digest: str, _fetch: Callable[[], Study]) -> Study:
    return _fetch()


def _there() -> bool:
    return store.is_team() or store.anything_saved_here()
