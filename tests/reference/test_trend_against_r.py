"""Trend tests against R on `lung`: prop.trend.test, coin::lbl_test, wilcox.test and drawn arrangements."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.patients.trend import jonckheere_terpstra, trend_of_levels

HERE = Path(__file__).parent
R = json.loads((HERE / "r" / "trend.json").read_text(encoding="utf-8"))
LUNG = pd.read_csv(HERE / "data" / "lung.csv")


@pytest.mark.parametrize(
    ("key", "test"),
    [
        ("levels_by_two", "Cochran-Armitage trend"),
        ("two_by_three", "Cochran-Armitage trend"),
        ("levels_by_three", "Linear-by-linear association"),
    ],
)
def test_levels(key: str, test: str) -> None:
    found = trend_of_levels(np.array(R[key]["counts"]))
    assert found is not None
    assert (found.test, found.df) == (test, (1.0,))
    np.testing.assert_allclose([found.statistic, found.p_value], [R[key]["statistic"], R[key]["p"]], rtol=1e-10)


def test_numbers_of_two_groups() -> None:
    groups = [LUNG.loc[LUNG["sex"] == sex, "age"].to_numpy(float) for sex in ("male", "female")]
    found = jonckheere_terpstra(groups)
    r = R["jonckheere_two"]
    np.testing.assert_allclose([found.statistic, found.p_value], [r["statistic"], r["p"]], rtol=1e-10)


def test_numbers_of_three_groups() -> None:
    known = LUNG[LUNG["meal_cal"].notna()]
    groups = [known.loc[known["ecog"] == level, "meal_cal"].to_numpy(float) for level in (0, 1, 2)]
    found = jonckheere_terpstra(groups)
    r = R["jonckheere_three"]
    assert found.statistic == r["statistic"]
    z = (r["statistic"] - r["mean_drawn"]) / np.sqrt(r["variance_drawn"])
    # 20 000 arrangements: the drawn standard deviation is known to half a per cent.
    from scipy.stats import norm

    assert norm.isf(found.p_value / 2) == pytest.approx(abs(z), rel=0.02)
