"""Stacked bars of best response: pieces add up, words fit, colours can be read."""

import numpy as np
import pytest

from core.patients.response import response_table
from tests.ui.charts.drawn import accepted, rows, words
from tests.ui.charts.test_theme import contrast
from ui.charts.describe import describe_response
from ui.charts.response_bars import category_colors, response_chart, response_spec
from ui.charts.theme import DARK, LIGHT, text_width

CATEGORY = np.repeat([1, 2, 3, 4, 0, 1, 2, 3, 4], [17, 27, 19, 3, 1, 9, 13, 4, 1])
LONG = tuple(f"A long name of a group of patients, number {i}" for i in range(8))
CODES = np.repeat([0, 1], [66, 28])


@pytest.fixture
def table():
    return response_table(CATEGORY, CODES, ("No HIFU", "HIFU"), "No HIFU")


def test_the_pieces_of_a_bar_join_from_nothing_to_all(table):
    pieces = rows(response_spec(table), "pieces")
    for name, n in (("No HIFU (N = 66)", 4), ("HIFU (N = 28)", 5)):
        own = [piece for piece in pieces if piece["group"] == name]
        assert len(own) == n
        assert own[0]["x"] == 0
        assert own[-1]["x2"] == pytest.approx(1)
        assert [piece["x"] for piece in own[1:]] == [piece["x2"] for piece in own[:-1]]
        assert len({piece["wide"] for piece in own}) == 1


def test_a_piece_is_as_long_as_its_share(table):
    pieces = rows(response_spec(table), "pieces")
    (found,) = [piece for piece in pieces if piece["response"] == "PR" and piece["group"].startswith("HIFU")]
    assert found["x2"] - found["x"] == pytest.approx(9 / 28)
    assert found["told"] == "9 of 28 (32.1 %)"


def test_counts_stand_in_the_pieces_and_rates_beside_them(table):
    said = words(response_spec(table))
    assert {"PR 17", "SD 27 (41 %)", "ORR 25.8 %", "DCR 82.1 %", "No HIFU (N = 66)"} <= set(said)


def test_words_in_a_piece_fit_into_it(table):
    spec = response_spec(table)
    pieces = {(p["wide"], round((p["x"] + p["x2"]) / 2, 9)): p for p in rows(spec, "pieces")}
    inside = [word for word in rows(spec, "words") if word["ntext"] and (word["nalign"] == "center")]
    assert inside
    narrow = {p["narrow"]: [q for q in pieces.values() if q["narrow"] == p["narrow"]] for p in pieces.values()}
    for word in inside:
        (piece,) = [p for p in narrow[word["ny"]] if p["x"] < word["nshare"] < p["x2"]]
        assert text_width(word["ntext"]) <= (piece["x2"] - piece["x"]) * 320


def test_evaluable_patients_leave_no_piece_for_the_others():
    table = response_table(CATEGORY, CODES, ("No HIFU", "HIFU"), "No HIFU", evaluable_only=True)
    pieces = rows(response_spec(table), "pieces")
    assert {piece["response"] for piece in pieces} == {"CR", "PR", "SD", "PD"}
    assert max(piece["x2"] for piece in pieces) == pytest.approx(1)


def test_a_group_nobody_of_which_is_evaluable_has_no_bar():
    table = response_table([4, 4, 1], [0, 0, 1], ("a", "b"), "a", evaluable_only=True)
    spec = accepted(response_spec(table))
    assert {piece["group"] for piece in rows(spec, "pieces")} == {"b (N = 1)"}
    assert "ORR –" in words(spec)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_words_on_every_colour_can_be_read(theme):
    for color, ink in category_colors(theme).values():
        assert contrast(color, ink) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("width", ["container", 360, 760])
def test_is_vega_lite(table, width, theme):
    accepted(response_spec(table, width=width, palette=theme))


def test_many_groups():
    codes = np.arange(len(CATEGORY)) % 8
    table = response_table(CATEGORY, codes, LONG, LONG[0])
    accepted(response_spec(table))


def test_as_an_altair_chart(table):
    assert response_chart(table, width=760).to_dict()["width"] == 760


def test_in_words(table):
    said = describe_response(table)
    assert "No HIFU, 66 patients: CR 0, PR 17, SD 27, PD 19 and NE 3; objective response 25.8 %" in said
    alone = response_table(CATEGORY, np.zeros_like(CODES), ("all",), "all")
    assert "All patients, 94 patients" in describe_response(alone)
