"""Cohort: a loaded study, and what was understood and found wrong while loading it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import pandas as pd

from core.spec import CohortSpec

ColumnKind: TypeAlias = Literal["number", "category", "date", "text", "empty"]
Severity: TypeAlias = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataIssue:
    """One finding about the data: what, where, how bad, what to do.

    Attributes
    ----------
    code : str
        Stable kebab-case name, for example ``negative-time``.
    severity : {'error', 'warning', 'info'}
        Error: these rows cannot be used; warning: it may change what you conclude; info: for your information.
    column : str or None
    rows : tuple of int
        Row numbers as the spreadsheet shows them (the header is row 1).
    message, remedy : str
        Plain sentences.
    table : str
        ``patients`` or ``adverse_events``.
    """

    code: str
    severity: Severity
    column: str | None
    rows: tuple[int, ...]
    message: str
    remedy: str = ""
    table: str = "patients"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """What was recognised about one column.

    Attributes
    ----------
    role : str or None
        One of ``core.cohort.recognise.ROLES``: ``patient_id``, ``time``, ``event``, ``group``, ``covariate``, ...
    confidence : float
        0 to 1.
    reason : str
        Why, in a few words.
    """

    name: str
    kind: ColumnKind
    role: str | None
    confidence: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table:
    """One table as read: typed columns, and where each row stands in the file."""

    name: str
    frame: pd.DataFrame
    row_numbers: tuple[int, ...]
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """The recognised column of that name."""
        return next(column for column in self.columns if column.name == name)

    def with_role(self, role: str) -> str | None:
        """Name of the first column with a role, or None."""
        return next((column.name for column in self.columns if column.role == role), None)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cohort:
    """A loaded study.

    Attributes
    ----------
    name : str
    patients : Table
        One row per patient.
    adverse_events : Table or None
        One row per event.
    spec : CohortSpec
        Roles and endpoints, as recognised and then confirmed by the user.
    issues : tuple of DataIssue
    digest : str
        Content digest of the files (SHA-256), for caches and provenance.
    synthetic : bool
        True for the sample cohorts: said on every screen and file.
    """

    name: str
    patients: Table
    adverse_events: Table | None
    spec: CohortSpec
    issues: tuple[DataIssue, ...]
    digest: str
    synthetic: bool = False
    other_tables: dict[str, Table] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """Number of patient rows in the file."""
        return len(self.patients.frame)
