"""Kaplan-Meier curves of weighted or matched groups, the curves of the patients as they are dotted beside them.

The chart is the survival chart. Nothing is estimated here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

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


def weighted_curves_spec(
    curves: Sequence[KaplanMeierEstimate],
    crude: Sequence[KaplanMeierEstimate],
    *,
    title: str,
    annotation: tuple[str, ...] = (),
    palette: Theme = LIGHT,
    width: int | Literal["container"] = "container",
) -> Spec:
    """Weighted curves as a Vega-Lite specification, the crude ones dotted.

    Parameters
    ----------
    curves, crude : sequences of KaplanMeierEstimate
        Of the reference and of the other group.
    title : str
        Of the vertical axis.
    annotation : tuple of str
        Lines in the lower left corner.
    palette : Theme
    width : int or 'container'
    """
    options = SurvivalChartOptions(
        title=title, show_censored=False, fade="patients", risk_table="at-risk", annotation=annotation
    )
    return survival_spec(
        _Summary(groups=tuple(_Group(level=curve.group, estimate=curve) for curve in curves), unit=curves[0].unit),
        options=options,
        palette=palette,
        width=width,
        beside=[curve_of(curve, curve.group, end=math.inf) for curve in crude if curve.n],
    )


def describe_weighted_curves(curves: Sequence[KaplanMeierEstimate], *, title: str) -> str:
    """The curves in words."""
    told = []
    for curve in curves:
        last = quantity(curve.last_time, curve.unit, unit_digits(curve.unit))
        told.append(f"{curve.group}: {percent(float(curve.survival[-1]), 0)} at {last}.")
    return f"Curves of {title} once the groups are alike, those of the patients as they are dotted. {' '.join(told)}"
