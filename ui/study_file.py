"""A study as one file: saved from the page about the cohort, opened on the page that loads cohorts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from core.cohort.cohort import Cohort
from core.cohort.study import ENDING, Study, open_study, study_bytes
from core.cohort.study_parts import is_study
from core.errors import CohortError, ReadError
from core.reporting import format as fmt
from core.spec import AnalysisSpec
from ui import tables
from ui.permits import handed_over, says_refusal
from ui.screen import st
from ui.selection import Selection


def among(files: Sequence[tuple[str, bytes]]) -> Study | None:
    """The saved study among dropped files, None where there is none.

    Raises
    ------
    ReadError
        If it cannot be opened, or other files were dropped beside it.
    """
    studies = [(name, content) for name, content in files if is_study(content) or name.casefold().endswith(ENDING)]
    if not studies:
        return None
    if len(files) > 1:
        raise ReadError("A saved study was dropped with other files.", hint="Drop the study alone: it holds its data.")
    return open_study(studies[0][1], name=studies[0][0])


def questions(selection: Selection) -> list[dict[str, object]]:
    """What the pages on screen ask, as analyses of a specification."""
    if selection.endpoint is None:
        return []
    asked: list[dict[str, object]] = [{"id": "km", "kind": "kaplan_meier", "endpoint": selection.endpoint}]
    if selection.group is not None:
        column = selection.group.column
        asked.append({"id": "compare", "kind": "compare", "endpoint": selection.endpoint})
        asked.append({"id": "cox", "kind": "cox", "endpoint": selection.endpoint, "covariates": [column]})
    return asked


def save(cohort: Cohort, spec: AnalysisSpec) -> None:
    """A button that saves data and analysis as one file."""
    st.header("Save this study")
    st.markdown(
        "One file holds the patients as they are analysed, the columns and endpoints you confirmed, and the analysis "
        "on screen. Drop it on the page Load a cohort, on any computer, and get the same numbers."
    )
    if says_refusal("rows"):
        return
    try:
        content = study_bytes(cohort, spec, saved=dt.date.today().isoformat())
    except CohortError as error:
        st.error(tables.escaped(error.message))
        st.caption(tables.escaped(error.hint))
        return
    st.download_button(
        "Save this study (.cohortscope)",
        handed_over(content, kind="study", holds="rows"),
        file_name=f"{cohort.name}{ENDING}",
        mime="application/x-cohortscope",
        on_click="ignore",
        key="save_study",
    )
    st.caption(
        "Columns that could name a person are not in it, and patients named by them are called P001, P002, ... Free "
        "text is in it as it stands: look through such columns before you pass the file on."
    )


def origin(cohort: Cohort) -> None:
    """When and from what an opened study was saved."""
    if cohort.saved is None:
        return
    lines = [
        f"Opened from a study saved on {cohort.saved.date} with Cohortscope {cohort.saved.versions['cohortscope']}."
    ]
    lines += [f"{one.table.replace('_', ' ').capitalize()}: {one.file}, SHA-256 {one.sha256}" for one in cohort.sources]
    lines += cohort.saved.left_out
    st.caption("  \n".join(tables.escaped(line) for line in lines))


def offer(cohort: Cohort) -> bool:
    """Say what the opened study is; whether the user wants to look at it."""
    st.header("Is this the study you meant?")
    filters = f"{fmt.patients(cohort.n)}, {len(cohort.patients.columns)} columns"
    st.markdown(tables.prose(f"{cohort.name}: {filters}, endpoints {', '.join(cohort.spec.endpoints) or 'none'}."))
    origin(cohort)
    return st.button("Open this study", type="primary", key="load_confirm")
