"""Early and late events against R's cmprsk."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from core.survival.competing_risks import CompetingRisks
from core.survival.early_late import early_and_late
from core.timetoevent import TimeToEvent
from tests.reference.oracles import HERE

R = json.loads((HERE / "r" / "early_late.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("part", ["early", "late"])
@pytest.mark.parametrize("name", ["bmt", "cgvhd"])
def test_incidence_and_test_of_each_part(name, part):
    # timepoints(cuminc(pmin(time, s), ifelse(time <= s, status, 0), group), s); cuminc(time, status, group)[time > s]
    known = R[name]
    frame = pd.read_csv(HERE / "data" / f"{name}.csv")
    cause = frame["status"].to_numpy()
    causes = tuple(str(code) for code in range(1, cause.max() + 1))
    data = TimeToEvent(time=frame["time"].to_numpy(float), event=cause > 0)
    levels = tuple(known["levels"])
    codes = np.array([levels.index(level) for level in frame[known["group"]]])
    found = early_and_late(
        CompetingRisks(data=data, cause=cause, causes=causes),
        codes,
        levels,
        split=known["split"],
        times=[known["until"]],
    )
    summary, expected = getattr(found, part), known[part]
    for label, estimate, variance in zip(expected["names"], expected["est"], expected["var"], strict=True):
        level, event = label.split()
        at = summary.group(level).cause(event).at
        np.testing.assert_allclose([at.incidence[0], at.std_error[0] ** 2], [estimate, variance], rtol=1e-9)
    tests = expected["tests"]
    for event, statistic, p in zip(causes, tests["chi2"], tests["p"], strict=False):
        np.testing.assert_allclose(
            [summary.gray[event].statistic, summary.gray[event].p_value], [statistic, p], rtol=1e-8
        )
    if part == "late":
        assert [group.event_free.n for group in summary.groups] == known["n_late"]
