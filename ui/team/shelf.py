"""Cohorts of the project that is looked at: which there are, and one of them opened.

Belongs here: names, permission and the copies in memory. Does not belong here: saving (``uploading``), pages.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Literal
from weakref import WeakValueDictionary

from core.cohort.study import Study
from team.permits import Act
from ui.screen import st
from ui.selection import SAVED
from ui.team import store, visit

if TYPE_CHECKING:
    from team.cohorts import CohortVersion, SavedCohort

_OPENED = "opened_versions"
MOST_HELD = 4  # cohorts that a session keeps open
_SHARED: WeakValueDictionary[tuple[str, str], Study] = WeakValueDictionary()
"""One copy for all sessions that have a version open; it goes with the last of them, and a deleted cohort so too."""


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
    _let_go_of_others(found)
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
    held = _held()
    if (version.id, to) not in held:
        from team import cohorts

        actor = visit.owner_of_what_is_saved()
        opened = cohorts.open_version(store.store(), actor, version_id=version.id, to=to)  # each session's is recorded
        held[version.id, to] = _SHARED.setdefault((version.id, version.data_digest), opened)
    held.move_to_end((version.id, to))
    while len(held) > MOST_HELD:
        held.popitem(last=False)
    return held[version.id, to]


def is_open(name: str) -> bool:
    """Whether this session holds the cohort that a name means: it was opened, and not found gone since."""
    return any(version == version_of(name) for version, _ in _held())


def _let_go_of_others(found: tuple[SavedCohort, ...]) -> None:
    """Close what is not in the project any more: deleted, or of another project that was left."""
    there = {version.id for cohort in found for version in cohort.versions}
    held = _held()
    for key in [key for key in held if key[0] not in there]:
        del held[key]


def _held() -> OrderedDict[tuple[str, str], Study]:
    """What this session has opened, the latest last."""
    found: OrderedDict[tuple[str, str], Study] = st.session_state.setdefault(_OPENED, OrderedDict())
    return found


def _there() -> bool:
    return store.is_team() or store.anything_saved_here()
