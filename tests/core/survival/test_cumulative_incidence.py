"""Cumulative incidence of competing events and its standard errors."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.special import ndtri

from core.errors import SpecError
from core.survival.competing_risks import CompetingRisks, cause_table
from core.survival.cumulative_incidence import cumulative_incidence
from core.survival.kaplan_meier import kaplan_meier
from core.survival.rmst import restricted_mean
from core.survival.time_lost import time_lost
from core.timetoevent import TimeToEvent
from tests.core.survival import competing
from tests.core.survival.cohorts import random_cohort, repeated
from tests.core.survival.competing import five_subjects, random_risks, risks_of


def curves(risks, **options):
    return cumulative_incidence(cause_table(risks), **options)[0]


def test_five_subjects_by_hand():
    recurrence, death = curves(five_subjects()[0])

    # 1 of 5 recurs; 1 of 4 dies with 4/5 free; at 4 one of two recurs with 3/5 free
    np.testing.assert_allclose(recurrence.incidence, [0.2, 0.2, 0.2, 0.5, 0.5], rtol=1e-15)
    np.testing.assert_allclose(death.incidence, [0, 0.2, 0.2, 0.2, 0.2], rtol=1e-15)
    np.testing.assert_allclose(recurrence.event_free, [0.8, 0.6, 0.6, 0.3, 0.3], rtol=1e-15)
    # Aalen at 1: (1/5)^2 times (1 - 0)^2; at 4 with F = .5: recurrence at 1 by 1 - .3/.8, death at 2 by -.3/.6 in units
    # of .8/4, recurrence at 4 by 1 in units of .6/2
    variance = (1 / 5) ** 2 * (1 - 0.3 / 0.8) ** 2 + (0.8 / 4) ** 2 * (0.3 / 0.6) ** 2 + (0.6 / 2) ** 2
    np.testing.assert_allclose(recurrence.std_error[[0, 3]], [0.2, math.sqrt(variance)], rtol=1e-14)
    assert (recurrence.cause, recurrence.n, recurrence.n_events_total, death.n_events_total) == ("recurrence", 5, 2, 1)


def test_ties_have_the_binomial_correction():
    # cuminc: 3 of 10 at once, (1/10)^2 * 3 * (1 - 2/9)
    recurrence, _ = curves(risks_of([1, 1, 1, *[2] * 7], [1, 1, 1, *[0] * 7]))

    assert recurrence.std_error[0] == pytest.approx(math.sqrt(0.03 * 7 / 9), rel=1e-14)


def test_limits_by_hand():
    risks, _ = five_subjects()
    z = -ndtri(0.025)
    log_log, log, plain = (curves(risks, conf_type=kind)[0] for kind in ("log-log", "log", "plain"))
    f, s = 0.5, log_log.std_error[3]

    assert log_log.conf_low[3] == pytest.approx(f ** math.exp(z * s / (f * -math.log(f))), rel=1e-14)
    assert log_log.conf_high[3] == pytest.approx(f ** math.exp(-z * s / (f * -math.log(f))), rel=1e-14)
    assert log.conf_low[3] == pytest.approx(f * math.exp(-z * s / f), rel=1e-14)
    assert log.conf_high[3] == 1  # capped
    assert (plain.conf_low[3], plain.conf_high[3]) == (0, 1)  # clipped
    assert plain.conf_high[0] == pytest.approx(0.2 + z * 0.2, rel=1e-14)


@pytest.mark.parametrize("conf_type", ["log-log", "log", "plain"])
def test_before_the_first_event_of_a_cause(conf_type):
    _, death = curves(five_subjects()[0], conf_type=conf_type)

    expected = 0.0 if conf_type == "plain" else math.nan
    assert death.std_error[0] == 0
    np.testing.assert_array_equal([death.conf_low[0], death.conf_high[0]], [expected, expected])


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("entry", [False, True], ids=["from the start", "delayed entry"])
@pytest.mark.parametrize("weights", [False, True], ids=["unweighted", "weighted"])
def test_naive_second_implementation(seed, entry, weights):
    risks, _ = random_risks(seed, entry=entry, weights=weights)
    for cause, curve in enumerate(curves(risks), start=1):
        known = [competing.incidence(risks, cause, time) for time in curve.time]
        np.testing.assert_allclose(curve.incidence, known, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("seed", range(3))
def test_aalen_variance_is_the_sum_over_events(seed):
    # straight from the formula, a sum for every time
    risks, _ = random_risks(seed)
    for cause, curve in enumerate(curves(risks), start=1):
        variance = []
        for row in range(curve.time.size):
            total = 0.0
            for s in range(row + 1):
                n, before, after = curve.n_at_risk[s], 1.0 if s == 0 else curve.event_free[s - 1], curve.event_free[s]
                d = curve.n_events[s]
                everybody = (risks.data.time == curve.time[s]) & risks.data.event
                others = int(everybody.sum()) - d
                drop = (curve.incidence[row] - curve.incidence[s]) / after if after > 0 else 0.0
                for count, influence in ((d, 1 - drop), (others if after > 0 else 0, -drop)):
                    tied = 1 - (count - 1) / (n - 1) if count > 1 else 1.0
                    total += (before / n) ** 2 * tied * count * influence**2
            variance.append(total)
        np.testing.assert_allclose(curve.std_error, np.sqrt(variance), rtol=1e-10, atol=1e-15)
        assert risks.causes[cause - 1] == curve.cause


def with_weights(risks, weights):
    data = TimeToEvent(time=risks.data.time, event=risks.data.event, weights=weights)
    return CompetingRisks(data=data, cause=risks.cause, causes=risks.causes)


@pytest.mark.parametrize("row", [0, 5, -1])
def test_the_jackknife_is_the_sum_of_influences(row):
    # sqrt(sum w^2 (dF/dw)^2), derivatives by finite differences
    risks, _ = random_risks(7, n=25)
    weights = np.random.default_rng(7).uniform(0.4, 3, risks.data.n)
    step = 1e-6

    def incidence(w, cause):
        return curves(with_weights(risks, w))[cause].incidence[row]

    for cause, curve in enumerate(curves(with_weights(risks, weights))):
        influence = [
            (incidence(weights + step * unit, cause) - incidence(weights - step * unit, cause)) / (2 * step)
            for unit in np.eye(risks.data.n)
        ]
        assert curve.variance == "jackknife"
        assert curve.std_error[row] == pytest.approx(math.sqrt(((weights * influence) ** 2).sum()), rel=1e-6, abs=1e-10)


def test_the_jackknife_of_the_time_lost_is_the_sum_of_influences():
    risks, _ = random_risks(8, n=25)
    weights = np.random.default_rng(8).uniform(0.4, 3, risks.data.n)
    step, tau = 1e-6, 11.5

    def lost(w, cause):
        return time_lost(cause_table(with_weights(risks, w)), tau=tau)[0][cause].value

    for cause, known in enumerate(time_lost(cause_table(with_weights(risks, weights)), tau=tau)[0]):
        influence = [
            (lost(weights + step * unit, cause) - lost(weights - step * unit, cause)) / (2 * step)
            for unit in np.eye(risks.data.n)
        ]
        assert known.std_error == pytest.approx(math.sqrt(((weights * influence) ** 2).sum()), rel=1e-6)


def test_equal_fractional_weights_are_the_unweighted_jackknife():
    risks, _ = random_risks(9)
    weighted = curves(with_weights(risks, np.full(risks.data.n, 0.7)))
    for one, other in zip(weighted, curves(risks, variance="jackknife"), strict=True):
        np.testing.assert_allclose(one.incidence, other.incidence, rtol=1e-12, atol=1e-16)
        np.testing.assert_allclose(one.std_error, other.std_error, rtol=1e-11, atol=1e-16)


def test_whole_weights_are_repeated_rows():
    data, codes = random_cohort(10, weights=True)
    cause = np.where(data.event, 1 + codes % 2, 0)
    weighted = CompetingRisks(data=data, cause=cause, causes=("x", "y"))
    rows, causes = repeated(data, cause)
    for one, other in zip(
        curves(weighted), curves(CompetingRisks(data=rows, cause=causes, causes=("x", "y"))), strict=True
    ):
        np.testing.assert_allclose(one.std_error, other.std_error, rtol=1e-12, atol=1e-16)


def test_a_single_cause_is_one_minus_kaplan_meier():
    data, _ = random_cohort(11)
    risks = CompetingRisks(data=data, cause=data.event.astype(int), causes=("death",))
    (curve,) = curves(risks, variance="jackknife")
    (survival,) = kaplan_meier(cause_table(risks).whole)

    np.testing.assert_allclose(curve.incidence, 1 - survival.survival, rtol=1e-12)
    np.testing.assert_allclose(curve.std_error[:-1], survival.std_error[:-1], rtol=1e-11)
    (lost,), mean = time_lost(cause_table(risks), tau=9.0, variance="jackknife")[0], restricted_mean(survival, tau=9.0)
    assert lost.value == pytest.approx(9 - mean.value, rel=1e-13)
    assert lost.std_error == pytest.approx(mean.std_error, rel=1e-11)
    assert lost.conf_high == pytest.approx(9 - mean.conf_low, rel=1e-12)


def test_time_lost_by_hand():
    risks, _ = five_subjects()
    recurrence, death = time_lost(cause_table(risks), tau=4.5)[0]

    assert recurrence.value == pytest.approx(3 * 0.2 + 0.5 * 0.5)
    assert death.value == pytest.approx(2.5 * 0.2)
    # Aalen: the recurrence at 1 lasts 3.5 and takes (F(t) - F(1)) / S(1) back from 4 on; and so on
    first = 3.5 - 0.5 * 0.3 / 0.8
    second = -0.5 * 0.3 / 0.6
    variance = (first / 5) ** 2 + (0.2 * second) ** 2 + (0.3 * 0.5) ** 2
    assert recurrence.std_error == pytest.approx(math.sqrt(variance), rel=1e-13)
    assert recurrence.notes == ()


def test_time_lost_beyond_the_last_follow_up_is_said():
    risks, codes = five_subjects()
    recurrence, _ = time_lost(cause_table(risks, codes, ("A", "B")), tau=6)[0]

    assert recurrence.notes == ("Last follow-up in A is at 5: the time lost to 6 carries the last value on.",)
    complete = time_lost(cause_table(risks_of([1, 2], [1, 2])), tau=6)[0]
    assert [lost.notes for lost in complete] == [(), ()]  # nobody is left whose fate is unknown


@st.composite
def cohorts(draw):
    n = draw(st.integers(1, 30))
    time = draw(st.lists(st.integers(0, 15), min_size=n, max_size=n))
    cause = draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    return risks_of(time, cause, causes=("x", "y", "z"))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cohorts(), st.floats(0.5, 20))
def test_states_add_up(risks, tau):
    table = cause_table(risks)
    (found,), (free,) = cumulative_incidence(table), kaplan_meier(table.whole)

    np.testing.assert_allclose(sum(curve.incidence for curve in found) + free.survival, 1, rtol=1e-12)
    lost = sum(part.value for part in time_lost(table, tau=tau)[0])
    assert lost + restricted_mean(free, tau=tau).value == pytest.approx(tau, rel=1e-12)
    for curve in found:
        assert (np.diff(np.append(0, curve.incidence)) >= 0).all()
        assert (curve.std_error >= 0).all()
        known = ~np.isnan(curve.conf_low)
        assert (curve.conf_low[known] <= curve.incidence[known] + 1e-12).all()
        assert (curve.conf_high[known] >= curve.incidence[known] - 1e-12).all()


@settings(max_examples=30, deadline=None)
@given(cohorts(), st.sampled_from([1 / 30.4375, 7.0]), st.randoms(use_true_random=False))
def test_unit_and_order_do_not_matter(risks, factor, random):
    order = np.array(random.sample(range(risks.data.n), risks.data.n))
    other = risks_of(risks.data.time[order] * factor, risks.cause[order], causes=risks.causes)
    for one, two in zip(curves(risks), curves(other), strict=True):
        np.testing.assert_array_equal(one.incidence, two.incidence)
        np.testing.assert_array_equal(one.std_error, two.std_error)


def test_without_censoring_the_jackknife_is_binomial_and_loses_no_digits():
    # event-free survival goes down to 1e-5: sums that are not centred would cancel
    n = 100_000
    cause = np.where(np.arange(n) % 3, 1, 2)
    (curve, _) = curves(risks_of(np.arange(n), cause), variance="jackknife")

    share = curve.incidence
    np.testing.assert_allclose(curve.std_error, np.sqrt(share * (1 - share) / n), rtol=1e-9)


def test_chosen_times():
    risks, codes = five_subjects()
    curve = cumulative_incidence(cause_table(risks, codes, ("A", "B")), conf_type="plain")[0][0]
    at = curve.at([0, 1, 2.5, 9])

    np.testing.assert_allclose(at.incidence, [0, 1 / 3, 1 / 3, 1 / 3])
    assert at.n_at_risk.tolist() == [3, 3, 1, 0]
    assert at.cumulative_events.tolist() == [0, 1, 1, 1]
    assert (at.std_error[0], at.conf_low[0], at.conf_high[0]) == (0, 0, 0)
    assert at.notes == (
        "Follow-up in A ends at 5 months: the incidence of recurrence at 9 months is the last one carried on.",
    )


@pytest.mark.parametrize(
    ("time", "cause", "incidence", "notes"),
    [
        pytest.param([], [], [], ("No patients.",), id="no subjects"),
        pytest.param([5], [1], [1], (), id="one subject with the event"),
        pytest.param([5], [2], [0], ("No recurrence: its incidence stays at 0.",), id="one subject with the other"),
        pytest.param([5], [0], [0], ("No recurrence: its incidence stays at 0.",), id="one subject censored"),
        pytest.param([4, 4, 4], [1, 2, 1], [2 / 3], (), id="all events at one time"),
        pytest.param([0, 2], [1, 0], [0.5, 0.5], (), id="event at time 0"),
        pytest.param([1, 2], [2, 1], [0, 0.5], (), id="last observation an event"),
    ],
)
@pytest.mark.parametrize("variance", ["aalen", "jackknife"])
def test_edges(time, cause, incidence, notes, variance):
    curve, _ = curves(risks_of(time, cause), variance=variance)

    np.testing.assert_allclose(curve.incidence, incidence)
    assert np.isfinite(curve.std_error).all()
    assert curve.notes == notes
    assert np.isnan(curve.at([1, 9]).incidence).all() == (not time)
    lost, _ = time_lost(cause_table(risks_of(time, cause)), tau=3, variance=variance)[0]
    assert math.isnan(lost.value) == (not time)


def test_empty_group_beside_others():
    risks, codes = five_subjects()
    empty = cumulative_incidence(cause_table(risks, codes * 2, ("A", "none", "B")))[1][0]

    assert empty.notes == ("No patients in none.",)
    assert empty.at([1]).n_at_risk.tolist() == [0]
    assert math.isnan(empty.last_time)


def test_delayed_entry_counts_those_who_have_entered():
    # two enter at 2; one of them recurs at 3 when two are at risk
    risks = risks_of([1, 3, 4], [1, 1, 0], entry=np.array([0.0, 2.0, 2.0]))
    curve, _ = curves(risks, variance="jackknife")

    assert curve.variance == "aalen"  # the jackknife needs everybody from the start
    assert curve.n_at_risk.tolist() == [1, 2, 1]
    assert curve.incidence.tolist() == [1, 1, 1]
    assert curve.at([2.5]).n_at_risk.tolist() == [2]


def test_frame():
    frame = curves(five_subjects()[0])[0].to_frame()

    assert list(frame.columns) == [
        "group", "cause", "time", "n_at_risk", "n_events", "incidence", "std_error", "conf_low", "conf_high",
        "event_free",
    ]  # fmt: skip
    assert frame["cause"].unique().tolist() == ["recurrence"]


def test_refused():
    risks, _ = five_subjects()
    with pytest.raises(SpecError, match="Unknown variance 'dinse'"):
        curves(risks, variance="dinse")
    with pytest.raises(SpecError, match="Unknown interval type"):
        curves(risks, conf_type="logit")
    with pytest.raises(SpecError, match="The time lost needs a time above 0, not 0"):
        time_lost(cause_table(risks), tau=0)


def test_arrays_are_read_only():
    with pytest.raises(ValueError, match="read-only"):
        curves(five_subjects()[0])[0].incidence[0] = 1
