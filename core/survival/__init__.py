"""Estimates and tests of time to event, on counts at distinct times."""

from core.survival.adjustment import adjusted
from core.survival.chosen_times import SurvivalAt
from core.survival.compare import Comparison, PairwiseTest, TrendTest, compare
from core.survival.contrasts import Contrast, SurvivalContrasts
from core.survival.event_table import EventTable, event_table
from core.survival.follow_up import median_follow_up
from core.survival.kaplan_meier import KaplanMeierEstimate, kaplan_meier
from core.survival.quantiles import IntervalEstimate, quantile
from core.survival.rmst import RestrictedMean, restricted_mean
from core.survival.summary import GroupSurvival, SurvivalSummary, summarise

__all__ = [
    "Comparison",
    "Contrast",
    "EventTable",
    "GroupSurvival",
    "IntervalEstimate",
    "KaplanMeierEstimate",
    "PairwiseTest",
    "RestrictedMean",
    "SurvivalAt",
    "SurvivalContrasts",
    "SurvivalSummary",
    "TrendTest",
    "adjusted",
    "compare",
    "event_table",
    "kaplan_meier",
    "median_follow_up",
    "quantile",
    "restricted_mean",
    "summarise",
]
