"""What a Kaplan-Meier analysis can be asked beside its curves.

Belongs here: the keys of each of these options. Does not belong here: the analysis that has them
(``core.spec_analyses``).
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from core.spec_part import Part, Unit

RiskTableStyle: TypeAlias = Literal["at-risk", "at-risk-events", "kmunicate", "none"]
SEED = 20250101
BOOTSTRAP_DRAWS = 1_000
BAND_DRAWS = 10_000


class HazardSpec(Part):
    """The hazard over time, smoothed with a kernel; both are chosen from the data unless given.

    Attributes
    ----------
    bandwidth : float, optional
        Half the width of the window, in the unit of the endpoint.
    until : float, optional
        End of the curve.
    """

    bandwidth: Annotated[float, Field(gt=0)] | None = None
    until: Annotated[float, Field(gt=0)] | None = None


class CompletenessSpec(Part):
    """How much of the follow-up that was possible took place; possible until a time or a day.

    Attributes
    ----------
    horizon : float, optional
        A time since time zero, in the unit of the endpoint.
    closed_on : str, optional
        The day the data were closed: a date such as ``2024-05-31``, or a column of dates.

    Notes
    -----
    With neither, the latest date of an endpoint that is read from dates, otherwise the longest follow-up.
    """

    horizon: Annotated[float, Field(gt=0)] | None = None
    closed_on: Annotated[str, Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _one_end(self) -> CompletenessSpec:
        if self.horizon is not None and self.closed_on is not None:
            raise ValueError("completeness takes horizon or closed_on, not both")
        return self


class MedianDifferenceSpec(Part):
    """Bootstrap of the difference of two groups' medians."""

    draws: Annotated[int, Field(ge=2)] = BOOTSTRAP_DRAWS
    seed: Annotated[int, Field(ge=0)] = SEED


class BandSpec(Part):
    """Limits of a difference of curves that hold at all times of a range together.

    Attributes
    ----------
    start, until : float, optional
        The range, in the unit of the endpoint; chosen by the data unless given.
    draws, seed : int
        Of the Gaussian multipliers.
    """

    start: Annotated[float, Field(ge=0)] | None = None
    until: Annotated[float, Field(gt=0)] | None = None
    draws: Annotated[int, Field(ge=100, le=100_000)] = BAND_DRAWS
    seed: Annotated[int, Field(ge=0)] = SEED

    @model_validator(mode="after")
    def _in_order(self) -> BandSpec:
        if self.start is not None and self.until is not None and self.start >= self.until:
            raise ValueError("the band's start must be before its until")
        return self


class DifferenceCurveSpec(Part):
    """Difference of two groups' curves over time, ``level`` minus ``reference``.

    Attributes
    ----------
    level, reference : str, optional
        Of two groups the other one, and the reference; more groups must name both.
    band : BandSpec, optional
        Limits for all times together, beside those of each time.
    """

    level: str | None = None
    reference: str | None = None
    band: BandSpec | None = None


class SurvivalFigureSpec(Part):
    """How the curves are drawn: what a reader takes from the picture is part of the analysis.

    Attributes
    ----------
    risk_table : {'at-risk', 'at-risk-events', 'kmunicate', 'none'}
        Under the time axis: ``22``; ``22 (6)``; or three rows a group, at risk, censored and events.
    unit : {'days', 'weeks', 'months', 'years'}, optional
        What the time axis counts in; the endpoint's unit unless given, years where follow-up is longer than ten.
    every : float, optional
        Step between its ticks, in that unit.
    until : float, optional
        Its end, in that unit.
    medians, landmarks : bool
        Lines to the medians; lines at the analysis' ``times``, with the value of each curve.
    """

    risk_table: RiskTableStyle = "at-risk-events"
    unit: Unit | None = None
    every: Annotated[float, Field(gt=0)] | None = None
    until: Annotated[float, Field(gt=0)] | None = None
    medians: bool = False
    landmarks: bool = False
