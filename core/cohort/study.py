"""A saved study: one ``.cohortscope`` file with a cohort as it is analysed, what was asked of it, and where it is from.

The tables are saved as they were understood, not as the file had them, so that opening decides nothing again and gives
the same numbers. Columns that could name a person are not in them, nor is what would undo a shift of dates. No code is
in the file, and none is run on opening.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path, PurePath
from typing import Any

from core import __version__
from core.cohort.cohort import Cohort, DataIssue, SavedStudy, SourceFile, Table
from core.cohort.deidentify import deidentified
from core.cohort.study_parts import packed, unpacked
from core.cohort.study_tables import issue_of, issue_text, table_of, table_text, text_of
from core.errors import CohortError, ReadError, SpecError
from core.spec import AnalysisSpec, CohortSpec, CorrectionSpec

ENDING = ".cohortscope"
FORMAT = 1
_LIBRARIES = ("numpy", "pandas", "scipy", "lifelines", "scikit-survival")
_MANIFEST, _SPEC = "study.json", "analysis.json"
_PATIENTS, _EVENTS = "patients", "adverse_events"
# Findings that quote what stands above or under the table, where a name may stand; and one of the moment.
_NOT_SAVED = frozenset(("title-row", "note-row", "total-row", "encoding", "other-versions"))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, weakref_slot=True)  # shared while somebody has it open
class Study:
    """A cohort and what is asked of it."""

    cohort: Cohort
    spec: AnalysisSpec


def study_bytes(cohort: Cohort, spec: AnalysisSpec, *, saved: str) -> bytes:
    """A study as the bytes of a ``.cohortscope`` file; the same but for the date where the study is the same.

    Parameters
    ----------
    cohort : Cohort
    spec : AnalysisSpec
        What is asked of it: filters, group, analyses.
    saved : str
        Date, ISO 8601.

    Raises
    ------
    SpecError
        If a filter or group names patients by an identifier that is not saved.
    """
    tables, kept = _to_save(cohort, spec)
    findings = [issue for issue in cohort.issues if issue.code not in _NOT_SAVED]
    added = [issue for table in tables.values() for issue in table.issues if issue not in cohort.issues]
    out = {issue.column for issue in added}
    findings = [*(issue for issue in findings if issue.column is None or issue.column not in out), *added]
    said = {"keep_identifiers": kept, "shift_dates": None, "corrections": _corrections(cohort, tables[_PATIENTS])}
    own = CohortSpec.model_validate(_named(cohort.spec).model_dump() | said)
    manifest = {
        "format": FORMAT,
        "saved": saved,
        "versions": versions(),
        "name": cohort.name,
        "synthetic": cohort.synthetic,
        "digest": cohort.digest if cohort.saved is None else cohort.saved.digest,
        "sources": [{"table": one.table, "file": one.file, "sha256": one.sha256} for one in cohort.sources],
        "left_out": _left_out(findings),
        "dates_shifted": any(issue.code == "dates-shifted" for issue in findings),
        "findings": [issue_text(issue) for issue in findings],
    }
    parts = {_MANIFEST: text_of(manifest), _SPEC: spec.model_copy(update={"cohort": own}).to_json().encode()}
    return packed(parts | {f"tables/{name}.json": table_text(table) for name, table in tables.items()})


def open_study(content: bytes, *, name: str) -> Study:
    """The study in the bytes of a ``.cohortscope`` file.

    Parameters
    ----------
    content : bytes
    name : str
        File name, for messages.

    Raises
    ------
    ReadError
        If it is no saved study, is damaged, or was saved in a form that this version does not know.
    """
    parts = unpacked(content, name=name)
    try:
        manifest = json.loads(parts[_MANIFEST])
        if manifest["format"] != FORMAT:
            by = manifest.get("versions", {}).get("cohortscope", "another version")
            raise ReadError(
                f"'{name}' was saved in form {manifest['format']} by Cohortscope {by}; this one reads form {FORMAT}.",
                hint="Open it with that version, or update this one.",
            )
        tables = {part[7:-5]: table_of(text, name=name) for part, text in parts.items() if part.startswith("tables/")}
        spec = AnalysisSpec.from_json(parts[_SPEC].decode("utf-8"))
        return Study(cohort=_cohort(manifest, tables, spec.cohort, digest=_digest(parts)), spec=spec)
    except ReadError:
        raise
    except (CohortError, KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        said = error.message if isinstance(error, CohortError) else type(error).__name__
        raise ReadError(
            f"'{name}' is a saved study whose content is not understood ({said}).", hint="Save the study again."
        ) from None


def read_study(path: Path) -> Study:
    """The study in a file; raises as :func:`open_study`, and ReadError where the file cannot be read."""
    try:
        return open_study(path.read_bytes(), name=path.name)
    except OSError as error:
        raise ReadError(f"The file '{path.name}' cannot be read ({error.strerror}).", hint="Check the path.") from None


def asked_anew(study: Study, spec: CohortSpec) -> Cohort:
    """The cohort of a study for another specification, whose endpoints win where it has any.

    Raises
    ------
    SpecError
        If the specification says anything else about tables that were understood when the study was saved.
    """
    said = spec.model_dump(exclude_defaults=True, exclude={"patients", "endpoints", "synthetic"})
    if said:
        raise SpecError(
            f"'{spec.patients}' is a saved study, whose columns are understood: '{next(iter(said))}' has no place.",
            hint="Leave it out, or name the data files instead.",
        )
    endpoints = dict(study.cohort.spec.endpoints) | dict(spec.endpoints)
    return replace(study.cohort, spec=study.cohort.spec.model_copy(update={"endpoints": endpoints}))


def versions() -> dict[str, str]:
    """What computed the numbers: this program, Python, and the libraries that statistics come from."""
    return {"cohortscope": __version__, "python": platform.python_version()} | dict(_installed())


@cache
def _installed() -> tuple[tuple[str, str], ...]:
    """The libraries and their versions; read from the disk once, as every figure's caption names them."""
    return tuple((name, version(name)) for name in _LIBRARIES)


