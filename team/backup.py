"""The whole store in one file, and back: every row and every file with its digest, as they were at one moment.

The file is a tar of JSON lines and of the files themselves, so that it moves between SQLite and PostgreSQL and between
a folder and object storage. It holds patients' data, as the store does: keep it as safe. Sessions are not in it: after
a restore everyone signs in again.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Table, insert, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from team import audit, fault_points
from team.audit_chain import Done, Entry
from team.database.schema import VERSIONS
from team.database.tables import AuditRow, Base, CohortRow, FileRow, Moment, SignInRow, VersionRow
from team.errors import DamagedError, RefusedError, UnavailableError
from team.outages import unavailable
from team.people import COMMAND_LINE
from team.store import Store

FORMAT = 1
_MANIFEST, _SUMS = "manifest.json", "sums.json"
_AT_ONCE = 500
_TRIES = 3
_TABLES = [table for table in Base.metadata.sorted_tables if table.name != SignInRow.__tablename__]
_AGAIN = "Make the backup again, or take another copy of it."


@dataclass(frozen=True, slots=True, kw_only=True)
class BackedUp:
    """What a backup holds.

    Attributes
    ----------
    rows, files : int
    audit_rows : int
    audit_head : str
        Digest of the last row of the audit trail.
    """

    rows: int
    files: int
    audit_rows: int
    audit_head: str


def back_up(store: Store, path: Path) -> BackedUp:
    """Write the whole store to a file, while people work on; the file has its name only when it is whole.

    Raises
    ------
    RefusedError
        If there is a file already.
    DamagedError
        If a file of the store is missing or damaged.
    UnavailableError
    """
    if path.exists():
        raise RefusedError(f"There is a file '{path.name}' already.", hint="Give another name.")
    for again in range(_TRIES):
        try:
            return _one_file(store, path)
        except DamagedError:  # a cohort that was deleted meanwhile has rows at that moment and files no more
            if again == _TRIES - 1:
                raise
    raise AssertionError("the last try raises")


def _one_file(store: Store, path: Path) -> BackedUp:
    passing = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        with open(os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode="w") as tar, closing(store.engine.connect()) as connection:
                told = _written(store, tar, _at_one_moment(connection))
            file.flush()
            os.fsync(file.fileno())
        fault_points.at("backup written")
        os.replace(passing, path)
        return told
    except OSError as error:
        why = error.strerror
        raise UnavailableError(f"The backup cannot be written ({why}).", hint="Choose another disk.") from None
    except SQLAlchemyError as error:
        raise unavailable(error) from None
    finally:
        passing.unlink(missing_ok=True)


def restore(store: Store, path: Path) -> BackedUp:
    """Fill an empty store from a backup; everything is checked before anything can be seen.

    Raises
    ------
    RefusedError
        If the store is not empty, or the backup is of another version of the tables.
    DamagedError
        If the backup is not whole, or its audit trail is broken.
    UnavailableError
    """
    manifest = checked(path)
    _refuse_unless_empty(store)
    with tarfile.open(path) as tar:
        for member in tar:
            if member.name.startswith("files/"):
                folder, _, digest = member.name.removeprefix("files/").rpartition("/")
                if store.files.put(folder, _content(tar, member)) != digest:
                    raise DamagedError("A file of the backup is not what its name says.", hint=_AGAIN)
        fault_points.at("files restored")
        try:
            with store.engine.connect() as connection, connection.begin():
                for table in _TABLES:
                    _fill(connection, table, _content(tar, tar.getmember(f"tables/{table.name}.jsonl")))
                _refuse_broken(connection, manifest["audit_head"])
        except SQLAlchemyError as error:
            raise unavailable(error) from None
    told = BackedUp(**{name: manifest[name] for name in ("rows", "files", "audit_rows", "audit_head")})
    details = {"rows": told.rows, "files": told.files, "head": told.audit_head}
    entry = Entry(person_id=COMMAND_LINE.person_id, done=Done.RESTORED, details=details)
    store.write(COMMAND_LINE, lambda unit: unit.record(entry) or "done", act="restore")  # type: ignore[func-returns-value]
    return told


def _at_one_moment(connection: Connection) -> Connection:
    """A connection whose every reading is of the same moment."""
    if connection.dialect.name == "postgresql":
        return connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return connection


def _written(store: Store, tar: tarfile.TarFile, connection: Connection) -> BackedUp:
    sums: dict[str, str] = {}
    rows = 0
    for table in _TABLES:
        lines = [_line(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()]
        rows += len(lines)
        _add(tar, sums, f"tables/{table.name}.jsonl", "".join(lines).encode())
    files = 0
    for project_id, cohort_id, digest in _files(connection):
        folder = f"{project_id}/{cohort_id}"
        _add(tar, sums, f"files/{folder}/{digest}", store.files.get(folder, digest))
        files += 1
    last = connection.execute(select(AuditRow.sequence, AuditRow.hash).order_by(AuditRow.sequence.desc())).first()
    told = BackedUp(
        rows=rows,
        files=files,
        audit_rows=0 if last is None else last.sequence,
        audit_head="0" * 64 if last is None else last.hash,
    )
    manifest = {
        "format": FORMAT, "tables": VERSIONS[-1], "at": store.clock().isoformat(), "rows": told.rows,
        "files": told.files, "audit_rows": told.audit_rows, "audit_head": told.audit_head,
    }  # fmt: skip
    _add(tar, sums, _MANIFEST, json.dumps(manifest).encode())
    _add(tar, {}, _SUMS, json.dumps(sums).encode())
    return told


def _files(connection: Connection) -> Iterator[tuple[str, str, str]]:
    """Project, cohort and digest of each file; a cohort whose deletion has begun has none left to keep."""
    chosen = (
        select(CohortRow.project_id, CohortRow.id, FileRow.digest)
        .join(VersionRow, VersionRow.cohort_id == CohortRow.id)
        .join(FileRow, FileRow.version_id == VersionRow.id)
        .where(CohortRow.deleted.is_(None))
        .distinct()
    )
    yield from connection.execute(chosen)


def _line(row: Any) -> str:
    said = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
    return json.dumps(said, ensure_ascii=False) + "\n"


def _add(tar: tarfile.TarFile, sums: dict[str, str], name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    tar.addfile(member, io.BytesIO(content))
    sums[name] = hashlib.sha256(content).hexdigest()
    fault_points.at("part of backup written")


def checked(path: Path) -> dict[str, Any]:
    """The manifest of a backup whose every part has its digest.

    Raises
    ------
    DamagedError
        If the file cannot be read, is cut off, or a part is not what was backed up.
    RefusedError
        If it is of another version of the tables.
    """
    try:
        with tarfile.open(path) as tar:
            found = {member.name: hashlib.sha256(_content(tar, member)).hexdigest() for member in tar}
            sums = json.loads(_content(tar, tar.getmember(_SUMS)))
            manifest: dict[str, Any] = json.loads(_content(tar, tar.getmember(_MANIFEST)))
    except (OSError, tarfile.TarError, KeyError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else "it is not whole"
        raise DamagedError(f"'{path.name}' cannot be read as a backup ({why}).", hint=_AGAIN) from None
    found.pop(_SUMS)
    if found != sums:
        wrong = sorted(name for name in found.keys() | sums.keys() if found.get(name) != sums.get(name))
        raise DamagedError(f"'{path.name}' is damaged: {wrong[0]} is not what was backed up.", hint=_AGAIN)
    if (manifest["format"], manifest["tables"]) != (FORMAT, VERSIONS[-1]):
        raise RefusedError(
            f"'{path.name}' has tables of version {manifest['tables']}; this program has {VERSIONS[-1]}.",
            hint="Restore it with the program that made it, then migrate.",
        )
    return manifest


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(member)
    if file is None:
        raise DamagedError("The backup holds something that is no file.", hint=_AGAIN)
    return file.read()


def _refuse_unless_empty(store: Store) -> None:
    is_empty = next(store.files.listed(), None) is None
    with closing(store.engine.connect()) as connection:
        is_empty = is_empty and not any(connection.execute(select(table).limit(1)).first() for table in _TABLES)
    if not is_empty:
        raise RefusedError(
            "The store is not empty.", hint="Restore into a new database and a new folder, then change the settings."
        )


def _refuse_broken(connection: Connection, head: str) -> None:
    with Session(connection) as session:
        fault = audit.find_fault(session, project_id=None, head=head)
    if fault is not None:
        raise DamagedError(f"The audit trail of the backup is broken at row {fault.sequence}.", hint=_AGAIN)


def _fill(connection: Connection, table: Table, content: bytes) -> None:
    times = {column.name for column in table.columns if isinstance(column.type, Moment)}
    rows = [json.loads(line) for line in content.decode().splitlines()]
    for row in rows:
        row.update({name: datetime.fromisoformat(row[name]) for name in times if row[name] is not None})
    for start in range(0, len(rows), _AT_ONCE):
        connection.execute(insert(table), rows[start : start + _AT_ONCE])
    fault_points.at("table restored")
