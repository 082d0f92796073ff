"""The balance plot: largest difference first, the threshold drawn."""

import numpy as np
import pandas as pd
import pytest

from core.patients.baseline import baseline_table
from tests.ui.charts.drawn import accepted, layer, rows, words
from ui.charts.balance import THRESHOLD, balance_chart, balance_spec
from ui.charts.theme import LIGHT


@pytest.fixture
def table():
    frame = pd.DataFrame({
        "age_years": [50.0, 60, 70, 80, 51, 61, 71, 81],
        "sex": pd.Categorical(["F", "F", "M", "M", "M", "M", "M", "F"]),
        "same": [1.0, 2, 3, 4, 1, 2, 3, 4],
        "constant": [1.0] * 8,
    })  # fmt: skip
    kinds = {"age_years": "number", "sex": "category", "same": "number", "constant": "number"}
    return baseline_table(frame, list(frame), kinds, np.array([0] * 4 + [1] * 4), ("a", "b"))


def test_largest_first_at_its_value(table):
    dots = rows(balance_spec(table), "dots")
    smd = {variable.variable: variable.smd for variable in table.variables}
    assert [dot["x"] for dot in dots] == sorted((dot["x"] for dot in dots), reverse=True)
    assert dots[0]["row"] == "Sex"
    assert dots[0]["x"] == smd["sex"] == pytest.approx(0.25 / np.sqrt((0.25 + 0.1875) / 2))  # by hand: 2/4 against 3/4
    assert [dot["wide"] for dot in dots] == sorted(dot["wide"] for dot in dots)


def test_colour_says_what_the_threshold_says(table):
    for dot in rows(balance_spec(table), "dots"):
        assert dot["color"] == LIGHT.groups[1 if dot["x"] >= THRESHOLD else 0]


def test_the_threshold_is_a_dashed_line_with_a_number(table):
    spec = balance_spec(table)
    assert [guide["x"] for guide in rows(spec, "guides") if guide["dashed"]] == [THRESHOLD]
    assert THRESHOLD in layer(spec, "dots", "point")["encoding"]["x"]["axis"]["values"]


def test_values_are_written(table):
    assert {"Sex", "0.53", "0.00"} <= set(words(balance_spec(table)))


def test_one_group_has_nothing_to_balance():
    alone = baseline_table(pd.DataFrame({"age": [1.0, 2, 3]}), ["age"], {"age": "number"}, np.zeros(3, int), ("all",))
    assert rows(accepted(balance_spec(alone)), "dots") == []


@pytest.mark.parametrize("width", ["container", 360, 760])
def test_is_vega_lite(table, width):
    accepted(balance_spec(table, width=width))


def test_as_an_altair_chart(table):
    assert balance_chart(table, width=760).to_dict()["width"] == 760
