"""What patients are like: Table 1."""

from core.patients.association import Association, compare_categories, compare_numbers
from core.patients.baseline import BaselineRow, BaselineTable, BaselineVariable, baseline_table
from core.patients.choice import BaselineOptions
from core.patients.imbalance import standardised_difference, standardised_difference_of_levels
from core.patients.summary import LevelCount, NumberSummary

__all__ = [
    "Association",
    "BaselineOptions",
    "BaselineRow",
    "BaselineTable",
    "BaselineVariable",
    "LevelCount",
    "NumberSummary",
    "baseline_table",
    "compare_categories",
    "compare_numbers",
    "standardised_difference",
    "standardised_difference_of_levels",
]
