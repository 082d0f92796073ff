"""Every page that can be put into the report, and what draws it there: the functions that draw the page's own files.

Belongs here: which page has which. Does not belong here: what a page shows (its own module).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from core.cohort.cohort import Cohort
from core.result import AnalysisResult
from core.spec import DrawnSpec, ReportPage, ReportPartSpec
from ui import (
    adjusted,
    balance,
    baseline,
    biomarkers,
    competing,
    competing_factors,
    conventions,
    cut_point,
    flow,
    hazards,
    immortal_time,
    lesions,
    model_building,
    over_time,
    panels,
    proportionality,
    response,
    safety,
    safety_survival,
    states,
    subgroups,
    survival_figure,
    treatment,
)
from ui.shown import Shown
from ui.survival import SurvivalResults, hazard_ratio_of

Results: TypeAlias = Sequence[AnalysisResult | None]
_One: TypeAlias = Callable[[Cohort, AnalysisResult, DrawnSpec], Shown]


def shown(cohort: Cohort, part: ReportPartSpec, results: Results) -> Shown | None:
    """What the part shows; None where its first question has no answer.

    Parameters
    ----------
    results : sequence
        One per analysis of the part, None for those that could not be answered.

    Raises
    ------
    CohortError
        If what it shows is not in these patients any more.
    """
    if part.page == "side-by-side":
        made = panels.of_part(part, results)
        return panels.exported(cohort, made) if made else None
    first, *others = results
    if first is None:
        return None
    answered = [one for one in others if one is not None]
    if part.page == "survival":
        return survival_figure.exported(cohort, _survival(first, answered), part.drawn)
    if part.page == "two-hazards":
        return competing_factors.exported(cohort, first, answered[0]) if answered else None
    if part.page == "conventions":
        return conventions.exported([first, *answered])
    return _DRAWN[part.page](cohort, first, part.drawn)


def _survival(curves: AnalysisResult, others: Sequence[AnalysisResult]) -> SurvivalResults:
    found = {one.kind: one for one in others}
    cox = found.get("cox")
    ratio = hazard_ratio_of(cox)
    return SurvivalResults(curves=curves, comparison=found.get("compare"), cox=cox, hazard_ratio=ratio, notes=())


_DRAWN: Mapping[ReportPage, _One] = {
    "hazards": lambda cohort, result, _: hazards.exported(cohort, result),
    "curve": lambda cohort, result, drawn: model_building.curve_exported(cohort, result, drawn.column),
    "proportional-hazards": lambda cohort, result, _: proportionality.exported(cohort, result),
    "subgroups": lambda cohort, result, _: subgroups.exported(cohort, result),
    "adjusted": adjusted.exported,
    "cut-point": lambda cohort, result, _: cut_point.exported(cohort, result),
    "adverse-events": safety.exported,
    "survival-after-event": lambda cohort, result, _: safety_survival.exported(cohort, result),
    "events-over-time": over_time.exported,
    "baseline": lambda cohort, result, _: baseline.exported(cohort, result),
    "response": lambda cohort, result, _: response.exported(cohort, result),
    "waterfall": lambda cohort, result, _: response.sizes_exported(cohort, result, "waterfall"),
    "spider": lambda cohort, result, _: response.sizes_exported(cohort, result, "spider"),
    "treatment": lambda cohort, result, _: treatment.exported(cohort, result),
    "competing-events": competing.exported,
    "states": lambda cohort, result, _: states.exported(cohort, result),
    "lesions": lambda cohort, result, _: lesions.exported(cohort, result),
    "biomarkers": lambda cohort, result, _: biomarkers.exported(cohort, result),
    "immortal-time": lambda cohort, result, _: immortal_time.exported(cohort, result),
    "simon-makuch": lambda cohort, result, _: immortal_time.curves_exported(cohort, result),
    "balance": lambda cohort, result, _: balance.exported(cohort, result),
    "alike": lambda cohort, result, _: balance.alike(cohort, result),
    "flow": lambda cohort, result, _: flow.exported(cohort, result),
}
