"""Which table holds what: files and sheets told apart by what they look like, and a sheet named after '#' in a path.

Belongs here: finding the patients, the adverse events, the lesions and the sessions among what was given. Does not
belong here: reading (``read``), what a column is for (``recognise``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePath

from core.cohort.cohort import RawTable, Table
from core.cohort.issues import IssueLog
from core.cohort.read import read_table, read_tables
from core.cohort.recognise import ADVERSE_EVENTS, PATIENTS, found_endpoints, is_adverse_events, recognise
from core.cohort.vocabulary import name_words
from core.errors import ReadError

OTHERS = ("lesions", "sessions")
_NAMES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("lesions", ("lesion", "病灶")),
    ("sessions", ("session",)),
    (PATIENTS, ("patient", "adsl", "患者", "病人")),
    (ADVERSE_EVENTS, ("adverse", "toxicit", "adae", "不良")),
)
_SHORT_NAMES = frozenset(("ae", "aes", "irae", "iraes"))
_WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".pzfx")
_LOOK_AT = 500
_HAS_ENDPOINT = 8


@dataclass(frozen=True, kw_only=True, eq=False)
class Source:
    """A table that was given, before it is known what it holds.

    Attributes
    ----------
    path : str
        As a specification names it: a file, or ``file#sheet``.
    raw : RawTable
    alone : bool
        Whether it is all that was given of its file, and so must hold something; one sheet of several need not.
    """

    path: str
    raw: RawTable
    alone: bool = True

    @cached_property
    def holds(self) -> str | None:
        """The table it looks like or is named as; None where it says nothing."""
        if is_adverse_events(self._sample) and not self._has_one_row_each:
            return ADVERSE_EVENTS
        if self._named in (None, PATIENTS) or (self.alone and self._named in OTHERS):
            return self._named
        names_patients = recognise(self._sample, table=ADVERSE_EVENTS).with_role("ae_patient_id") is not None
        return self._named if names_patients else None  # a legend may be named so too

    @cached_property
    def likeness(self) -> int:
        """How much it looks like one row per patient; 0: not at all."""
        table = self._as_patients
        measured = any(column.kind in ("number", "date") for column in table.columns)
        signs = (bool(found_endpoints(table)), self._named == PATIENTS, table.with_role("patient_id") is not None)
        return sum(worth for sign, worth in zip((*signs, measured), (_HAS_ENDPOINT, 4, 2, 1), strict=True) if sign)

    @cached_property
    def _as_patients(self) -> Table:
        return recognise(self._sample, table=PATIENTS)

    @property
    def _has_one_row_each(self) -> bool:
        """Whether every patient stands once with time and event: then 'event' and 'grade' are no adverse event's."""
        identifier = self._as_patients.with_role("patient_id")
        return (
            identifier is not None
            and self._as_patients.frame[identifier].is_unique
            and bool(found_endpoints(self._as_patients))
        )

    @property
    def _sample(self) -> RawTable:
        return replace(self.raw, frame=self.raw.frame.head(_LOOK_AT), row_numbers=self.raw.row_numbers[:_LOOK_AT])

    @property
    def _named(self) -> str | None:
        """What the name of the file or of the sheet speaks of; of one sheet of several its own name only."""
        names = [str(self.raw.sheet or "")]
        if self.alone:
            names.insert(0, PurePath(self.path).stem)
        return next((table for name in names if (table := _table_named(name)) is not None), None)


def _table_named(name: str) -> str | None:
    folded = name.casefold()
    if found := next((table for table, words in _NAMES if any(word in folded for word in words)), None):
        return found
    return ADVERSE_EVENTS if _SHORT_NAMES & set(name_words(name)) else None


def split_sheet(path: str, *, base: Path) -> tuple[str, str | None]:
    """A path without the sheet named after '#', and that sheet; the name of a file may hold '#' itself."""
    if "#" not in path or (base / path).exists():
        return path, None
    parts = path.split("#")
    for cut in range(len(parts) - 1, 0, -1):
        file = "#".join(parts[:cut])
        if (base / file).is_file() or file.casefold().endswith(_WORKBOOKS):
            return file, "#".join(parts[cut:])
    return path, None


def open_sources(file: Path | bytes, *, path: str, name: str) -> tuple[list[Source], dict[str, str]]:
    """The tables in a file, each with the path that names it, and its other sheets with the reason.

    Raises
    ------
    ReadError
        If nothing in the file is a table.
    """
    raws, unused = read_tables(file, name=name)
    if len(raws) == 1:
        return [Source(path=path, raw=raws[0])], unused
    return [Source(path=f"{path}#{raw.sheet}", raw=raw, alone=False) for raw in raws], unused


