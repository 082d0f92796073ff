"""Propensity score, its weights and the weighted comparison: by hand, a second way, and at the edges."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.bias.balance_study import BalanceStudy, kish, refuse_too_few
from core.bias.covariate_balance import covariate_balance
from core.bias.propensity import area_under_curve, propensity_score
from core.bias.propensity_weights import inverse_probability, overlap_weights
from core.bias.weighted_comparison import unweighted_ratio, weighted_ratio
from core.errors import TooFewEventsError
from core.patients.imbalance import standardised_difference, standardised_difference_of_levels
from core.regression.cox import fit_cox
from core.regression.design import build_design
from core.regression.logistic import fit_logistic
from core.timetoevent import TimeToEvent


def study_of(frame: pd.DataFrame, treated: np.ndarray, *, seed: int = 1, ties: bool = False) -> BalanceStudy:
    """Patients with covariates of ``frame`` and invented follow-up."""
    rng = np.random.default_rng(seed)
    time = rng.exponential(10, len(frame)) * np.exp(-0.4 * treated) + 0.1
    kinds = {str(n): "number" if pd.api.types.is_numeric_dtype(frame[n]) else "category" for n in frame}
    return BalanceStudy(
        data=TimeToEvent(time=np.ceil(time) if ties else time, event=rng.random(len(frame)) < 0.7),
        treated=np.asarray(treated, dtype=bool),
        column="arm",
        levels=("A", "B"),
        frame=frame,
        design=build_design(frame, list(map(str, frame)), kinds=kinds),
        kinds=kinds,
    )


def confounded(n: int = 120, seed: int = 3, *, ties: bool = False) -> BalanceStudy:
    rng = np.random.default_rng(seed)
    age, grade = rng.normal(60, 10, n), rng.choice(["G1", "G2", "G3"], n)
    chance = 1 / (1 + np.exp(-(0.06 * (age - 60) + 0.8 * (grade == "G3") - 0.3)))
    return study_of(pd.DataFrame({"age": age, "grade": grade}), rng.random(n) < chance, seed=seed, ties=ties)


class TestByHand:
    @pytest.fixture
    def study(self) -> BalanceStudy:
        # 10 women, 4 of them treated; 30 men, 18 of them treated
        sex = ["a"] * 10 + ["b"] * 30
        return study_of(pd.DataFrame({"sex": sex}), np.array([1] * 4 + [0] * 6 + [1] * 18 + [0] * 12))

    def test_the_score_is_the_share_treated(self, study: BalanceStudy) -> None:
        score = propensity_score(study)
        np.testing.assert_allclose(score.score, [0.4] * 10 + [0.6] * 30, rtol=1e-12)
        assert score.coefficients == pytest.approx([np.log(4 / 6), np.log(18 / 12) - np.log(4 / 6)])
        # variance of a log odds ratio: the sum of one over each count
        assert score.std_error[1] == pytest.approx(np.sqrt(1 / 4 + 1 / 6 + 1 / 18 + 1 / 12))
        # 4 of 22 treated and 6 of 18 untreated are women: 18 · 6 pairs rank the treated higher, 4 · 6 + 18 · 12 tie
        assert score.c_statistic == pytest.approx((18 * 6 + (4 * 6 + 18 * 12) / 2) / (22 * 18))

    def test_weights(self, study: BalanceStudy) -> None:
        score, share = propensity_score(study), 22 / 40
        plain = inverse_probability(study, score, stabilised=False).weights
        np.testing.assert_allclose(plain[[0, 4, 10, 28]], [2.5, 1 / 0.6, 1 / 0.6, 2.5], rtol=1e-12)
        stable = inverse_probability(study, score).weights
        np.testing.assert_allclose(stable[[0, 4]], [share * 2.5, (1 - share) / 0.6], rtol=1e-12)
        att = inverse_probability(study, score, estimand="att", stabilised=False).weights
        np.testing.assert_allclose(att[[0, 4, 10, 28]], [1, 0.4 / 0.6, 1, 1.5], rtol=1e-12)
        np.testing.assert_allclose(overlap_weights(study, score).weights[[0, 4, 10, 28]], [0.6, 0.4, 0.4, 0.6])

    def test_both_sexes_are_balanced_exactly(self, study: BalanceStudy) -> None:
        score = propensity_score(study)
        weights = {"iptw": inverse_probability(study, score).weights, "overlap": overlap_weights(study, score).weights}
        (sex,) = covariate_balance(study, weights)
        assert sex.before.other == pytest.approx((4 / 22, 18 / 22))
        p, q = 4 / 22, 6 / 18
        assert sex.before.difference == pytest.approx(abs(p - q) / np.sqrt((p * (1 - p) + q * (1 - q)) / 2))
        assert sex.after["iptw"].other == pytest.approx((10 / 40, 30 / 40))
        assert sex.after["iptw"].difference == pytest.approx(0, abs=1e-10)
        assert sex.after["overlap"].difference == pytest.approx(0, abs=1e-10)

    def test_effective_size(self) -> None:
        assert kish(np.array([1.0, 1, 2])) == pytest.approx(16 / 6)
        assert kish(np.full(7, 3.0)) == pytest.approx(7)
        assert kish(np.zeros(3)) == 0

    def test_ties_of_the_c_statistic_count_half(self) -> None:
        assert area_under_curve(np.array([0.0, 1]), np.array([1.0, 2])) == pytest.approx((1 + 0.5 + 1 + 1) / 4)


class TestSecondWay:
    def test_table_one_has_the_same_differences(self) -> None:
        study = confounded()
        age, grade = covariate_balance(study, {})
        values, treated = study.frame["age"].to_numpy(), study.treated
        assert age.before.difference == pytest.approx(standardised_difference(values[treated], values[~treated]))
        counts = [
            np.array([(study.frame["grade"][rows] == level).sum() for level in grade.levels])
            for rows in (treated, ~treated)
        ]
        assert grade.before.difference == pytest.approx(standardised_difference_of_levels(*counts))

    def test_overlap_weights_make_all_means_the_same(self) -> None:
        study = confounded()
        after = covariate_balance(study, {"overlap": overlap_weights(study, propensity_score(study)).weights})
        assert all(one.after["overlap"].difference < 1e-8 for one in after)
        assert all(one.before.difference > 0.05 for one in after)

    @pytest.mark.parametrize("which", ["ate", "plain", "att", "overlap"])
    def test_the_variance_is_that_of_moving_every_patient_a_little(self, which: str) -> None:
        study = confounded(60)
        asked = {"ate": {}, "plain": {"stabilised": False}, "att": {"estimand": "att"}}

        def log_ratio(count: np.ndarray) -> float:
            z = study.treated.astype(float)
            e = fit_logistic(study.design.matrix, z, weights=count).chance
            p = float(count @ z / count.sum())
            w = {
                "ate": np.where(z == 1, p / e, (1 - p) / (1 - e)),
                "plain": np.where(z == 1, 1 / e, 1 / (1 - e)),
                "att": np.where(z == 1, 1.0, e / (1 - e) * (1 - p) / p),
                "overlap": np.where(z == 1, 1 - e, e),
            }[which]
            data = replace(study.data, weights=w * count)
            return float(fit_cox(data, build_design(pd.DataFrame({"z": z}), ["z"])).coefficients[0])

        step = 1e-5
        moved = [
            (log_ratio(1 + step * (np.arange(60) == i)) - log_ratio(1 - step * (np.arange(60) == i))) / (2 * step)
            for i in range(60)
        ]
        score = propensity_score(study)
        sample = (
            overlap_weights(study, score) if which == "overlap" else inverse_probability(study, score, **asked[which])
        )
        found = weighted_ratio(study, sample)
        assert found.ratio.log_hazard_ratio == pytest.approx(log_ratio(np.ones(60)), rel=1e-9)
        assert found.ratio.std_error == pytest.approx(np.sqrt(np.square(moved).sum()), rel=1e-5)

    def test_without_covariates_that_matter_weights_change_nothing(self) -> None:
        study = confounded()
        constant = replace(study, design=build_design(pd.DataFrame({"one": np.ones(study.n)}), ["one"]))
        sample = inverse_probability(constant, propensity_score(constant))
        np.testing.assert_allclose(sample.weights, 1, rtol=1e-12)
        found, crude = weighted_ratio(constant, sample), unweighted_ratio(study, with_covariates=False)
        assert found.ratio.log_hazard_ratio == pytest.approx(crude.ratio.log_hazard_ratio, rel=1e-9)
        assert found.ratio.std_error == pytest.approx(found.std_error_fixed, rel=1e-9)

    def test_estimating_the_score_makes_it_more_precise(self) -> None:
        found = weighted_ratio(confounded(), inverse_probability(confounded(), propensity_score(confounded())))
        assert found.ratio.std_error < found.std_error_fixed

    def test_scaling_a_covariate_changes_nothing(self) -> None:
        study = confounded(ties=True)
        frame = study.frame.assign(age=study.frame["age"] * 1000 - 5)
        other = replace(study, frame=frame, design=build_design(frame, ["age", "grade"]))
        a, b = (weighted_ratio(s, inverse_probability(s, propensity_score(s))) for s in (study, other))
        assert a.ratio.hazard_ratio == pytest.approx(b.ratio.hazard_ratio, rel=1e-9)
        assert a.ratio.std_error == pytest.approx(b.ratio.std_error, rel=1e-7)


class TestEdges:
    def test_a_level_of_one_group_alone_is_said(self) -> None:
        study = study_of(pd.DataFrame({"grade": ["G1", "G2", "G3"] * 20}), np.array([0, 1, 1] * 10 + [0, 0, 1] * 10))
        score = propensity_score(study)
        assert score.separated
        assert "All 20 patients with grade G1 are A." in score.notes
        assert "All 20 patients with grade G3 are B." in score.notes
        assert any("decide the group" in note for note in score.notes)
        assert np.isfinite(inverse_probability(study, score).weights).all()

    def test_a_covariate_that_tells_everybody_is_refused(self) -> None:
        treated = np.arange(40) >= 20
        with pytest.raises(TooFewEventsError, match="for every patient"):
            propensity_score(study_of(pd.DataFrame({"x": np.arange(40.0)}), treated))

    def test_fewer_than_ten_in_a_group_are_refused(self) -> None:
        frame = pd.DataFrame({"x": np.arange(30.0)})
        with pytest.raises(TooFewEventsError, match=r"at least 10 patients .* B has 9"):
            refuse_too_few(study_of(frame, np.arange(30) < 9))
        refuse_too_few(study_of(frame, np.arange(30) < 10))

    def test_collinear_columns_are_left_out_and_said(self) -> None:
        study = confounded()
        frame = study.frame.assign(again=study.frame["age"] * 2)
        both = replace(study, frame=frame, design=build_design(frame, ["age", "grade", "again"]))
        score = propensity_score(both)
        assert any("other covariates determine it: again" in note for note in score.notes)
        np.testing.assert_allclose(score.score, propensity_score(study).score, rtol=1e-9)

    def test_trimming_too_much_says_so(self) -> None:
        study = confounded()
        with pytest.raises(TooFewEventsError, match="No patients of both groups"):
            inverse_probability(study, propensity_score(study), trim=(0.0, 0.001))

    def test_truncation_keeps_everybody(self) -> None:
        study = confounded()
        score = propensity_score(study)
        plain, cut = (inverse_probability(study, score, truncate=ends) for ends in (None, (0.05, 0.95)))
        assert cut.kept.all()
        assert cut.weights.max() == pytest.approx(np.quantile(plain.weights, 0.95))
        assert cut.notes[0].startswith("12 weights truncated at")

    def test_a_group_without_events_has_no_ratio(self) -> None:
        study = confounded()
        quiet = replace(study, data=TimeToEvent(time=study.data.time, event=study.data.event & ~study.treated))
        found = weighted_ratio(quiet, inverse_probability(quiet, propensity_score(quiet)))
        assert np.isnan(found.ratio.hazard_ratio)
        assert found.ratio.notes == ("No events in B: no hazard ratio.",)

    def test_a_number_that_is_all_one_value_is_balanced(self) -> None:
        study = confounded()
        frame = study.frame.assign(same=1.0)
        both = replace(
            study, frame=frame, design=build_design(frame, ["age", "same"]), kinds={**study.kinds, "same": "number"}
        )
        assert covariate_balance(both, {})[1].before.difference == 0
