"""Saved analyses: what is asked (SPEC.json) and the exact view, with a name, a note, a link, and every earlier save.

Nothing is overwritten unseen: who saves tells which save was read, and a later one of somebody else is a conflict that
carries both.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import Row, Select, delete, select
from sqlalchemy.orm import Session

from core.spec import AnalysisSpec
from team.access import require
from team.actor import Actor
from team.database.tables import AnalysisRow, AnalysisVersionRow, CommentRow, PersonRow
from team.errors import NotFoundError
from team.permits import Act
from team.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedAnalysis:
    """An analysis as it was saved.

    Attributes
    ----------
    id, project_id, cohort_id, cohort_version_id : str
    slug : str
        Names it in a link; it cannot be guessed, and opens for members only.
    version : int
        Of the save, 1 for the first.
    name, note : str
    spec_json : str
        SPEC.json as it was saved.
    view : str
        The query of the address that opens the exact view.
    pinned : bool
    by, by_name : str
        Who saved this version.
    at : datetime
    """

    id: str
    project_id: str
    cohort_id: str
    cohort_version_id: str
    slug: str
    version: int
    name: str
    note: str
    spec_json: str
    view: str
    pinned: bool
    by: str
    by_name: str
    at: datetime

    @property
    def spec(self) -> AnalysisSpec:
        """What is asked.

        Raises
        ------
        SpecError
            If this version of the program does not understand it.
        """
        return AnalysisSpec.from_json(self.spec_json)


def listed(store: Store, actor: Actor, *, project_id: str) -> tuple[SavedAnalysis, ...]:
    """The analyses of a project: pinned ones first, then by the last save."""

    def find(session: Session) -> tuple[SavedAnalysis, ...]:
        require(session, actor, Act.SEE_RESULTS, project_id=project_id)
        rows = session.execute(
            as_now().where(AnalysisRow.project_id == project_id)
            .order_by(AnalysisRow.pinned.desc(), AnalysisVersionRow.at.desc(), AnalysisRow.id)
        )  # fmt: skip
        return tuple(_analysis(row) for row in rows)

    return store.read(find)


def one(store: Store, actor: Actor, *, analysis_id: str, version: int | None = None) -> SavedAnalysis:
    """An analysis as it is now, or as an earlier save left it.

    Raises
    ------
    NotFoundError
    """
    chosen = as_now() if version is None else _each().where(AnalysisVersionRow.version == version)
    return store.read(lambda session: found(session, actor, chosen.where(AnalysisRow.id == analysis_id)), actor)


def by_slug(store: Store, actor: Actor, *, slug: str) -> SavedAnalysis:
    """The analysis of a link, for members of its project.

    Raises
    ------
    NotFoundError
    """
    return store.read(lambda session: found(session, actor, as_now().where(AnalysisRow.slug == slug)), actor)


def history(store: Store, actor: Actor, *, analysis_id: str) -> tuple[SavedAnalysis, ...]:
    """Every save of an analysis, the newest first."""

    def find(session: Session) -> tuple[SavedAnalysis, ...]:
        found(session, actor, as_now().where(AnalysisRow.id == analysis_id))
        rows = session.execute(_each().where(AnalysisRow.id == analysis_id).order_by(AnalysisVersionRow.version.desc()))
        return tuple(_analysis(row) for row in rows)

    return store.read(find, actor)


def erase(session: Session, analysis_id: str) -> None:
    """Remove every row of an analysis."""
    session.execute(delete(CommentRow).where(CommentRow.analysis_id == analysis_id))
    session.execute(delete(AnalysisVersionRow).where(AnalysisVersionRow.analysis_id == analysis_id))
    session.execute(delete(AnalysisRow).where(AnalysisRow.id == analysis_id))


Chosen: TypeAlias = Select[AnalysisRow, AnalysisVersionRow, str]


def _each() -> Chosen:
    return (
        select(AnalysisRow, AnalysisVersionRow, PersonRow.name)
        .join(AnalysisVersionRow, AnalysisVersionRow.analysis_id == AnalysisRow.id)
        .join(PersonRow, PersonRow.id == AnalysisVersionRow.person_id)
    )


def as_now() -> Chosen:
    """Every analysis with its last save."""
    return _each().where(AnalysisVersionRow.version == AnalysisRow.version)


def found(session: Session, actor: Actor, chosen: Chosen) -> SavedAnalysis:
    """The first analysis that was chosen, if the actor may see it.

    Raises
    ------
    NotFoundError
    """
    row = session.execute(chosen).first()
    if row is None:
        raise NotFoundError.of("analysis")
    analysis, _, _ = row
    require(session, actor, Act.SEE_RESULTS, project_id=analysis.project_id, kind="analysis")
    return _analysis(row)


def _analysis(row: Row[AnalysisRow, AnalysisVersionRow, str]) -> SavedAnalysis:
    analysis, version, by_name = row
    return SavedAnalysis(
        id=analysis.id,
        project_id=analysis.project_id,
        cohort_id=analysis.cohort_id,
        cohort_version_id=version.cohort_version_id,
        slug=analysis.slug,
        version=version.version,
        name=version.name,
        note=version.note,
        spec_json=version.spec,
        view=version.view,
        pinned=analysis.pinned,
        by=version.person_id,
        by_name=by_name,
        at=version.at,
    )
