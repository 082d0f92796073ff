"""The doubly robust difference: right with either model wrong, its interval holds its level, and at its edges."""

import numpy as np
import pandas as pd
import pytest

from core.bias.balance_study import BalanceStudy
from core.bias.doubly_robust import doubly_robust_difference
from core.bias.propensity import propensity_score
from core.errors import TooFewEventsError
from core.regression.design import build_design
from core.timetoevent import TimeToEvent

TAU, TRUTH_N = 8.0, 400_000


def study(rng, n, columns, *, effect=0.5):
    """Two factors decide treatment and outcome; ``columns`` of them are known."""
    x = rng.normal(size=(n, 2))
    chance = 1 / (1 + np.exp(-(0.6 * x[:, 0] - 0.3 * x[:, 0] ** 2 + 0.2)))
    treated = rng.random(n) < chance
    death = rng.exponential(8 * np.exp(effect * treated + 0.6 * x[:, 0] + 0.3 * x[:, 1]))
    leaves = rng.uniform(3, 20, n)
    frame = pd.DataFrame({"x": x[:, 0], "square": x[:, 0] ** 2, "z": x[:, 1]})[list(columns)]
    return BalanceStudy(
        data=TimeToEvent(time=np.minimum(death, leaves), event=death <= leaves),
        treated=treated,
        column="arm",
        levels=("A", "B"),
        frame=frame,
        design=build_design(frame, list(frame)),
        kinds=dict.fromkeys(frame, "number"),
    )


@pytest.fixture(scope="module")
def truth():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(TRUTH_N, 2))
    means = [
        np.minimum(rng.exponential(8 * np.exp(0.5 * a + 0.6 * x[:, 0] + 0.3 * x[:, 1])), TAU).mean() for a in (0, 1)
    ]
    return means[1] - means[0]


def test_with_either_model_wrong_it_is_right(truth):
    rng = np.random.default_rng(1)
    made = study(rng, 30_000, ("x", "square", "z"))
    whole, line = propensity_score(made), propensity_score(study_without(made, "square"))
    right = doubly_robust_difference(made, whole, tau=TAU).difference.estimate
    score_wrong = doubly_robust_difference(made, line, tau=TAU).difference.estimate
    outcome_wrong = doubly_robust_difference(study_without(made, "square", "x"), whole, tau=TAU).difference.estimate
    both_wrong = doubly_robust_difference(
        study_without(made, "square", "x"), propensity_score(study_without(made, "x", "square")), tau=TAU
    ).difference.estimate
    assert [right, score_wrong, outcome_wrong] == pytest.approx([truth] * 3, abs=0.12)
    assert abs(both_wrong - truth) > 0.25


def study_without(made, *columns):
    frame = made.frame.drop(columns=list(columns))
    kinds = dict.fromkeys(frame, "number")
    return BalanceStudy(
        data=made.data, treated=made.treated, column="arm", levels=made.levels, frame=frame, kinds=kinds,
        design=build_design(frame, list(frame)),
    )  # fmt: skip


def test_its_interval_holds_its_level(truth):
    rng = np.random.default_rng(2)
    held, crude = [], []
    for _ in range(500):
        made = study(rng, 250, ("x", "square", "z"))
        found = doubly_robust_difference(made, propensity_score(made), tau=TAU)
        held.append(found.difference.conf_low <= truth <= found.difference.conf_high)
        crude.append(found.crude.estimate)
    assert 0.93 <= np.mean(held) <= 0.97
    assert abs(np.mean(crude) - truth) > 0.25


def test_without_differences_between_the_groups_it_is_the_crude_one():
    rng = np.random.default_rng(3)
    made = study(rng, 120, ("z",))
    twice = np.tile(made.frame["z"].to_numpy(), 2)
    frame = pd.DataFrame({"z": twice})
    same = BalanceStudy(
        data=TimeToEvent(
            time=np.concatenate([made.data.time, made.data.time[::-1]]), event=np.tile(made.data.event, 2)
        ),
        treated=np.repeat([False, True], 120), column="arm", levels=("A", "B"), frame=frame,
        kinds={"z": "number"}, design=build_design(frame, ["z"]),
    )  # fmt: skip
    found = doubly_robust_difference(same, propensity_score(same), tau=TAU)
    assert found.difference.estimate == pytest.approx(found.crude.estimate, abs=1e-9)
    treated = doubly_robust_difference(same, propensity_score(same), tau=TAU, estimand="att")
    assert treated.difference.estimate == pytest.approx(found.crude.estimate, abs=1e-9)


def test_too_few_patients_for_the_outcome_model():
    made = study(np.random.default_rng(4), 40, ("x", "square", "z"))
    few = np.concatenate([np.flatnonzero(made.treated)[:3], np.flatnonzero(~made.treated)])
    with pytest.raises(TooFewEventsError, match="3 patients"):
        doubly_robust_difference(
            made.subset(few), propensity_score(study_without(made, "square", "x").subset(few)), tau=TAU
        )
