"""The forest plot says what the table says and draws where the numbers are."""

import math

import numpy as np
import pytest

from core.cohort.load import cohort_from_files
from core.reporting.cox_table import cox_table
from core.reporting.tables import Cell, ReportTable, TableRow, interval_column, number_column, text_column
from core.run import run_analysis
from core.spec import AnalysisSpec
from tests.ui.charts.drawn import accepted, layer, param, rows, words
from ui.charts.describe import describe_forest
from ui.charts.forest import forest_chart, forest_spec
from ui.charts.forest_layout import ForestWords
from ui.charts.forest_table import forest_table, p_said
from ui.charts.ratio_axis import labelled, ratio_axis
from ui.charts.theme import LIGHT

NAN = math.nan


def ratio(value, low, high, text=None):
    return Cell(text or f"{value:.2f} ({low:.2f}–{high:.2f})", (value, low, high))


def cell(value):
    return Cell(str(value), (value,))


NOT_IN = (Cell("–", (None, None, None)), Cell("–", (None,)))
REFERENCE = (Cell("1 (reference)", (1.0, None, None)), Cell("", (None,)))


def printed(*models, rows):
    columns = [text_column("factor", "Factor"), number_column("n", "Patients"), number_column("events", "Events")]
    for i, name in enumerate(models):
        label = f"{name} hazard ratio".strip().capitalize()
        columns += [
            interval_column(f"hr_{i}", f"{label} (95 % CI)", name=label, number_format="0.00"),
            number_column(f"p_{i}", f"{name} P".strip()),
        ]
    return ReportTable(title="Cox regression", columns=tuple(columns), rows=tuple(rows))


def row(label, n, events, *cells, indent=0, kind="body"):
    first = (Cell(label, (label,)), cell(n), cell(events)) if kind == "body" else (Cell(label), Cell(""), Cell(""))
    return TableRow(cells=(*first, *cells), indent=indent, kind=kind)


@pytest.fixture
def one_model():
    return printed("", rows=[
        row("HIFU", 0, 0, Cell(""), Cell(""), kind="heading"),
        row("No HIFU", 66, 46, *REFERENCE, indent=1),
        row("HIFU", 28, 20, ratio(0.59, 0.36, 0.96), Cell("0.034", (0.034,)), indent=1),
        row("Age (years)", 94, 66, ratio(1.01, 0.98, 1.03), Cell("0.68", (0.68,))),
        row("Ki-67", 94, 66, Cell("not estimable", (None, None, None)), Cell("–", (None,))),
        row("Vessels", 94, 66, ratio(3.0, 0.4, 40.0), Cell("0.21", (0.21,))),
    ])  # fmt: skip


@pytest.fixture
def two_models():
    return printed("Univariable", "Multivariable", rows=[
        row("Age (years)", 94, 66, ratio(1.2, 0.9, 1.6), cell(0.2), ratio(1.1, 0.8, 1.5), cell(0.5)),
        row("Ki-67", 94, 66, ratio(2.0, 1.1, 3.6), cell(0.02), *NOT_IN),
    ])  # fmt: skip


class TestTable:
    def test_rows_by_kind(self, one_model):
        table = forest_table(one_model)
        assert [(r.label, r.kind) for r in table.rows] == [
            ("HIFU", "heading"), ("No HIFU", "reference"), ("HIFU", "estimate"), ("Age (years)", "estimate"),
            ("Ki-67", "estimate"), ("Vessels", "estimate"),
        ]  # fmt: skip
        assert table.models == ("",)
        assert table.ratio_head == "HR (95 % CI)"

    def test_numbers_behind_the_words(self, one_model):
        estimate = forest_table(one_model).rows[2].estimates[0]
        assert (estimate.value, estimate.conf_low, estimate.conf_high) == (0.59, 0.36, 0.96)
        assert (estimate.text, estimate.p_text) == ("0.59 (0.36–0.96)", "0.034")

    def test_models_are_named_when_there_are_two(self, two_models):
        assert forest_table(two_models).models == ("Univariable", "Multivariable")


