"""Follow-up before and after a start: by hand, by loops, and at its edges."""

import math

import numpy as np
import pytest

from core.bias.later_treatment import naive_ratio
from core.bias.time_dependent import time_dependent_analysis
from tests.core.bias.studies import NEVER, study, without_effect

FIVE = study([2, 4, 5, 7, 9], [1, 1, 0, 1, 1], [NEVER, 3, 5, 1, NEVER])


def test_five_patients_by_hand():
    found = time_dependent_analysis(FIVE)
    test = found.mantel_byar
    # death at 2: treated 1 of 5; at 4: 2 of 4, the one who dies; at 7: 1 of 2, dies; at 9: 0 of 1
    assert test.observed.tolist() == [2, 2]
    assert test.expected[1] == pytest.approx(1 / 5 + 2 / 4 + 1 / 2)
    assert test.variance == pytest.approx(4 / 25 + 1 / 4 + 1 / 4)
    assert test.statistic == pytest.approx((2 - 1.2) ** 2 / 0.66)
    assert found.person_time == pytest.approx((2 + 3 + 5 + 1 + 9, 1 + 6))
    untreated, treated = found.curves
    assert untreated.at([2, 9]).survival.tolist() == pytest.approx([0.75, 0.0])  # 3/4: the one treated is not at risk
    assert treated.at([4, 7]).survival.tolist() == pytest.approx([0.5, 0.0])
    assert untreated.at([0.0]).n_at_risk.tolist() == [5]  # nobody has begun at time zero
    assert found.ratio.n_events_treated == 2
    assert found.ratio.n_treated == 2  # who would have started when follow-up ended never was


def test_loops_over_deaths():
    made = without_effect(np.random.default_rng(5), 60)
    found = time_dependent_analysis(made).mantel_byar
    observed = expected = variance = 0.0
    for death in made.data.time[made.data.event]:
        at_risk = made.data.time >= death
        treated = at_risk & (made.starts < death)
        n, m = at_risk.sum(), treated.sum()
        dies = made.data.time == death
        observed += float((dies & treated).any())
        expected += m / n
        variance += m / n * (1 - m / n)
    assert found.observed[1] == observed
    assert found.expected[1] == pytest.approx(expected)
    assert found.variance == pytest.approx(variance)


def test_treated_from_the_beginning_is_the_naive_comparison():
    made = without_effect(np.random.default_rng(6), 60)
    begun = study(made.data.time, made.data.event, np.where(np.isfinite(made.starts), 0.0, np.nan))
    found, naive = time_dependent_analysis(begun).ratio, naive_ratio(begun)
    assert found.log_hazard_ratio == pytest.approx(naive.log_hazard_ratio)
    assert found.std_error == pytest.approx(naive.std_error)


def test_immortal_time_makes_the_naive_ratio_too_small():
    made = without_effect(np.random.default_rng(7), 400)
    assert naive_ratio(made).hazard_ratio < 0.8 < time_dependent_analysis(made).ratio.hazard_ratio < 1.25


def test_a_death_on_the_day_of_the_start_is_untreated():
    found = time_dependent_analysis(study([3, 5, 6], [1, 1, 1], [3, NEVER, 1]))
    assert found.mantel_byar.observed.tolist() == [2, 1]


def test_nobody_treated_while_followed():
    found = time_dependent_analysis(study([3, 5], [1, 1], [4, NEVER]))
    assert math.isnan(found.ratio.hazard_ratio)
    assert math.isnan(found.mantel_byar.p_value)
    assert found.person_time == pytest.approx((8, 0))


def test_a_day_of_no_follow_up():
    found = time_dependent_analysis(study([0, 5, 6], [1, 1, 1], [NEVER, 2, NEVER]))
    assert found.mantel_byar.observed.sum() == 3
    assert found.curves[0].at([0.0]).survival[0] == pytest.approx(2 / 3)


def test_an_event_on_day_zero_counts_against_everybody_at_risk():
    made = without_effect(np.random.default_rng(6), 60)
    time = np.where(np.arange(60) < 4, 0.0, made.data.time)
    begun = study(
        time, np.where(np.arange(60) < 4, 1, made.data.event), np.where(np.isfinite(made.starts), 0.0, np.nan)
    )
    found, naive = time_dependent_analysis(begun).ratio, naive_ratio(begun)
    assert found.log_hazard_ratio == pytest.approx(naive.log_hazard_ratio)
    assert found.std_error == pytest.approx(naive.std_error)
