"""The survival page: what is computed, the answer in a sentence, the main table.

The figure is in ``survival_figure``, what one may open and the files in ``survival_details``, widgets that change how
it looks in ``survival_options``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from core.answers.subset import FEW_EVENTS
from core.cohort.cohort import Cohort
from core.errors import CohortError
from core.reporting import survival_tables
from core.reporting.says import says as says_of
from core.result import AnalysisResult
from core.spec import CoxSpec
from core.survival.quantiles import IntervalEstimate
from ui import cached, messages, says, tables
from ui.selection import Selection
from ui.survival_options import SurvivalOptions

MOST_DRAWS, FEWEST_DRAWS = 10_000, 1_000
DEALT = 1_000_000  # patients times permutations that take about a tenth of a second
OPENED = 10  # times as many where somebody opened the table of all tests


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalResults:
    """What the page shows: curves, and with two or more groups the test and (with two) the Cox hazard ratio."""

    curves: AnalysisResult
    comparison: AnalysisResult | None
    hazard_ratio: IntervalEstimate | None
    cox: AnalysisResult | None
    notes: tuple[str, ...]
    incidence: AnalysisResult | None = None
    proportional: AnalysisResult | None = None

    @property
    def stratified(self) -> bool:
        """Whether test and hazard ratio compare within strata only."""
        return self.comparison is not None and bool(getattr(self.comparison.analysis, "strata", ()))


def analyse(cohort: Cohort, selection: Selection, options: SurvivalOptions) -> SurvivalResults:
    """Curves, test and hazard ratio of what is selected; cumulative incidence where other events compete."""
    assert selection.endpoint is not None
    curves = cached.analysis(cohort, selection, options.curves(selection.endpoint))
    groups = curves.subset.groups
    incidence = None
    if any(flags.any() for flags in curves.subset.competing.values()):
        asked = {"kind": "cumulative_incidence", "endpoint": selection.endpoint, "times": options.times}
        incidence = cached.analysis(cohort, selection, {**asked, "conf_level": options.conf_level})
    comparison = cox = proportional = None
    notes: list[str] = []
    if selection.group is not None and len(groups.levels) > 1:
        if options.weights is not None:
            notes.append("The test between the groups counts every patient once; the hazard ratio is weighted.")
        try:
            asked = options.comparison(
                selection.endpoint, pairwise=len(groups.levels) > 2, permutations=permutations(curves)
            )
            comparison = cached.analysis(cohort, selection, asked)
            if len(groups.levels) == 2:
                cox = cached.analysis(cohort, selection, _cox_question(selection, options))
                proportional = _proportional(cohort, selection, cox)
        except CohortError as error:
            notes.append(str(error))
    return SurvivalResults(
        curves=curves,
        comparison=comparison,
        hazard_ratio=hazard_ratio_of(cox),
        cox=cox,
        notes=tuple(notes),
        incidence=incidence,
        proportional=proportional,
    )


def _proportional(cohort: Cohort, selection: Selection, cox: AnalysisResult) -> AnalysisResult | None:
    """Whether one hazard ratio may stand for the whole time: of the plain model, where it can be tested."""
    assert selection.group is not None
    assert isinstance(cox.analysis, CoxSpec)
    if hazard_ratio_of(cox) is None or cox.analysis.strata or cox.analysis.weights is not None:
        return None
    asked = {"kind": "proportional_hazards", "endpoint": selection.endpoint, "covariates": [selection.group.column]}
    return cached.analysis(cohort, selection, asked)


def _cox_question(selection: Selection, options: SurvivalOptions) -> dict[str, object]:
    """The unadjusted hazard ratio, stratified as the test is."""
    assert selection.group is not None
    return {
        "kind": "cox",
        "endpoint": selection.endpoint,
        "covariates": [selection.group.column],
        "strata": options.test.strata,
        "conf_level": options.conf_level,
        "weights": options.weights,
    }


def permutations(curves: AnalysisResult, *, always: bool = False) -> int | None:
    """How many permutations to draw where a group has few events; None elsewhere, and where it would take long."""
    few = any(group.estimate.n_events_total < FEW_EVENTS for group in curves.survival.groups)
    dealt = DEALT * OPENED if always else DEALT
    draws = min(MOST_DRAWS, dealt // max(curves.subset.n, 1))
    return draws if (few or always) and draws >= FEWEST_DRAWS else None


def permutations_of(cohort: Cohort, selection: Selection, asked: dict[str, Any]) -> int | None:
    """As many permutations as this page draws beside the curves that a question asks for."""
    try:
        return permutations(cached.analysis(cohort, selection, asked))
    except CohortError:
        return None


def hazard_ratio_of(cox: AnalysisResult | None) -> IntervalEstimate | None:
    """The ratio of two groups from a model of the group alone; None where there is none."""
    if cox is None or cox.cox.multivariable is None:
        return None
    term = next((term for term in cox.cox.multivariable.terms if math.isfinite(term.hazard_ratio)), None)
    if term is None:
        return None
    return IntervalEstimate(value=term.hazard_ratio, conf_low=term.conf_low, conf_high=term.conf_high)


def headline(cohort: Cohort, results: SurvivalResults) -> None:
    """The answer in a sentence."""
    beside = [one for one in (results.comparison, results.cox, results.proportional) if one is not None]
    says.show(cohort, says_of(results.curves, beside=beside))


def _stands_elsewhere(note: str) -> bool:
    """Notes of quantiles and of Prism's ratios stand under their own tables."""
    return "quantile not reached" in note or "Prism" in note


def show_table(cohort: Cohort, results: SurvivalResults) -> None:
    """The main table, and what must be said about it."""
    main = survival_tables.survival_table(results.curves)
    tables.show(main)
    notes = [*results.notes, *results.curves.notes, *(results.comparison.notes if results.comparison else ())]
    notes = [note for note in notes if not _stands_elsewhere(note)]
    messages.notes(notes, said=main.footnotes, quoted=[column.name for column in cohort.patients.columns])