class TestDrawing:
    def test_every_word_of_the_table_is_in_the_figure(self, one_model):
        shown = words(forest_spec(one_model))
        for printed_row in one_model.rows:
            for printed_cell in printed_row.cells:
                assert printed_cell.text in shown or not printed_cell.text

    def test_marks_stand_at_the_numbers(self, one_model):
        marks = {mark["row"]: mark for mark in rows(forest_spec(one_model), "marks") if mark["shape"] == "square"}
        assert (marks["HIFU"]["low"], marks["HIFU"]["x"], marks["HIFU"]["high"]) == (0.36, 0.59, 0.96)
        assert "0.59 (0.36–0.96), P = 0.034" in marks["HIFU"]["told"]

    def test_the_reference_is_an_open_diamond_at_one(self, one_model):
        (mark,) = [mark for mark in rows(forest_spec(one_model), "marks") if mark["shape"] == "diamond"]
        assert (mark["row"], mark["x"], mark["fill"]) == ("No HIFU", 1, LIGHT.background)

    def test_what_is_not_estimable_is_said_and_not_drawn(self, one_model):
        spec = forest_spec(one_model)
        assert "not estimable" in words(spec)
        assert "Ki-67" not in {mark["row"] for mark in rows(spec, "marks")}

    def test_an_interval_beyond_the_axis_ends_in_an_arrow(self, one_model):
        spec = forest_spec(one_model)
        end = layer(spec, "marks", "point")["encoding"]["x"]["scale"]["domain"][1]
        (arrow,) = rows(spec, "arrows")
        assert (arrow["x"], arrow["angle"]) == (end, 90)
        assert next(mark for mark in rows(spec, "marks") if mark["row"] == "Vessels")["high"] == end

    def test_the_plot_keeps_clear_of_the_columns(self, one_model):
        spec = forest_spec(one_model, width=760)
        left = float(layer(spec, "marks", "point")["encoding"]["x"]["scale"]["range"][0]["expr"].split(" : ")[1])
        at_right = [
            word for word in rows(spec, "words") if word["text"] and word["align"] == "right" and not word["share"]
        ]
        assert all(word["dx"] < left for word in at_right)

    def test_counts_are_left_out_where_it_is_narrow(self, one_model):
        assert "66" not in {word["ntext"] for word in rows(forest_spec(one_model), "words")}

    def test_two_models_split_a_row_and_share_it_when_one_is_missing(self, two_models):
        marks = rows(forest_spec(two_models), "marks")
        age = [mark["wide"] for mark in marks if mark["row"] == "Age (years)"]
        ki67 = [mark["wide"] for mark in marks if mark["row"] == "Ki-67"]
        heights = {word["text"]: word["y"] for word in rows(forest_spec(two_models), "words")}
        assert age[0] < heights["Age (years)"] < age[1]
        assert ki67 == [heights["Ki-67"]]

    def test_univariable_is_hollow_and_multivariable_filled(self, two_models):
        hollow, filled, *_ = rows(forest_spec(two_models), "marks")
        assert hollow["fill"] == LIGHT.background
        assert filled["fill"] == filled["color"] != hollow["color"]

    def test_narrow_says_both_models_one_below_the_other_in_their_colours(self, two_models):
        spec = forest_spec(two_models)
        said = {word["ntext"]: word for word in rows(spec, "words") if word["ntext"]}
        first, second = said["1.20 (0.90–1.60), P = 0.2"], said["1.10 (0.80–1.50), P = 0.5"]
        assert first["ny"] < second["ny"]
        hollow, filled, *_ = rows(spec, "marks")
        assert (first["color"], second["color"]) == (hollow["color"], filled["color"])
        assert "2.00 (1.10–3.60), P = 0.02" in said
        assert "–" not in said

    @pytest.mark.parametrize("model", ["one_model", "two_models"])
    def test_narrow_marks_keep_clear_of_all_words(self, model, request):
        spec = forest_spec(request.getfixturevalue(model))
        words_at = [word["ny"] for word in rows(spec, "words") if word["ntext"]]
        for mark in rows(spec, "marks"):
            assert min(abs(mark["narrow"] - y) for y in words_at) >= 13

    def test_small_and_large_p_values_keep_their_sign(self):
        assert [p_said(text) for text in ("0.009", "<0.001", ">0.99")] == ["P = 0.009", "P < 0.001", "P > 0.99"]

    def test_on_a_phone_a_heading_is_as_long_as_its_line_and_a_row_gives_way_to_its_numbers(self):
        name = "Distance to the nearest vessel (mm)"
        table = printed("", rows=[
            row(name, 0, 0, Cell(""), cell(0.034), kind="heading"),
            row(name, 66, 46, ratio(0.59, 0.36, 0.96), cell(0.034), indent=1),
        ])  # fmt: skip
        first, second = [word["ntext"] for word in rows(forest_spec(table), "words") if "mm)" in word["ntext"]]
        assert first == name
        assert "…" in second

    def test_long_levels_stay_distinct(self):
        levels = [f"Department of Interventional Radiology and Hepatology no. {i}" for i in range(8)]
        spec = forest_spec(printed("", rows=[row(level, 9, 5, ratio(1.1, 0.8, 1.5), cell(0.5)) for level in levels]))
        for text in ("text", "ntext"):
            assert len({word[text] for word in rows(spec, "words") if word[text].startswith("Dep")}) == 8

    def test_figure_is_as_high_as_its_rows(self, one_model):
        spec = forest_spec(one_model)
        heights = [word["y"] for word in rows(spec, "words")]
        wide, narrow = param(spec, "ends")["value"]
        assert max(heights) < wide < max(heights) + 40
        assert narrow > wide

    @pytest.mark.parametrize("width", ["container", 360, 760])
    def test_is_vega_lite(self, one_model, two_models, width):
        accepted(forest_spec(one_model, width=width))
        accepted(forest_spec(two_models, width=width))

    def test_no_rows(self):
        accepted(forest_spec(printed("", rows=[])))

    def test_as_an_altair_chart(self, one_model):
        assert len(forest_chart(one_model, width=760).to_dict()["layer"]) == len(forest_spec(one_model)["layer"])


