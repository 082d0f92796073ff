"""Figures on screen and as files: the theme in use, the width of an export, alternative text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from core.cohort.cohort import Cohort
from core.reporting.figure_caption import figure_caption, patients_line
from core.reporting.tables import ReportTable
from core.result import AnalysisResult
from team.permits import Holds
from ui import figure_numbers
from ui.charts.theme import LIGHT, Theme, theme_named
from ui.screen import st

PAPER = LIGHT
EXPORT_WIDTH = 760


def show(
    spec: Any,
    *,
    alt: str,
    key: str,
    numbers: str = "",
    table: Callable[[], ReportTable | None] | None = None,
    of_patients: bool = False,
    holds: Holds = "results",
    **selected: Any,
) -> None:
    """Draw a figure, with its text for who cannot see it and its numbers below.

    Parameters
    ----------
    spec : dict
        A Vega-Lite specification of ``ui.charts``.
    alt : str
        The figure in words.
    key, numbers : str
        Of the figure, and of its numbers where the figure's own key changes while it is looked at.
    table : callable, optional
        The table whose picture the figure is; without it the numbers are read from the figure.
    of_patients : bool
        Each mark is a patient: only who may see rows gets the numbers.
    holds : str
        Whether small numbers are withheld in it, which decides whether a project lets its numbers out.
    selected
        ``on_select`` and ``selection_mode`` of a figure that can be clicked.
    """
    st.vega_lite_chart(spec, theme=None, width="stretch", alt=alt, key=key, **selected)
    figure_numbers.show(spec, key=numbers or key, table=table, holds="rows" if of_patients else holds)


def palette() -> Theme:
    """Colours that suit the browser's theme."""
    return theme_named(st.context.theme.type)


def caption(cohort: Cohort, result: AnalysisResult) -> Sequence[str]:
    """Lines under an exported figure: patients, events, method, versions, and that data are synthetic."""
    return figure_caption(cohort, result)


def whose(cohort: Cohort, result: AnalysisResult) -> str:
    """Which patients a file shows: cohort, how many of how many, and what was filtered."""
    return patients_line(cohort, result)
