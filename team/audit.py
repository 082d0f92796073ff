"""The audit trail of a project: shown and exported to owners, and checked link by link."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from team.access import require
from team.actor import Actor
from team.audit_chain import COLUMNS, EVERYTHING, START, Done, Entry, digest_of
from team.database.tables import AnalysisRow, AnalysisVersionRow, AuditRow, ChainRow, CohortRow, PersonRow, ProjectRow
from team.database.units import Unit
from team.permits import Act
from team.store import Store

_AT_ONCE = 1000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """One act.

    Attributes
    ----------
    sequence : int
        In the project, 1 for the first. The order of acts is this, not the time.
    at : datetime
        As the host's clock said.
    who : str
        Name of the person now; the identifier where the person is not known any more.
    email : str
    done : str
        A value of ``Done``.
    what : str
        Name, now, of what it was done to; empty where it was deleted or has none.
    subject : str
        Its identifier.
    details : dict of str to str or int
    hash : str
    """

    sequence: int
    at: datetime
    who: str
    email: str
    done: str
    what: str
    subject: str
    details: dict[str, str | int]
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Where a chain is broken.

    Attributes
    ----------
    chain : str
        Project, or empty for everything.
    sequence : int
        Of the first row that is wrong.
    reason : str
    """

    chain: str
    sequence: int
    reason: str


def lines(
    store: Store, actor: Actor, *, project_id: str, before: int | None = None, limit: int = 200
) -> tuple[AuditLine, ...]:
    """Acts in a project, the newest first.

    Parameters
    ----------
    store : Store
    actor : Actor
    project_id : str
    before : int, optional
        Only acts before this sequence number: for the next page.
    limit : int
    """

    def find(session: Session) -> tuple[AuditLine, ...]:
        require(session, actor, Act.SEE_AUDIT, project_id=project_id)
        return named_lines(session, project_id=project_id, before=before, limit=limit)

    return store.read(find)


def export(store: Store, actor: Actor, *, project_id: str, form: Literal["csv", "jsonl"]) -> bytes:
    """The whole trail of a project as a file, the oldest act first; the export is recorded first, and in it."""

    def note_down(unit: Unit) -> str:
        require(unit.session, actor, Act.SEE_AUDIT, project_id=project_id, lock=True)
        unit.record(
            Entry(
                person_id=actor.person_id, done=Done.AUDIT_EXPORTED, project_id=project_id, subject=project_id,
                details={"kind": form},
            )
        )  # fmt: skip
        return project_id

    store.write(actor, note_down, act="export the audit trail")
    records = store.read(lambda session: [*_records(session, project_id)])
    if form == "jsonl":
        return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, fieldnames=list(records[0]))
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in record.items()} for record in records)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def verify(store: Store, *, project_id: str | None = None, head: str | None = None) -> Fault | None:
    """The first row of the chain that is not as it was written, or None.

    Parameters
    ----------
    store : Store
    project_id : str, optional
        Check the chain of a project; of everything without.
    head : str, optional
        A digest that was the last one at some time, written down elsewhere: it must still be in the chain.
    """
    return store.read(lambda session: find_fault(session, project_id=project_id, head=head))


def head(store: Store) -> tuple[int, str]:
    """Number and digest of the last row of everything: to be written down elsewhere."""

    def find(session: Session) -> tuple[int, str]:
        row = session.get(ChainRow, EVERYTHING)
        return (0, START) if row is None else (row.sequence, row.hash)

    return store.read(find)


def named_lines(session: Session, *, project_id: str, before: int | None, limit: int) -> tuple[AuditLine, ...]:
    """Rows of a project with the names of people and things as they are now."""
    chosen = select(AuditRow).where(AuditRow.project_id == project_id).order_by(AuditRow.project_sequence.desc())
    if before is not None:
        chosen = chosen.where(AuditRow.project_sequence < before)
    rows = list(session.scalars(chosen.limit(max(1, min(limit, _AT_ONCE)))))
    people = _people(session, {row.person_id for row in rows} | {row.subject for row in rows})
    names = _names(session, project_id) | {person: name for person, (name, _) in people.items()}
    return tuple(_line(row, people, names) for row in rows)


def _line(row: AuditRow, people: dict[str, tuple[str, str]], names: dict[str, str]) -> AuditLine:
    who, email = people.get(row.person_id, (row.person_id, ""))
    details: dict[str, str | int] = json.loads(row.details)
    what = names.get(row.subject) or names.get(str(details.get("analysis", "")), "")
    return AuditLine(
        sequence=row.project_sequence or 0,
        at=datetime.fromisoformat(row.at),
        who=who,
        email=email,
        done=row.act,
        what=what,
        subject=row.subject,
        details=details,
        hash=row.hash,
    )


def _people(session: Session, wanted: set[str]) -> dict[str, tuple[str, str]]:
    rows = session.scalars(select(PersonRow).where(PersonRow.id.in_(wanted)))
    return {row.id: (row.name, row.email) for row in rows}


def _names(session: Session, project_id: str) -> dict[str, str]:
    """Names of what a project has now, by identifier."""
    cohorts = session.scalars(select(CohortRow).where(CohortRow.project_id == project_id))
    found = {row.id: row.name for row in cohorts}
    saves = session.execute(
        select(AnalysisVersionRow.analysis_id, AnalysisVersionRow.name)
        .join(AnalysisRow, AnalysisRow.id == AnalysisVersionRow.analysis_id)
        .where(AnalysisRow.project_id == project_id, AnalysisRow.version == AnalysisVersionRow.version)
    )
    found |= {analysis: name for analysis, name in saves}  # rows are no pairs to the type checker
    project = session.get(ProjectRow, project_id)
    return found if project is None else found | {project.id: project.name}


def _records(session: Session, project_id: str) -> Iterator[dict[str, Any]]:
    """Rows as they were digested, with name and e-mail address of the person beside them."""
    rows = list(
        session.scalars(select(AuditRow).where(AuditRow.project_id == project_id).order_by(AuditRow.project_sequence))
    )
    people = _people(session, {row.person_id for row in rows})
    for row in rows:
        who, email = people.get(row.person_id, ("", ""))
        yield {name: getattr(row, name) for name in COLUMNS} | {"who": who, "email": email}


def _cell(value: object) -> object:
    """A text that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def find_fault(session: Session, *, project_id: str | None, head: str | None) -> Fault | None:
    """As :func:`verify`, in a session."""
    chain = project_id or EVERYTHING
    chosen = select(AuditRow).order_by(AuditRow.sequence).execution_options(yield_per=_AT_ONCE)
    if project_id is not None:
        chosen = chosen.where(AuditRow.project_id == project_id)
    previous, number, is_there = START, 0, head in (None, START)
    for row in session.scalars(chosen):
        number += 1
        told = (row.sequence, row.previous) if project_id is None else (row.project_sequence, row.project_previous)
        if told[0] != number:
            return Fault(chain=chain, sequence=number, reason="the row is missing")
        if told[1] != previous:
            return Fault(chain=chain, sequence=number, reason="the row before it is not the one it names")
        if digest_of(row) != row.hash:
            return Fault(chain=chain, sequence=number, reason="the row was changed")
        previous, is_there = row.hash, is_there or row.hash == head
    last = session.get(ChainRow, chain)
    if (number, previous) != ((0, START) if last is None else (last.sequence, last.hash)):
        return Fault(chain=chain, sequence=number + 1, reason="rows at the end are missing")
    return None if is_there else Fault(chain=chain, sequence=number, reason="it does not hold the digest written down")
