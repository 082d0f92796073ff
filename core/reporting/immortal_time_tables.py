"""Immortal time in tables: the ratio by every method, who is dropped at each landmark, survival by strategy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.reporting import format as fmt
from core.reporting.comparison_tables import p_cell
from core.reporting.footnotes import footnotes
from core.reporting.immortal_time_sentence import spoken_levels
from core.reporting.labels import endpoint_label
from core.reporting.sentences import confidence_words
from core.reporting.tables import Cell, ReportTable, TableRow, interval_column, number_column, text_column, words

if TYPE_CHECKING:
    from core.bias.later_treatment import MethodRatio
    from core.bias.side_by_side import ImmortalTime
    from core.result import AnalysisResult


def methods_table(result: AnalysisResult) -> ReportTable:
    """One row a method: patients, events, hazard ratio and P; what a forest plot draws."""
    value, level = result.immortal_time, confidence_words(result.analysis.conf_level)
    untreated, treated = spoken_levels(result)
    columns = (
        text_column("factor", "Method"),
        number_column("n", "Patients"),
        number_column("events", "Events"),
        number_column("treated", f"{treated}, events/patients"),
        interval_column("hr_0", f"Hazard ratio ({level})", name="Hazard ratio", number_format="0.00", level=level),
        number_column("p_0", "P", "0.000"),
        number_column("left", "Left of the naive difference", "0%"),
    )
    rows = [_row(name, ratio, value.naive) for name, ratio in named_ratios(value)]
    return ReportTable(
        title=f"{treated} against {untreated} by method, {endpoint_label(result.subset.endpoint or '')}",
        columns=columns,
        rows=tuple(rows),
        footnotes=footnotes(
            result,
            f"Hazard ratios: {treated} over {untreated}.",
            "Left of the naive difference: share of the naive log hazard ratio; below 0 % the other direction.",
            log_rank_line(result),
            "Clones: with this grace period." if value.clones is not None else "",
        ),
    )


def log_rank_line(result: AnalysisResult) -> str:
    """The naive ratio as papers print it that were computed with GraphPad Prism."""
    value = result.immortal_time
    ratio = value.naive_log_rank
    said = fmt.ratio_estimate(ratio.value, ratio.conf_low, ratio.conf_high)
    return f"The naive ratio by the log-rank method, as GraphPad Prism prints it: {said}."


def named_ratios(value: ImmortalTime) -> list[tuple[str, MethodRatio]]:
    """Every method by name, the naive one first."""
    unit = value.unit
    named = [("Naive", value.naive)]
    named += [(f"Landmark at {_time(mark.time, unit)}", mark.ratio) for mark in value.landmarks]
    named.append(("Time-dependent", value.time_dependent.ratio))
    if value.clones is not None:
        named.append((f"Clones, {_time(value.clones.grace, unit)}", value.clones.ratio))
    return named


def landmark_table(result: AnalysisResult) -> ReportTable | None:
    """Who is dropped at each landmark and why; None without landmarks."""
    value = result.immortal_time
    if not value.landmarks:
        return None
    treated = spoken_levels(result)[1]
    columns = (
        text_column("landmark", f"Landmark, {value.unit}"),
        number_column("dropped_event", "Dropped: event before"),
        number_column("dropped_censored", "Dropped: follow-up ended before"),
        number_column("dropped_group", f"of them {treated}"),
        number_column("n", "Patients kept"),
        number_column("treated", f"{treated} begun by then"),
        number_column("later", f"{treated} begun later, counted as not"),
        number_column("p", "Log-rank P from there", "0.000"),
    )
    rows = []
    for mark in value.landmarks:
        counts = (
            mark.dropped_event.size,
            mark.dropped_censored.size,
            mark.n_of_group_dropped,
            mark.n,
            mark.n_treated,
            mark.n_later,
        )
        rows.append(
            TableRow(
                cells=(
                    words(fmt.number(mark.time, 0 if mark.time == round(mark.time) else 1)),
                    *(Cell(fmt.counted(count), (count,)) for count in counts),
                    p_cell(mark.p_value),
                )
            )
        )
    return ReportTable(
        title=f"Who is dropped at each landmark, {endpoint_label(result.subset.endpoint or '')}",
        columns=columns,
        rows=tuple(rows),
        footnotes=footnotes(result, "Before: at or before the landmark."),
    )


def mantel_byar_table(result: AnalysisResult) -> ReportTable:
    """Follow-up, events and expected events while untreated and while treated."""
    value = result.immortal_time
    found = value.time_dependent
    test, unit, treated = found.mantel_byar, value.unit, spoken_levels(result)[1]
    columns = (
        text_column("state", "Follow-up while"),
        number_column("time", f"Person-{unit}", "0.0"),
        number_column("observed", "Events"),
        number_column("expected", "Expected", "0.0"),
        number_column("p", "Mantel-Byar P", "0.000"),
    )
    rows = []
    states = (f"not yet or never {treated}", treated)
    numbers = zip(found.person_time, np.rint(test.observed).astype(int).tolist(), test.expected.tolist(), strict=True)
    for i, (state, (length, observed, expected)) in enumerate(zip(states, numbers, strict=True)):
        rows.append(
            TableRow(
                cells=(
                    words(state),
                    Cell(fmt.number(length, 1), (length,)),
                    Cell(fmt.counted(observed), (observed,)),
                    Cell(fmt.number(expected, 1), (expected,)),
                    Cell("", (None,)) if i == 0 else p_cell(test.p_value),
                )
            )
        )
    return ReportTable(
        title=f"Follow-up before and after {treated} began, {endpoint_label(result.subset.endpoint or '')}",
        columns=columns,
        rows=tuple(rows),
        footnotes=footnotes(result, f"Expected: were the hazards with and without {treated} the same."),
    )


def strategies_table(result: AnalysisResult) -> ReportTable | None:
    """Clones, their censoring and survival of both strategies at the end of the grace period and later."""
    value, level = result.immortal_time, confidence_words(result.analysis.conf_level)
    clones = value.clones
    if clones is None:
        return None
    times = [clones.grace * factor for factor in (1, 2, 4) if clones.grace * factor <= clones.time[-1]]
    columns = (
        text_column("strategy", "Strategy"),
        number_column("clones", "Clones"),
        number_column("censored", "Left the strategy"),
        *(
            interval_column(
                f"at_{i}",
                f"{_time(time, value.unit)} ({level})",
                name=_time(time, value.unit),
                number_format="0.0%",
                level=level,
            )
            for i, time in enumerate(times)
        ),
    )
    treated = spoken_levels(result)[1]
    names = (f"No {treated}", treated)
    rows = []
    for arm, name in enumerate(names):
        cells = [
            words(f"{name} within {_time(clones.grace, value.unit)}"),
            Cell(fmt.counted(value.n), (value.n,)),
            Cell(fmt.counted(clones.n_censored[arm]), (clones.n_censored[arm],)),
        ]
        for time in times:
            k = int(np.searchsorted(clones.time, time * (1 + 1e-9), side="right"))
            read = (clones.survival[arm], clones.conf_low[arm], clones.conf_high[arm])
            shown = tuple(float(line[k - 1]) if k else 1.0 for line in read)
            cells.append(Cell(fmt.percent_estimate(*shown), shown))
        rows.append(TableRow(cells=tuple(cells)))
    return ReportTable(
        title=f"Had everybody followed either strategy, {endpoint_label(result.subset.endpoint or '')}",
        columns=columns,
        rows=tuple(rows),
        footnotes=footnotes(result, f"Largest weight {fmt.number(clones.largest_weight, 1)}."),
    )


def _time(time: float, unit: str) -> str:
    """A time with its unit: ``3 months``, ``91.3 days``."""
    return f"{time:.4g} {fmt.unit_word(unit, time)}"


def _row(name: str, ratio: MethodRatio, naive: MethodRatio) -> TableRow:
    values = (ratio.hazard_ratio, ratio.conf_low, ratio.conf_high)
    return TableRow(
        cells=(
            words(name),
            Cell(fmt.counted(ratio.n), (ratio.n,)),
            Cell(fmt.counted(ratio.n_events), (ratio.n_events,)),
            Cell(f"{ratio.n_events_treated}/{ratio.n_treated}", (ratio.n_events_treated,)),
            Cell(fmt.ratio_estimate(*values), values),
            p_cell(ratio.p_value),
            _left(ratio, naive),
        )
    )


def _left(ratio: MethodRatio, naive: MethodRatio) -> Cell:
    """How much of the naive difference a method leaves."""
    share = ratio.share_of(naive)
    if ratio is naive or not np.isfinite(share):
        return Cell("" if ratio is naive else fmt.EN_DASH, (None,))
    return Cell(fmt.percent(share, 0), (share,))
