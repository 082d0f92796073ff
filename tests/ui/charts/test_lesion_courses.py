"""Waterfall and spider: order, thresholds, colours, and growth beyond the axis."""

import math
from dataclasses import replace
from itertools import pairwise

import pytest

from core.patients.lesion_response import lesion_response
from tests.ui.charts.drawn import accepted, rows
from ui.charts.lesion_courses import describe_courses, spider_spec, waterfall_spec
from ui.charts.response_bars import category_colors
from ui.charts.theme import DARK, LIGHT

LEVELS = ("No HIFU", "HIFU")
# patient: diameters at baseline and every 56 days
COURSES = {
    "a": [50, 25, 20], "b": [40, 40, 60, 20], "c": [30, 100], "d": [30, 28, math.nan], "e": [20],
}  # fmt: skip


@pytest.fixture
def lesions():
    cells = [(name, 56 * i, mm) for name, course in COURSES.items() for i, mm in enumerate(course)]
    found = lesion_response([c[0] for c in cells], ["1"] * len(cells), [c[1] for c in cells], [c[2] for c in cells])
    return replace(found, levels=("HIFU", "HIFU", "No HIFU", "No HIFU", "HIFU"))


def test_the_waterfall_falls_from_growth_to_decrease(lesions):
    bars = rows(waterfall_spec(lesions, LEVELS), "bars")
    assert [bar["told"][0] for bar in bars] == ["c", "b", "d", "a"]  # e has a baseline only
    assert [bar["change"] for bar in bars] == pytest.approx([1.0, 0.0, -2 / 30, -0.6])
    assert bars[0]["told"].startswith("c: +233 % of 30 mm")  # drawn as 100 %, told in full
    assert all(a["x2"] < b["x"] for a, b in pairwise(bars))


def test_nothing_after_progression_counts(lesions):
    # b grows to 60 (+50 %) at day 112 and shrinks to 20 later
    changes = [row["change"] for row in rows(spider_spec(lesions, LEVELS), "visits") if row["patient"] == "b"]
    assert changes == pytest.approx([0, 0, 0.5])


def test_the_lines_of_the_spider_are_broken_between_patients(lesions):
    spec = spider_spec(lesions, LEVELS)
    pieces: list[list[tuple[float, float, str]]] = [[]]
    for row in rows(spec, "paths"):
        if row["change"] is None:
            pieces.append([])
        else:
            pieces[-1].append((row["time"], row["change"], row["key"]))
    by_patient: dict[str, list[tuple[float, float, str]]] = {}
    for row in rows(spec, "visits"):
        by_patient.setdefault(row["patient"], []).append((row["time"], row["change"], row["key"]))
    assert pieces == [*by_patient.values(), []]
    assert [row["turn"] for row in rows(spec, "paths")] == list(range(len(rows(spec, "paths"))))


def test_the_spider_starts_at_baseline_and_leaves_out_what_was_not_measured(lesions):
    visits = rows(spider_spec(lesions, LEVELS), "visits")
    assert [row["time"] for row in visits if row["patient"] == "d"] == pytest.approx([0, 56 / 30.4375])
    assert {row["patient"] for row in visits if row["time"] == 0 and row["change"] == 0} == set(COURSES)


def test_groups_have_their_colours_and_one_group_those_of_the_response(lesions):
    spec = waterfall_spec(lesions, LEVELS)
    scale = next(layer for layer in spec["layer"] if layer["data"]["name"] == "bars")["encoding"]["color"]["scale"]
    assert (scale["domain"], scale["range"]) == (list(LEVELS), LIGHT.group_colors(2))
    alone = waterfall_spec(replace(lesions, levels=("all",) * 5), ("all",))
    assert {bar["key"] for bar in rows(alone, "bars")} == {"PR", "SD", "PD"}
    scale = next(layer for layer in alone["layer"] if layer["data"]["name"] == "bars")["encoding"]["color"]["scale"]
    assert scale["range"] == [category_colors(LIGHT)[name][0] for name in ("CR", "PR", "SD", "PD")]


@pytest.mark.parametrize("draw", [waterfall_spec, spider_spec])
@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("width", ["container", 360])
def test_is_vega_lite(lesions, draw, palette, width):
    accepted(draw(lesions, LEVELS, palette=palette, width=width))


@pytest.mark.parametrize("draw", [waterfall_spec, spider_spec])
def test_nobody_measured(draw):
    accepted(draw(lesion_response([], [], [], []), ("all",)))


def test_in_words(lesions):
    assert describe_courses(lesions, LEVELS) == (
        "Best change in the sum of target lesions, one bar per patient. At least 30 % smaller: "
        "0 of 2 patients of No HIFU; 1 of 2 patients of HIFU."
    )
