"""Cached calls into the core: the same question of the same data is answered once.

Keys hold the content digest of the data and the question as text, because Streamlit samples large frames when it
hashes them and would miss a corrected cell. Entries belong to one session and go with it: no upload outlives
the session that made it. Only results of the samples, which are nobody's patients, are everybody's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.cohort.cohort import Cohort
from core.cohort.select import AnalysisSet, analysis_set
from core.errors import CohortError
from core.run import AnalysisResult, run_analysis
from core.spec import AnalysisSpec
from ui import cohorts, ledger
from ui.screen import st
from ui.selection import Selection


def analysis(cohort: Cohort, selection: Selection, question: Mapping[str, Any]) -> AnalysisResult:
    """The result of one analysis of what is selected; ``question`` holds its keys as in a specification."""
    spec = selection.spec(cohort.spec, {"id": "result", **question})
    try:
        result = _run(cohort.digest, spec.model_dump_json(), cohort, spec)
    except CohortError as error:  # the id is the page's own: nobody asked for an analysis of that name
        message = error.message.removeprefix(f"Analysis '{spec.analyses[0].id}': ")
        raise type(error)(message, hint=error.hint) from error
    ledger.record(cohort, result, spec)
    return result


def subset(cohort: Cohort, selection: Selection) -> AnalysisSet:
    """The patients that are selected, their groups, and who was left out."""
    return _subset(cohort.digest, selection.spec(cohort.spec).model_dump_json(), selection.endpoint, cohort, selection)


def _run(digest: str, question: str, cohort: Cohort, spec: AnalysisSpec) -> AnalysisResult:
    """A sample's results are made once for everybody, so that many people at once do not wait for each other."""
    make = _run_for_everybody if cohorts.is_sample(cohort) else _run_for_session
    result: AnalysisResult = make(digest, question, cohort, spec)
    return result


@st.cache_resource(show_spinner=False, max_entries=128, scope="session")
def _run_for_session(digest: str, question: str, _cohort: Cohort, _spec: AnalysisSpec) -> AnalysisResult:
    return run_analysis(_spec, _cohort, _spec.analyses[0])


@st.cache_resource(show_spinner=False, max_entries=256)
def _run_for_everybody(digest: str, question: str, _cohort: Cohort, _spec: AnalysisSpec) -> AnalysisResult:
    return run_analysis(_spec, _cohort, _spec.analyses[0])


@st.cache_resource(show_spinner=False, max_entries=128, scope="session")
def _subset(digest: str, question: str, endpoint: str | None, _cohort: Cohort, _selection: Selection) -> AnalysisSet:
    return analysis_set(_cohort, filters=_selection.filters, group=_selection.group, endpoint=endpoint)
