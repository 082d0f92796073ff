"""Curves of one event, and all events stacked: the drawn numbers are the estimated ones."""

from __future__ import annotations

import numpy as np
import pytest

from core.survival.competing_risks import CompetingRisks
from core.survival.incidence_summary import summarise_incidence
from core.timetoevent import TimeToEvent
from tests.ui.charts.drawn import accepted, layer, rows
from ui.charts.describe import describe_incidence, describe_stacked
from ui.charts.export import print_spec, to_svg
from ui.charts.incidence_curve import IncidenceChartOptions, incidence_spec
from ui.charts.stacked_incidence import StackedWords, stacked_figure, stacked_specs
from ui.charts.theme import DARK, LIGHT

EVENTS = ("recurrence", "transplant", "death")
WORDS = StackedWords(events=("Recurrence", "Transplant", "Death"))


def summary_of(seed=1, *, n=150, groups=2, shares=(0.35, 0.25, 0.05, 0.35)):
    rng = np.random.default_rng(seed)
    time = np.round(rng.weibull(1.2, n) * 20, 1) + 0.1
    cause = rng.choice(4, n, p=shares)
    levels = tuple(f"G{i + 1}" for i in range(groups)) if groups > 1 else ("all",)
    risks = CompetingRisks(data=TimeToEvent(time=time, event=cause > 0), cause=cause, causes=EVENTS)
    return summarise_incidence(risks, rng.integers(0, groups, n), levels, times=[12])


def curve(summary, **options):
    chosen = {"event": "recurrence", "title": "Recurrence"} | options
    return accepted(incidence_spec(summary, options=IncidenceChartOptions(**chosen)))


class TestCurve:
    @pytest.mark.parametrize("event", EVENTS)
    def test_every_step_is_the_estimate(self, event):
        summary = summary_of()
        drawn = rows(curve(summary, event=event), "curve")
        for group in summary.groups:
            estimate = group.cause(event).estimate
            corners = [row for row in drawn if row["group"] == group.level]
            assert (corners[0]["t"], corners[0]["s"]) == (0, 0)
            known = {round(time, 6): value for time, value in zip(estimate.time, estimate.incidence, strict=True)}
            for corner in corners[1:]:
                assert corner["s"] == pytest.approx(known[round(corner["t"], 6)], abs=1e-12)
            assert corners[-1]["s"] == pytest.approx(estimate.incidence[-1], abs=1e-12)

    def test_the_band_is_the_interval(self):
        summary = summary_of()
        estimate = summary.groups[0].cause("recurrence").estimate
        band = [row for row in rows(curve(summary), "band") if row["group"] == "G1"]
        known = estimate.time[estimate.n_events > 0]
        first = next(row for row in band if row["t"] == known[0])
        at = estimate.at([known[0]])
        assert first["low"] == pytest.approx(at.conf_low[0], abs=1e-12)
        assert first["high"] == pytest.approx(at.conf_high[0], abs=1e-12)

    def test_the_risk_table_counts_the_event_free_and_this_event(self):
        summary = summary_of()
        cells = [row for row in rows(curve(summary), "risk_cells") if row["wide"] == 83]
        estimate = summary.groups[0].cause("recurrence").estimate
        at = estimate.at([row["t"] for row in cells])
        assert [row["cell"] for row in cells] == [
            f"{n} ({d})" for n, d in zip(at.n_at_risk, at.cumulative_events, strict=True)
        ]

    def test_the_naive_curve_only_on_request_and_above(self):
        summary = summary_of()
        assert "beside" not in curve(summary)["datasets"]
        spec = curve(summary, show_naive=True)
        assert layer(spec, "beside")["mark"]["strokeDash"] == [1, 3]
        ends = {row["group"]: row["s"] for row in rows(spec, "beside")}
        for group in summary.groups:
            assert ends[group.level] == pytest.approx(group.cause("recurrence").naive.incidence[-1], abs=1e-12)
            assert ends[group.level] > group.cause("recurrence").estimate.incidence[-1]

    def test_the_axis_starts_at_0_and_ends_above_everything(self):
        rare = summary_of(shares=(0.8, 0.1, 0.05, 0.05))
        spec = curve(rare, event="transplant", show_band=False)
        (bottom, top) = layer(spec, "curve")["encoding"]["y"]["scale"]["domain"]
        assert bottom == 0
        assert max(row["s"] for row in rows(spec, "curve")) <= top < 1
        assert layer(spec, "curve")["encoding"]["y"]["axis"]["values"][-1] == top
        whole = curve(rare, event="transplant", whole_axis=True)
        assert layer(whole, "curve")["encoding"]["y"]["scale"]["domain"] == [0, 1]

    def test_one_group_is_called_all_patients_everywhere(self):
        spec = curve(summary_of(groups=1), show_naive=True)
        for dataset in ("curve", "beside", "band"):
            assert {row["group"] for row in rows(spec, dataset)} == {"All patients"}

    def test_in_words(self):
        told = describe_incidence(summary_of(), event="recurrence", title="recurrence")
        assert told.startswith("Cumulative incidence of recurrence by group (G1 and G2), the other events competing")
        assert "events," in told


