"""Medians of curves whose band is not monotone, against R.

The R calls stand in scripts/make_medians.R; its values are r/medians.json.
"""

from __future__ import annotations

import json

import numpy as np
import pytest

from core.survival.event_table import event_table
from core.survival.kaplan_meier import kaplan_meier
from core.survival.quantiles import quantile
from core.timetoevent import TimeToEvent
from tests.reference.oracles import HERE

R = json.loads((HERE / "r" / "medians.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("conf_type", ["log-log", "log", "plain"])
@pytest.mark.parametrize("name", ["early", "middle"])
def test_the_median_as_the_table_of_survfit(name, conf_type):
    known = R[name]
    data = TimeToEvent(
        time=np.array(known["time"]), event=np.array(known["event"]) == 1, entry=np.array(known["entry"], dtype=float)
    )
    (estimate,) = kaplan_meier(event_table(data), conf_type=conf_type)
    value, low, high, *_ = known["median"][conf_type]

    found = quantile(estimate, 0.5)

    assert [found.value, found.conf_low, found.conf_high] == pytest.approx([value, low, high], rel=1e-12)
    assert found.conf_low <= found.value <= found.conf_high


def test_reading_the_levels_by_their_height_would_miss_the_median():
    value, low, _, by_height, _ = R["early"]["median"]["log-log"]
    assert low < value < by_height
