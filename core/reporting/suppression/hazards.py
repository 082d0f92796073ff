"""Hazard ratios without small numbers: patients and events of each level, and ratios of those that may be told.

Belongs here: which counts of a Cox regression are printed, how they hang together with Table 1 and the curves, and the
table. Does not belong here: which are withheld (``withhold``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from core.patients.baseline import BaselineTable
from core.reporting import format as fmt
from core.reporting.hazard_cells import REFERENCE, absent_cells, ratio_cells
from core.reporting.labels import column_label
from core.reporting.suppression.characteristics import OTHER, merged_levels
from core.reporting.suppression.linked_counts import Key, LinkedCounts
from core.reporting.suppression.nested import MISSING, merged_labels, nested_levels
from core.reporting.suppression.printed import WITHHELD, PrintedCounts
from core.reporting.tables import (
    Cell,
    ReportTable,
    TableColumn,
    TableRow,
    heading,
    interval_column,
    number_column,
    text_column,
)
from core.result import AnalysisResult

if TYPE_CHECKING:
    from core.regression.results import CoxTerm

_WITHOUT = "level without endpoint"  # not shown
_PATIENTS, _EVENTS, _CENSORED = "patients of level", "events of level", "censored of level"  # not shown


def link_factors(counts: LinkedCounts, table: BaselineTable, curves: AnalysisResult, threshold: int) -> None:
    """Enter patients and events of each level of each category of Table 1, among those with the endpoint.

    Parameters
    ----------
    counts : LinkedCounts
        With those of Table 1 and of the curves, of all patients together.
    table : BaselineTable
        Of all patients together. All its categories are entered, whichever factors a model has: then what is withheld
        does not depend on the model.
    curves : AnalysisResult
        Of kind ``kaplan_meier``.
    threshold : int
    """
    subset, level = curves.subset, table.levels[0]
    assert subset.data is not None
    events = subset.data.event.astype(bool).tolist()
    labels = merged_labels(table, subset.frame, threshold)
    for variable, names in labels.items():
        rows = list(dict.fromkeys((*_names(table, variable, threshold), MISSING)))
        for name in rows:
            flags = [event for own, event in zip(names, events, strict=True) if own == name]
            _link_level(counts, variable, name, level, flags=flags)
        counts.add_up(("analysed", level), [(_PATIENTS, variable, name) for name in rows])
        counts.add_up(("events", level), [(_EVENTS, variable, name) for name in rows])
    for coarse, whole, fine, parts in nested_levels(labels):
        for kind in (_PATIENTS, _EVENTS):
            counts.add_up((kind, coarse, whole), [(kind, fine, part) for part in parts])


def _link_level(counts: LinkedCounts, variable: str, name: str, level: str, *, flags: Sequence[bool]) -> None:
    add: Callable[[Key, int], Key] = counts.imply if name == MISSING else counts.show
    whole = ("missing", variable, level) if name == MISSING else ("level", variable, name, level)
    patients = add((_PATIENTS, variable, name), len(flags))
    events = add((_EVENTS, variable, name), sum(flags))
    counts.add_up(patients, [events, counts.imply((_CENSORED, variable, name), len(flags) - sum(flags))])
    without = counts.counts[whole].value - len(flags)
    counts.add_up(whole, [patients, counts.imply((_WITHOUT, variable, name), without)])


def _names(table: BaselineTable, variable: str, threshold: int) -> tuple[str, ...]:
    item = next(one for one in table.variables if one.variable == variable)
    return tuple(merged_levels(item, threshold).values())


def hazards_report(result: AnalysisResult, table: BaselineTable, printed: PrintedCounts, threshold: int) -> ReportTable:
    """Patients, events and hazard ratios of the levels, as they may be shown.

    A ratio is told where the events of its level and of its reference are printed and are ``threshold`` or more: its
    interval would tell them roughly.
    """
    models = [one for one in (result.cox.univariable, result.cox.multivariable) if one is not None]
    names = ("Univariable", "Multivariable") if len(models) > 1 else ("",)
    columns = (text_column("factor", "Factor"), *_columns(names))
    rows: list[TableRow] = []
    for covariate in dict.fromkeys(term.term for model in models for term in model.terms):
        terms = [{term.level: term for term in model.terms if term.term == covariate} for model in models]
        if None in terms[0]:
            rows.append(_number_row(covariate, [by_level.get(None) for by_level in terms], threshold))
        else:
            rows.append(heading(column_label(covariate), columns))
            known = _names(table, covariate, threshold)
            rows.extend(_level_rows(covariate, known, terms, printed, threshold=threshold))
    note = (
        f"Hazard ratios are told where their level and its reference have {threshold} or more events each, and both "
        "numbers are shown. Levels of fewer patients are not named."
    )
    return ReportTable(title="Hazard ratios", columns=columns, rows=tuple(rows), footnotes=(note,))


def _columns(models: Sequence[str]) -> Iterator[TableColumn]:
    yield number_column("n", "Patients")
    yield number_column("events", "Events")
    for position, model in enumerate(models):
        name = f"{model} hazard ratio" if model else "Hazard ratio"
        yield interval_column(f"hr_{position}", f"{name} (95 % CI)", name=name, number_format="0.00")
        yield number_column(f"p_{position}", f"{model} P".strip(), "0.000")


def _number_row(covariate: str, terms: Sequence[CoxTerm | None], threshold: int) -> TableRow:
    label = column_label(covariate)
    cells = [Cell(label, (label,)), Cell("", (None,)), Cell("", (None,))]
    for term in terms:
        told = term is not None and threshold <= term.n_events_fit <= term.n_fit - threshold
        cells += ratio_cells(term) if term is not None and told else _untold(term)
    return TableRow(cells=tuple(cells))


def _level_rows(
    covariate: str,
    known: Sequence[str],
    terms: Sequence[dict[str | None, CoxTerm]],
    printed: PrintedCounts,
    *,
    threshold: int,
) -> Iterator[TableRow]:
    reference = next(iter(terms[0].values())).reference
    for name in dict.fromkeys(known):
        keys = ((_PATIENTS, covariate, name), (_EVENTS, covariate, name))
        said = f"{column_label(covariate)}: {name}"
        cells = [Cell(name, (said,)), *(Cell(printed.text(key), (printed.value(key),)) for key in keys)]
        for by_level in terms:
            term = by_level.get(name)
            if name == reference:
                cells += [Cell(REFERENCE, (1.0, None, None)), Cell("", (None,))]
            elif name == OTHER:
                cells += absent_cells()
            elif term is not None and all(_told(printed, covariate, one, threshold) for one in (name, reference)):
                cells += ratio_cells(term)
            else:
                cells += _untold(term)
        yield TableRow(cells=tuple(cells), indent=1)


def _told(printed: PrintedCounts, covariate: str, name: str | None, threshold: int) -> bool:
    key = (_EVENTS, covariate, name or "")
    events = printed.value(key) if key in printed.counts.counts else None
    return events is not None and events >= threshold


def _untold(term: CoxTerm | None) -> list[Cell]:
    if term is None:
        return absent_cells()
    return [Cell(WITHHELD, (None, None, None)), Cell(fmt.EN_DASH, (None,))]
