"""Words in a plot stand where no curve is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.charts.end_labels import NARROW_PLOT, WIDE_PLOT
from ui.charts.free_place import INSET, LOWEST, text_places
from ui.charts.survival_rows import Curve
from ui.charts.theme import widest

HEIGHT = 340.0
LINES = ("Hazard ratio 0.59 (0.36 to 0.96)", "Log-rank P = 0.042")


def curve(times, heights, level="A"):
    values = np.asarray(heights, dtype=float)
    return Curve(level=level, time=np.asarray(times, dtype=float), survival=values, conf_low=values, conf_high=values)


def placed(curves, *, lines=LINES, end=48.0, rising=False):
    return text_places(lines, curves, end=end, height=HEIGHT, rising=rising)


def test_the_lower_left_corner_where_curves_stay_high():
    found = placed([curve([0, 48], [1, 0.6])])
    assert found["wide"] == found["narrow"] == [LOWEST + 17, LOWEST]
    assert found["wide_right"] == [False, False]


def test_the_upper_left_corner_where_curves_rise():
    found = placed([curve([0, 40, 48], [0, 0, 0.4])], rising=True)
    assert found["wide"] == [HEIGHT - LOWEST, HEIGHT - LOWEST - 17]


def test_the_right_side_where_curves_fall_at_once():
    falls = curve([0, 1, 2, 3, 4, 5, 48], [1, 0.8, 0.6, 0.4, 0.2, 0.05, 0.05])
    found = placed([falls])
    assert found["wide"][-1] > 0.05 * HEIGHT + 12 or not found["wide_right"][0]


def test_nothing_to_say_takes_no_place():
    assert placed([curve([0, 48], [1, 0])], lines=()) == {
        "wide": [],
        "wide_right": [],
        "narrow": [],
        "narrow_right": [],
    }


@pytest.mark.parametrize(("name", "plot"), [("wide", WIDE_PLOT), ("narrow", NARROW_PLOT)])
@given(steps=st.lists(st.floats(0.0, 1.0), min_size=1, max_size=12), last=st.floats(5.0, 48.0))
def test_no_curve_runs_through_the_words_where_that_can_be(name, plot, steps, last):
    heights = [1.0, *sorted(steps, reverse=True)]
    one = curve(np.linspace(0, last, len(heights)), heights)
    found = placed([one])
    low, high = found[name][-1] - 6, found[name][0] + 6
    left = plot - INSET - widest(LINES) if found[f"{name}_right"][0] else INSET
    at = one.height_at(np.linspace(left, left + widest(LINES), 200) / plot * 48.0) * HEIGHT
    at = at[np.isfinite(at)]
    crosses = bool(((at > low) & (at < high)).any())
    free = np.isfinite(at).any() and (at.min() < 40) and (at.max() > HEIGHT - 40)
    assert not crosses or free  # only a curve that takes the whole height leaves no place
