"""Adjusted survival curves with the crude ones beside them, and one patient's curve, in the look of the survival chart.

The chart is the survival chart of the adjusted curves; crude Kaplan-Meier curves of the same groups lie faint beside
them, and the risk table counts the patients of each group. Nothing is estimated here.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from core.regression.adjusted_results import AdjustedGroup, AdjustedSurvival
from core.regression.prediction import PredictedCurve
from core.reporting.format import percent, quantity, unit_digits
from core.reporting.survival_tables import group_label
from core.survival.kaplan_meier import KaplanMeierEstimate
from ui.charts.drawn_curves import GroupCurve, GroupCurves
from ui.charts.specification import Spec
from ui.charts.survival_chart_options import SurvivalChartOptions
from ui.charts.survival_curve import survival_spec
from ui.charts.survival_rows import curve_of
from ui.charts.theme import LIGHT, Theme


def adjusted_spec(
    value: AdjustedSurvival,
    *,
    title: str,
    show_band: bool = True,
    show_crude: bool = True,
    annotation: tuple[str, ...] = (),
    palette: Theme = LIGHT,
    width: int | Literal["container"] = "container",
) -> Spec:
    """Adjusted curves as a Vega-Lite specification, crude ones dotted.

    Parameters
    ----------
    value : AdjustedSurvival
    title : str
        Of the vertical axis.
    show_band, show_crude : bool
    annotation : tuple of str
        Lines in the lower left corner.
    palette : Theme
    width : int or 'container'
    """
    groups = tuple(
        GroupCurve(level=group_label(group.level), estimate=_drawn(group, group.adjusted)) for group in value.groups
    )
    alone = len(groups) == 1
    beside = [
        curve_of(group.crude, "All patients" if alone else group_label(group.level), end=math.inf)
        for group in value.groups
    ]
    options = SurvivalChartOptions(
        title=title, show_band=show_band, show_censored=False, risk_table="at-risk", annotation=annotation
    )
    return survival_spec(
        GroupCurves(groups=groups, unit=value.unit),
        options=options,
        palette=palette,
        width=width,
        beside=beside if show_crude else (),
    )


def patient_spec(
    value: AdjustedSurvival,
    *,
    title: str,
    palette: Theme = LIGHT,
    width: int | Literal["container"] = "container",
) -> Spec:
    """The curves predicted for one patient, without a risk table: nobody is at risk in a prediction."""
    assert value.patient is not None, "a profile was asked for"
    by_level = {group.level: group for group in value.groups}
    groups = tuple(
        GroupCurve(level=group_label(level), estimate=_drawn(by_level[level], curve))
        for level, curve in value.patient.curves.items()
    )
    options = SurvivalChartOptions(title=title, show_censored=False, risk_table="none", height=260)
    return survival_spec(GroupCurves(groups=groups, unit=value.unit), options=options, palette=palette, width=width)


def describe_adjusted(value: AdjustedSurvival, *, title: str) -> str:
    """The adjusted curves in words."""
    told = []
    for group in value.groups:
        end = float(group.adjusted.at([group.adjusted.last_time]).survival[0])
        last = quantity(group.adjusted.last_time, value.unit, unit_digits(value.unit))
        told.append(f"{group_label(group.level)}: {_median(group.adjusted, value.unit)}, {percent(end, 0)} at {last}.")
    return f"Adjusted curves of {title}, crude Kaplan-Meier curves faint beside them. {' '.join(told)}"


def describe_patient(value: AdjustedSurvival, *, title: str) -> str:
    """One patient's curve in words."""
    curves = {} if value.patient is None else value.patient.curves
    told = [f"{group_label(level)}: {_median(curve, value.unit)}." for level, curve in curves.items()]
    return f"Predicted {title} of one patient. {' '.join(told)}"


def _median(curve: PredictedCurve, unit: str) -> str:
    return f"median {quantity(curve.median.value, unit, unit_digits(unit))}"


def _drawn(group: AdjustedGroup, curve: PredictedCurve) -> KaplanMeierEstimate:
    """A predicted curve as the survival chart reads one, to the end of the group's own follow-up.

    Its steps are at event times of anybody; numbers at risk are those of the group.
    """
    inside = curve.time[curve.time < curve.last_time]
    times = np.append(inside, curve.last_time)
    at, crude = curve.at(times), group.crude
    return KaplanMeierEstimate(
        group=group.level,
        unit=crude.unit,
        n=group.n,
        n_events_total=group.n_events,
        time=times,
        n_at_risk=crude.at(times).n_at_risk,
        n_events=np.isin(times, curve.time).astype(np.int64),
        n_censored=np.zeros(times.size, dtype=np.int64),
        survival=at.survival,
        std_error=at.std_error,
        conf_low=at.conf_low,
        conf_high=at.conf_high,
        conf_type=curve.conf_type,
        conf_level=curve.conf_level,
        risk_time=crude.risk_time,
        risk_count=crude.risk_count,
    )
