"""What was confirmed about a file, remembered for files with the same header.

Kept are names of columns, their roles and kinds, which words mean an event, and how the letters of a file are written;
never a patient's values, and no file.
The memory is one small JSON file in a folder of this computer's user. It is a convenience: where it cannot be read or
written, nothing is remembered and nothing fails.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.cohort.cohort import Cohort, RawTable
from core.cohort.program_folder import system_folder
from core.cohort.roles import table_of
from core.cohort.vocabulary import compact
from core.spec import CleanSpec, CohortSpec, DerivedSpec, EndpointSpec, Kind

SETTING = "COHORTSCOPE_MEMORY"
_MOST = 200
_LONGEST = 4 * 1024**2
_LONGEST_LINE = 1024**2
_PATIENTS, _EVENTS = "patients", "adverse_events"
_OF_PATIENTS = ("kinds", "endpoints", "clean", "derived", "grade_columns", "event_columns", "lesion_columns")


class Remembered(BaseModel):
    """What was confirmed for a header.

    Attributes
    ----------
    date : str
        When, ISO 8601.
    roles, kinds, endpoints, clean, derived, grade_columns, event_columns, lesion_columns
        As in ``CohortSpec``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    date: str
    roles: dict[str, str] = Field(default_factory=dict)
    kinds: dict[str, Kind] = Field(default_factory=dict)
    endpoints: dict[str, EndpointSpec] = Field(default_factory=dict)
    clean: dict[str, Literal[True] | CleanSpec] = Field(default_factory=dict)
    derived: dict[str, DerivedSpec] = Field(default_factory=dict)
    grade_columns: Literal["events", "variables"] | None = None
    event_columns: tuple[str, ...] = ()
    lesion_columns: Literal["lesions", "variables"] | None = None


def memory_file() -> Path | None:
    """Where mappings are remembered; None where the setting ``COHORTSCOPE_MEMORY`` is ``off``.

    The setting may name another folder. Without it: the folder for data of programs that the system has.
    """
    said = os.environ.get(SETTING, "").strip()
    if said.casefold() in ("off", "0", "no", "false"):
        return None
    folder = Path(said) if said else system_folder()
    return folder / "mappings.json"


def header_key(names: Iterable[str]) -> str | None:
    """Digest of the names of columns, whatever their order, case and punctuation; None where two are alike."""
    alike = Counter(map(compact, names))
    if not alike or "" in alike or max(alike.values()) > 1:
        return None
    return hashlib.sha256("\n".join(sorted(alike)).encode()).hexdigest()


def remember(cohort: Cohort, *, date: str, file: Path) -> None:
    """Keep what was confirmed about a cohort, for its patients and its adverse events each under their own header."""
    confirmed = dict(_to_remember(cohort, date))
    if not confirmed:
        return
    kept = _read(file)
    for key, found in confirmed.items():
        kept.pop(key, None)  # the latest last
        kept[key] = found.model_dump(mode="json", exclude_defaults=True)
    _write(file, dict(list(kept.items())[-_MOST:]))


def recalled(cohort: Cohort, *, file: Path) -> tuple[CohortSpec, str] | None:
    """The specification of a cohort with what was confirmed for the same header, and when; None where nothing was."""
    kept = _read(file)
    patients = _known(kept, cohort.patients.raw)
    events = _known(kept, None if cohort.adverse_events is None else cohort.adverse_events.raw)
    if patients is None and events is None:
        return None
    changed: dict[str, Any] = {"roles": dict(cohort.spec.roles)}
    for found in (patients, events):
        changed["roles"] |= {} if found is None else found.roles
    if patients is not None:
        changed |= {part: getattr(patients, part) for part in _OF_PATIENTS}
    spec = cohort.spec.model_copy(update=changed)
    return None if spec == cohort.spec else (spec, (patients or events).date)  # type: ignore[union-attr]


def remember_encoding(content: bytes, encoding: str | None, *, file: Path) -> None:
    """Keep the encoding that was chosen for a text file, for files that begin with the same line; None: as found."""
    kept = _read(file)
    key = _line_key(content)
    if kept.pop(key, None) is None and encoding is None:
        return
    if encoding is not None:
        kept[key] = encoding
    _write(file, dict(list(kept.items())[-_MOST:]))


