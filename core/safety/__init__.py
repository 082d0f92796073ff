"""Adverse events and proportions."""

from core.safety.adverse_events import AdverseEventRow, AdverseEventTable, adverse_event_table
from core.safety.comparison import Compared, Difference, compare_proportions
from core.safety.proportions import (
    DifferenceInterval,
    ProportionInterval,
    difference_interval,
    fisher_exact_p,
    proportion_interval,
)

__all__ = [
    "AdverseEventRow",
    "AdverseEventTable",
    "Compared",
    "Difference",
    "DifferenceInterval",
    "ProportionInterval",
    "adverse_event_table",
    "compare_proportions",
    "difference_interval",
    "fisher_exact_p",
    "proportion_interval",
]
