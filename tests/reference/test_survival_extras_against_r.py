"""Hazards, conditional survival, completeness and tests beside the log-rank test against R.

The R calls stand in scripts/make_survival_extras.R; its values are r/survival_extras.json.
"""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pytest

from core.spec import FlemingHarrington
from core.survival.bootstrap import median_difference
from core.survival.compare import compare
from core.survival.completeness import completeness
from core.survival.conditional import conditional_survival
from core.survival.cumulative_hazard import cumulative_hazard
from core.survival.event_table import event_table
from core.survival.kaplan_meier import kaplan_meier
from core.survival.log_log import log_log_curve
from core.survival.max_combo import max_combo
from core.survival.permutation import permutation_test
from core.timetoevent import TimeToEvent
from tests.reference.oracles import HERE, assert_as_r, oracle

SEX = ("male", "female")


@cache
def r():
    return json.loads((HERE / "r" / "survival_extras.json").read_text(encoding="utf-8"))


def lung():
    known = oracle("lung")
    return known.data(), known.codes("sex", SEX)[0]


def curve(level, **options):
    data, codes = lung()
    return kaplan_meier(event_table(data, codes, SEX), **options)[SEX.index(level)]


@pytest.mark.parametrize("level", SEX)
@pytest.mark.parametrize(("conf_type", "scale"), [("log-log", "log"), ("log", "plain"), ("plain", "plain")])
def test_cumulative_hazard_as_survfit(level, conf_type, scale):
    expected = r()["cumulative_hazard"][level]
    found = cumulative_hazard(curve(level, conf_type=conf_type))

    assert_as_r(found.time, expected["time"])
    assert_as_r(found.value, expected["value"])
    assert_as_r(found.std_error, expected["std_error"])
    events = found.value > 0  # before the first event R's two scales say NA and 0
    assert_as_r(found.conf_high[events], np.array(expected[scale]["upper"])[events].tolist())
    low = np.array(expected[scale]["lower"], dtype=float)[events]
    assert_as_r(found.conf_low[events], low if scale == "log" else np.maximum(low, 0))


@pytest.mark.parametrize("level", SEX)
def test_log_log_plot_as_survfit(level):
    expected = r()["log_log"][level]
    found = log_log_curve(curve(level))

    for name in ("time", "value", "conf_low", "conf_high"):
        assert_as_r(getattr(found, name), expected[name], what=name)


@pytest.mark.parametrize("landmark", range(3))
@pytest.mark.parametrize("level", SEX)
def test_conditional_survival_as_survfit_of_those_followed_beyond(level, landmark):
    expected = r()["conditional"][landmark][level]
    data, codes = lung()
    found = conditional_survival(data, codes, SEX, given=expected["given"], times=expected["times"])[SEX.index(level)]

    assert found.estimate.n == expected["n"]
    for name in ("n_at_risk", "survival", "std_error", "conf_low", "conf_high"):
        assert_as_r(getattr(found.at, name), expected[name], what=name)
    median = found.median_further
    assert_as_r([median.value, median.conf_low, median.conf_high], expected["median"])


@pytest.mark.parametrize("row", range(3))
def test_completeness_as_its_formula(row):
    expected = r()["completeness"][row]
    data, codes = lung()
    for found in completeness(data, expected["horizon"], codes, SEX):
        mine = expected[found.level]
        assert_as_r([found.observed, found.potential], [mine["observed"], mine["potential"]])
        assert_as_r(found.value, mine["observed"] / mine["potential"])


@pytest.mark.parametrize("row", range(3))
def test_fleming_harrington_as_survdiff(row):
    expected = r()["fleming_harrington"][row]
    data, codes = lung()
    weighting = FlemingHarrington.model_validate({"fleming-harrington": (expected["rho"], 0)})
    found = compare(data, codes, SEX, weighting=weighting)

    assert_as_r(found.statistic, expected["chisq"])
    assert_as_r(found.observed, expected["obs"])
    assert_as_r(found.expected, expected["exp"])


@pytest.mark.parametrize(("name", "column"), [("lung", "sex"), ("veteran", "trt")])
def test_maxcombo_as_the_largest_of_four_normals(name, column):
    """P by mvtnorm::pmvnorm, whose own error is what the two may differ by."""
    expected, known = r()["maxcombo"][name], oracle(name)
    codes, levels = known.codes(column)
    found = max_combo(known.data(), codes, levels)

    assert_as_r(found.z, expected["z"])
    assert_as_r(found.correlation, np.ravel(expected["correlation"]))
    assert found.p_value == pytest.approx(expected["p"], abs=3 * expected["error"])


def test_exact_permutation_as_coin_without_ties():
    known = r()["permutation"]["untied"]
    data = TimeToEvent(time=np.array(known["time"]), event=np.array(known["event"]) == 1)
    found = permutation_test(data, np.array(known["group"]), ("ALL", "AML"))

    assert found.exact
    assert_as_r(found.statistic, known["statistic"])
    assert_as_r(found.p_value, known["p"])


def test_exact_permutation_as_coin_with_ties():
    """coin's mid-ranks, its default, are the scores of the log-rank test; its two other rules for ties are not."""
    known = oracle("bmt")
    codes, levels = known.codes("dis")
    found = permutation_test(known.data(), codes, levels)
    same, *others = r()["permutation"]["tied"]

    assert (same["ties"], same["n"]) == ("mid-ranks", known.data().n)
    assert found.exact
    assert_as_r(found.statistic, same["statistic"])
    assert_as_r(found.p_value, same["p"])
    assert all(abs(found.statistic / row["statistic"] - 1) > 0.01 for row in others)


def test_difference_of_medians_as_boot_up_to_the_drawing():
    expected = r()["median_difference"]
    found = median_difference(*lung(), SEX, draws=20_000)

    assert found.estimate == expected["estimate"]
    # between seeds the percentiles, whole days, differ by up to 9 and the standard deviation by 3 %
    np.testing.assert_allclose([found.conf_low, found.conf_high], expected["limits"], atol=12)
    assert found.std_error == pytest.approx(expected["sd"], rel=0.05)
