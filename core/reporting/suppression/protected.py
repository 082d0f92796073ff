"""The answers about a cohort as somebody may see them who sees no small numbers: one value for screen and files.

Belongs here: putting tables and curves of one page together, so that none gives another away. Does not belong here:
the single tables, which patients may be asked about at all (``guard``).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.reporting import format as fmt
from core.reporting.footnotes import SYNTHETIC
from core.reporting.suppression.characteristics import characteristics_table, link_characteristics, sizes_of_groups
from core.reporting.suppression.curves import Grid, ProtectedCurve, curves_of
from core.reporting.suppression.linked_counts import ALL, Key, LinkedCounts, under_all
from core.reporting.suppression.nested import link_nested
from core.reporting.suppression.printed import PrintedCounts
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
        Printed counts that are withheld.
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
    results: Sequence[AnalysisResult], threshold: int, *, whole: Sequence[AnalysisResult] = ()
) -> ProtectedAnswers:
    """Results of one selection without small numbers and what would give them away.

    Parameters
    ----------
    results : sequence of AnalysisResult
        One of kind ``baseline``, and at most one of each of ``kaplan_meier``, ``compare``, ``cox``, ``adverse_events``
        (patients counted) and ``response``, all of the same patients and groups. Other kinds are not shown: nothing
        says yet how they are protected.
    threshold : int
        Counts from 1 to ``threshold - 1`` are small.
    whole : sequence of AnalysisResult
        Where ``results`` are of groups: the same of all patients together, whose page is shown too. What that page
        prints is known, and no group may be found by taking the others from it.

    Raises
    ------
    SpecError
        If nothing of it can be protected.
    """
    of_kind = {result.kind: result for result in results}
    counts, grid = _linked(of_kind, threshold)
    if whole:
        all_counts, all_grid = _linked({result.kind: result for result in whole}, threshold)
        counts, grid = _linked(of_kind, threshold, among=None if all_grid is None else all_grid.time)
        levels = of_kind["baseline"].baseline.levels
        under_all(counts, all_counts, withheld(all_counts, threshold), levels=levels)
    printed = PrintedCounts(counts, withheld(counts, threshold))
    tables = _tables(of_kind, printed, grid, threshold)
    curves = () if grid is None else curves_of(of_kind["kaplan_meier"].survival, grid, printed.gone)
    synthetic = SYNTHETIC if of_kind["baseline"].subset.cohort.synthetic else ""
    notes = _notes(len(printed.gone), threshold)
    return ProtectedAnswers(
        threshold=threshold,
        n=printed.value(_everybody(of_kind)),
        tables=tuple(table.with_footnotes(*notes, synthetic) for table in tables),
        curves=curves,
        endpoint=of_kind["kaplan_meier"].subset.endpoint or "" if curves else "",
        unit=of_kind["kaplan_meier"].survival.unit if curves else "",
        comparison=_comparison(of_kind, threshold),
        n_withheld=len(printed.gone),
        notes=notes,
    )


def _linked(
    of_kind: Mapping[str, AnalysisResult], threshold: int, *, among: FloatArray | None = None
) -> tuple[LinkedCounts, Grid | None]:
    """All counts of a page and their sums, and the times of its curves."""
    baseline = of_kind["baseline"].baseline
    counts = LinkedCounts()
    sizes_of_groups(counts, baseline)
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
    of_kind: Mapping[str, AnalysisResult], printed: PrintedCounts, grid: Grid | None, threshold: int
) -> Iterator[ReportTable]:
    if grid is not None:
        summary = of_kind["kaplan_meier"].survival
        curves = curves_of(summary, grid, printed.gone)
        yield survival_report(summary, curves, printed)
        yield survival_at_report(summary, curves, threshold)
    yield characteristics_table(of_kind["baseline"].baseline, printed, threshold)
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
        return (rule, "No number of this page had to be withheld.")
    return (rule, f"Withheld are {n} numbers of this page: small ones, and those from which they could be worked out.")


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
