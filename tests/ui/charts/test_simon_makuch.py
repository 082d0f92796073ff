"""Simon-Makuch curves as a specification: what is drawn is what was computed."""

from __future__ import annotations

import numpy as np
import pytest

from core.bias.side_by_side import immortal_time_analysis
from tests.core.bias.studies import without_effect
from ui.charts.export import to_svg
from ui.charts.simon_makuch import describe_simon_makuch, simon_makuch_spec
from ui.charts.specification import plain
from ui.charts.theme import DARK


@pytest.fixture(scope="module")
def value():
    study = without_effect(np.random.default_rng(11), 90)
    return immortal_time_analysis(study, starts="start", landmarks=[3], grace=3, draws=20)


def test_both_states_are_drawn_and_the_naive_curves_lie_beside(value):
    data = plain(simon_makuch_spec(value, title="Overall survival"))["datasets"]
    for curve, naive in zip(value.time_dependent.curves, value.naive_curves, strict=True):
        for name, estimate in (("curve", curve), ("beside", naive)):
            rows = [row for row in data[name] if row["group"] == curve.group and row["t"] > 0]
            assert rows
            for row in rows:
                assert row["s"] == pytest.approx(estimate.at([row["t"]]).survival[0])


def test_everybody_is_untreated_at_time_zero(value):
    cells = [row["cell"] for row in plain(simon_makuch_spec(value, title="x"))["datasets"]["risk_cells"]]
    assert "90" in cells
    assert cells.count("0") >= 1


def test_it_exports_in_both_themes_and_speaks(value):
    for palette in ({}, {"palette": DARK}):
        assert b"<svg" in to_svg(simon_makuch_spec(value, title="OS", width=600, **palette), title="t", caption=["c"])
    said = describe_simon_makuch(value, title="overall survival")
    assert "before and after HIFU began" in said
    assert "nan" not in said
