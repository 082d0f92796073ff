"""Adverse events over time: which events, whose time at risk, and what becomes of events without a start.

Belongs here: the keys of that kind and which combinations make sense. Does not belong here: the table of adverse events
(``core.spec_patients``).
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from core.spec_analysis import AnalysisBase, named_once
from core.spec_part import Unit
from core.spec_patients import EventKind

UndatedRule: TypeAlias = Literal["left-out", "start", "end"]


class AdverseEventTimeSpec(AnalysisBase):
    """Time to the first adverse event, mean number of events per patient, and how long events last.

    Attributes
    ----------
    endpoint : str
        Whose follow-up is the time at risk. Its event, and those that compete with it, end the risk and compete.
    terms, classes, events, min_grade, merge_terms, grades_in_terms
        Which events: any of these terms (all when empty), of these classes, of one kind, of a grade and more.
    population : {'safety', 'all'}
        As in the table of adverse events.
    until : str, optional
        Column with the end of treatment: times since time zero (in ``until_unit``) or dates; empty: not ended.
    window : float
        Days after the end of treatment that still count.
    until_competes : bool
        Whether the end of treatment competes; else patients are censored there.
    undated : {'left-out', 'start', 'end'}
        Events without a start: patients who have no other are left out, or all are counted at time zero (too early), or
        at the end of follow-up (too late).
    times : tuple of float
        Where to read incidence and mean counts, in the unit of the endpoint.
    conf_type : {'log-log', 'log', 'plain'}
        Scale of the limits of incidence and of durations.
    """

    kind: Literal["adverse_event_time"]
    endpoint: str
    terms: tuple[str, ...] = ()
    classes: tuple[str, ...] | None = None
    events: EventKind = "all"
    min_grade: Annotated[int, Field(ge=1, le=5)] | None = None
    merge_terms: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    grades_in_terms: bool = False
    population: Literal["safety", "all"] = "safety"
    until: str | None = None
    until_unit: Unit | None = None
    window: Annotated[float, Field(ge=0)] = 0
    until_competes: bool = False
    undated: UndatedRule = "left-out"
    times: tuple[Annotated[float, Field(ge=0)], ...] = ()
    conf_type: Literal["log-log", "log", "plain"] = "log-log"

    @model_validator(mode="after")
    def _end_of_treatment(self) -> AdverseEventTimeSpec:
        named_once(self.terms, "term")
        if self.until is None and (self.window or self.until_competes or self.until_unit is not None):
            raise ValueError("window, until_unit and until_competes need until, the column with the end of treatment")
        return self
