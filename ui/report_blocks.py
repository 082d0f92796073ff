"""The blocks of a report: what each asks, and its answer as sentences, figures and tables.

Belongs here: which analyses a block holds, and how its results become a block. Does not belong here: the page
(``ui.report``), files (``core.reporting.report``).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.cohort.cohort import Cohort
from core.errors import CohortError
from core.reporting.labels import endpoint_label
from core.reporting.methods_text import method_line
from core.reporting.report.answers import answer_sentences
from core.reporting.report.checklist_facts import checklist_facts
from core.reporting.report.checklists import Checklist, checklist
from core.reporting.report.sections import ledger_block, limitations_block, methods_block
from core.reporting.report.value import Picture, ReportBlock
from core.reporting.tables import ReportTable
from core.result import AnalysisResult
from core.spec import AnalysisSpec, LookSpec, ReportPartSpec
from ui import (
    balance_options,
    baseline,
    cached,
    figures,
    hazards,
    ledger,
    panels,
    report_kept,
    report_pages,
    survival_figure_options,
)
from ui.charts.export import measured_picture
from ui.charts.journal import Paper
from ui.figure_export import Figure
from ui.report_figures import Drawing, drawings_of, tables_of
from ui.safety import without_endpoint
from ui.selection import Selection
from ui.shown import Shown
from ui.survival import permutations_of

MOST_ENDPOINTS = 3
MOST_ROWS = 80  # a longer table belongs into a file of its own
_PAPER = Paper(width_mm=160.0, points=8.0, caption=False)
_CHECKLISTS: dict[str, Checklist] = {"strobe": "strobe", "remark": "remark"}
_Question = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A block that can stand in the report.

    Attributes
    ----------
    key : str
        Stays the same while titles and order change.
    title : str
    asks : tuple of questions
        Empty for what is made of the other blocks.
    on : bool
        Whether it stands in the report from the beginning.
    part : ReportPartSpec or None
        A page's question, drawn as the page draws it, with filters and group of its own.
    is_kept : bool
        Whether a page put it in.
    """

    key: str
    title: str
    asks: tuple[_Question, ...] = ()
    on: bool = True
    part: ReportPartSpec | None = None
    is_kept: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A block with its results; ``why_not`` says why there are none, ``shown`` what a page's question shows."""

    block: Block
    results: tuple[AnalysisResult, ...] = ()
    why_not: str = ""
    shown: Shown | None = None


def possible_blocks(cohort: Cohort, selection: Selection) -> tuple[Block, ...]:
    """What this cohort can report, in the order of a paper."""
    return (
        Block(key="methods", title="Statistical methods"),
        Block(key="flow", title="Patients", asks=({"kind": "flow", "endpoint": selection.endpoint},)),
        _baseline(cohort, selection),
        *_endpoints(cohort, selection),
        *_hazards(cohort, selection),
        *_balance(cohort, selection),
        *_optional(cohort),
        *_panels(cohort, selection),
        *(
            Block(key=report_kept.key_of(one), title=one.title, part=one, is_kept=True)
            for one in report_kept.kept(cohort)
        ),
        Block(key="limitations", title="Limitations that the data show"),
        Block(key="ledger", title="Comparisons looked at"),
        Block(key="strobe", title="STROBE checklist"),
        Block(key="remark", title="REMARK checklist", on=False),
    )


def questions(selection: Selection, block: Block) -> list[tuple[Selection, _Question]]:
    """What a block asks, and of whom."""
    if block.part is not None:
        own = dataclasses.replace(selection, filters=block.part.filters, group=block.part.group)
        asked = [one.model_dump(mode="json", by_alias=True, exclude={"id"}) for one in block.part.analyses]
        return [(own, question) for question in asked]
    return [(selection if "endpoint" in one else without_endpoint(selection), one) for one in block.asks]


