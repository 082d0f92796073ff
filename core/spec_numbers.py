"""What is asked about one number: groups of equally many patients, and a searched cut-point.

Belongs here: the keys of these kinds. Does not belong here: a number among other factors (``core.spec_analyses``).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from core.spec_analysis import AnalysisBase
from core.spec_recurrence import ConfType


class QuantileGroupsSpec(AnalysisBase):
    """A number in groups of equally many patients: curves, trend and hazard ratios.

    Attributes
    ----------
    endpoint, column : str
    groups : int
        Two: above and below the median; three: tertiles; four: quartiles.
    event : str, optional
        One of several competing events, or one type of the endpoint's; its own unless given.
    """

    kind: Literal["quantile_groups"]
    endpoint: str
    column: str
    groups: Annotated[int, Field(ge=2, le=5)] = 3
    event: str | None = None
    conf_type: ConfType = "log-log"
    times: tuple[Annotated[float, Field(ge=0)], ...] = ()


class CutPointSpec(AnalysisBase):
    """The cut of a number that separates survival best, corrected for the search.

    ``event`` names one of several competing events, or one type of the endpoint's; all others are censored.
    """

    kind: Literal["cut_point"]
    endpoint: str
    column: str
    event: str | None = None
    minprop: Annotated[float, Field(gt=0, lt=1)] = 0.1
    maxprop: Annotated[float, Field(gt=0, lt=1)] = 0.9
    permutations: Annotated[int, Field(ge=1, le=1_000_000)] = 10_000
    bootstraps: Annotated[int, Field(ge=0, le=100_000)] = 1_000
    seed: Annotated[int, Field(ge=0)] = 20250101
