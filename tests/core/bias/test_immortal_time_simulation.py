"""Late treatment without any effect: the naive interval misses 1, the guarded ones hold their level."""

import numpy as np
import pytest

from core.bias.clone_censor_weight import clone_censor_weight
from core.bias.landmark import landmark_analysis
from core.bias.later_treatment import naive_ratio
from core.bias.time_dependent import time_dependent_analysis
from tests.core.bias.studies import without_effect

RUNS = 1_000


METHODS = ("landmark", "time_dependent", "clones")


def covers(ratio):
    return ratio.conf_low <= 1 <= ratio.conf_high


@pytest.fixture(scope="module")
def ratios():
    """Every method on the same 1,000 cohorts of 80 patients."""
    rng = np.random.default_rng(20250101)
    found = {"naive": [], "landmark": [], "time_dependent": [], "clones": []}
    for run in range(RUNS):
        made = without_effect(rng, 80)
        found["naive"].append(naive_ratio(made))
        found["landmark"].append(landmark_analysis(made, 4.0).ratio)
        found["time_dependent"].append(time_dependent_analysis(made).ratio)
        found["clones"].append(clone_censor_weight(made, grace=4.0, draws=200, seed=run).ratio)
    return found


def test_the_naive_ratio_is_biased(ratios):
    assert np.exp(np.mean([ratio.log_hazard_ratio for ratio in ratios["naive"]])) < 0.6
    assert np.mean([covers(ratio) for ratio in ratios["naive"]]) < 0.5


@pytest.mark.parametrize("method", METHODS)
def test_the_others_hold_their_level(ratios, method):
    assert 0.93 <= np.mean([covers(ratio) for ratio in ratios[method]]) <= 0.97
    assert np.mean([ratio.log_hazard_ratio for ratio in ratios[method]]) == pytest.approx(0, abs=0.03)


@pytest.mark.parametrize("method", METHODS)
def test_standard_errors_are_the_spread_of_the_estimates(ratios, method):
    spread = np.std([ratio.log_hazard_ratio for ratio in ratios[method]])
    assert np.mean([ratio.std_error for ratio in ratios[method]]) == pytest.approx(spread, rel=0.06)
