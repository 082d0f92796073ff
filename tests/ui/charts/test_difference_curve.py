"""The difference under the curves: what is drawn is the result, under the same time axis."""

from dataclasses import replace

import numpy as np
import pytest

from core.spec import SurvivalFigureSpec
from core.survival.difference_curve import difference_curve
from core.survival.extras import SurvivalExtras
from core.survival.simultaneous_band import BandOptions
from core.survival.survival_figure import survival_figure
from tests.ui.charts.drawn import accepted, layer, random_summary, rows, summary_of
from ui.charts.difference_curve import describe_difference, difference_spec
from ui.charts.survival_chart_options import SurvivalChartOptions
from ui.charts.survival_curve import survival_spec
from ui.charts.theme import LIGHT


def with_difference(summary, **figure):
    reference, other = (group.estimate for group in summary.groups[:2])
    drawn = survival_figure(SurvivalFigureSpec(**figure), [reference, other], times=())
    return replace(summary, extras=SurvivalExtras(difference=difference_curve(other, reference), figure=drawn))


@pytest.fixture
def many():
    return with_difference(random_summary(3)[0], unit="years", every=1)


def test_the_corners_are_the_difference(many):
    made = many.extras.difference
    spec = accepted(difference_spec(many, options=SurvivalChartOptions()))
    drawn = rows(spec, "difference")
    assert [row["t"] for row in drawn] == [*made.time, made.until]
    assert [row["d"] for row in drawn] == [*made.estimate, made.estimate[-1]]
    band = rows(spec, "difference_band")
    top = layer(spec, "difference")["encoding"]["y"]["scale"]["domain"]
    assert [row["low"] for row in band] == pytest.approx(
        np.clip([low for low in [*made.conf_low, made.conf_low[-1]] if np.isfinite(low)], *top).tolist()
    )


def test_its_time_axis_is_that_of_the_curves(many):
    options = SurvivalChartOptions()
    ours, curves = difference_spec(many, options=options), survival_spec(many, options=options)
    assert layer(ours, "difference")["encoding"]["x"] == layer(curves, "curve")["encoding"]["x"]
    assert ours["padding"] == curves["padding"]
    assert rows(ours, "risk_names") == rows(curves, "risk_names")


def test_it_is_pale_where_few_are_at_risk(many):
    made = many.extras.difference
    spec = difference_spec(many, options=SurvivalChartOptions(fade="patients"))
    whole, pale = rows(spec, "difference"), rows(spec, "difference_faded")
    assert whole[-1]["t"] == pale[0]["t"] == made.few_from
    assert pale[-1]["t"] == made.until


def test_it_has_the_colour_of_the_group_and_says_which_side_speaks_for_whom(many):
    spec = difference_spec(many, options=SurvivalChartOptions(title="Overall survival"))
    assert layer(spec, "difference")["mark"]["stroke"] == LIGHT.groups[1]
    assert [row["text"] for row in rows(spec, "directions")] == [
        "\u25b2 Overall survival better for G2", "\u25bc better for G1",
    ]  # fmt: skip


def test_zero_is_always_on_the_axis():
    apart = summary_of([1, 2, 3, 4, *range(20, 40)], [1] * 24, [0] * 4 + [1] * 20, ("A", "B"))
    spec = difference_spec(with_difference(apart), options=SurvivalChartOptions())
    low, high = layer(spec, "difference")["encoding"]["y"]["scale"]["domain"]
    assert low <= 0 <= high <= 1


def test_it_is_told_in_words(many):
    made = many.extras.difference
    told = describe_difference(made, title="overall survival")
    assert told.startswith("Difference of overall survival over time, G2 minus G1")
    assert f"{100 * np.abs(made.estimate).max():.1f}" in told


def test_nothing_is_drawn_unasked():
    with pytest.raises(ValueError, match="no difference"):
        difference_spec(random_summary(3)[0], options=SurvivalChartOptions())


def test_limits_for_all_times_together_are_a_second_paler_band(many):
    assert rows(difference_spec(many, options=SurvivalChartOptions()), "difference_together") == []
    reference, other = (group.estimate for group in many.groups[:2])
    made = difference_curve(other, reference, band=BandOptions(draws=200))
    spec = accepted(
        difference_spec(replace(many, extras=replace(many.extras, difference=made)), options=SurvivalChartOptions())
    )
    drawn = rows(spec, "difference_together")
    low, high = layer(spec, "difference")["encoding"]["y"]["scale"]["domain"]
    assert (drawn[0]["t"], drawn[-1]["t"]) == (made.band.start, made.band.until)
    inside = made.band.conf_high[np.isfinite(made.band.conf_high)]
    assert [row["high"] for row in drawn[:-1]] == pytest.approx(np.clip(inside, low, high).tolist())
    assert "for all times together" in describe_difference(made, title="OS")
