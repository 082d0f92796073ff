"""Saving what is on screen: a name, a note, and told where somebody else saved meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.cohort.cohort import Cohort
from core.errors import CohortError
from core.spec import AnalysisSpec
from team.permits import Act
from ui import cohorts, ledger, permits, report_kept, safety_view, state, study_file
from ui.screen import st
from ui.selection import UPLOAD
from ui.team import attempt, opening, shelf, store, uploading, visit

if TYPE_CHECKING:
    from team.analyses import SavedAnalysis
    from team.cohorts import CohortVersion
    from team.drafts import ConflictError

_CONFLICT = "save_conflict"


def offer(page: str) -> None:
    """In the sidebar: save this analysis. Nothing is kept unless it is pressed."""
    if not permits.may(Act.SAVE_ANALYSIS):
        return
    place = st.popover("Save this analysis", on_change="rerun", key="save_place", width="stretch")
    if place.open:
        with place:
            _form(page)


def _form(page: str) -> None:
    before = opening.opened()
    if store.is_team() and state.current().cohort == UPLOAD:
        st.caption("What is opened with names is not saved. Choose one of the project's cohorts.")
        return
    if store.is_team() and state.current().cohort in cohorts.SAMPLES:
        st.caption("The sample is kept in the project beside the analysis, so that the link opens it.")
    if not store.is_team():
        st.caption(
            "It is kept in the data folder of this computer, together with the cohort without the columns that could "
            "name a person. The page Saved lists and deletes it."
        )
    name = st.text_input("Name", value=before.name if before else "", key="save_name", max_chars=200)
    note = st.text_area("Note", value=before.note if before else "", key="save_note", max_chars=4000, height=80)
    if before is not None and st.button(f"Save as the next version of '{before.name}'", key="save_next"):
        _save(page, name, note, over=before)
    if st.button("Save as a new one", key="save_new", type="secondary" if before else "primary"):
        _save(page, name, note, over=None)
    _conflict(page, name, note)


def _save(page: str, name: str, note: str, *, over: opening.Opened | None, newest: int | None = None) -> None:
    from team.drafts import ConflictError, Draft, save

    try:
        spec = _spec()
        version = _version(spec)
        if version is None:
            return
        draft = Draft(cohort_version_id=version, name=name, note=note, spec=spec, view=opening.view_now(page))
        read = None if over is None else newest or over.version
        saved = save(
            store.store(), visit.owner_of_what_is_saved(), draft, analysis_id=over.id if over else None,
            read_version=read,
        )  # fmt: skip
    except ConflictError as error:
        st.session_state[_CONFLICT] = error
        return
    except CohortError as error:
        attempt.say(error)
        return
    st.session_state.pop(_CONFLICT, None)
    _done(saved)


def _spec() -> AnalysisSpec:
    cohort, selection = state.current_cohort(), state.current()
    spec = selection.spec(cohort.spec, *study_file.questions(selection), *safety_view.questions(cohort))
    return spec.model_copy(update={"looks": ledger.kept(cohort), "report": report_kept.fitting(cohort)})


def _version(spec: AnalysisSpec) -> str | None:
    """The saved version that is on screen; a sample, and what this computer has loaded, is saved first, once."""
    name = state.current().cohort
    version = shelf.version_of(name)
    if version is not None:
        return version
    cohort = state.current_cohort()
    title = f"{cohorts.SAMPLES[name]} (sample)" if name in cohorts.SAMPLES else cohort.name
    made = _kept_before(cohort, title) or uploading.keep(cohort, spec, {}, where=(title, "", ""))
    return None if made is None else made.id


def _kept_before(cohort: Cohort, title: str) -> CohortVersion | None:
    """The version that holds the same data under the same name already."""
    for one in shelf.listed():
        if one.name == title and one.versions:
            study = shelf.study(shelf.name_of(one.versions[0].id), to="rows")
            if study is not None and study.cohort.saved is not None and study.cohort.saved.digest == cohort.digest:
                return one.versions[0]
    return None


def _conflict(page: str, name: str, note: str) -> None:
    """Somebody saved meanwhile: both are named, and nothing is overwritten unseen."""
    error: ConflictError | None = st.session_state.get(_CONFLICT)
    before = opening.opened()
    if error is None or before is None:
        return
    attempt.say(error)
    if st.button("Look at the other one", key="save_theirs"):
        st.session_state.pop(_CONFLICT)
        opening.open_analysis(error.theirs)
    if st.button("Save mine as the newer one", key="save_mine"):
        _save(page, name, note, over=before, newest=error.theirs.version)


def _done(saved: SavedAnalysis) -> None:
    st.session_state[opening.OPENED] = opening.remembered(saved)
    st.success(f"Saved, version {saved.version}.")
    st.toast(f"Saved, version {saved.version}.")  # the sentence may stand below the end of the menu
    if store.is_team():
        st.caption("Members of the project open it with this link:")
        st.code(opening.link(saved), language=None)
