"""How survival curves are to be drawn, settled with the numbers: screen, file and report then show the same.

Belongs here: time axis, risk table, and which lines lead to values. Does not belong here: drawing (``ui.charts``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.spec import RiskTableStyle, SurvivalFigureSpec
from core.survival.kaplan_meier import KaplanMeierEstimate
from core.survival.risk_table import RiskTable, risk_table
from core.survival.time_axis import TimeAxis, time_axis


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SurvivalFigure:
    """What a figure of survival curves shows beside them.

    Attributes
    ----------
    axis : TimeAxis
    risk_table : RiskTable
        At the ticks of the axis.
    style : {'at-risk', 'at-risk-events', 'kmunicate', 'none'}
        What of the risk table stands under the figure.
    medians : bool
        Lines lead along 50 % to the medians.
    landmarks : tuple of float
        Times at which a line stands with the value of every curve, in the unit of the data.
    """

    axis: TimeAxis
    risk_table: RiskTable
    style: RiskTableStyle
    medians: bool
    landmarks: tuple[float, ...]


def survival_figure(
    asked: SurvivalFigureSpec, estimates: Sequence[KaplanMeierEstimate], *, times: Sequence[float]
) -> SurvivalFigure:
    """What the figure shows.

    Parameters
    ----------
    asked : SurvivalFigureSpec
    estimates : sequence of KaplanMeierEstimate
        One per group.
    times : sequence of float
        Times at which survival is read: the landmarks, where lines at them are asked for.

    Raises
    ------
    SpecError
        If the ticks would be too many.
    """
    last = max((estimate.last_time for estimate in estimates if estimate.n), default=0.0)
    axis = time_axis(last, estimates[0].unit, shown=asked.unit, every=asked.every, until=asked.until)
    return SurvivalFigure(
        axis=axis,
        risk_table=risk_table(estimates, axis.ticks),
        style=asked.risk_table,
        medians=asked.medians,
        landmarks=tuple(time for time in times if 0 < time <= axis.end) if asked.landmarks else (),
    )
