"""Cohort: a loaded study, and what was understood and found wrong while loading it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.cohort.written import WrittenColumns
from core.errors import MissingColumnError
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RawTable:
    """One table as it stands in the file, before anything is understood.

    Attributes
    ----------
    name : str
        File name, as messages say it.
    cells : DataFrame or WrittenColumns
        Every cell as text, an empty cell is None; of a large text file its distinct texts.
    row_numbers : sequence of int
        Row of each record in the spreadsheet (the header is row 1).
    issues : tuple of DataIssue
        What was found while reading.
    sha256 : str
        Digest of the file's bytes.
    delimiter, encoding, sheet : str or None
        How a text file was cut and decoded; which sheet of a workbook, or table of a Prism file, was read.
    labels : dict of column to text
        What columns are called in full where the file says so (SPSS, Stata, SAS, a REDCap dictionary).
    filed : RawTable or None
        The table before cells were put right and rows left out by hand (``core.cohort.corrections``).
    """

    name: str
    cells: pd.DataFrame | WrittenColumns
    row_numbers: Sequence[int]
    issues: tuple[DataIssue, ...]
    sha256: str
    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    labels: dict[str, str] = field(default_factory=dict)
    filed: RawTable | None = None

    @property
    def as_filed(self) -> RawTable:
        """The table before anything was put right by hand."""
        return self if self.filed is None else self.filed

    @property
    def frame(self) -> pd.DataFrame:
        """Every cell as text, an empty one None; of a large file made at the first call, and large."""
        return self.cells.frame if isinstance(self.cells, WrittenColumns) else self.cells

    @property
    def columns(self) -> list[str]:
        """Names of the columns, in the order of the file."""
        return self.cells.names if isinstance(self.cells, WrittenColumns) else [str(name) for name in self.cells]

    def cells_of(self, name: str) -> npt.NDArray[np.object_]:
        """A column as text, None where empty, shape (n,)."""
        if isinstance(self.cells, WrittenColumns):
            return self.cells.cells_of(name)
        return self.cells[name].to_numpy(dtype=object)

    def head(self, n: int) -> RawTable:
        """The table's first rows."""
        first = self.cells.head(n)
        return replace(self, cells=first, row_numbers=self.row_numbers[:n])

    def with_first(self, name: str, cells: npt.NDArray[np.object_]) -> RawTable:
        """The table with one more column of text, None where empty, before the others."""
        if isinstance(self.cells, WrittenColumns):
            return replace(self, cells=self.cells.with_first(name, cells))
        frame = self.cells.copy(deep=False)
        frame.insert(0, name, cells)
        return replace(self, cells=frame)

    def repeated(self, *, keep: Literal["first", False], without: Collection[str] = ()) -> npt.NDArray[np.bool_]:
        """Rows with the same content as another one, or as an earlier one (``keep='first'``), shape (n,)."""
        names = [name for name in self.columns if name not in without]
        if isinstance(self.cells, WrittenColumns):
            rows = pd.DataFrame({name: self.codes_of(name)[0] for name in names}, copy=False)
        else:
            rows = self.cells[names]
        return rows.duplicated(keep=keep).to_numpy()

    def codes_of(self, name: str) -> tuple[npt.NDArray[np.integer[Any]], list[str]]:
        """Codes (n,) of a column (-1: empty) and its distinct texts, in the order in which they first stand."""
        if isinstance(self.cells, WrittenColumns):
            return self.cells.codes_of(name)
        codes, uniques = pd.factorize(self.cells[name].to_numpy(dtype=object))
        return codes, [str(text) for text in uniques]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """What was recognised about one column.

    Attributes
    ----------
    role : str or None
        One of ``core.cohort.roles.ROLES``: ``patient_id``, ``time``, ``event``, ``group``, ``covariate``, ...
    confidence : float
        0 to 1.
    reason : str
        Why, in a few words.
    endpoint : str or None
        The endpoint that a time, event, entry or date column belongs to.
    """

    name: str
    kind: ColumnKind
    role: str | None
    confidence: float
    reason: str
    endpoint: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table:
    """One table as read: typed columns, and where each row stands in the file.

    Attributes
    ----------
    name : str
    frame : DataFrame
        Numbers are float64, dates datetime64, categories ``category`` with levels in natural order, text is object;
        missing is NaN, NaT or None.
    row_numbers : sequence of int
    columns : tuple of Column
    issues : tuple of DataIssue
        What was found while reading, typing and recognising.
    raw : RawTable or None
        The text the columns were typed from, to type again when a role is corrected.
    cache : dict
        Arrays made once from the columns (``core.cohort.values``); never part of the value.
    """

    name: str
    frame: pd.DataFrame
    row_numbers: Sequence[int]
    columns: tuple[Column, ...]
    issues: tuple[DataIssue, ...] = ()
    raw: RawTable | None = field(default=None, repr=False)
    cache: dict[Any, Any] = field(default_factory=dict, repr=False)

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.row_numbers)

    def column(self, name: str, *, needed_for: str = "the analysis") -> Column:
        """The recognised column of that name; MissingColumnError names the nearest one."""
        for column in self.columns:
            if column.name == name:
                return column
        raise MissingColumnError.from_available(name, [column.name for column in self.columns], needed_for=needed_for)

    def with_role(self, role: str) -> str | None:
        """Name of the first column with a role, or None."""
        return next((column.name for column in self.columns if column.role == role), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file that a table of the cohort was read from.

    Attributes
    ----------
    table : str
    file : str
        Its name without folders, with the sheet after '#'.
    sha256 : str
        Digest of its bytes.
    """

    table: str
    file: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedStudy:
    """When and with what an opened study was saved.

    Attributes
    ----------
    date : str
        ISO 8601.
    versions : dict of program or library to version
    digest : str
        Of the files it was loaded from, as ``Cohort.digest`` was then.
    left_out : tuple of str
        What was not saved because it could name a person, one sentence each.
    """

    date: str
    versions: dict[str, str]
    digest: str
    left_out: tuple[str, ...]


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
    sources : tuple of SourceFile
        The files it was read from.
    saved : SavedStudy or None
        Where it was opened from a saved study (``core.cohort.study``); its tables then have no raw text.
    """

    name: str
    patients: Table
    adverse_events: Table | None
    spec: CohortSpec
    issues: tuple[DataIssue, ...]
    digest: str
    synthetic: bool = False
    other_tables: dict[str, Table] = field(default_factory=dict)
    sources: tuple[SourceFile, ...] = ()
    saved: SavedStudy | None = None

    @property
    def n(self) -> int:
        """Number of patient rows in the file."""
        return len(self.patients.frame)
