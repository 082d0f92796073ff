"""From files and a specification to a cohort, and from a corrected specification to the cohort seen anew."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from core.cohort.cohort import Cohort, RawTable, Table
from core.cohort.identifiers import align_identifiers
from core.cohort.read import read_table
from core.cohort.recognise import ADVERSE_EVENTS, PATIENTS, is_adverse_events, recognise, suggest_spec
from core.cohort.roles import check_kinds, check_roles
from core.cohort.validate import validate
from core.errors import ReadError
from core.spec import CohortSpec

__all__ = ["cohort_from_files", "load_cohort", "load_files", "with_spec"]

_OTHERS = ("lesions", "sessions")


def load_cohort(spec: CohortSpec, *, base: Path, name: str | None = None, synthetic: bool = False) -> Cohort:
    """Read the files a specification names.

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
    paths = {
        PATIENTS: spec.patients,
        ADVERSE_EVENTS: spec.adverse_events,
        "lesions": spec.lesions,
        "sessions": spec.sessions,
    }
    raws = {
        table: read_table(base / path, name=Path(path).name, table=table)
        for table, path in paths.items()
        if path is not None
    }
    return _cohort(raws, spec, name=name or Path(spec.patients).stem, synthetic=synthetic)


def load_files(paths: Sequence[Path]) -> Cohort:
    """A cohort from files told apart by what they look like; the specification names them as given.

    Raises
    ------
    ReadError
        If a file is not a table, or two could be the patients.
    """
    raws = {path.as_posix(): read_table(path, name=path.name) for path in paths}
    return _told_apart(raws, name=paths[0].stem if paths else "")


def cohort_from_files(files: Mapping[str, bytes], *, name: str) -> Cohort:
    """A cohort from uploaded files, told apart by what they look like.

    Parameters
    ----------
    files : dict of file name to bytes
        A table of patients and, optionally, one of adverse events, lesions, sessions.
    name : str

    Raises
    ------
    ReadError
        If a file is not a table, or two could be the patients.
    """
    return _told_apart({file: read_table(content, name=file) for file, content in files.items()}, name=name)


def _told_apart(raws: Mapping[str, RawTable], *, name: str) -> Cohort:
    tables = tell_apart(raws)
    named = {table: _said_of(raws[file], table) for table, file in tables.items()}
    return _cohort(named, None, name=name, paths=tables)


def _said_of(raw: RawTable, table: str) -> RawTable:
    """The raw table with its issues said of the table it turned out to be."""
    return replace(raw, issues=tuple(replace(issue, table=table) for issue in raw.issues))


def tell_apart(raws: Mapping[str, RawTable]) -> dict[str, str]:
    """Which file holds the patients, the adverse events, the lesions, the sessions: table -> file name."""
    if not raws:
        raise ReadError("There is no file to load.")
    tables: dict[str, str] = {}
    rest: list[str] = []
    for file, raw in raws.items():
        table = ADVERSE_EVENTS if len(raws) > 1 and is_adverse_events(raw) else _by_file_name(file)
        if len(raws) > 1 and table is not None and table not in tables:
            tables[table] = file
        else:
            rest.append(file)
    if PATIENTS not in tables:
        if len(rest) != 1:
            raise ReadError(
                f"It is not clear which of {', '.join(raws)} holds one row per patient.",
                hint="Load one table of patients and, if there is one, one of adverse events.",
            )
        tables[PATIENTS] = rest.pop()
    if rest:
        raise ReadError(
            f"It is not clear what '{rest[0]}' holds.", hint="Load one table of patients and one of adverse events."
        )
    return tables


def _by_file_name(file: str) -> str | None:
    stem = Path(file).stem.casefold()
    for table, words in (
        ("lesions", ("lesion", "病灶")),
        ("sessions", ("session",)),
        (PATIENTS, ("patient", "adsl", "患者")),
    ):
        if any(word in stem for word in words):
            return table
    return None


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
    made = _cohort(raws, spec, name=cohort.name, synthetic=cohort.synthetic)
    return replace(made, digest=cohort.digest)


def _cohort(
    raws: Mapping[str, RawTable],
    spec: CohortSpec | None,
    *,
    name: str,
    paths: Mapping[str, str] | None = None,
    synthetic: bool = False,
) -> Cohort:
    roles = {} if spec is None else spec.roles
    endpoints = {} if spec is None else spec.endpoints
    kinds = {} if spec is None else spec.kinds
    columns = {table: list(map(str, raw.frame.columns)) for table, raw in raws.items()}
    check_roles(roles, columns)
    check_kinds(kinds, roles, columns[PATIENTS])
    tables: dict[str, Table] = {
        table: recognise(raw, table=table, roles=roles, endpoints=endpoints, kinds=kinds)
        if table == PATIENTS
        else recognise(raw, table=table, roles=roles)
        for table, raw in raws.items()
    }
    patients, adverse = tables[PATIENTS], tables.get(ADVERSE_EVENTS)
    suggested = suggest_spec(patients, adverse, paths or _paths(spec), roles=roles)
    synthetic = synthetic or (spec is not None and spec.synthetic)
    said = {"kinds": dict(kinds), "synthetic": synthetic} | ({"endpoints": dict(endpoints)} if endpoints else {})
    cohort = Cohort(
        name=name,
        patients=patients,
        adverse_events=None if adverse is None else align_identifiers(adverse, patients),
        spec=suggested.model_copy(update=said),
        issues=(),
        digest=_digest(raws),
        synthetic=synthetic,
        other_tables={table: found for table, found in tables.items() if table in _OTHERS},
    )
    found = [issue for table in tables.values() for issue in table.issues]
    return replace(cohort, issues=(*found, *validate(cohort)))


def _paths(spec: CohortSpec | None) -> dict[str, str]:
    assert spec is not None
    named = {
        PATIENTS: spec.patients,
        ADVERSE_EVENTS: spec.adverse_events,
        "lesions": spec.lesions,
        "sessions": spec.sessions,
    }
    return {table: path for table, path in named.items() if path is not None}


def _digest(raws: Mapping[str, RawTable]) -> str:
    """SHA-256 of the one file, or of all files' digests in a fixed order."""
    if len(raws) == 1:
        return next(iter(raws.values())).sha256
    digest = hashlib.sha256()
    for table in sorted(raws):
        digest.update(f"{table}:{raws[table].sha256}\n".encode())
    return digest.hexdigest()
