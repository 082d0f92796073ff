"""Where everything of a survival chart stands: ticks, colours, curves, names and the risk table of one result."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from core.reporting.format import time_label
from core.survival.chosen_times import few_at_risk_from
from core.survival.extras import NOTHING_ASKED, SurvivalExtras
from core.survival.time_axis import MOST_WIDE, TimeAxis, sparser, time_axis
from ui.charts import curve_kinds, end_labels, risk_table
from ui.charts import survival_rows as rows
from ui.charts.curve_kinds import SHARES
from ui.charts.drawn_curves import Drawn, DrawnGroup
from ui.charts.end_labels import NARROW_PLOT, WIDE_PLOT
from ui.charts.free_place import text_places
from ui.charts.landmark_lines import landmark_rows
from ui.charts.short_names import shortened
from ui.charts.specification import Columns
from ui.charts.survival_chart_options import SurvivalChartOptions
from ui.charts.survival_rows import Curve
from ui.charts.theme import Theme, group_dashes, widest

FEW_PATIENTS, FEW_PERCENT = 10, 10  # fewer at risk than this, and the curve says little
BAND_OPACITY = (0.16, 0.13, 0.1, 0.07)  # by number of groups: many bands would hide the curves
_Y_AXIS = 60.0  # labels and title of the survival axis
_LEGEND_SYMBOL = 58.0  # and the air around it


class SurvivalLayout:
    """A survival summary placed on the figure; ``beside`` are faint curves of the same groups, as they are drawn."""

    _ticks: list[float]
    _start: float
    _end: float
    shown_axis: TimeAxis

    def __init__(
        self, summary: Drawn, options: SurvivalChartOptions, palette: Theme, *, beside: Sequence[Curve] = ()
    ) -> None:
        self._options, self._palette, self._unit, self._beside = options, palette, summary.unit, beside
        kept = [i for i, group in enumerate(summary.groups) if group.estimate.n]
        self._groups: list[DrawnGroup] = [summary.groups[i] for i in kept]
        everyone = options.groups or tuple(group.level for group in summary.groups)
        places = [everyone.index(group.level) if group.level in everyone else 0 for group in self._groups]
        colors, dashes = palette.group_colors(len(everyone)), group_dashes(len(everyone))
        self._colors = [colors[place] for place in places]
        self._dashes = [dashes[place] for place in places] if options.groups else group_dashes(len(kept))
        self._estimates = [group.estimate for group in self._groups]
        alone = len(summary.groups) == 1  # "all" among other levels is a level of that name
        self.levels = [
            options.all_patients if alone and group.level == "all" else group.level for group in self._groups
        ]
        self._extras: SurvivalExtras = getattr(summary, "extras", NOTHING_ASKED)
        self._figure = self._extras.figure
        self._time_axis(kept)
        self._lines = self._risk_lines()
        if len(self._ticks) > len(fit := risk_table.fitting(self._ticks, self._lines, WIDE_PLOT)) and not self._start:
            self._ticks = fit
            self._lines = self._risk_lines()
        self._few = self._narrow_ticks()
        self._curves = curve_kinds.curves_of(
            self._estimates, self.levels, self._extras, kept=kept, kind=options.curve, end=self._end
        )
        self._axis = curve_kinds.value_axis(self._curves, options.curve, top=options.top)
        self._names: list[Curve] = []
        self._ends = self._end_labels() if options.show_labels and len(self.levels) > 1 else None

    def _end_labels(self) -> Columns | None:
        """Names at the ends of the curves, placed where the curves lie on the figure."""
        there = [curve for curve in self._curves if curve.time.size]
        shares = self._options.curve in SHARES
        self._names = there if shares else curve_kinds.on_paper(there, self._axis, start=self._start, end=self._end)
        top = self._options.top if shares else 1.0
        placed = end_labels.label_rows(self._names, end=self._end, height=self._options.height, top=top)
        if placed is not None and not shares:
            placed |= {"t": [curve.end[0] for curve in there], "s": [curve.end[1] for curve in there]}
        return placed

    def _time_axis(self, kept: Sequence[int]) -> None:
        self.shown_axis = axis = self._shown_axis(kept)
        self._ticks, self._start, self._end = list(axis.ticks), 0.0, axis.end
        if self._options.curve == "log_log" and self._extras.log_log:
            turned = [self._extras.log_log[i] for i in kept]
            first = [float(curve.time[0]) for curve in turned if curve.time.size]
            every = curve_kinds.log_ticks(min([*first, self._end]), self._end, self._unit)
            self._start = min(every[0], self._end / 2)
            self._ticks = curve_kinds.apart(every, start=self._start, end=self._end, most=MOST_WIDE)
            self.shown_axis = replace(axis, unit=self._unit, per=1.0)

    def _shown_axis(self, kept: Sequence[int]) -> TimeAxis:
        """The axis that the analysis asks for, or one over what is drawn."""
        asked = self._figure
        if self._options.curve == "hazard" and self._extras.hazard:  # it ends while enough are at risk
            last = max((float(self._extras.hazard[i].time.max(initial=0.0)) for i in kept), default=0.0)
            if last:
                return time_axis(last, self._unit, shown=self._unit if asked is None else asked.axis.unit)
        if asked is not None:
            return asked.axis
        last = max((estimate.last_time for estimate in self._estimates), default=0.0)
        last = last if self._options.last_time is None else self._options.last_time
        return time_axis(last, self._unit, shown=self._unit)

    def _risk_lines(self) -> tuple[risk_table.RiskLine, ...]:
        style = self._options.risk_table if self._figure is None else self._figure.style
        return risk_table.risk_lines(
            self._estimates, self.levels, self._ticks, style=style, words=self._options.risk_words
        )

    def _narrow_ticks(self) -> list[float]:
        """Ticks for which a narrow chart has room."""
        most = risk_table.most_ticks(self._lines, NARROW_PLOT)
        if self._start:
            return curve_kinds.apart(self._ticks, start=self._start, end=self._end, most=most)
        return sparser(self._ticks, most=most)

    @property
    def has_names(self) -> bool:
        """Whether names stand at the ends of the curves."""
        return self._ends is not None

    @property
    def unit_title(self) -> str:
        """The unit of time as a title."""
        return (self._options.unit_word or self.shown_axis.unit).capitalize()

    def slots(self) -> dict[str, Any]:
        """What the skeleton leaves open."""
        options, palette, axis, n = self._options, self._palette, self.shown_axis, len(self.levels)
        entries = [shortened(self.levels, plot - _LEGEND_SYMBOL) for plot in (NARROW_PLOT, WIDE_PLOT)]
        narrow, wide = (_legend_columns(*pair) for pair in zip(entries, (NARROW_PLOT, WIDE_PLOT), strict=True))
        return {
            "x_title": f"{self.unit_title} {options.since} {options.origin}" if options.origin else self.unit_title,
            "x_domain": [self._start, self._end],
            "y_domain": [self._axis.low, self._axis.high],
            "y_ticks": list(self._axis.ticks),
            "y_format": self._axis.format,
            "x_ticks": {"expr": f"narrow ? {self._few} : {self._ticks}"},
            "x_label": "datum.label" if axis.per == 1 else f"format(datum.value / {axis.per!r}, ',.6~g')",
            "levels": self.levels,
            "colors": self._colors,
            "dashes": self._dashes,
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
        curves = self._names if self.has_names else ()
        slack = end_labels.slack_at_right(curves, end=self._end, shrinks_by=names)
        return {"left": 2, "right": 3 + round(slack), "top": 4, "bottom": 4}

    def datasets(self) -> dict[str, Columns]:
        """Corners of curves and bands, ticks, names, the risk table, and what the pointer finds."""
        options = self._options
        curves = [curve for curve in self._curves if curve.time.size]
        parted = [self._parted(curve) for curve in curves]
        datasets = {
            "curve": rows.curve_rows([whole for whole, _ in parted]),
            "risk_names": risk_table.name_rows(self._lines, -risk_table.name_column(self._lines)),
            "risk_cells": risk_table.cell_rows(self._lines, self._ticks, self._few),
            "y_title": {"text": [options.title]},
            "annotation": self._annotation(),
            **self._hover(),
        }
        if self.fades:
            datasets["faded"] = rows.curve_rows([faded for _, faded in parted])
        if options.show_band:
            datasets["band"] = rows.band_rows(curves, within=(self._axis.low, self._axis.high))
        if options.show_censored:
            datasets["censored"] = self._censored()
        if self.draws_medians:
            datasets["medians"] = rows.median_rows(curves, [_median(group) for group in self._groups], end=self._end)
        if self.landmarks:
            datasets |= landmark_rows(self._curves, self.landmarks, height=options.height, top=options.top)
        if self._ends is not None:
            datasets["ends"] = self._ends
        if self._beside:
            datasets["beside"] = rows.curve_rows(self._beside)
        return datasets

    @property
    def fades(self) -> bool:
        """Whether parts of curves are drawn thin and pale."""
        return self._options.fade != "never"

    @property
    def draws_medians(self) -> bool:
        """Whether median lines are drawn: only where the axis shows shares."""
        shown = self._options.show_medians if self._figure is None else self._figure.medians
        return shown and self._options.curve in SHARES

    @property
    def landmarks(self) -> tuple[float, ...]:
        """Times at which a line stands with the value of each curve."""
        shown = self._figure is not None and self._options.curve in SHARES
        return self._figure.landmarks if self._figure is not None and shown else ()

    def _parted(self, curve: Curve) -> tuple[Curve, Curve]:
        """The curve, and its end where few remain at risk."""
        if not self.fades:
            return curve, curve
        estimate = self._estimates[self.levels.index(curve.level)]
        fewest = FEW_PATIENTS if self._options.fade == "patients" else estimate.n * FEW_PERCENT / 100
        return rows.parted(curve, few_at_risk_from(estimate, fewest))

    def _censored(self) -> Columns:
        heights = [curve_kinds.censored_heights(estimate, self._options.curve) for estimate in self._estimates]
        known = [
            (e, level, h) for e, level, h in zip(self._estimates, self.levels, heights, strict=True) if h is not None
        ]
        return rows.censored_rows(
            [e for e, _, _ in known], [level for _, level, _ in known], [h for _, _, h in known],
            start=self._start, end=self._end,
        )  # fmt: skip

    def _hover(self) -> dict[str, Columns]:
        options = self._options
        shown = rows.hover_times(self._end / self.shown_axis.per, self._start / self.shown_axis.per)
        times = shown * self.shown_axis.per
        if options.curve in SHARES:
            told = rows.hover_rows(
                self._estimates, times, at_risk=options.at_risk_phrase, events=options.curve == "events"
            )
        else:
            told = rows.curve_hover_rows(
                self._curves, self._estimates, times, at_risk=options.at_risk_phrase,
                reader=curve_kinds.reader(options.curve, self._unit),
            )  # fmt: skip
        told["when"] = [time_label(time) for time in shown]
        # the points encode a colour only because the legend binds to nothing else
        told["group"] = [self.levels[0] if self.levels else ""] * len(times)
        return {"hover": told, "points": rows.hover_points(self._curves, times)}

    def _annotation(self) -> Columns:
        """Lines where no curve is."""
        lines, options = list(self._options.annotation), self._options
        curves = curve_kinds.on_paper(
            [curve for curve in self._curves if curve.time.size], self._axis, start=self._start, end=self._end
        )
        rising = options.curve != "survival"
        return {
            "text": lines,
            **text_places(lines, curves, end=self._end, height=options.height, rising=rising),
        }


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
