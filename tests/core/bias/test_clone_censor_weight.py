"""Clones by hand, by rows in a Cox model, and at their edges."""

import math

import numpy as np
import pandas as pd
import pytest

from core.bias.clone_censor_weight import clone_censor_weight, weighted_log_ratio
from core.bias.clones import Clones
from core.regression.two_groups import two_group_ratios
from tests.core.bias.studies import NEVER, study, without_effect

# grace 3: patient 0 dies in it, 1 and 2 begin in it, 3 and 4 never, 5 begins after it
SIX = study([2, 6, 8, 5, 9, 7], [1, 1, 0, 1, 1, 1], [NEVER, 1, 2.5, NEVER, NEVER, 4])


def test_six_patients_by_hand():
    found = clone_censor_weight(SIX, grace=3.0, draws=30)
    assert found is not None
    assert found.n_started == 2
    assert found.n_censored == (2, 3)  # who began; 3, 4 and 5 had not by 3
    assert found.time.tolist() == [2, 5, 6, 7, 9]
    # to begin: at 2 one of six dies; afterwards 1 and 2 stand for the five who were followed at 3 (weight 5/2)
    begin = np.cumprod([1 - 1 / 6, 1, 1 - 1 / 2, 1, 1])
    assert found.survival[1] == pytest.approx(begin)
    # to wait: 1 has begun at 1 (chance not to: 5/6), 2 at 2.5 (of the four left 3/4); at 2 five at risk with weight 6/5
    wait = np.cumprod([1 - 1 / 5, 1 - 1 / 3, 1, 1 - 1 / 2, 0])
    assert found.survival[0] == pytest.approx(wait)
    assert found.largest_weight == pytest.approx(5 / 2)


def test_weights_stand_for_everybody():
    """Without covariates the clones that are left stand for all who are still followed."""
    made = study([9, 9, 9, 9], [1, 1, 1, 1], [1, 2, NEVER, NEVER])
    found = clone_censor_weight(made, grace=3.0, draws=2)
    assert found is not None
    assert found.largest_weight == pytest.approx(2.0)


def test_breslow_of_whole_counts_is_the_ratio_of_two_groups():
    at_risk = np.array([[[9, 7, 4, 2], [8, 6, 5, 3]]])
    events = np.array([[[1, 2, 0, 1], [1, 0, 1, 1]]])
    expected = two_group_ratios(at_risk, events, ties="breslow").log_hazard_ratio[0]
    assert weighted_log_ratio(at_risk[0].astype(float), events[0].astype(float)) == pytest.approx(expected)
    several = weighted_log_ratio(np.stack([at_risk[0]] * 3).astype(float), np.stack([events[0]] * 3).astype(float))
    assert several == pytest.approx([expected] * 3)


def test_a_covariate_that_means_nothing_changes_little_and_one_level_nothing():
    made = without_effect(np.random.default_rng(8), 100)
    frame = pd.DataFrame({"age": np.random.default_rng(9).normal(60, 8, 100), "same": ["a"] * 100})
    plain = clone_censor_weight(made, grace=3.0, draws=2)
    one, age = (
        clone_censor_weight(
            study(made.data.time, made.data.event, made.starts, frame=frame, covariates=(name,)), grace=3.0, draws=2
        )
        for name in ("same", "age")
    )
    assert one.ratio.log_hazard_ratio == pytest.approx(plain.ratio.log_hazard_ratio, abs=0.02)
    assert age.ratio.log_hazard_ratio == pytest.approx(plain.ratio.log_hazard_ratio, abs=0.2)


def test_a_level_in_which_nobody_begins_leaves_an_estimate():
    made = without_effect(np.random.default_rng(10), 80)
    frail = np.where(np.isfinite(made.starts) & (made.starts < 5), "fit", "frail")
    found = clone_censor_weight(
        study(
            made.data.time, made.data.event, made.starts, frame=pd.DataFrame({"state": frail}), covariates=("state",)
        ),
        grace=3.0,
        draws=25,
    )
    assert found is not None
    assert math.isfinite(found.ratio.hazard_ratio)


