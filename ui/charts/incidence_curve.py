"""Cumulative incidence of one event by group, with the risk table, in the look of the survival chart.

The chart is the survival chart of the share without this event, turned: one grammar, one risk table. At risk means free
of every event. Nothing is estimated here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from core.reporting.survival_tables import group_label
from core.survival.incidence_summary import CauseIncidence, IncidenceSummary
from core.survival.kaplan_meier import KaplanMeierEstimate
from ui.charts.drawn_curves import GroupCurve, GroupCurves
from ui.charts.specification import Spec
from ui.charts.survival_chart_options import Fading, SurvivalChartOptions
from ui.charts.survival_curve import survival_spec
from ui.charts.survival_rows import Curve, curve_of, turned
from ui.charts.theme import LIGHT, Theme

_TOPS = (0.2, 0.4, 0.6, 0.8)  # ends of the axis whose quarters are round


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidenceChartOptions:
    """What is drawn of which event.

    Attributes
    ----------
    event : str
        One of the summary's.
    title : str
        Of the vertical axis.
    show_band, show_naive : bool
        The confidence band; one minus Kaplan-Meier, dotted.
    whole_axis : bool
        Up to 100 % even where all curves stay low.
    annotation : tuple of str
        Lines in the upper left corner.
    fade : {'patients', 'percent', 'never'}
        Where curves are thin and pale, see ``SurvivalChartOptions``.
    """

    event: str
    title: str
    show_band: bool = True
    show_naive: bool = False
    whole_axis: bool = False
    annotation: tuple[str, ...] = ()
    fade: Fading = "never"


def incidence_spec(
    summary: IncidenceSummary,
    *,
    options: IncidenceChartOptions,
    palette: Theme = LIGHT,
    width: int | Literal["container"] = "container",
) -> Spec:
    """Incidence curves as a Vega-Lite specification, for ``st.vega_lite_chart(spec, theme=None)``.

    Parameters
    ----------
    summary : IncidenceSummary
    options : IncidenceChartOptions
    palette : Theme
    width : int or 'container'
    """
    causes = [group.cause(options.event) for group in summary.groups]
    drawn = GroupCurves(
        groups=tuple(
            GroupCurve(level=group_label(group.level), estimate=_without(summary, i, causes[i]))
            for i, group in enumerate(summary.groups)
        ),
        unit=summary.unit,
    )
    naive = (
        [_naive(cause, group) for cause, group in zip(causes, drawn.groups, strict=True)] if options.show_naive else []
    )
    return survival_spec(
        drawn,
        options=SurvivalChartOptions(
            title=options.title,
            curve="events",
            fade=options.fade,
            show_band=options.show_band,
            show_censored=False,
            top=1.0 if options.whole_axis else _top(causes, options),
            annotation=options.annotation,
        ),
        palette=palette,
        width=width,
        beside=[curve for curve in naive if curve is not None],
    )


def _without(summary: IncidenceSummary, group: int, cause: CauseIncidence) -> KaplanMeierEstimate:
    """The share of a group without the event, as the survival chart reads it."""
    curve, whole = cause.estimate, summary.table.whole
    rows = np.flatnonzero(whole.n_events[group] + whole.n_censored[group])
    return KaplanMeierEstimate(
        group=curve.group,
        unit=curve.unit,
        n=curve.n,
        n_events_total=curve.n_events_total,
        time=curve.time,
        n_at_risk=curve.n_at_risk,
        n_events=curve.n_events,
        n_censored=whole.n_censored[group, rows],
        survival=1 - curve.incidence,
        std_error=curve.std_error,
        conf_low=1 - curve.conf_high,
        conf_high=1 - curve.conf_low,
        conf_type=curve.conf_type,
        conf_level=curve.conf_level,
        risk_time=curve.risk_time,
        risk_count=curve.risk_count,
    )


def _naive(cause: CauseIncidence, group: GroupCurve) -> Curve | None:
    """One minus Kaplan-Meier of a group, without a band; None without patients."""
    if not group.estimate.n:
        return None
    nothing = np.full(cause.naive.incidence.shape, np.nan)
    estimate = replace(group.estimate, survival=1 - cause.naive.incidence, conf_low=nothing, conf_high=nothing.copy())
    return turned(curve_of(estimate, group.level, end=estimate.last_time))


def _top(causes: list[CauseIncidence], options: IncidenceChartOptions) -> float:
    """The lowest round end of the axis above everything that is drawn."""
    drawn = [cause.estimate.incidence for cause in causes]
    drawn += [cause.estimate.conf_high for cause in causes] if options.show_band else []
    drawn += [cause.naive.incidence for cause in causes] if options.show_naive else []
    highest = max((float(np.nanmax(values)) for values in drawn if np.isfinite(values).any()), default=0.0)
    return next((top for top in _TOPS if highest <= top), 1.0)
