"""The kinds of analysis that are not about time to event: who the patients are, adverse events, response, flow.

Belongs here: their keys and defaults. Does not belong here: analyses of time to event (``core.spec_analyses``).
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import Field

from core.spec_analysis import AnalysisBase
from core.spec_part import Scalar


class BaselineSpec(AnalysisBase):
    """Table 1 by group."""

    kind: Literal["baseline"]
    variables: tuple[str, ...] = Field(min_length=1)


DifferenceMethod: TypeAlias = Literal["miettinen-nurminen", "newcombe", "wald"]
IntervalMethod: TypeAlias = Literal["clopper-pearson", "wilson", "jeffreys", "agresti-coull", "wald"]
OddsRatioMethod: TypeAlias = Literal["conditional", "woolf"]
Criteria: TypeAlias = Literal["recist-1.1", "mrecist"]
ResponseCategory: TypeAlias = Literal["CR", "PR", "SD", "PD", "NE"]


class AdverseEventsSpec(AnalysisBase):
    """Adverse events by group, worst grade per patient and term."""

    kind: Literal["adverse_events"]
    classes: tuple[str, ...] | None = None
    difference: DifferenceMethod = "miettinen-nurminen"


class ResponseSpec(AnalysisBase):
    """Best response by group: objective response and disease control.

    ``column`` is found by its role where it is not named; ``values`` says what its values mean where they are codes.
    With ``source`` lesions the best response is computed from measured lesions by ``criteria``; ``duration`` then names
    the endpoint whose event ends a response.
    """

    kind: Literal["response"]
    source: Literal["column", "lesions"] = "column"
    criteria: Criteria = "recist-1.1"
    confirmed: bool = False
    duration: str | None = None
    column: str | None = None
    values: dict[ResponseCategory, tuple[Scalar, ...]] = Field(default_factory=dict)
    denominator: Literal["all", "evaluable"] = "all"
    interval: IntervalMethod = "clopper-pearson"
    difference: DifferenceMethod = "miettinen-nurminen"
    odds_ratio: OddsRatioMethod = "conditional"
    strata: tuple[str, ...] = ()


class FlowSpec(AnalysisBase):
    """The flow of patients into an analysis, of an endpoint where one is named."""

    kind: Literal["flow"]
    endpoint: str | None = None
