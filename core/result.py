"""The result of one analysis: what was asked, of whom, and what came out.

Made by ``core.run``, read by tables, JSON, method texts and charts: one object, so that a number is the same
everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from core.cohort.select import AnalysisSet
    from core.patients.baseline import BaselineTable
    from core.regression.results import CoxAnalysis
    from core.safety.adverse_events import AdverseEventTable
    from core.spec import Analysis
    from core.survival.compare import Comparison
    from core.survival.summary import SurvivalSummary

    ResultValue: TypeAlias = SurvivalSummary | Comparison | CoxAnalysis | BaselineTable | AdverseEventTable


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AnalysisResult:
    """One analysis, answered.

    Attributes
    ----------
    id, kind : str
        As in the specification.
    value : SurvivalSummary, Comparison, CoxAnalysis, BaselineTable or AdverseEventTable
    subset : AnalysisSet
        The patients it was computed from, their groups, and who was left out.
    analysis : Analysis
        The options asked for.
    notes : tuple of str
        Exclusions first, then what limits the conclusion, then what the estimators say.
    """

    id: str
    kind: str
    value: ResultValue
    subset: AnalysisSet
    analysis: Analysis
    notes: tuple[str, ...] = ()
