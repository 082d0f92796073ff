"""Specification and cohort to results: the one place where every room of the core meets.

Belongs here: which patients each analysis is of, and the notes that concern all of them. Does not belong here: the
columns and options of one kind (``core.answers``), statistics, words for tables.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from core.answers import (
    adjusted,
    adverse_event_time,
    balance,
    bias,
    biomarker,
    comparison,
    lesions,
    profile,
    recurrence,
    regression,
    response,
    survival,
    tables,
    treatment,
)
from core.answers.subset import Answer
from core.cohort.cohort import Cohort
from core.cohort.select import AnalysisSet, analysis_set
from core.errors import CohortError
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
    """Answer every analysis of a specification.

    Parameters
    ----------
    spec : AnalysisSpec
    cohort : Cohort
        Loaded from ``spec.cohort``, or the one on screen.

    Returns
    -------
    dict of analysis id to AnalysisResult
        In the order of the specification.

    Raises
    ------
    CohortError
        If one analysis cannot be answered; the message names it.
    """
    return {analysis.id: run_analysis(spec, cohort, analysis) for analysis in spec.analyses}


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
        value, subset, notes = _ROOMS[analysis.kind](analysis, subset)
    except CohortError as error:
        raise _named(error, analysis) from error
    said = (
        *(exclusion_sentence(exclusion) for exclusion in subset.exclusions),
        *subset.notes,
        *notes,
        *value.notes,
        *_derivations(spec, cohort, analysis),
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
    if not cohort.spec.derived:
        return ()
    filters = [one.column for one in (*spec.filters, *analysis.filters)]
    group = _group(spec, analysis)
    asked = analysis.model_dump_json()
    used = {name for name in cohort.spec.derived if name in filters or json.dumps(name, ensure_ascii=False) in asked}
    used |= {group.column} if group is not None else set()
    return tuple(issue.message for issue in cohort.issues if issue.code == "derived" and issue.column in used)


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


_ROOMS: dict[str, Callable[[Any, AnalysisSet], Answer]] = {
    "kaplan_meier": survival.kaplan_meier_answer,
    "compare": comparison.compare_answer,
    "cox": regression.cox_answer,
    "proportional_hazards": regression.proportional_hazards_answer,
    "cumulative_incidence": survival.cumulative_incidence_answer,
    "state_occupancy": recurrence.state_occupancy_answer,
    "lesion_recurrence": lesions.lesion_recurrence_answer,
    "fine_gray": regression.fine_gray_answer,
    "subgroups": regression.subgroups_answer,
    "adjusted_survival": adjusted.adjusted_survival_answer,
    "cut_point": adjusted.cut_point_answer,
    "quantile_groups": biomarker.quantile_groups_answer,
    "immortal_time": bias.immortal_time_answer,
    "balance": balance.balance_answer,
    "baseline": tables.baseline_answer,
    "adverse_events": tables.adverse_events_answer,
    "adverse_event_time": adverse_event_time.adverse_event_time_answer,
    "response": response.response_answer,
    "patient_profile": profile.patient_profile_answer,
    "treatment_course": treatment.treatment_course_answer,
    "flow": tables.flow_answer,
}
