"""A million patients: the figure stays small, and every step it keeps is a step of the estimate."""

import json
from dataclasses import replace

import numpy as np
import pytest

from core.spec import SurvivalFigureSpec
from core.survival.difference_curve import difference_curve
from core.survival.extras import SurvivalExtras
from core.survival.summary import SurvivalSummary, summarise
from core.survival.survival_figure import survival_figure
from core.timetoevent import TimeToEvent
from tests.ui.charts.drawn import rows
from ui.charts.difference_curve import difference_spec
from ui.charts.specification import plain
from ui.charts.survival_chart_options import SurvivalChartOptions
from ui.charts.survival_curve import survival_spec

PATIENTS, MOST_BYTES = 1_000_000, 1_000_000


@pytest.fixture(scope="module")
def million() -> SurvivalSummary:
    """Two groups, every time another one, with numbers under the curves, landmarks and the difference."""
    rng = np.random.default_rng(20)
    codes = (np.arange(PATIENTS) % 2).astype(np.int64)
    time = rng.standard_exponential(PATIENTS) * (14 + 8 * codes) + 1e-6
    event, time = time < 60, np.minimum(time, 60 + 1e-6 * rng.random(PATIENTS))
    event &= rng.random(PATIENTS) < 0.8
    data = TimeToEvent(time=time, event=event, unit="months")
    return summarise(data, codes, ("A", "B"), times=(12, 24))


@pytest.fixture(scope="module")
def asked(million) -> SurvivalSummary:
    estimates = [group.estimate for group in million.groups]
    drawn = SurvivalFigureSpec(risk_table="kmunicate", landmarks=True, medians=True)
    figure = survival_figure(drawn, estimates, times=(12, 24))
    extras = SurvivalExtras(figure=figure, difference=difference_curve(estimates[1], estimates[0]))
    return replace(million, extras=extras)


@pytest.fixture(scope="module")
def spec(asked):
    return survival_spec(asked, options=SurvivalChartOptions(fade="patients"))


def size(spec) -> int:
    """Bytes as pure JSON: what is sent as Arrow is smaller."""
    return len(json.dumps({**plain(spec)}))


def test_both_figures_stay_small(asked, spec):
    assert size(spec) < MOST_BYTES
    assert size(difference_spec(asked, options=SurvivalChartOptions())) < MOST_BYTES


def test_every_corner_is_a_step_of_the_estimate(asked, spec):
    for group in asked.groups:
        estimate = group.estimate
        drawn = [(row["t"], row["s"]) for row in rows(spec, "curve") if row["group"] == group.level]
        assert len(drawn) > 500
        assert drawn[0] == (0, 1)
        time, share = (np.array(column) for column in zip(*drawn[1:-1], strict=True))
        at = np.searchsorted(estimate.time, time)
        assert (estimate.time[at] == time).all()
        assert (estimate.survival[at] == share).all()
        assert (estimate.n_events[at] > 0).all()


def test_between_two_corners_the_curve_is_never_far(asked, spec):
    estimate = asked.groups[0].estimate
    drawn = [(row["t"], row["s"]) for row in rows(spec, "curve") if row["group"] == "A"]
    time, share = (np.array(column) for column in zip(*drawn, strict=True))
    shown = share[np.searchsorted(time, estimate.time, side="right") - 1]
    assert np.abs(shown - estimate.survival).max() < 1 / 340  # less than a pixel


def test_limits_are_those_of_their_steps(asked, spec):
    estimate = asked.groups[1].estimate
    band = [row for row in rows(spec, "band") if row["group"] == "B"]
    inner = [row for row in band if 0 < row["t"] < band[-1]["t"]]
    at = np.searchsorted(estimate.time, [row["t"] for row in inner])
    assert [row["low"] for row in inner] == estimate.conf_low[at].tolist()
    assert [row["high"] for row in inner] == estimate.conf_high[at].tolist()


def test_the_numbers_under_the_curves_are_counted(asked, spec):
    found = asked.extras.figure.risk_table
    cells = [row["cell"] for row in rows(spec, "risk_cells") if row["t"] == 0]
    assert cells == ["500,000", "0", "0"] * 2
    group = asked.groups[0].estimate
    assert found.n_events[0][-1] == group.n_events[group.time <= found.time[-1]].sum()


def test_every_corner_of_the_difference_is_exact(asked):
    made = asked.extras.difference
    drawn = rows(difference_spec(asked, options=SurvivalChartOptions()), "difference")
    at = np.searchsorted(made.time, [row["t"] for row in drawn[:-1]])
    assert [row["d"] for row in drawn[:-1]] == made.estimate[at].tolist()
