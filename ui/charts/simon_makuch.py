"""Simon-Makuch curves: survival of untreated and treated follow-up, the naive curves of the groups dotted beside them.

The chart is the survival chart; its risk table counts who is in each state. Nothing is estimated here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

from core.bias.side_by_side import ImmortalTime
from core.reporting.format import percent, quantity, unit_digits
from core.survival.kaplan_meier import KaplanMeierEstimate
from core.survival.quantiles import IntervalEstimate
from ui.charts.specification import Spec
from ui.charts.survival_chart_options import SurvivalChartOptions
from ui.charts.survival_curve import survival_spec
from ui.charts.survival_rows import curve_of
from ui.charts.theme import LIGHT, Theme


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Group:
    level: str
    estimate: KaplanMeierEstimate
    quantiles: dict[float, IntervalEstimate] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Summary:
    groups: tuple[_Group, ...]
    unit: str


def simon_makuch_spec(
    value: ImmortalTime,
    *,
    title: str,
    annotation: tuple[str, ...] = (),
    palette: Theme = LIGHT,
    width: int | Literal["container"] = "container",
) -> Spec:
    """Untreated and treated follow-up as a Vega-Lite specification, the naive curves dotted.

    Parameters
    ----------
    value : ImmortalTime
    title : str
        Of the vertical axis.
    annotation : tuple of str
        Lines in the lower left corner.
    palette : Theme
    width : int or 'container'
    """
    drawn = tuple(_Group(level=curve.group, estimate=curve) for curve in value.time_dependent.curves)
    options = SurvivalChartOptions(
        title=title,
        show_censored=False,  # who starts treatment would look like somebody lost
        fade="patients",
        risk_table="at-risk",
        annotation=annotation,
    )
    return survival_spec(
        _Summary(groups=drawn, unit=value.unit),
        options=options,
        palette=palette,
        width=width,
        beside=[curve_of(curve, curve.group, end=math.inf) for curve in value.naive_curves if curve.n],
    )


def describe_simon_makuch(value: ImmortalTime, *, title: str) -> str:
    """The curves in words."""
    told = []
    for curve in value.time_dependent.curves:
        if curve.n:
            last = quantity(curve.last_time, value.unit, unit_digits(value.unit))
            told.append(f"{curve.group}: {percent(float(curve.survival[-1]), 0)} at {last}.")
    return (
        f"Simon-Makuch curves of {title}: follow-up before and after {value.levels[1]} began, the naive curves dotted "
        f"beside them. {' '.join(told)}"
    )
