"""Estimates and tests of time to event, on counts at distinct times."""

from core.survival.adjustment import adjusted
from core.survival.chosen_times import SurvivalAt
from core.survival.compare import Comparison, PairwiseTest, TrendTest, compare
from core.survival.competing_risks import CauseTable, CompetingRisks, cause_table, competing_risks
from core.survival.contrasts import Contrast, SurvivalContrasts
from core.survival.cumulative_incidence import CumulativeIncidence, IncidenceAt, cumulative_incidence
from core.survival.event_table import EventTable, event_table
from core.survival.follow_up import median_follow_up
from core.survival.gray import GrayTest, gray_test
from core.survival.incidence_summary import GroupIncidence, IncidenceContrasts, IncidenceSummary, summarise_incidence
from core.survival.kaplan_meier import KaplanMeierEstimate, kaplan_meier
from core.survival.programs import ProgramNumbers, program_numbers
from core.survival.quantiles import IntervalEstimate, quantile
from core.survival.rmst import RestrictedMean, restricted_mean
from core.survival.spss import SpssSummary, spss_summary
from core.survival.summary import GroupSurvival, SurvivalSummary, summarise
from core.survival.time_lost import time_lost

__all__ = [
    "CauseTable",
    "Comparison",
    "CompetingRisks",
    "Contrast",
    "CumulativeIncidence",
    "EventTable",
    "GrayTest",
    "GroupIncidence",
    "GroupSurvival",
    "IncidenceAt",
    "IncidenceContrasts",
    "IncidenceSummary",
    "IntervalEstimate",
    "KaplanMeierEstimate",
    "PairwiseTest",
    "ProgramNumbers",
    "RestrictedMean",
    "SpssSummary",
    "SurvivalAt",
    "SurvivalContrasts",
    "SurvivalSummary",
    "TrendTest",
    "adjusted",
    "cause_table",
    "compare",
    "competing_risks",
    "cumulative_incidence",
    "event_table",
    "gray_test",
    "kaplan_meier",
    "median_follow_up",
    "program_numbers",
    "quantile",
    "restricted_mean",
    "spss_summary",
    "summarise",
    "summarise_incidence",
    "time_lost",
]
