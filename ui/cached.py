"""Cached calls into the core: the same question of the same data is answered once.

Keys hold the content digest of the data and the question as text, because Streamlit samples large frames when it
hashes them and would miss a corrected cell. Entries belong to one session and go with it: no upload outlives
the session that made it. Only results of the samples, which are nobody's patients, are everybody's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from core.cohort.cohort import Cohort
from core.cohort.select import AnalysisSet, analysis_set
from core.errors import CohortError
from core.run import AnalysisResult, run_analysis
from core.spec import AnalysisSpec
from core.work.progress import each
from ui import cohorts, ledger, long_work
from ui.screen import st
from ui.selection import Selection


def analysis(cohort: Cohort, selection: Selection, question: Mapping[str, Any]) -> AnalysisResult:
    """The result of one analysis of what is selected; ``question`` holds its keys as in a specification."""
    spec = selection.spec(cohort.spec, {"id": "result", **question})
    asked = spec.model_dump_json()
    with _of_the_page(spec):
        result: AnalysisResult = _at_hand(cohort.digest + asked) or _run(cohort.digest, asked, cohort, spec)
    ledger.record(cohort, result, spec)
    return result


def long_analysis(
    cohort: Cohort, selection: Selection, question: Mapping[str, Any], *, place: str, name: str
) -> AnalysisResult | None:
    """The same of an analysis that may take long: in the background, kept for the session.

    Parameters
    ----------
    place : str
        Where on the pages: another question at the same place ends the one that runs.
    name : str
        What is computed, as a reader calls it.

    Returns
    -------
    AnalysisResult or None
        None while it runs, and where it was cancelled; the page says so.
    """
    spec = selection.spec(cohort.spec, {"id": "result", **question})
    key = cohort.digest + spec.model_dump_json()
    with _of_the_page(spec):
        result = long_work.made(place, key, lambda: run_analysis(spec, cohort, spec.analyses[0]), name=name)
    if result is not None:
        ledger.record(cohort, result, spec)
    return result


def prepared(cohort: Cohort, asked: Sequence[tuple[Selection, Mapping[str, Any]]], *, place: str, name: str) -> bool:
    """Whether many analyses are at hand for ``analysis``: else they are computed in the background, in one piece.

    Those that cannot be answered are left for ``analysis`` to say why.
    """
    asked_for: dict[str, AnalysisSpec] = {}
    for selection, question in asked:
        with suppress(CohortError):  # what cannot be asked is said where it is asked
            spec = selection.spec(cohort.spec, {"id": "result", **question})
            asked_for[cohort.digest + spec.model_dump_json()] = spec
    missing = [(key, spec) for key, spec in asked_for.items() if key not in _prepared() and not long_work.kept(key)]
    if not missing:
        return True

    def work() -> dict[str, AnalysisResult]:
        found: dict[str, AnalysisResult] = {}
        for key, spec in each(missing, "computing"):
            with suppress(CohortError):
                found[key] = run_analysis(spec, cohort, spec.analyses[0])
        return found

    made = long_work.made(place, "".join(key for key, _ in missing), work, name=name, keep=False)
    if made is None:
        return False
    before = {key: result for key, result in _prepared().items() if key in asked_for}
    st.session_state["prepared"] = before | {key: made.get(key) for key, _ in missing}
    long_work.forget(place)
    return True


def _at_hand(key: str) -> AnalysisResult | None:
    return long_work.kept(key) or _prepared().get(key)


def _prepared() -> dict[str, AnalysisResult | None]:
    """What was computed for many at once; None where it has no answer."""
    found: dict[str, AnalysisResult | None] = st.session_state.setdefault("prepared", {})
    return found


@contextmanager
def _of_the_page(spec: AnalysisSpec) -> Iterator[None]:
    """Errors without the id, which is the page's own: nobody asked for an analysis of that name."""
    try:
        yield
    except CohortError as error:
        message = error.message.removeprefix(f"Analysis '{spec.analyses[0].id}': ")
        raise type(error)(message, hint=error.hint) from error


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
