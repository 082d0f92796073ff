"""The flow diagram shows every box in both layouts, without one box over another."""

import itertools

import pytest

from core.cohort.endpoints import Exclusion
from core.cohort.flow import CohortFlow, FlowGroup, FlowStep
from tests.ui.charts.drawn import accepted, rows
from ui.charts.flow import describe_flow, flow_spec
from ui.charts.flow_layout import NARROW, WIDE, drawn
from ui.charts.theme import DARK, LIGHT


def made(levels=("HIFU", "No HIFU"), n=40):
    filters = (Exclusion(reason="kept only where Age ≥ 50", n=7, rows=(3,), stage="filter"),)
    lost = (Exclusion(reason="OS time missing " * 6, n=3, rows=(4,), stage="endpoint"),)
    steps = (
        FlowStep(name="in the file", n=n + 10),
        FlowStep(name="eligible", n=n + 3, left_out=filters),
        FlowStep(name="analysed", n=n, left_out=lost),
    )
    groups = tuple(FlowGroup(level=level, n=n // len(levels), events=5, competing={"death": 2}) for level in levels)
    return CohortFlow(steps=steps, groups=groups, endpoint="OS")


@pytest.mark.parametrize(
    "levels", [("all",), ("HIFU", "No HIFU"), tuple("ABCDEF"), ("a very long name " * 5, "B", "C")]
)
@pytest.mark.parametrize("narrow", [False, True])
def test_boxes_stand_apart_inside_the_figure(levels, narrow):
    drawing = drawn(made(levels), LIGHT, narrow=narrow)
    for a, b in itertools.combinations(drawing.boxes, 2):
        beside = a.x + a.width <= b.x or b.x + b.width <= a.x
        assert beside or a.bottom <= b.y or b.bottom <= a.y
    assert max(box.x + box.width for box in drawing.boxes) <= (NARROW if narrow else WIDE) + 2
    assert max(box.bottom for box in drawing.boxes) <= drawing.height


@pytest.mark.parametrize("levels", [("HIFU", "No HIFU"), tuple("ABCD"), tuple("ABCDEFGH")])
@pytest.mark.parametrize("narrow", [False, True])
def test_no_line_runs_through_a_box_and_every_group_is_reached_from_everybody(levels, narrow):
    drawing = drawn(made(levels), LIGHT, narrow=narrow)
    for x, y, x2, y2, _ in drawing.strokes:
        for box in drawing.boxes:
            across = min(x, x2) < box.x + box.width and max(x, x2) > box.x
            assert not (across and min(y, y2) < box.bottom and max(y, y2) > box.y)
    reached = [(x, y) for x, y, _ in drawing.heads[-len(levels) :]]
    for box, (x, y) in zip(drawing.boxes[-len(levels) :], reached, strict=True):
        assert (x == box.x and box.y < y < box.bottom) or (y == box.y and box.x < x < box.x + box.width)


@pytest.mark.parametrize("width", [340, 760, "container"])
@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_every_number_is_written(width, palette):
    spec = flow_spec(made(), palette=palette, width=width)
    written = [row["text"] for row in rows(spec, "words")]
    for text in (
        "50 patients",
        "43 patients",
        "7 patients left out",
        "7 outside the filter Age ≥ 50",
        "HIFU",
        "2 death first",
    ):
        assert text in written
    assert accepted(spec)


def test_it_can_be_read_aloud():
    said = describe_flow(made())
    assert said.startswith("Flow of patients. In the file: 50 patients. 7 patients left out: kept only where Age ≥ 50.")
    assert "HIFU: 20 patients, 5 events (OS), 2 death first, 13 censored" in said
