"""The answers about a cohort as somebody may see them who sees no small numbers: one value for screen and files.

Belongs here: putting tables and curves of one page together, so that none gives another away. Does not belong here:
the single tables, which patients may be asked about at all (``guard``).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.reporting import format as fmt
from core.reporting.footnotes import SYNTHETIC
from core.reporting.suppression.characteristics import characteristics_table, link_characteristics, sizes_of_groups
from core.reporting.suppression.curves import Grid, ProtectedCurve, curves_of
from core.reporting.suppression.hazards import hazards_report, link_factors
from core.reporting.suppression.linked_counts import ALL, Key, LinkedCounts, known_before, under_all
from core.reporting.suppression.nested import link_nested
from core.reporting.suppression.printed import WITHHELD, PrintedCounts
from core.reporting.suppression.responses import link_responses, responses_report
from core.reporting.suppression.safety import adverse_events_report, link_adverse_events
from core.reporting.suppression.survival import link_survival, survival_at_report, survival_report
from core.reporting.suppression.withhold import withheld
from core.reporting.tables import ReportTable
from core.result import AnalysisResult
from core.timetoevent import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ProtectedAnswers:
    """What may be shown.

    Attributes
    ----------
    threshold : int
    n : int or None
        Patients of the page; None: withheld.
    tables : tuple of ReportTable
    curves : tuple of ProtectedCurve
        Empty without an endpoint.
    endpoint, unit : str
        Empty without an endpoint.
    comparison : str
        The difference between groups in one sentence; empty where it may not be told.
    n_withheld : int
        Cells of the tables that are withheld.
    notes : tuple of str
        What was withheld and why.
    """

    threshold: int
    n: int | None
    tables: tuple[ReportTable, ...]
    curves: tuple[ProtectedCurve, ...]
    endpoint: str
    unit: str
    comparison: str
    n_withheld: int
    notes: tuple[str, ...]


def protected(
    results: Sequence[AnalysisResult],
    threshold: int,
    *,
    whole: Sequence[AnalysisResult] = (),
    variables: Collection[str] | None = None,
) -> ProtectedAnswers:
    """Results of one selection without small numbers and what would give them away.

    What is withheld of one kind does not depend on which others are there: tables made one by one say the same as
    those made together.

    Parameters
    ----------
    results : sequence of AnalysisResult
        One of kind ``baseline``, and at most one of each of ``kaplan_meier``, ``compare``, ``cox`` (of the groups
        alone), ``adverse_events`` (patients counted) and ``response``, all of the same patients and groups. Other kinds
        are not shown: nothing says yet how they are protected.
    threshold : int
        Counts from 1 to ``threshold - 1`` are small.
    whole : sequence of AnalysisResult
        Where ``results`` are of groups: the same of all patients together, whose page is shown too. What that page
        prints is known, and no group may be found by taking the others from it.
    variables : collection of str, optional
        Those of Table 1 that are printed; all without it, and no Table 1 if there is none. Each Table 1 of the same
        patients must be computed with all variables that any prints: then they withhold the same.

    Raises
    ------
    SpecError
        If nothing of it can be protected.
    """
    of_kind = {result.kind: result for result in results}
    with_table_1 = variables is None or len(variables) > 0
    if whole:
        all_counts, all_grid = _linked({result.kind: result for result in whole}, threshold, table_1=with_table_1)
        among = None if all_grid is None else all_grid.time
        counts, grid = _linked(of_kind, threshold, among=among, table_1=with_table_1)
        levels = of_kind["baseline"].baseline.levels
        under_all(counts, all_counts, withheld(all_counts, threshold), levels=levels)
    else:
        counts, grid = _linked(of_kind, threshold, table_1=with_table_1)
    printed = PrintedCounts(counts, withheld(counts, threshold))
    tables = _tables(of_kind, printed, grid, threshold, variables=variables)
    return _answers(of_kind, printed, grid, threshold, tables=tables)


def protected_hazards(
    model: AnalysisResult, *, baseline: AnalysisResult, curves: AnalysisResult, threshold: int
) -> ProtectedAnswers:
    """Patients, events and hazard ratios of a Cox regression of all patients, under their Table 1 and their curves.

    Parameters
    ----------
    model : AnalysisResult
        Of kind ``cox``, of all patients; only ratios of single factors are told.
    baseline, curves : AnalysisResult
        Of kinds ``baseline`` and ``kaplan_meier``, of all patients together, whose protected pages may be out already.
    threshold : int

    Raises
    ------
    SpecError
        If nothing of it can be protected.
    """
    before, _ = _linked({"baseline": baseline, "kaplan_meier": curves}, threshold)
    counts = known_before(before, withheld(before, threshold))
    link_factors(counts, baseline.baseline, curves, threshold)
    printed = PrintedCounts(counts, withheld(counts, threshold))
    tables = [hazards_report(model, baseline.baseline, printed, threshold)]
    return _answers({"baseline": baseline}, printed, None, threshold, tables=tables)


def _answers(
    of_kind: Mapping[str, AnalysisResult],
    printed: PrintedCounts,
    grid: Grid | None,
    threshold: int,
    *,
    tables: Iterable[ReportTable],
) -> ProtectedAnswers:
    curves = () if grid is None else curves_of(of_kind["kaplan_meier"].survival, grid, printed.gone)
    synthetic = SYNTHETIC if of_kind["baseline"].subset.cohort.synthetic else ""
    tables = tuple(tables)
    n_withheld = sum(cell.text == WITHHELD for table in tables for row in table.rows for cell in row.cells)
    notes = _notes(n_withheld, threshold)
    return ProtectedAnswers(
        threshold=threshold,
        n=printed.value(_everybody(of_kind)),
        tables=tuple(table.with_footnotes(*notes, synthetic) for table in tables),
        curves=curves,
        endpoint=of_kind["kaplan_meier"].subset.endpoint or "" if curves else "",
        unit=of_kind["kaplan_meier"].survival.unit if curves else "",
        comparison=_comparison(of_kind, threshold),
        n_withheld=n_withheld,
        notes=notes,
    )


def _linked(
    of_kind: Mapping[str, AnalysisResult],
    threshold: int,
    *,
    among: FloatArray | None = None,
    table_1: bool = True,
) -> tuple[LinkedCounts, Grid | None]:
    """All counts of a page and their sums, and the times of its curves."""
    baseline = of_kind["baseline"].baseline
    counts = LinkedCounts()
    sizes_of_groups(counts, baseline)
    if table_1:
        link_characteristics(counts, baseline, threshold)
        link_nested(counts, baseline, of_kind["baseline"].subset.frame, threshold)
    grid = None
    if "kaplan_meier" in of_kind:
        grid = link_survival(counts, of_kind["kaplan_meier"].survival, threshold, among=among)
    if "adverse_events" in of_kind:
        link_adverse_events(counts, of_kind["adverse_events"].adverse_events, threshold)
    if "response" in of_kind:
        link_responses(counts, of_kind["response"].response)
    return counts, grid


def _everybody(of_kind: Mapping[str, AnalysisResult]) -> Key:
    levels = of_kind["baseline"].baseline.levels
    return ("patients", ALL if len(levels) > 1 else levels[0])


def _tables(
    of_kind: Mapping[str, AnalysisResult],
    printed: PrintedCounts,
    grid: Grid | None,
    threshold: int,
    *,
    variables: Collection[str] | None,
) -> Iterator[ReportTable]:
    if grid is not None:
        summary = of_kind["kaplan_meier"].survival
        curves = curves_of(summary, grid, printed.gone)
        yield survival_report(summary, curves, printed)
        yield survival_at_report(summary, curves, threshold)
    if variables is None or variables:
        yield characteristics_table(of_kind["baseline"].baseline, printed, threshold, variables=variables)
    if "adverse_events" in of_kind:
        yield adverse_events_report(of_kind["adverse_events"].adverse_events, printed, threshold)
    if "response" in of_kind:
        yield responses_report(of_kind["response"].response, printed)


def _comparison(of_kind: Mapping[str, AnalysisResult], threshold: int) -> str:
    """Test and hazard ratio, where every group has ``threshold`` events."""
    if "compare" not in of_kind or (np.asarray(of_kind["compare"].comparison.observed) < threshold).any():
        return ""
    said = f"log-rank {fmt.p_phrase(of_kind['compare'].comparison.p_value)}"
    table = of_kind["cox"].cox.univariable if "cox" in of_kind else None
    if table is None or len(table.terms) != 1:
        return f"The groups compared: {said}."
    term = table.terms[0]
    ratio = fmt.ratio_estimate(term.hazard_ratio, term.conf_low, term.conf_high)
    return f"Hazard ratio of {term.level} against {term.reference}: {ratio}; {said}."


def _notes(n: int, threshold: int) -> tuple[str, ...]:
    rule = f"Small numbers are protected: no count from 1 to {threshold - 1} is shown."
    if not n:
        return (rule, "No number had to be withheld.")
    return (rule, f"Withheld are {n} numbers: small ones, and those from which they could be worked out.")


def protected_json(answers: ProtectedAnswers) -> dict[str, object]:
    """The same as plain values for JSON: withheld numbers are None."""
    return {
        "threshold": answers.threshold,
        "n": answers.n,
        "n_withheld": answers.n_withheld,
        "endpoint": answers.endpoint or None,
        "unit": answers.unit or None,
        "comparison": answers.comparison or None,
        "curves": [_plain(curve) for curve in answers.curves],
        "tables": {table.title: table.values_frame().to_dict(orient="records") for table in answers.tables},
        "notes": list(answers.notes),
    }


def _plain(curve: ProtectedCurve) -> dict[str, object]:
    made = dataclasses.asdict(curve)
    return {
        name: [None if value != value else value for value in values.tolist()]
        if isinstance(values, np.ndarray)
        else values
        for name, values in made.items()
    }
