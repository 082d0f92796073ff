"""Proportions: intervals, differences, odds ratios and stratified tests, which adverse events and response share."""

from core.proportions.comparison import Compared, Difference, compare_proportions
from core.proportions.intervals import (
    DifferenceInterval,
    ProportionInterval,
    difference_interval,
    fisher_exact_p,
    proportion_interval,
    proportion_limits,
)
from core.proportions.mantel_haenszel import MantelHaenszel, mantel_haenszel
from core.proportions.odds_ratio import OddsRatio, odds_ratio

__all__ = [
    "Compared",
    "Difference",
    "DifferenceInterval",
    "MantelHaenszel",
    "OddsRatio",
    "ProportionInterval",
    "compare_proportions",
    "difference_interval",
    "fisher_exact_p",
    "mantel_haenszel",
    "odds_ratio",
    "proportion_interval",
    "proportion_limits",
]
