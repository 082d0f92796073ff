"""The curve of a number: line, band and patients where the result has them, on a logarithmic axis."""

import numpy as np
import pandas as pd
import pytest

from core.regression.model import cox_analysis
from core.timetoevent import TimeToEvent
from tests.ui.charts.drawn import accepted, layer, rows
from ui.charts.spline_curve import MOST_MARKS, curve_chart, curve_spec, describe_curve
from ui.charts.theme import DARK, LIGHT


def fitted(n=150, seed=4, **options):
    rng = np.random.default_rng(seed)
    age = rng.uniform(30, 85, n).round(1)
    time = rng.exponential(20 / np.exp(0.003 * (age - 60) ** 2))
    data = TimeToEvent(time=time, event=rng.random(n) < 0.8)
    return cox_analysis(data, pd.DataFrame({"age": age}), ["age"], splines={"age": 4}, **options).building.curves[0]


@pytest.fixture(scope="module")
def curve():
    return fitted()


def test_line_and_band_are_those_of_the_result(curve):
    spec = curve_spec(curve, label="Age (years)")
    drawn = rows(spec, "curve")
    assert [point["value"] for point in drawn] == curve.value.tolist()
    assert [point["ratio"] for point in drawn] == curve.hazard_ratio.tolist()
    low, high = layer(spec, "curve", "line")["encoding"]["y"]["scale"]["domain"]
    for point, a, b in zip(drawn, curve.conf_low, curve.conf_high, strict=True):
        assert point["low"] == max(low, min(a, high))
        assert point["high"] == min(high, max(b, low))
    assert ": hazard ratio 1.00 (1.00–1.00)" in drawn[curve.value.tolist().index(curve.reference)]["told"]


def test_the_axis_is_logarithmic_and_holds_the_line(curve):
    spec = curve_spec(curve, label="Age (years)")
    y = layer(spec, "curve", "line")["encoding"]["y"]
    assert y["scale"]["type"] == "log"
    low, high = y["scale"]["domain"]
    assert low <= curve.hazard_ratio.min() <= 1 <= curve.hazard_ratio.max() <= high
    assert y["axis"]["title"] == f"Hazard ratio against {curve.reference:g}"
    x = layer(spec, "curve", "line")["encoding"]["x"]
    assert x["scale"]["domain"] == [curve.value[0], curve.value[-1]]
    assert x["axis"]["format"] == ",.6~g"  # "~g" alone writes 120 as 1.2e+2


def test_every_patient_is_a_mark(curve):
    marks = [mark["value"] for mark in rows(curve_spec(curve, label="Age"), "patients")]
    assert marks == curve.observed.tolist()


def test_many_patients_share_marks():
    many = fitted(1000)
    marks = [mark["value"] for mark in rows(curve_spec(many, label="Age"), "patients")]
    assert len(marks) == MOST_MARKS
    assert set(marks) <= set(many.observed.tolist())
    assert np.median(marks) == pytest.approx(np.median(many.observed), abs=1)


def test_the_reference_is_where_the_line_is_one(curve):
    (one,) = rows(curve_spec(curve, label="Age"), "one")
    assert one == {"y": 1, "x": curve.reference}


def test_a_reference_outside_the_values_leaves_the_axis_as_it_is():
    outside = fitted(curve_references={"age": 95.0})
    spec = curve_spec(outside, label="Age")
    assert layer(spec, "curve", "line")["encoding"]["x"]["scale"]["domain"][1] == outside.observed[-1]
    assert accepted(spec)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
@pytest.mark.parametrize("width", ["container", 700])
def test_is_valid(curve, palette, width):
    assert accepted(curve_spec(curve, label="Age", palette=palette, width=width))


def test_in_altair_and_in_words(curve):
    assert curve_chart(curve, label="Age", width=600).to_dict(validate=False)["layer"]
    text = describe_curve(curve, label="Age (years)")
    assert text.startswith(f"Hazard ratio of Age (years) against {curve.reference:g} over the values of 150 patients: ")
    assert text.count(" at ") == 5
