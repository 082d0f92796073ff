"""What is asked of two groups that were not drawn by lot: which covariates to balance, how, and for whom.

Belongs here: the keys of this kind. Does not belong here: whether a column exists (that needs the cohort).
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, field_validator, model_validator

from core.spec_analysis import AnalysisBase, named_once
from core.spec_bias import Outcome
from core.spec_missing import ImputationSpec, Missing
from core.spec_part import Part, Scalar
from core.spec_survival import SEED

BalanceMethod: TypeAlias = Literal["iptw", "overlap", "matching", "entropy"]
Estimand: TypeAlias = Literal["ate", "att"]
Share: TypeAlias = Annotated[float, Field(ge=0, le=1)]
BALANCE_DRAWS = 200


class MatchingSpec(Part):
    """How patients are matched on the logit of the propensity score.

    Attributes
    ----------
    caliper : float, optional
        Largest distance, in standard deviations of the logit; none where null.
    ratio : int
        Patients of the reference per patient of the other group.
    replace : bool
        Whether a patient of the reference may be taken several times.
    exact : tuple of str
        Columns in which the matched must be the same.
    """

    caliper: Annotated[float, Field(gt=0)] | None = 0.2
    ratio: Annotated[int, Field(ge=1, le=10)] = 1
    replace: bool = False
    exact: tuple[str, ...] = ()


class NegativeControlSpec(Part):
    """An outcome that the treatment cannot have changed: one of these.

    Attributes
    ----------
    endpoint : str, optional
        Another endpoint of the cohort.
    within : float, optional
        The endpoint itself up to this early time, in its unit.
    column : str, optional
        A number or a category with two levels, known at the start and not among the covariates.
    adverse_event : str, optional
        A term, or a kind of events.
    """

    endpoint: str | None = None
    within: Annotated[float, Field(gt=0)] | None = None
    column: str | None = None
    adverse_event: str | None = None

    @model_validator(mode="after")
    def _one(self) -> NegativeControlSpec:
        given = [name for name in ("endpoint", "within", "column", "adverse_event") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("a negative control is one of endpoint, within, column and adverse_event")
        return self


class BalanceSpec(AnalysisBase):
    """Two groups made alike in their covariates, and their hazard ratio by every method beside the crude one.

    Attributes
    ----------
    splines : dict of covariate to number of knots or knots
        Numbers that enter the propensity score and the models along a curve.
    method : {'iptw', 'overlap', 'matching', 'entropy'}
        The one whose balance, curves and answer are shown; all are computed.
    estimand : {'ate', 'att'}
        For whom IPTW and entropy balancing speak: all patients, or those of the group that is not the reference.
    stabilised : bool
        Weights of IPTW times the share of the patient's own group.
    trim : tuple of two floats, optional
        IPTW of the patients with a propensity score between these (Crump: 0.1 and 0.9), the score fitted again.
    truncate : tuple of two floats, optional
        Weights of IPTW beyond these quantiles are set to them.
    tau : float, optional
        End of the restricted means; the shorter of both groups' follow-up unless given.
    e_values : {'auto', 'rare', 'common'}
        How hazard ratios become ratios of risks for E-values.
    negative_control : NegativeControlSpec, optional
    missing : {'leave-out', 'impute'}
        With imputed covariates the ratios are pooled, and stand beside those of the complete patients.
    imputation : ImputationSpec
    draws, seed : int
        Of the bootstrap of the g-formula.
    """

    kind: Literal["balance"]
    endpoint: str
    covariates: tuple[str, ...] = Field(min_length=1)
    references: dict[str, Scalar] = Field(default_factory=dict)
    splines: dict[str, int | tuple[float, ...]] = Field(default_factory=dict)
    method: BalanceMethod = "iptw"
    estimand: Estimand = "ate"
    stabilised: bool = True
    trim: tuple[Share, Share] | None = None
    truncate: tuple[Share, Share] | None = None
    matching: MatchingSpec = MatchingSpec()
    tau: Annotated[float, Field(gt=0)] | None = None
    e_values: Outcome = "auto"
    negative_control: NegativeControlSpec | None = None
    missing: Missing = "leave-out"
    imputation: ImputationSpec = ImputationSpec()
    draws: Annotated[int, Field(ge=20, le=10_000)] = BALANCE_DRAWS
    seed: Annotated[int, Field(ge=0)] = SEED

    @field_validator("covariates")
    @classmethod
    def _once(cls, covariates: tuple[str, ...]) -> tuple[str, ...]:
        return named_once(covariates, "covariate")

    @field_validator("splines")
    @classmethod
    def _three_to_seven(cls, splines: dict[str, int | tuple[float, ...]]) -> dict[str, int | tuple[float, ...]]:
        for name, knots in splines.items():
            if not 3 <= (knots if isinstance(knots, int) else len(knots)) <= 7:
                raise ValueError(f"the curve of '{name}' needs 3 to 7 knots")
            if not isinstance(knots, int) and any(b <= a for a, b in pairwise(knots)):
                raise ValueError(f"the knots of '{name}' do not ascend")
        return splines

    @model_validator(mode="after")
    def _of_covariates(self) -> BalanceSpec:
        for what, names in (("splines", self.splines), ("references", self.references)):
            for name in names:
                if name not in self.covariates:
                    raise ValueError(f"'{name}' of {what} is not among the covariates")
        for name in self.splines:
            if name in self.references:
                raise ValueError(f"'{name}' acts along a curve and has no reference level")
        for key in ("trim", "truncate"):
            ends = getattr(self, key)
            if ends is not None and not ends[0] < ends[1]:
                raise ValueError(f"the ends of '{key}' do not ascend")
        return self
