"""The kinds of analysis: what each can be asked, and its defaults.

Belongs here: the keys of one analysis and which combinations make sense. Does not belong here: the keys of kinds
that are not about time to event (``core.spec_patients``), the whole specification (``core.spec``), whether a column
exists (that needs the cohort).
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, field_validator, model_validator

from core.spec_analysis import AnalysisBase, named_once
from core.spec_balance import BalanceSpec
from core.spec_bias import ImmortalTimeSpec
from core.spec_hazards import (
    CoxSpec,
    ProportionalHazardsSpec,
    RegressionSpec,
    Ties,
)
from core.spec_numbers import CutPointSpec, QuantileGroupsSpec
from core.spec_part import Part, Scalar
from core.spec_patients import (
    AdverseEventsSpec,
    BaselineSpec,
    FlowSpec,
    PatientProfileSpec,
    ResponseSpec,
    TreatmentCourseSpec,
)
from core.spec_recurrence import LesionRecurrenceSpec, StateOccupancySpec
from core.spec_safety import AdverseEventTimeSpec
from core.spec_survival import (
    SEED,
    CompletenessSpec,
    DifferenceCurveSpec,
    HazardSpec,
    MedianDifferenceSpec,
    SurvivalFigureSpec,
)

ConfType: TypeAlias = Literal["log-log", "log", "plain"]
OWN_EVENT = "event"  # what an analysis may call the endpoint's own event


class KaplanMeierSpec(AnalysisBase):
    """Kaplan-Meier curves by group."""

    kind: Literal["kaplan_meier"]
    endpoint: str
    conf_type: ConfType = "log-log"
    times: tuple[Annotated[float, Field(ge=0)], ...] = ()
    quantiles: tuple[Annotated[float, Field(gt=0, lt=1)], ...] = (0.25, 0.5, 0.75)
    tau: Annotated[float, Field(gt=0)] | None = None
    weights: str | None = None
    cumulative_hazard: bool = False
    hazard: HazardSpec | None = None
    log_log: bool = False
    given: tuple[Annotated[float, Field(ge=0)], ...] = ()
    completeness: CompletenessSpec | None = None
    median_difference: MedianDifferenceSpec | None = None
    difference: DifferenceCurveSpec | None = None
    figure: SurvivalFigureSpec | None = None


class FlemingHarrington(Part):
    """Weights S(t-)^rho (1 - S(t-))^gamma."""

    exponents: tuple[Annotated[float, Field(ge=0)], Annotated[float, Field(ge=0)]] = Field(alias="fleming-harrington")


Weighting: TypeAlias = Literal["logrank", "gehan", "tarone-ware", "peto"] | FlemingHarrington
RankTest: TypeAlias = Weighting | Literal["maxcombo"]  # the largest of several weightings
Adjustment: TypeAlias = Literal["none", "holm", "bonferroni", "bh"]


class CompareSpec(AnalysisBase):
    """Log-rank family tests between groups."""

    kind: Literal["compare"]
    endpoint: str
    weighting: RankTest = "logrank"
    strata: tuple[str, ...] = ()
    pairwise: Adjustment | None = None
    trend: bool = False
    permutations: Annotated[int, Field(ge=1)] | None = None
    seed: Annotated[int, Field(ge=0)] = SEED

    @model_validator(mode="after")
    def _one_weighting_is_permuted(self) -> CompareSpec:
        if self.permutations is not None and self.weighting == "maxcombo":
            raise ValueError("permutations go with one weighting, not with maxcombo")
        return self


class CumulativeIncidenceSpec(AnalysisBase):
    """Cumulative incidence of an endpoint and its competing events, and Gray's test between groups.

    ``by_type`` takes each value that means the event as an event of its own: local, distant, extrahepatic recurrence.
    ``split`` divides early from late events.
    """

    kind: Literal["cumulative_incidence"]
    endpoint: str
    by_type: bool = False
    conf_type: ConfType = "log-log"
    times: tuple[Annotated[float, Field(ge=0)], ...] = ()
    tau: Annotated[float, Field(gt=0)] | None = None
    split: Annotated[float, Field(gt=0)] | None = None
    strata: tuple[str, ...] = ()
    pairwise: Adjustment | None = None
    permutations: Annotated[int, Field(ge=1, le=100_000)] | None = None
    seed: Annotated[int, Field(ge=0)] = SEED


class FineGraySpec(RegressionSpec):
    """Regression of the subdistribution hazard of one event; the endpoint's own unless another is named."""

    kind: Literal["fine_gray"]
    event: str | None = None


class SubgroupsSpec(AnalysisBase):
    """The hazard ratio of two groups in every level of several factors."""

    kind: Literal["subgroups"]
    endpoint: str
    factors: tuple[str, ...] = Field(min_length=1)
    ties: Ties = "efron"

    @field_validator("factors")
    @classmethod
    def _once(cls, factors: tuple[str, ...]) -> tuple[str, ...]:
        return named_once(factors, "factor")


class AdjustedSurvivalSpec(RegressionSpec):
    """Survival of the groups had they the same covariates, and of one patient (``profile``)."""

    kind: Literal["adjusted_survival"]
    times: tuple[Annotated[float, Field(ge=0)], ...] = ()
    profile: dict[str, Scalar] | None = None
    own_baseline: bool = False
    ties: Literal["efron", "breslow"] = "efron"
    strata: tuple[str, ...] = ()
    weights: str | None = None
    conf_type: ConfType = "log-log"


Analysis: TypeAlias = Annotated[
    KaplanMeierSpec
    | CompareSpec
    | CoxSpec
    | ProportionalHazardsSpec
    | CumulativeIncidenceSpec
    | StateOccupancySpec
    | LesionRecurrenceSpec
    | FineGraySpec
    | SubgroupsSpec
    | AdjustedSurvivalSpec
    | CutPointSpec
    | QuantileGroupsSpec
    | ImmortalTimeSpec
    | BalanceSpec
    | BaselineSpec
    | AdverseEventsSpec
    | AdverseEventTimeSpec
    | ResponseSpec
    | TreatmentCourseSpec
    | PatientProfileSpec
    | FlowSpec,
    Field(discriminator="kind"),
]
KINDS: dict[str, type[AnalysisBase]] = {
    "kaplan_meier": KaplanMeierSpec,
    "compare": CompareSpec,
    "cox": CoxSpec,
    "proportional_hazards": ProportionalHazardsSpec,
    "cumulative_incidence": CumulativeIncidenceSpec,
    "state_occupancy": StateOccupancySpec,
    "lesion_recurrence": LesionRecurrenceSpec,
    "fine_gray": FineGraySpec,
    "subgroups": SubgroupsSpec,
    "adjusted_survival": AdjustedSurvivalSpec,
    "cut_point": CutPointSpec,
    "quantile_groups": QuantileGroupsSpec,
    "immortal_time": ImmortalTimeSpec,
    "balance": BalanceSpec,
    "baseline": BaselineSpec,
    "adverse_events": AdverseEventsSpec,
    "adverse_event_time": AdverseEventTimeSpec,
    "response": ResponseSpec,
    "treatment_course": TreatmentCourseSpec,
    "patient_profile": PatientProfileSpec,
    "flow": FlowSpec,
}
