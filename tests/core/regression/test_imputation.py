"""Chained equations: what is imputed, from what, and that it takes away the bias of leaving patients out."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.errors import SpecError, TooFewEventsError
from core.regression.design import build_design
from core.regression.estimate import by_likelihood
from core.regression.imputation import impute
from core.regression.imputation_draws import _donors, drawn_levels, matched_numbers
from core.regression.pooling import pool
from core.regression.problem import prepare
from core.spec import ImputationSpec
from core.timetoevent import TimeToEvent

ASKED = ImputationSpec(sets=3, iterations=4, seed=1)


def cohort(rng, n=120):
    """Two numbers and two categories that go together, each with gaps."""
    age = rng.normal(60, 10, n)
    afp = age / 20 + rng.normal(0, 0.5, n)
    stage = np.where(afp + rng.normal(0, 0.5, n) > 3, "late", "early").astype(object)
    site = rng.choice(["a", "b", "c"], n).astype(object)
    time = rng.exponential(12 / np.exp(0.5 * (afp - 3)))
    data = TimeToEvent(time=np.minimum(time, 20), event=time < 20)
    frame = pd.DataFrame({"age": age, "afp": afp, "stage": stage, "site": site})
    for name, share in (("afp", 0.2), ("stage", 0.15), ("site", 0.1)):
        frame.loc[rng.random(n) < share, name] = np.nan if name == "afp" else None
    return data, frame


class TestTables:
    def test_known_values_stay_and_gaps_are_filled(self):
        data, frame = cohort(np.random.default_rng(1))
        found = impute(data, frame, list(frame), asked=ASKED)
        assert [one.name for one in found.variables] == sorted(
            ["site", "stage", "afp"], key=lambda name: frame[name].isna().sum()
        )
        assert found.n_incomplete == int(frame.isna().any(axis=1).sum())
        for table in range(3):
            whole = found.completed(table)
            assert not whole.isna().any().any()
            for name in frame:
                known = frame[name].notna()
                assert whole.loc[known, name].astype(object).tolist() == frame.loc[known, name].tolist()
                assert set(whole[name].astype(object)) <= set(frame[name].dropna())  # matched: values that occur

    def test_the_seed_decides_and_tables_differ(self):
        data, frame = cohort(np.random.default_rng(1))
        one, again = (impute(data, frame, list(frame), asked=ASKED) for _ in range(2))
        other = impute(data, frame, list(frame), asked=ASKED.model_copy(update={"seed": 2}))
        afp = [next(v for v in found.variables if v.name == "afp").imputed for found in (one, again, other)]
        assert afp[0].tolist() == afp[1].tolist()
        assert afp[0].tolist() != afp[2].tolist()
        assert afp[0][0].tolist() != afp[0][1].tolist()

    def test_more_tables_leave_the_first_as_they_are(self):
        data, frame = cohort(np.random.default_rng(1))
        few, more = (impute(data, frame, list(frame), asked=ASKED.model_copy(update={"sets": sets})) for sets in (2, 4))
        assert few.variables[0].imputed.tolist() == more.variables[0].imputed[:2].tolist()

    def test_nothing_missing_is_nothing_imputed(self):
        data, frame = cohort(np.random.default_rng(1))
        found = impute(data, frame, ["age"], asked=ASKED)
        assert found.variables == ()
        assert found.n_incomplete == 0

    def test_what_cannot_be_imputed_is_said(self):
        data, frame = cohort(np.random.default_rng(1))
        many = frame.assign(centre=[f"c{i % 14}" if i % 3 else None for i in range(len(frame))])
        with pytest.raises(SpecError, match="too many to be imputed"):
            impute(data, many, ["age", "centre"], asked=ASKED)
        rare = frame.assign(marker=[1.0 if i < 5 else np.nan for i in range(len(frame))])
        with pytest.raises(TooFewEventsError, match="known in 5 patients only"):
            impute(data, rare, ["age", "marker"], asked=ASKED)

    def test_predictors_that_say_the_same_or_nothing_do_no_harm(self):
        data, frame = cohort(np.random.default_rng(1))
        twice = frame.assign(age2=frame["age"] * 2 + 1, same=3.0)
        found = impute(data, twice, ["age", "age2", "same", "afp", "stage"], asked=ASKED)
        assert np.isfinite(found.variables[-1].imputed).all()

    def test_chains_that_mix_say_so(self):
        data, frame = cohort(np.random.default_rng(1))
        found = impute(data, frame, list(frame), asked=ImputationSpec(sets=8, iterations=20))
        assert all(0.9 < one.mixing < 1.3 for one in found.variables)
        assert found.variables[0].trace_mean.shape == (8, 20)


class TestDraws:
    def test_donors_are_among_the_nearest(self):
        rng = np.random.default_rng(5)
        known, wanted = rng.normal(size=40), rng.normal(size=300)
        taken = _donors(known, wanted, rng)
        for target, donor in zip(wanted, taken, strict=True):
            assert abs(known[donor] - target) <= np.sort(np.abs(known - target))[4] + 1e-12

    def test_each_of_the_five_nearest_is_taken_as_often(self):
        known = np.array([0.0, 1, 2, 3, 4, 50, 60])
        taken = _donors(known, np.full(5_000, 2.0), np.random.default_rng(6))
        counts = np.bincount(taken, minlength=7)
        assert counts[5:].sum() == 0
        assert counts[:5] == pytest.approx(1_000, abs=110)
        assert set(_donors(known, np.full(200, 99.0), np.random.default_rng(7))) == {2, 3, 4, 5, 6}
        assert set(_donors(np.array([1.0, 2.0]), np.full(50, 1.4), np.random.default_rng(8))) == {0, 1}

    def test_numbers_follow_their_regression(self):
        rng = np.random.default_rng(9)
        x = rng.normal(size=4_000)
        y = 2 * x + rng.normal(0, 1, 4_000)
        known = rng.random(4_000) < 0.5
        drawn = matched_numbers(y, known, x[:, None], rng)
        slope, intercept = np.polyfit(x[~known], drawn, 1)
        assert (slope, intercept) == pytest.approx((2, 0), abs=0.08)
        assert (drawn - slope * x[~known]).std() == pytest.approx(1, abs=0.05)

    def test_levels_follow_their_chances(self):
        rng = np.random.default_rng(10)
        x = rng.normal(size=6_000)
        odds = np.column_stack([np.ones(6_000), np.exp(0.5 + x), np.exp(-1 - x)])
        chance = odds / odds.sum(axis=1, keepdims=True)
        codes = (rng.random((6_000, 1)) > np.cumsum(chance, axis=1)[:, :2]).sum(axis=1)
        gaps = rng.random(6_000) < 0.5
        drawn = drawn_levels(np.where(gaps, -1, codes), 3, x[:, None], rng)
        for high in (x[gaps] > 0.5, x[gaps] < -0.5):
            shares = np.bincount(drawn[high], minlength=3) / high.sum()
            assert shares == pytest.approx(chance[gaps][high].mean(axis=0), abs=0.04)

    def test_separated_levels_stay_finite(self):
        x = np.linspace(-1, 1, 60)
        codes = (x > 0).astype(np.int64)
        codes[::6] = -1
        drawn = drawn_levels(codes, 2, x[:, None], np.random.default_rng(11))
        assert (drawn == (x[::6] > 0)).mean() > 0.7


RUNS, N, TRUE = 500, 200, 0.4
DESIGN = build_design(pd.DataFrame({"x": np.arange(N) * 1.0, "z": np.arange(N) % 7.0}), ["x", "z"])


def hazard_ratio(data, x, z):
    """Log hazard ratio of the first factor and its variance."""
    design = replace(DESIGN, matrix=np.column_stack([x, z]), complete=np.ones(x.size, dtype=bool))
    found = by_likelihood(prepare(data, design, ties="breslow"), robust=False, conf_level=0.95)
    return found.coefficients[0], found.covariance[0, 0]


@pytest.fixture(scope="module")
def simulated():
    """Estimates of the patients with a value, and of five completed tables.

    Missing at random: whether a value is missing depends on the event and on the other factor, known of everybody.
    """
    rng = np.random.default_rng(20250101)
    complete, imputed = np.empty((RUNS, 2)), np.empty((RUNS, 3))
    for run in range(RUNS):
        z = rng.normal(size=N)
        x = 0.5 * z + rng.normal(0, np.sqrt(0.75), N)
        death, leaves = rng.exponential(10 / np.exp(TRUE * x + 0.3 * z)), rng.uniform(2, 20, N)
        data = TimeToEvent(time=np.minimum(death, leaves), event=death <= leaves)
        odds = -1.0 + 2.5 * (z > 0) * np.where(data.event, -1, 1)
        gaps = rng.random(N) < 1 / (1 + np.exp(-odds))
        complete[run] = hazard_ratio(data.subset(~gaps), x[~gaps], z[~gaps])
        frame = pd.DataFrame({"x": np.where(gaps, np.nan, x), "z": z})
        tables = impute(data, frame, ["x", "z"], asked=ImputationSpec(sets=5, iterations=1, seed=run))
        each = []
        for table in tables.variables[0].imputed:
            whole = x.copy()
            whole[gaps] = table
            each.append(hazard_ratio(data, whole, z))
        found = pool(np.array(each)[:, :1], np.array(each)[:, 1:], complete_df=data.n_events - 2)
        imputed[run] = found.estimate[0], found.conf_low[0], found.conf_high[0]
    return complete, imputed


def test_leaving_patients_out_is_biased(simulated):
    complete, _ = simulated
    assert complete[:, 0].mean() < TRUE - 0.05


def test_imputing_is_not_and_its_interval_holds_its_level(simulated):
    _, imputed = simulated
    assert imputed[:, 0].mean() == pytest.approx(TRUE, abs=0.02)
    assert 0.93 <= ((imputed[:, 1] <= TRUE) & (imputed[:, 2] >= TRUE)).mean() <= 0.97
