"""Negative controls: by hand, by another formula, with and without a hidden factor, and at their edges."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.bias.balance_study import BalanceStudy
from core.bias.negative_control import control_of_time, control_of_value, up_to
from core.bias.propensity import propensity_score
from core.bias.propensity_weights import inverse_probability, overlap_weights
from core.bias.weighted_comparison import weighted_ratio
from core.bias.weighted_sample import WeightedSample
from core.errors import TooFewEventsError
from core.regression.design import build_design
from core.regression.logistic import fit_logistic
from core.timetoevent import TimeToEvent


def study(x, treated, rng):
    n = x.size
    frame = pd.DataFrame({"x": x})
    time = rng.exponential(8, n) + 0.1
    return BalanceStudy(
        data=TimeToEvent(time=time, event=rng.random(n) < 0.7),
        treated=np.asarray(treated, dtype=bool),
        column="arm",
        levels=("A", "B"),
        frame=frame,
        design=build_design(frame, ["x"]),
        kinds={"x": "number"},
    )


@pytest.fixture
def made():
    rng = np.random.default_rng(1)
    x = rng.normal(size=120)
    return study(x, rng.random(120) < 1 / (1 + np.exp(-x)), rng)


def given(made, weights):
    return WeightedSample(method="iptw", weights=np.asarray(weights, dtype=float), treated=made.treated)


def test_four_patients_by_hand():
    rng = np.random.default_rng(2)
    made = study(np.arange(4.0), [0, 0, 1, 1], rng)
    found = control_of_value(made, given(made, [1, 3, 2, 2]), np.array([0.0, 4, 5, 9]), name="lab", is_share=False)
    # weighted means 3 and 7; influences 1 * -3 / 4, 3 * 1 / 4, 2 * -2 / 4, 2 * 2 / 4
    assert found.adjusted.estimate == pytest.approx(4)
    error = (0.75**2 + 0.75**2 + 1 + 1) ** 0.5
    assert found.adjusted.conf_high == pytest.approx(4 + 1.959964 * error, rel=1e-6)
    assert found.crude.estimate == pytest.approx(7 - 2)
    assert found.null == 0


def test_a_share_is_a_weighted_regression(made):
    weights = np.random.default_rng(3).uniform(0.5, 3, 120)
    flags = (made.frame["x"].to_numpy() + np.random.default_rng(4).normal(size=120) > 0).astype(float)
    found = control_of_value(made, given(made, weights), flags, name="flag", is_share=True)
    X = np.column_stack([np.ones(120), made.treated])
    bread = np.linalg.inv((X * weights[:, None]).T @ X)
    beta = bread @ X.T @ (weights * flags)
    scores = X * (weights * (flags - X @ beta))[:, None]
    variance = bread @ scores.T @ scores @ bread
    assert found.adjusted.estimate == pytest.approx(beta[1])
    assert (found.adjusted.conf_high - beta[1]) / 1.959964 == pytest.approx(variance[1, 1] ** 0.5, rel=1e-6)
    assert found.n_events == int(flags.sum())


def test_what_each_patient_moves_the_weights_counts(made):
    """The same variance by fitting the score again with each patient's weight a little changed."""
    sample = inverse_probability(made, propensity_score(made))
    values = made.frame["x"].to_numpy() + np.random.default_rng(5).normal(size=120)
    found = control_of_value(made, sample, values, name="lab", is_share=False)
    fixed = control_of_value(made, replace(sample, tilt=None), values, name="lab", is_share=False)
    width, as_known = (one.adjusted.conf_high - one.adjusted.conf_low for one in (found, fixed))
    assert width < as_known  # the score takes chance away
    step, slopes = 1e-5, []
    for i in range(120):
        ends = []
        for sign in (1, -1):
            counts = np.ones(120)
            counts[i] += sign * step
            ends.append(weighted_means(made, values, counts))
        slopes.append((ends[0] - ends[1]) / (2 * step))
    assert width / (2 * 1.959964) == pytest.approx(np.sqrt(np.square(slopes).sum()), rel=1e-5)


def weighted_means(made, values, counts):
    """The difference where each patient stands so many times, the score fitted to that."""
    chance = fit_logistic(made.design.matrix, made.treated.astype(float), weights=counts).chance
    weights = counts * np.where(made.treated, 1 / chance, 1 / (1 - chance))
    both = [np.average(values[rows], weights=weights[rows]) for rows in (~made.treated, made.treated)]
    return both[1] - both[0]


def simulated(rng, hidden):
    """A baseline value that the treatment cannot change; with ``hidden`` a factor nobody measured is behind both."""
    x, u = rng.normal(size=(2, 300))
    treated = rng.random(300) < 1 / (1 + np.exp(-0.8 * x - hidden * u))
    made = study(x, treated, rng)
    values = 0.5 * x + hidden * u + rng.normal(size=300)
    return control_of_value(made, overlap_weights(made, propensity_score(made)), values, name="lab", is_share=False)


def test_without_a_hidden_factor_it_holds_its_level_and_the_crude_one_does_not():
    rng = np.random.default_rng(7)
    found = [simulated(rng, 0.0) for _ in range(400)]
    held = np.mean([one.adjusted.conf_low <= 0 <= one.adjusted.conf_high for one in found])
    assert 0.93 <= held <= 0.97
    assert np.mean([one.crude.conf_low <= 0 <= one.crude.conf_high for one in found]) < 0.6


def test_a_hidden_factor_is_found():
    rng = np.random.default_rng(8)
    assert np.mean([simulated(rng, 1.0).adjusted.p_value < 0.05 for _ in range(60)]) > 0.9


def test_missing_values_do_not_count(made):
    values = made.frame["x"].to_numpy().copy()
    values[:20] = np.nan
    found = control_of_value(made, given(made, np.ones(120)), values, name="lab", is_share=False)
    without = control_of_value(
        made.subset(np.arange(20, 120)), given(made.subset(np.arange(20, 120)), np.ones(100)), values[20:],
        name="lab", is_share=False,
    )  # fmt: skip
    assert found.n == 100
    assert found.adjusted.estimate == pytest.approx(without.adjusted.estimate)
    assert found.adjusted.p_value == pytest.approx(without.adjusted.p_value)
    with pytest.raises(TooFewEventsError, match="fewer than two"):
        control_of_value(made, given(made, np.ones(120)), np.full(120, np.nan), name="lab", is_share=False)


def test_another_endpoint_is_the_weighted_ratio_of_it(made):
    sample = overlap_weights(made, propensity_score(made))
    rng = np.random.default_rng(9)
    data = TimeToEvent(time=rng.exponential(5, 120), event=rng.random(120) < 0.5)
    known = np.ones(120, dtype=bool)
    found = control_of_time(made, sample, data, known=known, name="other")
    expected = weighted_ratio(replace(made, data=data), sample).ratio
    assert found.adjusted.estimate == expected.hazard_ratio
    assert found.null == 1
    known[:30] = False
    fewer = control_of_time(made, sample, data, known=known, name="other")
    assert fewer.n == 90
    assert fewer.adjusted.estimate != found.adjusted.estimate
    none = replace(data, event=np.zeros(120, dtype=bool))
    with pytest.raises(TooFewEventsError, match="Nobody has the event"):
        control_of_time(made, sample, none, known=known, name="other")


def test_early_events_only():
    data = up_to(TimeToEvent(time=np.array([1.0, 2, 5]), event=np.array([True, True, True])), 2.0)
    assert data.time.tolist() == [1, 2, 2]
    assert data.event.tolist() == [True, True, False]
