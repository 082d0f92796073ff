"""The survival chart: what it draws is the estimate, and its rows stand under the ticks they belong to."""

import json
import math
import re
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from core.reporting.format import percent_estimate
from tests.ui.charts.drawn import accepted, layer, param, random_summary, rows, summary_of
from ui.charts import survival_rows
from ui.charts.survival_curve import SurvivalChartOptions, survival_chart, survival_spec
from ui.charts.theme import DARK, LIGHT, widest

# Six subjects, worked by hand: 5/6 at 1, (5/6)(2/4) at 6, 0 at 9; censored at 1 and 8.
TIME, EVENT = [1, 1, 6, 6, 8, 9], [1, 0, 1, 1, 0, 1]


@pytest.fixture
def six():
    return summary_of(TIME, EVENT)


@pytest.fixture
def two():
    return summary_of([*TIME, 2, 4, 12], [*EVENT, 1, 0, 1], [0] * 6 + [1] * 3, ("No HIFU", "HIFU"))


class TestCurve:
    def test_starts_at_one_and_steps_as_by_hand(self, six):
        corners = [(row["t"], row["s"]) for row in rows(survival_spec(six), "curve")]
        assert [t for t, _ in corners] == [0, 1, 6, 9]
        assert [s for _, s in corners] == pytest.approx([1, 5 / 6, 5 / 12, 0])

    def test_ends_at_the_last_follow_up_even_if_censored(self):
        spec = survival_spec(summary_of([2, 5, 7], [1, 0, 0]))
        assert [(row["t"], round(row["s"], 6)) for row in rows(spec, "curve")] == [(0, 1), (2, 0.666667), (7, 0.666667)]

    def test_steps_after(self, two):
        spec = survival_spec(two)
        assert layer(spec, "curve")["mark"]["interpolate"] == "step-after"
        assert layer(spec, "band")["mark"]["interpolate"] == "step-after"

    def test_censored_patients_are_ticks_on_the_curve(self, six):
        ticks = [(row["t"], row["s"]) for row in rows(survival_spec(six), "censored")]
        assert ticks == [(1, pytest.approx(5 / 6)), (8, pytest.approx(5 / 12))]

    def test_no_band_where_there_are_no_limits_and_it_holds_until_the_next_step(self, six):
        estimate = six.groups[0].estimate
        band = rows(survival_spec(six), "band")
        assert [row["t"] for row in band if row["t"] in (1, 6)] == [1, 6]
        assert all(math.isfinite(row["low"]) and math.isfinite(row["high"]) for row in band)
        at_six = int(np.flatnonzero(estimate.time == 6)[0])
        assert math.isnan(estimate.conf_low[-1])
        assert band[-1]["t"] == 9
        assert band[-1]["low"] == pytest.approx(estimate.conf_low[at_six])

    def test_a_cut_axis_carries_the_value_to_its_end(self, six):
        corners = rows(survival_spec(six, options=SurvivalChartOptions(last_time=7)), "curve")
        assert [(row["t"], round(row["s"], 6)) for row in corners] == [
            (0, 1),
            (1, 0.833333),
            (6, 0.416667),
            (7, 0.416667),
        ]

    def test_a_cut_before_the_first_time_leaves_the_line_at_one(self, six):
        corners = rows(survival_spec(six, options=SurvivalChartOptions(last_time=0.5)), "curve")
        assert [(row["t"], row["s"]) for row in corners] == [(0, 1), (0.5, 1)]

    def test_median_guides_run_along_one_half_and_down(self, two):
        lines = rows(survival_spec(two, options=SurvivalChartOptions(show_medians=True)), "medians")
        medians = {group.level: group.quantiles[0.5].value for group in two.groups}
        assert [line["group"] for line in lines] == ["", "No HIFU", "HIFU"]
        assert lines[0]["t2"] == max(medians.values())
        assert {line["group"]: line["t"] for line in lines[1:]} == medians
        assert all(line["t"] == line["t2"] and line["s2"] == 0 for line in lines[1:])

    def test_a_median_not_reached_has_no_guide(self):
        spec = survival_spec(summary_of([1, 2, 3], [1, 0, 0]), options=SurvivalChartOptions(show_medians=True))
        assert rows(spec, "medians") == []


