"""How a Cox model was chosen, its curves, and who and what drives it, as tables."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from core.regression.curve import PERCENTILES
from core.reporting import format as fmt
from core.reporting.footnotes import footnotes
from core.reporting.hazard_cells import contrast_words
from core.reporting.labels import column_label, endpoint_label, in_sentence
from core.reporting.sentences import confidence_words
from core.reporting.tables import (
    Cell,
    ReportTable,
    TableColumn,
    TableRow,
    interval_column,
    number_column,
    text_column,
    words,
)

if TYPE_CHECKING:
    from core.regression.curve import Curve
    from core.result import AnalysisResult

TEST_NAMES = {
    "overall_likelihood_ratio": "any effect, likelihood ratio",
    "overall_wald": "any effect, Wald",
    "nonlinearity_likelihood_ratio": "not a straight line, likelihood ratio",
    "nonlinearity_wald": "not a straight line, Wald",
}


def selection_table(result: AnalysisResult) -> ReportTable:
    """The path of a backward elimination: what was dropped, and the AIC before and after."""
    selection = result.cox.building.selection
    assert selection is not None
    columns = (
        text_column("step", "Dropped"),
        number_column("aic", "AIC", "0.0"),
        number_column("change", "Change of AIC", "0.0"),
        number_column("parameters", "Coefficients"),
        text_column("next", "AIC without each of those left"),
    )
    rows, before = [], math.nan
    for step in selection.steps:
        without = ", ".join(f"{factor_words(name)} {fmt.number(aic, 1)}" for name, aic in step.without)
        change = step.aic - before
        cells = (
            words("Nothing: all factors" if step.dropped is None else factor_words(step.dropped)),
            Cell(fmt.number(step.aic, 1), (step.aic,)),
            Cell(fmt.number(change, 1, missing=""), (change if math.isfinite(change) else None,)),
            Cell(fmt.counted(step.n_parameters), (step.n_parameters,)),
            words(without or fmt.EN_DASH),
        )
        rows.append(TableRow(cells=cells))
        before = step.aic
    kept = fmt.in_words(factor_words(name) for name in selection.steps[-1].kept)
    return ReportTable(
        title=f"Backward elimination, {_endpoint(result)}",
        columns=columns,
        rows=tuple(rows),
        footnotes=footnotes(
            result,
            f"In the model: {kept or 'nothing'}.",
            f"All models: {fmt.patients(selection.n)} with a value of every factor, "
            f"{fmt.several(selection.n_events, 'event')}.",
            f"Always kept: {fmt.in_words(map(column_label, selection.forced))}." if selection.forced else "",
            "AIC: twice the coefficients less twice the log partial likelihood; lower is better.",
        ),
    )


def curve_table(result: AnalysisResult, curve: Curve) -> ReportTable:
    """The hazard ratio at percentiles of the patients' values, against the reference."""
    level = confidence_words(result.analysis.conf_level)
    label = column_label(curve.covariate)
    name = f"Hazard ratio against {fmt.time_label(curve.reference)}"
    columns = (
        number_column("percent", "Patients at or below", '0"%"'),
        number_column("value", label, "General"),
        interval_column("hr_0", f"{name} ({level})", name=name, number_format="0.00", level=level),
    )
    return ReportTable(
        title=f"Curve of {in_sentence(label)}, {_endpoint(result)}",
        columns=columns,
        rows=tuple(_curve_row(curve, at) for at in _shown_points(curve)),
        footnotes=footnotes(result, *_curve_footnotes(curve)),
    )


def _shown_points(curve: Curve) -> list[int]:
    """Where the curve is at the smallest and largest value and at the percentiles, each once."""
    wanted = np.percentile(curve.observed, (0, *PERCENTILES, 100))
    return list(dict.fromkeys(int(np.abs(curve.value - value).argmin()) for value in wanted))


def _curve_row(curve: Curve, at: int) -> TableRow:
    value = float(curve.value[at])
    ratio = (float(curve.hazard_ratio[at]), float(curve.conf_low[at]), float(curve.conf_high[at]))
    share = float(np.mean(curve.observed <= value * (1 + 1e-12)))
    return TableRow(
        cells=(
            Cell(fmt.percent(share, 0), (100 * share,)),
            Cell(f"{value:.4g}".replace("-", fmt.MINUS), (value,)),
            Cell(fmt.ratio_estimate(*ratio), ratio),
        )
    )


def _curve_footnotes(curve: Curve) -> tuple[str, ...]:
    knots = ", ".join(fmt.time_label(knot) for knot in curve.knots)
    tests = "; ".join(
        f"{TEST_NAMES[name]} {fmt.p_phrase(test.p_value)}" for name, test in curve.tests.items() if name in TEST_NAMES
    )
    return (
        f"Restricted cubic spline with knots at {knots}; limits are of each point by itself.",
        f"Tests: {tests}.",
    )


