"""Hazard ratios in a table: univariable and multivariable side by side, references as rows."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.cox_sentence import curve_p
from core.reporting.footnotes import footnotes
from core.reporting.hazard_cells import REFERENCE, absent_cells, count_cell, ratio_cells, told_cells
from core.reporting.interaction_table import depending, interaction_footnotes, interaction_rows
from core.reporting.labels import column_label, endpoint_label
from core.reporting.methods_text import method_line
from core.reporting.sentences import confidence_words
from core.reporting.tables import (
    Cell,
    ReportTable,
    TableColumn,
    TableRow,
    interval_column,
    number_column,
    spanned,
    text_column,
    words,
)
from core.spec import OWN_EVENT, CoxSpec, FineGraySpec

if TYPE_CHECKING:
    from core.regression.results import CoxAnalysis, CoxFit, CoxTable, CoxTerm, ModelBuilding, OverallTest
    from core.result import AnalysisResult


@dataclass(frozen=True, slots=True)
class _Model:
    """One pair of columns: terms, tests and P by covariate, and what each depends on."""

    name: str
    terms: dict[tuple[str, str | None], CoxTerm]
    overall: dict[str, OverallTest]
    depends: dict[str, str]
    whole: dict[str, float]


def cox_table(result: AnalysisResult) -> ReportTable:
    """Factor, level, patients, events, hazard ratio and P of each model that was asked for; also of ``fine_gray``."""
    analysis, spec = _parts(result)
    models = _models(analysis)
    ratio = "subdistribution hazard ratio" if isinstance(spec, FineGraySpec) else "hazard ratio"
    columns = _columns(models, confidence_words(spec.conf_level), ratio=ratio)
    rows = tuple(row for covariate in _covariates(analysis, spec) for row in _rows(covariate, models, columns))
    between = interaction_rows(analysis.building.interactions, n_absent=len(models) - 1)
    return ReportTable(
        title=_title(spec),
        columns=columns,
        rows=(*rows, *between),
        footnotes=footnotes(result, *_abbreviations(analysis, spec, rows), *_model_lines(analysis)),
    )


def two_hazards_table(cause_specific: AnalysisResult, subdistribution: AnalysisResult) -> ReportTable:
    """The cause-specific and the subdistribution hazard ratio of each factor side by side, of one event.

    Parameters
    ----------
    cause_specific : AnalysisResult
        Of kind ``cox``, mode ``multivariable``, with ``event``.
    subdistribution : AnalysisResult
        Of kind ``fine_gray``, the same event and covariates.
    """
    (analysis, spec), (other, _) = _parts(cause_specific), _parts(subdistribution)
    assert analysis.multivariable is not None
    assert other.multivariable is not None
    models = (_model("Cause-specific ", analysis.multivariable), _model("Subdistribution ", other.multivariable))
    columns = _columns(models, confidence_words(spec.conf_level), ratio="hazard ratio")
    rows = tuple(row for covariate in spec.covariates for row in _rows(covariate, models, columns))
    return ReportTable(
        title=f"Cause-specific and Fine-Gray regression, {endpoint_label(spec.endpoint)}",
        columns=columns,
        rows=rows,
        footnotes=footnotes(
            cause_specific, *_abbreviations(analysis, spec, rows), *_model_lines(analysis), method_line(subdistribution)
        ),
    )


def _models(analysis: CoxAnalysis) -> tuple[_Model, ...]:
    both = analysis.univariable is not None and analysis.multivariable is not None
    found: list[_Model] = []
    for name, model in (("Univariable", analysis.univariable), ("Multivariable", analysis.multivariable)):
        if model is not None:
            building = analysis.building if model is analysis.multivariable else None
            found.append(_model(f"{name} " if both else "", model, building))
    return tuple(found)


def _model(name: str, model: CoxTable | CoxFit, building: ModelBuilding | None = None) -> _Model:
    overall = {test.covariate: test for test in model.overall}
    return _Model(
        name,
        {(term.term, term.level): term for term in model.terms},
        overall,
        depending(building.interactions) if building else {},
        {
            **{name: test.p_value for name, test in overall.items()},
            **({curve.covariate: curve_p(curve) for curve in building.curves} if building else {}),
        },
    )


def _title(spec: CoxSpec | FineGraySpec) -> str:
    endpoint = endpoint_label(spec.endpoint)
    event = "" if spec.event in (None, OWN_EVENT) else f": {spec.event}"
    return f"{'Cox' if isinstance(spec, CoxSpec) else 'Fine-Gray'} regression, {endpoint}{event}"


def _columns(models: Sequence[_Model], level: str, *, ratio: str) -> tuple[TableColumn, ...]:
    columns = [text_column("factor", "Factor"), number_column("n", "Patients"), number_column("events", "Events")]
    for i, model in enumerate(models):
        name = f"{model.name}{ratio}" if model.name else ratio[:1].upper() + ratio[1:]
        own = ratio[:1].upper() + ratio[1:]
        estimate = interval_column(f"hr_{i}", f"{name} ({level})", name=name, number_format="0.00", level=level)
        columns.append(spanned(estimate, model.name.strip(), f"{own} ({level})"))
        columns.append(spanned(number_column(f"p_{i}", f"{model.name}P", "0.000"), model.name.strip(), "P"))
    return tuple(columns)


def _covariates(analysis: CoxAnalysis, spec: CoxSpec | FineGraySpec) -> tuple[str, ...]:
    return spec.covariates if analysis.univariable is not None else analysis.entered or spec.covariates


def _rows(covariate: str, models: Sequence[_Model], columns: Sequence[TableColumn]) -> Iterator[TableRow]:
    """A number is one row; a category is a heading, its reference, and a row per level."""
    terms = [term for model in models for (name, _), term in model.terms.items() if name == covariate]
    label = column_label(covariate)
    if not terms:
        cells = [Cell(label, (label,)), Cell(fmt.EN_DASH, (None,)), Cell(fmt.EN_DASH, (None,))]
        yield TableRow(cells=(*cells, *(cell for _ in models for cell in absent_cells())))
        return
    if terms[0].level is None:
        yield _level_row(label, label, terms[0], models, indent=0)
        return
    yield TableRow(cells=(words(label), Cell(""), Cell(""), *_overall(covariate, terms, models)), kind="heading")
    first = terms[0]
    if first.reference is not None:
        yield _reference_row(label, first, models)
    for level in dict.fromkeys(term.level for term in terms):
        term = next(term for term in terms if term.level == level)
        yield _level_row(str(level), f"{label}: {level}", term, models, indent=1)


def _level_row(text: str, name: str, term: CoxTerm, models: Sequence[_Model], *, indent: int) -> TableRow:
    cells = [Cell(text, (name,)), count_cell(term.n), count_cell(term.n_events)]
    for model in models:
        cells += _estimate(model.terms.get((term.term, term.level)), model)
    return TableRow(cells=tuple(cells), indent=indent)


def _reference_row(label: str, term: CoxTerm, models: Sequence[_Model]) -> TableRow:
    cells = [
        Cell(str(term.reference), (f"{label}: {term.reference}",)),
        count_cell(term.reference_n),
        count_cell(term.reference_n_events),
    ]
    for model in models:
        entered = any(name == term.term for name, _ in model.terms)
        cells += [Cell(REFERENCE, (1.0, None, None)), Cell("", (None,))] if entered else absent_cells()
    return TableRow(cells=tuple(cells), indent=1)


def _estimate(term: CoxTerm | None, model: _Model) -> list[Cell]:
    """A hazard ratio; where it depends on another factor or runs along a curve, that it does."""
    if term is None:
        return absent_cells()
    if term.role == "curve":
        return told_cells("along a curve", model.whole[term.term])
    if term.term in model.depends:
        return told_cells(f"depends on {model.depends[term.term]}", math.nan)
    return ratio_cells(term)


def _overall(covariate: str, terms: Sequence[CoxTerm], models: Sequence[_Model]) -> list[Cell]:
    """The P of all levels together, where there is more than one against the reference."""
    several = len({term.level for term in terms}) > 1
    cells: list[Cell] = []
    for model in models:
        test = model.overall.get(covariate) if several else None
        known = test is not None and math.isfinite(test.p_value)
        cells += [Cell(""), Cell(fmt.p_value(test.p_value), (test.p_value,)) if test and known else Cell("")]
    return cells


def _abbreviations(analysis: CoxAnalysis, spec: CoxSpec | FineGraySpec, rows: Sequence[TableRow]) -> Iterator[str]:
    if isinstance(spec, CoxSpec) and analysis.univariable is not None and analysis.multivariable is not None:
        left_out = [name for name in spec.covariates if name not in analysis.entered]
        if left_out:
            by_p = f"univariable P ≥ {spec.enter_below:g} or not estimable"
            why = "dropped by AIC" if spec.mode == "backward" else by_p
            yield f"{fmt.EN_DASH}: not in the multivariable model, {why}."
    terms = [term for model in _models(analysis) for term in model.terms.values()]
    if any(term.reference is None and term.role == "main" for term in terms):
        yield "Hazard ratios of numbers are per unit."
    if any(term.role == "curve" for term in terms):
        how = "" if any(fit.robust or fit.penalty for fit in _fits(analysis)) else " (likelihood ratio)"
        yield f"Along a curve: no single hazard ratio; P of the whole curve{how}."
    yield from interaction_footnotes(analysis.building.interactions)
    if any(row.kind == "heading" and any(cell.text for cell in row.cells[1:]) for row in rows):
        yield f"P beside a factor's name: all its levels together ({_overall_methods(analysis)})."


_METHOD_WORDS = {"wald": "Wald", "likelihood_ratio": "likelihood ratio", "score": "score test"}


def _overall_methods(analysis: CoxAnalysis) -> str:
    """By which test the levels of a factor are taken together, of each model where the models differ."""
    models = (("univariable", analysis.univariable), ("multivariable", analysis.multivariable))
    used = {
        name: fmt.in_words(dict.fromkeys(_METHOD_WORDS[test.method] for test in model.overall if test.df > 1))
        for name, model in models
        if model is not None
    }
    told = {name: words for name, words in used.items() if words}
    if len(set(told.values())) == 1:
        return next(iter(told.values()))
    return "; ".join(f"{name}: {words}" for name, words in told.items())


def _fits(analysis: CoxAnalysis) -> list[CoxFit]:
    """Every fit of the analysis."""
    alone = [] if analysis.univariable is None else list(analysis.univariable.fits.values())
    return alone if analysis.multivariable is None else [*alone, analysis.multivariable]


def _model_lines(analysis: CoxAnalysis) -> Iterator[str]:
    """Patients, events and fit of the multivariable model, and whether its hazard ratios per period are equal."""
    for equal in analysis.periods:
        how = "Wald" if equal.method == "wald" else "likelihood ratio"
        if math.isfinite(equal.p_value):
            label = column_label(equal.covariate)
            yield f"{label}: hazard ratio the same in all periods, {fmt.p_phrase(equal.p_value)} ({how})."
    fit = analysis.multivariable
    if fit is not None:
        parts = [f"{fmt.patients(fit.n)}, {fmt.several(fit.n_events, 'event')}"]
        if fit.n_missing:
            parts.append(f"{fit.n_missing} left out for a missing covariate")
        if math.isfinite(fit.concordance.value):
            parts.append(f"concordance {fmt.number(fit.concordance.value, 2)}")
        test = fit.tests.get("likelihood_ratio")
        if test is not None and math.isfinite(test.p_value):
            parts.append(f"likelihood-ratio {fmt.p_phrase(test.p_value)}")
        yield f"Multivariable model: {'; '.join(parts)}."


def _parts(result: AnalysisResult) -> tuple[CoxAnalysis, CoxSpec | FineGraySpec]:
    if isinstance(result.analysis, FineGraySpec):
        return result.fine_gray, result.analysis
    assert isinstance(result.analysis, CoxSpec)
    return result.cox, result.analysis
