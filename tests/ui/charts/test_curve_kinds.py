"""The kinds of survival figure beyond falling and rising: heights, axes, pale ends, what the pointer reads."""

import dataclasses
import itertools
import math

import numpy as np
import pytest

from core.survival.chosen_times import few_at_risk_from
from core.survival.cumulative_hazard import cumulative_hazard
from core.survival.extras import SurvivalExtras
from core.survival.log_log import log_log_curve
from core.survival.smoothed_hazard import smoothed_hazard
from tests.core.survival.naive import counts
from tests.ui.charts.drawn import accepted, layer, random_summary, rows, summary_of
from ui.charts.curve_kinds import apart, log_ticks, value_axis
from ui.charts.describe_survival import describe_survival
from ui.charts.survival_chart_options import SurvivalChartOptions
from ui.charts.survival_curve import survival_spec
from ui.charts.survival_rows import Curve, parted

KINDS = ("cumulative_hazard", "hazard", "log_log")


def asked(summary):
    """The summary with every kind of curve."""
    estimates = [group.estimate for group in summary.groups]
    extras = SurvivalExtras(
        cumulative_hazard=tuple(map(cumulative_hazard, estimates)),
        hazard=tuple(map(smoothed_hazard, estimates)),
        log_log=tuple(map(log_log_curve, estimates)),
    )
    return dataclasses.replace(summary, extras=extras)


def drawn(summary, kind, **options):
    return accepted(survival_spec(summary, options=SurvivalChartOptions(curve=kind, **options)))


def corners(spec, group, dataset="curve"):
    return [(row["t"], row["s"]) for row in rows(spec, dataset) if row["group"] == group]


@pytest.fixture
def two():
    return asked(random_summary(1)[0])


class TestHeights:
    def test_cumulative_hazard_by_hand(self):
        spec = drawn(asked(summary_of([1, 2, 4, 5], [1, 0, 1, 0])), "cumulative_hazard")
        assert corners(spec, "All patients") == [(0, 0), (1, 0.25), (4, 0.75), (5, 0.75)]

    def test_log_log_by_hand(self):
        spec = drawn(asked(summary_of([1, 2, 4, 5], [1, 0, 1, 0])), "log_log")
        first, second = math.log(-math.log(0.75)), math.log(-math.log(0.375))
        np.testing.assert_allclose(corners(spec, "All patients"), [(1, first), (4, second), (5, second)], rtol=1e-12)

    def test_log_log_ends_where_survival_reaches_zero(self):
        spec = drawn(asked(summary_of([1, 2, 3], [1, 1, 1])), "log_log")
        assert corners(spec, "All patients")[-1][0] == 2

    def test_hazard_is_a_line_through_the_smoothed_values(self, two):
        spec = drawn(two, "hazard")
        made = two.extras.hazard[0]
        assert corners(spec, "G1") == list(zip(made.time.tolist(), made.hazard.tolist(), strict=True))
        assert layer(spec, "curve")["mark"]["interpolate"] == "linear"
        assert not rows(spec, "censored")

    @pytest.mark.parametrize("kind", KINDS)
    def test_bands_stay_on_the_axis(self, two, kind):
        spec = drawn(two, kind)
        low, high = layer(spec, "curve")["encoding"]["y"]["scale"]["domain"]
        band = rows(spec, "band")
        assert band
        assert all(low <= row["low"] <= row["high"] <= high for row in band)
        assert all(low <= row["s"] <= high for row in rows(spec, "curve"))

    @pytest.mark.parametrize("kind", ["cumulative_hazard", "log_log"])
    def test_censored_patients_stand_on_their_curve(self, two, kind):
        spec = drawn(two, kind)
        ticks = corners(spec, "G2", "censored")
        assert ticks
        times, heights = (np.array(column) for column in zip(*corners(spec, "G2"), strict=True))
        for time, height in ticks:
            if time >= times[0]:
                assert height == pytest.approx(heights[np.searchsorted(times, time, side="right") - 1], abs=1e-9)

    @pytest.mark.parametrize("kind", KINDS)
    def test_what_was_not_asked_for_is_not_drawn(self, kind):
        with pytest.raises(ValueError, match=kind):
            drawn(random_summary(1)[0], kind)


