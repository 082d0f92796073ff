"""From files and a specification to a cohort, and from a corrected specification to the cohort seen anew."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

from core.cohort.assemble import (
    LESIONS,
    assemble,
    with_events_of_columns,
    with_lesions_of_columns,
    without_event_columns,
)
from core.cohort.cleaning import cleaned, ordered
from core.cohort.cohort import Cohort, RawTable, SourceFile, Table
from core.cohort.corrections import put_right
from core.cohort.deidentify import deidentified
from core.cohort.derived import with_derived
from core.cohort.identifiers import align_identifiers
from core.cohort.issues import IssueLog
from core.cohort.looks import OTHERS, Source
from core.cohort.recognise import ADVERSE_EVENTS, PATIENTS, found_endpoints, recognise, suggest_spec
from core.cohort.roles import check_kinds, check_roles, table_of
from core.cohort.sources import (
    open_sources,
    read_as,
    read_part,
    report_unused,
    said_of,
    split_sheet,
    tell_apart,
)
from core.cohort.study import ENDING, asked_anew, read_study
from core.cohort.validate import validate
from core.cohort.wide_lesions import without_lesion_columns
from core.spec import CohortSpec, EndpointSpec, Kind
from core.work.progress import step

__all__ = ["cohort_from_files", "load_cohort", "load_files", "with_spec"]


def load_cohort(spec: CohortSpec, *, base: Path, name: str | None = None, synthetic: bool = False) -> Cohort:
    """Read the files a specification names, or the saved study that it names as its patients.

    Parameters
    ----------
    spec : CohortSpec
        Roles, kinds and endpoints in it win over recognition; endpoints are recognised where it has none.
    base : Path
        Folder the paths are relative to.
    name : str, optional
        The file's name without its ending unless given.
    synthetic : bool
        Whether the data are made up; also where the specification says so.

    Raises
    ------
    ReadError
        If a file cannot be read as a table.
    SpecError, MissingColumnError
        If a role does not exist, or a column it or a kind names, or a column cannot be read as that kind.
    """
    if spec.patients.casefold().endswith(ENDING):
        return asked_anew(read_study(base / spec.patients), spec)
    paths = _paths(spec)
    raws = {table: read_as(table, path, base=base, encoding=spec.encoding) for table, path in paths.items()}
    file, _ = split_sheet(spec.patients, base=base)
    return _cohort(raws, spec, name=name or Path(file).stem, paths=paths, synthetic=synthetic)


def load_files(paths: Sequence[Path]) -> Cohort:
    """A cohort from files and sheets told apart by what they look like; the specification names them as given.

    Parameters
    ----------
    paths : sequence of Path
        Files; one sheet of a workbook may be named after '#'.

    Raises
    ------
    ReadError
        If a file is not a table, or two could be the patients.
    """
    opened: dict[str, Opened] = {}
    for path in paths:
        file, sheet = split_sheet(path.as_posix(), base=Path())
        name = Path(file).name
        if sheet is None:
            opened[file] = open_sources(path, path=file, name=name)
        else:
            raw = read_part(Path(file), sheet, name=name)
            opened[path.as_posix()] = [Source(path=path.as_posix(), raw=raw)], {}
    return _told_apart(opened, name=Path(next(iter(opened), "")).stem)


def cohort_from_files(files: Mapping[str, bytes], *, name: str, spec: CohortSpec | None = None) -> Cohort:
    """A cohort from uploaded files and their sheets, told apart by what they look like.

    Parameters
    ----------
    files : dict of file name to bytes
        Holding a table of patients and, optionally, one of adverse events, lesions, sessions.
    name : str
    spec : CohortSpec, optional
        Says which file or sheet holds what, where they are among those given; its roles, kinds and endpoints win over
        recognition.

    Raises
    ------
    ReadError
        If a file is not a table, or two could be the patients.
    SpecError, MissingColumnError
        If the specification does not fit the files.
    """
    encoding = None if spec is None else spec.encoding
    opened = {file: open_sources(content, path=file, name=file, encoding=encoding) for file, content in files.items()}
    return _told_apart(opened, name=name, spec=spec)


Opened: TypeAlias = "tuple[list[Source], dict[str, str]]"


def _told_apart(opened: Mapping[str, Opened], *, name: str, spec: CohortSpec | None = None) -> Cohort:
    sources = [source for found, _ in opened.values() for source in found]
    tables = tell_apart(sources, None if spec is None else _paths(spec))
    log = IssueLog(PATIENTS)
    report_unused(sources, tables, {Path(file).name: unused for file, (_, unused) in opened.items()}, log)
    raws = {table: said_of(source.raw, table) for table, source in tables.items()}
    raws[PATIENTS] = replace(raws[PATIENTS], issues=(*raws[PATIENTS].issues, *log.found))
    return _cohort(raws, spec, name=name, paths={table: source.path for table, source in tables.items()})


def with_spec(cohort: Cohort, spec: CohortSpec) -> Cohort:
    """The same files read with another specification: columns are typed and checked again.

    Raises
    ------
    SpecError, MissingColumnError
        If a role does not exist, or a column it or a kind names, or a column cannot be read as that kind.
    """
    tables = {PATIENTS: cohort.patients, **cohort.other_tables}
    if cohort.adverse_events is not None:
        tables[ADVERSE_EVENTS] = cohort.adverse_events
    raws = {table: found.raw for table, found in tables.items() if found.raw is not None}
    made = _typed(raws, spec, name=cohort.name, paths=_paths(spec), synthetic=cohort.synthetic)
    return replace(made, digest=cohort.digest, sources=cohort.sources)


def _cohort(
    raws: Mapping[str, RawTable],
    spec: CohortSpec | None,
    *,
    name: str,
    paths: Mapping[str, str],
    synthetic: bool = False,
) -> Cohort:
    """Tables as they stand in their files, made one cohort."""
    assembled = assemble(raws, roles={} if spec is None else spec.roles)
    if assembled.endpoints and (spec is None or not spec.endpoints):
        known = {"patients": paths[PATIENTS]} if spec is None else spec.model_dump()
        spec = CohortSpec.model_validate(known | {"endpoints": assembled.endpoints})
    made = _typed(assembled.raws, spec, name=name, paths=paths, synthetic=synthetic)
    return replace(made, digest=_digest(raws, paths), sources=_sources(raws))


def _typed(
    raws: Mapping[str, RawTable],
    spec: CohortSpec | None,
    *,
    name: str,
    paths: Mapping[str, str],
    synthetic: bool = False,
) -> Cohort:
    """Assembled tables with typed columns, roles and endpoints, and everything that was found about them."""
    roles = {} if spec is None else spec.roles
    endpoints = {} if spec is None else spec.endpoints
    kinds = {} if spec is None else spec.kinds
    clean = {} if spec is None else spec.clean
    corrected, put_by_hand = put_right(raws[PATIENTS], spec)
    raws = _from_columns({**raws, PATIENTS: corrected}, spec)
    as_filed = raws[PATIENTS]
    patients_raw, changes = cleaned(as_filed, clean)
    raws = {**raws, PATIENTS: patients_raw}
    columns = {table: raw.columns for table, raw in raws.items()}
    check_roles(roles, columns)
    check_kinds(kinds, roles, columns[PATIENTS])
    tables = _recognised(raws, roles, endpoints, kinds)
    recognised = found_endpoints(tables[PATIENTS])
    if ADVERSE_EVENTS in tables:
        tables[PATIENTS] = without_event_columns(tables[PATIENTS], raws[ADVERSE_EVENTS])
    own = ordered(without_lesion_columns(tables[PATIENTS], raws.get(LESIONS)), clean)
    # typed anew from what the file says
    tables[PATIENTS] = replace(own, raw=as_filed, issues=(*own.issues, *put_by_hand, *changes))
    tables = _protected(tables, spec)
    if spec is not None:
        tables[PATIENTS] = with_derived(tables[PATIENTS], spec.derived)
    patients, adverse = tables[PATIENTS], tables.get(ADVERSE_EVENTS)
    suggested = suggest_spec(patients, adverse, paths, roles=roles)
    synthetic = synthetic or (spec is not None and spec.synthetic)
    said = {"synthetic": synthetic} | _kept(spec)
    there = {column.name for column in patients.columns}
    found = {one.name: one.spec for one in recognised if there.issuperset(one.spec.columns)}
    said["endpoints"] = dict(endpoints) or found
    cohort = Cohort(
        name=name,
        patients=patients,
        adverse_events=adverse,
        spec=suggested.model_copy(update=said),
        issues=(),
        digest="",
        synthetic=synthetic,
        other_tables={table: found for table, found in tables.items() if table in OTHERS},
    )
    issues = [issue for table in tables.values() for issue in table.issues]
    return replace(cohort, issues=(*issues, *validate(cohort)))


def _from_columns(raws: Mapping[str, RawTable], spec: CohortSpec | None) -> dict[str, RawTable]:
    """The tables with adverse events and lesions that stand in columns of the patients' table."""
    said = CohortSpec(patients="") if spec is None else spec
    made = with_events_of_columns(raws, roles=said.roles, said=said.grade_columns, yes_no=said.event_columns)
    return with_lesions_of_columns(made, roles=said.roles, said=said.lesion_columns)


