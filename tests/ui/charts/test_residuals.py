"""The residual plot draws every event where the residuals are, beside the constant hazard ratio."""

import numpy as np
import pandas as pd
import pytest

from core.regression.design import build_design
from core.regression.proportionality import proportional_hazards
from core.timetoevent import TimeToEvent
from tests.ui.charts.drawn import accepted, layer, rows
from ui.charts.residuals import describe_residuals, residual_chart, residual_spec
from ui.charts.theme import DARK, LIGHT


def checked(n=80, seed=3, *, censored=0.3):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"age": rng.normal(60, 9, n), "arm": np.where(np.arange(n) % 2, "HIFU", "Control")})
    data = TimeToEvent(
        time=np.round(rng.exponential(10 + 5 * (np.arange(n) % 2)), 1) + 0.1,
        event=rng.random(n) > censored,
        unit="months",
    )
    return proportional_hazards(data, build_design(frame, ["arm", "age"]))


@pytest.fixture(scope="module")
def tests():
    return checked()


def test_every_event_is_a_dot_at_its_residual(tests):
    dots = rows(residual_spec(tests, "age"), "events")
    assert [dot["time"] for dot in dots] == tests.time.tolist()
    assert [dot["residual"] for dot in dots] == tests.residuals[:, tests.names.index("age")].tolist()
    assert dots[0]["told"].startswith(f"{tests.time[0]:.1f} months: log hazard ratio ")


def test_the_constant_hazard_ratio_is_drawn_and_named(tests):
    none, constant = rows(residual_spec(tests, "arm: HIFU"), "levels")
    coefficient = tests.coefficients[tests.names.index("arm: HIFU")]
    assert (none["y"], none["text"]) == (0, "")
    assert constant["y"] == coefficient
    assert constant["text"] == f"hazard ratio {np.exp(coefficient):.2f} if constant"


def test_the_axes_hold_everything(tests):
    for name in tests.names:
        spec = residual_spec(tests, name)
        scale = {channel: layer(spec, "events", "point")["encoding"][channel]["scale"]["domain"] for channel in "xy"}
        residuals = tests.residuals[:, tests.names.index(name)]
        assert scale["y"][0] <= min(residuals.min(), 0) <= max(residuals.max(), 0) <= scale["y"][1]
        assert scale["x"][0] == 0
        assert tests.time.max() <= scale["x"][1]


def test_a_smooth_line_needs_events(tests):
    few = checked(12, censored=0.6)
    assert few.n_events < 10
    assert layer(residual_spec(few, "age"), "events", "line")["mark"]["strokeWidth"] == 0
    assert layer(residual_spec(tests, "age"), "events", "line")["mark"]["strokeWidth"] > 0


@pytest.mark.parametrize("palette", [LIGHT, DARK])
@pytest.mark.parametrize("width", ["container", 360, 760])
def test_is_vega_lite(tests, palette, width):
    accepted(residual_spec(tests, "age", palette=palette, width=width))


def test_as_an_altair_chart(tests):
    assert len(residual_chart(tests, "age", width=500).to_dict()["layer"]) == 5


def test_an_unknown_column_is_refused(tests):
    with pytest.raises(ValueError, match="not in tuple"):
        residual_spec(tests, "nobody")


def test_in_words(tests):
    said = describe_residuals(tests, "age", label="Age")
    column = tests.residuals[:, tests.names.index("age")]
    half = (column.size + 1) // 2
    assert f"{tests.time.size} events" in said
    for part in (column[:half].mean(), column[half:].mean()):
        assert f"{part:.2f}".replace("-", "−") in said
