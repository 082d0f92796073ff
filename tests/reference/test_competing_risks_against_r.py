"""Competing risks against R's cmprsk and survival, on both data sets with several causes."""

from __future__ import annotations

import numpy as np
import pytest

from core.survival.competing_risks import CompetingRisks, cause_table
from core.survival.cumulative_incidence import cumulative_incidence
from core.survival.gray import gray_test
from core.survival.kaplan_meier import kaplan_meier
from core.survival.time_lost import time_lost
from tests.reference.oracles import assert_as_r, numbers, oracle

NAMES = ("bmt", "cgvhd")


def risks_of(name: str) -> CompetingRisks:
    known = oracle(name)
    r = known.r["competing_risks"]
    return CompetingRisks(
        data=known.data(),
        cause=known.frame[r["status_col"]].astype(int).to_numpy(),
        causes=tuple(r["labels"].values()),
    )


def _curves():
    """Data set, grouping column or None, level or None, cause."""
    for name in NAMES:
        r = oracle(name).r["competing_risks"]
        for cause in range(len(r["causes"])):
            yield pytest.param(name, None, None, cause, id=f"{name}-all-cause{cause + 1}")
            for column, group in r["by_group"].items():
                for level in group["levels"]:
                    yield pytest.param(name, column, level, cause, id=f"{name}-{column}={level}-cause{cause + 1}")


CURVES = list(_curves())
BY_GROUP = [
    pytest.param(name, column, id=f"{name}-{column}")
    for name in NAMES
    for column in oracle(name).r["competing_risks"]["by_group"]
]


def table_of(name, column, level):
    """The counts of one group, alone or beside the others."""
    if column is None:
        return cause_table(risks_of(name)), 0
    codes, levels = oracle(name).codes(column)
    return cause_table(risks_of(name), codes, levels), levels.index(level)


def aalen_johansen(name, column, level):
    r = oracle(name).r["competing_risks"]
    if column is None:
        return r["aalen_johansen"]["overall"]
    return r["by_group"][column]["aalen_johansen"][level]


@pytest.mark.parametrize(("conf_type", "kind"), [("log-log", "loglog"), ("plain", "plain")])
@pytest.mark.parametrize(("name", "column", "level", "cause"), CURVES)
def test_cuminc(name, column, level, cause, conf_type, kind):
    # timepoints(cuminc(time, status, group), landmarks): est, var; limits from var
    r = oracle(name).r["competing_risks"]
    table, group = table_of(name, column, level)
    curve = cumulative_incidence(table, conf_type=conf_type)[group][cause]
    known = r["cuminc_overall"] if column is None else r["by_group"][column]["cuminc"]
    known = known[f"{'1' if column is None else level} {cause + 1}"]
    followed = np.array(r["landmarks"]) <= curve.last_time  # R gives NA beyond
    at = curve.at(np.array(r["landmarks"])[followed])

    assert np.isnan(numbers(known["est"])[~followed]).all()
    assert_as_r(at.incidence, numbers(known["est"])[followed])
    assert_as_r(at.std_error**2, numbers(known["var"])[followed])
    lower, upper = (numbers(known[f"{side}_{kind}"])[followed] for side in ("lower", "upper"))
    if conf_type == "plain":  # ours are clipped
        lower, upper = lower.clip(0, 1), upper.clip(0, 1)
    assert_as_r(at.conf_low, lower)
    assert_as_r(at.conf_high, upper)


@pytest.mark.parametrize(("conf_type", "kind"), [("log-log", "loglog"), ("log", "log")])
@pytest.mark.parametrize(("name", "column", "level", "cause"), CURVES)
def test_multi_state_survfit(name, column, level, cause, conf_type, kind):
    # summary(survfit(Surv(time, factor(status)) ~ group, conf.type = ), times = landmarks, extend = TRUE)
    table, group = table_of(name, column, level)
    curve = cumulative_incidence(table, conf_type=conf_type, variance="jackknife")[group][cause]
    known = aalen_johansen(name, column, level)[f"cause{cause + 1}"]
    at = curve.at(oracle(name).r["competing_risks"]["landmarks"])

    assert_as_r(at.incidence, known["est"])
    assert_as_r(at.std_error, known["se"])
    assert_as_r(at.conf_low, known[f"lower_{kind}"])
    assert_as_r(at.conf_high, known[f"upper_{kind}"])


@pytest.mark.parametrize(("name", "column", "level", "cause"), CURVES)
def test_whole_curve(name, column, level, cause):
    # the same survfit: time, n.risk, pstate and std.err of every row kept, and the sum over all rows
    table, group = table_of(name, column, level)
    curve = cumulative_incidence(table, variance="jackknife")[group][cause]
    known = aalen_johansen(name, column, level)["curve"]
    rows = np.searchsorted(curve.time, numbers(known["time"]))

    assert curve.time.size == known["n_rows_full"]
    assert_as_r(curve.time[rows], known["time"])
    assert_as_r(curve.n_at_risk[rows], known["n_risk"])
    assert_as_r(curve.incidence[rows], known[f"cif{cause + 1}"])
    assert_as_r(curve.std_error[rows], known[f"se{cause + 1}"])
    assert_as_r(curve.incidence.sum(), known[f"sum_full_cif{cause + 1}"])


@pytest.mark.parametrize(("name", "column", "level", "cause"), CURVES)
def test_time_lost(name, column, level, cause):
    # summary(survfit(Surv(time, factor(status)) ~ group), rmean = tau)$table
    table, group = table_of(name, column, level)
    known = aalen_johansen(name, column, level)[f"cause{cause + 1}"]
    tau = oracle(name).r["competing_risks"]["aalen_johansen"]["tau"]

    assert_as_r(time_lost(table, tau=tau)[group][cause].value, known["mean_time_in_state_to_tau"])


@pytest.mark.parametrize(("name", "column", "level", "cause"), CURVES)
def test_one_minus_kaplan_meier_overstates(name, column, level, cause):
    # 1 - summary(survfit(Surv(time, status == cause) ~ group), times = landmarks)$surv: wrong on purpose
    table, group = table_of(name, column, level)
    risks = risks_of(name)
    inside = np.ones(risks.data.n, dtype=bool) if column is None else oracle(name).codes(column)[0] == group
    alone = CompetingRisks(data=risks.data.subset(inside), cause=risks.cause[inside], causes=risks.causes)
    only = np.where(alone.cause == cause + 1, 1, 0)
    censored = cause_table(
        CompetingRisks(
            data=type(alone.data)(time=alone.data.time, event=only > 0, unit=alone.data.unit),
            cause=only,
            causes=("event",),
        )
    )
    times = oracle(name).r["competing_risks"]["landmarks"]
    naive = 1 - kaplan_meier(censored.whole)[0].at(times).survival

    assert_as_r(naive, aalen_johansen(name, column, level)[f"naive_1_minus_km_cause{cause + 1}"])
    assert (naive >= cumulative_incidence(table)[group][cause].at(times).incidence - 1e-12).all()


@pytest.mark.parametrize("rho", [0, 1])
@pytest.mark.parametrize(("name", "column"), BY_GROUP)
def test_gray(name, column, rho):
    # cuminc(time, status, group, rho = rho)$Tests
    known = oracle(name).r["competing_risks"]["by_group"][column][f"gray_rho{rho}"]
    codes, levels = oracle(name).codes(column)
    tests = gray_test(risks_of(name), codes, levels, rho=rho)

    for cause, test in enumerate(tests.values(), start=1):
        r = known[f"cause{cause}"]
        assert_as_r([test.statistic, test.df, test.p_value], [r["chi2"], r["df"], r["p"]])