def lost_by(frail, rng):
    """Frail patients die sooner and are lost sooner; treatment begins in anybody."""
    n = frail.size
    death, begin = rng.exponential(20 / np.exp(1.2 * frail)), rng.exponential(6, n)
    leaves = np.minimum(rng.exponential(np.where(frail, 8, 200)), 40)
    time = np.minimum(death, leaves)
    frame = pd.DataFrame({"state": np.where(frail, "frail", "fit")})
    return study(time, death <= leaves, np.where(begin < time, begin, np.nan), frame=frame)


def test_weights_take_away_loss_that_depends_on_a_covariate():
    rng = np.random.default_rng(1)
    made = lost_by(rng.random(8_000) < 0.5, rng)
    plain = clone_censor_weight(made, grace=3.0, draws=2)
    guarded = clone_censor_weight(made, grace=3.0, loss=("state",), draws=2)
    at = np.searchsorted(guarded.time, 15.0)
    truth = (np.exp(-15 / 20) + np.exp(-15 / 20 * np.exp(1.2))) / 2
    assert guarded.survival[:, at] == pytest.approx([truth, truth], abs=0.03)
    assert (plain.survival[:, at] > truth + 0.03).all()  # the frail are missing
    assert guarded.loss == ("state",)


def test_loss_that_is_the_same_in_everybody_changes_nothing():
    made = without_effect(np.random.default_rng(12), 90)
    frame = pd.DataFrame({"same": ["a"] * 90})
    again = study(made.data.time, made.data.event, made.starts, frame=frame)
    plain, guarded = (clone_censor_weight(again, grace=3.0, loss=loss, draws=2) for loss in ((), ("same",)))
    # one level leaves Breslow's hazard instead of Kaplan-Meier in the denominator
    assert guarded.ratio.log_hazard_ratio == pytest.approx(plain.ratio.log_hazard_ratio, abs=0.02)


def test_samples_at_once_are_the_samples_one_by_one():
    made = without_effect(np.random.default_rng(13), 60)
    clones = Clones(made, 3.0)
    counts = np.random.default_rng(14).multinomial(60, np.full(60, 1 / 60), size=7).astype(float)
    together, alone = clones.emulate(counts), [clones.emulate(count[None]) for count in counts]
    naive = [taken_again(made, count) for count in counts.astype(int)]
    for draw in range(7):
        assert together.survival[draw] == pytest.approx(alone[draw].survival[0], abs=1e-12)
        times = np.searchsorted(naive[draw].time, clones.time, side="right")
        steps = np.column_stack([np.ones(2), naive[draw].survival])[:, times]
        assert together.survival[draw] == pytest.approx(steps, abs=1e-9)


def taken_again(made, count):
    """The same sample with each patient's row repeated."""
    return clone_censor_weight(made.subset(np.repeat(np.arange(count.size), count)), grace=3.0, draws=2)


def test_the_seed_decides():
    first, again, other = (clone_censor_weight(SIX, grace=3.0, draws=40, seed=seed) for seed in (1, 1, 2))
    assert first.conf_low.tolist() == again.conf_low.tolist()
    assert first.ratio.log_hazard_ratio == other.ratio.log_hazard_ratio


def test_nobody_begins_within_the_grace_period():
    found = clone_censor_weight(SIX, grace=0.5, draws=20)
    assert found is not None
    assert math.isnan(found.ratio.hazard_ratio)
    assert "nobody began" in " ".join(found.notes)


def test_delayed_entry_is_not_emulated():
    assert clone_censor_weight(study([4, 6], [1, 1], [1, NEVER], entry=[0, 2]), grace=3.0) is None


def test_nobody_with_an_event():
    assert clone_censor_weight(study([4, 6], [0, 0], [1, NEVER]), grace=3.0) is None
