"""AnalysisSpec: everything that was asked, as one value that reads and writes JSON.

The screen edits it, ``core.run`` computes from it, saved analyses and the headless command are it. Belongs here: the
whole and what its parts must agree on. Does not belong here: the keys of the parts (``core.spec_cohort``,
``core.spec_endpoint``, ``core.spec_selection``, ``core.spec_analyses``), whether a column exists (that needs the
cohort).
"""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel, ValidationError, model_validator

from core.errors import SpecError
from core.spec_analyses import (
    KINDS,
    OWN_EVENT,
    AdjustedSurvivalSpec,
    Adjustment,
    Analysis,
    CompareSpec,
    ConfType,
    CumulativeIncidenceSpec,
    FineGraySpec,
    FlemingHarrington,
    KaplanMeierSpec,
    RankTest,
    SubgroupsSpec,
    Weighting,
)
from core.spec_analysis import ConfLevel
from core.spec_balance import BalanceMethod, BalanceSpec, Estimand, MatchingSpec, NegativeControlSpec
from core.spec_bias import ImmortalTimeSpec, Outcome
from core.spec_cohort import CohortSpec
from core.spec_endpoint import EndpointSpec, PairSpec
from core.spec_faults import json_object, readable
from core.spec_hazards import (
    CoxMode,
    CoxSpec,
    CoxTies,
    HazardModelSpec,
    Intervals,
    ProportionalHazardsSpec,
    RegressionSpec,
    SplineKnots,
    Ties,
    TimeDependent,
    TimeTransform,
)
from core.spec_ledger import LookSpec
from core.spec_missing import ImputationSpec, Missing
from core.spec_numbers import CutPointSpec, QuantileGroupsSpec
from core.spec_part import Kind, Part, Scalar, Unit
from core.spec_patients import (
    AdverseEventsShow,
    AdverseEventsSpec,
    BaselineSpec,
    BaselineTest,
    Criteria,
    DifferenceMethod,
    EventKind,
    EventOrder,
    FlowSpec,
    IntervalMethod,
    OddsRatioMethod,
    PatientProfileSpec,
    Picture,
    ResponseCategory,
    ResponseSpec,
    RiskRatioMethod,
    TreatmentCourseSpec,
)
from core.spec_recurrence import LesionRecurrenceSpec, StateOccupancySpec
from core.spec_report import DrawnSpec, ReportPage, ReportPartSpec
from core.spec_safety import AdverseEventTimeSpec, UndatedRule
from core.spec_selection import CHOSEN, EVENT_OPS, OUTCOME_OPS, REST, FilterOp, FilterSpec, GroupSpec
from core.spec_survival import (
    BandSpec,
    CompletenessSpec,
    DifferenceCurveSpec,
    HazardSpec,
    MedianDifferenceSpec,
    RiskTableStyle,
    SurvivalFigureSpec,
)
from core.spec_values import CleanSpec, CorrectionSpec, DerivedSpec

__all__ = [
    "CHOSEN",
    "EVENT_OPS",
    "KINDS",
    "OUTCOME_OPS",
    "OWN_EVENT",
    "REST",
    "AdjustedSurvivalSpec",
    "Adjustment",
    "AdverseEventTimeSpec",
    "AdverseEventsShow",
    "AdverseEventsSpec",
    "Analysis",
    "AnalysisSpec",
    "BalanceMethod",
    "BalanceSpec",
    "BandSpec",
    "BaselineSpec",
    "BaselineTest",
    "CleanSpec",
    "CohortSpec",
    "CompareSpec",
    "CompletenessSpec",
    "ConfLevel",
    "ConfType",
    "CorrectionSpec",
    "CoxMode",
    "CoxSpec",
    "CoxTies",
    "Criteria",
    "CumulativeIncidenceSpec",
    "CutPointSpec",
    "DerivedSpec",
    "DifferenceCurveSpec",
    "DifferenceMethod",
    "DrawnSpec",
    "EndpointSpec",
    "Estimand",
    "EventKind",
    "EventOrder",
    "FilterOp",
    "FilterSpec",
    "FineGraySpec",
    "FlemingHarrington",
    "FlowSpec",
    "GroupSpec",
    "HazardModelSpec",
    "HazardSpec",
    "ImmortalTimeSpec",
    "ImputationSpec",
    "IntervalMethod",
    "Intervals",
    "KaplanMeierSpec",
    "Kind",
    "LesionRecurrenceSpec",
    "LookSpec",
    "MatchingSpec",
    "MedianDifferenceSpec",
    "Missing",
    "NegativeControlSpec",
    "OddsRatioMethod",
    "Outcome",
    "PairSpec",
    "PatientProfileSpec",
    "Picture",
    "ProportionalHazardsSpec",
    "QuantileGroupsSpec",
    "RankTest",
    "RegressionSpec",
    "ReportPage",
    "ReportPartSpec",
    "ResponseCategory",
    "ResponseSpec",
    "RiskRatioMethod",
    "RiskTableStyle",
    "Scalar",
    "SplineKnots",
    "StateOccupancySpec",
    "SubgroupsSpec",
    "SurvivalFigureSpec",
    "Ties",
    "TimeDependent",
    "TimeTransform",
    "TreatmentCourseSpec",
    "UndatedRule",
    "Unit",
    "Weighting",
]


