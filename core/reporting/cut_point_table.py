"""A searched cut-point in tables: the two groups at it, every P, and how stable it is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.cohort.values import format_number
from core.reporting import format as fmt
from core.reporting.comparison_tables import p_cell
from core.reporting.cut_point_sentence import cut_levels_of
from core.reporting.footnotes import NOT_REACHED, footnotes
from core.reporting.labels import column_label, endpoint_label
from core.reporting.sentences import confidence_words
from core.reporting.tables import Cell, ReportTable, TableRow, interval_column, number_column, text_column, words

if TYPE_CHECKING:
    from core.result import AnalysisResult
    from core.survival.quantiles import IntervalEstimate


def cut_group_table(result: AnalysisResult) -> ReportTable:
    """The two groups at the cut: patients, events, median, hazard ratio as found and cross-validated."""
    value, level = result.cut_point, confidence_words(result.analysis.conf_level)
    digits = fmt.unit_digits(value.unit)
    columns = [
        text_column("group", column_label(value.column)),
        number_column("n", "Patients"),
        number_column("events", "Events"),
        interval_column(
            "median",
            f"Median ({level}), {value.unit}",
            name="Median",
            number_format="0.0" if digits else "0",
            level=level,
        ),
    ]
    for key, name in (("searched", "Hazard ratio at the searched cut"), ("honest", "Cross-validated hazard ratio")):
        columns.append(interval_column(key, f"{name} ({level})", name=name, number_format="0.00", level=level))
    rows = []
    for i, (name, group) in enumerate(zip(cut_levels_of(value), (value.below, value.above), strict=True)):
        median = (group.median.value, group.median.conf_low, group.median.conf_high)
        ratios = [_ratio(value.hazard_ratio), _ratio(value.cross_validated)] if i else [_reference(), _reference()]
        cells = [
            words(name),
            Cell(fmt.counted(group.n), (group.n,)),
            Cell(fmt.counted(group.n_events), (group.n_events,)),
        ]
        rows.append(TableRow(cells=(*cells, Cell(fmt.estimate(*median, digits=digits), median), *ratios)))
    gap = any(fmt.NOT_REACHED in cell.text for row in rows for cell in row.cells)
    said = (
        "The hazard ratio at the searched cut is too far from 1. Cross-validated: every patient grouped by the cut "
        "that nine tenths of the others chose; its interval is approximate."
    )
    return ReportTable(
        title=f"Best cut of {column_label(value.column)}, {endpoint_label(result.subset.endpoint or '')}",
        columns=tuple(columns),
        rows=tuple(rows),
        footnotes=footnotes(result, NOT_REACHED if gap else "", said),
    )


def cut_p_table(result: AnalysisResult) -> ReportTable:
    """Every P of the search, the valid ones first."""
    value = result.cut_point
    p = value.p
    error = f"± {fmt.number(p.std_error, 4)}" if p.n_extreme else ""
    count = f"{fmt.counted(p.n_extreme)} of {fmt.counted(p.permutations)} permutations as extreme"
    found = [
        ("Permutation (used)", p.permutation, f"{count}{f', error of drawing {error}' if error else ''}"),
        ("Normal distribution of all cuts together", p.gaussian, "large samples"),
        ("Lausen and Schumacher 1994", p.lausen_1994, "improved Bonferroni, an upper bound"),
        ("Lausen and Schumacher 1992", p.lausen_1992, "limit for many cuts, an approximation"),
        ("Not corrected: not valid", p.naive, "as if the cut had been chosen beforehand"),
    ]
    columns = (text_column("method", "Method"), number_column("p", "P", "0.000"), text_column("note", "What it is"))
    tried = f"{fmt.several(int(value.cut.size), 'cut')} tried, statistic {fmt.number(value.statistic, 2)}."
    rows = [TableRow(cells=(words(name), p_cell(one), words(note))) for name, one, note in found if math.isfinite(one)]
    return ReportTable(
        title=f"P of the best cut of {column_label(value.column)}",
        columns=columns,
        rows=tuple(rows),
        footnotes=footnotes(result, tried),
    )


def cut_stability_table(result: AnalysisResult) -> ReportTable | None:
    """The most frequent best cuts of the bootstrap samples; None without."""
    value = result.cut_point
    found = value.stability
    if found is None:
        return None
    columns = (
        text_column("cut", f"Best cut of {column_label(value.column)}"),
        number_column("share", "Bootstrap samples", "0.0%"),
    )
    order = sorted(range(found.cut.size), key=lambda i: (-found.share[i], found.cut[i]))[:10]
    shares = [(float(found.cut[i]), float(found.share[i])) for i in order]
    rows = [
        TableRow(cells=(words(f"≤{format_number(cut)}"), Cell(fmt.percent(share), (share,)))) for cut, share in shares
    ]
    rest = found.cut.size - len(rows)
    said = f"{fmt.several(rest, 'other cut')} less often." if rest else ""
    span = (
        f"{fmt.percent(value.conf_level, 0)} of the samples between {format_number(found.conf_low)} and "
        f"{format_number(found.conf_high)}, where {fmt.percent(found.patients_between, 0)} of the patients are."
    )
    return ReportTable(
        title=f"Stability of the cut of {column_label(value.column)}",
        columns=columns,
        rows=tuple(rows),
        footnotes=footnotes(result, span, said),
    )


def _ratio(ratio: IntervalEstimate) -> Cell:
    values = (ratio.value, ratio.conf_low, ratio.conf_high)
    return Cell(fmt.ratio_estimate(*values), values)


def _reference() -> Cell:
    return Cell("reference", (1.0, None, None))