class TestStacked:
    def test_the_areas_add_up_to_one_and_are_the_estimates(self):
        summary = summary_of()
        for spec, group in zip(stacked_specs(summary, WORDS), summary.groups, strict=True):
            areas = rows(accepted(spec), "areas")
            times = sorted({row["t"] for row in areas})
            for time in times[:-1]:
                parts = {row["state"]: row["high"] - row["low"] for row in areas if row["t"] == time}
                assert sum(parts.values()) == pytest.approx(1, abs=1e-12)
                for name, cause in zip(WORDS.events, group.causes, strict=True):
                    assert parts[name] == pytest.approx(cause.estimate.at([time]).incidence[0], abs=1e-12)
                assert parts["Event-free"] == pytest.approx(group.event_free.at([time]).survival[0], abs=1e-12)
            assert times[-1] == group.event_free.last_time

    def test_pale_where_fewer_than_ten_are_at_risk(self):
        summary = summary_of()
        group = summary.groups[0]
        (pale,) = rows(stacked_specs(summary, WORDS)[0], "pale")
        assert pale["t2"] == group.event_free.last_time
        assert group.event_free.at([pale["t"]]).n_at_risk[0] >= 10
        assert group.event_free.at([pale["t"] + 0.01]).n_at_risk[0] < 10

    def test_names_stand_inside_their_areas(self):
        summary = summary_of()
        spec = stacked_specs(summary, WORDS)[0]
        areas = rows(spec, "areas")
        names = rows(spec, "names")
        assert {"Recurrence", "Event-free"} <= {name["text"] for name in names}
        for name in names:
            at = [row for row in areas if row["state"] == name["text"] and row["t"] <= name["t"]][-1]
            assert at["low"] < name["s"] < at["high"]

    def test_the_tooltip_tells_every_state_at_once(self):
        spec = stacked_specs(summary_of(), WORDS)[0]
        target = next(part for part in spec["layer"] if part.get("name") == "target")
        titles = [row["title"] for row in target["encoding"]["tooltip"]]
        assert titles == ["Months", "Event-free", "Death", "Transplant", "Recurrence"]
        first = rows(spec, "hover")[0]
        assert first["s3"] == "100.0 %"

    def test_colours_of_events_are_not_those_of_the_first_groups(self):
        for palette in (LIGHT, DARK):
            (spec, _) = stacked_specs(summary_of(), WORDS, palette=palette)
            edges = layer(spec, "borders")["encoding"]["stroke"]["scale"]["range"]
            assert not set(edges) & set(palette.groups[:4])

    def test_an_event_that_nobody_had_has_no_border(self):
        for spec in stacked_specs(summary_of(shares=(0.4, 0.3, 0.0, 0.3)), WORDS):
            assert {row["state"] for row in rows(spec, "borders")} == {"Recurrence", "Death"}

    @pytest.mark.parametrize("groups", [1, 2, 3])
    def test_on_paper_all_panels_are_one_figure(self, groups):
        figure = stacked_figure(summary_of(groups=groups), WORDS, width=760)
        assert len(figure["concat"]) == groups
        svg = to_svg(figure, title="All events", caption=["Method"]).decode()
        for text in ("Recurrence", "Event-free", "All events", "Method"):
            assert text in svg
        assert print_spec(figure)["background"] == "#ffffff"

    def test_in_words(self):
        group = summary_of().groups[0]
        told = describe_stacked(group, states=[*WORDS.events, WORDS.event_free], unit="months")
        assert told.startswith(f"All events stacked to 100 %, G1, {group.event_free.n} patients. At ")
        assert "Event-free" in told