def answered(cohort: Cohort, selection: Selection, block: Block) -> Answered:
    """The results of a block; those that cannot be had are said, not left out in silence."""
    found: list[AnalysisResult | None] = []
    problems: list[str] = []
    for looked_at, question in questions(selection, block):
        try:
            found.append(cached.analysis(cohort, looked_at, question))
        except CohortError as error:
            found.append(None)
            problems.append(str(error))
    results = tuple(one for one in found if one is not None)
    shown = None
    if block.part is not None:
        try:
            shown = report_pages.shown(cohort, block.part, found)
        except CohortError as error:
            problems.append(str(error))
        results = tuple(
            dataclasses.replace(one, id=asked.id)
            for asked, one in zip(block.part.analyses, found, strict=True)
            if one is not None
        )
    answered = shown is not None if block.part is not None else bool(results)
    why_not = "" if answered else " ".join(dict.fromkeys(problems))
    return Answered(block=block, results=results, why_not=why_not, shown=shown)


def drawings(cohort: Cohort, one: Answered) -> tuple[Drawing, ...]:
    """The figures of a block, not yet drawn."""
    if one.block.part is not None:
        figure = None if one.shown is None else one.shown.figure
        return () if figure is None else (_drawing(figure),)
    return tuple(drawing for result in one.results for drawing in drawings_of(cohort, result, one.results))


def block_tables(cohort: Cohort, one: Answered, *, drawn: bool) -> tuple[ReportTable, ...]:
    """The tables of a block; each method stands once, under the figure where it is ``drawn``, else under a table."""
    if one.block.part is not None:
        return () if one.shown is None else _tables_shown(cohort, one, one.shown)
    found: list[ReportTable] = []
    for result in one.results:
        is_told = drawn and bool(drawings_of(cohort, result))
        for table in tables_of(result):
            found.append(table.without_footnote(method_line(result)) if is_told else table)
            is_told = True
    return tuple(found)


def _drawing(figure: Figure) -> Drawing:
    return Drawing(
        title=figure.title, spec=lambda *_: figure.spec(), alt=figure.alt() or figure.title, caption=figure.caption
    )


def _tables_shown(cohort: Cohort, one: Answered, shown: Shown) -> tuple[ReportTable, ...]:
    """The tables of a page's question; what the figure's caption says stands there, else whose they are is said."""
    made = [table for table in shown.tables() if len(table.rows) <= MOST_ROWS]
    if shown.figure is None:
        return tuple(table.with_footnotes(figures.whose(cohort, one.results[0])) for table in made)
    for line in shown.figure.caption:
        made = [table.without_footnote(line) for table in made]
    return tuple(made)


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """What blocks are made of that speak of the whole report: a file is written where the session is not at hand."""

    cohort: Cohort
    spec: AnalysisSpec
    results: tuple[AnalysisResult, ...]
    looks: tuple[LookSpec, ...]
    titles: tuple[tuple[str, str], ...]


def whole(cohort: Cohort, selection: Selection, found: Sequence[Answered]) -> Whole:
    """The results of all blocks under names of their own, what asks for them, the comparisons that were on screen."""
    plain = [one for one in found if one.block.part is None]
    named = {f"{one.block.key}_{result.kind}": result for one in plain for result in one.results}
    asked = [result.analysis.model_dump(by_alias=True) | {"id": name} for name, result in named.items()]
    looks = ledger.kept(cohort)
    parts = tuple(one.block.part for one in found if one.block.part is not None and one.shown is not None)
    return Whole(
        cohort=cohort,
        spec=selection.spec(cohort.spec, *asked).model_copy(update={"looks": looks, "report": parts}),
        results=(
            *(dataclasses.replace(result, id=name) for name, result in named.items()),
            *(result for one in found if one.block.part is not None for result in one.results),
        ),
        looks=looks,
        titles=tuple((one.block.key, one.block.title) for one in found),
    )


def written(one: Answered, of: Whole, *, drawn: bool) -> ReportBlock:
    """A block as it stands in a file, or, not ``drawn``, as the preview shows it without its figures."""
    title = one.block.title
    if one.block.key == "methods":
        return methods_block(title, of.results)
    if one.block.key == "limitations":
        return limitations_block(title, of.cohort, of.results, of.looks)
    if one.block.key == "ledger":
        return ledger_block(title, of.looks)
    if one.block.key in _CHECKLISTS:
        known = checklist_facts(of.cohort, of.results, of.looks)
        return ReportBlock(title=title, tables=(checklist(_CHECKLISTS[one.block.key], of.titles, known),))
    said = None if one.shown is None else one.shown.sentences
    return ReportBlock(
        title=title,
        sentences=answer_sentences(one.results) if said is None else said,
        pictures=tuple(_picture(drawing) for drawing in drawings(of.cohort, one)) if drawn else (),
        tables=block_tables(of.cohort, one, drawn=drawn),
        notes=(*([one.why_not] if one.why_not else []), *_too_long(one)),
    )