class TestAxes:
    def test_log_log_has_a_logarithmic_time_axis_that_starts_before_the_first_event(self, two):
        scale = layer(drawn(two, "log_log"), "curve")["encoding"]["x"]["scale"]
        first = min(curve.time[0] for curve in two.extras.log_log)
        assert scale["type"] == "log"
        assert 0 < scale["domain"][0] <= first

    def test_the_hazard_axis_ends_with_the_longer_hazard(self, two):
        end = layer(drawn(two, "hazard"), "curve")["encoding"]["x"]["scale"]["domain"][1]
        longest = max(curve.time[-1] for curve in two.extras.hazard)
        assert longest <= end <= 1.1 * longest

    def test_round_ticks_hold_the_curve_and_not_all_of_a_wide_band(self):
        curve = Curve(
            level="a", time=np.array([0.0, 1, 2]), survival=np.array([0, 0.5, 1.1]), conf_low=np.zeros(3),
            conf_high=np.array([0, 1, 40.0]),
        )  # fmt: skip
        axis = value_axis([curve], "cumulative_hazard")
        assert (axis.low, axis.ticks[0]) == (0, 0)
        assert 1.65 <= axis.high <= 2.5

    def test_ticks_of_months_are_those_people_use(self):
        assert log_ticks(1.5, 45, "months") == [1, 2, 3, 6, 12, 24]
        assert log_ticks(7, 1022, "days") == [5, 10, 20, 50, 100, 200, 500, 1000]

    def test_ticks_on_a_narrow_axis_stand_apart(self):
        kept = apart([1, 2, 3, 6, 12, 24], start=1, end=45, most=4)
        assert kept[0] == 1
        assert all(b / a > 45 ** (0.8 / 3) * 0.999 for a, b in itertools.pairwise(kept))


class TestPaleEnds:
    @pytest.mark.parametrize("seed", range(4))
    def test_from_the_last_time_with_enough_at_risk(self, seed):
        summary, time, event, codes = random_summary(seed)
        for position, group in enumerate(summary.groups):
            mine = summary_of(time[codes == position], event[codes == position])
            from_loops = max(t for t in time[codes == position] if (time[codes == position] >= t).sum() >= 10)
            assert few_at_risk_from(group.estimate, 10) == from_loops
            assert few_at_risk_from(mine.groups[0].estimate, 10) == from_loops

    def test_entered_late_counts_as_at_risk(self):
        from core.survival.event_table import event_table
        from core.survival.kaplan_meier import kaplan_meier
        from tests.core.survival.cohorts import random_cohort

        data, _ = random_cohort(3, entry=True, groups=1)
        (estimate,) = kaplan_meier(event_table(data))
        expected = max(t for t in set(data.time.tolist()) if counts(data, t)[0] >= 10)
        assert few_at_risk_from(estimate, 10) == expected

    def test_nobody_enough_is_all_pale(self):
        summary = summary_of([1, 2, 3], [1, 1, 0])
        assert few_at_risk_from(summary.groups[0].estimate, 10) == 0
        spec = drawn(summary, "survival", fade="patients")
        assert corners(spec, "All patients") == [(0, 1)] * 2
        assert corners(spec, "All patients", "faded")[-1] == (3, pytest.approx(1 / 3))

    @pytest.mark.parametrize("linear", [False, True])
    def test_parts_join_where_the_curve_is(self, linear):
        curve = Curve(
            level="a", time=np.array([0.0, 2, 4]), survival=np.array([1, 0.5, 0.25]),
            conf_low=np.array([1, 0.4, 0.2]), conf_high=np.array([1, 0.6, 0.3]), linear=linear,
        )  # fmt: skip
        first, rest = parted(curve, 3)
        height = 0.375 if linear else 0.5
        assert (first.time.tolist(), first.survival.tolist()) == ([0, 2, 3], [1, 0.5, height])
        assert (rest.time.tolist(), rest.survival.tolist()) == ([3, 4], [height, 0.25])
        assert parted(curve, 4)[1].time.size == 0
        assert parted(curve, -1)[0].time.size == 0

    def test_nothing_is_lost(self, two):
        whole, parts = drawn(two, "survival"), drawn(two, "survival", fade="percent")
        for group in ("G1", "G2"):
            joined = [*corners(parts, group), *corners(parts, group, "faded")]
            assert set(corners(whole, group)) <= set(joined)

    def test_pale_lines_are_thinner(self, two):
        spec = drawn(two, "survival", fade="patients")
        assert layer(spec, "faded")["mark"]["strokeWidth"] < layer(spec, "curve")["mark"]["strokeWidth"]


