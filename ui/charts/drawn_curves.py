"""Curves of groups that are no survival summary, as the survival chart takes them: ``DrawnGroup`` and ``Drawn``."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.survival.extras import NOTHING_ASKED, SurvivalExtras
from core.survival.kaplan_meier import KaplanMeierEstimate
from core.survival.quantiles import IntervalEstimate


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
