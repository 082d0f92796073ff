"""Groups of equally many patients in words and in a table; what searching many cut-points costs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.footnotes import footnotes
from core.reporting.hazard_cells import REFERENCE, count_cell, ratio_cells
from core.reporting.labels import column_label, endpoint_label, event_label, in_sentence
from core.reporting.sentences import NOTABLE, confidence_words
from core.reporting.survival_tables import at
from core.reporting.tables import Cell, ReportTable, TableRow, interval_column, number_column, text_column, words

if TYPE_CHECKING:
    from core.regression.cut_point import CutPoint
    from core.regression.quantile_groups import QuantileGroups
    from core.result import AnalysisResult
    from core.timetoevent import FloatArray


def quantile_groups_sentence(result: AnalysisResult) -> str:
    """Incidence or survival of the lowest and the highest group, and the trend over all."""
    value = result.quantile_groups
    label, what = in_sentence(column_label(value.column)), event_label(value.event)
    lowest, highest = value.levels[0], value.levels[-1]
    tested = _test(value)
    row = _milestone(value)
    if row is None:
        return f"{what[:1].upper()}{what[1:]} by {label} in {len(value.levels)} groups: {tested}."
    shares = [_share(value, position, row) for position in (0, len(value.levels) - 1)]
    time = float(_times(value)[row])
    when = f"{fmt.time_label(time)} {fmt.unit_word(value.unit, time)}"
    said = "had come to" if value.incidence is not None else "had not come to"
    return (
        f"By {when} {what} {said} {shares[0]} with {label} {lowest} and {shares[1]} with {label} {highest}; {tested}."
    )


def _test(value: QuantileGroups) -> str:
    parts = []
    trend = value.comparison.trend
    if trend is not None and math.isfinite(trend.p_value):
        parts.append(f"trend over the groups {fmt.p_phrase(trend.p_value)}")
    else:
        parts.append(f"log-rank {fmt.p_phrase(value.comparison.p_value)}")
    step = value.trend_term
    if step is not None and len(value.levels) > 2 and math.isfinite(step.p_value):
        parts.append(f"of the incidence {fmt.p_phrase(step.p_value)}")
    elif value.incidence is not None and value.incidence.gray is not None:
        parts.append(f"Gray's test {fmt.p_phrase(value.incidence.gray[value.event].p_value)}")
    return ", ".join(parts)


def _times(value: QuantileGroups) -> FloatArray:
    if value.incidence is not None:
        return value.incidence.groups[0].causes[0].at.time
    assert value.survival is not None
    return value.survival.groups[0].at.time


def _last(value: QuantileGroups) -> float:
    """The time to which all groups were followed."""
    if value.incidence is not None:
        return min(group.event_free.last_time for group in value.incidence.groups)
    assert value.survival is not None
    return min(group.estimate.last_time for group in value.survival.groups)


def _milestone(value: QuantileGroups) -> int | None:
    known = [i for i, time in enumerate(_times(value).tolist()) if time <= _last(value)]
    return known[-1] if known else None


def _numbers(value: QuantileGroups, position: int, row: int) -> tuple[float, float, float]:
    if value.incidence is not None:
        chosen = value.incidence.groups[position].cause(value.event).at
        return float(chosen.incidence[row]), float(chosen.conf_low[row]), float(chosen.conf_high[row])
    assert value.survival is not None
    read = value.survival.groups[position].at
    return float(read.survival[row]), float(read.conf_low[row]), float(read.conf_high[row])


def _share(value: QuantileGroups, position: int, row: int) -> str:
    return fmt.percent_estimate(*_numbers(value, position, row))


def quantile_groups_table(result: AnalysisResult) -> ReportTable:
    """A row per group: patients, events, survival or incidence at the chosen times, hazard ratio against the lowest."""
    value, level = result.quantile_groups, confidence_words(result.analysis.conf_level)
    what = "incidence" if value.incidence is not None else "event-free"
    times = _times(value).tolist()
    columns = (
        text_column("group", column_label(value.column)),
        number_column("n", "Patients"),
        number_column("events", "Events"),
        *(
            interval_column(f"at_{i}", f"{name} ({level})", name=name, number_format="0.0%", level=level)
            for i, name in enumerate(f"{at(time, value.unit)}, {what}" for time in times)
        ),
        interval_column("hr_0", f"Hazard ratio ({level})", name="Hazard ratio", number_format="0.00", level=level),
        number_column("p_0", "P", "0.000"),
    )  # fmt: skip
    terms = {term.level: term for term in value.terms}
    rows = []
    for position, name in enumerate(value.levels):
        counts = (int(value.comparison.n[position]), round(float(value.comparison.observed[position])))
        shares = [_numbers(value, position, row) for row in range(len(times))]
        if position == 0:
            ratio = [Cell(REFERENCE, (1.0, None, None)), Cell("", (None,))]
        else:
            absent = [Cell(fmt.EN_DASH, (None, None, None)), Cell(fmt.EN_DASH, (None,))]
            ratio = ratio_cells(terms[name]) if name in terms else absent
        cells = (words(name), *map(count_cell, counts), *(Cell(fmt.percent_estimate(*row), row) for row in shares))
        rows.append(TableRow(cells=(*cells, *ratio)))
    tested = _test(value)
    cause = "; patients with another event first count as censored for the hazard ratio" if value.incidence else ""
    return ReportTable(
        title=f"{column_label(value.column)} in groups, {endpoint_label(result.subset.endpoint or '')}",
        columns=columns,
        rows=tuple(rows),
        footnotes=footnotes(result, f"{tested[:1].upper()}{tested[1:]}{cause}."),
    )


def tried_sentence(value: CutPoint, n_groups: int, searched: int) -> str:
    """How many cut-points stand behind what is shown, and what looking at several numbers costs.

    Parameters
    ----------
    value : CutPoint
        The search.
    n_groups : int
        Groups cut beforehand at quantiles.
    searched : int
        Numbers whose cut-points were searched for the same event, this one counted.
    """
    n = int(value.cut.size)
    text = (
        f"Cut-points tried: {fmt.counted(n)} in the search (its P is corrected for all of them), "
        f"{n_groups - 1} at quantiles, set beforehand by the number of patients."
    )
    if searched < 2:
        return text
    chance = 1 - (1 - NOTABLE) ** searched
    corrected = min(1.0, searched * value.p.permutation)
    return (
        f"{text} Numbers searched for this event so far: {searched}; were none of them to matter, one would still "
        f"reach P < {NOTABLE:g} with a chance of up to {fmt.percent(chance, 0)}. Corrected for that too (Bonferroni), "
        f"{fmt.p_phrase(corrected)} here."
    )