class TestThinning:
    def test_at_most_a_thousand_steps_exact_where_kept(self):
        rng = np.random.default_rng(1)
        summary = summary_of(rng.exponential(10, 5000), np.ones(5000))
        spec = survival_spec(summary)
        estimate = summary.groups[0].estimate
        drawn = rows(spec, "curve")
        full = dict(zip(estimate.time.tolist(), estimate.survival.tolist(), strict=True))
        assert 600 < len(drawn) <= survival_rows.MOST_STEPS + 2
        assert all(row["s"] == full[row["t"]] for row in drawn[1:])
        assert drawn[-1]["t"] == estimate.time[-1]

    def test_never_far_from_the_whole_curve(self):
        # At most 1/1000 of the way along and down: 2/1000 of the axis late, 2/1000 too high.
        rng = np.random.default_rng(2)
        estimate = summary_of(rng.exponential(10, 4000), np.ones(4000)).groups[0].estimate
        curve = survival_rows.curve_of(estimate, "all", end=math.inf)
        drawn = curve.height_at(estimate.time)
        assert (drawn >= estimate.survival).all()
        assert (drawn - estimate.survival).max() <= 2 / survival_rows.MOST_STEPS
        later = np.minimum(estimate.time + 2 * estimate.last_time / survival_rows.MOST_STEPS, estimate.last_time)
        assert (curve.height_at(later) <= estimate.survival).all()

    def test_few_steps_are_all_kept(self):
        summary, time, event, _ = random_summary(3, groups=1)
        drawn = rows(survival_spec(summary), "curve")
        assert {row["t"] for row in drawn} == {0, time.max(), *time[event].tolist()}

    def test_censor_ticks_are_thinned_too(self):
        spec = survival_spec(summary_of(np.linspace(0.001, 10, 3000), np.zeros(3000)))
        assert len(rows(spec, "censored")) <= survival_rows.MOST_CENSORED

    def test_payload_of_ten_thousand_patients_stays_small(self):
        rng = np.random.default_rng(4)
        summary = summary_of(
            rng.exponential(20, 10_000), rng.random(10_000) < 0.7, rng.integers(0, 2, 10_000), ("a", "b")
        )
        assert sum(table.nbytes for table in survival_spec(summary)["datasets"].values()) < 250_000


class TestRiskTable:
    def test_at_risk_and_cumulative_events_by_hand(self, six):
        # Just before 6 four are at risk, and up to 6 three had the event; just before 8 two.
        cells = {row["t"]: row["cell"] for row in rows(survival_spec(six), "risk_cells")}
        assert list(cells) == [0, 2, 4, 6, 8]
        assert cells[2] == "4 (1)"
        assert cells[0] == "6 (0)"
        assert cells[6] == "4 (3)"
        assert cells[8] == "2 (3)"

    @pytest.mark.parametrize("seed", range(4))
    def test_every_cell_is_a_plain_count_over_the_patients(self, seed):
        summary, time, event, codes = random_summary(seed, groups=3)
        spec = survival_spec(summary)
        cells = iter(rows(spec, "risk_cells"))
        for group in range(3):
            mine = codes == group
            for tick in sorted({row["t"] for row in rows(spec, "risk_cells")}):
                at_risk = sum(t >= tick - 1e-9 for t in time[mine])
                events = sum(bool(e) and t <= tick + 1e-9 for t, e in zip(time[mine], event[mine], strict=True))
                assert next(cells)["cell"] == f"{at_risk} ({events})"

    @pytest.mark.parametrize("unit", ["days", "weeks", "months", "years"])
    def test_columns_stand_under_the_ticks(self, unit):
        spec = survival_spec(random_summary(5, unit=unit)[0])
        x = layer(spec, "curve")["encoding"]["x"]
        narrow, wide = x["axis"]["values"]["expr"].removeprefix("narrow ? ").split(" : ")
        cells = rows(spec, "risk_cells")
        assert sorted({row["t"] for row in cells}) == json.loads(wide)
        assert sorted({row["t"] for row in cells if row["few"]}) == json.loads(narrow)
        assert layer(spec, "risk_cells")["encoding"]["x"]["scale"] == x["scale"]

    def test_names_in_the_colour_of_their_group_under_a_heading(self, two):
        names = rows(survival_spec(two), "risk_names")
        assert [(row["name"], row["group"], row["bold"]) for row in names] == [
            ("At risk (events)", "", True), ("No HIFU", "No HIFU", False), ("HIFU", "HIFU", False),
        ]  # fmt: skip

    def test_names_end_left_of_the_first_number(self, two):
        assert all(row["x"] < -40 for row in rows(survival_spec(two), "risk_names"))

    def test_no_two_lines_share_a_place(self, two):
        for style, side in product(("at-risk", "at-risk-events", "kmunicate"), ("wide", "narrow")):
            spec = survival_spec(two, options=SurvivalChartOptions(risk_table=style))
            places = [row[side] for row in rows(spec, "risk_names")]
            assert len(set(places)) == len(places)
            assert places == sorted(places)

    def test_kmunicate_has_three_lines_a_group(self, two):
        spec = survival_spec(two, options=SurvivalChartOptions(risk_table="kmunicate"))
        assert [row["name"] for row in rows(spec, "risk_names")] == [
            "No HIFU", "At risk", "Censored", "Events", "HIFU", "At risk", "Censored", "Events",
        ]  # fmt: skip
        first = [row["cell"] for row in rows(spec, "risk_cells") if row["t"] == 0]
        assert first == ["6", "0", "0", "3", "0", "0"]

    def test_none_leaves_no_rows(self, two):
        spec = survival_spec(two, options=SurvivalChartOptions(risk_table="none"))
        assert rows(spec, "risk_names") == rows(spec, "risk_cells") == []


