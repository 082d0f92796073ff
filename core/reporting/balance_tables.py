"""Two groups made alike, in tables: the ratio by every method, and every covariate before and after."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.bias.weighted_sample import QUANTILES
from core.reporting import format as fmt
from core.reporting.balance_words import NAMES, both_groups, whom
from core.reporting.comparison_tables import p_cell
from core.reporting.e_value_table import e_text
from core.reporting.footnotes import NOT_REACHED, footnotes
from core.reporting.labels import column_label, endpoint_label
from core.reporting.sentences import confidence_words
from core.reporting.tables import (
    Cell,
    ReportTable,
    TableColumn,
    TableRow,
    heading,
    interval_column,
    number_column,
    text_column,
    words,
)
from core.survival.quantiles import quantile

if TYPE_CHECKING:
    from core.bias.covariate_balance import CovariateBalance, GroupsApart
    from core.bias.crude_against_adjusted import Comparison
    from core.result import AnalysisResult
    from core.survival.contrasts import Contrast

INTERVALS = {"crude": "model", "multivariable": "model", "matching": "robust, by matched set", "g_formula": "bootstrap"}


def ratios_table(result: AnalysisResult) -> ReportTable:
    """One row a method, the crude one first; what the forest plot draws."""
    value, level = result.balance, confidence_words(result.analysis.conf_level)
    reference, other = both_groups(result)
    columns = (
        text_column("factor", "Method"),
        number_column("n", "Patients"),
        number_column("events", "Events"),
        number_column("effective_0", f"Effective size, {reference}", "0.0"),
        number_column("effective_1", f"Effective size, {other}", "0.0"),
        interval_column("hr_0", f"Hazard ratio ({level})", name="Hazard ratio", number_format="0.00", level=level),
        number_column("p_0", "P", "0.000"),
        interval_column(
            "rmst",
            f"Difference of restricted means, {value.unit} ({level})",
            name="Difference of restricted means",
            number_format="0.0",
            level=level,
        ),
        number_column("e_value", "E-value", "0.00"),
        number_column("e_limit", "E-value of the limit", "0.00"),
        text_column("interval", "Interval"),
        text_column("whom", "Speaks for"),
    )
    return ReportTable(
        title=f"{other} against {reference}, crude against adjusted, {endpoint_label(result.subset.endpoint or '')}",
        columns=columns,
        rows=tuple(_ratio_row(result, one) for one in value.comparisons),
        footnotes=footnotes(
            result,
            f"Hazard ratios: {other} over {reference}. Effective size (Kish): a mean of that many unweighted patients "
            "would be as precise.",
            "E-value: how strong a factor that was not made alike would have to be to explain the ratio away, or the "
            "limit nearer to 1 (VanderWeele and Ding 2017).",
            f"Restricted means: up to {fmt.time_label(round(value.tau, 2))} {value.unit}. Cox with covariates: for "
            "patients with the same covariates, which differs from the others even where nothing confounds.",
        ),
    )


def _ratio_row(result: AnalysisResult, one: Comparison) -> TableRow:
    ratio, effective = one.ratio.ratio, one.ratio.effective
    values = (ratio.hazard_ratio, ratio.conf_low, ratio.conf_high)
    return TableRow(
        cells=(
            words(NAMES[one.method]),
            Cell(fmt.counted(ratio.n), (ratio.n,)),
            Cell(fmt.counted(ratio.n_events), (ratio.n_events,)),
            *(Cell(fmt.counted(x) if x == round(x) else fmt.number(x), (x,)) for x in effective),
            Cell(fmt.ratio_estimate(*values), values),
            p_cell(ratio.p_value),
            _area(one.rmst_difference),
            *_e_values(result, one.method),
            words(INTERVALS.get(one.method, "robust")),
            words(whom(result, one.method)),
        )
    )


def groups_table(result: AnalysisResult) -> ReportTable:
    """Median and restricted mean of both groups, as they are and by every method that has curves."""
    value, levels, level = result.balance, both_groups(result), confidence_words(result.analysis.conf_level)
    columns = (
        text_column("method", "Method and group"),
        number_column("n", "Patients"),
        interval_column("median", f"Median, {value.unit} ({level})", name="Median", number_format="0.0", level=level),
        interval_column(
            "rmst",
            f"Restricted mean, {value.unit} ({level})",
            name="Restricted mean",
            number_format="0.0",
            level=level,
        ),
        number_column("p", "Log-rank P", "0.000"),
    )
    rows = []
    for one in value.comparisons:
        if one.curves is None:
            continue
        head = heading(NAMES[one.method], columns)
        rows.append(TableRow(cells=(*head.cells[:-1], p_cell(one.ratio.score_p_value)), kind="heading"))
        for name, curve, area in zip(levels, one.curves.curves, one.curves.rmst, strict=True):
            middle = quantile(curve, 0.5)
            median = (middle.value, middle.conf_low, middle.conf_high)
            mean = (area.value, area.conf_low, area.conf_high)
            cells = (
                words(name),
                Cell(fmt.counted(curve.n), (curve.n,)),
                Cell(fmt.estimate(*median), median),
                Cell(fmt.estimate(*mean), mean),
                Cell("", (None,)),
            )
            rows.append(TableRow(cells=cells, indent=1))
    return ReportTable(
        title=f"Both groups by method, {endpoint_label(result.subset.endpoint or '')}",
        columns=columns,
        rows=tuple(rows),
        footnotes=footnotes(
            result,
            NOT_REACHED,
            f"Restricted means: up to {fmt.time_label(round(value.tau, 2))} {value.unit}. Log-rank, weighted: the "
            "robust score test.",
        ),
    )


def _e_values(result: AnalysisResult, method: str) -> tuple[Cell, Cell]:
    """How strong a hidden factor would have to be."""
    checks = result.balance.checks
    if checks is None:
        return Cell(fmt.EN_DASH, (None,)), Cell(fmt.EN_DASH, (None,))
    found = checks.e_values[method]
    return Cell(e_text(found.value), (found.value,)), Cell(e_text(found.of_limit), (found.of_limit,))


def _area(difference: Contrast | None) -> Cell:
    if difference is None:
        return Cell("", (None, None, None))
    shown = (difference.estimate, difference.conf_low, difference.conf_high)
    return Cell(fmt.estimate(*shown), shown)


def weights_table(result: AnalysisResult) -> ReportTable:
    """How unequal the weights of each method are."""
    value, levels = result.balance, both_groups(result)
    columns = (
        text_column("method", "Method and group"),
        number_column("n", "Patients"),
        number_column("effective", "Effective size", "0.0"),
        *(number_column(f"q_{i}", label, "0.00") for i, label in enumerate(("Smallest", "Median", "95 %", "Largest"))),
    )
    rows = []
    for one in value.comparisons:
        if one.sample is None:
            continue
        rows.append(heading(NAMES[one.method], columns))
        for code, key in enumerate(("reference", "other")):
            at = dict(zip(QUANTILES, one.sample.quantiles[key], strict=True))
            n = int((one.sample.kept & (one.sample.treated == bool(code))).sum())
            cells = [Cell(fmt.number(at[q], 2), (at[q],)) for q in (0.0, 0.5, 0.95, 1.0)]
            size = one.sample.effective[code]
            counts = (Cell(fmt.counted(n), (n,)), Cell(fmt.number(size), (size,)))
            rows.append(TableRow(cells=(words(levels[code]), *counts, *cells), indent=1))
    return ReportTable(title="Weights of each method", columns=columns, rows=tuple(rows), footnotes=footnotes(result))


def covariates_table(result: AnalysisResult) -> ReportTable:
    """Every covariate in both groups, before and after, with standardised differences and ratios of variances."""
    value = result.balance
    method = value.method if value.main is not None else None
    reference, other = both_groups(result)
    after = () if method is None else (
        text_column("after_0", f"{reference}, {NAMES[method]}", align="right"),
        text_column("after_1", f"{other}, {NAMES[method]}", align="right"),
        number_column("smd_after", "SMD after", "0.000"),
        number_column("vr_after", "Variance ratio after", "0.00"),
    )  # fmt: skip
    columns = (
        text_column("covariate", "Covariate"),
        text_column("before_0", reference, align="right"),
        text_column("before_1", other, align="right"),
        number_column("smd_before", "SMD before", "0.000"),
        number_column("vr_before", "Variance ratio before", "0.00"),
        *after,
    )
    rows = [row for one in value.covariates for row in _covariate_rows(one, method, columns)]
    return ReportTable(
        title=f"Balance of {fmt.several(len(value.covariates), 'covariate')} before and after",
        columns=columns,
        rows=tuple(rows),
        footnotes=footnotes(
            result,
            "Numbers: mean (standard deviation); categories: %. SMD: standardised difference without sign, before and "
            f"after by the spread of the groups as they are. Variance ratio: of numbers, {other} over {reference}.",
        ),
    )


def _covariate_rows(one: CovariateBalance, method: str | None, columns: tuple[TableColumn, ...]) -> list[TableRow]:
    both = [one.before, *([] if method is None else [one.after[method]])]
    label = column_label(one.covariate)
    if not one.levels:
        return [TableRow(cells=(words(label), *(cell for part in both for cell in _number_cells(part))))]
    first = [
        cell
        for part in both
        for cell in (Cell("", ("",)), Cell("", ("",)), _difference(part.difference), Cell("", (None,)))
    ]
    rows = [TableRow(cells=(words(label), *first))]
    for i, level in enumerate(one.levels):
        cells = [
            cell
            for part in both
            for cell in (words(fmt.percent(part.reference[i])), words(fmt.percent(part.other[i])), *_no_numbers())
        ]
        rows.append(TableRow(cells=(words(level), *cells), indent=1))
    return rows


def _no_numbers() -> tuple[Cell, Cell]:
    return Cell("", (None,)), Cell("", (None,))


def _number_cells(part: GroupsApart) -> tuple[Cell, ...]:
    said = [f"{_short(mean)} ({_short(sd)})" for mean, sd in (part.reference, part.other)]
    ratio = part.variance_ratio
    return (
        words(said[0]),
        words(said[1]),
        _difference(part.difference),
        Cell(fmt.number(ratio, 2, missing=fmt.EN_DASH), (ratio if math.isfinite(ratio) else None,)),
    )


def _short(value: float) -> str:
    return fmt.number(value, 1 if abs(value) >= 1 else 2, missing=fmt.EN_DASH)


def _difference(value: float) -> Cell:
    return Cell("∞" if math.isinf(value) else fmt.number(value, 3, missing=fmt.EN_DASH), (value,))
