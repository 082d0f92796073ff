"""Which table holds what: files and sheets told apart by what they look like, and a sheet named after '#' in a path.

Belongs here: finding the patients, the adverse events, the lesions and the sessions among what was given. Does not
belong here: reading (``read``), what a column is for (``recognise``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePath

from core.cohort import redcap
from core.cohort.assemble import TIME_TO_EVENT
from core.cohort.cohort import RawTable
from core.cohort.issues import IssueLog
from core.cohort.looks import HAS_ENDPOINT, ROWS, Source
from core.cohort.persons import with_full_names
from core.cohort.read import read_table, read_tables
from core.cohort.recognise import ADVERSE_EVENTS, PATIENTS
from core.errors import ReadError

_WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".pzfx")


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


def open_sources(
    file: Path | bytes, *, path: str, name: str, encoding: str | None = None
) -> tuple[list[Source], dict[str, str]]:
    """The tables in a file, each with the path that names it, and its other sheets with the reason.

    Raises
    ------
    ReadError
        If nothing in the file is a table.
    """
    found, unused = read_tables(file, name=name, encoding=encoding)
    raws = tuple(map(with_full_names, found))
    if len(raws) == 1:
        parts = redcap.instruments_in(raws[0])
        return [
            Source(path=path, raw=raw)
            if instrument is None
            else Source(path=f"{path}#{instrument}", raw=replace(raw, sheet=instrument), alone=False)
            for instrument, raw in parts.items()
        ], unused
    return [Source(path=f"{path}#{raw.sheet}", raw=raw, alone=False) for raw in raws], unused


def read_part(file: Path, sheet: str, *, name: str, encoding: str | None = None) -> RawTable:
    """One sheet of a workbook, or one repeated instrument of a REDCap export.

    Raises
    ------
    ReadError
        If the file is not there, is no table, or has no such sheet.
    """
    if not name.casefold().endswith(_WORKBOOKS):
        sources, _ = open_sources(file, path=name, name=name, encoding=encoding)
        part = next((source.raw for source in sources if source.path == f"{name}#{sheet}"), None)
        if part is not None:
            return part
    return with_full_names(read_table(file, name=name, sheet=sheet, encoding=encoding))


def read_as(table: str, path: str, *, base: Path, encoding: str | None = None) -> RawTable:
    """The table that a specification names; of a workbook without a named sheet the one that looks most like it.

    Raises
    ------
    ReadError
        If the file is not there, is no table, or has no such sheet.
    """
    file, sheet = split_sheet(path, base=base)
    name = Path(file).name
    if sheet is not None:
        return said_of(read_part(base / file, sheet, name=name, encoding=encoding), table)
    sources, _ = open_sources(base / file, path=file, name=name, encoding=encoding)
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
    if PATIENTS not in tables and TIME_TO_EVENT in tables and not rest:
        tables[PATIENTS] = tables[TIME_TO_EVENT]  # ADaM's table of times names its patients
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
        _refuse_alone(sources[0])
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


def _refuse_alone(source: Source) -> None:
    """Raise ReadError where the only table is one that stands beside patients, and would be taken for them."""
    if not source.is_beside_patients:
        return
    what = ROWS[str(source.holds)]
    raise ReadError(
        f"'{source.path}' holds {what}, not one row per patient, and no table of patients is beside it.",
        hint="Load the table of patients together with it.",
    )


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
        is_patients = not is_events and source.likeness >= HAS_ENDPOINT
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
                remedy="If one of them is the table that was meant, choose its sheet, or load it as a file of its own.",
            )  # fmt: skip
