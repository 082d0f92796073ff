"""Entropy balancing: by hand, by its own conditions, by a second solver, and where it cannot be done."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.bias.covariate_balance import covariate_balance
from core.bias.entropy_balance import entropy_balance
from core.bias.weighted_comparison import weighted_ratio
from core.bias.weighted_curves import weighted_curves
from core.errors import TooFewEventsError
from core.regression.cox import fit_cox
from core.regression.design import build_design
from tests.core.bias.test_balance_weights import confounded, study_of


def dual(X: np.ndarray, target: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Weights that sum to 1, by a general-purpose minimiser."""
    from scipy.optimize import minimize

    Z = (X - target) / X.std(axis=0)

    def value(multipliers: np.ndarray) -> float:
        eta = Z @ multipliers
        return float(eta.max() + np.log(count @ np.exp(eta - eta.max())))

    found = minimize(value, np.zeros(X.shape[1]), method="BFGS", options={"gtol": 1e-9}).x
    raised = count * np.exp(Z @ found)
    return raised / raised.sum()


def test_two_values_by_hand() -> None:
    # the reference has 15 of 20 with a 0, the other group 4 of 16: 12/15 · 20 ... each 0 counts 1/3, each 1 counts 3
    frame = pd.DataFrame({"x": ["a"] * 15 + ["b"] * 5 + ["a"] * 4 + ["b"] * 12})
    sample = entropy_balance(study_of(frame, np.arange(36) >= 20), estimand="att")
    np.testing.assert_allclose(sample.weights[:15], 20 * 0.25 / 15, rtol=1e-10)
    np.testing.assert_allclose(sample.weights[15:20], 20 * 0.75 / 5, rtol=1e-10)
    np.testing.assert_array_equal(sample.weights[20:], 1)


@pytest.mark.parametrize("estimand", ["ate", "att"])
def test_the_means_are_those_of_the_target(estimand: str) -> None:
    study = confounded()
    sample = entropy_balance(study, estimand=estimand)
    X, treated = study.design.matrix, study.treated
    target = X[treated].mean(axis=0) if estimand == "att" else X.mean(axis=0)
    for rows in (treated, ~treated):
        w = sample.weights[rows]
        np.testing.assert_allclose(w @ X[rows] / w.sum(), target, rtol=1e-10, atol=1e-10)
        assert w.sum() == pytest.approx(rows.sum())
    assert all(one.after["entropy"].difference < 1e-10 for one in covariate_balance(study, {"entropy": sample.weights}))


@pytest.mark.parametrize("estimand", ["ate", "att"])
def test_a_second_solver_finds_the_same_weights(estimand: str) -> None:
    study = confounded()
    X, treated = study.design.matrix, study.treated
    target = X[treated].mean(axis=0) if estimand == "att" else X.mean(axis=0)
    expected = dual(X[~treated], target, np.ones((~treated).sum())) * (~treated).sum()
    np.testing.assert_allclose(entropy_balance(study, estimand=estimand).weights[~treated], expected, rtol=1e-5)


@pytest.mark.parametrize("estimand", ["ate", "att"])
def test_the_variance_is_that_of_moving_every_patient_a_little(estimand: str) -> None:
    study = confounded(50, seed=5)
    X, z = study.design.matrix, study.treated

    def weights(count: np.ndarray) -> np.ndarray:
        in_target = count * z if estimand == "att" else count
        target = in_target @ X / in_target.sum()
        w = np.ones(study.n)
        for rows in (~z,) if estimand == "att" else (~z, z):
            # per patient as often as it counts; Newton's method from the solver's answer, to full precision
            scale = X[rows].std(axis=0)
            Z, share = (X[rows] - target) / scale, dual(X[rows], target, count[rows])
            multipliers = np.linalg.lstsq(
                np.column_stack([np.ones(rows.sum()), Z]), np.log(share / count[rows]), rcond=None
            )[0][1:]
            for _ in range(30):
                u = count[rows] * np.exp(Z @ multipliers)
                multipliers -= np.linalg.solve((Z * u[:, None]).T @ Z, u @ Z)
            u = np.exp(Z @ multipliers)
            w[rows] = u / (count[rows] @ u) * count[rows].sum()
        return w

    def log_ratio(count: np.ndarray) -> float:
        data = replace(study.data, weights=weights(count) * count)
        return float(fit_cox(data, build_design(pd.DataFrame({"z": z.astype(float)}), ["z"])).coefficients[0])

    step, ones = 1e-5, np.ones(study.n)
    eye = np.eye(study.n) * step
    moved = [(log_ratio(ones + eye[i]) - log_ratio(ones - eye[i])) / (2 * step) for i in range(study.n)]
    found = weighted_ratio(study, entropy_balance(study, estimand=estimand))
    assert found.ratio.std_error == pytest.approx(np.sqrt(np.square(moved).sum()), rel=1e-4)


def test_columns_that_follow_from_others_are_balanced_with_them() -> None:
    study = confounded()
    frame = study.frame.assign(again=study.frame["age"] * 2 + 1)
    both = replace(study, frame=frame, design=build_design(frame, ["age", "grade", "again"]))
    np.testing.assert_allclose(entropy_balance(both).weights, entropy_balance(study).weights, rtol=1e-9)


def test_means_out_of_reach_are_refused() -> None:
    # nobody of the reference has a G3
    frame = pd.DataFrame({"grade": ["G1", "G2"] * 10 + ["G1", "G2", "G3", "G3"] * 5})
    with pytest.raises(TooFewEventsError, match=r"No weights of the patients in A .* stand only in B"):
        entropy_balance(study_of(frame, np.arange(40) >= 20), estimand="att")


def test_curves_are_those_of_the_weights() -> None:
    study = confounded()
    sample = entropy_balance(study)
    curves = weighted_curves(study, sample, tau=8.0)
    assert [curve.n for curve in curves.curves] == list(study.sizes)
    assert curves.difference.estimate == pytest.approx(curves.rmst[1].value - curves.rmst[0].value)
