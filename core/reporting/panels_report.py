"""Survival in several panels beside each other: endpoints of the same patients, or parts of the cohort.

Belongs here: the panels' numbers in a table and a sentence. Does not belong here: their results, which are ordinary
analyses each with an endpoint or filters of its own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.reporting import format as fmt
from core.reporting.footnotes import SYNTHETIC
from core.reporting.methods_text import method_line, method_lines
from core.reporting.sentences import confidence_words, exclusion_sentence
from core.reporting.survival_tables import count_cell, group_label, times_cell
from core.reporting.tables import (
    Cell,
    ReportTable,
    TableColumn,
    TableRow,
    blank,
    interval_column,
    number_column,
    text_column,
    words,
)

if TYPE_CHECKING:
    from core.result import AnalysisResult
    from core.spec import FilterSpec
    from core.survival.quantiles import IntervalEstimate
    from core.survival.summary import GroupSurvival

_CHANCE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalPanel:
    """One panel.

    Attributes
    ----------
    name : str
        The endpoint, or the part of the cohort.
    curves : AnalysisResult
        Of kind ``kaplan_meier``.
    comparison : AnalysisResult or None
        Of kind ``compare``; None without groups, or where they cannot be compared.
    cox : AnalysisResult or None
        Of kind ``cox``: the group alone; only with two groups.
    hazard_ratio : IntervalEstimate or None
        Its ratio.
    why_not : str
        Why groups are not compared.
    filters : tuple of FilterSpec
        What makes the part of the cohort, beside the filters of all panels.
    """

    name: str
    curves: AnalysisResult
    comparison: AnalysisResult | None = None
    cox: AnalysisResult | None = None
    hazard_ratio: IntervalEstimate | None = None
    why_not: str = ""
    filters: tuple[FilterSpec, ...] = ()

    @property
    def results(self) -> tuple[AnalysisResult, ...]:
        """Those that there are, the curves first."""
        return tuple(one for one in (self.curves, self.comparison, self.cox) if one is not None)

    @property
    def n_events(self) -> int:
        """Patients with the event."""
        data = self.curves.subset.data
        return 0 if data is None else int(data.event.sum())

    @property
    def p_value(self) -> float:
        """P of the test between the groups; NaN without one."""
        return math.nan if self.comparison is None else self.comparison.comparison.p_value


def panel_heading(panel: SurvivalPanel) -> str:
    """Name, patients and events: ``Overall survival: 94 patients, 66 events``."""
    return f"{panel.name}: {fmt.patients(panel.curves.subset.n)}, {fmt.several(panel.n_events, 'event')}"


def many_comparisons(panels: Sequence[SurvivalPanel]) -> str:
    """What so many comparisons do to a P; empty for one."""
    tested = sum(math.isfinite(panel.p_value) for panel in panels)
    if tested < 2:
        return ""
    return (
        f"{tested} comparisons stand here: were nothing different anywhere, about {tested * _CHANCE:.1f} of them would "
        "have P below 0.05 by chance. Each counts in the list of comparisons looked at."
    )


def panels_method(panels: Sequence[SurvivalPanel]) -> tuple[str, ...]:
    """How the numbers of all panels were computed, each method once, with the panels it was used in."""
    used: dict[tuple[str, ...], list[str]] = {}
    for panel in panels:
        for result in (panel.curves, panel.comparison, panel.cox):
            if result is not None:
                used.setdefault(method_lines(result), []).append(panel.name)
    lines: list[str] = []
    for (what, *others), names in used.items():
        where = "In every panel" if len(names) == len(panels) else f"In {fmt.in_words(names)}"
        lines += [f"{where}: {what}" if len(panels) > 1 else what, *others, ""]
    return tuple(lines[:-1])


def panels_sentence(panels: Sequence[SurvivalPanel]) -> str:
    """The ratio of every panel in one sentence; of more than two groups, or of none, the P or the medians."""
    known = [panel for panel in panels if panel.hazard_ratio is not None]
    if known:
        told = [
            f"{fmt.ratio_estimate(*_limits(panel.hazard_ratio))} for {_spoken(panel.name)}"
            for panel in known
            if panel.hazard_ratio is not None
        ]
        return f"The hazard ratio is {fmt.in_words(told)}."
    tested = [panel for panel in panels if math.isfinite(panel.p_value)]
    if tested:
        told = [f"{fmt.p_phrase(panel.p_value)} for {_spoken(panel.name)}" for panel in tested]
        return f"The log-rank test gives {fmt.in_words(told)}."
    unit = panels[0].curves.survival.unit
    told = [
        f"{fmt.quantity(group.quantiles[0.5].value, unit, fmt.unit_digits(unit))} for {_spoken(panel.name)}"
        for panel in panels
        for group in panel.curves.survival.groups[:1]
    ]
    return f"The median is {fmt.in_words(told)}."


def _spoken(name: str) -> str:
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def _limits(ratio: IntervalEstimate) -> tuple[float, float, float]:
    return ratio.value, ratio.conf_low, ratio.conf_high


def panels_table(panels: Sequence[SurvivalPanel]) -> ReportTable:
    """Every panel with its groups: patients, events, censored, median, hazard ratio and P."""
    first = panels[0].curves
    level = confidence_words(first.survival.groups[0].estimate.conf_level)
    columns = (
        text_column("panel", "Panel"),
        number_column("n", "Patients"),
        number_column("events", "Events"),
        number_column("censored", "Censored"),
        interval_column("median", f"Median ({level})", name="Median", number_format="0.0", level=level),
        interval_column("ratio", f"Hazard ratio ({level})", name="Hazard ratio", number_format="0.00", level=level),
        number_column("p", "P (log-rank)", "0.000"),
    )
    rows: list[TableRow] = []
    for panel in panels:
        rows.append(TableRow(cells=_total(panel, columns), kind="total"))
        groups = panel.curves.survival.groups
        if len(groups) > 1:
            rows += [TableRow(cells=_group(group, panel, columns), indent=1) for group in groups]
    units = dict.fromkeys(panel.curves.survival.unit for panel in panels)
    said = (
        f"Medians in {fmt.in_words(units)}; {fmt.NOT_REACHED}: not reached.",
        "Hazard ratios are unadjusted: Cox regression on the groups alone."
        if any(panel.hazard_ratio is not None for panel in panels)
        else "",
        many_comparisons(panels),
        *(f"{panel.name}: {panel.why_not}" for panel in panels if panel.why_not),
    )
    lines = [*said, method_line(first), *_left_out(panels), SYNTHETIC if first.subset.cohort.synthetic else ""]
    notes = tuple(dict.fromkeys(filter(None, lines)))
    return ReportTable(title="Survival, panel by panel", columns=columns, rows=tuple(rows), footnotes=notes)


def _left_out(panels: Sequence[SurvivalPanel]) -> list[str]:
    """Who is left out, and of which panel where not of all; nobody is left out who stands in another panel."""
    told = [{exclusion_sentence(one): one.stage for one in panel.curves.subset.exclusions} for panel in panels]
    shared = [text for text in told[0] if all(text in others for others in told)]
    own = [
        f"{panel.name}: {text}"
        for panel, sentences in zip(panels, told, strict=True)
        for text, stage in sentences.items()
        if text not in shared and stage != "filter"  # the filter that differs is what makes the panel
    ]
    return [*shared, *own]


def _total(panel: SurvivalPanel, columns: Sequence[TableColumn]) -> tuple[Cell, ...]:
    n, groups = panel.curves.subset.n, panel.curves.survival.groups
    median = _median(groups[0], panel) if len(groups) == 1 else blank(columns[4])
    ratio = blank(columns[5])
    if panel.hazard_ratio is not None:
        limits = _limits(panel.hazard_ratio)
        ratio = Cell(fmt.ratio_estimate(*limits), limits)
    known = math.isfinite(panel.p_value)
    p = Cell(fmt.p_value(panel.p_value), (panel.p_value,)) if known else blank(columns[6])
    counts = (count_cell(n), count_cell(panel.n_events), count_cell(_censored(panel)))
    return (words(panel.name), *counts, median, ratio, p)


def _censored(panel: SurvivalPanel, level: str | None = None) -> int:
    """Patients without any event, of all or of one group: who had a competing event is not one of them."""
    subset = panel.curves.subset
    free = np.ones(subset.n, dtype=np.bool_) if subset.data is None else ~subset.data.event.astype(np.bool_)
    for flags in subset.competing.values():
        free = free & ~flags
    if level is not None:
        free = free & (subset.groups.codes == subset.groups.levels.index(level))
    return int(free.sum())


def _group(group: GroupSurvival, panel: SurvivalPanel, columns: Sequence[TableColumn]) -> tuple[Cell, ...]:
    name = group_label(group.level)
    estimate = group.estimate
    return (
        Cell(name, (f"{panel.name}: {name}",)),
        count_cell(estimate.n),
        count_cell(estimate.n_events_total),
        count_cell(_censored(panel, group.level)),
        _median(group, panel),
        blank(columns[5]),
        blank(columns[6]),
    )


def _median(group: GroupSurvival, panel: SurvivalPanel) -> Cell:
    return times_cell(group.quantiles.get(0.5), fmt.unit_digits(panel.curves.survival.unit))
