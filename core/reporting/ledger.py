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
from core.patients.response import RATE_WORDS
from core.reporting import format as fmt
from core.reporting.labels import column_label
from core.reporting.sentences import rank_test_name
from core.reporting.tables import Cell, ReportTable, TableRow, number_column, text_column, words
from core.spec_ledger import Family, LookSpec
from core.spec_selection import GroupSpec
from core.survival.adjustment import adjusted

if TYPE_CHECKING:
    from core.regression.results import CoxAnalysis, OverallTest
    from core.result import AnalysisResult
    from core.spec import AnalysisSpec

_GRAY, _CORRECTED = "Gray's test", "permutation test, corrected for the search"
_COX = {"wald": "Wald test (Cox)", "likelihood_ratio": "likelihood-ratio test (Cox)"}
_ALIKE = "Cox, groups made alike"
_EXACT = {"fisher": "Fisher's exact test", "barnard": "Barnard's test"}
FAMILY_WORDS: Mapping[Family, str] = {"time": "Over time", "response": "Response", "adverse events": "Adverse events"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """One comparison, judged beside the others.

    Attributes
    ----------
    look : LookSpec
    q_value : float
        Benjamini and Hochberg's false discovery rate over the comparisons of its family; NaN without a P.
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
    ``adverse_event_time`` that of the first event, a ``response`` one per rate, ``adverse_events`` one per term and
    severity that could be tested. ``spec`` is what the result answers.
    """
    return tuple(_looks(result, spec))


def with_look(looks: Sequence[LookSpec], *new: LookSpec) -> tuple[LookSpec, ...]:
    """The ledger with comparisons added, but for a question that is in it: it keeps its place, its test and its mark.

    The P is brought up to date where the test is the same; the same question by another test is no second comparison.
    What says nothing new is left as it is: a page adds the same comparisons each time it is drawn.
    """
    there = {id(look) for look in looks}
    if all(id(one) in there for one in new):
        return tuple(looks)
    known = {look.question: look for look in looks}
    for one in new:
        old = known.setdefault(one.question, one)
        marked = one if one.planned == old.planned else one.model_copy(update={"planned": old.planned})
        if one.test == old.test and marked != old:
            known[one.question] = marked
    return tuple(known.values())


def ledger(looks: Sequence[LookSpec]) -> Ledger:
    """All comparisons judged together.

    Notes
    -----
    The false discovery rate is ``p.adjust(p, "BH")`` over every comparison of the family with a P, planned or not:
    marking one as planned does not take it out of the count. Forty tests of adverse events say nothing about how
    many differences in survival were looked for, and the other way round; hence the families.
    """
    p_values = [math.nan if look.p_value is None else look.p_value for look in looks]
    rates = [math.nan] * len(looks)
    for family in FAMILY_WORDS:
        own = [i for i, look in enumerate(looks) if look.family == family]
        for i, rate in zip(own, adjusted([p_values[i] for i in own], "bh") if own else (), strict=True):
            rates[i] = float(rate)
    known = [p for p in p_values if not math.isnan(p)]
    return Ledger(
        rows=tuple(LedgerRow(look=look, q_value=q) for look, q in zip(looks, rates, strict=True)),
        n=len(looks),
        n_planned=sum(look.planned for look in looks),
        n_cuts=sum(look.tried - 1 for look in looks),
        expected_by_chance=0.05 * len(known),
        n_below=sum(p < 0.05 for p in known),
    )


def ledger_table(found: Ledger) -> ReportTable:
    """The ledger as it is printed, one row per comparison."""
    columns = (
        text_column("family", "Family"), text_column("endpoint", "Outcome"), text_column("group", "Groups"),
        text_column("patients", "Patients"),
        text_column("test", "Test"), number_column("p", "P"), number_column("q", "q"), text_column("mark", "Marked"),
    )  # fmt: skip
    return ReportTable(
        title="Comparisons looked at",
        columns=columns,
        rows=tuple(TableRow(cells=_cells(row)) for row in found.rows),
        footnotes=(
            ledger_sentence(found),
            "q: false discovery rate (Benjamini-Hochberg) over the comparisons of the same family here.",
        ),
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
    return ": ".join(part for part in (look.endpoint, look.event) if part)


def family_words(look: LookSpec) -> str:
    """The family of comparisons that a false discovery rate is of."""
    return FAMILY_WORDS[look.family]


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
        words(family_words(look)), words(endpoint_words(look)), words(look_words(look)), words(filters_words(look)),
        words(look.test),
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
    if group is not None:
        for event, test, p_value in (*_outcomes(result), *_proportions(result)):
            yield _look({**asked, "event": event}, group.column, test, p_value, group=group)
    if result.kind == "cox":
        for one in _overall(result.cox):
            own = group if group is not None and group.column == one.covariate else None
            yield _look(asked, one.covariate, _COX[one.method], one.p_value, group=own)
    elif result.kind == "cut_point":
        cut = result.cut_point
        yield _look(asked, cut.column, _CORRECTED, cut.p.permutation, tried=max(len(cut.cut), 1))


def _outcomes(result: AnalysisResult) -> Iterator[tuple[str | None, str, float]]:
    """Outcomes over time that groups were compared in: the event where there are several, the test, its P."""
    if result.kind == "compare":
        yield None, rank_test_name(result.comparison.weighting), result.comparison.p_value
    elif result.kind == "cumulative_incidence":
        for test in (result.incidence.gray or {}).values():
            yield test.cause, _GRAY, test.p_value
    elif result.kind == "adverse_event_time":
        value = result.adverse_event_time
        if value.first.gray is not None:
            yield value.name, _GRAY, value.first.gray[value.name].p_value
    elif result.kind == "balance":
        shown = result.balance.main or result.balance.comparisons[0]
        yield None, _ALIKE, shown.ratio.ratio.p_value


def _proportions(result: AnalysisResult) -> Iterator[tuple[str, str, float]]:
    """Proportions that were compared, each with its test and P: rates of response; terms, where there was what to test.

    A term is compared at any grade and at grade 3 or more.
    """
    if result.kind == "response":
        for name, rate in result.response.rates.items():
            yield RATE_WORDS[name], _EXACT["fisher"], rate.p_value
    if result.kind == "adverse_events":
        found = result.adverse_events
        for row in (found.overall, *found.rows):
            name = row.term or "any adverse event"
            for p_value, event in ((row.p_any, name), (row.p_grade3plus, f"{name}, grade 3 or more")):
                if not math.isnan(p_value):
                    yield event, _EXACT[found.test], p_value


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
