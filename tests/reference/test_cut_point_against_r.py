"""Maximally selected log-rank statistics against R's maxstat (calls: tests/reference/scripts/make_prediction.R)."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.regression.cut_point import best_cut_point
from core.regression.maximal_selection import Scan, lausen_1992, lausen_1994, logrank_scores, scan
from core.timetoevent import TimeToEvent
from tests.reference.oracles import HERE, NAMES, oracle

CASES = json.loads((HERE / "r" / "cut_point.json").read_text(encoding="utf-8"))["cases"]


@cache
def found(case: str) -> Any:
    name, column = case.split(".")[:2]
    frame = pd.read_csv(HERE / "data" / f"{name}.csv")
    data = TimeToEvent(time=frame["time"], event=frame["event"] == 1, unit="days")
    shares = {key: CASES[case][key] for key in ("minprop", "maxprop")}
    return best_cut_point(data, frame[column].to_numpy(float), column, permutations=4000, bootstraps=0, **shares)


@pytest.mark.parametrize("case", CASES)
def test_every_cut_and_the_best(case):
    result, expected = found(case), CASES[case]
    assert result.n == expected["n"]
    np.testing.assert_array_equal(result.cut, expected["cuts"])
    np.testing.assert_allclose(np.abs(result.z), expected["stats"], rtol=1e-11)
    assert result.best == expected["cut"]
    assert result.statistic == pytest.approx(expected["statistic"], rel=1e-12)


@pytest.mark.parametrize("case", CASES)
def test_hazard_ratio_at_the_cut(case):
    ratio = found(case).hazard_ratio
    np.testing.assert_allclose((ratio.value, ratio.conf_low, ratio.conf_high), CASES[case]["hr"], rtol=1e-7)


@pytest.mark.parametrize("case", CASES)
def test_corrected_p_values(case):
    p, expected = found(case).p, CASES[case]
    assert p.lausen_1992 == pytest.approx(expected["p_Lau92"], rel=1e-11)
    # R's is a difference from 1, and may exceed 1
    assert p.lausen_1994 == pytest.approx(min(1, expected["p_Lau94"]), rel=1e-9, abs=1e-14)
    # R integrates at random with an error of 1e-5, and says so where it fails to
    assert p.gaussian == pytest.approx(expected["p_gauss"], rel=2e-3, abs=2e-5)
    # twenty runs of 10,000 permutations in R, 4,000 here
    error = np.sqrt(expected["p_condMC"] * (1 - expected["p_condMC"]) / 4000)
    assert p.permutation == pytest.approx(expected["p_condMC"], abs=4 * error + 1e-3)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "bmt"])
def test_the_cut_points_of_the_general_reference(name):
    expected, meta = oracle(name).r["cutpoint"], oracle(name).meta
    frame = pd.read_csv(HERE / "data" / f"{name}.csv")
    frame = frame[frame[expected["covariate"]].notna()]
    values = frame[expected["covariate"]].to_numpy(float)
    scores = logrank_scores(frame[meta["time_col"]].to_numpy(float), frame[meta["event_col"]].to_numpy() == 1)
    exact = scan(values, scores, minprop=0.1, maxprop=0.9)
    assert lausen_1992(exact.statistic, minprop=0.1, maxprop=0.9) == pytest.approx(
        min(1, expected["p_Lau92"]), rel=1e-9
    )
    assert lausen_1994(exact.statistic, exact) == pytest.approx(min(1, expected["p_Lau94"]), rel=1e-9, abs=1e-14)
    if "p_HL" in expected:  # for it maxstat rounds the scores to whole numbers
        scores = scores - scores.min()
        scores = np.round(scores * scores.size / scores.max())
    found = scan(values, scores, minprop=0.1, maxprop=0.9)
    assert (found.cut[found.best], found.cut.size) == (expected["cutpoint_le"], expected["n_cutpoints"])
    assert found.statistic == pytest.approx(expected["statistic"], rel=1e-12)


def test_lausen_1992_below_one_says_nothing():
    assert lausen_1992(0.9, minprop=0.1, maxprop=0.9) == 1
    assert lausen_1994(0.1, found_scan()) == 1


def found_scan():
    n_below = np.arange(10, 91)
    return Scan(cut=n_below.astype(float), n_below=n_below, z=np.zeros(n_below.size), n=100)