class AnalysisSpec(Part):
    """The whole question: cohort, filters, group and the analyses; ``looks`` are the comparisons seen so far.

    ``report`` holds what was put into the report, each part with filters, group and analyses of its own.
    """

    cohort: CohortSpec
    filters: tuple[FilterSpec, ...] = ()
    group: GroupSpec | None = None
    analyses: tuple[Analysis, ...] = ()
    looks: tuple[LookSpec, ...] = ()
    report: tuple[ReportPartSpec, ...] = ()

    @model_validator(mode="after")
    def _named_once(self) -> AnalysisSpec:
        everything = [analysis for _, analysis in self.questions]
        ids = [analysis.id for analysis in everything]
        if len(set(ids)) != len(ids):
            raise ValueError("two analyses have the same id")
        for analysis in everything:
            endpoint = getattr(analysis, "endpoint", None)
            if endpoint is not None and endpoint not in self.cohort.endpoints:
                raise ValueError(
                    f"analysis '{analysis.id}' asks for endpoint '{endpoint}', which is not defined; "
                    f"defined: {', '.join(self.cohort.endpoints) or 'none'}"
                )
        return self

    @property
    def questions(self) -> tuple[tuple[AnalysisSpec, Analysis], ...]:
        """Every analysis, those of the report last, each with the specification whose filters and group it has."""
        of_report = ((self.of_part(part), analysis) for part in self.report for analysis in part.analyses)
        return (*((self, analysis) for analysis in self.analyses), *of_report)

    def of_part(self, part: ReportPartSpec) -> AnalysisSpec:
        """What a part of the report asks, as a specification of its own: its filters, group and analyses."""
        asked = {"filters": part.filters, "group": part.group, "analyses": part.analyses, "report": ()}
        return self.model_copy(update=asked)

    @classmethod
    def from_json(cls, text: str) -> AnalysisSpec:
        """Read a specification; every fault is one ``SpecError`` that says where."""
        raw = json_object(text)
        try:
            return cls.model_validate(raw)
        except ValidationError as error:
            raise readable(error, raw, top=cls, parts=_PARTS, kinds=tuple(KINDS)) from None

    @classmethod
    def from_file(cls, path: Path) -> AnalysisSpec:
        """Read a specification file (UTF-8)."""
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise SpecError(f"Cannot read the specification '{path.name}': {error}.") from None
        return cls.from_json(text)

    def to_json(self) -> str:
        """The specification as JSON, defaults left out."""
        written = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return json.dumps(written, indent=2, ensure_ascii=False)


_PARTS: dict[str, type[BaseModel]] = {
    "cohort": CohortSpec, "endpoints": EndpointSpec, "also": PairSpec, "clean": CleanSpec, "derived": DerivedSpec,
    "filters": FilterSpec, "group": GroupSpec, "where": FilterSpec,
    "FlemingHarrington": FlemingHarrington, "time_dependent": TimeDependent,
    "hazard": HazardSpec, "completeness": CompletenessSpec,
    "median_difference": MedianDifferenceSpec, "looks": LookSpec,
    "report": ReportPartSpec, "drawn": DrawnSpec, "show": AdverseEventsShow, **KINDS
}  # fmt: skip
