"""Simulated cohorts with a known marginal hazard ratio of 1, in which who is sicker gets the treatment more often."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.bias.balance_study import BalanceStudy
from core.bias.entropy_balance import entropy_balance
from core.bias.propensity import propensity_score
from core.bias.propensity_weights import inverse_probability, overlap_weights
from core.bias.weighted_comparison import unweighted_ratio, weighted_ratio
from core.regression.design import build_design
from core.timetoevent import TimeToEvent

RUNS, N = 200, 200


def simulated(rng: np.random.Generator) -> BalanceStudy:
    x = rng.normal(0, 1, N)
    treated = rng.random(N) < 1 / (1 + np.exp(-0.8 * x))
    time = rng.exponential(10, N) * np.exp(-0.8 * x)  # of the covariate alone: the treatment does nothing
    until = rng.uniform(5, 30, N)
    frame = pd.DataFrame({"x": x})
    return BalanceStudy(
        data=TimeToEvent(time=np.minimum(time, until), event=time <= until),
        treated=treated,
        column="arm",
        levels=("A", "B"),
        frame=frame,
        design=build_design(frame, ["x"]),
        kinds={"x": "number"},
    )


def test_intervals_hold_their_level_where_the_crude_one_does_not() -> None:
    rng = np.random.default_rng(11)
    covered: dict[str, list[bool]] = {}
    errors: dict[str, list[float]] = {}
    estimates: dict[str, list[float]] = {}
    for _ in range(RUNS):
        study = simulated(rng)
        score = propensity_score(study)
        found = {
            "crude": unweighted_ratio(study, with_covariates=False),
            "iptw": weighted_ratio(study, inverse_probability(study, score)),
            "att": weighted_ratio(study, inverse_probability(study, score, estimand="att")),
            "overlap": weighted_ratio(study, overlap_weights(study, score)),
            "entropy": weighted_ratio(study, entropy_balance(study)),
        }
        for name, one in found.items():
            covered.setdefault(name, []).append(one.ratio.conf_low <= 1 <= one.ratio.conf_high)
            errors.setdefault(name, []).append(one.ratio.std_error)
            estimates.setdefault(name, []).append(one.ratio.log_hazard_ratio)
        errors.setdefault("fixed", []).append(found["iptw"].std_error_fixed)
    assert np.mean(covered["crude"]) < 0.35
    assert np.mean(estimates["crude"]) > 0.4
    for name in ("iptw", "att", "overlap", "entropy"):
        assert np.mean(covered[name]) == pytest.approx(0.95, abs=0.045), name
        assert np.mean(estimates[name]) == pytest.approx(0, abs=0.06), name
        # the reported error is the spread over cohorts
        assert np.mean(errors[name]) == pytest.approx(np.std(estimates[name]), rel=0.15), name
    # were the score taken as known, the interval would be a quarter too wide
    assert np.mean(errors["fixed"]) > 1.15 * np.std(estimates["iptw"])
