"""The figures of a cohort that the comparisons read: counts by group, curves and tests of one population.

Belongs here: calling the estimators the way a study's figures need them. Does not belong here: rules of agreement
(``fit``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.cohort.cohort import Cohort
from core.cohort.grouping import Grouping, assign_group
from core.cohort.select import AnalysisSet, analysis_set
from core.cohort.values import codes_of, match_levels
from core.safety.adverse_events import AdverseEventTable, adverse_event_table
from core.spec import FilterSpec, GroupSpec, Scalar
from core.survival.compare import Comparison, compare
from core.survival.event_table import event_table
from core.survival.kaplan_meier import KaplanMeierEstimate, kaplan_meier
from core.survival.rmst import restricted_mean
from core.timetoevent import BoolArray, FloatArray, TimeToEvent


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Population:
    """One endpoint of one population, by group.

    Attributes
    ----------
    subset : AnalysisSet
    curves : dict of level to KaplanMeierEstimate
    test : Comparison
    """

    subset: AnalysisSet
    curves: dict[str, KaplanMeierEstimate]
    test: Comparison

    @property
    def data(self) -> TimeToEvent:
        """Follow-up of the population."""
        assert self.subset.data is not None
        return self.subset.data


def population(cohort: Cohort, endpoint: str, group: GroupSpec, *, filters: Sequence[FilterSpec] = ()) -> Population:
    """Curves and log-rank test of the patients whom the filters keep."""
    subset = analysis_set(cohort, filters=filters, group=group, endpoint=endpoint)
    assert subset.data is not None
    groups = subset.groups
    estimates = kaplan_meier(event_table(subset.data, groups.codes, groups.levels))
    return Population(
        subset=subset,
        curves={estimate.group: estimate for estimate in estimates},
        test=compare(subset.data, groups.codes, groups.levels, groups.reference),
    )


def first_median(estimate: KaplanMeierEstimate) -> float:
    """SPSS's median: the smallest time at which survival is at or under one half; NaN where not reached."""
    down = np.flatnonzero(estimate.survival <= 0.5 + 1e-9)
    return float(estimate.time[down[0]]) if down.size else float("nan")


def mean_to_last_time(estimate: KaplanMeierEstimate) -> float:
    """SPSS's mean: the area under the curve to the group's own largest time."""
    return restricted_mean(estimate).value


def grouping(cohort: Cohort, group: GroupSpec) -> Grouping:
    """Group of every patient of the cohort."""
    return assign_group(cohort.patients, group)


def has_value(cohort: Cohort, column: str, values: Iterable[Scalar]) -> BoolArray:
    """Whether each patient's value in a column is one of the values, shape (n,)."""
    codes, levels = codes_of(cohort.patients, column)
    wanted = np.append(match_levels(levels, list(values)), False)  # -1, missing, is the last and never wanted
    found: BoolArray = wanted[codes]
    return found


def counted(flags: BoolArray, groups: Grouping) -> list[int]:
    """Patients with a flag per level, in the order of the levels."""
    return [int((flags & (groups.codes == level)).sum()) for level in range(len(groups.levels))]


def numbers(cohort: Cohort, column: str) -> FloatArray:
    """A column as numbers, NaN where there is none."""
    return pd.to_numeric(cohort.patients.frame[column], errors="coerce").to_numpy(dtype=np.float64)


def adverse_events(cohort: Cohort, groups: Grouping) -> AdverseEventTable:
    """Adverse events by group with all patients as denominator."""
    table = cohort.adverse_events
    patient = cohort.patients.with_role("patient_id")
    assert table is not None, "the sample cohorts have adverse events"
    assert patient is not None, "the sample cohorts identify their patients"
    roles = {"ae_patient_id": "patient", "ae_term": "term", "ae_grade": "grade", "ae_class": "class"}
    columns = {column: name for role, name in roles.items() if (column := table.with_role(role)) is not None}
    return adverse_event_table(
        table.frame[list(columns)].rename(columns=columns),
        cohort.patients.frame[patient],
        groups.codes,
        groups.levels,
        groups.reference,
    )
