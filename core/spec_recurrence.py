"""What is asked about recurrence beside cumulative incidence: states over time, and single lesions.

Belongs here: the keys of these kinds. Does not belong here: whether a column exists (that needs the cohort).
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, field_validator

from core.spec_analysis import AnalysisBase, named_once
from core.spec_endpoint import EndpointSpec

ConfType: TypeAlias = Literal["log-log", "log", "plain"]


class StateOccupancySpec(AnalysisBase):
    """Who is event-free, alive after the event, or dead, over time.

    Attributes
    ----------
    endpoint : str
        Its event is the one that patients live on after: recurrence, progression.
    death : str, optional
        The endpoint whose event is death of any cause; ``OS`` unless given.
    by_type : bool
        Each value that means the event leads to a state of its own.
    times, tau
        In the unit of the endpoint: where shares are read, and up to where the mean time in each state is counted.
    """

    kind: Literal["state_occupancy"]
    endpoint: str
    death: str | None = None
    by_type: bool = False
    conf_type: ConfType = "log-log"
    times: tuple[Annotated[float, Field(ge=0)], ...] = ()
    tau: Annotated[float, Field(gt=0)] | None = None


class LesionRecurrenceSpec(AnalysisBase):
    """Local progression of each ablated lesion, errors robust to lesions of one patient being alike.

    Attributes
    ----------
    progression : EndpointSpec, optional
        Columns of the table of lesions with time and event; recognised unless given.
    factors : tuple of str, optional
        Columns of that table by which lesions are compared; those recognised as size, vessel distance, margin and
        completeness unless given. The patients' group, where there is one, comes last.
    bands : dict of column to cut-points
        In the column's unit; a value equal to one belongs to the band below.
    covariates : tuple of str, optional
        Of the model of all together, numbers as they are; the factors unless given, none where empty.
    times : tuple of float
    """

    kind: Literal["lesion_recurrence"]
    progression: EndpointSpec | None = None
    factors: tuple[str, ...] | None = None
    bands: dict[str, tuple[float, ...]] = Field(default_factory=dict)
    covariates: tuple[str, ...] | None = None
    conf_type: ConfType = "log-log"
    times: tuple[Annotated[float, Field(ge=0)], ...] = ()

    @field_validator("factors", "covariates")
    @classmethod
    def _once(cls, names: tuple[str, ...] | None) -> tuple[str, ...] | None:
        return None if names is None else named_once(names, "column")
