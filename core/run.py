"""Specification and cohort to results: the one place where every room of the core meets.

Belongs here: which patients each analysis is of, and the notes that concern all of them. Does not belong here: the
columns and options of one kind (``core.answers``), statistics, words for tables.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from functools import cache
from importlib import import_module
from typing import Any

from core.answers.subset import Answer
from core.cohort.cohort import Cohort
from core.cohort.select import AnalysisSet, analysis_set
from core.errors import CohortError
from core.reporting.cell_notes import cell_notes, noted_columns
from core.reporting.footnotes import SYNTHETIC
from core.reporting.sentences import exclusion_sentence
from core.result import AnalysisResult
from core.spec import (
    AdjustedSurvivalSpec,
    Analysis,
    AnalysisSpec,
    CutPointSpec,
    GroupSpec,
    QuantileGroupsSpec,
    RegressionSpec,
)

__all__ = ["AnalysisResult", "run", "run_analysis"]


def run(spec: AnalysisSpec, cohort: Cohort) -> dict[str, AnalysisResult]:
    """Answer every analysis of a specification, and those of its report.

    Parameters
    ----------
    spec : AnalysisSpec
    cohort : Cohort
        Loaded from ``spec.cohort``, or the one on screen.

    Returns
    -------
    dict of analysis id to AnalysisResult
        In the order of the specification, those of the report last.

    Raises
    ------
    CohortError
        If one analysis cannot be answered; the message names it.
    """
    return {analysis.id: run_analysis(own, cohort, analysis) for own, analysis in spec.questions}


def run_analysis(spec: AnalysisSpec, cohort: Cohort, analysis: Analysis) -> AnalysisResult:
    """Answer one analysis, see :func:`run`.

    Its own filters are added to the specification's; its own group replaces the specification's.
    """
    try:
        subset = analysis_set(
            cohort,
            filters=(*spec.filters, *analysis.filters),
            group=_group(spec, analysis),
            endpoint=getattr(analysis, "endpoint", None),
        )
        value, subset, notes = _room(analysis.kind)(analysis, subset)
    except CohortError as error:
        raise _named(error, analysis) from error
    said = (
        *(exclusion_sentence(exclusion) for exclusion in subset.exclusions),
        *subset.notes,
        *notes,
        *value.notes,
        *_derivations(spec, cohort, analysis),
        *_cells(spec, cohort, analysis),
        *((SYNTHETIC,) if cohort.synthetic else ()),
    )
    return AnalysisResult(
        id=analysis.id,
        kind=analysis.kind,
        value=value,
        subset=subset,
        analysis=analysis,
        notes=tuple(dict.fromkeys(said)),
    )


def _derivations(spec: AnalysisSpec, cohort: Cohort, analysis: Analysis) -> tuple[str, ...]:
    """How the derived variables that an analysis uses were derived."""
    used = _used(spec, analysis, cohort.spec.derived)
    return tuple(issue.message for issue in cohort.issues if issue.code == "derived" and issue.column in used)


def _cells(spec: AnalysisSpec, cohort: Cohort, analysis: Analysis) -> tuple[str, ...]:
    """Which cells that an analysis rests on cannot be, or were put right by hand, and which rows were left out."""
    noted = noted_columns(cohort)
    used = _used(spec, analysis, noted)
    for name in _used(spec, analysis, cohort.spec.derived):
        used |= set(cohort.spec.derived[name].inputs.values())
    endpoint = cohort.spec.endpoints.get(getattr(analysis, "endpoint", None) or "")
    used |= set() if endpoint is None else set(endpoint.columns)
    if analysis.kind in _OF_DATES:
        used |= {column.name for column in cohort.patients.columns if column.kind == "date"}
    return cell_notes(cohort, used)


def _used(spec: AnalysisSpec, analysis: Analysis, among: Collection[str]) -> set[str]:
    """Which of some columns an analysis names: in its own keys, its filters, or as its group."""
    if not among:
        return set()
    filters = [one.column for one in (*spec.filters, *analysis.filters)]
    group = _group(spec, analysis)
    asked = analysis.model_dump_json()
    named = {name for name in among if name in filters or json.dumps(name, ensure_ascii=False) in asked}
    return named | ({group.column} & set(among) if group is not None else set())


def _group(spec: AnalysisSpec, analysis: Analysis) -> GroupSpec | None:
    """The compared levels; a regression without the group's column is of everybody, whatever is compared elsewhere.

    Adjusted survival always compares groups, a cut-point never does.
    """
    group = analysis.group or spec.group
    if isinstance(analysis, AdjustedSurvivalSpec):
        return group
    if isinstance(analysis, CutPointSpec | QuantileGroupsSpec):
        return analysis.group
    if isinstance(analysis, RegressionSpec) and analysis.group is None and group is not None:
        return group if group.column in (*analysis.covariates, *getattr(analysis, "strata", ())) else None
    return group


def _named(error: CohortError, analysis: Analysis) -> CohortError:
    """The same error, saying which analysis could not be answered."""
    named = type(error)(f"Analysis '{analysis.id}': {error.message}", hint=error.hint)
    return named.with_traceback(error.__traceback__)


@cache
def _room(kind: str) -> Callable[[Any, AnalysisSet], Answer]:
    """What answers analyses of a kind, imported when first asked: the first page waits for one kind only."""
    answer: Callable[[Any, AnalysisSet], Answer] = getattr(
        import_module(f"core.answers.{_ROOMS[kind]}"), f"{kind}_answer"
    )
    return answer


# Kinds that read dates of the patients' table by what they are, without naming them.
_OF_DATES = frozenset(("adverse_event_time", "patient_profile", "treatment_course", "lesion_recurrence"))
# The module of core.answers that holds each kind's function, called after the kind.
_ROOMS = {
    "kaplan_meier": "survival",
    "compare": "comparison",
    "cox": "regression",
    "proportional_hazards": "regression",
    "cumulative_incidence": "survival",
    "state_occupancy": "recurrence",
    "lesion_recurrence": "lesions",
    "fine_gray": "regression",
    "subgroups": "regression",
    "adjusted_survival": "adjusted",
    "cut_point": "adjusted",
    "quantile_groups": "biomarker",
    "immortal_time": "bias",
    "balance": "balance",
    "baseline": "tables",
    "adverse_events": "tables",
    "adverse_event_time": "adverse_event_time",
    "response": "response",
    "patient_profile": "profile",
    "treatment_course": "treatment",
    "flow": "tables",
}
