"""Names at the ends of curves keep clear of each other and of other curves."""

import numpy as np
import pytest

from tests.ui.charts.drawn import random_summary, summary_of
from ui.charts.end_labels import (
    ABOVE_AXIS,
    CLEAR,
    CLOSE,
    GAP,
    LABEL_SIZE,
    MOST_ANYWAY,
    WIDE_PLOT,
    label_rows,
    slack_at_right,
)
from ui.charts.survival_rows import curve_of
from ui.charts.theme import text_width

HEIGHT = 340


def curves_of(summary):
    end = max(group.estimate.last_time for group in summary.groups)
    return [curve_of(group.estimate, group.level, end=end) for group in summary.groups], end


def boxes(curves, end):
    """Left, right and middle of each name in a wide plot, pixels."""
    placed = label_rows(curves, end=end, height=HEIGHT)
    for time, survival, level, shift in zip(placed["t"], placed["s"], placed["group"], placed["wide"], strict=True):
        left = time / end * WIDE_PLOT + GAP
        yield left, left + text_width(level, LABEL_SIZE), (1 - survival) * HEIGHT + shift


def test_a_name_alone_stands_level_with_its_curve():
    curves, end = curves_of(summary_of([2, 4, 9, 9], [1, 0, 0, 0]))
    assert label_rows(curves, end=end, height=HEIGHT)["wide"] == [0]


@pytest.mark.parametrize("seed", range(12))
def test_names_never_overlap(seed):
    curves, end = curves_of(random_summary(seed, n=60, groups=3)[0])
    found = list(boxes(curves, end))
    for i, (left, right, y) in enumerate(found):
        for other_left, other_right, other_y in found[i + 1 :]:
            assert right <= other_left or other_right <= left or abs(y - other_y) >= 2 * CLEAR - 3


def test_a_name_keeps_off_a_curve_that_goes_on():
    # Both at 50 % when the first ends; the second runs on through where the name would stand.
    curves, end = curves_of(summary_of([2, 4, 2, 9], [1, 0, 1, 0], [0, 0, 1, 1], ("short", "long")))
    shift = label_rows(curves, end=end, height=HEIGHT)["wide"][0]
    assert abs(shift) >= CLEAR


def test_a_name_stays_inside_when_its_curve_ends_at_zero():
    curves, end = curves_of(summary_of([2, 4], [1, 1], [0, 1], ("a", "b")))
    assert all(y <= HEIGHT - ABOVE_AXIS for _, _, y in boxes(curves, end))


@pytest.mark.parametrize("side", ["wide", "narrow"])
@pytest.mark.parametrize("seed", range(8))
def test_names_never_cover_the_numbers_of_the_axis(seed, side):
    # Everyone has the event: all curves end at 0 %.
    rng = np.random.default_rng(seed)
    time, codes = rng.exponential(10, 60), np.arange(60) % 4
    curves, end = curves_of(summary_of(time, np.ones(60), codes, ("a", "b", "c", "d")))
    placed = label_rows(curves, end=end, height=HEIGHT)
    ys = [(1 - s) * HEIGHT + shift for s, shift in zip(placed["s"], placed[side], strict=True)]
    assert all(0 <= y <= HEIGHT - ABOVE_AXIS for y in ys)


def test_many_names_that_find_no_place_are_left_to_the_legend():
    def ending_together(groups):
        time, codes = np.tile([5.0, 10.0], groups), np.repeat(np.arange(groups), 2)
        return curves_of(summary_of(time, np.tile([1, 0], groups), codes, tuple(f"Group {i}" for i in range(groups))))

    for groups in (MOST_ANYWAY, MOST_ANYWAY + 1):
        curves, end = ending_together(groups)
        assert (label_rows(curves, end=end, height=HEIGHT) is None) == (groups > MOST_ANYWAY)


def test_many_names_stay_where_each_is_close_to_its_curve():
    # Group i of ten patients loses i of them at its start: the ends are 34 pixels apart.
    time = [t for i in range(8) for t in (*[1.0] * i, *[20.0] * (10 - i))]
    event = [e for i in range(8) for e in (*[1] * i, *[0] * (10 - i))]
    codes = np.repeat(np.arange(8), 10)
    curves, end = curves_of(summary_of(time, event, codes, tuple("abcdefgh")))
    placed = label_rows(curves, end=end, height=HEIGHT)
    assert max(map(abs, placed["wide"])) <= CLOSE


def test_names_are_left_out_of_a_narrow_figure_with_many_groups():
    for groups, shown in ((3, True), (4, False)):
        curves, end = curves_of(random_summary(1, groups=groups)[0])
        assert set(label_rows(curves, end=end, height=HEIGHT)["shown"]) == {shown}


def test_slack_only_for_names_that_stick_out_and_do_not_end_at_the_edge():
    at_edge, end = curves_of(summary_of([5, 10], [1, 0]))
    assert slack_at_right(at_edge, end=end, shrinks_by=100) == 0
    before, end = curves_of(summary_of([5, 9.8, 10], [1, 0, 0], [0, 0, 1], ("a long name", "b")))
    share = 1 - 9.8 / end
    width = text_width("a long name", LABEL_SIZE) + GAP
    assert slack_at_right(before, end=end, shrinks_by=100) == pytest.approx(share * (100 + width))
    assert slack_at_right([], end=10.0, shrinks_by=100) == 0


def test_height_at_is_the_step_function():
    curve = curve_of(summary_of([2, 4, 8], [1, 1, 0]).groups[0].estimate, "a", end=8.0)
    heights = curve.height_at(np.array([0, 1.9, 2, 3.9, 4, 8, 8.1]))
    assert heights[:6] == pytest.approx([1, 1, 2 / 3, 2 / 3, 1 / 3, 1 / 3])
    assert np.isnan(heights[6])
