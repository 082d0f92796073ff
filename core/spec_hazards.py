"""What is asked of a proportional-hazards model: covariates, curves, interactions, and how it is fitted.

Belongs here: the keys of Cox regression and of the test of its assumption. Does not belong here: whether a column
exists (that needs the cohort).
"""

from __future__ import annotations

from itertools import chain, pairwise
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, field_validator, model_validator

from core.spec_analysis import AnalysisBase, named_once
from core.spec_bias import Outcome
from core.spec_missing import ImputationSpec, Missing, refuse_with_imputation
from core.spec_part import Part, Scalar, Unit

Ties: TypeAlias = Literal["efron", "breslow"]
Intervals: TypeAlias = Literal["wald", "profile"]
CoxTies: TypeAlias = Literal["efron", "breslow", "exact"]
TimeTransform: TypeAlias = Literal["km", "rank", "identity", "log"]
CoxMode: TypeAlias = Literal["univariable", "multivariable", "univariable-then-multivariable", "backward"]
SplineKnots: TypeAlias = int | tuple[float, ...]


class RegressionSpec(AnalysisBase):
    """What every regression has: an endpoint and covariates with their reference levels."""

    endpoint: str
    covariates: tuple[str, ...] = Field(min_length=1)
    references: dict[str, Scalar] = Field(default_factory=dict)

    @field_validator("covariates")
    @classmethod
    def _once(cls, covariates: tuple[str, ...]) -> tuple[str, ...]:
        return named_once(covariates, "covariate")


class TimeDependent(Part):
    """A treatment that starts during follow-up: false before, true from then on.

    Attributes
    ----------
    starts : str
        Column with the time since time zero, or with the date where the endpoint is built from dates; empty: never.
    unit : str, optional
        Of the time; the endpoint's own unless given.
    """

    starts: str
    unit: Unit | None = None


class HazardModelSpec(RegressionSpec):
    """What a proportional-hazards model may hold beside straight lines: curves and interactions."""

    splines: dict[str, SplineKnots] = Field(default_factory=dict)
    interactions: tuple[tuple[str, str], ...] = ()
    time_dependent: dict[str, TimeDependent] = Field(default_factory=dict)

    @field_validator("splines")
    @classmethod
    def _three_to_seven(cls, splines: dict[str, SplineKnots]) -> dict[str, SplineKnots]:
        for name, knots in splines.items():
            n_knots = knots if isinstance(knots, int) else len(knots)
            if not 3 <= n_knots <= 7:
                raise ValueError(f"the curve of '{name}' needs 3 to 7 knots, not {n_knots}")
            if not isinstance(knots, int) and any(b <= a for a, b in pairwise(knots)):
                raise ValueError(f"the knots of '{name}' do not ascend")
        return splines

    @model_validator(mode="after")
    def _of_covariates(self) -> Self:
        named = (
            ("splines", self.splines),
            ("interactions", chain.from_iterable(self.interactions)),
            ("time_dependent", self.time_dependent),
        )
        for what, names in named:
            for name in names:
                if name not in self.covariates:
                    raise ValueError(f"'{name}' of {what} is not among the covariates")
        for a, b in self.interactions:
            if a == b:
                raise ValueError(f"'{a}' cannot interact with itself")
            if curved := [name for name in (a, b) if name in self.splines]:
                raise ValueError(f"'{curved[0]}' acts along a curve and cannot interact as well: choose one of the two")
        named_once(tuple("\n".join(sorted(pair)) for pair in self.interactions), "pair of interactions")
        return self


class CoxSpec(HazardModelSpec):
    """Proportional-hazards regression.

    ``event`` names one of several competing events: the hazard of that one, all others censored. Without it the event
    is the endpoint's own, competing events censored too.
    """

    kind: Literal["cox"]
    event: str | None = None
    mode: CoxMode = "multivariable"
    enter_below: Annotated[float, Field(gt=0, le=1)] = 0.1
    forced: tuple[str, ...] = ()
    diagnostics: bool = False
    ties: CoxTies = "efron"
    strata: tuple[str, ...] = ()
    weights: str | None = None
    cluster: str | None = None
    penalty: Literal["firth"] | None = None
    intervals: Intervals = "wald"
    time_splits: dict[str, tuple[Annotated[float, Field(gt=0)], ...]] = Field(default_factory=dict)
    e_values: Outcome | None = None
    missing: Missing = "leave-out"
    imputation: ImputationSpec = ImputationSpec()

    @model_validator(mode="after")
    def _kept(self) -> Self:
        for name in self.forced:
            if name not in self.covariates:
                raise ValueError(f"'{name}' of forced is not among the covariates")
        refuse_with_imputation(self)
        return self

    @model_validator(mode="after")
    def _splits_fit(self) -> Self:
        crossed = set(chain.from_iterable(self.interactions))
        for name, cuts in self.time_splits.items():
            if name not in self.covariates:
                raise ValueError(f"'{name}' of time_splits is not among the covariates")
            if not cuts or any(b <= a for a, b in pairwise(cuts)):
                raise ValueError(f"the times at which '{name}' is split do not ascend")
            if name in self.splines or name in crossed:
                raise ValueError(f"'{name}' has a hazard ratio per period and cannot act along a curve or interact")
        return self


class ProportionalHazardsSpec(HazardModelSpec):
    """Whether the hazard ratios of a Cox model stay the same over time."""

    kind: Literal["proportional_hazards"]
    transform: TimeTransform = "km"
    ties: Ties = "efron"
    strata: tuple[str, ...] = ()
    weights: str | None = None
