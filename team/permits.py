"""What each role may do: one table, asked by every function of the store before it does anything.

Belongs here: the table. Does not belong here: who has which role (``team.access``), and what a screen leaves out.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, TypeAlias


class Role(StrEnum):
    """A person's part in a project, from the least to the most."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    OWNER = "owner"


class Act(StrEnum):
    """What can be done in a project."""

    SEE_PROJECT = "see the project"
    SEE_RESULTS = "see results"
    COMMENT = "comment"
    EXPORT_RESULTS = "export results"
    SEE_SMALL_NUMBERS = "see small numbers"
    SEE_ROWS = "see rows"
    EXPORT_ROWS = "export rows"
    UPLOAD = "upload a cohort"
    SAVE_ANALYSIS = "save an analysis"
    DELETE_ANALYSIS = "delete an analysis"
    DELETE_COMMENT = "delete another's comment"
    SEE_IDENTIFIERS = "see identifiers"
    DELETE_COHORT = "delete a cohort"
    MANAGE_MEMBERS = "manage members"
    RENAME_PROJECT = "rename the project"
    PROTECT_EXPORTS = "change what may be exported"
    DELETE_PROJECT = "delete the project"
    SEE_AUDIT = "see the audit trail"


Holds: TypeAlias = Literal["rows", "results", "protected results"]
"""What is exported: rows of patients, results as analysts see them, or results without small numbers."""

_VIEWER = frozenset((Act.SEE_PROJECT, Act.SEE_RESULTS, Act.COMMENT, Act.EXPORT_RESULTS))
_ANALYST = _VIEWER | {
    Act.SEE_SMALL_NUMBERS,
    Act.SEE_ROWS,
    Act.EXPORT_ROWS,
    Act.UPLOAD,
    Act.SAVE_ANALYSIS,
    Act.DELETE_ANALYSIS,
}
_OWNER = _ANALYST | {
    Act.DELETE_COMMENT,
    Act.SEE_IDENTIFIERS,
    Act.DELETE_COHORT,
    Act.MANAGE_MEMBERS,
    Act.RENAME_PROJECT,
    Act.PROTECT_EXPORTS,
    Act.DELETE_PROJECT,
    Act.SEE_AUDIT,
}
PERMITS: dict[Role, frozenset[Act]] = {Role.VIEWER: _VIEWER, Role.ANALYST: _ANALYST, Role.OWNER: _OWNER}
RANK = {role: rank for rank, role in enumerate(Role)}


def allows(role: Role | None, act: Act) -> bool:
    """Whether a role may do it; no role may do nothing."""
    return role is not None and act in PERMITS[role]


def needed(act: Act) -> Role:
    """The least role that may do it."""
    return next(role for role in Role if act in PERMITS[role])
