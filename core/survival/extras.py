"""What may be asked beside the curves: hazards, conditional survival, completeness, difference of medians, the figure.

Belongs here: the value that holds the answers. Does not belong here: how each is computed (a module of its own each);
those modules are loaded by the first who asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.survival.bootstrap import MedianDifference
    from core.survival.completeness import Completeness
    from core.survival.conditional import ConditionalSurvival
    from core.survival.cumulative_hazard import CumulativeHazard
    from core.survival.difference_curve import DifferenceCurve
    from core.survival.log_log import LogLogCurve
    from core.survival.smoothed_hazard import SmoothedHazard
    from core.survival.survival_figure import SurvivalFigure


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FollowUpCompleteness:
    """Clark's C of every group and of all together.

    Attributes
    ----------
    basis : str
        Until when follow-up was possible, in words: ``2024-05-31, the latest date in the data``.
    overall : Completeness
    groups : tuple of Completeness
    notes : tuple of str
    """

    basis: str
    overall: Completeness
    groups: tuple[Completeness, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SurvivalExtras:
    """Answers beside the curves; empty or None where nobody asked.

    Attributes
    ----------
    cumulative_hazard, hazard, log_log : tuple
        One per group.
    conditional : tuple of ConditionalSurvival
        Every group at the first landmark, then at the next.
    completeness : FollowUpCompleteness or None
    median_difference : MedianDifference or None
    difference : DifferenceCurve or None
    figure : SurvivalFigure or None
    notes : tuple of str
    """

    cumulative_hazard: tuple[CumulativeHazard, ...] = ()
    hazard: tuple[SmoothedHazard, ...] = ()
    log_log: tuple[LogLogCurve, ...] = ()
    conditional: tuple[ConditionalSurvival, ...] = ()
    completeness: FollowUpCompleteness | None = None
    median_difference: MedianDifference | None = None
    difference: DifferenceCurve | None = None
    figure: SurvivalFigure | None = None
    notes: tuple[str, ...] = ()


NOTHING_ASKED = SurvivalExtras()
