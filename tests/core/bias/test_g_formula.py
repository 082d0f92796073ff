"""The g-formula: without covariates the crude ratio, a second way with loops, and what the bootstrap promises."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.bias.g_formula import g_formula, marginal_log_ratio
from core.bias.weighted_comparison import group_design, unweighted_ratio
from core.errors import TooFewEventsError
from core.regression.adjusted_model import ComparedGroups
from core.regression.adjusted_survival import adjusted_survival
from core.regression.cox import fit_cox
from core.regression.design import build_design
from core.timetoevent import TimeToEvent
from tests.core.bias.test_balance_weights import confounded, study_of


def test_without_covariates_it_is_the_crude_ratio() -> None:
    study = confounded()
    alone = replace(study, design=build_design(pd.DataFrame({"one": np.ones(study.n)}), ["one"]))
    crude = unweighted_ratio(study, with_covariates=False).ratio
    found = g_formula(alone, tau=8.0, draws=200, seed=1)
    assert found.ratio.ratio.log_hazard_ratio == pytest.approx(crude.log_hazard_ratio, rel=1e-9)
    # the bootstrap's error is near the model's
    assert found.ratio.ratio.std_error == pytest.approx(crude.std_error, rel=0.25)


def test_curves_are_those_of_adjusted_survival() -> None:
    study = confounded(ties=True)
    found = g_formula(study, tau=8.0, draws=20, seed=1)
    frame = study.frame.assign(arm=np.where(study.treated, "B", "A"))
    adjusted = adjusted_survival(
        study.data,
        frame,
        ["age", "grade"],
        groups=ComparedGroups(column="arm", levels=("A", "B"), reference="A"),
    )
    for code, group in enumerate(adjusted.groups):
        at = np.searchsorted(group.adjusted.time, found.time)
        np.testing.assert_allclose(found.survival[code], group.adjusted.survival[at], rtol=1e-10)


def test_the_score_equation_by_a_loop() -> None:
    study = confounded(ties=True)
    found = g_formula(study, tau=8.0, draws=20, seed=1)
    beta, score, area = found.ratio.ratio.log_hazard_ratio, 0.0, 0.0
    last, previous = np.ones(2), 0.0
    for t, now in zip(found.time, found.survival.T, strict=True):
        followed = 1.0
        for u in np.unique(study.data.time[(study.data.time < t) & ~study.data.event]):
            followed *= 1 - ((study.data.time == u) & ~study.data.event).sum() / ((study.data.time >= u).sum())
        events = followed * last * (np.log(last) - np.log(now))
        score += events[1] - events.sum() * np.exp(beta) * last[1] / (last[0] + np.exp(beta) * last[1])
        area += (min(t, 8.0) - min(previous, 8.0)) * (last[1] - last[0])
        last, previous = now, t
    area += max(0.0, 8.0 - previous) * (last[1] - last[0])
    assert score == pytest.approx(0, abs=1e-10)
    assert found.difference.estimate == pytest.approx(area)


def test_a_marginal_ratio_is_nearer_to_one_than_the_one_given_covariates() -> None:
    # a strong covariate, unrelated to the group: nothing confounds, and still the two ratios differ
    rng = np.random.default_rng(4)
    n = 1000
    x, z = rng.normal(0, 1.5, n), np.arange(n) % 2 == 1
    study = study_of(pd.DataFrame({"x": x}), z)
    time = rng.exponential(1, n) * np.exp(-x - np.log(0.5) * z)
    study = replace(study, data=TimeToEvent(time=time, event=np.ones(n, dtype=bool)))
    conditional = fit_cox(study.data, group_design(study, with_covariates=True)).coefficients[0]
    crude = unweighted_ratio(study, with_covariates=False).ratio.log_hazard_ratio
    found = g_formula(study, tau=1.0, draws=20, seed=1)
    assert conditional == pytest.approx(np.log(0.5), abs=0.2)
    assert found.ratio.ratio.log_hazard_ratio == pytest.approx(crude, abs=0.05)
    assert found.ratio.ratio.log_hazard_ratio > conditional + 0.15


def test_the_same_seed_gives_the_same_numbers() -> None:
    study = confounded(60)
    a, b, c = (g_formula(study, tau=8.0, draws=20, seed=seed).ratio.ratio.std_error for seed in (1, 1, 2))
    assert a == b != c


def test_an_infinite_hazard_ratio_is_refused() -> None:
    study = confounded()
    quiet = study.frame["grade"].to_numpy() == "G2"
    data = TimeToEvent(time=study.data.time, event=study.data.event & ~quiet)
    with pytest.raises(TooFewEventsError, match="infinite"):
        g_formula(replace(study, data=data), tau=8.0, draws=20, seed=1)


def test_a_curve_at_zero_has_no_hazard_left() -> None:
    study = confounded()
    survival = np.array([[0.9, 0.5, 0.0], [0.8, 0.4, 0.1]])
    assert np.isfinite(marginal_log_ratio(study, np.array([1.0, 2.0, 3.0]), survival))
