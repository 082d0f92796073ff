"""Where everything of a survival chart stands: ticks, colours, curves, names and the risk table of one result."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from core.survival.kaplan_meier import KaplanMeierEstimate
from core.survival.quantiles import IntervalEstimate
from ui.charts import end_labels, risk_table
from ui.charts import survival_rows as rows
from ui.charts.end_labels import NARROW_PLOT, WIDE_PLOT
from ui.charts.risk_table import RiskTable, RiskWords
from ui.charts.short_names import shortened
from ui.charts.specification import Columns
from ui.charts.survival_rows import Curve
from ui.charts.theme import Theme, group_dashes, widest
from ui.charts.time_axis import MOST_WIDE, axis_end, sparser, time_ticks

BAND_OPACITY = (0.16, 0.13, 0.1, 0.07)  # by number of groups: many bands would hide the curves
_Y_AXIS = 60.0  # labels and title of the survival axis
_LEGEND_SYMBOL = 58.0  # and the air around it


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalChartOptions:
    """What is drawn, and its words.

    Attributes
    ----------
    title : str
        Of the survival axis, for example "Overall survival".
    origin : str
        Time zero in words, for example "first dose"; empty: not said.
    events : bool
        Draw the share with the event, 1 - S, instead of survival.
    show_band, show_censored, show_medians, show_labels : bool
    risk_table : {'at-risk-events', 'at-risk', 'kmunicate', 'none'}
    last_time : float, optional
        Where the time axis stops; the longest follow-up without it.
    height : int
        Pixels of the plot alone.
    top : float
        Where the vertical axis ends, 1 for 100 %; it starts at 0.
    annotation : tuple of str
        Lines in the lower left corner (of a rising curve the upper left), for example the log-rank P.
    unit_word, since, all_patients, at_risk_phrase, risk_words
        Words in the reader's language.
    """

    title: str = "Survival"
    origin: str = ""
    events: bool = False
    show_band: bool = True
    show_censored: bool = True
    show_medians: bool = False
    show_labels: bool = True
    risk_table: RiskTable = "at-risk-events"
    last_time: float | None = None
    height: int = 340
    top: float = 1.0
    annotation: tuple[str, ...] = ()
    unit_word: str = ""
    since: str = "since"
    all_patients: str = "All patients"
    at_risk_phrase: str = "at risk"
    risk_words: RiskWords = field(default_factory=RiskWords)


class DrawnGroup(Protocol):
    """What the chart reads of a group: its name, its curve, and its median where lines lead to it."""

    @property
    def level(self) -> str:
        """Name of the group."""

    @property
    def estimate(self) -> KaplanMeierEstimate:
        """The share without the event."""

    @property
    def quantiles(self) -> dict[float, IntervalEstimate]:
        """Empty where there are none."""


class Drawn(Protocol):
    """What the chart reads of a summary; ``SurvivalSummary`` is one."""

    @property
    def groups(self) -> Sequence[DrawnGroup]:
        """In the order of the levels."""

    @property
    def unit(self) -> str:
        """Unit of time."""


class SurvivalLayout:
    """A survival summary placed on the figure; ``beside`` are faint curves of the same groups, as they are drawn."""

    def __init__(
        self, summary: Drawn, options: SurvivalChartOptions, palette: Theme, *, beside: Sequence[Curve] = ()
    ) -> None:
        self._options, self._palette, self._unit, self._beside = options, palette, summary.unit, beside
        kept = [i for i, group in enumerate(summary.groups) if group.estimate.n]
        colors = palette.group_colors(len(summary.groups))
        self._colors = [colors[i] for i in kept]
        self._groups: list[DrawnGroup] = [summary.groups[i] for i in kept]
        self._estimates = [group.estimate for group in self._groups]
        alone = len(summary.groups) == 1  # "all" among other levels is a level of that name
        self.levels = [
            options.all_patients if alone and group.level == "all" else group.level for group in self._groups
        ]
        self._time_axis()
        self._lines = risk_table.risk_lines(
            self._estimates, self.levels, self._ticks, style=options.risk_table, words=options.risk_words
        )
        self._few = sparser(self._ticks, most=risk_table.most_ticks(self._lines, NARROW_PLOT))
        pairs = zip(self._estimates, self.levels, strict=True)
        curves = [rows.curve_of(estimate, level, end=self._end) for estimate, level in pairs]
        self._curves = [rows.turned(curve) for curve in curves] if options.events else curves
        wanted = options.show_labels and len(self.levels) > 1
        self._ends = None
        if wanted:
            self._ends = end_labels.label_rows(self._curves, end=self._end, height=options.height, top=options.top)

    def _time_axis(self) -> None:
        last = max((estimate.last_time for estimate in self._estimates), default=0.0)
        last = last if self._options.last_time is None else self._options.last_time
        ticks = time_ticks(last, self._unit, most=MOST_WIDE)
        self._end = axis_end(last, ticks)
        reaches_next = len(ticks) > 1 and math.isclose(self._end - ticks[-1], ticks[1])
        self._ticks = [*ticks, self._end] if reaches_next else ticks

    @property
    def has_names(self) -> bool:
        """Whether names stand at the ends of the curves."""
        return self._ends is not None

    @property
    def unit_title(self) -> str:
        """The unit of time as a title."""
        return (self._options.unit_word or self._unit).capitalize()

    def slots(self) -> dict[str, Any]:
        """What the skeleton leaves open."""
        options, palette, n = self._options, self._palette, len(self.levels)
        entries = [shortened(self.levels, plot - _LEGEND_SYMBOL) for plot in (NARROW_PLOT, WIDE_PLOT)]
        narrow, wide = (_legend_columns(*pair) for pair in zip(entries, (NARROW_PLOT, WIDE_PLOT), strict=True))
        return {
            "x_title": f"{self.unit_title} {options.since} {options.origin}" if options.origin else self.unit_title,
            "x_domain": [0, self._end],
            "y_domain": [0, options.top],
            "y_ticks": [options.top * quarter / 4 for quarter in range(5)],
            "x_ticks": {"expr": f"narrow ? {self._few} : {self._ticks}"},
            "levels": self.levels,
            "colors": self._colors,
            "dashes": group_dashes(n),
            "paper": palette.background,
            "rule": palette.axis,
            "muted": palette.muted,
            "band_opacity": BAND_OPACITY[min(n, len(BAND_OPACITY)) - 1],
            "band_dimmed": BAND_OPACITY[-1] / 6,
            "legend_label": _legend_label(self.levels, *entries),
            "legend_columns": {"expr": f"narrow ? {narrow} : {wide}"},
        }

    def tooltip(self) -> list[dict[str, str]]:
        """One row per group under the time; how many there are is not the skeleton's business."""
        groups = [{"field": f"g{i}", "type": "nominal", "title": level} for i, level in enumerate(self.levels)]
        return [{"field": "when", "type": "nominal", "title": self.unit_title}, *groups]

    def padding(self) -> dict[str, float]:
        """Room around the figure. Vega keeps room for all text, measured once; names at the ends then move a little."""
        names = max(risk_table.name_column(self._lines), _Y_AXIS)
        curves = self._curves if self.has_names else ()
        slack = end_labels.slack_at_right(curves, end=self._end, shrinks_by=names)
        return {"left": 2, "right": 3 + round(slack), "top": 4, "bottom": 4}

    def datasets(self) -> dict[str, Columns]:
        """Corners of curves and bands, ticks, names, the risk table, and what the pointer finds."""
        options, curves, end = self._options, self._curves, self._end
        datasets = {
            "curve": rows.curve_rows(curves),
            "risk_names": risk_table.name_rows(self._lines, -risk_table.name_column(self._lines)),
            "risk_cells": risk_table.cell_rows(self._lines, self._ticks, self._few),
            "y_title": {"text": [options.title]},
            "annotation": self._annotation(),
            **self._hover(),
        }
        if options.show_band:
            datasets["band"] = rows.band_rows(curves)
        if options.show_censored:
            ticks = rows.censored_rows(self._estimates, self.levels, end=end)
            datasets["censored"] = ticks | ({"s": 1 - ticks["s"]} if options.events else {})
        if options.show_medians:
            datasets["medians"] = rows.median_rows(curves, [_median(group) for group in self._groups], end=end)
        if self._ends is not None:
            datasets["ends"] = self._ends
        if self._beside:
            datasets["beside"] = rows.curve_rows(self._beside)
        return datasets

    def _hover(self) -> dict[str, Columns]:
        times = rows.hover_times(self._end)
        options = self._options
        told = rows.hover_rows(self._estimates, times, at_risk=options.at_risk_phrase, events=options.events)
        # the points encode a colour only because the legend binds to nothing else
        told["group"] = [self.levels[0] if self.levels else ""] * len(times)
        return {"hover": told, "points": rows.hover_points(self._curves, times)}

    def _annotation(self) -> Columns:
        """Lines in the corner that the curves leave free, from the last one up."""
        lines = list(self._options.annotation)
        lowest = self._options.height - 14.0 - 17.0 * (len(lines) - 1) if self._options.events else 14.0
        return {"text": lines, "up": [lowest + 17.0 * (len(lines) - 1 - i) for i in range(len(lines))]}


def _median(group: DrawnGroup) -> float:
    return group.quantiles[0.5].value if 0.5 in group.quantiles else math.nan


def _legend_columns(levels: Sequence[str], width: float) -> int:
    """Entries per row of the legend, so that it never runs out of the figure."""
    return max(1, int(width // (widest(levels) + _LEGEND_SYMBOL)))


def _legend_label(levels: Sequence[str], narrow: Sequence[str], wide: Sequence[str]) -> str:
    """A Vega expression for the names in the legend: shortened where they would run out of the figure."""
    if list(levels) == list(narrow) == list(wide):
        return "datum.label"
    names = (json.dumps(list(texts), ensure_ascii=False) for texts in (narrow, wide, levels))
    return "(narrow ? {} : {})[indexof({}, datum.value)]".format(*names)
