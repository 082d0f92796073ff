"""Blocks of a report that no single analysis makes: methods, limitations, comparisons looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.reporting.ledger import ledger, ledger_sentence, ledger_table
from core.reporting.report.limitations import limitations
from core.reporting.report.methods import methods_paragraph
from core.reporting.report.value import ReportBlock

if TYPE_CHECKING:
    from core.cohort.cohort import Cohort
    from core.result import AnalysisResult
    from core.spec import LookSpec


def methods_block(title: str, results: Sequence[AnalysisResult]) -> ReportBlock:
    """How every number was computed."""
    return ReportBlock(title=title, sentences=methods_paragraph(results))


def limitations_block(
    title: str, cohort: Cohort, results: Sequence[AnalysisResult], looks: Sequence[LookSpec]
) -> ReportBlock:
    """What the checks found."""
    return ReportBlock(title=title, notes=limitations(cohort, results, looks))


def ledger_block(title: str, looks: Sequence[LookSpec]) -> ReportBlock:
    """Every comparison that was looked at."""
    found = ledger(looks)
    return ReportBlock(title=title, sentences=(ledger_sentence(found),), tables=(ledger_table(found),) if looks else ())
