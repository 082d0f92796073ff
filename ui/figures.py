"""Figures on screen and as files: the theme in use, the width of an export, alternative text."""

from __future__ import annotations

from collections.abc import Sequence

from core.cohort.cohort import Cohort
from core.reporting import format as fmt
from core.reporting.footnotes import SYNTHETIC
from core.reporting.methods_text import method_line
from core.reporting.sentences import exclusion_sentence
from core.result import AnalysisResult
from ui.charts.theme import LIGHT, Theme, theme_named
from ui.screen import st

PAPER = LIGHT
EXPORT_WIDTH = 760


def palette() -> Theme:
    """Colours that suit the browser's theme."""
    return theme_named(st.context.theme.type)


def caption(cohort: Cohort, result: AnalysisResult) -> Sequence[str]:
    """Lines under an exported figure: which patients, the method, and that data are synthetic."""
    return [whose(cohort, result), method_line(result), *([SYNTHETIC] if cohort.synthetic else [])]


def whose(cohort: Cohort, result: AnalysisResult) -> str:
    """Which patients a file shows: cohort, how many of how many, and what was filtered."""
    left_out = "; ".join(exclusion_sentence(exclusion).rstrip(".") for exclusion in result.subset.exclusions)
    return (
        f"Cohort {cohort.name}: {fmt.patients(result.subset.n)} of {cohort.n:,}{f' ({left_out})' if left_out else ''}."
    )
