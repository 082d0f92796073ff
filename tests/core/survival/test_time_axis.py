"""Ticks people count in."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import SpecError
from core.survival.time_axis import MOST_WIDE, STEPS, axis_end, shared_axis, sparser, time_axis, time_ticks


@pytest.mark.parametrize(
    ("last", "unit", "expected"),
    [
        (29.6, "months", [0, 6, 12, 18, 24]),
        (44.2, "months", [0, 6, 12, 18, 24, 30, 36, 42]),
        (60.0, "months", [0, 12, 24, 36, 48, 60]),
        (10.0, "months", [0, 2, 4, 6, 8, 10]),
        (1022, "days", [0, 180, 360, 540, 720, 900]),  # lung
        (2659, "days", [0, 365, 730, 1095, 1460, 1825, 2190, 2555]),  # gbsg2
        (400, "days", [0, 60, 120, 180, 240, 300, 360]),
        (7.3, "years", [0, 1, 2, 3, 4, 5, 6, 7]),
        (120, "weeks", [0, 26, 52, 78, 104]),
        (0.0, "months", [0]),
        (float("nan"), "months", [0]),
        (0.003, "months", [0, 0.001, 0.002, 0.003]),
        (9000, "years", [0, 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000]),
    ],
)
def test_ticks(last, unit, expected):
    assert time_ticks(last, unit) == pytest.approx(expected)


@given(st.floats(min_value=0.3, max_value=30_000), st.sampled_from(sorted(STEPS)))
def test_ticks_are_few_even_and_inside(last, unit):
    ticks = time_ticks(last, unit)
    gaps = {round(b - a, 9) for a, b in pairwise(ticks)}
    assert ticks[0] == 0
    assert ticks[-1] <= last * (1 + 1e-9)
    assert len(ticks) <= MOST_WIDE + 1
    assert len(gaps) <= 1
    assert last - ticks[-1] < (max(gaps) if gaps else math.inf)


@pytest.mark.parametrize(
    ("n", "most", "kept"),
    [(6, 6, [0, 1, 2, 3, 4, 5]), (7, 6, [0, 2, 4, 6]), (9, 3, [0, 3, 6]), (1, 2, [0]), (5, 2, [0, 3])],
)
def test_sparser_starts_at_zero_and_keeps_even_gaps(n, most, kept):
    assert sparser(list(range(n)), most=most) == kept


@pytest.mark.parametrize(
    ("last", "ticks", "end"),
    [
        (29.6, [0, 6, 12, 18, 24], 30),  # only just short of a tick
        (28.0, [0, 6, 12, 18, 24], 28.0),
        (24.0, [0, 6, 12, 18, 24], 24.0),
        (0.0, [0], 1.0),
    ],
)
def test_the_axis_ends_with_follow_up_or_at_the_tick_just_beyond(last, ticks, end):
    assert axis_end(last, ticks) == end


class TestTimeAxis:
    def test_months_shown_in_years(self):
        axis = time_axis(62.0, "months", shown="years")
        assert (axis.unit, axis.per) == ("years", 12)
        assert axis.counted == (0, 1, 2, 3, 4, 5)
        assert axis.ticks == (0, 12, 24, 36, 48, 60)
        assert axis.end == pytest.approx(62)

    def test_days_shown_in_months_are_of_the_usual_length(self):
        axis = time_axis(400, "days", shown="months", every=6)
        assert axis.ticks == pytest.approx((0, 6 * 30.4375, 12 * 30.4375))
        assert axis.counted == (0, 6, 12)

    @pytest.mark.parametrize(
        ("last", "unit", "shown"),
        [(121, "months", "years"), (119, "months", "months"), (3700, "days", "years"), (3600, "days", "days")],
    )
    def test_long_follow_up_is_counted_in_years_unless_a_unit_is_asked_for(self, last, unit, shown):
        assert time_axis(last, unit).unit == shown
        assert time_axis(last, unit, shown="weeks").unit == "weeks"

    def test_the_step_and_the_end_are_as_asked(self):
        axis = time_axis(29.6, "months", every=3, until=24)
        assert axis.ticks == tuple(range(0, 25, 3))
        assert axis.end == 24

    def test_an_end_between_ticks_stays_where_it_was_asked_for(self):
        axis = time_axis(29.6, "months", every=12, until=29)
        assert (axis.ticks, axis.end) == ((0, 12, 24), 29)

    def test_an_end_may_lie_beyond_follow_up(self):
        assert time_axis(29.6, "months", until=36).ticks[-1] == 36

    def test_unasked_it_ends_as_the_ticks_do(self):
        assert time_axis(29.6, "months").ticks[-1] == time_axis(29.6, "months").end == 30

    def test_too_many_ticks_are_refused_in_words(self):
        with pytest.raises(SpecError, match="A tick every 1 days makes 1,023 of them"):
            time_axis(1022, "days", every=1)

    def test_panels_share_the_longest_follow_up_whatever_its_unit(self):
        axis = shared_axis([(20.0, "months"), (1000.0, "days"), (2.0, "years")])
        assert (axis.unit, axis.end) == ("months", pytest.approx(1000 / 30.4375))
        assert shared_axis([(20.0, "months"), (2.0, "years")], every=6).ticks == (0, 6, 12, 18, 24)

    def test_nobody_has_an_axis_of_one_tick(self):
        assert time_axis(0.0, "months", every=3).ticks == (0,)
