"""Univariable, multivariable, and one after the other."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from core.errors import InvalidTimeToEventError, MissingColumnError, TooFewEventsError
from core.regression.cox import fit_cox
from core.regression.design import build_design
from core.regression.model import cox_analysis
from core.timetoevent import TimeToEvent


@pytest.fixture
def cohort():
    """120 patients: grade and AFP matter, age and noise do not."""
    rng = np.random.default_rng(41)
    n = 120
    frame = pd.DataFrame(
        {
            "age": rng.normal(60, 9, n).round(),
            "grade": np.array(["G1", "G2", "G3"])[rng.integers(0, 3, n)],
            "afp": rng.lognormal(3, 1, n),
            "noise": rng.normal(size=n),
            "centre": rng.integers(1, 5, n),
            "site": rng.integers(1, 31, n),
            "w": rng.uniform(0.5, 2, n),
        }
    )
    hazard = np.exp(1.1 * (frame["grade"] == "G3") + 0.02 * frame["afp"])
    time = rng.exponential(20 / hazard)
    censor = rng.uniform(5, 40, n)
    return TimeToEvent(time=np.minimum(time, censor), event=time <= censor), frame


COVARIATES = ["age", "grade", "afp", "noise"]


def test_multivariable_is_one_fit(cohort):
    data, frame = cohort

    found = cox_analysis(data, frame, COVARIATES)

    fit = fit_cox(data, build_design(frame, COVARIATES))
    assert found.univariable is None
    assert found.entered == tuple(COVARIATES)
    assert found.multivariable.coefficients.tolist() == fit.coefficients.tolist()
    assert found.notes == fit.notes


def test_univariable_uses_each_covariates_own_patients(cohort):
    data, frame = cohort
    frame.loc[:9, "age"] = np.nan
    frame.loc[100:, "grade"] = None

    found = cox_analysis(data, frame, COVARIATES, mode="univariable")

    table = found.univariable
    assert found.multivariable is None
    assert found.entered == ()
    assert [term.term for term in table.terms] == ["age", "grade", "grade", "afp", "noise"]
    assert [term.n_fit for term in table.terms] == [110, 100, 100, 120, 120]
    assert [fit.n_missing for fit in table.fits.values()] == [10, 20, 0, 0]
    assert (table.n, table.n_events) == (120, data.n_events)
    assert found.missing == {"age": 10, "grade": 20, "afp": 0, "noise": 0}
    assert "Each covariate alone uses the patients who have a value: age 110, grade 100 of 120." in found.notes
    kept = frame["age"].notna().to_numpy()
    alone = fit_cox(data.subset(kept), build_design(frame[kept], ["age"]))
    assert table.terms[0].hazard_ratio == alone.terms[0].hazard_ratio
    assert table.to_frame()["n_fit"].tolist() == [110, 100, 100, 120, 120]


def test_what_matters_alone_enters(cohort):
    data, frame = cohort
    frame.loc[:4, "grade"] = None
    frame.loc[:19, "noise"] = np.nan

    found = cox_analysis(data, frame, COVARIATES, mode="univariable-then-multivariable")

    tests = {test.covariate: test for test in found.univariable.overall}
    assert found.entered == ("grade", "afp")
    # patients without noise, which did not enter, are back
    assert found.multivariable.n == 115
    # a factor with several levels by likelihood ratio, the others by the P of their table row
    assert [tests[name].method for name in COVARIATES] == ["wald", "likelihood_ratio", "wald", "wald"]
    grade = found.univariable.fits["grade"]
    assert tests["grade"].p_value == grade.tests["likelihood_ratio"].p_value
    assert tests["grade"].df == 2
    assert tests["afp"].p_value == pytest.approx(found.univariable.terms[3].p_value, rel=1e-9)
    assert found.notes[0] == (
        "Covariates entered the multivariable model when their univariable P was below 0.1 "
        "(Wald test for age, afp, noise; likelihood-ratio test for grade)."
    )
    assert found.notes[1] == "Entered: grade, afp. Not entered: age, noise."
    assert "5 of 120 patients left out for missing values (grade 5)." in found.notes


@pytest.mark.parametrize("enter_below", [1e-30, 1.0])
def test_the_threshold(cohort, enter_below):
    data, frame = cohort

    found = cox_analysis(data, frame, COVARIATES, mode="univariable-then-multivariable", enter_below=enter_below)

    if enter_below == 1.0:
        assert found.entered == tuple(COVARIATES)
        assert not any("univariable P" in note for note in found.notes)  # nothing was selected
    else:
        assert found.multivariable is None
        assert found.entered == ()
        assert "there is no multivariable model" in found.notes[1]


def test_a_factor_with_an_infinite_ratio_can_enter(cohort):
    data, frame = cohort
    event = data.event & (frame["grade"] != "G1").to_numpy()
    two = frame.assign(grade=np.where(frame["grade"] == "G1", "low", "high"))
    data = TimeToEvent(time=data.time, event=event)

    found = cox_analysis(
        data, two, ["grade", "afp"], mode="univariable-then-multivariable", references={"grade": "high"}
    )

    assert found.entered[0] == "grade"
    assert found.univariable.overall[0].method == "likelihood_ratio"
    assert math.isnan(found.multivariable.terms[0].hazard_ratio)
    assert sum("No events among the" in note for note in found.notes) == 1


def test_columns_for_strata_weights_and_clusters(cohort):
    data, frame = cohort
    frame["centre"] = frame["centre"].astype(object)
    frame.loc[0, "centre"] = None
    frame.loc[1, "site"] = np.nan
    frame.loc[2, "w"] = np.nan
    keep = np.arange(120) >= 3
    expected = fit_cox(
        TimeToEvent(time=data.time[keep], event=data.event[keep], weights=frame["w"][keep]),
        build_design(frame[keep], ["age", "grade"]),
        strata=frame["centre"][keep].to_numpy(dtype=np.int64) * 100,
        cluster=frame["site"][keep].to_numpy(dtype=np.int64),
    )

    found = cox_analysis(data, frame, ["age", "grade"], strata=["centre"], weights="w", cluster="site")

    assert found.multivariable.coefficients.tolist() == pytest.approx(expected.coefficients.tolist(), rel=1e-12)
    np.testing.assert_allclose(found.multivariable.covariance, expected.covariance, rtol=1e-10)
    assert found.missing == {"centre": 1, "site": 1, "w": 1, "age": 0, "grade": 0}
    assert found.multivariable.n_missing == 3
    assert "3 of 120 patients left out for missing values (centre 1, site 1, w 1)." in found.notes
    assert any(note.startswith("Robust (sandwich) standard errors for case weights and ") for note in found.notes)


def test_several_stratification_columns_are_combined(cohort):
    data, frame = cohort
    both = frame["centre"].astype(str) + frame["grade"]

    found = cox_analysis(data, frame, ["age"], strata=["centre", "grade"])
    joined = cox_analysis(data, frame.assign(both=both), ["age"], strata=["both"])

    assert found.multivariable.n_strata == 12
    assert found.multivariable.coefficients.tolist() == joined.multivariable.coefficients.tolist()


def test_robust_analyses_enter_by_robust_tests(cohort):
    data, frame = cohort

    found = cox_analysis(data, frame, COVARIATES, mode="univariable-then-multivariable", cluster="site")

    assert {test.method for test in found.univariable.overall} == {"wald"}
    assert all(test.robust for test in found.univariable.overall)
    grade = found.univariable.fits["grade"]
    assert found.univariable.overall[1].p_value == pytest.approx(grade.tests["wald"].p_value, rel=1e-9)


def test_firth_enters_by_penalised_likelihood_ratio(cohort):
    data, frame = cohort

    found = cox_analysis(data, frame, ["age", "grade"], mode="univariable-then-multivariable", penalty="firth")

    assert {test.method for test in found.univariable.overall} == {"likelihood_ratio"}
    assert found.entered == ("grade",)
    assert found.multivariable.penalty == "firth"


def test_one_covariate_that_cannot_be_fitted_does_not_stop_the_others(cohort):
    data, frame = cohort
    frame["late"] = np.where(data.event, np.nan, 1.0)
    frame["unknown"] = np.nan

    found = cox_analysis(data, frame, ["late", "afp", "unknown"], mode="univariable-then-multivariable")

    assert list(found.univariable.fits) == ["afp"]
    assert found.entered == ("afp",)
    assert any(note.startswith("late: None of the ") for note in found.notes)
    assert any(note.startswith("unknown: No patients have a value") for note in found.notes)
    with pytest.raises(TooFewEventsError, match="No patients have a value in every covariate \\(unknown\\)"):
        cox_analysis(data, frame, ["unknown"], mode="univariable")


def test_crowded_univariable_fits_are_said_once(cohort):
    data, frame = cohort
    few = data.subset(np.arange(9))

    found = cox_analysis(few, frame[:9], ["grade", "age"], mode="univariable")

    assert few.n_events < 10
    assert [note for note in found.notes if "events per variable" in note] == [
        "Fewer than 10 events per variable even alone: grade, age; read with care."
    ]


def test_references_levels_and_kinds_are_passed_on(cohort):
    data, frame = cohort

    found = cox_analysis(
        data,
        frame,
        ["grade", "centre"],
        mode="univariable-then-multivariable",
        enter_below=1.0,
        references={"grade": "G3"},
        levels={"centre": ["4", "3", "2", "1"]},
        kinds={"centre": "category"},
    )

    assert [(t.term, t.level, t.reference) for t in found.multivariable.terms][:3] == [
        ("grade", "G1", "G3"),
        ("grade", "G2", "G3"),
        ("centre", "3", "4"),
    ]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        pytest.param({"strata": ["center"]}, MissingColumnError, "needed for stratification.*'centre'", id="stratum"),
        pytest.param({"weights": "v"}, MissingColumnError, "needed for case weights", id="weights"),
        pytest.param({"cluster": "sites"}, MissingColumnError, "needed for clusters.*'site'", id="cluster"),
        pytest.param({"weights": "noise"}, InvalidTimeToEventError, "weight is not positive", id="negative weights"),
    ],
)
def test_columns_that_will_not_do(cohort, options, error, message):
    data, frame = cohort

    with pytest.raises(error, match=message):
        cox_analysis(data, frame, ["age"], **options)


def test_lengths_must_agree(cohort):
    data, frame = cohort

    with pytest.raises(ValueError, match="the frame has 5 rows, the data 120"):
        cox_analysis(data, frame[:5], ["age"])
