"""Propensity score, weights, weighted models and curves, and matching against R (scripts/make_balance.R)."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.bias.balance_study import BalanceStudy
from core.bias.entropy_balance import entropy_balance
from core.bias.g_formula import g_formula
from core.bias.matching import matched_sample, nearest_neighbours
from core.bias.propensity import PropensityScore, propensity_score
from core.bias.propensity_weights import inverse_probability, overlap_weights
from core.bias.weighted_comparison import unweighted_ratio, weighted_ratio
from core.bias.weighted_curves import weighted_curves
from core.bias.weighted_sample import WeightedSample
from core.regression.design import build_design, category_codes
from core.spec import MatchingSpec
from core.timetoevent import TimeToEvent
from tests.reference.oracles import HERE

R = json.loads((HERE / "r" / "balance.json").read_text(encoding="utf-8"))
COVARIATES = {
    "gbsg2": ("age", "menostat", "tsize", "tgrade", "pnodes", "progrec", "estrec"),
    "veteran": ("celltype", "karno", "diagtime", "age", "prior"),
}
GROUP = {"gbsg2": ("horTh", "no", "yes"), "veteran": ("trt", "standard", "test")}
# as R has them
REFERENCES = {
    "gbsg2": {"menostat": "Post", "tgrade": "I"},
    "veteran": {"celltype": "adeno", "prior": "no"},
}
NAMES = tuple(COVARIATES)


@cache
def study(name: str) -> BalanceStudy:
    frame = pd.read_csv(HERE / "data" / f"{name}.csv", keep_default_na=False, na_values=[""])
    column, reference, other = GROUP[name]
    covariates = COVARIATES[name]
    design = build_design(frame, covariates, references=REFERENCES[name])
    numbers = {term.term for term in design.terms if term.level is None}
    return BalanceStudy(
        data=TimeToEvent(time=frame["time"].to_numpy(dtype=float), event=frame["event"].to_numpy() == 1, unit="days"),
        treated=frame[column].to_numpy() == other,
        column=column,
        levels=(reference, other),
        frame=frame[list(covariates)],
        design=design,
        kinds={covariate: "number" if covariate in numbers else "category" for covariate in covariates},
    )


@cache
def score(name: str) -> PropensityScore:
    return propensity_score(study(name))


@cache
def weighted(name: str, which: str) -> WeightedSample:
    if which == "overlap":
        return overlap_weights(study(name), score(name))
    asked: dict[str, Any] = {
        "ate": {},
        "ate_plain": {"stabilised": False},
        "att": {"estimand": "att", "stabilised": False},
        "truncated": {"truncate": (0.05, 0.95)},
        "trimmed": {"trim": (0.3, 0.6)},
    }[which]
    return inverse_probability(study(name), score(name), **asked)


@pytest.mark.parametrize("name", NAMES)
def test_propensity_score(name: str) -> None:
    found, expected = score(name), R[name]
    np.testing.assert_allclose(found.coefficients, expected["coef"], rtol=1e-9)
    np.testing.assert_allclose(found.std_error, expected["se"], rtol=1e-8)
    np.testing.assert_allclose(found.score, expected["score"], rtol=1e-10)


@pytest.mark.parametrize("name", NAMES)
def test_crude_and_with_covariates(name: str) -> None:
    for with_covariates, key in ((False, "crude"), (True, "adjusted")):
        found = unweighted_ratio(study(name), with_covariates=with_covariates)
        assert found.ratio.log_hazard_ratio == pytest.approx(R[name][key], rel=1e-8)


@pytest.mark.parametrize("which", ["ate", "ate_plain", "att", "overlap", "truncated", "trimmed"])
@pytest.mark.parametrize("name", NAMES)
def test_weighted_cox(name: str, which: str) -> None:
    expected, sample = R[name][which], weighted(name, which)
    found = weighted_ratio(study(name), sample)
    assert found.ratio.log_hazard_ratio == pytest.approx(expected["coef"], rel=1e-8)
    assert found.std_error_fixed == pytest.approx(expected["se"], rel=1e-8)
    assert expected["svy_coef"] == pytest.approx(found.ratio.log_hazard_ratio, rel=1e-6, abs=1e-8)  # its tolerance
    known = weighted_ratio(study(name), replace(sample, tilt=None))
    assert known.ratio.std_error == known.std_error_fixed == found.std_error_fixed
    assert known.score_statistic == pytest.approx(expected["robust_score"], rel=1e-8)
    assert sample.weights.max() == pytest.approx(expected["largest"], rel=1e-10)
    assert found.effective == pytest.approx(expected["ess"], rel=1e-10)


@pytest.mark.parametrize("name", NAMES)
def test_trimming_counts(name: str) -> None:
    assert int((~weighted(name, "trimmed").kept).sum()) == R[name]["n_trimmed"]


@pytest.mark.parametrize("which", ["ate", "att", "overlap", "trimmed"])
@pytest.mark.parametrize("name", NAMES)
def test_weighted_curves(name: str, which: str) -> None:
    sample = replace(weighted(name, which), tilt=None)  # as R, which takes the weights as known
    found = weighted_curves(study(name), sample, tau=100.0)
    for curve, expected in zip(found.curves, R[name][which]["km"], strict=True):
        at = curve.at(expected["time"])
        np.testing.assert_allclose(at.survival, expected["survival"], rtol=1e-9)
        np.testing.assert_allclose(at.std_error, expected["se"], rtol=1e-8)


@pytest.mark.parametrize("name", NAMES)
def test_entropy_balancing_is_calibration_by_raking(name: str) -> None:
    given, expected = study(name), R[name]["entropy"]
    ate, att = (entropy_balance(given, estimand=estimand).weights for estimand in ("ate", "att"))
    np.testing.assert_allclose(ate[~given.treated], expected["ate_reference"], rtol=1e-8)
    np.testing.assert_allclose(ate[given.treated], expected["ate_other"], rtol=1e-8)
    np.testing.assert_allclose(att[~given.treated], expected["att_reference"], rtol=1e-8)
    np.testing.assert_array_equal(att[given.treated], 1.0)


@pytest.mark.parametrize("name", NAMES)
def test_g_formula(name: str) -> None:
    expected = R[name]["g_formula"]
    found = g_formula(study(name), tau=expected["tau"], draws=20, seed=1)
    assert found.ratio.ratio.log_hazard_ratio == pytest.approx(expected["log_ratio"], rel=1e-8)
    assert found.difference.estimate == pytest.approx(expected["difference"], rel=1e-8)
    np.testing.assert_allclose(found.survival[:, -1], expected["last"], rtol=1e-8)


@pytest.mark.parametrize("which", ["default", "none", "two", "replaced", "replaced_two", "exact"])
@pytest.mark.parametrize("name", NAMES)
def test_matching(name: str, which: str) -> None:
    asked = {
        "default": MatchingSpec(),
        "none": MatchingSpec(caliper=None),
        "two": MatchingSpec(ratio=2),
        "replaced": MatchingSpec(replace=True),
        "replaced_two": MatchingSpec(ratio=2, replace=True, caliper=None),
        "exact": MatchingSpec(exact=("menostat" if name == "gbsg2" else "prior",)),
    }[which]
    expected, given = R[name]["matching"][which], study(name)
    if asked.exact:
        given = replace(given, exact=category_codes(given.frame[asked.exact[0]])[0])
    matches = nearest_neighbours(score(name).logit, given.treated, asked, given.exact)
    found = dict(zip(matches.treated.tolist(), matches.partners.tolist(), strict=True))
    for treated, partners in zip(expected["treated"], expected["partners"], strict=True):
        partners = partners if isinstance(partners, list) else [partners]
        assert found[treated - 1] == [-1 if p in (None, "NA") else p - 1 for p in partners]
    sample = matched_sample(given, score(name), asked)
    np.testing.assert_allclose(sample.weights, expected["weights"], rtol=1e-12)
    fitted = weighted_ratio(given, sample)
    assert [fitted.ratio.n - fitted.ratio.n_treated, fitted.ratio.n_treated] == expected["matched"]
    assert fitted.ratio.log_hazard_ratio == pytest.approx(expected["coef"], rel=1e-8)
    assert fitted.ratio.std_error == pytest.approx(expected["se"], rel=1e-8)
