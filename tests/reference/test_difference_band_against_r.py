"""Limits of a difference of two curves for all times together, against R with a multiplier per patient.

The R code stands in scripts/make_difference_band.R; its values are r/difference_band.json.
"""

from __future__ import annotations

import json

import pytest

from core.survival.difference_curve import difference_curve
from core.survival.event_table import event_table
from core.survival.kaplan_meier import kaplan_meier
from core.survival.simultaneous_band import BandOptions
from tests.reference.oracles import HERE, oracle

R = json.loads((HERE / "r" / "difference_band.json").read_text(encoding="utf-8"))
DRAWN = 0.06  # three standard errors of the 95 % quantile of 10,000 draws


@pytest.mark.parametrize(("name", "position"), [("lung", 0), ("lung", 1), ("veteran", 0)])
@pytest.mark.parametrize("conf_level", [0.95, 0.99])
def test_the_critical_value_and_p_as_drawn_in_r(name, position, conf_level):
    known, asked = oracle(name), R[name]
    expected = asked["bands"][position]
    codes, levels = known.codes(asked["group"], tuple(asked["levels"]))
    reference, other = kaplan_meier(event_table(known.data(), codes, levels))
    options = BandOptions(start=expected["from"], until=expected["to"])

    band = difference_curve(other, reference, conf_level=conf_level, band=options).band

    critical = expected["critical" if conf_level == 0.95 else "critical_99"]
    assert band is not None
    assert (band.start, band.n_times) == (expected["start"], expected["n_times"])
    assert band.until >= expected["last"]
    assert band.critical == pytest.approx(critical, abs=DRAWN * (1 if conf_level == 0.95 else 2))
    assert band.p_value == pytest.approx(
        expected["p"], abs=4 * (expected["p"] * (1 - expected["p"]) / 10_000) ** 0.5 + 1e-3
    )