def _recognised(
    raws: Mapping[str, RawTable],
    roles: Mapping[str, str],
    endpoints: Mapping[str, EndpointSpec],
    kinds: Mapping[str, Kind],
) -> dict[str, Table]:
    step("recognising", len(raws[PATIENTS].row_numbers))
    return {
        table: recognise(raw, table=table, roles=roles, endpoints=endpoints, kinds=kinds)
        if table == PATIENTS
        else recognise(raw, table=table, roles=roles)
        for table, raw in raws.items()
    }


_KEPT = (
    "kinds", "encoding", "grade_columns", "event_columns", "lesion_columns", "clean", "corrections", "repeated_rows",
    "derived", "keep_identifiers", "shift_dates",
)  # fmt: skip


def _kept(spec: CohortSpec | None) -> dict[str, Any]:
    """What the user said that the suggested specification does not say anew."""
    return {} if spec is None else {key: getattr(spec, key) for key in _KEPT}


def _protected(tables: Mapping[str, Table], spec: CohortSpec | None) -> dict[str, Table]:
    """The tables with identifiers written alike, and without what could name a person."""
    patients = tables[PATIENTS]
    aligned = {
        name: table if name == PATIENTS else align_identifiers(table, patients) for name, table in tables.items()
    }
    if spec is None:
        return deidentified(aligned)
    own = (column for role, column in spec.roles.items() if table_of(role) == PATIENTS)
    used = {*own, *(column for one in spec.endpoints.values() for column in one.columns)}
    return deidentified(aligned, keep=spec.keep_identifiers, used=used, shift_dates=spec.shift_dates)


def _paths(spec: CohortSpec) -> dict[str, str]:
    """Path of each table that a specification names."""
    tables = (PATIENTS, ADVERSE_EVENTS, *OTHERS)
    return {table: path for table in tables if (path := getattr(spec, table)) is not None}


def _sources(raws: Mapping[str, RawTable]) -> tuple[SourceFile, ...]:
    """The files, and the sheets in them, that the tables were read from."""
    return tuple(
        SourceFile(table=table, file=raw.name + (f"#{raw.sheet}" if raw.sheet else ""), sha256=raw.sha256)
        for table, raw in raws.items()
    )


def _digest(raws: Mapping[str, RawTable], paths: Mapping[str, str]) -> str:
    """SHA-256 of the one file, or of all files' digests and sheets in a fixed order."""
    if len(raws) == 1 and "#" not in paths[PATIENTS]:
        return raws[PATIENTS].sha256
    digest = hashlib.sha256()
    for table in sorted(raws):
        digest.update(f"{table}:{raws[table].sha256}:{raws[table].sheet or ''}\n".encode())
    return digest.hexdigest()
