"""Figures on screen and as files: the theme in use, the width of an export, alternative text."""

from __future__ import annotations

from collections.abc import Sequence

from core.cohort.cohort import Cohort
from core.reporting.figure_caption import figure_caption, patients_line
from core.result import AnalysisResult
from ui.charts.theme import LIGHT, Theme, theme_named
from ui.screen import st

PAPER = LIGHT
EXPORT_WIDTH = 760


def palette() -> Theme:
    """Colours that suit the browser's theme."""
    return theme_named(st.context.theme.type)


def caption(cohort: Cohort, result: AnalysisResult) -> Sequence[str]:
    """Lines under an exported figure: patients, events, method, versions, and that data are synthetic."""
    return figure_caption(cohort, result)


def whose(cohort: Cohort, result: AnalysisResult) -> str:
    """Which patients a file shows: cohort, how many of how many, and what was filtered."""
    return patients_line(cohort, result)
