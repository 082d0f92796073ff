"""Figures on screen and as files: the theme in use, the width of an export, alternative text."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.cohort.cohort import Cohort
from core.reporting.footnotes import SYNTHETIC
from core.reporting.methods_text import method_line
from core.result import AnalysisResult
from ui.charts.theme import LIGHT, Theme, theme_named

PAPER = LIGHT
EXPORT_WIDTH = 760


def palette() -> Theme:
    """Colours that suit the browser's theme."""
    return theme_named(st.context.theme.type)


def caption(cohort: Cohort, result: AnalysisResult) -> Sequence[str]:
    """Lines under an exported figure: the method, and that data are synthetic."""
    return [method_line(result), *([SYNTHETIC] if cohort.synthetic else [])]
