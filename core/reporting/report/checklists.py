"""Reporting checklists with the items that this report answers filled in: STROBE for cohorts, REMARK for markers.

Topics are told in our own words; numbers are those of the statements (STROBE: von Elm et al., Lancet
2007;370:1453-1457; REMARK: McShane et al., J Natl Cancer Inst 2005;97:1180-1184).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from core.reporting.format import in_words
from core.reporting.report.checklist_facts import Fact
from core.reporting.tables import ReportTable, TableRow, text_column, words

Checklist: TypeAlias = Literal["strobe", "remark"]
AUTHORS = "Not stated by the data: to be written by the authors"


@dataclass(frozen=True, slots=True)
class Item:
    """One item: its number, what it is about, the kinds of blocks that answer it, what an analysis may know of it."""

    number: str
    topic: str
    blocks: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()


STROBE = (
    Item("1", "Design in the title or abstract; a balanced summary"),
    Item("2", "Background and reason"),
    Item("3", "Objectives, with hypotheses stated beforehand"),
    Item("4", "Study design, early in the paper"),
    Item("5", "Setting, places and dates"),
    Item("6", "Who could take part, how they were chosen and followed", ("flow",), ("patients",)),
    Item("7", "Outcomes, exposures and confounders defined", ("survival", "methods"), ("endpoints", "groups")),
    Item("8", "Where each variable comes from and how it was measured"),
    Item("9", "What was done about bias", ("balance", "immortal_time", "limitations")),
    Item("10", "How the size of the study came about", facts=("size",)),
    Item("11", "How numbers were handled and grouped", ("methods",)),
    Item("12", "Statistical methods, subgroups, missing data, loss to follow-up", ("methods",)),
    Item("13", "Patients at each stage, reasons for leaving, a diagram", ("flow",), ("patients",)),
    Item("14", "Characteristics, missing values, length of follow-up", ("baseline", "survival"), ("follow-up",)),
    Item("15", "Numbers of outcome events, or summaries over time", ("survival", "safety", "response"), ("events",)),
    Item("16", "Estimates, unadjusted and adjusted, with their precision", ("survival", "hazards")),
    Item("17", "Other analyses: subgroups, interactions, sensitivity", ("subgroups", "ledger"), ("looks",)),
    Item("18", "Key results against the objectives"),
    Item("19", "Limitations, with direction and size of bias", ("limitations",)),
    Item("20", "A cautious interpretation"),
    Item("21", "To whom the results apply"),
    Item("22", "Funding and the part of the funders"),
)
REMARK = (
    Item("1", "The marker, the objectives, hypotheses stated beforehand"),
    Item("2", "Patients: source, stage, how they were chosen", ("flow", "baseline")),
    Item("3", "Treatments and how they were assigned", ("baseline",), ("groups",)),
    Item("4", "Specimens: kind, preservation, storage"),
    Item("5", "The assay, its protocol, whether it was read without knowledge of outcome"),
    Item(
        "6", "Design: prospective or retrospective, period, end and length of follow-up", ("survival",), ("follow-up",)
    ),
    Item("7", "Endpoints defined", ("survival", "methods"), ("endpoints",)),
    Item("8", "All variables that were examined or considered", ("baseline", "ledger"), ("looks",)),
    Item("9", "Reason for the size of the sample", facts=("size",)),
    Item("10", "Statistical methods, choice of variables, assumptions, missing data", ("methods",)),
    Item("11", "How values of the marker were handled, and how cut-points were found", ("methods", "cut_point")),
    Item(
        "12",
        "Patients through the study, with numbers and events; a diagram",
        ("flow", "survival"),
        ("patients", "events"),
    ),
    Item("13", "Distribution of characteristics and of the marker, missing values", ("baseline",)),
    Item("14", "The marker beside standard prognostic variables", ("baseline",)),
    Item("15", "Marker and outcome alone, with effect and interval; curves", ("survival", "hazards")),
    Item("16", "Several variables together, with effects and intervals", ("hazards",)),
    Item("17", "Marker and standard variables together, whatever their P", ("hazards",)),
    Item("18", "Further checks: assumptions, sensitivity, validation", ("subgroups", "cut_point", "balance")),
    Item("19", "Results against the hypotheses; limitations", ("limitations",)),
    Item("20", "What follows for research and for patients"),
)
_LISTS: Mapping[Checklist, tuple[str, tuple[Item, ...]]] = {
    "strobe": ("STROBE checklist (cohort studies)", STROBE),
    "remark": ("REMARK checklist (tumour markers)", REMARK),
}


def checklist(
    which: Checklist, blocks: Sequence[tuple[str, str]], known: Mapping[Fact, str] | None = None
) -> ReportTable:
    """A checklist with where this report answers each item, and what the analysis knows of it.

    Parameters
    ----------
    which : {'strobe', 'remark'}
    blocks : sequence of (key, title)
        The blocks of the report; a key may have an ending of its own after ``_``: ``survival_OS``.
    known : dict of fact to sentences, optional
        As ``checklist_facts`` finds them.
    """
    title, items = _LISTS[which]
    columns = (
        text_column("item", "Item"),
        text_column("topic", "Topic"),
        text_column("where", "Where, and what is known"),
    )
    rows = tuple(TableRow(cells=tuple(map(words, _row(item, blocks, known or {})))) for item in items)
    note = "Filled in where this report holds what the item asks for; whether it suffices is the authors' to judge."
    return ReportTable(title=title, columns=columns, rows=rows, footnotes=(note,))


def _row(item: Item, blocks: Sequence[tuple[str, str]], known: Mapping[Fact, str]) -> tuple[str, str, str]:
    titles = [
        f"'{title}'" for kind in item.blocks for key, title in blocks if key == kind or key.startswith(f"{kind}_")
    ]
    facts = " ".join(known[fact] for fact in item.facts if fact in known)
    where = in_words(dict.fromkeys(titles))
    return item.number, item.topic, f"{where}: {facts}" if where and facts else where or facts or AUTHORS