def _to_save(cohort: Cohort, spec: AnalysisSpec) -> tuple[dict[str, Table], tuple[str, ...]]:
    """The tables without identifying columns that were kept on this computer, and those that an analysis needs."""
    tables = {_PATIENTS: cohort.patients, **({_EVENTS: cohort.adverse_events} if cohort.adverse_events else {})}
    tables |= cohort.other_tables
    tables = {name: replace(table, issues=()) for name, table in tables.items()}
    keep = set(cohort.spec.keep_identifiers)
    if not keep:
        return tables, ()
    own = {name for table in tables.values() for name in _identifiers(table)}
    asked = set(_texts(spec.model_copy(update={"cohort": CohortSpec(patients="")}).model_dump(mode="json")))
    endpoints = {column for one in cohort.spec.endpoints.values() for column in one.columns}
    if keep & own & asked:
        raise SpecError(
            f"The analysis asks for '{sorted(keep & own & asked)[0]}', which names the patients and is not saved.",
            hint="Filter or group by another column before saving.",
        )
    needed = (keep & (asked | endpoints)) - own
    everything = {str(name) for table in tables.values() for name in table.frame.columns}
    return deidentified(tables, keep=everything - (keep - needed), used=needed), tuple(sorted(needed))


def _identifiers(table: Table) -> Iterator[str]:
    for role in ("patient_id", "ae_patient_id"):
        if (name := table.with_role(role)) is not None:
            yield name


def _texts(value: object) -> Iterator[str]:
    """Every text in a plain value."""
    if isinstance(value, dict):
        yield from (str(key) for key in value)
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str):
        yield value


def _named(spec: CohortSpec) -> CohortSpec:
    """The specification with names of files only: folders may say whose computer it was."""
    tables = (_PATIENTS, _EVENTS, "lesions", "sessions", "labs", "response", "time_to_event", "dictionary")
    said = {table: PurePath(path).name for table in tables if (path := getattr(spec, table)) is not None}
    return spec.model_copy(update=said)


def _corrections(cohort: Cohort, saved: Table) -> tuple[CorrectionSpec, ...]:
    """What was put right by hand in the columns that are saved; not dates that are shifted, which it would tell."""
    shifted = any(issue.code == "dates-shifted" for issue in cohort.issues)
    kept = {column.name for column in saved.columns if not (shifted and column.kind == "date")}
    return tuple(one for one in cohort.spec.corrections if one.column in kept)


def _left_out(findings: Iterable[DataIssue]) -> list[dict[str, Any]]:
    return [
        {"table": issue.table, "column": issue.column, "why": issue.message}
        for issue in findings
        if issue.code in ("identifying-column", "patients-numbered")
    ]


def _digest(parts: dict[str, bytes]) -> str:
    """SHA-256 of the tables: the key of everything computed from them, whenever they were saved."""
    digest = hashlib.sha256()
    for part in sorted(parts):
        if part.startswith("tables/"):
            digest.update(f"{part}:{hashlib.sha256(parts[part]).hexdigest()}\n".encode())
    return digest.hexdigest()


def _cohort(manifest: dict[str, Any], tables: dict[str, Table], spec: CohortSpec, *, digest: str) -> Cohort:
    findings = tuple(issue_of(one) for one in manifest["findings"])
    saved = SavedStudy(
        date=str(manifest["saved"]),
        versions={str(name): str(number) for name, number in manifest["versions"].items()},
        digest=str(manifest["digest"]),
        left_out=tuple(str(one["why"]) for one in manifest["left_out"]),
    )
    if saved.versions != versions():
        findings = (*findings, _other_versions(saved))
    patients = tables.pop(_PATIENTS)
    return Cohort(
        name=str(manifest["name"]),
        patients=patients,
        adverse_events=tables.pop(_EVENTS, None),
        spec=spec,
        issues=findings,
        digest=digest,
        synthetic=bool(manifest["synthetic"]),
        other_tables=tables,
        sources=tuple(
            SourceFile(table=str(one["table"]), file=str(one["file"]), sha256=str(one["sha256"]))
            for one in manifest["sources"]
        ),
        saved=saved,
    )


def _other_versions(saved: SavedStudy) -> DataIssue:
    now = versions()
    differ = [
        f"{name} {number} (now {now.get(name, 'not there')})"
        for name, number in saved.versions.items()
        if now.get(name) != number
    ]
    return DataIssue(
        code="other-versions", severity="info", column=None, rows=(),
        message=f"The study was saved on {saved.date} with {', '.join(differ)}.",
        remedy="Numbers may differ in the last digits, or where a method was corrected.",
    )  # fmt: skip
