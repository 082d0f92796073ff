"""What the survival chart reads of curves, and curves of groups that are no survival summary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from core.survival.extras import NOTHING_ASKED, SurvivalExtras
from core.survival.kaplan_meier import KaplanMeierEstimate
from core.survival.quantiles import IntervalEstimate


class DrawnGroup(Protocol):
    """What the chart reads of a group: its name, its curve, and its median where lines lead to it."""

    @property
    def level(self) -> str:
        """Name of the group."""

    @property
    def estimate(self) -> KaplanMeierEstimate:
        """The share without the event."""

    @property
    def quantiles(self) -> dict[float, IntervalEstimate]:
        """Empty where there are none."""


class Drawn(Protocol):
    """What the chart reads of a summary; ``SurvivalSummary`` is one."""

    @property
    def groups(self) -> Sequence[DrawnGroup]:
        """In the order of the levels."""

    @property
    def unit(self) -> str:
        """Unit of time."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroupCurve:
    """A group's curve: its name, its steps with those at risk, and its median where lines lead to it."""

    level: str
    estimate: KaplanMeierEstimate
    quantiles: dict[float, IntervalEstimate] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroupCurves:
    """The groups of one figure, and their unit of time."""

    groups: tuple[GroupCurve, ...]
    unit: str
    extras: SurvivalExtras = NOTHING_ASKED
