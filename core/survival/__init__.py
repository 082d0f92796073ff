"""Estimates and tests of time to event, on counts at distinct times."""

from core.survival.adjustment import adjusted
from core.survival.bootstrap import MedianDifference, median_difference
from core.survival.chosen_times import SurvivalAt
from core.survival.compare import Comparison, PairwiseTest, TrendTest, compare
from core.survival.competing_risks import CauseTable, CompetingRisks, cause_table, competing_risks
from core.survival.completeness import Completeness, completeness
from core.survival.conditional import ConditionalSurvival, conditional_survival
from core.survival.contrasts import Contrast, SurvivalContrasts
from core.survival.cumulative_incidence import CumulativeIncidence, IncidenceAt, cumulative_incidence
from core.survival.event_table import EventTable, event_table
from core.survival.follow_up import median_follow_up
from core.survival.gray import GrayTest, gray_test
from core.survival.incidence_summary import GroupIncidence, IncidenceContrasts, IncidenceSummary, summarise_incidence
from core.survival.kaplan_meier import KaplanMeierEstimate, kaplan_meier
from core.survival.log_log import LogLogCurve, log_log_curve
from core.survival.max_combo import MaxCombo, max_combo
from core.survival.permutation import PermutationTest, permutation_test
from core.survival.programs import ProgramNumbers, program_numbers
from core.survival.quantiles import IntervalEstimate, quantile
from core.survival.rmst import RestrictedMean, restricted_mean
from core.survival.smoothed_hazard import SmoothedHazard, smoothed_hazard
from core.survival.spss import SpssSummary, spss_summary
from core.survival.summary import GroupSurvival, SurvivalSummary, summarise
from core.survival.time_lost import time_lost

__all__ = [
    "CauseTable",
    "Comparison",
    "CompetingRisks",
    "Completeness",
    "ConditionalSurvival",
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
    "LogLogCurve",
    "MaxCombo",
    "MedianDifference",
    "PairwiseTest",
    "PermutationTest",
    "ProgramNumbers",
    "RestrictedMean",
    "SmoothedHazard",
    "SpssSummary",
    "SurvivalAt",
    "SurvivalContrasts",
    "SurvivalSummary",
    "TrendTest",
    "adjusted",
    "cause_table",
    "compare",
    "competing_risks",
    "completeness",
    "conditional_survival",
    "cumulative_incidence",
    "event_table",
    "gray_test",
    "kaplan_meier",
    "log_log_curve",
    "max_combo",
    "median_difference",
    "median_follow_up",
    "permutation_test",
    "program_numbers",
    "quantile",
    "restricted_mean",
    "smoothed_hazard",
    "spss_summary",
    "summarise",
    "summarise_incidence",
    "time_lost",
]
