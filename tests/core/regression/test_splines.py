"""Restricted cubic splines: knots, basis and the curve of a model."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.errors import MissingColumnError, SpecError
from core.regression.model import cox_analysis
from core.regression.splines import chosen_knots, harrell_knots, spline_basis
from core.timetoevent import TimeToEvent
from tests.core.regression.cohorts import random_cohort


def basis_by_definition(x, t):
    """One value at a time, from Harrell's formula."""

    def cube(u):
        return max(u, 0.0) ** 3

    k = len(t)
    columns = [x]
    for j in range(k - 2):
        bent = cube(x - t[j])
        bent -= cube(x - t[k - 2]) * (t[k - 1] - t[j]) / (t[k - 1] - t[k - 2])
        bent += cube(x - t[k - 1]) * (t[k - 2] - t[j]) / (t[k - 1] - t[k - 2])
        columns.append(bent / (t[k - 1] - t[0]) ** 2)
    return columns


def cohort(seed=3, **kind):
    data, X, _ = random_cohort(seed, n=150, **kind)
    return data, pd.DataFrame({"x": X[:, 0], "b": X[:, 1], "c": X[:, 2]})


def test_three_knots_by_hand():
    """Knots 0, 1, 2 at x = 3: (27 - 2 * 8 + 1) / 4 = 3."""
    assert spline_basis(np.array([-1.0, 0.5, 3.0]), [0, 1, 2]).tolist() == [[-1, 0], [0.5, 0.03125], [3, 3]]


@pytest.mark.parametrize("knots", [(1.0, 2.0, 4.0), (0.5, 1.5, 2.0, 3.5), (1, 2, 3, 4, 5, 6, 7.5)])
def test_basis_is_the_definition(knots):
    x = np.linspace(-2, 10, 41)
    np.testing.assert_allclose(
        spline_basis(x, knots), [basis_by_definition(v, knots) for v in x], rtol=1e-10, atol=1e-12
    )


def test_straight_beyond_the_outer_knots_and_smooth_between():
    basis = spline_basis(np.linspace(-10, 20, 3001), [0.0, 2.0, 5.0, 9.0])
    second = np.diff(basis, n=2, axis=0) / 0.01**2
    x = np.linspace(-10, 20, 3001)[1:-1]
    np.testing.assert_allclose(second[(x < -0.02) | (x > 9.02)], 0, atol=1e-6)
    assert np.abs(np.diff(second, axis=0)).max() < 0.02
    assert np.abs(second[:, 1:]).max() > 0.1


def test_knots_are_quantiles():
    values = np.arange(1.0, 201.0)
    assert harrell_knots(values, 5) == pytest.approx(np.quantile(values, [0.05, 0.275, 0.5, 0.725, 0.95]))
    assert harrell_knots(values, 3) == pytest.approx(np.quantile(values, [0.1, 0.5, 0.9]))
    assert harrell_knots(values, 7)[0] == pytest.approx(np.quantile(values, 0.025))
    assert harrell_knots(np.arange(50.0), 4)[0] == 4
    assert harrell_knots(np.arange(50.0), 4)[-1] == 45


@pytest.mark.parametrize(
    ("values", "k"), [([0, 1, 2, 3, 4] * 20, 4), ([], 3), ([1.0, 2.0], 3), ([1.0] * 90 + list(range(10)), 5)]
)
def test_too_few_values_for_the_knots(values, k):
    with pytest.raises(SpecError, match="too few or too crowded"):
        harrell_knots(np.array(values, dtype=float), k, name="ecog")


@pytest.mark.parametrize("k", [2, 8])
def test_number_of_knots(k):
    with pytest.raises(SpecError, match="3 to 7 knots"):
        harrell_knots(np.arange(100.0), k)


def test_what_cannot_be_a_curve():
    frame = pd.DataFrame({"grade": ["G1", "G2"], "age": [50.0, 60.0], "note": ["5", "x"]})
    with pytest.raises(SpecError, match="'grade' is a category and has no curve"):
        chosen_knots(frame, {"grade": 3})
    with pytest.raises(MissingColumnError):
        chosen_knots(frame, {"agee": 3})
    with pytest.raises(SpecError, match=r"outside its values \(50 to 60\)"):
        chosen_knots(frame, {"age": (40.0, 55.0, 58.0)})
    with pytest.raises(SpecError, match="holds 1 other values"):
        chosen_knots(frame, {"note": 3}, kinds={"note": "number"})


