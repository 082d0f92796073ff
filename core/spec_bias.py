"""What is asked about bias: how much of a difference is immortal time.

Belongs here: the keys of these kinds. Does not belong here: whether a column exists (that needs the cohort).
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, field_validator, model_validator

from core.spec_analysis import AnalysisBase, named_once
from core.spec_part import Scalar, Unit
from core.spec_survival import SEED

CLONE_DRAWS = 200
Outcome: TypeAlias = Literal["auto", "rare", "common"]  # how a hazard ratio becomes a risk ratio for an E-value


class ImmortalTimeSpec(AnalysisBase):
    """Two groups, one of which began after time zero: naive, landmark, time-dependent, clones.

    With ``adverse_event`` the groups are who had that event and who had not; there are no clones, because nobody
    chooses to have one.

    Attributes
    ----------
    starts : str, optional
        Column with the start: times since time zero (in ``unit``), or dates; the one recognised unless given.
    adverse_event : str, optional
        A term, or a kind of events (``immune-mediated``, ``serious``, ...).
    time_zero : str, optional
        Column of dates from which time counts instead of the endpoint's own time zero.
    landmarks : tuple of float, optional
        In the endpoint's unit; 3 and 6 months unless given.
    grace : float, optional
        End of the grace period of the clones; 3 months unless given.
    loss_covariates : tuple of str
        By which the clones that are still followed are weighted for those lost to follow-up.
    """

    kind: Literal["immortal_time"]
    endpoint: str
    starts: str | None = None
    adverse_event: str | None = None
    unit: Unit | None = None
    time_zero: str | None = None
    landmarks: tuple[Annotated[float, Field(gt=0)], ...] | None = None
    grace: Annotated[float, Field(gt=0)] | None = None
    covariates: tuple[str, ...] = ()
    loss_covariates: tuple[str, ...] = ()
    references: dict[str, Scalar] = Field(default_factory=dict)
    draws: Annotated[int, Field(ge=20, le=10_000)] = CLONE_DRAWS
    seed: Annotated[int, Field(ge=0)] = SEED

    @model_validator(mode="after")
    def _one_start(self) -> ImmortalTimeSpec:
        if self.adverse_event is not None and (self.starts is not None or self.time_zero is not None):
            raise ValueError("with 'adverse_event' the events say when it began: leave out 'starts' and 'time_zero'")
        return self

    @field_validator("covariates", "loss_covariates")
    @classmethod
    def _once(cls, covariates: tuple[str, ...]) -> tuple[str, ...]:
        return named_once(covariates, "covariate")
