"""What R's frozen files do not hold, beside greenwood, an independent library."""

from __future__ import annotations

import greenwood
import numpy as np
import pytest

from core.survival.max_combo import max_combo
from tests.reference.oracles import oracle


@pytest.mark.parametrize(("name", "column"), [("lung", "sex"), ("veteran", "trt"), ("gbsg2", "horTh"), ("cgvhd", "tx")])
@pytest.mark.parametrize("stratified", [False, True], ids=["plain", "stratified"])
def test_max_combo(name, column, stratified):
    data, (codes, levels) = oracle(name).data(), oracle(name).codes(column)
    strata = np.arange(data.n) % 3 if stratified else None
    ours = max_combo(data, codes, levels, strata=strata)
    theirs = greenwood.maxcombo_test(greenwood.Surv(data.time, data.event), codes, strata=strata)

    assert abs(ours.statistic) == pytest.approx(theirs.statistic, rel=1e-9)
    z = np.array([theirs.z_statistics[exponents] for exponents in ours.exponents])
    np.testing.assert_allclose(np.abs(ours.z), np.abs(z), rtol=1e-9)
    np.testing.assert_allclose(ours.correlation, theirs.correlation, rtol=1e-9)
    assert ours.p_value == pytest.approx(theirs.p_value, abs=2e-4)  # theirs is sampled