def read_as(table: str, path: str, *, base: Path) -> RawTable:
    """The table that a specification names; of a workbook without a named sheet the one that looks most like it.

    Raises
    ------
    ReadError
        If the file is not there, is no table, or has no such sheet.
    """
    file, sheet = split_sheet(path, base=base)
    name = Path(file).name
    if sheet is not None:
        return read_table(base / file, name=name, sheet=sheet, table=table)
    sources, _ = open_sources(base / file, path=file, name=name)
    chosen = sources[0]
    if len(sources) > 1 and table == PATIENTS:
        chosen = max((s for s in sources if s.holds != ADVERSE_EVENTS), key=lambda s: s.likeness, default=chosen)
    elif len(sources) > 1:
        chosen = next((source for source in sources if source.holds == table), chosen)
    log = IssueLog(table)
    others = [str(source.raw.sheet) for source in sources if source is not chosen]
    if others:
        message = f"Sheet '{chosen.raw.sheet}' of '{name}' was read; the workbook also holds: {', '.join(others)}."
        log.add("other-sheets", "info", message, remedy=f"Name another one after '#': {path}#{others[0]}.")
    return said_of(replace(chosen.raw, issues=(*chosen.raw.issues, *log.found)), table)


def said_of(raw: RawTable, table: str) -> RawTable:
    """The raw table with its issues said of the table it turned out to be."""
    return replace(raw, issues=tuple(replace(issue, table=table) for issue in raw.issues))


def tell_apart(sources: Sequence[Source], named: Mapping[str, str] | None = None) -> dict[str, Source]:
    """Which source holds the patients, the adverse events, the lesions, the sessions.

    Parameters
    ----------
    sources : sequence of Source
    named : dict of table to path, optional
        What a specification says; wins over looks where such a source was given.

    Returns
    -------
    dict of table to Source
        Sheets that are none of these are left out; a whole file never is.

    Raises
    ------
    ReadError
        If there is no source, none looks like the patients, or a file could be anything.
    """
    if not sources:
        raise ReadError("There is no file to load.")
    tables = _as_named(sources, named or {})
    rest = [source for source in sources if source not in tables.values()]
    for source in rest if len(sources) > 1 else ():
        if source.holds not in (None, PATIENTS):
            tables.setdefault(str(source.holds), source)
    rest = [source for source in rest if source not in tables.values()]
    if PATIENTS not in tables:
        tables[PATIENTS] = _patients_among(rest, sources)
        rest.remove(tables[PATIENTS])
    left = [source.path for source in rest if source.alone]
    if left:
        raise ReadError(
            f"It is not clear what '{left[0]}' holds.", hint="Load one table of patients and one of adverse events."
        )
    return tables


def _as_named(sources: Sequence[Source], named: Mapping[str, str]) -> dict[str, Source]:
    """The sources that a specification names, by path or else by the file's own name."""
    found: dict[str, Source] = {}
    for table, path in named.items():
        alike = [source for source in sources if PurePath(source.path).name == PurePath(path).name]
        match = next((source for source in sources if source.path == path), alike[0] if alike else None)
        if match is not None and match not in found.values():
            found[table] = match
    return found


def _patients_among(rest: Sequence[Source], sources: Sequence[Source]) -> Source:
    """The source that looks most like one row per patient."""
    if len(sources) == 1:
        return sources[0]
    candidates = [source for source in rest if source.holds != ADVERSE_EVENTS]
    whole = [source for source in candidates if source.alone]
    known = [source for source in whole if source.holds == PATIENTS]
    best = max(candidates, key=lambda source: source.likeness, default=None)
    if best is None or (len(whole) > 1 and not known) or not (best.alone or best.likeness or len(rest) == len(sources)):
        raise ReadError(
            f"It is not clear which of {', '.join(source.path for source in sources)} holds one row per patient.",
            hint="Load one table of patients and, if there is one, one of adverse events.",
        )
    return best


def report_unused(
    sources: Sequence[Source], tables: Mapping[str, Source], unused: Mapping[str, Mapping[str, str]], log: IssueLog
) -> None:
    """Name the sheets of each workbook that were not used; a warning where one looks like patients or adverse events.

    Parameters
    ----------
    unused : dict of file name to dict of sheet to reason
        Sheets that are no table at all.
    """
    said: dict[str, dict[str, str]] = {name: dict(sheets) for name, sheets in unused.items()}
    doubtful: set[str] = set()
    for source in sources:
        if source in tables.values():
            continue
        is_events = source.holds == ADVERSE_EVENTS
        is_patients = not is_events and source.likeness >= _HAS_ENDPOINT
        reason = "adverse events too" if is_events else "patients too" if is_patients else ""
        said.setdefault(source.raw.name, {})[str(source.raw.sheet)] = reason
        if reason:
            doubtful.add(source.raw.name)
    for name, sheets in said.items():
        if sheets:
            shown = ", ".join(f"'{sheet}' ({why})" if why else f"'{sheet}'" for sheet, why in sheets.items())
            log.add(
                "other-sheets", "warning" if name in doubtful else "info",
                f"Sheets of '{name}' that were not used: {shown}.",
                remedy="If one of them holds patients or adverse events, load it as a file of its own.",
            )  # fmt: skip
