"""The survival figure as its specification asks: time axis, numbers under it, lines to values."""

import json
from dataclasses import replace
from itertools import pairwise

import pytest

from core.spec import SurvivalFigureSpec
from core.survival.extras import SurvivalExtras
from core.survival.survival_figure import survival_figure
from tests.ui.charts.drawn import accepted, layer, random_summary, rows, summary_of
from ui.charts.survival_curve import SurvivalChartOptions, survival_spec


def asked(summary, times=(), **figure):
    """The summary with a figure asked for."""
    estimates = [group.estimate for group in summary.groups]
    drawn = survival_figure(SurvivalFigureSpec(**figure), estimates, times=times)
    return replace(summary, extras=SurvivalExtras(figure=drawn))


@pytest.fixture
def two():
    """Follow-up to 40 months."""
    return summary_of([10, 20, 30, 40, 5, 15, 25, 35], [1, 1, 0, 1, 0, 1, 1, 0], [0] * 4 + [1] * 4, ("A", "B"))


def ticks(spec):
    return json.loads(layer(spec, "curve")["encoding"]["x"]["axis"]["values"]["expr"].split(" : ")[1])


def test_months_in_years(two):
    spec = accepted(survival_spec(asked(two, unit="years", every=1)))
    x = layer(spec, "curve")["encoding"]["x"]
    assert ticks(spec) == [0, 12, 24, 36]
    assert x["axis"]["labelExpr"] == "format(datum.value / 12.0, ',.6~g')"
    assert x["axis"]["title"] == "Years"
    cells = [row["cell"] for row in rows(spec, "risk_cells")]
    assert cells == ["4 (0)", "3 (1)", "2 (2)", "1 (2)", "4 (0)", "3 (0)", "2 (1)", "0 (2)"]


def test_the_pointer_counts_in_the_unit_of_the_axis(two):
    spec = survival_spec(asked(two, unit="years"))
    (row,) = [row for row in rows(spec, "hover") if row["t"] == pytest.approx(12)]
    assert row["when"] == "1"
    assert layer(spec, "hover", "point")["encoding"]["tooltip"][0]["title"] == "Years"


def test_the_axis_ends_where_it_is_told_and_so_do_the_curves(two):
    spec = survival_spec(asked(two, until=24))
    assert layer(spec, "curve")["encoding"]["x"]["scale"]["domain"] == [0, 24]
    assert max(row["t"] for row in rows(spec, "curve")) == 24
    assert max(row["t"] for row in rows(spec, "censored")) <= 24


@pytest.mark.parametrize(
    ("style", "names"),
    [
        ("at-risk", ["At risk", "A", "B"]),
        ("at-risk-events", ["At risk (events)", "A", "B"]),
        ("kmunicate", ["A", "At risk", "Censored", "Events", "B", "At risk", "Censored", "Events"]),
        ("none", []),
    ],
)
def test_the_specification_decides_what_stands_under_the_curves(two, style, names):
    spec = survival_spec(asked(two, risk_table=style), options=SurvivalChartOptions(risk_table="at-risk"))
    assert [row["name"] for row in rows(spec, "risk_names")] == names


def test_kmunicate_shows_the_counts_of_the_result(two):
    summary = asked(two, risk_table="kmunicate", every=10)
    found = summary.extras.figure.risk_table
    cells = [row["cell"] for row in rows(survival_spec(summary), "risk_cells")]
    expected = [
        str(n)
        for group in range(2)
        for counts in (found.n_at_risk, found.n_censored, found.n_events)
        for n in counts[group].tolist()
    ]
    assert cells == expected
    assert found.n_censored.tolist() == [[0, 0, 0, 1, 1], [0, 1, 1, 1, 2]]


def test_numbers_that_would_run_into_each_other_are_thinned_with_their_ticks():
    spec = survival_spec(asked(random_summary(4, n=90_000)[0], every=1))
    drawn = ticks(spec)
    assert len(drawn) < 15
    assert len({drawn[i + 1] - drawn[i] for i in range(len(drawn) - 1)}) == 1


def test_lines_at_landmarks_carry_the_value_of_each_curve(two):
    spec = accepted(survival_spec(asked(two, times=(12, 24, 400), landmarks=True)))
    assert [row["t"] for row in rows(spec, "landmarks")] == [12, 24]
    values = [(row["t"], row["group"], row["value"]) for row in rows(spec, "landmark_values")]
    assert values == [(12, "B", "100 %"), (12, "A", "75 %"), (24, "B", "67 %"), (24, "A", "50 %")]


def test_values_do_not_cover_each_other():
    summary = asked(random_summary(7, groups=4)[0], times=(6, 12), landmarks=True)
    found = rows(survival_spec(summary), "landmark_values")
    for time in (6, 12):
        places = sorted((1 - row["s"]) * 340 + row["dy"] for row in found if row["t"] == time)
        assert all(b - a >= 14 - 1e-9 for a, b in pairwise(places))


def test_a_curve_that_has_ended_has_no_value():
    summary = summary_of([10, 40, 5, 8], [1, 0, 1, 0], [0, 0, 1, 1], ("A", "B"))
    values = rows(survival_spec(asked(summary, times=(20,), landmarks=True)), "landmark_values")
    assert [row["group"] for row in values] == ["A"]


def test_medians_are_drawn_where_the_specification_asks(two):
    assert rows(survival_spec(asked(two, medians=True)), "medians")
    assert "medians" not in survival_spec(asked(two))["datasets"]
    rising = survival_spec(asked(two, medians=True, landmarks=True), options=SurvivalChartOptions(curve="events"))
    assert rows(rising, "medians")


def test_a_group_keeps_its_colour_where_the_others_are_missing():
    alone = summary_of([5, 8], [1, 0], [0, 0], ("B",))
    spec = survival_spec(alone, options=SurvivalChartOptions(groups=("A", "B")))
    both = survival_spec(summary_of([5, 8], [1, 0], [0, 1], ("A", "B")))
    for channel in ("color", "strokeDash"):
        own, other = (layer(one, "curve")["encoding"][channel]["scale"] for one in (spec, both))
        assert own["domain"] == ["B"]
        assert own["range"] == other["range"][1:]
