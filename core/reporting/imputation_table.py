"""Imputed values in tables and words: how many, what they look like, and the model of the complete patients beside."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.footnotes import footnotes
from core.reporting.hazard_cells import contrast_words
from core.reporting.labels import column_label, endpoint_label
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
    from core.regression.imputation import ImputedVariable
    from core.regression.imputed_model import ImputedModel
    from core.regression.results import CoxTerm
    from core.result import AnalysisResult

SOURCE = "White and Royston, Stat Med 2009;28:1982-1998; Barnard and Rubin, Biometrika 1999;86:948-955"
MIXED = 1.1  # scale reduction above which chains do not tell the same


def imputation_sentence(model: ImputedModel) -> str:
    """How much was imputed, and what that takes for granted."""
    imputed = model.imputed
    n = len(imputed.frame)
    if not imputed.variables:
        return "No value of these factors is missing: nothing was imputed."
    kept = fmt.patients(imputed.n_incomplete)
    poor = [column_label(one.name) for one in imputed.variables if one.mixing > MIXED]
    warned = f" The chains of {fmt.in_words(poor)} do not tell the same yet: ask for more rounds." if poor else ""
    return (
        f"{kept} of {n:,} lack a value; instead of leaving them out, missing values were imputed in "
        f"{imputed.asked.sets} completed tables and the results pooled. This is right if what is known of a patient "
        f"(the factors, the event and its time) tells who lacks a value; no method can check that.{warned}"
    )


def imputed_values_table(result: AnalysisResult) -> ReportTable | None:
    """Known and imputed values of each variable; None where nothing was imputed."""
    model = result.cox.imputation
    if model is None or not model.imputed.variables:
        return None
    rows = [row for one in model.imputed.variables for row in variable_rows(one)]
    return ReportTable(
        title=f"Known and imputed values, {endpoint_label(result.subset.endpoint or '')}",
        columns=variables_columns(),
        rows=tuple(rows),
        footnotes=footnotes(
            result,
            "Numbers: mean ± standard deviation. Imputed values may differ from known ones where patients without a "
            "value differ.",
            f"Scale reduction near 1: the {model.imputed.asked.sets} chains tell the same.",
        ),
    )


def complete_patients_table(result: AnalysisResult) -> ReportTable | None:
    """Pooled hazard ratios beside those of the complete patients; None where nothing was imputed."""
    model = result.cox.imputation
    if model is None or not model.imputed.variables:
        return None
    level = confidence_words(result.analysis.conf_level)
    columns = (
        text_column("factor", "Factor"),
        interval_column("hr_0", f"Imputed, HR ({level})", name="Imputed", number_format="0.00", level=level),
        interval_column(
            "hr_1", f"Complete patients, HR ({level})", name="Complete patients", number_format="0.00", level=level
        ),
        number_column("fmi", "Missing information", "0%"),
    )
    which, n = _whole(model, result)
    return ReportTable(
        title=f"Imputed beside left out, {endpoint_label(result.subset.endpoint or '')}",
        columns=columns,
        rows=tuple(_beside(result, model)),
        footnotes=footnotes(
            result,
            f"Complete patients: {n} with a value of {which}.",
            "Missing information: share of the information on that ratio that the missing values took.",
            SOURCE + ".",
        ),
    )


def _whole(model: ImputedModel, result: AnalysisResult) -> tuple[str, str]:
    fit = model.complete.multivariable
    if fit is not None and result.cox.multivariable is not None:
        return "every factor", f"{fmt.patients(fit.n)}, {fmt.several(fit.n_events, 'event')}"
    return "that factor", "patients"


def _beside(result: AnalysisResult, model: ImputedModel) -> Iterator[TableRow]:
    many = result.cox.multivariable is not None
    which = "multivariable" if many else "univariable"
    now, before = getattr(result.cox, which), getattr(model.complete, which)
    told = {(one.term, one.level): one for one in model.terms if one.model == which}
    left = {(term.term, term.level): term for term in before.terms} if before is not None else {}
    for term in now.terms:
        key = (term.term, term.level)
        share = told[key].missing_information if key in told else math.nan
        yield TableRow(
            cells=(
                words(contrast_words(term.term, term.level, term.reference)),
                _ratio(term),
                _ratio(left.get(key)),
                Cell(fmt.percent(share, 0) if math.isfinite(share) else fmt.EN_DASH, (share,)),
            )
        )


def _ratio(term: CoxTerm | None) -> Cell:
    if term is None or not math.isfinite(term.hazard_ratio):
        return Cell(fmt.NOT_ESTIMABLE, (None, None, None))
    values = (term.hazard_ratio, term.conf_low, term.conf_high)
    return Cell(fmt.ratio_estimate(*values), values)


def variables_columns() -> tuple[TableColumn, ...]:
    """Columns of a table of imputed variables."""
    return (
        text_column("variable", "Variable"),
        number_column("n", "Imputed patients"),
        text_column("observed", "Known values", align="right"),
        text_column("imputed", "Imputed values", align="right"),
        number_column("mixing", "Scale reduction of the chains", "0.00"),
    )


def variable_rows(one: ImputedVariable) -> Iterator[TableRow]:
    """One variable: a row, and one for each level."""
    mixing = Cell(fmt.number(one.mixing, 2) if math.isfinite(one.mixing) else "", (one.mixing,))
    label, count = column_label(one.name), Cell(fmt.counted(one.n_missing), (one.n_missing,))
    if not one.levels:
        known, filled = (
            f"{fmt.number(float(v.mean()), 1)} ± {fmt.number(float(v.std()), 1)}" for v in (one.observed, one.imputed)
        )
        yield TableRow(
            cells=(
                words(label),
                Cell(fmt.counted(one.n_missing), (one.n_missing,)),
                words(known),
                words(filled),
                mixing,
            )
        )
        return
    yield TableRow(cells=(words(label), count, words(""), words(""), mixing))
    for level, known_share, share in zip(one.levels, one.observed_shares, one.imputed_shares, strict=True):
        yield TableRow(
            cells=(
                Cell(level, (f"{label}: {level}",)),
                Cell("", (None,)),
                words(fmt.percent(float(known_share), 0)),
                words(fmt.percent(float(share), 0)),
                Cell("", (None,)),
            ),
            indent=1,
        )