def recalled_encoding(content: bytes, *, file: Path) -> str | None:
    """The encoding that was chosen for a file that begins with the same line; None where none was."""
    found = _read(file).get(_line_key(content))
    return found if isinstance(found, str) else None


def _line_key(content: bytes) -> str:
    """Digest of a file's first line, as bytes: its letters are known only with the encoding."""
    line = content[:_LONGEST_LINE].partition(b"\n")[0].strip()
    return f"line {hashlib.sha256(line).hexdigest()}"  # not shown


def forget(cohort: Cohort, *, file: Path) -> None:
    """Drop what was remembered for the headers of a cohort."""
    kept = _read(file)
    for table in (cohort.patients, cohort.adverse_events):
        if table is not None and table.raw is not None:
            kept.pop(header_key(table.raw.columns) or "", None)
    _write(file, kept)


def forget_everything(*, file: Path) -> None:
    """Delete the memory."""
    with contextlib.suppress(OSError):
        file.unlink()


def _to_remember(cohort: Cohort, date: str) -> Iterable[tuple[str, Remembered]]:
    roles = cohort.spec.roles
    for table, of_events in ((cohort.patients, False), (cohort.adverse_events, True)):
        if table is None or table.raw is None:
            continue
        names = table.raw.columns
        own = {role: name for role, name in roles.items() if table_of(role) == table.name and name in names}
        found = Remembered(date=date, roles=own)
        if not of_events:
            found = found.model_copy(update={part: getattr(cohort.spec, part) for part in _OF_PATIENTS})
        if (key := header_key(names)) is not None:
            yield key, found


def _known(kept: Mapping[str, Any], raw: RawTable | None) -> Remembered | None:
    """What is remembered for a table's header, with the names as this file writes them."""
    key = None if raw is None else header_key(raw.columns)
    if raw is None or key is None or key not in kept:
        return None
    written = {compact(name): name for name in raw.columns}
    try:
        found = Remembered.model_validate(kept[key])
        return Remembered(
            date=found.date,
            roles={role: written[compact(name)] for role, name in found.roles.items()},
            kinds={written[compact(name)]: kind for name, kind in found.kinds.items()},
            endpoints={name: _renamed(endpoint, written) for name, endpoint in found.endpoints.items()},
            clean={written[compact(name)]: spec for name, spec in found.clean.items()},
            derived={name: _reading(spec, written) for name, spec in found.derived.items()},
            grade_columns=found.grade_columns,
            event_columns=tuple(written[compact(name)] for name in found.event_columns),
            lesion_columns=found.lesion_columns,
        )
    except (ValidationError, KeyError):
        return None


def _reading(spec: DerivedSpec, written: Mapping[str, str]) -> DerivedSpec:
    """A derived variable with its columns as this file writes them; it may read another derived one."""
    inputs = {one: written.get(compact(name), name) for one, name in spec.inputs.items()}
    return spec.model_copy(update={"inputs": inputs})


def _renamed(endpoint: EndpointSpec, written: Mapping[str, str]) -> EndpointSpec:
    columns = ("time", "event", "entry", "start", "censor_date")
    changed: dict[str, Any] = {
        part: written[compact(name)] for part in columns if (name := getattr(endpoint, part)) is not None
    }
    if endpoint.event_dates:
        changed["event_date"] = [written[compact(name)] for name in endpoint.event_dates]
    if endpoint.cut_column is not None:
        changed["data_cut"] = written[compact(endpoint.cut_column)]
    changed["competing_date"] = {
        cause: [written[compact(name)] for name in names] for cause, names in endpoint.competing_dates.items()
    }
    changed["also"] = [
        pair.model_dump() | {"time": written[compact(pair.time)], "event": written[compact(pair.event)]}
        for pair in endpoint.also
    ]
    return EndpointSpec.model_validate(endpoint.model_dump() | changed)


def _read(file: Path) -> dict[str, Any]:
    try:
        if file.stat().st_size > _LONGEST:
            return {}
        kept = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _write(file: Path, kept: Mapping[str, Any]) -> None:
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=".mappings.")  # readable by this user alone
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as out:
                json.dump(kept, out, ensure_ascii=False, indent=1)
            os.replace(name, file)
        except OSError:
            os.unlink(name)
            raise
