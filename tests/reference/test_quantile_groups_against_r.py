"""A number in groups of equally many patients against R's quantile, survdiff, coxph, cuminc and crr."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from core.regression.quantile_groups import quantile_groups
from core.timetoevent import TimeToEvent
from tests.reference.oracles import HERE, assert_as_r

R = json.loads((HERE / "r" / "quantile_groups.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", [name for name in R if name != "meta"])
def test_groups_tests_and_ratios(name):
    # g <- cut(x, c(-Inf, quantile(x, (1:(k-1))/k), Inf)); survdiff, coxph, cuminc, crr of g
    data_set, rest = name.split("_", 1)
    column, k = rest.rsplit("_", 1)
    frame, known = pd.read_csv(HERE / "data" / f"{data_set}.csv"), R[name]
    competing = {}
    if data_set == "cgvhd":
        status = frame["status"].to_numpy()
        event = status == 1
        competing = {str(code): status == code for code in range(2, status.max() + 1)}
    else:
        event = frame["event"].to_numpy() == 1
    value = quantile_groups(
        TimeToEvent(time=frame["time"].to_numpy(float), event=event),
        competing,
        frame[column].to_numpy(float),
        column=column,
        event="event",
        n_groups=int(k),
    )
    found = value.comparison
    assert_as_r(value.cuts, known["cuts"])
    assert_as_r(found.n, known["n"])
    assert_as_r(found.observed, known["obs"])
    assert_as_r(found.expected, known["exp"], rtol=1e-9)
    assert_as_r(found.statistic, known["chisq"], rtol=1e-9)
    if found.trend is not None:
        assert_as_r(found.trend.statistic, known["trend"], rtol=1e-8)
    assert_as_r([term.log_hazard_ratio for term in value.terms], known["loghr"], rtol=1e-7)
    assert_as_r([term.std_error for term in value.terms], known["se"], rtol=1e-7)
    if competing:
        assert value.incidence is not None
        assert value.incidence.gray is not None
        assert value.trend_term is not None
        assert_as_r(value.incidence.gray["event"].statistic, known["gray"], rtol=1e-8)
        assert_as_r(value.trend_term.log_hazard_ratio, known["crr"], rtol=1e-8)
        assert_as_r(value.trend_term.std_error, known["crr_se"], rtol=1e-8)
    else:
        assert value.survival is not None
        assert np.isfinite(value.survival.groups[0].estimate.survival).all()