def _too_long(one: Answered) -> list[str]:
    """What is said of tables that are not printed."""
    long = [] if one.shown is None else [table for table in one.shown.tables() if len(table.rows) > MOST_ROWS]
    return [
        f"The table '{table.title}' has {len(table.rows)} rows, too many for a report: see Download on its page."
        for table in long
    ]


def _picture(drawing: Drawing) -> Picture:
    png, svg, width_mm, height_mm = measured_picture(drawing.spec(figures.PAPER, figures.EXPORT_WIDTH), _PAPER)
    return Picture(
        png=png, svg=svg, width_mm=width_mm, height_mm=height_mm,
        title=drawing.title, caption=tuple(drawing.caption), alt=drawing.alt,
    )  # fmt: skip


def _baseline(cohort: Cohort, selection: Selection) -> Block:
    asked = {"kind": "baseline", "variables": baseline.start_with(cohort, selection)}
    return Block(key="baseline", title="Baseline characteristics", asks=(asked,))


def _endpoints(cohort: Cohort, selection: Selection) -> list[Block]:
    names = list(dict.fromkeys([*([selection.endpoint] if selection.endpoint else []), *cohort.spec.endpoints]))
    return [_survival(cohort, name, selection) for name in names[:MOST_ENDPOINTS]]


def _survival(cohort: Cohort, endpoint: str, selection: Selection) -> Block:
    label = endpoint_label(endpoint)
    asks: list[_Question] = [{"kind": "kaplan_meier", "endpoint": endpoint, "figure": survival_figure_options.kept()}]
    if selection.group is not None:
        asks.append(
            {"kind": "compare", "endpoint": endpoint, "permutations": permutations_of(cohort, selection, asks[0])}
        )
        asks.append({"kind": "cox", "endpoint": endpoint, "covariates": [selection.group.column]})
    return Block(key=f"survival_{endpoint}", title=label[:1].upper() + label[1:], asks=tuple(asks))


def _hazards(cohort: Cohort, selection: Selection) -> list[Block]:
    if selection.endpoint is None:
        return []
    asked = {"kind": "cox", "endpoint": selection.endpoint, "covariates": hazards.start_with(cohort, selection)}
    title = f"Factors associated with {endpoint_label(selection.endpoint)}"
    return [Block(key="hazards", title=title, asks=({**asked, "mode": "univariable-then-multivariable"},))]


def _balance(cohort: Cohort, selection: Selection) -> list[Block]:
    """Two groups made alike; only where asked for, because the factors have to be thought about."""
    if selection.endpoint is None or selection.group is None:
        return []
    factors = balance_options.start_with(cohort, selection)
    asked = {"kind": "balance", "endpoint": selection.endpoint, "covariates": factors}
    title = f"{endpoint_label(selection.endpoint)} once the groups are alike"
    return [Block(key="balance", title=title[:1].upper() + title[1:], asks=(asked,), on=False)] if factors else []


def _put_in(part: ReportPartSpec) -> Block:
    return Block(key=report_kept.key_of(part), title=part.title, part=part, is_kept=True)


def _panels(cohort: Cohort, selection: Selection) -> list[Block]:
    """All endpoints beside each other; only where asked for, because each has a block of its own."""
    part = panels.question(cohort, selection)
    return [] if part is None else [Block(key="panels", title=part.title, part=part, on=False)]


def _optional(cohort: Cohort) -> list[Block]:
    found = []
    if cohort.patients.with_role("best_response") is not None:
        found.append(Block(key="response", title="Response", asks=({"kind": "response"},)))
    if cohort.adverse_events is not None:
        found.append(Block(key="safety", title="Adverse events", asks=({"kind": "adverse_events"},)))
    return found


def renamed(block: Block, title: str) -> Block:
    """The block under another title; its own where the new one is empty."""
    title = title.strip() or block.title
    part = None if block.part is None else block.part.model_copy(update={"title": title})
    return dataclasses.replace(block, title=title, part=part)
