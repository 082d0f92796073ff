"""The exploration ledger: every comparison that was looked at, counted, marked, and judged together.

One comparison in a paper is one of many that were tried. The ledger keeps them: grouping, endpoint, patients,
cut-points tried, P, whether it was planned; and the false discovery rate over all of them.

Belongs here: which comparisons a result holds, adding them, their rates. Does not belong here: where they are kept
(``AnalysisSpec.looks``; on screen ``ui.ledger``).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.cohort.filters import describe_filter
from core.reporting import format as fmt
from core.reporting.labels import column_label
from core.reporting.sentences import rank_test_name
from core.reporting.tables import Cell, ReportTable, TableRow, number_column, text_column, words
from core.spec_ledger import LookSpec
from core.spec_selection import GroupSpec
from core.survival.adjustment import adjusted

if TYPE_CHECKING:
    from core.regression.results import CoxAnalysis, OverallTest
    from core.result import AnalysisResult
    from core.spec import AnalysisSpec

_GRAY, _CORRECTED = "Gray's test", "permutation test, corrected for the search"
_COX = {"wald": "Wald test (Cox)", "likelihood_ratio": "likelihood-ratio test (Cox)"}
_ALIKE = "Cox, groups made alike"


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """One comparison, judged beside the others.

    Attributes
    ----------
    look : LookSpec
    q_value : float
        Benjamini and Hochberg's false discovery rate over all comparisons of the ledger; NaN without a P.
    """

    look: LookSpec
    q_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """All comparisons of one analysis.

    Attributes
    ----------
    rows : tuple of LedgerRow
        In the order they were first looked at.
    n, n_planned : int
        Comparisons, and those marked as planned.
    n_cuts : int
        Cut-points tried beyond one per comparison.
    expected_by_chance : float
        Comparisons with P below 0.05 to be expected were nothing different anywhere.
    n_below : int
        Comparisons with P below 0.05.
    """

    rows: tuple[LedgerRow, ...]
    n: int
    n_planned: int
    n_cuts: int
    expected_by_chance: float
    n_below: int


def looks_of(result: AnalysisResult, spec: AnalysisSpec) -> tuple[LookSpec, ...]:
    """The comparisons that a result shows; none where it describes only.

    A ``compare`` holds one, a ``cox`` one per covariate (the univariable ones, where there are any), a ``cut_point``
    one with all cut-points tried, a ``cumulative_incidence`` one per cause, an
    ``adverse_event_time`` that of the first event. ``spec`` is what the result answers.
    """
    return tuple(_looks(result, spec))


def with_look(looks: Sequence[LookSpec], new: LookSpec) -> tuple[LookSpec, ...]:
    """The ledger with a comparison added, unless the question is in it: then it keeps its place, its test and its mark.

    The P is brought up to date where the test is the same; the same question by another test is no second comparison.
    """
    for i, old in enumerate(looks):
        if old.same_question(new):
            newest = new.model_copy(update={"planned": old.planned}) if new.test == old.test else old
            return (*looks[:i], newest, *looks[i + 1 :])
    return (*looks, new)


def ledger(looks: Sequence[LookSpec]) -> Ledger:
    """All comparisons judged together.

    Notes
    -----
    The false discovery rate is ``p.adjust(p, "BH")`` over every comparison with a P, planned or not: marking one as
    planned does not take it out of the count.
    """
    p_values = [math.nan if look.p_value is None else look.p_value for look in looks]
    rates = adjusted(p_values, "bh")
    known = [p for p in p_values if not math.isnan(p)]
    return Ledger(
        rows=tuple(LedgerRow(look=look, q_value=float(q)) for look, q in zip(looks, rates, strict=True)),
        n=len(looks),
        n_planned=sum(look.planned for look in looks),
        n_cuts=sum(look.tried - 1 for look in looks),
        expected_by_chance=0.05 * len(known),
        n_below=sum(p < 0.05 for p in known),
    )


def ledger_table(found: Ledger) -> ReportTable:
    """The ledger as it is printed, one row per comparison."""
    columns = (
        text_column("endpoint", "Endpoint"), text_column("group", "Groups"), text_column("patients", "Patients"),
        text_column("test", "Test"), number_column("p", "P"), number_column("q", "q"), text_column("mark", "Marked"),
    )  # fmt: skip
    return ReportTable(
        title="Comparisons looked at",
        columns=columns,
        rows=tuple(TableRow(cells=_cells(row)) for row in found.rows),
        footnotes=(ledger_sentence(found), "q: false discovery rate (Benjamini-Hochberg) over all comparisons here."),
    )


def ledger_sentence(found: Ledger) -> str:
    """How many comparisons were made and what chance alone would give."""
    if not found.n:
        return "No comparison has been looked at yet."
    cuts = f", with {fmt.several(found.n_cuts, 'further cut-point')} tried in them" if found.n_cuts else ""
    return (
        f"{fmt.several(found.n, 'comparison')} looked at{cuts}, {found.n_planned or 'none'} of them marked as planned; "
        f"{found.n_below} with P below 0.05, where chance alone would give about {found.expected_by_chance:.1f}."
    )


def endpoint_words(look: LookSpec) -> str:
    """What was compared."""
    return f"{look.endpoint}: {look.event}" if look.event else look.endpoint or ""


def look_words(look: LookSpec) -> str:
    """The groups of a comparison in words."""
    name = column_label(look.column)
    if look.kind == "cut_point":
        return f"{name}, {fmt.several(look.tried, 'cut-point')} tried"
    if look.group is None:
        return name
    if look.group.where is not None:
        return f"{name} against the rest: {'; '.join(map(describe_filter, look.group.where))}"
    if look.group.cut is not None:
        return f"{name}, cut at {', '.join(f'{cut:g}' for cut in look.group.cut)}"
    return f"{name}: {', '.join(look.group.levels)}" if look.group.levels else name


def _cells(row: LedgerRow) -> tuple[Cell, ...]:
    look = row.look
    p = math.nan if look.p_value is None else look.p_value
    return (
        words(endpoint_words(look)), words(look_words(look)), words(filters_words(look)), words(look.test),
        Cell(fmt.p_value(p), (p,)), Cell(fmt.p_value(row.q_value), (row.q_value,)),
        words("planned" if look.planned else "exploratory"),
    )  # fmt: skip


def filters_words(look: LookSpec) -> str:
    """Which patients a comparison was made of."""
    return "; ".join(describe_filter(one) for one in look.filters) or "all"


def _looks(result: AnalysisResult, spec: AnalysisSpec) -> Iterator[LookSpec]:
    group = result.analysis.group or spec.group
    asked = {
        "kind": result.kind,
        "endpoint": getattr(result.analysis, "endpoint", None),
        "filters": (*spec.filters, *result.analysis.filters),
    }
    if result.kind == "compare" and group is not None:
        found = result.comparison
        yield _look(asked, group.column, rank_test_name(found.weighting), found.p_value, group=group)
    elif result.kind == "cumulative_incidence" and group is not None:
        for test in (result.incidence.gray or {}).values():
            yield _look({**asked, "event": test.cause}, group.column, _GRAY, test.p_value, group=group)
    elif result.kind == "adverse_event_time" and group is not None:
        value = result.adverse_event_time
        if value.first.gray is not None:
            gray = value.first.gray[value.name]
            yield _look({**asked, "event": value.name}, group.column, _GRAY, gray.p_value, group=group)
    elif result.kind == "cox":
        for one in _overall(result.cox):
            own = group if group is not None and group.column == one.covariate else None
            yield _look(asked, one.covariate, _COX[one.method], one.p_value, group=own)
    elif result.kind == "balance" and group is not None:
        shown = result.balance.main or result.balance.comparisons[0]
        yield _look(asked, group.column, _ALIKE, shown.ratio.ratio.p_value, group=group)
    elif result.kind == "cut_point":
        cut = result.cut_point
        yield _look(asked, cut.column, _CORRECTED, cut.p.permutation, tried=max(len(cut.cut), 1))


def _overall(found: CoxAnalysis) -> tuple[OverallTest, ...]:
    if found.univariable is not None:
        return found.univariable.overall
    return found.multivariable.overall if found.multivariable is not None else ()


def _look(
    asked: Mapping[str, Any], column: str, test: str, p_value: float, *, group: GroupSpec | None = None, tried: int = 1
) -> LookSpec:
    known = None if math.isnan(p_value) else min(max(p_value, 0.0), 1.0)
    if group is not None and group == GroupSpec(column=column):
        group = None  # as it is in the file
    return LookSpec(**asked, column=column, group=group, test=test, p_value=known, tried=tried)
