"""Comments of members on a result of a saved analysis."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from team import analyses, measures
from team.access import new_id, require
from team.actor import Actor
from team.audit_chain import Done, Entry
from team.cohorts import a_note
from team.database.tables import AnalysisRow, CommentRow, PersonRow
from team.database.units import Unit
from team.errors import NotFoundError, RefusedError
from team.permits import Act
from team.store import Store

_LONGEST_KEY = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """What a person said about a result.

    Attributes
    ----------
    id, analysis_id : str
    result : str
        Which result: the name of one of the analyses in SPEC.json, or empty for the whole.
    by, by_name : str
    at : datetime
    text : str
    """

    id: str
    analysis_id: str
    result: str
    by: str
    by_name: str
    at: datetime
    text: str


def listed(store: Store, actor: Actor, *, analysis_id: str) -> tuple[Comment, ...]:
    """The comments on an analysis, the oldest first.

    Raises
    ------
    NotFoundError
    """
    analyses.one(store, actor, analysis_id=analysis_id)

    def find(session: Session) -> tuple[Comment, ...]:
        rows = session.execute(
            select(CommentRow, PersonRow.name)
            .join(PersonRow, PersonRow.id == CommentRow.person_id)
            .where(CommentRow.analysis_id == analysis_id)
            .order_by(CommentRow.at, CommentRow.id)
        )
        return tuple(_comment(row, name) for row, name in rows)

    return store.read(find)


def add(
    store: Store, actor: Actor, *, analysis_id: str, text: str, result: str = "", key: str | None = None
) -> Comment:
    """Say something about a result.

    Raises
    ------
    RefusedError
        If the text is empty or too long.
    """
    text = a_note(text)
    if not text:
        raise RefusedError("The comment is empty.", hint="Write something.")
    if len(result) > _LONGEST_KEY:
        raise RefusedError("There is no such result.", hint="Load the page again.")

    def say(unit: Unit) -> str:
        analysis = _analysis(unit.session, analysis_id)
        require(unit.session, actor, Act.COMMENT, project_id=analysis.project_id, lock=True, kind="analysis")
        row = CommentRow(
            id=new_id(), analysis_id=analysis_id, result=result, person_id=actor.person_id, at=unit.now, text=text
        )
        unit.session.add(row)
        _record(unit, actor, Done.COMMENTED, analysis, row.id)
        return row.id

    with measures.saving("comment"):
        made = store.write(actor, say, act="comment", key=key)
    return next(one for one in listed(store, actor, analysis_id=analysis_id) if one.id == made)


def remove(store: Store, actor: Actor, *, comment_id: str, key: str | None = None) -> None:
    """Delete a comment: one's own, or as an owner of the project anyone's."""

    def take_out(unit: Unit) -> str:
        row = unit.session.get(CommentRow, comment_id)
        if row is None:
            raise NotFoundError.of("comment")
        analysis = _analysis(unit.session, row.analysis_id)
        act = Act.COMMENT if row.person_id == actor.person_id else Act.DELETE_COMMENT
        require(unit.session, actor, act, project_id=analysis.project_id, lock=True, kind="comment")
        unit.session.delete(row)
        _record(unit, actor, Done.COMMENT_DELETED, analysis, comment_id)
        return comment_id

    store.write(actor, take_out, act="delete a comment", key=key)


def _analysis(session: Session, analysis_id: str) -> AnalysisRow:
    row = session.get(AnalysisRow, analysis_id)
    if row is None:
        raise NotFoundError.of("analysis")
    return row


def _record(unit: Unit, actor: Actor, done: Done, analysis: AnalysisRow, comment_id: str) -> None:
    details = {"analysis": analysis.id}
    unit.record(
        Entry(person_id=actor.person_id, done=done, project_id=analysis.project_id, subject=comment_id, details=details)
    )


def _comment(row: CommentRow, name: str) -> Comment:
    return Comment(
        id=row.id,
        analysis_id=row.analysis_id,
        result=row.result,
        by=row.person_id,
        by_name=name,
        at=row.at,
        text=row.text,
    )