class TestPointer:
    def test_the_tooltip_says_survival_limits_and_at_risk_of_every_group(self, two):
        spec = survival_spec(two, options=SurvivalChartOptions())
        fields = layer(spec, "hover", "point")["encoding"]["tooltip"]
        assert [field["title"] for field in fields] == ["Months", "No HIFU", "HIFU"]
        row = next(row for row in rows(spec, "hover") if row["t"] == 6)
        at = two.groups[0].estimate.at([6])
        said = percent_estimate(at.survival[0], at.conf_low[0], at.conf_high[0])
        assert row["when"] == "6"
        assert row["g0"] == f"{said}, 4 at risk"
        assert row["g1"].endswith("1 at risk")

    def test_nothing_is_said_after_the_end_of_a_group(self, two):
        last = rows(survival_spec(two), "hover")[-1]
        assert last["t"] == 12
        assert last["g0"] == "–"

    def test_times_are_round_and_few(self):
        for end in (0.003, 1, 29.6, 1022, 50_000):
            times = survival_rows.hover_times(end)
            step = times[1]
            assert 40 <= times.size <= survival_rows.HOVER_TIMES + 1
            assert times[0] == 0
            assert times[-1] <= end < times[-1] + step * 1.001

    def test_all_selections_sit_on_one_layer_that_encodes_colour(self, two):
        spec = survival_spec(two)
        views = {tuple(param["views"]) for param in spec["params"] if "select" in param}
        assert len(views) == 1
        (name,) = views.pop()
        target = next(part for part in spec["layer"] if part.get("name") == name)
        assert target["mark"]["type"] == "point"
        assert target["encoding"]["color"]["field"] == "group"
        assert param(spec, "focus")["bind"] == "legend"
        assert param(spec, "hover")["select"]["nearest"] is True

    def test_points_stop_where_the_curve_stops(self, two):
        assert max(row["t"] for row in rows(survival_spec(two), "points") if row["group"] == "No HIFU") <= 9


class TestColours:
    def test_reference_first_and_the_same_colour_in_any_company(self, two):
        scale = layer(survival_spec(two), "curve")["encoding"]["color"]["scale"]
        assert scale == {"domain": ["No HIFU", "HIFU"], "range": list(LIGHT.groups[:2])}

    def test_a_group_without_patients_takes_its_colour_along(self):
        summary = summary_of([1, 2, 3, 4], [1, 1, 1, 0], [0, 0, 2, 2], ("a", "b", "c"))
        scale = layer(survival_spec(summary), "curve")["encoding"]["color"]["scale"]
        assert scale == {"domain": ["a", "c"], "range": [LIGHT.groups[0], LIGHT.groups[2]]}

    def test_never_colour_alone(self, two):
        encoding = layer(survival_spec(two), "curve")["encoding"]
        dashes = encoding["strokeDash"]["scale"]["range"]
        assert len({tuple(dash) for dash in dashes}) == 2
        assert encoding["color"]["legend"] == encoding["strokeDash"]["legend"]
        assert [row["group"] for row in rows(survival_spec(two), "ends")] == ["No HIFU", "HIFU"]

    def test_dark_is_drawn_in_dark_colours(self, two):
        text = json.dumps(survival_spec(two, palette=DARK), default=str)
        assert not any(color in text for color in (*LIGHT.groups, LIGHT.text, LIGHT.grid))

    def test_one_group_needs_no_legend_and_no_name(self, six):
        spec = survival_spec(six)
        assert "legend" not in json.dumps([part["encoding"] for part in spec["layer"]]).replace('"legend": null', "")
        assert not [part for part in spec["layer"] if part["data"]["name"] == "ends"]
        assert [row["name"] for row in rows(spec, "risk_names")] == ["At risk (events)", "All patients"]


