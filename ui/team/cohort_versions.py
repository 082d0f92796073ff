"""Saved cohorts of a project: their versions, names on demand for owners, and deletion with a receipt."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pandas as pd

from core.cohort.cohort import Cohort
from core.errors import CohortError
from core.reporting import format as fmt
from team.permits import Act
from ui import cohorts as on_screen
from ui import permits, state, tables
from ui.screen import st
from ui.selection import UPLOAD
from ui.team import attempt, opening, shelf, store, visit
from ui.team.words import moment

if TYPE_CHECKING:
    from team.cohorts import CohortVersion, SavedCohort


def show() -> None:
    """The page: every cohort with its versions."""
    permits.require(Act.SEE_ROWS)
    with attempt.plainly():
        found = shelf.listed()
        if not found:
            st.info("No cohort is saved in this project yet. The page Load a cohort saves one.")
            st.page_link("pages/cohort/load.py", label="Load a cohort")
        for cohort in found:
            _one(cohort)
        if permits.may(Act.DELETE_COHORT):
            _receipts()


def _one(cohort: SavedCohort) -> None:
    st.header(tables.escaped(cohort.name))
    rows = [(one.number, moment(one.since), fmt.patients(one.patients), one.note, one.data_digest[:16])
            for one in cohort.versions]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["Version", "Saved", "Patients", "Note", "SHA-256 begins"]).astype(str)
    st.table(frame.map(tables.escaped), border="horizontal", hide_index=True, alt=f"Versions of {cohort.name}")
    versions = {one.id: one for one in cohort.versions}
    chosen = st.selectbox(
        "Version",
        list(versions),
        format_func=lambda key: f"Version {versions[key].number}" if key in versions else "",
        key=f"version_{cohort.id}",
    )
    with st.container(horizontal=True):
        if st.button("Look at this version", key=f"look_{cohort.id}"):
            state.replace(on_screen.default_selection(shelf.name_of(chosen)))
            st.switch_page(st.session_state[opening.PAGES][""])
        if permits.may(Act.SEE_IDENTIFIERS) and versions[chosen].originals:
            _with_names(versions[chosen])
        if permits.may(Act.DELETE_COHORT):
            _delete(cohort)


def _with_names(version: CohortVersion) -> None:
    """The uploaded file with its identifying columns, for this session; recorded before it is opened."""
    place = st.popover("With names", key=f"names_place_{version.id}")
    place.caption("The uploaded file with the columns that name persons, for you and this session. It is recorded.")
    if place.button("Open with identifying columns", key=f"names_{version.id}"):
        try:
            on_screen.keep_identified(_identified(version), version_id=version.id)
        except CohortError as error:
            attempt.say(error)
            return
        state.replace(on_screen.default_selection(UPLOAD))
        st.switch_page(st.session_state[opening.PAGES][""])


def _identified(version: CohortVersion) -> Cohort:
    from core.cohort.load import cohort_from_files, with_spec
    from team.cohorts import open_originals

    permits.require(Act.SEE_IDENTIFIERS)
    files = open_originals(store.store(), visit.required().actor, version_id=version.id)
    cohort = cohort_from_files(files, name=next(iter(files)).rpartition(".")[0])
    columns = tuple(issue.column for issue in cohort.issues if issue.code in _LEFT_OUT and issue.column)
    return with_spec(cohort, cohort.spec.model_copy(update={"keep_identifiers": columns}))


_LEFT_OUT = frozenset({"identifying-column", "patients-numbered"})


def _delete(cohort: SavedCohort) -> None:
    place = st.popover("Delete", key=f"delete_cohort_place_{cohort.id}")
    place.caption("All versions, files, analyses and comments are removed, and a receipt is written.")
    typed = place.text_input("Type the name of the cohort", key=f"delete_typed_{cohort.id}")
    sure = place.button("Delete for good", key=f"delete_cohort_{cohort.id}", disabled=typed.strip() != cohort.name)
    if not sure:
        return
    from team import deletion

    done = attempt.once(
        f"delete_{cohort.id}",
        lambda key: deletion.delete_cohort(store.store(), visit.required().actor, cohort_id=cohort.id, key=key),
    )
    if done is not None:
        visit.required().memo.pop("cohorts", None)
        st.rerun()


def _receipts() -> None:
    from team import deletion

    now = visit.required()
    assert now.project is not None
    found = deletion.receipts(store.store(), now.actor, project_id=now.project.id)
    if not found:
        return
    st.header("Receipts of deletion")
    for one in found:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                f"Removed on {moment(datetime.fromisoformat(one.at))}: versions {one.versions}, files "
                f"{len(one.files)}, analyses {one.analyses}; files left {one.files_left}. "
                f"SHA-256 begins {one.digest[:16]}."
            )
            st.download_button(
                "Download the receipt", one.text, file_name=f"receipt_{one.cohort_id[:8]}.json",
                mime="application/json", on_click="ignore", key=f"receipt_{one.cohort_id}",
            )  # fmt: skip
