"""Saved analyses: opened, pinned, linked, with their earlier saves and comments; on this computer too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from team.permits import Act
from ui import permits, tables
from ui.screen import st
from ui.team import attempt, comments, opening, shelf, store, visit
from ui.team.words import moment

if TYPE_CHECKING:
    from team.analyses import SavedAnalysis


def show() -> None:
    """The page: all analyses of the project, pinned ones first; what this computer keeps."""
    if not store.is_team() and not store.anything_saved_here():
        st.info("Nothing is saved on this computer yet. Save this analysis, in the sidebar of every page, keeps one.")
        _way_there()
        return
    from team import analyses

    project = visit.project_id()
    if project is None:
        return
    with attempt.plainly():
        found = analyses.listed(store.store(), visit.owner_of_what_is_saved(), project_id=project)
        if not found:
            st.info("No analysis is saved yet. Save this analysis, in the sidebar of every page, keeps one.")
            _way_there()
        for analysis in found:
            _one(analysis)
    if not store.is_team():
        _cohorts_here()


def _way_there() -> None:
    """Back to an analysis, where it can be saved; this page has no sidebar of one."""
    if permits.may(Act.SEE_ROWS) and permits.may(Act.SAVE_ANALYSIS):
        st.page_link("pages/survival/kaplan_meier.py", label="Open Survival, and save it there")


def _one(analysis: SavedAnalysis) -> None:
    with st.container(border=True):
        pinned = "Pinned. " if analysis.pinned else ""
        st.markdown(f"**{tables.escaped(analysis.name)}**")
        title = shelf.title(shelf.name_of(analysis.cohort_version_id))
        cohort = f"the cohort {title}" if title else "a cohort"
        by = f" by {analysis.by_name}" if store.is_team() else ""
        said = f"{pinned}Version {analysis.version}, saved {moment(analysis.at)}{by}, of {cohort}."
        st.caption(tables.escaped(said))
        if analysis.note:
            st.text(analysis.note)
        _buttons(analysis)
        if store.is_team():
            with st.expander("Link, versions and comments"):
                st.code(opening.link(analysis), language=None)
                _versions(analysis)
                comments.show(analysis.id)


def _buttons(analysis: SavedAnalysis) -> None:
    from team import drafts

    actor, opened = visit.owner_of_what_is_saved(), store.store()
    with st.container(horizontal=True):
        if st.button("Open", key=f"open_{analysis.id}", type="primary"):
            opening.open_analysis(analysis)
        if permits.may(Act.SAVE_ANALYSIS):
            word = "Unpin" if analysis.pinned else "Pin"
            if st.button(word, key=f"pin_{analysis.id}"):
                drafts.pin(opened, actor, analysis_id=analysis.id, pinned=not analysis.pinned)
                st.rerun()
        if permits.may(Act.DELETE_ANALYSIS):
            sure = st.popover("Delete", key=f"delete_place_{analysis.id}")
            if sure.button("Delete with all versions and comments", key=f"delete_{analysis.id}"):
                drafts.remove(opened, actor, analysis_id=analysis.id)
                st.rerun()


def _versions(analysis: SavedAnalysis) -> None:
    from team import analyses

    for one in analyses.history(store.store(), visit.owner_of_what_is_saved(), analysis_id=analysis.id):
        said = f"Version {one.version}, {moment(one.at)}, {one.by_name}: {one.name}"
        if st.button(tables.escaped(said), key=f"open_{one.id}_{one.version}", type="tertiary"):
            opening.open_analysis(one)


def _cohorts_here() -> None:
    from team import deletion

    kept = shelf.listed()
    if not kept:
        return
    st.header("Saved cohorts")
    for cohort in kept:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{tables.escaped(cohort.name)}, saved {moment(cohort.since)}")
            sure = st.popover("Delete", key=f"delete_cohort_place_{cohort.id}")
            if sure.button("Delete the cohort and its analyses", key=f"delete_cohort_{cohort.id}"):
                deletion.delete_cohort(store.store(), visit.owner_of_what_is_saved(), cohort_id=cohort.id)
                st.rerun()
