"""How many patients are left after each filter."""

from __future__ import annotations

import numpy as np
import pytest

from core.cohort.kept import kept_by, left_after_each
from core.cohort.select import analysis_set
from core.errors import MissingColumnError
from core.spec import FilterSpec
from ui import cohorts

SEX = FilterSpec(column="sex", op="in", value=("Male",))
FATIGUE = FilterSpec(column="Fatigue", op="had event")
AGE = FilterSpec(column="age_years", op=">=", value=60)


@pytest.mark.parametrize("filters", [(), (SEX,), (FATIGUE, SEX), (SEX, AGE, FATIGUE)])
def test_each_count_is_the_size_of_the_analysis_set_so_far(filters: tuple[FilterSpec, ...]) -> None:
    cohort = cohorts.sample("hifu_ici")[0]
    asked = [analysis_set(cohort, filters=filters[: i + 1]).n for i in range(len(filters))]
    assert list(left_after_each(cohort, filters)) == asked


def test_columns_and_adverse_events_are_asked_by_their_own_rules() -> None:
    cohort = cohorts.sample("hifu_ici")[0]
    values = cohort.patients.frame["sex"].astype(str).to_numpy()
    assert np.array_equal(kept_by(cohort, SEX), values == "Male")
    assert int(kept_by(cohort, FATIGUE).sum()) == 39


def test_a_column_that_is_not_there_is_named() -> None:
    with pytest.raises(MissingColumnError, match="sexx"):
        left_after_each(cohorts.sample("hifu_ici")[0], [FilterSpec(column="sexx", op="missing")])
