"""The risk table under the curves and the difference of two curves against R.

The R calls stand in scripts/make_survival_figure.R; its values are r/survival_figure.json.
"""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pytest

from core.survival.difference_curve import difference_curve
from core.survival.event_table import event_table
from core.survival.kaplan_meier import kaplan_meier
from core.survival.risk_table import risk_table
from tests.reference.oracles import HERE, assert_as_r, oracle

SETS = ("lung", "veteran", "gbsg2")


@cache
def r():
    return json.loads((HERE / "r" / "survival_figure.json").read_text(encoding="utf-8"))


@cache
def curves(name):
    known, asked = oracle(name), r()[name]
    codes, levels = known.codes(asked["group"], tuple(asked["levels"]))
    return kaplan_meier(event_table(known.data(), codes, levels))


@pytest.mark.parametrize("name", SETS)
def test_the_risk_table_as_summary_of_survfit(name):
    expected = r()[name]["risk"]
    found = risk_table(curves(name), expected["times"])
    for i, level in enumerate(found.levels):
        for column in ("n_at_risk", "n_events", "n_censored"):
            assert getattr(found, column)[i].tolist() == expected["groups"][level][column], (level, column)


@pytest.mark.parametrize(("name", "position"), [("lung", 0), ("veteran", 0), ("veteran", 1), ("gbsg2", 0)])
def test_the_difference_as_two_summaries_of_survfit(name, position):
    expected = r()[name]["difference"][position]
    reference, other = curves(name)
    found = difference_curve(other, reference, conf_level=expected["level"])

    assert found.until == expected["until"]
    assert_as_r(found.time, expected["time"])
    assert_as_r(found.estimate, expected["estimate"])
    for column in ("std_error", "conf_low", "conf_high"):
        assert_as_r(getattr(found, column), expected[column], what=column)
    assert np.isfinite(found.std_error).sum() > 50
