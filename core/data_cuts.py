"""Two cuts of the same data, and the same questions asked of both."""

from __future__ import annotations

from core.cohort.cut_difference import cut_difference
from core.cohort.study import Study
from core.errors import CohortError
from core.result import AnalysisResult, DataCuts, ResultPair
from core.run import run_analysis
from core.spec import Analysis, AnalysisSpec


def compare_cuts(old: Study, new: Study) -> DataCuts:
    """What differs between an earlier and a later cut, and every analysis of the later one before and after.

    Parameters
    ----------
    old, new : Study
        The analyses, filters and group are those of ``new``; each cohort has its own endpoints.

    Raises
    ------
    CohortError
        If patients cannot be matched, or an analysis cannot be answered in the later cut.
    """
    difference = cut_difference(old.cohort, new.cohort)
    pairs = tuple(_pair(old, new, analysis) for analysis in new.spec.analyses)
    return DataCuts(difference=difference, results=pairs)


def _pair(old: Study, new: Study, analysis: Analysis) -> ResultPair:
    after = run_analysis(new.spec, new.cohort, analysis)
    before: AnalysisResult | None = None
    why_not = ""
    try:
        before = run_analysis(_asked_of(old, new.spec), old.cohort, analysis)
    except CohortError as error:
        why_not = error.message
    return ResultPair(before=before, after=after, why_not=why_not)


def _asked_of(old: Study, spec: AnalysisSpec) -> AnalysisSpec:
    """The later cut's filters and group; endpoints are looked up in the cohort."""
    return spec.model_copy(update={"cohort": old.cohort.spec})
