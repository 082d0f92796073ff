"""The numbers behind a figure are those it draws, in the units of its axes."""

import math
from dataclasses import replace

import pytest

from core.spec import SurvivalFigureSpec
from core.survival.difference_curve import difference_curve
from core.survival.extras import SurvivalExtras
from core.survival.survival_figure import survival_figure
from tests.ui.charts.drawn import random_summary, rows
from ui.charts.difference_curve import difference_spec
from ui.charts.plotted import plotted
from ui.charts.survival_chart_options import SurvivalChartOptions
from ui.charts.survival_curve import survival_spec


@pytest.fixture
def summary():
    return random_summary(2, n=60)[0]


def part(spec, name):
    (found,) = [one for one in plotted(spec) if one.name == name]
    return found.columns


def test_every_step_of_the_curves_with_its_group(summary):
    spec = survival_spec(summary, options=SurvivalChartOptions(title="Overall survival"))
    drawn = part(spec, "Steps of the curves")
    assert list(drawn) == ["Group", "Months", "Overall survival"]
    group = summary.groups[1].estimate
    steps = [(t, share) for level, t, share in zip(*drawn.values(), strict=True) if level == "G2"]
    stepping = group.n_events > 0
    expected = zip(group.time[stepping].tolist(), group.survival[stepping].tolist(), strict=True)
    assert steps[0] == (0, 1)
    assert set(expected) <= set(steps)


def test_what_the_pointer_reads_comes_first(summary):
    first = plotted(survival_spec(summary))[0]
    assert list(first.columns) == ["Months", "G1", "G2"]
    assert first.columns["G1"][0].endswith("at risk")


def test_furniture_is_no_value(summary):
    spec = survival_spec(summary, options=SurvivalChartOptions(show_medians=True, annotation=("P = 0.04",)))
    said = str([dict(one.columns) for one in plotted(spec)])
    assert "P = 0.04" not in said
    assert "At risk (events)" not in said


def test_numbers_are_in_the_unit_of_the_axis(summary):
    estimates = [group.estimate for group in summary.groups]
    drawn = survival_figure(SurvivalFigureSpec(unit="years"), estimates, times=())
    made = difference_curve(*estimates[::-1])
    asked = replace(summary, extras=SurvivalExtras(figure=drawn, difference=made))
    years = part(survival_spec(asked), "Steps of the curves")
    assert list(years)[1] == "Years"
    months = [row["t"] for row in rows(survival_spec(asked), "curve")]
    assert years["Years"] == pytest.approx([month / 12 for month in months])
    found = part(difference_spec(asked, options=SurvivalChartOptions()), "Difference")
    assert found["Percentage points"][:-1] == pytest.approx([100 * d for d in made.estimate])


def test_limits_are_told_as_limits(summary):
    band = part(survival_spec(summary), "Limits")
    assert list(band) == ["Group", "Months", "Lower limit", "Upper limit"]
    assert all(
        math.isfinite(low) and low <= high for low, high in zip(band["Lower limit"], band["Upper limit"], strict=True)
    )


def test_a_sheet_of_words_is_read_out():
    spec = {"datasets": {"words": [{"text": "94 patients"}, {"text": ""}]}, "layer": []}
    assert plotted(spec)[0].columns == {"In words": ["94 patients"]}