def test_curve_of_a_model():
    data, frame = cohort()
    frame.loc[:9, "b"] = np.nan
    found = cox_analysis(data, frame, ["x", "b"], splines={"x": 4}, curve_references={"x": 0.25})

    (curve,) = found.building.curves
    model = found.multivariable
    assert [term.role for term in model.terms] == ["curve", "curve", "curve", "main"]
    assert [term.column for term in model.terms] == ["x", "x'", "x''", "b"]
    assert curve.knots == harrell_knots(frame["x"].to_numpy(), 4)
    assert curve.reference == 0.25
    here = curve.value.tolist().index(0.25)
    assert (curve.hazard_ratio[here], curve.std_error[here], curve.conf_low[here]) == (1, 0, 1)
    kept = frame["x"][10:]
    assert (curve.value[0], curve.value[-1], curve.observed.size) == (kept.min(), kept.max(), 140)
    # each difference of two values one by one
    for i in (0, 40, -1):
        apart = np.subtract(
            basis_by_definition(curve.value[i], curve.knots), basis_by_definition(0.25, curve.knots)
        )  # fmt: skip
        assert curve.log_hazard_ratio[i] == pytest.approx(apart @ model.coefficients[:3])
        error = np.sqrt(apart @ model.covariance[:3, :3] @ apart)
        assert curve.conf_high[i] == pytest.approx(np.exp(curve.log_hazard_ratio[i] + 1.959963984540054 * error))


def test_a_straight_line_is_found_straight():
    """Adding the curve to a linear effect must not change the likelihood by more than chance; the tests nest."""
    data, frame = cohort(seed=8)
    curved = cox_analysis(data, frame, ["x"], splines={"x": 3})
    straight = cox_analysis(data, frame, ["x"])
    tests = curved.building.curves[0].tests
    gain = 2 * (curved.multivariable.log_likelihood[1] - straight.multivariable.log_likelihood[1])
    assert tests["nonlinearity_likelihood_ratio"].statistic == pytest.approx(gain)
    assert tests["nonlinearity_likelihood_ratio"].df == 1
    whole = curved.multivariable.tests["likelihood_ratio"]
    assert tests["overall_likelihood_ratio"].statistic == pytest.approx(whole.statistic)
    assert tests["overall_wald"].statistic == pytest.approx(curved.multivariable.tests["wald"].statistic)


def test_units_do_not_matter():
    data, frame = cohort()
    a = cox_analysis(data, frame, ["x", "b"], splines={"x": 5}).building.curves[0]
    b = cox_analysis(data, frame.assign(x=frame["x"] * 1000 + 7), ["x", "b"], splines={"x": 5}).building.curves[0]
    np.testing.assert_allclose(b.hazard_ratio, a.hazard_ratio, rtol=1e-7)
    np.testing.assert_allclose(b.value, a.value * 1000 + 7)


def test_robust_errors_have_wald_tests_only():
    data, frame = cohort()
    frame["site"] = np.arange(150) // 3
    found = cox_analysis(data, frame, ["x"], splines={"x": 3}, cluster="site").building.curves[0]
    assert set(found.tests) == {"overall_wald", "nonlinearity_wald"}
    assert found.tests["overall_wald"].robust


def test_knots_do_not_depend_on_who_lacks_another_covariate():
    data, frame = cohort()
    frame.loc[frame["x"] > 0.5, "b"] = np.nan
    found = cox_analysis(data, frame, ["x", "b"], splines={"x": 3})
    assert found.building.curves[0].knots == harrell_knots(frame["x"].to_numpy(), 3)


def test_reference_outside_the_values():
    data, frame = cohort()
    curve = cox_analysis(data, frame, ["x"], splines={"x": 3}, curve_references={"x": 99}).building.curves[0]
    assert curve.reference == 99
    assert curve.value[-1] == frame["x"].max()


def test_a_curve_that_another_covariate_determines():
    data, frame = cohort()
    found = cox_analysis(data, frame.assign(twice=2 * frame["x"]), ["x", "twice"], splines={"twice": 3})
    (curve,) = found.building.curves
    assert not curve.is_estimated
    assert np.isnan(curve.hazard_ratio).all()
    assert "twice is determined by x (collinear): it was left out of the model." in found.notes


@pytest.mark.parametrize("n", [1, 2, 7])
def test_few_patients(n):
    data = TimeToEvent(time=np.arange(1.0, n + 1), event=np.ones(n, dtype=bool))
    with pytest.raises(SpecError, match="too few or too crowded"):
        cox_analysis(data, pd.DataFrame({"x": np.zeros(n)}), ["x"], splines={"x": 3})


def test_all_events_at_one_time():
    _, frame = cohort()
    together = TimeToEvent(time=np.ones(150), event=np.ones(150, dtype=bool))
    curve = cox_analysis(together, frame, ["x"], splines={"x": 3}).building.curves[0]
    assert np.abs(curve.log_hazard_ratio).max() < 1e-6
