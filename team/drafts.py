"""Saving an analysis, pinning and deleting it. A save that would overwrite what somebody saved meanwhile is refused."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.spec import AnalysisSpec
from team import analyses, measures
from team.access import new_id, require
from team.actor import Actor
from team.analyses import SavedAnalysis, as_now, erase
from team.audit_chain import Done, Entry
from team.cohorts import a_note, version_row
from team.database.tables import AnalysisRow, AnalysisVersionRow, CohortRow
from team.database.units import Unit
from team.errors import NotFoundError, RefusedError, TeamError
from team.permits import Act
from team.projects import a_name
from team.store import Store
from team.texts import keepable

_LONGEST_SPEC = 1024**2
_LONGEST_VIEW = 8000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Draft:
    """What is to be saved.

    Attributes
    ----------
    cohort_version_id : str
        Of what it is asked.
    name, note : str
    spec : AnalysisSpec
    view : str
        The query of the address that opens the exact view.
    """

    cohort_version_id: str
    name: str
    spec: AnalysisSpec
    note: str = ""
    view: str = ""


class ConflictError(TeamError):
    """Somebody saved the analysis after it was read here; nothing was overwritten.

    Attributes
    ----------
    theirs : SavedAnalysis
        As it is now.
    mine : Draft
        What was to be saved.
    """

    def __init__(self, theirs: SavedAnalysis, mine: Draft) -> None:
        super().__init__(
            f"{theirs.by_name} saved '{theirs.name}' while you were working on it.",
            hint="Look at both, then save yours as the newer one or under another name.",
        )
        self.theirs = theirs
        self.mine = mine


def save(
    store: Store,
    actor: Actor,
    draft: Draft,
    *,
    analysis_id: str | None = None,
    read_version: int | None = None,
    key: str | None = None,
) -> SavedAnalysis:
    """Save an analysis.

    Parameters
    ----------
    store : Store
    actor : Actor
    draft : Draft
    analysis_id : str, optional
        Of the analysis that this is the next save of; a new one without.
    read_version : int, optional
        The version that was read before it was changed; needed with ``analysis_id``.
    key : str, optional
        The same key again saves nothing again.

    Raises
    ------
    ConflictError
        If a later version was saved meanwhile.
    NotAllowedError, NotFoundError, RefusedError, UnavailableError
    """
    name, note, text = a_name(draft.name), a_note(draft.note), draft.spec.to_json()
    if len(text) > _LONGEST_SPEC or len(keepable(draft.view)) > _LONGEST_VIEW:
        raise RefusedError("The analysis is too long to be saved.", hint="Ask less at once.")

    def keep(unit: Unit) -> str:
        session = unit.session
        _, cohort = version_row(session, draft.cohort_version_id)
        require(session, actor, Act.SAVE_ANALYSIS, project_id=cohort.project_id, lock=True, kind="cohort")
        row = _row_for(session, actor, draft, cohort, read=(analysis_id, read_version))
        row.version, row.cohort_id = row.version + 1, cohort.id
        session.flush()
        session.add(
            AnalysisVersionRow(
                analysis_id=row.id, version=row.version, cohort_version_id=draft.cohort_version_id, name=name,
                note=note, spec=text, view=draft.view, person_id=actor.person_id, at=unit.now,
            )
        )  # fmt: skip
        _record(unit, actor, Done.ANALYSIS_SAVED, row)
        return f"{row.id}:{row.version}"

    with measures.saving("analysis"):
        saved, version = store.write(actor, keep, act="save an analysis", key=key).split(":")
    return analyses.one(store, actor, analysis_id=saved, version=int(version))


def pin(store: Store, actor: Actor, *, analysis_id: str, pinned: bool, key: str | None = None) -> SavedAnalysis:
    """Pin an analysis to the top of its project, or unpin it."""

    def change(unit: Unit) -> str:
        row = _for_save(unit.session, actor, analysis_id, act=Act.SAVE_ANALYSIS)
        row.pinned = pinned
        _record(unit, actor, Done.ANALYSIS_PINNED if pinned else Done.ANALYSIS_UNPINNED, row)
        return row.id

    return analyses.one(store, actor, analysis_id=store.write(actor, change, act="pin an analysis", key=key))


def remove(store: Store, actor: Actor, *, analysis_id: str, key: str | None = None) -> None:
    """Delete an analysis with its earlier saves and comments."""

    def take_out(unit: Unit) -> str:
        row = _for_save(unit.session, actor, analysis_id, act=Act.DELETE_ANALYSIS)
        _record(unit, actor, Done.ANALYSIS_DELETED, row)
        erase(unit.session, analysis_id)
        return analysis_id

    store.write(actor, take_out, act="delete an analysis", key=key)


def _row_for(
    session: Session, actor: Actor, draft: Draft, cohort: CohortRow, *, read: tuple[str | None, int | None]
) -> AnalysisRow:
    """The row that is saved to: a new one, or the one that was read, if nobody saved it since."""
    analysis_id, version = read
    if analysis_id is None:
        row = AnalysisRow(
            id=new_id(), project_id=cohort.project_id, cohort_id=cohort.id, slug=secrets.token_urlsafe(16),
            pinned=False, version=0,
        )  # fmt: skip
        session.add(row)
        return row
    row = _for_save(session, actor, analysis_id, act=Act.SAVE_ANALYSIS)
    if row.project_id != cohort.project_id:
        raise RefusedError("The cohort is in another project.", hint="Save it as a new analysis there.")
    if row.version != version:
        raise ConflictError(analyses.found(session, actor, as_now().where(AnalysisRow.id == analysis_id)), draft)
    return row


def _for_save(session: Session, actor: Actor, analysis_id: str, *, act: Act) -> AnalysisRow:
    row = session.get(AnalysisRow, analysis_id, with_for_update=True)
    if row is None:
        raise NotFoundError.of("analysis")
    require(session, actor, act, project_id=row.project_id, kind="analysis")
    return row


def _record(unit: Unit, actor: Actor, done: Done, row: AnalysisRow) -> None:
    details = {"cohort": row.cohort_id, "version": row.version}
    unit.record(Entry(person_id=actor.person_id, done=done, project_id=row.project_id, subject=row.id, details=details))
