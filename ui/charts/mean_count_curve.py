"""Mean number of events per patient over time, in the look of the survival chart, with numbers at risk.

Drawn as the survival chart draws a cumulative hazard, which is counted on the same kind of axis. Nothing is estimated
here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from core.reporting.format import counted, in_words, number, patients, quantity, unit_digits
from core.reporting.survival_tables import group_label
from core.survival.cumulative_hazard import CumulativeHazard
from core.survival.extras import SurvivalExtras
from core.survival.kaplan_meier import KaplanMeierEstimate
from core.survival.mean_count import MeanCount
from ui.charts.drawn_curves import GroupCurve, GroupCurves
from ui.charts.specification import Spec
from ui.charts.survival_chart_options import SurvivalChartOptions
from ui.charts.survival_curve import survival_spec
from ui.charts.theme import LIGHT, Theme


def mean_count_spec(
    groups: Sequence[MeanCount],
    *,
    title: str,
    show_band: bool = True,
    palette: Theme = LIGHT,
    width: int | Literal["container"] = "container",
) -> Spec:
    """Curves of events per patient as a Vega-Lite specification, for ``st.vega_lite_chart(spec, theme=None)``.

    Parameters
    ----------
    groups : sequence of MeanCount
    title : str
        Of the vertical axis.
    show_band : bool
    palette : Theme
    width : int or 'container'
    """
    drawn = GroupCurves(
        groups=tuple(GroupCurve(level=group_label(group.group), estimate=_at_risk(group)) for group in groups),
        unit=groups[0].unit,
        extras=SurvivalExtras(cumulative_hazard=tuple(_curve(group) for group in groups)),
    )
    options = SurvivalChartOptions(title=title, curve="cumulative_hazard", show_band=show_band, show_censored=False)
    return survival_spec(drawn, options=options, palette=palette, width=width)


def describe_mean_counts(groups: Sequence[MeanCount], *, title: str) -> str:
    """The curves in words: patients, events and the last mean of each group."""
    known = [group for group in groups if group.n]
    of = f" by group ({in_words([group.group for group in known])})" if len(known) > 1 else ""
    told = []
    for group in known:
        name = "All patients" if group.group == "all" else group.group
        end = quantity(group.last_time, group.unit, unit_digits(group.unit))
        told.append(
            f"{name}: {patients(group.n)}, {counted(group.n_events_total)} events, {number(float(group.mean[-1]), 2)} "
            f"per patient by {end}."
        )
    return f"Mean number of {title} per patient over time{of}, with numbers at risk. {' '.join(told)}"


def _curve(group: MeanCount) -> CumulativeHazard:
    return CumulativeHazard(
        group=group.group,
        unit=group.unit,
        time=group.time,
        value=group.mean,
        std_error=group.std_error,
        conf_low=group.conf_low,
        conf_high=group.conf_high,
        conf_level=group.conf_level,
    )


def _at_risk(group: MeanCount) -> KaplanMeierEstimate:
    """What the chart reads of a group beside its curve: its times, numbers at risk and events."""
    nothing = np.full(group.time.shape, np.nan)
    return KaplanMeierEstimate(
        group=group.group,
        unit=group.unit,
        n=group.n,
        n_events_total=group.n_events_total,
        time=group.time,
        n_at_risk=group.n_at_risk,
        n_events=group.n_events,
        n_censored=np.zeros_like(group.n_events),
        survival=np.ones(group.time.shape),
        std_error=nothing,
        conf_low=nothing.copy(),
        conf_high=nothing.copy(),
        conf_type="log",
        conf_level=group.conf_level,
        risk_time=group.time,
        risk_count=group.n_at_risk,
    )
