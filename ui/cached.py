"""Cached calls into the core: the same question of the same data is answered once.

Keys hold the content digest of the data and the question as text, because Streamlit samples large frames when it
hashes them and would miss a corrected cell. Entries belong to one session and go with it, or earlier with their cohort
(``session_results``): no upload outlives the session that made it. Only what follows from the samples, which are
nobody's patients, is everybody's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from core.cohort.cohort import Cohort
from core.cohort.select import AnalysisSet, analysis_set
from core.errors import CohortError
from core.run import AnalysisResult, run_analysis
from core.spec import AnalysisSpec
from core.work.progress import each
from ui import cohorts, ledger, long_work, session_results
from ui.kept import Kept
from ui.screen import st
from ui.selection import Selection

Made = TypeVar("Made")
MOST_OF_SAMPLES = 10 * 1024**2
"""Bytes of what is kept of the samples, for everybody: some 400 results of 5 to 80 KB, and of treatments up to 300."""


def analysis(cohort: Cohort, selection: Selection, question: Mapping[str, Any]) -> AnalysisResult:
    """The result of one analysis of what is selected; ``question`` holds its keys as in a specification."""
    spec = selection.spec(cohort.spec, {"id": "result", **question})
    asked = spec.model_dump_json()
    with _of_the_page(spec):
        result = _at_hand(cohort.digest + asked) or once(
            cohort, asked, lambda: run_analysis(spec, cohort, spec.analyses[0]), name=selection.cohort
        )
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
    work = _computing(cohort, selection.cohort)
    with _of_the_page(spec):
        result = long_work.made(place, key, lambda: work(spec), name=name)
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

    compute = _computing(cohort, asked[0][0].cohort)

    def work() -> dict[str, AnalysisResult]:
        found: dict[str, AnalysisResult] = {}
        for key, spec in each(missing, "computing"):
            with suppress(CohortError):
                found[key] = compute(spec)
        return found

    made = long_work.made(place, "".join(key for key, _ in missing), work, name=name, keep=False)
    if made is None:
        return False
    before = {key: result for key, result in _prepared().items() if key in asked_for}
    st.session_state["prepared"] = before | {key: made.get(key) for key, _ in missing}
    long_work.forget(place)
    return True


def _computing(cohort: Cohort, name: str) -> Callable[[AnalysisSpec], AnalysisResult]:
    """How work in the background computes: what a page has shown is taken, and what is made is there for pages."""
    is_sample = cohorts.is_sample(cohort)
    kept = _of_samples() if is_sample else session_results.answers(cohort, name)

    def compute(spec: AnalysisSpec) -> AnalysisResult:
        question = spec.model_dump_json()
        asked = cohort.digest + question if is_sample else question
        return kept.made(asked, lambda: run_analysis(spec, cohort, spec.analyses[0]))

    return compute


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
    asked = f"subset {selection.endpoint} {selection.spec(cohort.spec).model_dump_json()}"  # not shown
    return once(
        cohort,
        asked,
        lambda: analysis_set(cohort, filters=selection.filters, group=selection.group, endpoint=selection.endpoint),
        name=selection.cohort,
    )


def once(cohort: Cohort, question: str, make: Callable[[], Made], *, name: str) -> Made:
    """What ``make`` gives, made once; of a sample for everybody, so that many people do not wait for each other.

    Parameters
    ----------
    question : str
        What is asked of the cohort, in full.
    make : callable
        Shows nothing.
    name : str
        What a selection calls the cohort.
    """
    if cohorts.is_sample(cohort):
        return _of_samples().made(cohort.digest + question, make)
    return session_results.made(cohort, name, question, make)


def release() -> None:
    """Let go of the results of cohorts that were left or are here no more."""
    for digest in session_results.release():
        long_work.forget_about(digest)
        st.session_state["prepared"] = {key: result for key, result in _prepared().items() if digest not in key}


@st.cache_resource(show_spinner=False)
def _of_samples() -> Kept:
    return Kept(most=MOST_OF_SAMPLES)
