"""What was looked at in an analysis, one comparison each: kept with the analysis, so that the count is honest.

Belongs here: the keys of one comparison. Does not belong here: which results count as comparisons and how they are
judged together (``core.reporting.ledger``).
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from core.spec_part import Part
from core.spec_selection import FilterSpec, GroupSpec

Family: TypeAlias = Literal["time", "response", "adverse events"]
_FAMILIES: dict[str, Family] = {
    "response": "response",
    "adverse_events": "adverse events",
    "adverse_event_time": "adverse events",
}


class LookSpec(Part):
    """One comparison that was shown.

    Attributes
    ----------
    kind : str
        Kind of analysis that made it: ``compare``, ``cut_point``, ...
    endpoint : str, optional
        None where it is not about time to an event.
    event : str, optional
        Of competing events the one compared; the adverse event; the kind of response.
    column : str
        The column whose levels, or whose values, were compared.
    group : GroupSpec, optional
        How the column was made into groups; None where it took part as it is.
    filters : list of FilterSpec
    test : str
        Name of the test behind ``p_value``.
    p_value : float, optional
        None where it was not estimable.
    tried : int
        Cut-points tried in it.
    planned : bool
        The user marked it as specified before the data were seen.
    """

    kind: str
    endpoint: str | None = None
    event: str | None = None
    column: str
    group: GroupSpec | None = None
    filters: tuple[FilterSpec, ...] = ()
    test: str
    p_value: Annotated[float, Field(ge=0, le=1)] | None = None
    tried: Annotated[int, Field(ge=1)] = 1
    planned: bool = False

    @model_validator(mode="after")
    def _one_column(self) -> LookSpec:
        if self.group is not None and self.group.column != self.column:
            raise ValueError(f"'column' is '{self.column}', but 'group' is of '{self.group.column}'")
        return self

    @property
    def family(self) -> Family:
        """What its false discovery rate is judged with: outcomes over time, response, or adverse events."""
        return _FAMILIES.get(self.kind, "time")

    def same_question(self, other: LookSpec) -> bool:
        """Whether both compare the same groups of the same patients in the same outcome, by whatever test.

        A search for a cut-point is a question of its own.
        """
        return self.question == other.question

    @property
    def question(self) -> tuple[object, ...]:
        """What the comparison asks, whatever test answers it."""
        group = None if self.group is None else self.group.model_dump_json()
        kept = tuple(one.model_dump_json() for one in self.filters)
        return (self.kind == "cut_point", self.family, self.endpoint, self.event, self.column, group, kept)
