"""The result of one analysis: what was asked, of whom, and what came out.

Made by ``core.run``, read by tables, JSON, method texts and charts: one object, so that a number is the same
everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, cast

if TYPE_CHECKING:
    from core.bias.crude_against_adjusted import Balance
    from core.bias.side_by_side import ImmortalTime
    from core.cohort.cut_difference import CutDifference
    from core.cohort.flow import CohortFlow
    from core.cohort.select import AnalysisSet
    from core.patients.baseline import BaselineTable
    from core.patients.profile import PatientProfile
    from core.patients.response import ResponseTable
    from core.patients.treatment import TreatmentCourse
    from core.regression.adjusted_results import AdjustedSurvival
    from core.regression.cut_point import CutPoint
    from core.regression.lesion_recurrence import LesionRecurrence
    from core.regression.proportionality import ProportionalHazards
    from core.regression.quantile_groups import QuantileGroups
    from core.regression.results import CoxAnalysis
    from core.regression.subgroup import SubgroupAnalysis
    from core.safety.adverse_events import AdverseEventTable
    from core.safety.over_time import AdverseEventTime
    from core.spec import Analysis
    from core.survival.compare import Comparison
    from core.survival.incidence_summary import IncidenceSummary
    from core.survival.state_occupancy import StateOccupancy
    from core.survival.summary import SurvivalSummary

    ResultValue: TypeAlias = (
        SurvivalSummary
        | Comparison
        | CoxAnalysis
        | ProportionalHazards
        | IncidenceSummary
        | StateOccupancy
        | LesionRecurrence
        | SubgroupAnalysis
        | AdjustedSurvival
        | CutPoint
        | QuantileGroups
        | ImmortalTime
        | Balance
        | BaselineTable
        | AdverseEventTable
        | AdverseEventTime
        | ResponseTable
        | TreatmentCourse
        | PatientProfile
        | CohortFlow
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, weakref_slot=True)
class AnalysisResult:
    """One analysis, answered.

    Attributes
    ----------
    id, kind : str
        As in the specification.
    value
        Also with its own type under ``survival`` (kind ``kaplan_meier``), ``comparison`` (``compare``), ``incidence``
        (``cumulative_incidence``), and for the other kinds under the kind's name.
    subset : AnalysisSet
        The patients it was computed from, their groups, and who was left out.
    analysis : Analysis
        The options asked for.
    notes : tuple of str
        Exclusions first, then what limits the conclusion, then what the estimators say.
    """

    id: str
    kind: str
    value: ResultValue
    subset: AnalysisSet
    analysis: Analysis
    notes: tuple[str, ...] = ()

    @property
    def survival(self) -> SurvivalSummary:
        """The value of a ``kaplan_meier`` result."""
        return cast("SurvivalSummary", self._of("kaplan_meier"))

    @property
    def comparison(self) -> Comparison:
        """The value of a ``compare`` result."""
        return cast("Comparison", self._of("compare"))

    @property
    def cox(self) -> CoxAnalysis:
        """The value of a ``cox`` result."""
        return cast("CoxAnalysis", self._of("cox"))

    @property
    def proportional_hazards(self) -> ProportionalHazards:
        """The value of a ``proportional_hazards`` result."""
        return cast("ProportionalHazards", self._of("proportional_hazards"))

    @property
    def incidence(self) -> IncidenceSummary:
        """The value of a ``cumulative_incidence`` result."""
        return cast("IncidenceSummary", self._of("cumulative_incidence"))

    @property
    def state_occupancy(self) -> StateOccupancy:
        """The value of a ``state_occupancy`` result."""
        return cast("StateOccupancy", self._of("state_occupancy"))

    @property
    def lesion_recurrence(self) -> LesionRecurrence:
        """The value of a ``lesion_recurrence`` result."""
        return cast("LesionRecurrence", self._of("lesion_recurrence"))

    @property
    def fine_gray(self) -> CoxAnalysis:
        """The value of a ``fine_gray`` result; its hazard ratios are of the subdistribution."""
        return cast("CoxAnalysis", self._of("fine_gray"))

    @property
    def subgroups(self) -> SubgroupAnalysis:
        """The value of a ``subgroups`` result."""
        return cast("SubgroupAnalysis", self._of("subgroups"))

    @property
    def adjusted_survival(self) -> AdjustedSurvival:
        """The value of an ``adjusted_survival`` result."""
        return cast("AdjustedSurvival", self._of("adjusted_survival"))

    @property
    def cut_point(self) -> CutPoint:
        """The value of a ``cut_point`` result."""
        return cast("CutPoint", self._of("cut_point"))

    @property
    def quantile_groups(self) -> QuantileGroups:
        """The value of a ``quantile_groups`` result."""
        return cast("QuantileGroups", self._of("quantile_groups"))

    @property
    def immortal_time(self) -> ImmortalTime:
        """The value of an ``immortal_time`` result."""
        return cast("ImmortalTime", self._of("immortal_time"))

    @property
    def balance(self) -> Balance:
        """The value of a ``balance`` result."""
        return cast("Balance", self._of("balance"))

    @property
    def baseline(self) -> BaselineTable:
        """The value of a ``baseline`` result."""
        return cast("BaselineTable", self._of("baseline"))

    @property
    def adverse_events(self) -> AdverseEventTable:
        """The value of an ``adverse_events`` result."""
        return cast("AdverseEventTable", self._of("adverse_events"))

    @property
    def adverse_event_time(self) -> AdverseEventTime:
        """The value of an ``adverse_event_time`` result."""
        return cast("AdverseEventTime", self._of("adverse_event_time"))

    @property
    def response(self) -> ResponseTable:
        """The value of a ``response`` result."""
        return cast("ResponseTable", self._of("response"))

    @property
    def patient_profile(self) -> PatientProfile:
        """The value of a ``patient_profile`` result."""
        return cast("PatientProfile", self._of("patient_profile"))

    @property
    def treatment_course(self) -> TreatmentCourse:
        """The value of a ``treatment_course`` result."""
        return cast("TreatmentCourse", self._of("treatment_course"))

    @property
    def flow(self) -> CohortFlow:
        """The value of a ``flow`` result."""
        return cast("CohortFlow", self._of("flow"))

    def _of(self, kind: str) -> ResultValue:
        if self.kind != kind:
            raise TypeError(f"'{self.id}' is a result of kind {self.kind}, not {kind}")
        return self.value


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ResultPair:
    """One analysis, answered in two cuts of the data.

    Attributes
    ----------
    before : AnalysisResult or None
        None where the earlier cut cannot answer it.
    after : AnalysisResult
    why_not : str
        Why the earlier cut cannot.
    """

    before: AnalysisResult | None
    after: AnalysisResult
    why_not: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DataCuts:
    """Two cuts of the data: what differs, and the results of both."""

    difference: CutDifference
    results: tuple[ResultPair, ...]
