"""The kinds of analysis that are not about time to event: who the patients are, adverse events, response, flow.

Belongs here: their keys and defaults. Does not belong here: analyses of time to event (``core.spec_analyses``).
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from core.spec_analysis import AnalysisBase, named_once
from core.spec_part import Part, Scalar

BaselineTest: TypeAlias = Literal["auto", "welch", "student", "wilcoxon", "pearson", "fisher", "trend", "none"]


class BaselineSpec(AnalysisBase):
    """Table 1 by group.

    ``multiple`` puts columns of yes and no under one heading: a patient may have several of them. ``tests`` and
    ``summaries`` choose for single variables; ``number_test`` and ``summary`` are the rule for the others.
    """

    kind: Literal["baseline"]
    variables: tuple[str, ...] = Field(min_length=1)
    multiple: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    number_test: Literal["auto", "t", "wilcoxon"] = "auto"
    tests: dict[str, BaselineTest] = Field(default_factory=dict)
    summary: Literal["auto", "mean", "median"] = "auto"
    summaries: dict[str, Literal["mean", "median"]] = Field(default_factory=dict)
    percent: Literal["column", "row"] = "column"
    percent_of: Literal["known", "all"] = "known"
    missing: Literal["row", "excluded"] = "row"
    total: bool = True
    decimals: Annotated[int, Field(ge=0, le=4)] | None = None
    percent_decimals: Annotated[int, Field(ge=0, le=2)] = 1

    @model_validator(mode="after")
    def _under_one_heading(self) -> BaselineSpec:
        named_once(tuple(name for names in self.multiple.values() for name in names), "column of 'multiple'")
        return self


DifferenceMethod: TypeAlias = Literal["miettinen-nurminen", "newcombe", "wald"]
IntervalMethod: TypeAlias = Literal["clopper-pearson", "wilson", "jeffreys", "agresti-coull", "wald"]
OddsRatioMethod: TypeAlias = Literal["conditional", "woolf"]
Criteria: TypeAlias = Literal["recist-1.1", "mrecist"]
ResponseCategory: TypeAlias = Literal["CR", "PR", "SD", "PD", "NE"]


RiskRatioMethod: TypeAlias = Literal["koopman", "katz"]
EventKind: TypeAlias = Literal["all", "related", "immune-mediated", "serious", "stopped", "changed"]


Picture: TypeAlias = Literal["butterfly", "dots", "volcano", "heat-map", "timeline"]
EventOrder: TypeAlias = Literal["class", "frequency", "grade3", "difference", "p", "name"]


class AdverseEventsShow(Part):
    """What is shown of adverse events, and in what order; it changes no number.

    ``picture`` is drawn of at most ``most_terms`` terms; dots and volcano of any grade or of grade 3 or more
    (``severity``), the volcano of ``level`` against the reference with ``effect`` as its axis. Terms are left out of
    pictures and tables where no group has ``min_percent`` of its patients with them, where no two groups differ by
    ``min_difference`` percentage points, and where their names lack ``search``.
    """

    picture: Picture = "butterfly"
    severity: Literal["any", "grade3plus"] = "any"
    effect: Literal["difference", "risk-ratio"] = "difference"
    level: str | None = None
    sort: EventOrder = "frequency"
    min_percent: Annotated[float, Field(ge=0, le=100)] = 0
    min_difference: Annotated[float, Field(ge=0, le=100)] = 0
    search: str = ""
    most_terms: Annotated[int, Field(ge=1)] = 40


class AdverseEventsSpec(AnalysisBase):
    """Adverse events by group, worst grade per patient and term, or every event (``count``).

    ``events`` keeps the events of one kind; ``population`` is who counts in the denominators: the safety population
    where a column says who belongs to it, or all. ``merge_terms`` gives several spellings of a term one name;
    with ``grades_in_terms`` an event without a grade has the one written in its term.
    ``exposure`` names the endpoint whose follow-up is the time at risk of incidence rates; ``show`` says what of all
    this is shown.
    """

    kind: Literal["adverse_events"]
    classes: tuple[str, ...] | None = None
    events: EventKind = "all"
    count: Literal["patients", "events"] = "patients"
    population: Literal["safety", "all"] = "safety"
    merge_terms: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    grades_in_terms: bool = False
    exposure: str | None = None
    difference: DifferenceMethod = "miettinen-nurminen"
    risk_ratio: RiskRatioMethod | None = None
    odds_ratio: OddsRatioMethod | None = None
    test: Literal["fisher", "barnard"] = "fisher"
    show: AdverseEventsShow = Field(default_factory=AdverseEventsShow)


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


class TreatmentCourseSpec(AnalysisBase):
    """Treatment sessions and doses of each patient over time, and dose against outcome.

    ``endpoint`` ends a course (its event is death), ``progression`` is marked on it.
    """

    kind: Literal["treatment_course"]
    endpoint: str
    progression: str | None = None
    dose: Literal["energy_per_volume", "energy", "volume", "time"] = "energy_per_volume"


class PatientProfileSpec(AnalysisBase):
    """One patient's course; ``patient`` as the patients' table names it."""

    kind: Literal["patient_profile"]
    patient: str
    endpoint: str
    progression: str | None = None


class FlowSpec(AnalysisBase):
    """The flow of patients into an analysis, of an endpoint where one is named."""

    kind: Literal["flow"]
    endpoint: str | None = None