class TestSubgroups:
    """A table of subgroups is a forest too: everybody first, P for interaction on each factor's heading."""

    @pytest.fixture
    def subgroups(self):
        nothing = Cell("", (None,))
        heading = (Cell("Sex"), Cell(""), Cell(""), Cell(""), Cell("0.42", (0.42,)))
        return printed("", rows=[
            row("All patients", 94, 66, ratio(0.57, 0.33, 0.99), nothing, kind="body"),
            TableRow(cells=heading, kind="heading"),
            row("M", 50, 33, ratio(0.5, 0.2, 1.1), nothing, indent=1),
            row("F", 44, 33, ratio(0.7, 0.3, 1.5), nothing, indent=1),
        ])  # fmt: skip

    def test_interaction_stands_on_the_heading_wide_and_narrow(self, subgroups):
        drawn = rows(forest_spec(subgroups, words=ForestWords(p="Interaction P")), "words")
        heights = {word["text"]: word["y"] for word in drawn if word["text"]}
        assert heights["0.42"] == heights["Sex"]
        assert "Interaction P = 0.42" in {word["ntext"] for word in drawn}
        assert "0.57 (0.33–0.99)" in {word["ntext"] for word in drawn}

    def test_every_subgroup_is_an_estimate(self, subgroups):
        assert {mark["row"] for mark in rows(forest_spec(subgroups), "marks")} == {"All patients", "M", "F"}

    def test_in_words_without_a_p_that_is_not_there(self, subgroups):
        said = describe_forest(forest_table(subgroups))
        assert "All patients: 0.57 (0.33–0.99). Sex, M: 0.50 (0.20–1.10)." in said


class TestRatioAxis:
    @pytest.mark.parametrize(
        ("intervals", "ticks"),
        [
            ([(0.59, 0.36, 0.96)], [0.25, 0.5, 1, 2]),
            ([(1.0, 0.98, 1.02)], [0.5, 1, 2]),
            ([], [0.5, 1, 2]),
            ([(NAN, NAN, NAN), (1.5, 0.9, 2.5)], [0.5, 1, 2, 4]),
            ([(3.0, 0.4, 40.0)], [0.25, 0.5, 1, 2, 4, 8, 16]),
            ([(30.0, 4.0, 300.0)], [0.1, 1, 10, 100]),
            ([(2.0, 0.0, math.inf)], [0.5, 1, 2]),
        ],
    )
    def test_ticks(self, intervals, ticks):
        (low, high), found = ratio_axis(intervals)
        assert found == ticks
        assert low < ticks[0] < ticks[-1] < high

    def test_estimates_are_inside_whatever_they_are(self):
        rng = np.random.default_rng(7)
        for _ in range(200):
            values = np.exp(rng.normal(0, 1.6, 4)).clip(0.011, 99)
            (low, high), ticks = ratio_axis([(v, v / 3, v * 3) for v in values.tolist()])
            assert low <= values.min() <= values.max() <= high
            assert 1 in ticks

    def test_many_ticks_get_every_second_number_out_from_one(self):
        assert labelled([0.0625, 0.125, 0.25, 0.5, 1.0, 2.0, 4.0]) == [0.0625, 0.25, 1, 4]
        assert labelled([0.5, 1.0, 2.0]) == [0.5, 1, 2]


def test_from_a_real_regression():
    rng = np.random.default_rng(11)
    lines = ["id,arm,age,os_months,os_event"]
    for i in range(80):
        arm = i % 2
        time = rng.exponential(10 + 6 * arm)
        lines.append(f"P{i},{'HIFU' if arm else 'Control'},{40 + i % 37},{min(time, 20):.1f},{int(time < 20)}")
    cohort = cohort_from_files({"patients.csv": "\n".join(lines).encode()}, name="made")
    endpoint = {"time": "os_months", "event": "os_event", "event_is": [1]}
    spec = AnalysisSpec.model_validate({
        "cohort": {"patients": "patients.csv", "endpoints": {"OS": endpoint}},
        "analyses": [{
            "id": "cox", "kind": "cox", "endpoint": "OS", "covariates": ["arm", "age"],
            "mode": "univariable-then-multivariable", "enter_below": 1.0,
        }],
    })  # fmt: skip
    result = run_analysis(spec, cohort, spec.analyses[0])
    figure = accepted(forest_spec(result))
    shown = words(figure)
    assert all(c.text in shown for r in cox_table(result).rows for c in r.cells if c.text)
    drawn = {(mark["row"], mark["x"]) for mark in rows(figure, "marks") if mark["shape"] == "square"}
    terms = (*result.value.univariable.terms, *result.value.multivariable.terms)
    assert {x for _, x in drawn} == {term.hazard_ratio for term in terms}
