"""Recurrent events with death and durations with several events per patient, against R's survival."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from core.survival.clustered import clustered
from core.survival.event_table import event_table
from core.survival.kaplan_meier import kaplan_meier
from core.survival.mean_count import mean_counts
from core.survival.quantiles import quantile
from core.timetoevent import TimeToEvent
from tests.reference.oracles import HERE, numbers

R = json.loads((HERE / "r" / "mean_count.json").read_text(encoding="utf-8"))
FRAME = pd.read_csv(HERE / "data" / "bladder.csv")
LEVELS = ("placebo", "pyridoxine", "thiotepa")


@pytest.fixture(scope="module")
def found():
    last = FRAME.drop_duplicates("id", keep="last")
    events = FRAME[FRAME["status"] == 1]
    return mean_counts(
        TimeToEvent(time=last["stop"].to_numpy(float), event=last["status"].to_numpy() > 1),
        np.searchsorted(last["id"].to_numpy(), events["id"].to_numpy()),
        events["stop"].to_numpy(float),
        np.array([LEVELS.index(name) for name in last["treatment"]]),
        LEVELS,
    )


@pytest.mark.parametrize("level", LEVELS)
def test_mean_counts_and_their_errors(found, level):
    # survfit(Surv(start, stop, status == 1) ~ 1, id = id), survfit(Surv(stop, status > 1) ~ 1), influence = TRUE
    one, known = found[LEVELS.index(level)], R["mean_count"][level]
    assert one.n == known["n"]
    rows = np.searchsorted(one.time, numbers(known["time"]))
    assert one.n_at_risk[rows].tolist() == known["n_risk"]
    for ours, theirs in (
        ("nelson", "nelson"), ("nelson_std_error", "nelson_se"), ("mean", "mean"), ("std_error", "mean_se")
    ):  # fmt: skip
        np.testing.assert_allclose(getattr(one, ours)[rows], numbers(known[theirs]), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("level", LEVELS)
def test_durations_robust_by_patient(level):
    # survfit(Surv(stop - start, status == 1) ~ 1, cluster = id, conf.type = "log-log", robust = TRUE)
    own, known = FRAME[FRAME["treatment"] == level], R["duration"][level]
    data = TimeToEvent(time=(own["stop"] - own["start"]).to_numpy(float), event=own["status"].to_numpy() == 1)
    curve = clustered(kaplan_meier(event_table(data))[0], data, own["id"].to_numpy())
    for ours, theirs in (("survival", "surv"), ("std_error", "se"), ("conf_low", "lower"), ("conf_high", "upper")):
        np.testing.assert_allclose(getattr(curve, ours), numbers(known[theirs]), rtol=1e-11, atol=1e-14)
    median = quantile(curve, 0.5)
    np.testing.assert_allclose([median.value, median.conf_low, median.conf_high], numbers(known["median"]))