class TestFrame:
    def test_axes(self, two):
        spec = survival_spec(two, options=SurvivalChartOptions(title="Overall survival", origin="first dose"))
        encoding = layer(spec, "curve")["encoding"]
        assert encoding["x"]["axis"]["title"] == "Months since first dose"
        assert encoding["x"]["scale"] == {"domain": [0, 12], "nice": False, "zero": False}
        assert encoding["y"]["scale"]["domain"] == [0, 1]
        assert encoding["y"]["axis"]["format"] == ".0%"
        assert rows(spec, "y_title") == [{"text": "Overall survival"}]

    def test_on_screen_the_figure_decides_whether_it_is_narrow(self, two):
        spec = survival_spec(two)
        assert spec["width"] == "container"
        assert spec["autosize"] == {"type": "fit-x", "contains": "padding"}
        assert param(spec, "narrow")["expr"].startswith("width > 0")

    @pytest.mark.parametrize(("width", "narrow"), [(360, True), (519, True), (520, False), (860, False)])
    def test_in_print_the_width_decides(self, two, width, narrow):
        spec = survival_spec(two, width=width)
        assert spec["width"] == width
        assert param(spec, "narrow") == {"name": "narrow", "value": narrow}

    def test_annotation_lines_stand_one_above_the_other(self, two):
        spec = survival_spec(two, options=SurvivalChartOptions(annotation=("Hazard ratio 0.59", "Log-rank P = 0.042")))
        first, second = rows(spec, "annotation")
        assert (first["text"], second["text"]) == ("Hazard ratio 0.59", "Log-rank P = 0.042")
        assert first["wide"] - second["wide"] == first["narrow"] - second["narrow"] == 17

    def test_words_in_another_language(self, two):
        options = SurvivalChartOptions(
            title="总生存", unit_word="月", since="自", origin="首次用药", at_risk_phrase="处于风险"
        )
        spec = survival_spec(two, options=options)
        assert layer(spec, "curve")["encoding"]["x"]["axis"]["title"] == "月 自 首次用药"
        assert rows(spec, "hover")[0]["g0"].endswith("6 处于风险")
        accepted(spec)

    def test_levels_with_quotes_and_slots_in_their_names_stay_themselves(self):
        levels = ('say "no"', "@levels")
        spec = survival_spec(summary_of([1, 2, 3, 4], [1, 1, 1, 0], [0, 0, 1, 1], levels))
        assert layer(spec, "curve")["encoding"]["color"]["scale"]["domain"] == list(levels)
        assert [row["name"] for row in rows(spec, "risk_names")][1:] == list(levels)


class TestLongNames:
    LEVELS = tuple(f"Department of Interventional Radiology and Hepatology no. {i}" for i in range(1, 9))

    @pytest.fixture
    def eight(self):
        time = [t for i in range(8) for t in (*[1.0] * i, *[20.0] * (10 - i))]
        event = [e for i in range(8) for e in (*[1] * i, *[0] * (10 - i))]
        return summary_of(time, event, np.repeat(np.arange(8), 10), self.LEVELS)

    def test_every_name_stays_its_own_in_legend_ends_and_risk_table(self, eight):
        spec = accepted(survival_spec(eight))
        assert layer(spec, "curve")["encoding"]["color"]["scale"]["domain"] == list(self.LEVELS)
        assert len({row["name"] for row in rows(spec, "ends")}) == 8
        assert len({row["name"] for row in rows(spec, "risk_names")}) == 9

    def test_the_legend_shortens_only_where_it_is_narrow(self, eight):
        expression = layer(survival_spec(eight), "curve")["encoding"]["color"]["legend"]["labelExpr"]
        narrow, wide, levels = map(json.loads, re.findall(r'\[".*?"\]', expression))
        assert wide == levels == list(self.LEVELS)
        assert len(set(narrow)) == 8
        assert widest(narrow) <= 222

    def test_short_names_stay_as_they_are(self, two):
        assert layer(survival_spec(two), "curve")["encoding"]["color"]["legend"]["labelExpr"] == "datum.label"

    def test_a_level_called_all_beside_another_keeps_its_name(self):
        spec = survival_spec(summary_of([1, 2, 3, 4], [1, 1, 1, 0], [0, 0, 1, 1], ("all", "some")))
        assert layer(spec, "curve")["encoding"]["color"]["scale"]["domain"] == ["all", "some"]


