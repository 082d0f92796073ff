"""Kaplan-Meier curves that come without a summary, others dotted beside them.

The chart is the survival chart. Nothing is estimated here. Belongs here: what the survival chart needs of such curves.
Does not belong here: which curves stand beside which (``simon_makuch``, the page of balance).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from core.reporting.format import percent, quantity, unit_digits
from core.survival.kaplan_meier import KaplanMeierEstimate
from ui.charts.drawn_curves import GroupCurve, GroupCurves
from ui.charts.specification import Spec
from ui.charts.survival_chart_options import SurvivalChartOptions
from ui.charts.survival_curve import survival_spec
from ui.charts.survival_rows import curve_of
from ui.charts.theme import LIGHT, Theme


def curves_beside_spec(
    curves: Sequence[KaplanMeierEstimate],
    dotted: Sequence[KaplanMeierEstimate],
    *,
    title: str,
    annotation: tuple[str, ...] = (),
    palette: Theme = LIGHT,
    width: int | Literal["container"] = "container",
) -> Spec:
    """Curves as a Vega-Lite specification, others dotted beside them.

    Parameters
    ----------
    curves, dotted : sequences of KaplanMeierEstimate
        The first with bands and numbers at risk; no marks for who is censored.
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
        GroupCurves(
            groups=tuple(GroupCurve(level=curve.group, estimate=curve) for curve in curves), unit=curves[0].unit
        ),
        options=options,
        palette=palette,
        width=width,
        beside=[curve_of(curve, curve.group, end=math.inf) for curve in dotted if curve.n],
    )


def describe_alike(curves: Sequence[KaplanMeierEstimate], *, title: str) -> str:
    """Curves of groups made alike, in words."""
    told = []
    for curve in curves:
        last = quantity(curve.last_time, curve.unit, unit_digits(curve.unit))
        told.append(f"{curve.group}: {percent(float(curve.survival[-1]), 0)} at {last}.")
    return f"Curves of {title} once the groups are alike, those of the patients as they are dotted. {' '.join(told)}"
