"""A table answers the same question once, and keeps a bounded number of answers however often it is asked."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import numpy as np
import pytest

from core.cohort.cohort import Cohort
from core.cohort.grouping import Grouping, assign_group
from core.cohort.latest import MOST, latest
from core.cohort.load import cohort_from_files, with_spec
from core.cohort.select import analysis_set
from core.spec import EndpointSpec, FilterSpec, GroupSpec


@pytest.fixture
def cohort() -> Cohort:
    rows = "".join(f"p{n},{20 + n},{n % 2},{n + 1}\n" for n in range(60))
    made = cohort_from_files({"p.csv": f"id,age,status,months\n{rows}".encode()}, name="p")
    ends = {"OS": EndpointSpec(time="months", event="status", event_is=(1,), unit="months")}
    return with_spec(made, made.spec.model_copy(update={"endpoints": ends}))


def cuts() -> Iterator[GroupSpec]:
    return (GroupSpec(column="age", cut=(30 + n / 10,)) for n in range(10 * MOST))


def alive(kind: type) -> int:
    gc.collect()
    return sum(isinstance(one, kind) for one in gc.get_objects())


def test_many_cut_points_leave_few_groupings(cohort: Cohort):
    before = alive(Grouping)
    for group in cuts():
        assign_group(cohort.patients, group)
    assert alive(Grouping) - before == MOST


def test_many_chosen_groups_leave_few_groupings(cohort: Cohort):
    before = alive(Grouping)
    for n in range(3 * MOST):
        where = (FilterSpec.model_validate({"column": "age", "op": ">=", "value": 25 + n / 4}),)
        analysis_set(cohort, group=GroupSpec(column="chosen", where=where), endpoint="OS")
    assert alive(Grouping) - before <= MOST


def test_other_chosen_patients_under_the_same_name_are_others(cohort: Cohort):
    sizes = []
    for age in (30, 40, 30):
        where = (FilterSpec.model_validate({"column": "age", "op": ">=", "value": age}),)
        codes = analysis_set(cohort, group=GroupSpec(column="chosen", where=where)).groups.codes
        sizes.append(int(np.sum(codes == 1)))
    assert sizes == [50, 40, 50]


def test_the_same_question_is_answered_once(cohort: Cohort):
    asked: list[int] = []

    def make() -> list[int]:
        asked.append(1)
        return asked

    assert latest(cohort.patients, "x", "q", make) is latest(cohort.patients, "x", "q", make)
    assert asked == [1]