def overlap_table(result: AnalysisResult) -> ReportTable:
    """Variance inflation of each factor."""
    found = result.cox.building.collinearity
    assert found is not None
    columns = (
        text_column("factor", "Factor"),
        number_column("widening", "Interval as wide, times", "0.00"),
        number_column("vif", "Variance inflation", "0.00"),
        number_column("df", "Coefficients"),
        text_column("partner", "Overlaps most with"),
    )
    rows = tuple(
        TableRow(
            cells=(
                words(column_label(factor.covariate)),
                Cell(fmt.number(factor.widening, 2), (factor.widening,)),
                Cell(fmt.number(factor.vif, 2), (factor.vif,)),
                Cell(fmt.counted(factor.df), (factor.df,)),
                words(fmt.EN_DASH if factor.partner is None else column_label(factor.partner)),
            )
        )
        for factor in found.factors
    )
    return ReportTable(
        title=f"Overlap of factors, {_endpoint(result)}",
        columns=columns,
        rows=rows,
        footnotes=footnotes(
            result,
            "Variance inflation: of all coefficients of the factor together (generalised, Fox and Monette); the "
            "interval is as many times as wide as without overlap, variance inflation to the power 1/(2·coefficients).",
            "Of the model without its interactions." if result.cox.building.interactions else "",
        ),
    )


def influence_table(result: AnalysisResult) -> ReportTable:
    """For every hazard ratio the patient without whom it would change most."""
    found = result.cox.building.influence
    assert found is not None
    columns = (
        text_column("factor", "Hazard ratio of"),
        number_column("hr", "All patients", "0.00"),
        number_column("p", "P", "0.000"),
        number_column("row", "Row left out"),
        number_column("hr_without", "Without it", "0.00"),
        number_column("p_without", "P without it", "0.000"),
        number_column("dfbetas", "Change in standard errors", "0.00"),
    )
    rows = tuple(
        TableRow(
            cells=(
                words(contrast_words(left.term, left.level, left.reference)),
                Cell(fmt.ratio(left.hazard_ratio), (left.hazard_ratio,)),
                _p(left.p_value),
                Cell(str(left.row), (left.row,)),
                Cell(fmt.ratio(left.hazard_ratio_without), (_known(left.hazard_ratio_without),)),
                _p(left.p_value_without),
                Cell(fmt.number(left.dfbetas, 2), (left.dfbetas,)),
            )
        )
        for left in found.most
    )
    return ReportTable(
        title=f"Influence of single patients, {_endpoint(result)}",
        columns=columns,
        rows=rows,
        footnotes=footnotes(
            result,
            "Rows as the spreadsheet counts them. Without it: fitted again without this patient, who changes the "
            "hazard ratio most of the three with the largest change in standard errors (dfbetas).",
            "Factors of an interaction have no single hazard ratio and are not listed."
            if result.cox.building.interactions
            else "",
        ),
    )


def all_influences_table(result: AnalysisResult) -> ReportTable:
    """Every patient's change of every coefficient in standard errors, for files."""
    found = result.cox.building.influence
    assert found is not None
    columns: tuple[TableColumn, ...] = (
        number_column("row", "Row"),
        *(number_column(f"c{j}", column_words(name), "0.000") for j, name in enumerate(found.names)),
    )
    rows = tuple(
        TableRow(
            cells=(
                Cell(str(row), (row,)),
                *(Cell(fmt.number(value, 3, missing=fmt.EN_DASH), (_known(value),)) for value in values),
            )
        )
        for row, values in zip(found.rows.tolist(), found.dfbetas.tolist(), strict=True)
    )
    return ReportTable(
        title=f"Influence of every patient (dfbetas), {_endpoint(result)}",
        columns=columns,
        rows=rows,
        footnotes=footnotes(result, "Change of the coefficient in standard errors when the patient is taken in."),
    )


def column_words(name: str) -> str:
    """A column of the model for people: ``sex: M`` is "Sex: M", ``age''`` "Age (curve 3)"."""
    parts = []
    for part in name.split(" × "):
        column, colon, level = part.partition(": ")
        plain = column.rstrip("'")
        bend = f" (curve {len(column) - len(plain) + 1})" if plain != column else ""
        parts.append(f"{column_label(plain)}{bend}{colon}{level}")
    return " × ".join(parts)


def factor_words(name: str) -> str:
    """A covariate, or an interaction ``a × b``, for people."""
    return " × ".join(column_label(part) for part in name.split(" × "))


def _endpoint(result: AnalysisResult) -> str:
    return endpoint_label(result.subset.endpoint or "survival")


def _p(value: float) -> Cell:
    return Cell(fmt.p_value(value), (_known(value),))


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
