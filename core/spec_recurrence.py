"""What is asked about recurrence beside cumulative incidence: states over time, and single lesions.

Belongs here: the keys of these kinds. Does not belong here: whether a column exists (that needs the cohort).
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from core.spec_analysis import AnalysisBase

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
