"""Median and mean as R, SAS, Prism and SPSS print them."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from core.survival.event_table import event_table
from core.survival.kaplan_meier import kaplan_meier
from core.survival.programs import program_numbers
from core.survival.quantiles import quantile
from core.survival.rmst import restricted_mean
from core.survival.spss import spss_summary
from tests.core.survival.cohorts import follow, random_cohort


def by_program(table, group="all"):
    return {numbers.program: numbers for numbers in program_numbers(table) if numbers.group == group}


def test_a_plateau_by_hand():
    # S = 3/4, 1/2, 1/2, 0: flat at one half from 2 to 8
    numbers = by_program(event_table(follow([1, 2, 6, 8], [1, 1, 0, 1])))

    assert {program: of.median.value for program, of in numbers.items()} == {"R": 5, "SAS": 5, "Prism": 5, "SPSS": 2}
    assert {program: of.mean_until for program, of in numbers.items() if program != "Prism"} == {
        "R": 8, "SAS": 8, "SPSS": 8,
    }  # fmt: skip
    areas = 1 + 0.75 + 6 * 0.5
    assert numbers["R"].mean.value == numbers["SAS"].mean.value == numbers["SPSS"].mean.value == pytest.approx(areas)
    assert numbers["SAS"].mean.std_error == pytest.approx(numbers["R"].mean.std_error * math.sqrt(3 / 2), rel=1e-13)
    assert math.isnan(numbers["Prism"].mean.value)
    assert math.isnan(numbers["SAS"].mean.conf_low)


def test_where_the_mean_ends():
    # events at 2 and 4, censored at 9; the other group is followed to 12
    table = event_table(follow([2, 4, 9, 12], [1, 1, 0, 0]), np.array([0, 0, 0, 1]), ("A", "B"))
    numbers = by_program(table, "A")

    assert [numbers[program].mean_until for program in ("R", "SAS", "SPSS")] == [12, 4, 9]
    (alone, _) = kaplan_meier(table)
    for program, tau in (("R", 12), ("SAS", 4), ("SPSS", 9)):
        assert numbers[program].mean.value == pytest.approx(restricted_mean(alone, tau=tau).value)


def test_parts_are_those_of_the_functions():
    data, codes = random_cohort(1)
    table = event_table(data, codes, ("a", "b", "c"))
    for position, group in enumerate("abc"):
        numbers = by_program(table, group)
        log, log_log = (kaplan_meier(table, conf_type=kind)[position] for kind in ("log", "log-log"))
        for program, median in (
            ("R", quantile(log, 0.5)),
            ("SAS", quantile(log_log, 0.5)),
            ("SPSS", spss_summary(log).quantiles[0.5]),
        ):
            np.testing.assert_equal(dataclasses.astuple(numbers[program].median), dataclasses.astuple(median))


@pytest.mark.parametrize(
    ("time", "event"),
    [([], []), ([3, 4], [0, 0]), ([5], [1]), ([0, 0], [1, 0])],
    ids=["no subjects", "no events", "one event", "all at time 0"],
)
def test_edges(time, event):
    numbers = by_program(event_table(follow(time, event)))

    assert list(numbers) == ["R", "SAS", "Prism", "SPSS"]
    assert math.isnan(numbers["SAS"].mean.std_error)  # m / (m - 1) needs two events
    assert all(of.how.endswith(".") for of in numbers.values())


def test_empty_group_beside_others():
    table = event_table(follow([1, 2], [1, 1]), np.array([0, 0]), ("A", "none"))
    numbers = by_program(table, "none")

    assert all(math.isnan(of.median.value) and math.isnan(of.mean.value) for of in numbers.values())