EDGES = {
    "all censored": ([1, 2, 3], [0, 0, 0], {}),
    "one patient": ([5], [1], {}),
    "all at time zero": ([0, 0], [1, 0], {}),
    "all at one time": ([3, 3, 3], [1, 1, 1], {}),
    "an empty group": ([3, 4, 5], [1, 1, 0], {"codes": [0, 0, 0], "levels": ("a", "b")}),
    "many groups": (list(range(1, 21)), [1] * 20, {"codes": list(range(20)), "levels": tuple(map(str, range(20)))}),
    "very short": ([0.001, 0.002, 0.003], [1, 0, 1], {}),
    "very long": ([400, 2220, 3000], [1, 0, 1], {}),
}


@pytest.mark.parametrize("name", EDGES)
@pytest.mark.parametrize("medians", [True, False])
def test_edges_are_drawn(name, medians):
    time, event, more = EDGES[name]
    accepted(survival_spec(summary_of(time, event, **more), options=SurvivalChartOptions(show_medians=medians)))


def test_no_patients_at_all_is_an_empty_frame():
    summary = summary_of([1, 2], [1, 0])
    nobody = replace(summary, groups=tuple(replace(g, estimate=replace(g.estimate, n=0)) for g in summary.groups))
    accepted(survival_spec(nobody))


@pytest.mark.parametrize(
    ("band", "censored", "medians", "labels"), list(product([True, False], repeat=4)), ids=lambda on: "x" if on else "-"
)
def test_every_combination_of_layers_is_vega_lite(two, band, censored, medians, labels):
    options = SurvivalChartOptions(
        show_band=band, show_censored=censored, show_medians=medians, show_labels=labels, risk_table="at-risk"
    )
    spec = survival_spec(two, options=options)
    drawn = {part["data"]["name"] for part in accepted(spec)["layer"]}
    assert ("band" in drawn, "censored" in drawn, "medians" in drawn, "ends" in drawn) == (
        band,
        censored,
        medians,
        labels,
    )


def test_changing_one_figure_changes_no_other(two):
    first = survival_spec(two)
    before = json.dumps(survival_spec(two), default=str)
    first["layer"].clear()
    first["config"].clear()
    first["params"][0]["name"] = "x"
    assert json.dumps(survival_spec(two), default=str) == before


def test_the_altair_chart_is_the_same_figure(two):
    chart = survival_chart(two, width=700).to_dict()
    spec = survival_spec(two, width=700)
    assert chart["datasets"]["curve"] == rows(spec, "curve")
    assert [part["mark"]["type"] for part in chart["layer"]] == [part["mark"]["type"] for part in spec["layer"]]


class TestRising:
    """The share with the event instead of survival: every height is turned, nothing else moves."""

    @pytest.mark.parametrize("seed", range(3))
    def test_every_height_is_one_minus_the_falling_figure(self, seed):
        summary, *_ = random_summary(seed)
        options = SurvivalChartOptions(show_medians=True)
        falling, rising = (
            survival_spec(summary, options=options),
            survival_spec(summary, options=replace(options, curve="events")),
        )
        for dataset in ("curve", "censored", "points", "ends"):
            down, up = rows(falling, dataset), rows(rising, dataset)
            assert [(row["t"], row["group"]) for row in down] == [(row["t"], row["group"]) for row in up]
            assert [1 - row["s"] for row in down] == [row["s"] for row in up]
        for down, up in zip(rows(falling, "band"), rows(rising, "band"), strict=True):
            assert (up["low"], up["high"]) == (1 - down["high"], 1 - down["low"])
        assert rows(falling, "risk_cells") == rows(rising, "risk_cells")
        assert rows(falling, "medians") == rows(rising, "medians")

    def test_the_tooltip_says_the_share_with_the_event(self, two):
        told = rows(survival_spec(two, options=SurvivalChartOptions(curve="events")), "hover")
        estimate = two.groups[0].estimate
        at = estimate.at([7.0])
        found = next(row for row in told if row["t"] == 7)
        share = percent_estimate(1 - at.survival[0], 1 - at.conf_high[0], 1 - at.conf_low[0])
        assert found["g0"] == f"{share}, 2 at risk"

    def test_words_stand_in_the_corner_that_is_free(self, two):
        options = SurvivalChartOptions(annotation=("a", "b"), curve="events")
        ups = [row["wide"] for row in rows(survival_spec(two, options=options), "annotation")]
        assert ups == [options.height - 14, options.height - 31]

    def test_is_vega_lite(self, two):
        accepted(survival_spec(two, options=SurvivalChartOptions(curve="events", show_medians=True)))
