"""Results of a saved cohort without small numbers: what may be asked, and the protected answers.

Belongs here: the questions behind the page Summary and behind protected files, which must be the same ones. Does not
belong here: protecting the answers (``core.reporting.suppression``), drawing them. The rows are used to compute and are
never drawn.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.cohort.cohort import Cohort
from core.cohort.endpoint_names import is_outcome
from core.cohort.select import levels_of
from core.cohort.study import Study
from core.errors import CohortError, SpecError
from core.reporting.suppression.guard import checked_set, whole_levels
from core.reporting.suppression.linked_counts import SMALLEST_THRESHOLD
from core.reporting.suppression.protected import ProtectedAnswers, protected, protected_hazards
from core.result import AnalysisResult
from core.run import run_analysis
from core.spec import AnalysisSpec, GroupSpec
from ui import session_results
from ui.grouping import candidates
from ui.screen import st
from ui.team import visit

_MOST_VARIABLES = 12
KINDS = ("kaplan_meier", "compare", "cox", "adverse_events", "response")
"""All that can be protected beside Table 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A cohort as selections call it, and what is asked of it."""

    name: str
    endpoint: str | None
    group: GroupSpec | None


def threshold() -> int:
    """Counts below it are small here."""
    project = visit.required().project
    assert project is not None
    return max(project.protected_below, SMALLEST_THRESHOLD)


def offered(cohort: Cohort) -> list[str]:
    """Columns to group by of which every level, and no value, is that of enough patients."""
    kinds = {column.name: column.kind for column in cohort.patients.columns}
    return [
        name for name in candidates(cohort) if kinds[name] == "category" and whole_levels(cohort, name, threshold())
    ]


def checked_group(study: Study, group: GroupSpec | None) -> GroupSpec | None:
    """The grouping as protected answers have it: of a column always the same one.

    Raises
    ------
    SpecError
        If the column is not offered, or its levels are merged or cut otherwise than in the cohort's own grouping: two
        such groupings would differ by a few patients.
    """
    if group is None:
        checked_set(study.cohort, filters=(), group=None, threshold=threshold())
        return None
    own = study.spec.group
    known = own if own is not None and own.column == group.column else GroupSpec(column=group.column)
    if group.column not in offered(study.cohort) or _parts(study, group) != _parts(study, known):
        raise SpecError(
            "Results without small numbers are grouped by a column as it was saved, of which every level is that of "
            f"{threshold()} patients or more.",
            hint="Choose another group at the left, or none.",
        )
    checked_set(study.cohort, filters=(), group=known, threshold=threshold())
    return known


def _parts(study: Study, group: GroupSpec) -> frozenset[frozenset[str]] | None:
    """Which values of the column are one level; None where levels are not made of values."""
    if group.cut is not None or group.where is not None:
        return None
    if group.levels is None:
        return frozenset(frozenset((value,)) for value in levels_of(study.cohort.patients, group.column))
    return frozenset(frozenset(map(str, values)) for values in group.levels.values())


def variables(study: Study) -> tuple[str, ...]:
    """All that a Table 1 of the cohort may show: outcomes have tables of their own, which would tell them twice."""
    response = study.cohort.patients.with_role("best_response")
    named = (*_own(study), *candidates(study.cohort))
    return tuple(dict.fromkeys(name for name in named if name != response and not is_outcome(name)))


def first_variables(study: Study) -> tuple[str, ...]:
    """Those that a Table 1 starts with: of the cohort's own specification, or the first ones."""
    own = [name for name in variables(study) if name in _own(study)]
    return tuple(own) or variables(study)[:_MOST_VARIABLES]


def _own(study: Study) -> tuple[str, ...]:
    return next((tuple(one.variables) for one in study.spec.analyses if one.kind == "baseline"), ())


def answers(
    study: Study, asked: Asked, *, kinds: Collection[str] = KINDS, shown: Collection[str] = ()
) -> ProtectedAnswers:
    """Protected answers of some kinds, and Table 1 of the variables that are ``shown``; made once for a session.

    Raises
    ------
    CohortError
        If they cannot be computed or protected.
    """
    question = f"protected below {threshold()} {asked!r} {sorted(kinds)} {sorted(shown)}"  # not shown
    return session_results.made(study.cohort, asked.name, question, lambda: _made(study, asked, kinds, shown))


def hazards(study: Study, asked: Asked, factors: Sequence[str]) -> ProtectedAnswers:
    """The protected Cox regression of all patients by factors, each alone and together.

    Raises
    ------
    CohortError
        If it cannot be computed or protected, or no factor is left.
    """
    kept = [name for name in factors if name in variables(study)]
    if not kept:
        raise SpecError("None of these factors is in the saved cohort.", hint="Choose other factors.")
    question = f"protected hazards below {threshold()} {asked!r} {kept}"  # not shown

    def make() -> ProtectedAnswers:
        whole = replace(asked, group=None)
        found = {one.kind: one for one in _results(study, whole, ("kaplan_meier",))}
        if "kaplan_meier" not in found:
            raise SpecError("The curves of these patients cannot be made, so no hazard ratios are let out.")
        mode = "univariable-then-multivariable" if len(kept) > 1 else "univariable"
        cox = {"kind": "cox", "endpoint": asked.endpoint, "covariates": kept, "mode": mode, "enter_below": 1.0}
        model = _result(study, whole, {"id": "hazards", **cox})
        return protected_hazards(model, baseline=found["baseline"], curves=found["kaplan_meier"], threshold=threshold())

    return session_results.made(study.cohort, asked.name, question, make)


def _made(study: Study, asked: Asked, kinds: Collection[str], shown: Collection[str]) -> ProtectedAnswers:
    with st.spinner("Protecting small numbers ..."):
        whole = _results(study, replace(asked, group=None), kinds)
        if asked.group is None:
            return protected(whole, threshold(), variables=shown)
        return protected(_results(study, asked, kinds), threshold(), whole=whole, variables=shown)


def _results(study: Study, asked: Asked, kinds: Collection[str]) -> list[AnalysisResult]:
    """The answers that can be given; without Table 1 there are none."""
    results = [_result(study, asked, {"id": "baseline", "kind": "baseline", "variables": variables(study)})]
    for one in _questions(study, asked):
        if one["kind"] in kinds:
            try:
                results.append(_result(study, asked, one))
            except CohortError:
                continue
    return results


def _result(study: Study, asked: Asked, question: dict[str, Any]) -> AnalysisResult:
    spec = AnalysisSpec.model_validate({"cohort": study.cohort.spec, "group": asked.group, "analyses": [question]})
    return run_analysis(spec, study.cohort, spec.analyses[0])


def _questions(study: Study, asked: Asked) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    if asked.endpoint is not None:
        made.append({"id": "km", "kind": "kaplan_meier", "endpoint": asked.endpoint})
        if asked.group is not None:
            made.append({"id": "test", "kind": "compare", "endpoint": asked.endpoint})
            of = [asked.group.column]
            made.append(
                {"id": "cox", "kind": "cox", "endpoint": asked.endpoint, "covariates": of, "mode": "univariable"}
            )
    if study.cohort.adverse_events is not None:
        made.append({"id": "ae", "kind": "adverse_events"})
    if study.cohort.patients.with_role("best_response") is not None:
        made.append({"id": "response", "kind": "response"})
    return made
