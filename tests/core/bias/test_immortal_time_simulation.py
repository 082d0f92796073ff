"""Late treatment without any effect: the naive interval misses 1, the guarded ones hold their level."""

import numpy as np
import pytest

from core.bias.clone_censor_weight import clone_censor_weight
from core.bias.landmark import landmark_analysis
from core.bias.later_treatment import naive_ratio
from core.bias.time_dependent import time_dependent_analysis
from tests.core.bias.studies import without_effect

RUNS, NAIVE_RUNS, CLONE_RUNS = 1_000, 200, 300


def covers(ratio):
    return ratio.conf_low <= 1 <= ratio.conf_high


@pytest.fixture(scope="module")
def ratios():
    rng = np.random.default_rng(20250101)
    found = {"naive": [], "landmark": [], "time_dependent": []}
    for run in range(RUNS):
        made = without_effect(rng, 80)
        found["naive"] += [naive_ratio(made)] if run < NAIVE_RUNS else []
        found["landmark"].append(landmark_analysis(made, 4.0).ratio)
        found["time_dependent"].append(time_dependent_analysis(made).ratio)
    return found


def test_the_naive_ratio_is_biased(ratios):
    assert np.exp(np.mean([ratio.log_hazard_ratio for ratio in ratios["naive"]])) < 0.6
    assert np.mean([covers(ratio) for ratio in ratios["naive"]]) < 0.5


@pytest.mark.parametrize("method", ["landmark", "time_dependent"])
def test_the_others_hold_their_level(ratios, method):
    assert 0.93 <= np.mean([covers(ratio) for ratio in ratios[method]]) <= 0.97
    assert np.mean([ratio.log_hazard_ratio for ratio in ratios[method]]) == pytest.approx(0, abs=0.03)


def test_clones_hold_their_level():
    rng = np.random.default_rng(20250102)
    found = [clone_censor_weight(without_effect(rng, 80), grace=4.0, draws=50).ratio for _ in range(CLONE_RUNS)]
    assert 0.91 <= np.mean([covers(ratio) for ratio in found]) <= 0.98  # of 300: 95 % give or take 2.5
    assert np.mean([ratio.log_hazard_ratio for ratio in found]) == pytest.approx(0, abs=0.04)
