"""What a page asks for beside its estimates, on 500 patients: choosing them, and the search for a cut-point."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bench.page import PATIENTS, cohort_of, patients
from bench.table import Row, alone
from core.cohort.select import analysis_set
from core.regression.cut_point import best_cut_point
from core.spec import FilterSpec, GroupSpec
from core.timetoevent import TimeToEvent


def selecting() -> Iterator[Row]:
    """Filters, groups and endpoint to the patients of an analysis."""
    cohort = cohort_of(patients())
    filters = (FilterSpec(column="group_01", op="in", value=("A", "B")),)
    group = GroupSpec(column="group_00")
    work = lambda: analysis_set(cohort, filters=filters, group=group, endpoint="OS")  # noqa: E731
    yield Row(what="patients of an analysis, 500 patients", ours=alone(work, 100), at_most=0.002)


def cut_point() -> Iterator[Row]:
    """A thousand permutations of the best cut-point."""
    rng = np.random.default_rng(20250101)
    data = TimeToEvent(time=rng.exponential(12, PATIENTS), event=rng.random(PATIENTS) < 0.6)
    marker = rng.normal(size=PATIENTS)
    work = lambda: best_cut_point(data, marker, "marker", permutations=1_000, bootstraps=0)  # noqa: E731
    yield Row(what="cut-point, 1,000 permutations, 500 patients", ours=alone(work, 10_000), at_most=0.5)
