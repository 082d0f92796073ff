"""Proportional hazards: by hand, against a likelihood differentiated numerically, and what cannot be tested."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.errors import SpecError, TooFewEventsError
from core.regression.cox import fit_cox
from core.regression.design import build_design
from core.regression.proportionality import proportional_hazards, proportional_hazards_analysis
from core.timetoevent import TimeToEvent
from tests.core.regression import naive
from tests.core.regression.cohorts import design, design_of, frame_of, random_cohort

TRANSFORMS = ["km", "rank", "identity", "log"]


def four() -> TimeToEvent:
    return TimeToEvent(time=[1, 2, 3, 4], event=[1, 1, 1, 1])


class TestByHand:
    """Four events, x = 1, 0, 1, 0: the hazard ratio r solves 2/(1 + r) = r/(2 + r)."""

    ratio = (1 + np.sqrt(17)) / 2
    variance = np.array([ratio / (1 + ratio) ** 2, 2 * ratio / (2 + ratio) ** 2, ratio / (1 + ratio) ** 2, 0.0])
    residual = np.array([1 / (1 + ratio), -ratio / (2 + ratio), 1 / (1 + ratio), 0.0])

    def expected(self, g):
        v = self.variance
        return (g @ self.residual) ** 2 / (v @ g**2 - (v @ g) ** 2 / v.sum())

    def test_log(self):
        found = proportional_hazards(four(), design(x=[1, 0, 1, 0]), transform="log")
        np.testing.assert_allclose(found.overall.statistic, self.expected(np.log([1, 2, 3, 4])), rtol=1e-12)
        np.testing.assert_allclose(found.coefficients, np.log(self.ratio), rtol=1e-12)

    @pytest.mark.parametrize("transform", ["identity", "rank", "km"])
    def test_evenly_spaced_residuals_have_no_trend(self, transform):
        found = proportional_hazards(four(), design(x=[1, 0, 1, 0]), transform=transform)
        assert found.overall.statistic == pytest.approx(0.0, abs=1e-20)
        assert found.overall.p_value == pytest.approx(1.0, abs=1e-9)

    def test_residuals(self):
        found = proportional_hazards(four(), design(x=[1, 0, 1, 0]))
        scaled = np.log(self.ratio) + 4 * self.residual / self.variance.sum()
        np.testing.assert_allclose(found.residuals[:, 0], scaled, rtol=1e-11)
        np.testing.assert_allclose(found.transformed, [0, 0.25, 0.5, 0.75])


def ranked(time):
    order = np.sort(time)
    return (np.searchsorted(order, time, "left") + np.searchsorted(order, time, "right") + 1) / 2


def survival_before(data, t):
    entry = np.full(data.n, -np.inf) if data.entry is None else data.entry
    survival = 1.0
    for s in np.unique(data.time[data.event & (data.time < t)]):
        survival *= 1 - np.sum(data.event & (data.time == s)) / np.sum((entry < s) & (data.time >= s))
    return survival


def transformed(data, transform):
    if transform == "km":
        return np.array([1 - survival_before(data, t) for t in data.time])
    return {"identity": data.time, "log": np.log(data.time), "rank": ranked(data.time)}[transform]


def changing_log_likelihood(both, X, data, strata, g, *, ties):
    """Log partial likelihood in which the coefficients are beta + gamma g(t)."""
    beta, gamma = np.split(both, 2)
    weights = np.ones(data.n) if data.weights is None else data.weights
    total = float(sum(weights[i] * X[i] @ (beta + gamma * g[i]) for i in np.flatnonzero(data.event)))
    for mean_weight, present, dying in naive.layers(data, strata, ties=ties):
        eta = X @ (beta + gamma * g[dying][0])
        total -= mean_weight * np.log((weights * present * np.exp(eta)).sum())
    return total


COMPLICATIONS = [
    pytest.param({}, id="tied"),
    pytest.param({"tied": False}, id="continuous"),
    pytest.param({"late": True}, id="delayed entry"),
    pytest.param({"strata": True, "weighted": True}, id="strata and weights"),
    pytest.param({"strata": True, "late": True, "weighted": True, "tied": False}, id="everything"),
]


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("options", COMPLICATIONS)
def test_as_defined(options, transform, ties):
    data, X, strata = random_cohort(5, n=40, p=2, **options)
    found = proportional_hazards(data, design_of(X), transform=transform, ties=ties, strata=strata)
    g = transformed(data, transform)
    g = (g - g[data.event].mean()) / np.ptp(g)
    beta = fit_cox(data, design_of(X), ties=ties, strata=strata).coefficients

    def surface(both):
        return changing_log_likelihood(both, X, data, strata, g, ties=ties)

    at = np.append(beta, [0.0, 0.0])
    score = naive.gradient(surface, at)[2:]
    information = -naive.gradient(lambda b: naive.gradient(surface, b, step=1e-3), at, step=1e-3)
    variance = np.linalg.inv(information)[2:, 2:]
    np.testing.assert_allclose(found.overall.statistic, score @ variance @ score, rtol=2e-4, atol=1e-6)
    for j, test in enumerate(found.terms):
        kept = [0, 1, 2 + j]
        alone = np.linalg.inv(information[np.ix_(kept, kept)])[2, 2] * score[j] ** 2
        np.testing.assert_allclose(test.statistic, alone, rtol=2e-4, atol=1e-6)
    order = np.argsort(data.time[data.event], kind="stable")
    np.testing.assert_allclose(found.time, data.time[data.event][order])
    np.testing.assert_allclose(found.transformed, transformed(data, transform)[data.event][order], rtol=1e-12)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_residuals_average_to_the_coefficients(ties):
    data, X, strata = random_cohort(6, strata=True)
    found = proportional_hazards(data, design_of(X), ties=ties, strata=strata)
    np.testing.assert_allclose(found.residuals.mean(axis=0), found.coefficients, rtol=1e-8)
    np.testing.assert_allclose(found.coefficients, fit_cox(data, design_of(X), ties=ties, strata=strata).coefficients)


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_units_do_not_matter(transform):
    data, X, _ = random_cohort(7)
    years = TimeToEvent(time=data.time / 365.25, event=data.event)
    one = proportional_hazards(data, design_of(X), transform=transform)
    other = proportional_hazards(years, design_of(1e3 * X - 5), transform=transform)
    for a, b in zip((*one.terms, one.overall), (*other.terms, other.overall), strict=True):
        np.testing.assert_allclose(a.statistic, b.statistic, rtol=1e-8)


def test_a_factor_is_one_test_whatever_its_reference():
    data, X, _ = random_cohort(8)
    frame = frame_of(X).assign(grade=np.array(["G1", "G2", "G3"])[np.arange(data.n) % 3])
    names = ["x0", "grade"]
    tests = [
        proportional_hazards(data, build_design(frame, names, references={"grade": level})).terms
        for level in ("G1", "G3")
    ]
    assert [(test.term, test.df) for test in tests[0]] == [("x0", 1), ("grade", 2)]
    np.testing.assert_allclose([t.statistic for t in tests[0]], [t.statistic for t in tests[1]], rtol=1e-9)


def test_weights_count_patients():
    data, X, _ = random_cohort(9)
    doubled = TimeToEvent(time=np.tile(data.time, 2), event=np.tile(data.event, 2))
    weighted = TimeToEvent(time=data.time, event=data.event, weights=np.full(data.n, 2.0))
    one = proportional_hazards(doubled, design_of(np.tile(X, (2, 1))), ties="breslow").overall
    other = proportional_hazards(weighted, design_of(X), ties="breslow").overall
    np.testing.assert_allclose(one.statistic, other.statistic, rtol=1e-10)


class TestEdges:
    def test_all_events_at_one_time(self):
        data = TimeToEvent(time=[3, 3, 3, 5, 6], event=[1, 1, 1, 0, 0])
        found = proportional_hazards(data, design(x=[1, 0, 2, 0, 3]))
        assert np.isnan(found.overall.statistic)
        assert (found.overall.df, found.terms[0].df) == (0, 0)
        assert "Proportional hazards cannot be tested for x." in found.notes

    def test_a_level_without_events_is_left_out(self):
        data, X, _ = random_cohort(10, n=80)
        level = np.where(np.arange(data.n) % 4 == 0, "C", np.where(np.arange(data.n) % 2 == 0, "B", "A"))
        event = data.event & (level != "C")
        frame = frame_of(X[:, :1]).assign(level=level)
        found = proportional_hazards(TimeToEvent(time=data.time, event=event), build_design(frame, ["x0", "level"]))
        rest = level != "C"
        without = proportional_hazards(
            TimeToEvent(time=data.time[rest], event=event[rest]),
            build_design(frame[rest].reset_index(drop=True), ["x0", "level"]),
            transform="identity",
        )
        same_scale = proportional_hazards(
            TimeToEvent(time=data.time, event=event), build_design(frame, ["x0", "level"]), transform="identity"
        )
        assert [(t.term, t.df) for t in found.terms] == [("x0", 1), ("level", 1)]
        np.testing.assert_allclose(
            [t.statistic for t in same_scale.terms], [t.statistic for t in without.terms], rtol=1e-8
        )
        assert "Hazard ratios without limit are left out: level: C." in found.notes

    def test_an_infinite_hazard_ratio_alone(self):
        data = TimeToEvent(time=[1, 2, 3, 4, 5, 6], event=[1, 1, 1, 0, 0, 0])
        found = proportional_hazards(data, design(arm=["a", "a", "a", "b", "b", "b"]))
        assert np.isnan(found.overall.p_value)
        assert found.residuals.shape == (3, 0)

    def test_collinear_columns_are_left_out(self):
        data, X, _ = random_cohort(11)
        found = proportional_hazards(data, design_of(np.column_stack((X, X[:, 0] * 2))))
        assert [t.df for t in found.terms] == [1, 1, 1, 0]
        assert found.overall.df == 3
        assert any("collinear" in note for note in found.notes)

    def test_log_of_time_zero(self):
        data = TimeToEvent(time=[0, 1, 2, 3], event=[1, 1, 0, 1])
        with pytest.raises(SpecError, match="time 0 has no logarithm"):
            proportional_hazards(data, design(x=[1, 0, 1, 0]), transform="log")
        assert np.isfinite(proportional_hazards(data, design(x=[1, 0, 1, 0])).overall.statistic)

    def test_no_events(self):
        with pytest.raises(TooFewEventsError):
            proportional_hazards(TimeToEvent(time=[1, 2], event=[0, 0]), design(x=[1, 0]))

    def test_a_changing_hazard_ratio_is_said(self):
        rng = np.random.default_rng(12)
        x = rng.integers(0, 2, 400)
        # early the hazard of x = 1 is eight times the other's, late an eighth
        early = rng.exponential(np.where(x == 1, 0.5, 4.0))
        time = np.where(early < 1, early, 1 + rng.exponential(np.where(x == 1, 8.0, 1.0)))
        found = proportional_hazards(TimeToEvent(time=time, event=np.ones(400)), design(x=x))
        assert found.overall.p_value < 1e-10
        assert any(note.startswith("The hazard ratio of x changes over time (P < 0.05)") for note in found.notes)
        # the residuals fall with time
        assert found.residuals[:100, 0].mean() > found.coefficients[0] > found.residuals[-100:, 0].mean()

    def test_results_are_read_only(self):
        found = proportional_hazards(four(), design(x=[1, 0, 1, 0]))
        with pytest.raises(ValueError, match="read-only"):
            found.residuals[0] = 0


def test_analysis_counts_who_is_left_out():
    frame = pd.DataFrame({"x": [1.0, 0, 1, 0, 2, 1], "s": ["a", "a", "b", "b", None, "b"], "w": [1.0] * 5 + [np.nan]})
    data = TimeToEvent(time=[1, 2, 3, 4, 5, 6], event=[1, 1, 1, 1, 1, 1])
    found = proportional_hazards_analysis(data, frame, ["x"], strata=["s"], weights="w")
    assert (found.n, found.missing) == (4, {"x": 0, "s": 1, "w": 1})
    assert found.notes[0] == "2 of 6 patients left out for missing values (s 1, w 1)."
