"""What a page shows of its results: the figure and the tables that go into files and into the report, and as a value
what was asked for them.

Belongs here: these values, and which protected answers stand for them where a project lets only those out. Does not
belong here: what a page shows (the page's own module, which makes them from results), buttons (``ui.downloads``), where
the value is kept (``ui.report_kept``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from core.reporting.tables import ReportTable
from core.result import AnalysisResult
from core.spec import DrawnSpec, FilterSpec, ReportPage
from ui.figure_export import Figure


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shown:
    """A page's results as a report prints them.

    Attributes
    ----------
    figure : Figure or None
    tables : callable
        They are made when they are wanted: a page redraws often.
    sentences : tuple of str or None
        What they say; None: what their kinds of analysis say anywhere.
    """

    figure: Figure | None = None
    tables: Callable[[], Sequence[ReportTable]] = tuple
    sentences: tuple[str, ...] | None = None


Part: TypeAlias = Literal["baseline", "response", "adverse events", "survival", "hazards"]
"""Pages whose files have a form without small numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Protected:
    """Which answers without small numbers stand for a page's own files.

    Attributes
    ----------
    part : str
    columns : sequence of str
        Variables of Table 1, factors of a regression; of no meaning for other parts.
    """

    part: Part
    columns: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Asked:
    """What a page asked, ready to be put into the report.

    Attributes
    ----------
    page : str
    results : sequence of AnalysisResult
        In the order in which the page draws them.
    drawn : DrawnSpec
    grouped : bool
        Whether the group at the left is part of the question.
    more : mapping
        Keys of the first analysis that are asked only to be shown.
    filters : sequence of filters
        One per result, added to those at the left; empty where no result has any.
    protected : Protected or None
        None: there is no form of it without small numbers.
    """

    page: ReportPage
    results: Sequence[AnalysisResult]
    drawn: DrawnSpec = field(default_factory=DrawnSpec)
    grouped: bool = True
    more: Mapping[str, Any] = field(default_factory=dict)
    filters: Sequence[Sequence[FilterSpec]] = ()
    protected: Protected | None = None

    def questions(self) -> list[dict[str, Any]]:
        """The analyses as a specification writes them, without ids."""
        found = [
            one.analysis.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"id"})
            for one in self.results
        ]
        found[0] |= self.more
        for question, filters in zip(found, self.filters, strict=False):
            question["filters"] = [one.model_dump(mode="json", exclude_defaults=True) for one in filters]
        return found