class TestPointer:
    def test_reads_the_curve_its_limits_and_who_is_at_risk(self, two):
        told = rows(drawn(two, "cumulative_hazard"), "hover")
        made, estimate = two.extras.cumulative_hazard[0], two.groups[0].estimate
        row = next(row for row in told if row["t"] > 5)
        i = int(np.searchsorted(made.time, row["t"], side="right")) - 1
        at_risk = int((estimate.time >= row["t"]).sum() and estimate.at([row["t"]]).n_at_risk[0])
        assert row["g0"] == f"{made.value[i]:.2f} ({made.conf_low[i]:.2f}–{made.conf_high[i]:.2f}), {at_risk} at risk"

    def test_hazards_are_per_unit(self, two):
        told = rows(drawn(two, "hazard"), "hover")
        assert any("per month" in row["g0"] for row in told)

    def test_times_before_a_logarithmic_axis_are_left_out(self, two):
        spec = drawn(two, "log_log")
        start = layer(spec, "curve")["encoding"]["x"]["scale"]["domain"][0]
        assert min(row["t"] for row in rows(spec, "hover")) >= start


class TestEdges:
    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize(
        ("time", "event"),
        [([5], [0]), ([5], [1]), ([1, 2, 3], [0, 0, 0]), ([3, 3, 3], [1, 1, 1]), ([0, 1, 2], [1, 1, 0])],
    )
    def test_small_and_eventless(self, time, event, kind):
        drawn(asked(summary_of(time, event)), kind, fade="patients")

    @pytest.mark.parametrize("kind", KINDS)
    def test_one_group_without_events_beside_another(self, kind):
        spec = drawn(asked(summary_of([1, 2, 3, 4, 5, 6], [1, 1, 0, 0, 0, 0], [0, 0, 0, 1, 1, 1], ("a", "b"))), kind)
        assert rows(spec, "risk_cells")

    @pytest.mark.parametrize("kind", KINDS)
    def test_many_steps_are_thinned(self, kind):
        time = np.linspace(0.01, 10, 5000)
        spec = drawn(asked(summary_of(time, np.ones(5000))), kind)
        assert len(rows(spec, "curve")) <= 1003


class TestWords:
    def test_each_kind_tells_its_own_course(self):
        summary = asked(summary_of([1, 2, 4, 5], [1, 0, 1, 0]))
        counted = "All patients: 4 patients, 2 events"
        assert describe_survival(summary, curve="events") == (
            "Rising Kaplan-Meier chart, 1 minus survival: the share with the event, with numbers at risk. "
            f"{counted}, median 4.0 months (1.0 to NR), 63 % at 5.0 months."
        )
        assert describe_survival(summary, curve="cumulative_hazard") == (
            "Cumulative hazard (Nelson-Aalen) of survival, with numbers at risk. "
            f"{counted}, cumulative hazard 0.75 at 5.0 months."
        )
        assert describe_survival(summary, curve="log_log") == (
            "Log of the cumulative hazard of survival against log time, with numbers at risk. "
            f"{counted}, from −1.25 at 1.0 months to −0.02 at 4.0 months."
        )
        assert "highest" in describe_survival(summary, curve="hazard")

    def test_hazard_without_events(self):
        assert "no hazard to smooth" in describe_survival(asked(summary_of([1, 2], [0, 0])), curve="hazard")
        assert "no curve" in describe_survival(asked(summary_of([1, 2], [0, 0])), curve="log_log")
