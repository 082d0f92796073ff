"""Backward elimination, and covariates that stay whatever their P."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.errors import SpecError
from core.regression.cox import fit_cox
from core.regression.design import build_design
from core.regression.model import cox_analysis
from core.timetoevent import TimeToEvent

COVARIATES = ["age", "grade", "noise", "afp"]


@pytest.fixture
def cohort():
    """200 patients: grade and AFP matter, age and noise do not."""
    rng = np.random.default_rng(12)
    n = 200
    frame = pd.DataFrame(
        {
            "age": rng.normal(60, 9, n).round(),
            "grade": np.array(["G1", "G2", "G3"])[rng.integers(0, 3, n)],
            "noise": rng.normal(size=n),
            "afp": rng.lognormal(1, 0.5, n),
        }
    )
    time = rng.exponential(20 / np.exp(0.9 * (frame["grade"] == "G3") + 0.3 * frame["afp"]))
    censor = rng.uniform(1, 10, n)
    return TimeToEvent(time=np.minimum(time, censor), event=time <= censor), frame


def aic(data, frame, names):
    if not names:
        return -2 * fit_cox(data, build_design(frame, [frame.columns[0]])).log_likelihood[0]
    fit = fit_cox(data, build_design(frame, names))
    return 2 * fit.coefficients.size - 2 * fit.log_likelihood[1]


def naive(data, frame, names, forced=()):
    """The path, by fitting every smaller model anew."""
    path = []
    while True:
        now = aic(data, frame, names)
        tried = {name: aic(data, frame, [n for n in names if n != name]) for name in names if name not in forced}
        best = min(tried, key=tried.get, default=None)
        path.append((tuple(names), now))
        if best is None or tried[best] >= now:
            return path
        names = [n for n in names if n != best]


@pytest.mark.parametrize("forced", [(), ("age",), ("age", "noise"), tuple(COVARIATES)])
def test_path(cohort, forced):
    data, frame = cohort
    found = cox_analysis(data, frame, COVARIATES, mode="backward", forced=forced)

    expected = naive(data, frame, COVARIATES, forced)
    steps = found.building.selection.steps
    assert [step.kept for step in steps] == [names for names, _ in expected]
    assert [step.aic for step in steps] == pytest.approx([value for _, value in expected])
    assert found.entered == expected[-1][0]
    assert set(forced) <= set(found.entered)
    assert steps[0].dropped is None
    assert all(name not in forced for step in steps for name, _ in step.without)
    assert found.multivariable.coefficients == pytest.approx(
        fit_cox(data, build_design(frame, found.entered)).coefficients
    )


def test_a_category_is_dropped_with_all_its_levels(cohort):
    data, frame = cohort
    shuffled = frame.assign(grade=frame["grade"].sample(frac=1, random_state=1).to_numpy())
    found = cox_analysis(data, shuffled, COVARIATES, mode="backward")
    steps = found.building.selection.steps
    at = [step.dropped for step in steps].index("grade")
    assert steps[at - 1].n_parameters - steps[at].n_parameters == 2


def test_same_patients_throughout_and_said(cohort):
    data, frame = cohort
    frame.loc[:29, "noise"] = np.nan
    found = cox_analysis(data, frame, COVARIATES, mode="backward")
    selection = found.building.selection
    assert "noise" in selection.dropped
    assert selection.n == found.multivariable.n == 170
    assert found.multivariable.n_missing == 30
    assert "30 of 200 patients left out for missing values (noise 30)." in found.notes
    assert "The chosen model was fitted on the same 170 patients; 200 have a value of what is in it." in found.notes
    assert "P-values after such a selection are too small, and intervals too narrow." in found.notes
    assert found.univariable.fits["age"].n == 200


def test_nothing_stays():
    rng = np.random.default_rng(5)
    data = TimeToEvent(time=rng.exponential(5, 80), event=np.ones(80, dtype=bool))
    frame = pd.DataFrame({"a": np.tile([0.0, 1.0], 40), "b": rng.permutation(np.tile([0.0, 1.0], 40))})
    found = cox_analysis(data, frame, ["a", "b"], mode="backward")
    assert found.multivariable is None
    assert found.entered == ()
    assert found.building.selection.steps[-1].kept == ()
    assert found.building.selection.steps[-1].aic == pytest.approx(aic(data, frame, []))
    assert "No covariate stayed: there is no multivariable model." in found.notes


def test_a_covariate_stays_as_long_as_its_interaction(cohort):
    data, frame = cohort
    found = cox_analysis(data, frame, COVARIATES, mode="backward", interactions=[("age", "noise")])
    for step in found.building.selection.steps:
        if "age × noise" in step.kept:
            assert {"age", "noise"} <= set(step.kept)
            assert {"age", "noise"}.isdisjoint(dict(step.without))
    assert "age × noise" in found.building.selection.dropped


def test_not_with_firth(cohort):
    data, frame = cohort
    with pytest.raises(SpecError, match="does not go with Firth"):
        cox_analysis(data, frame, COVARIATES, mode="backward", penalty="firth")


def test_forced_enters_whatever_its_p(cohort):
    data, frame = cohort
    plain = cox_analysis(data, frame, COVARIATES, mode="univariable-then-multivariable", enter_below=0.05)
    assert "age" not in plain.entered
    found = cox_analysis(
        data, frame, COVARIATES, mode="univariable-then-multivariable", enter_below=0.05, forced=["age", "afp"]
    )
    assert found.entered == tuple(name for name in COVARIATES if name == "age" or name in plain.entered)
    assert "In the multivariable model whatever their univariable P: age." in found.notes


def test_forced_alone_makes_a_model(cohort):
    data, frame = cohort
    found = cox_analysis(
        data, frame, ["noise", "age"], mode="univariable-then-multivariable", enter_below=1e-9, forced=["age"]
    )
    assert found.entered == ("age",)
    assert found.multivariable is not None


def test_an_interaction_needs_both(cohort):
    data, frame = cohort
    found = cox_analysis(
        data,
        frame,
        COVARIATES,
        mode="univariable-then-multivariable",
        enter_below=0.05,
        interactions=[("grade", "afp"), ("grade", "noise")],
    )
    assert [interaction.factors for interaction in found.building.interactions] == [("grade", "afp")]
    assert "The interaction of grade and noise is not in the model: it needs both of them." in found.notes
