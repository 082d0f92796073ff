"""The Kaplan-Meier curve, its standard error and its limits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import ndtri

from core.errors import SpecError
from core.survival.event_table import event_table
from core.survival.kaplan_meier import kaplan_meier
from tests.core.survival import naive
from tests.core.survival.cohorts import follow, random_cohort, repeated, six_subjects

NAN = math.nan


def curve(data, **options):
    (estimate,) = kaplan_meier(event_table(data), **options)
    return estimate


def test_six_subjects_by_hand():
    data, _ = six_subjects()
    estimate = curve(data, conf_type="plain")

    # S: 5/6; then two of four die: 5/12; censored; the last dies: 0
    np.testing.assert_allclose(estimate.survival, [5 / 6, 5 / 12, 5 / 12, 0], rtol=1e-15)
    # Greenwood sums: 1/(6*5) = 1/30; + 2/(4*2) = 17/60
    np.testing.assert_allclose(
        estimate.std_error, [5 / 6 / math.sqrt(30), 5 / 12 * math.sqrt(17 / 60), 5 / 12 * math.sqrt(17 / 60), NAN]
    )
    np.testing.assert_allclose(estimate.cumulative_hazard, [1 / 6, 2 / 3, 2 / 3, 5 / 3])
    assert (estimate.n, estimate.n_events_total, estimate.group) == (6, 4, "all")


def test_limits_by_hand():
    data, _ = six_subjects()
    z, s, e = -ndtri(0.025), 5 / 12, math.sqrt(17 / 60)

    plain, log, log_log = (curve(data, conf_type=kind) for kind in ("plain", "log", "log-log"))
    assert plain.conf_low[1] == 0  # 0.417 - 0.435, clipped
    assert plain.conf_high[1] == pytest.approx(s + z * s * e, rel=1e-14)
    assert log.conf_low[1] == pytest.approx(s * math.exp(-z * e), rel=1e-14)
    assert log.conf_high[1] == 1  # 0.417 * 2.84, capped
    assert log_log.conf_low[1] == pytest.approx(s ** math.exp(z * e / abs(math.log(s))), rel=1e-14)
    assert log_log.conf_high[1] == pytest.approx(s ** math.exp(-z * e / abs(math.log(s))), rel=1e-14)
    for estimate in (plain, log, log_log):  # survfit: NA at S = 0
        assert math.isnan(estimate.conf_low[3])
        assert math.isnan(estimate.conf_high[3])


@pytest.mark.parametrize("conf_type", ["log-log", "log", "plain"])
def test_limits_while_nobody_had_the_event(conf_type):
    # survfit(Surv(c(1, 2, 3), c(0, 1, 0)) ~ 1, conf.type = ...): NA for log-log at 1, else 1 and 1
    estimate = curve(follow([1, 2, 3], [0, 1, 0]), conf_type=conf_type)

    expected = NAN if conf_type == "log-log" else 1.0
    np.testing.assert_array_equal([estimate.conf_low[0], estimate.conf_high[0]], [expected, expected])
    assert estimate.std_error[0] == 0


def test_conf_level():
    data, _ = random_cohort(1)
    narrow, wide = curve(data, conf_level=0.8), curve(data, conf_level=0.99)
    inner = ~np.isnan(narrow.conf_low)

    assert (narrow.conf_low > wide.conf_low)[inner].all()
    assert (narrow.conf_high < wide.conf_high)[inner].all()
    # the log-log half width grows as the normal quantile
    half = [np.log(-np.log(c.conf_low[10])) - np.log(-np.log(c.survival[10])) for c in (narrow, wide)]
    assert half[1] / half[0] == pytest.approx(ndtri(0.995) / ndtri(0.9), rel=1e-12)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("entry", [False, True], ids=["from the start", "delayed entry"])
@pytest.mark.parametrize("weights", [False, True], ids=["unweighted", "weighted"])
def test_naive_second_implementation(seed, entry, weights):
    data, _ = random_cohort(seed, entry=entry, weights=weights)
    estimate = curve(data)
    times, survival, errors = naive.kaplan_meier(data)

    assert estimate.time.tolist() == times
    np.testing.assert_allclose(estimate.survival, survival, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(estimate.std_error, errors, rtol=1e-11)
    at_risk = [naive.counts(data, time)[0] for time in times]
    np.testing.assert_array_equal(estimate.n_at_risk, at_risk)


def test_splitting_follow_up_changes_nothing():
    data, _ = random_cohort(7)
    middle = data.time / 3
    split = follow(
        np.append(middle, data.time),
        np.append(np.zeros(data.n), data.event),
        entry=np.append(middle * 0 - 1e-9, middle),
    )
    whole, parts = curve(data), curve(split)
    at = np.unique(data.time)

    np.testing.assert_allclose(parts.at(at).survival, whole.at(at).survival, rtol=1e-13)
    np.testing.assert_allclose(parts.at(at).std_error, whole.at(at).std_error, rtol=1e-12)
    np.testing.assert_array_equal(parts.at(at).n_at_risk, whole.at(at).n_at_risk)
    np.testing.assert_array_equal(parts.at([0.5, 3.3]).n_at_risk, whole.at([0.5, 3.3]).n_at_risk)


def test_whole_weights_are_repeated_rows():
    data, codes = random_cohort(8, weights=True)
    weighted, plain = curve(data), curve(repeated(data, codes)[0])

    for name in ("survival", "std_error", "conf_low", "conf_high", "cumulative_hazard"):
        np.testing.assert_allclose(getattr(weighted, name), getattr(plain, name), rtol=1e-13)
    assert weighted.n == data.n
    assert weighted.n_events_total == plain.n_events_total


def test_robust_error_of_fractional_weights_is_the_sum_of_influences():
    # survfit(..., weights = w): sqrt(sum w^2 (dS/dw)^2), here with derivatives by finite differences
    rng = np.random.default_rng(9)
    data, _ = random_cohort(9, n=25)
    weights = rng.uniform(0.4, 3, data.n)
    row = 8

    def survival(w):
        return curve(follow(data.time, data.event, weights=w)).survival[row]

    step = 1e-6
    influence = [
        (survival(weights + step * unit) - survival(weights - step * unit)) / (2 * step) for unit in np.eye(data.n)
    ]
    estimate = curve(follow(data.time, data.event, weights=weights))
    assert estimate.std_error[row] == pytest.approx(math.sqrt(((weights * influence) ** 2).sum()), rel=1e-7)


def test_equal_fractional_weights_are_greenwood():
    data, _ = random_cohort(10)
    weighted, plain = curve(follow(data.time, data.event, weights=np.full(data.n, 0.7))), curve(data)

    np.testing.assert_allclose(weighted.survival, plain.survival, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(weighted.std_error, plain.std_error, rtol=1e-11)


def test_weights_that_cancel_leave_no_residue():
    # sums and differences of these weights are off by 1e-16: the risk set empties at 2 all the same
    data = follow([2, 2, 4, 5], [1, 1, 1, 0], entry=np.array([0, 0, 3, 3.0]), weights=np.array([1.3, 0.6, 0.2, 0.1]))
    estimate = curve(data)

    assert estimate.survival.tolist() == [0, 0, 0]
    assert estimate.notes == (
        "All patients at risk had the event by 2 months, before others entered: the curve is 0 from there on.",
    )


def test_chosen_times():
    data, _ = six_subjects()
    at = curve(data, conf_type="plain").at([0, 0.5, 1, 6, 7, 9, 12])

    np.testing.assert_allclose(at.survival, [1, 1, 5 / 6, 5 / 12, 5 / 12, 0, 0])
    assert at.n_at_risk.tolist() == [6, 6, 6, 4, 2, 1, 0]
    assert at.cumulative_events.tolist() == [0, 0, 1, 3, 3, 4, 4]
    # summary(survfit(...), times): before the first time the limits are 1
    assert (at.conf_low[0], at.conf_high[0], at.std_error[0]) == (1, 1, 0)
    # at 12 the curve has reached 0: nothing is carried on
    assert at.notes == ("Survival is 0 at 9, 12 months: no limits there.",)


def test_chosen_times_without_limits_are_said():
    estimate = curve(follow([2, 5, 9], [0, 1, 0]))

    assert estimate.at([1, 3]).notes == ("No event yet at 3 months: the log-log interval has no limits there.",)
    assert curve(follow([2, 5, 9], [0, 1, 0]), conf_type="log").at([1, 3]).notes == ()


def test_beyond_the_last_follow_up_the_value_is_carried_on():
    estimate = kaplan_meier(event_table(follow([3, 10], [1, 0]), np.array([0, 0]), ("HIFU",)))[0]
    at = estimate.at([10, 12, 24])

    assert at.n_at_risk.tolist() == [1, 0, 0]
    assert at.survival.tolist() == [0.5, 0.5, 0.5]
    assert at.notes == ("Follow-up in HIFU ends at 10 months: the value at 12, 24 months is the last one carried on.",)


def test_chosen_times_tie_as_the_data_do():
    estimate = curve(follow([365 / 365.25, 2], [1, 0], unit="years"))
    just_below = np.nextafter(365 / 365.25, 0)

    assert estimate.at([just_below]).survival.tolist() == [0.5]
    assert estimate.at([np.nextafter(365 / 365.25, 2)]).n_at_risk.tolist() == [2]


@pytest.mark.parametrize(
    ("time", "event", "survival", "notes"),
    [
        pytest.param([], [], [], ("No patients.",), id="no subjects"),
        pytest.param([5], [1], [0], (), id="one subject with the event"),
        pytest.param([5], [0], [1], ("No events: the curve stays at 100 %.",), id="one subject censored"),
        pytest.param([1, 2, 3], [0, 0, 0], [1, 1, 1], ("No events: the curve stays at 100 %.",), id="all censored"),
        pytest.param([4, 4, 4], [1, 1, 1], [0], (), id="all events at one time"),
        pytest.param([0, 0, 2, 3], [1, 0, 1, 0], [0.75, 0.375, 0.375], (), id="event at time 0"),
        pytest.param([1, 2], [1, 1], [0.5, 0], (), id="last observation an event"),
        pytest.param([1, 2], [1, 0], [0.5, 0.5], (), id="last observation censored"),
    ],
)
@pytest.mark.parametrize("conf_type", ["log-log", "log", "plain"])
def test_edges(time, event, survival, notes, conf_type):
    estimate = curve(follow(time, event), conf_type=conf_type)

    np.testing.assert_allclose(estimate.survival, survival)
    assert estimate.notes == notes
    assert estimate.at([0.5, 100]).survival.shape == (2,)


def test_empty_group_beside_others():
    data, codes = six_subjects()
    empty = kaplan_meier(event_table(data, codes * 2, ("A", "none", "B")))[1]

    assert empty.notes == ("No patients in none.",)
    assert np.isnan(empty.at([1, 2]).survival).all()
    assert empty.at([1, 2]).n_at_risk.tolist() == [0, 0]
    assert math.isnan(empty.last_time)


def test_frame():
    data, _ = six_subjects()
    frame = curve(data).to_frame()

    assert list(frame.columns) == [
        "group", "time", "n_at_risk", "n_events", "n_censored", "survival", "std_error", "conf_low", "conf_high",
        "cumulative_hazard", "cumulative_hazard_std_error",
    ]  # fmt: skip
    assert frame["n_at_risk"].tolist() == [6, 4, 2, 1]


def test_arrays_are_read_only():
    with pytest.raises(ValueError, match="read-only"):
        curve(six_subjects()[0]).survival[0] = 2


@pytest.mark.parametrize(
    ("options", "match"),
    [
        pytest.param({"conf_level": 95}, "between 0 and 1, not 95", id="per cent"),
        pytest.param({"conf_level": 0}, "between 0 and 1", id="zero"),
        pytest.param({"conf_type": "logit"}, "Unknown interval type 'logit'", id="unknown type"),
    ],
)
def test_refused(options, match):
    with pytest.raises(SpecError, match=match):
        curve(six_subjects()[0], **options)
