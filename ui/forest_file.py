"""A table of ratios as the forest plot that goes into files and into the report.

Belongs here: its paper, width, caption and text. Does not belong here: the plot itself (``ui.charts.forest``), the one
on screen (each page's own).
"""

from __future__ import annotations

from collections.abc import Callable

from core.cohort.cohort import Cohort
from core.reporting.tables import ReportTable
from core.result import AnalysisResult
from ui import figures
from ui.charts.describe import describe_forest
from ui.charts.forest import forest_spec
from ui.charts.forest_layout import ENGLISH, ForestWords
from ui.charts.forest_table import forest_table
from ui.figure_export import Figure


def forest_file(
    cohort: Cohort,
    result: AnalysisResult,
    table: ReportTable,
    *,
    words: ForestWords = ENGLISH,
    alt: Callable[[], str] | None = None,
) -> Figure:
    """The figure, made when it is wanted; ``alt`` where the table's ratios are not what it says in words."""
    return Figure(
        spec=lambda: forest_spec(table, palette=figures.PAPER, width=figures.EXPORT_WIDTH, words=words),
        title=table.title,
        caption=figures.caption(cohort, result),
        alt=alt or (lambda: describe_forest(forest_table(table))),
    )
