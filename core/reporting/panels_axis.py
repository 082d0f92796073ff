"""Panels of survival curves on one time axis: that of the longest follow-up among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from core.reporting.panels_report import SurvivalPanel
from core.spec import KaplanMeierSpec, SurvivalFigureSpec
from core.survival.survival_figure import survival_figure
from core.survival.time_axis import shared_axis

if TYPE_CHECKING:
    from core.result import AnalysisResult


def on_one_axis(panels: Sequence[SurvivalPanel]) -> tuple[SurvivalPanel, ...]:
    """The panels drawn up to the same time, with ticks at the same times; every panel needs follow-up."""
    follow_ups = [(float(data.time.max()), data.unit) for one in panels if (data := one.curves.subset.data) is not None]
    if not follow_ups:
        return tuple(panels)
    asked = _asked(panels[0].curves)
    axis = shared_axis(follow_ups, shown=asked.unit, every=asked.every, until=asked.until)
    every = axis.counted[1] if len(axis.counted) > 1 else None
    shared = asked.model_copy(update={"unit": axis.unit, "every": every, "until": axis.end / axis.per})
    return tuple(replace(panel, curves=_drawn(panel.curves, shared)) for panel in panels)


def _asked(curves: AnalysisResult) -> SurvivalFigureSpec:
    assert isinstance(curves.analysis, KaplanMeierSpec)
    return curves.analysis.figure or SurvivalFigureSpec()


def _drawn(curves: AnalysisResult, asked: SurvivalFigureSpec) -> AnalysisResult:
    summary = curves.survival
    figure = survival_figure(asked, [group.estimate for group in summary.groups], times=())
    return replace(curves, value=replace(summary, extras=replace(summary.extras, figure=figure)))
