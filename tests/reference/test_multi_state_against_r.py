"""States over time and clustered incidence against R's survfit."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from core.survival.multi_state import BEGINNING, STAYS, StateRows, occupancy
from core.survival.patient_states import patient_states
from core.survival.state_occupancy import state_occupancy
from core.timetoevent import TimeToEvent
from tests.reference.oracles import HERE, assert_as_r, numbers

R = json.loads((HERE / "r" / "multi_state.json").read_text(encoding="utf-8"))
NAMES = ("waiting", "transplanted", "dead")
LEVELS = ("surgery0", "surgery1")


def stanford():
    """Waiting, transplanted, dead: as the R script reads it."""
    frame = pd.read_csv(HERE / "data" / "stanford.csv")
    days = np.maximum(frame["days"].to_numpy(float), 0.5)
    moved = frame["transplant_day"].to_numpy(float)
    is_moved = (moved > 0) & (moved < days)
    first = TimeToEvent(time=np.where(is_moved, moved, days), event=is_moved, unit="days")
    death = TimeToEvent(time=days, event=frame["died"].to_numpy() == 1, unit="days")
    return first, death, frame["surgery"].to_numpy(np.int64)


@pytest.mark.parametrize("name", ["all", *LEVELS])
def test_occupancy_its_error_and_mean_times(name):
    # survfit(Surv(tstart, tstop, state) ~ 1, id = id, influence = TRUE); summary(fit, rmean = 900)
    first, death, surgery = stanford()
    kept = np.ones(first.n, bool) if name == "all" else surgery == LEVELS.index(name)
    known = R["stanford"][name]
    ways = patient_states(first.subset(kept), {}, death.subset(kept), names=NAMES)
    found, areas = occupancy(ways.rows, 3, tau=R["stanford"]["tau"])
    curve = known["curve"]
    at = found.row_at(np.array(curve["time"])) - 1
    assert_as_r(found.time, curve["time"], what="times")
    assert_as_r(found.n_at_risk[:, at].T, np.array(curve["n_risk"]).ravel(), what="at risk")
    np.testing.assert_allclose(found.probability.T, curve["pstate"], rtol=1e-9, atol=1e-13)
    np.testing.assert_allclose(found.std_error.T, curve["std_err"], rtol=1e-8, atol=1e-13)
    assert areas is not None
    assert_as_r(areas.value, known["at"]["log-log"]["rmean"], rtol=1e-9, what="mean time")
    assert_as_r(areas.std_error, known["at"]["log-log"]["se_rmean"], rtol=1e-8, what="its error")
    np.testing.assert_array_equal(found.transitions[:2, 1:], known["transitions"])


@pytest.mark.parametrize("conf_type", ["log-log", "log", "plain"])
def test_the_summary_by_group_with_limits(conf_type):
    # summary(survfit(Surv(tstart, tstop, state) ~ 1, id = id, conf.type = ), times =) of each group
    first, death, surgery = stanford()
    ways = patient_states(first, {}, death, names=NAMES)
    assert ways.n_at_once == ways.n_unseen == 0
    value = state_occupancy(ways, surgery, LEVELS, "surgery0", times=R["stanford"]["times"], tau=900.0,
                            conf_type=conf_type)  # fmt: skip
    for group in value.groups:
        known = R["stanford"][group.level]["at"][conf_type]
        inside = np.array(known["pstate"]).T
        np.testing.assert_allclose(group.at.probability, inside, rtol=1e-9, atol=1e-13)
        for ours, theirs in ((group.at.conf_low, known["lower"]), (group.at.conf_high, known["upper"])):
            known_limits = np.array([numbers(line) for line in theirs]).T
            shown = (inside > 0) & (inside < 1)
            np.testing.assert_allclose(ours[shown], known_limits[shown], rtol=1e-8)


@pytest.mark.parametrize("clusters", ["all", "each"])
@pytest.mark.parametrize("name", ["bmt", "cgvhd"])
def test_incidence_of_clustered_rows(name, clusters):
    # rowsum(survfit(Surv(time, factor(status)) ~ 1, influence = TRUE)$influence.pstate, cluster), and every row alone
    frame = pd.read_csv(HERE / "data" / f"{name}.csv")
    status, n = frame["status"].to_numpy(np.int64), len(frame)
    row = np.arange(n)
    rows = StateRows(
        start=np.full(n, BEGINNING),
        stop=frame["time"].to_numpy(float),
        origin=np.zeros(n, np.int64),
        to=np.where(status > 0, status, STAYS),
        cluster=row // 3 if clusters == "all" else row,
    )
    found, _ = occupancy(rows, int(status.max()) + 1)
    known = R[name][clusters]
    assert_as_r(found.time, known["time"])
    np.testing.assert_allclose(found.probability.T, known["pstate"], rtol=1e-9, atol=1e-13)
    np.testing.assert_allclose(found.std_error.T, known["std_err"], rtol=1e-8, atol=1e-13)


def test_survival_of_clustered_rows():
    # survfit(Surv(time, dead) ~ 1, cluster = inst): the error is of survival itself
    frame = pd.read_csv(HERE / "data" / "lung.csv").dropna(subset=["inst"])
    n = len(frame)
    rows = StateRows(
        start=np.full(n, BEGINNING),
        stop=frame["time"].to_numpy(float),
        origin=np.zeros(n, np.int64),
        to=np.where(frame["event"].to_numpy() == 1, 1, STAYS).astype(np.int64),
        cluster=pd.factorize(frame["inst"])[0].astype(np.int64),
    )
    found, _ = occupancy(rows, 2)
    assert_as_r(found.time, R["lung"]["time"])
    assert_as_r(found.probability[0], R["lung"]["surv"], rtol=1e-9)
    theirs = np.array(R["lung"]["std_err"], dtype=float)
    inside = found.probability[0] > 1e-12
    np.testing.assert_allclose(found.std_error[0][inside], theirs[inside], rtol=1e-8)
