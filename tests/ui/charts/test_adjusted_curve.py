"""Adjusted curves and cut scans as specifications: what is drawn is what was computed."""

from __future__ import annotations

import numpy as np
import pytest

from core.regression.cut_point import best_cut_point
from core.timetoevent import TimeToEvent
from tests.core.regression.test_adjusted_survival import analysed, cohort
from ui.charts.adjusted_curve import adjusted_spec, describe_adjusted, describe_patient, patient_spec
from ui.charts.cut_scan import cut_scan_spec, describe_cut_scan, plain_cut_scan
from ui.charts.export import to_svg
from ui.charts.specification import plain
from ui.charts.theme import DARK


@pytest.fixture(scope="module")
def value():
    data, frame = cohort(21)
    return analysed(data, frame, times=[12], profile={"age": 50})


def rows(spec, name, level=None):
    found = plain(spec)["datasets"][name]
    return [row for row in found if level is None or row["group"] == level]


def test_the_curve_is_the_adjusted_one_and_the_crude_one_lies_beside(value):
    spec = adjusted_spec(value, title="Overall survival")
    for group in value.groups:
        for row in rows(spec, "curve", group.level)[1:]:
            assert row["s"] == pytest.approx(group.adjusted.at([row["t"]]).survival[0])
        for row in rows(spec, "beside", group.level)[1:]:
            assert row["s"] == pytest.approx(group.crude.at([row["t"]]).survival[0])
        assert rows(spec, "curve", group.level)[-1]["t"] == group.adjusted.last_time
    cells = [row["cell"] for row in rows(spec, "risk_cells")]
    assert [cells[0], str(value.groups[0].n)] == [str(value.groups[0].n)] * 2


def test_without_the_crude_curves_and_the_band(value):
    spec = adjusted_spec(value, title="Overall survival", show_band=False, show_crude=False)
    assert {"band", "beside"}.isdisjoint(plain(spec)["datasets"])


def test_the_patient_has_no_risk_table(value):
    spec = patient_spec(value, title="Overall survival", palette=DARK)
    assert rows(spec, "risk_cells") == []
    row = rows(spec, "curve", "B")[-1]
    assert row["s"] == pytest.approx(value.patient.curves["B"].at([row["t"]]).survival[0])


def test_words_for_those_who_hear_it(value):
    assert "A: median " in describe_adjusted(value, title="overall survival")
    assert "B: median " in describe_patient(value, title="overall survival")


@pytest.mark.parametrize("kind", ["whole", "fraction", "wide", "far out"])
def test_the_scan_shows_every_cut_and_every_patient(kind):
    rng = np.random.default_rng(4)
    n = 150
    marker = {
        "whole": rng.integers(30, 80, n).astype(float),
        "fraction": rng.normal(0, 1, n),
        "wide": rng.lognormal(3, 2, n),
        "far out": np.append(rng.normal(0, 1, n - 2), [-300.0, 900.0]),
    }[kind]
    data = TimeToEvent(time=rng.exponential(10, n) + 0.1, event=rng.random(n) < 0.7)
    found = best_cut_point(data, marker, "marker", permutations=100, bootstraps=50)
    spec = cut_scan_spec(found, title="Marker")
    cuts = rows(spec, "cuts")
    assert [row["x"] for row in cuts] == found.cut.tolist()
    assert [row["y"] for row in cuts] == np.abs(found.z).tolist()
    assert rows(spec, "best")[0]["x"] == found.best
    counted = sum(int(row["told"].split()[0]) for row in rows(spec, "bars"))
    assert counted == n if kind != "far out" else n - 8 <= counted <= n - 2
    assert ("log" in str(plain_cut_scan(found, title="Marker")["layer"])) == (kind == "wide")
    assert f"{found.cut.size} cuts of marker" in describe_cut_scan(found, label="marker")
    assert b"best cut" in to_svg(spec, title="Cut-points")


def test_figures_can_be_exported(value):
    assert b"Adjusted" in to_svg(adjusted_spec(value, title="Overall survival", annotation=("Adjusted",)), title="x")
