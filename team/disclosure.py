"""What a project lets out: everything, or only results in which small numbers are withheld.

Belongs here: the project's rule and asking it. Does not belong here: withholding (``core.reporting.suppression``) and
what a role may do (``team.permits``).
"""

from __future__ import annotations

from team import projects
from team.access import require
from team.actor import Actor
from team.audit_chain import Done, Entry
from team.database.tables import ProjectRow
from team.database.units import Unit
from team.errors import NotAllowedError, RefusedError
from team.permits import Act, Holds
from team.store import Store

MOST = 50


def set_protection(
    store: Store, actor: Actor, *, project_id: str, on: bool, below: int, key: str | None = None
) -> projects.Project:
    """Let only protected results out of a project, or everything again; for owners, and recorded.

    Parameters
    ----------
    store : Store
    actor : Actor
    project_id : str
    on : bool
        Everybody's exports are protected, the owners' too.
    below : int
        Counts from 1 to one less are small, in what viewers see too; never less than the host asks for.
    key : str, optional

    Raises
    ------
    NotAllowedError, NotFoundError
    RefusedError
        If ``below`` is less than the host's, or more than 50.
    """
    least = store.settings.suppress_below
    if not least <= below <= MOST:
        raise RefusedError(f"Counts below {below} cannot be set here.", hint=f"Choose a number from {least} to {MOST}.")

    def change(unit: Unit) -> str:
        require(unit.session, actor, Act.PROTECT_EXPORTS, project_id=project_id, lock=True)
        row = unit.session.get_one(ProjectRow, project_id)
        row.protect_exports, row.protect_below = on, below
        unit.record(
            Entry(
                person_id=actor.person_id, done=Done.PROTECTION_SET, project_id=project_id, subject=project_id,
                details={"exports": "protected" if on else "not protected", "below": below},
            )
        )  # fmt: skip
        return project_id

    return projects.one(store, actor, project_id=store.write(actor, change, act="protect exports", key=key))


def refusal(project: projects.Project, holds: Holds) -> NotAllowedError | None:
    """Why something may not leave a project as it is; None where it may."""
    return _refusal(on=project.protects_exports, below=project.protected_below, holds=holds)


def check(row: ProjectRow, holds: Holds, *, least: int) -> None:
    """As :func:`refusal`, for a project's row: raised.

    Raises
    ------
    NotAllowedError
    """
    refused = _refusal(on=row.protect_exports, below=projects.below(row, least), holds=holds)
    if refused is not None:
        raise refused


def _refusal(*, on: bool, below: int, holds: Holds) -> NotAllowedError | None:
    if not on or holds == "protected results":
        return None
    if holds == "rows":
        return NotAllowedError(
            "Rows of patients do not leave this project: its owners let only results without small numbers out.",
            hint="An owner can change this on the page Members.",
        )
    return NotAllowedError(
        f"Only results in which counts below {below} are withheld leave this project. The page Summary has them, and "
        "so has Download on the pages Survival, Hazards, Baseline, Response and Adverse events.",
        hint="An owner can change this on the page Members.",
    )
