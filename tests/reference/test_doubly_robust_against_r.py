"""Pseudo-values of the restricted mean and the doubly robust difference against R (make_doubly_robust.R)."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pandas as pd
import pytest

from core.bias.balance_study import BalanceStudy
from core.bias.doubly_robust import doubly_robust_difference
from core.bias.propensity import propensity_score
from core.regression.design import build_design
from core.survival.pseudo_values import rmst_pseudo_values
from core.timetoevent import TimeToEvent
from tests.reference.oracles import HERE

R = json.loads((HERE / "r" / "doubly_robust.json").read_text(encoding="utf-8"))


@cache
def study() -> BalanceStudy:
    frame = pd.read_csv(HERE / "data" / "lung.csv", na_values=[""]).dropna(subset=["ecog", "age", "wt_loss"])
    covariates = frame[["age", "ecog", "wt_loss"]].reset_index(drop=True)
    return BalanceStudy(
        data=TimeToEvent(time=frame["time"].to_numpy(dtype=float), event=frame["event"].to_numpy() == 1, unit="days"),
        treated=(frame["sex"] == "female").to_numpy(),
        column="sex",
        levels=("male", "female"),
        frame=covariates,
        design=build_design(covariates, list(covariates)),
        kinds=dict.fromkeys(covariates, "number"),
    )


def test_pseudo_values_of_everybody() -> None:
    found = rmst_pseudo_values(study().data, R["tau"])
    np.testing.assert_allclose(found, R["whole"], rtol=1e-9)
    assert found.mean() == pytest.approx(R["rmst"], rel=1e-10)


@pytest.mark.parametrize(("estimand", "key"), [("ate", "ate"), ("att", "att")])
def test_difference(estimand, key) -> None:
    found = doubly_robust_difference(study(), propensity_score(study()), tau=R["tau"], estimand=estimand)
    assert found.difference.estimate == pytest.approx(R[key], rel=1e-8)
    assert found.difference.std_error == pytest.approx(R[f"{key}_se"], rel=1e-8)
    assert found.crude.estimate == pytest.approx(R["crude"], rel=1e-9)


def test_means() -> None:
    found = doubly_robust_difference(study(), propensity_score(study()), tau=R["tau"])
    assert found.means == pytest.approx(R["means"], rel=1e-8)
