"""The page of two data cuts: the earlier one is dropped, the later one is the cohort on screen."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import PurePath

from core.cohort.cohort import Cohort
from core.cohort.load import cohort_from_files
from core.cohort.study import Study
from core.data_cuts import compare_cuts
from core.reporting.data_cuts_report import (
    METHOD,
    changes_table,
    columns_sentence,
    cuts_sentence,
    endpoints_table,
    patients_table,
    results_table,
)
from core.reporting.says import plain_says
from core.result import DataCuts
from core.spec import AnalysisSpec
from ui import downloads, long_work, says, study_file, tables
from ui.intake import TYPES
from ui.screen import st
from ui.selection import Selection

_DATA = [kind for kind in TYPES if kind != "json"]


def earlier() -> list[tuple[str, bytes]]:
    """The files of the earlier cut."""
    files = st.file_uploader(
        "The earlier cut: its data files, or a saved study",
        type=_DATA,
        accept_multiple_files=True,
        help="Read with the columns and endpoints of the cohort on screen. Patients are matched by their identifier.",
        key="earlier_cut",
    )
    return [(file.name, file.getvalue()) for file in files or ()]


def compared(files: Sequence[tuple[str, bytes]], cohort: Cohort, selection: Selection) -> DataCuts | None:
    """The dropped cut beside the cohort on screen, for the analyses on screen; None while they are compared."""
    spec = selection.spec(cohort.spec, *study_file.questions(selection))
    digest = hashlib.sha256(b"".join(name.encode() + b"\0" + content for name, content in files)).hexdigest()
    study = Study(cohort=cohort, spec=spec)
    key = digest + cohort.digest + spec.model_dump_json()
    return long_work.made(
        "data_cuts", key, lambda: compare_cuts(_earlier(files, study), study), name="the comparison of the two cuts"
    )


def _earlier(files: Sequence[tuple[str, bytes]], later: Study) -> Study:
    """The dropped files as a study: read with what was confirmed for the later cut."""
    study = study_file.among(files)
    if study is not None:
        return study
    spec = later.cohort.spec
    if len(files) == 1:
        spec = spec.model_copy(update={"patients": files[0][0]})
    cohort = cohort_from_files(dict(files), name=PurePath(files[0][0]).stem, spec=spec)
    return Study(cohort=cohort, spec=AnalysisSpec(cohort=cohort.spec))


def show(cuts: DataCuts, cohort: Cohort) -> None:
    """The answer, events, results, and what changed for whom."""
    says.show(cohort, plain_says(cuts_sentence(cuts), "data_cuts"))
    with st.container(horizontal=True):
        downloads.method(METHOD)
        downloads.download(
            f"{cohort.name}_data_cuts",
            made=lambda: {
                "Results": results_table(cuts),
                "Endpoints": endpoints_table(cuts),
                "Changes": changes_table(cuts),
                "Patients": patients_table(cuts),
            },
            whose=f"Earlier cut {cuts.difference.names[0]}, later cut {cohort.name}.",
        )
    st.header("Results before and after")
    tables.show(results_table(cuts))
    st.header("Events before and after")
    tables.show(endpoints_table(cuts))
    st.header("What changed for the patients of both cuts")
    if cuts.difference.changed:
        tables.show(changes_table(cuts))
    else:
        st.caption("Nothing: every value is the same.")
    if said := columns_sentence(cuts.difference):
        st.caption(tables.escaped(said))
    if cuts.difference.added or cuts.difference.removed:
        with st.expander("Patients added and removed"):
            tables.show(patients_table(cuts))
