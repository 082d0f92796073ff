"""Pictures of adverse events: what stands where, what a click means, and what is said."""

import math

import numpy as np
import pandas as pd
import pytest

from core.reporting.adverse_event_shown import shown_events
from core.safety.adverse_events import adverse_event_table
from core.safety.event_courses import EventCourses
from core.safety.patient_terms import PatientTerms
from core.spec import AdverseEventsShow
from tests.ui.charts.drawn import accepted, param, rows, words
from ui.charts.event_grid import describe_event_grid, event_grid_spec, grid_note, patients_per_column
from ui.charts.event_timeline import describe_event_timeline, drawn_lanes, event_timeline_spec, timeline_note
from ui.charts.export import to_svg
from ui.charts.risk_dots import APART, describe_risk_dots, risk_dots_spec
from ui.charts.theme import DARK, LIGHT
from ui.charts.volcano import describe_volcano, volcano_note, volcano_spec
from ui.charts.volcano_labels import Point, placed_labels

EVENTS = (
    [(k, "Fever", 1) for k in range(3)] + [(20 + k, "Rash", 3) for k in range(12)] + [(1, "Cough", 2), (21, "Cough", 4)]
)


def shown(levels=("A", "B"), codes=(0,) * 20 + (1,) * 20, events=EVENTS, **show):
    frame = pd.DataFrame(events, columns=["patient", "term", "grade"])
    return shown_events(
        adverse_event_table(frame, np.arange(40), list(codes), levels, levels[0]), AdverseEventsShow(**show)
    )


def three(**show):
    return shown(("A", "B", "C"), (0,) * 16 + (1,) * 12 + (2,) * 12, **show)


class TestDots:
    def test_risks_to_the_left_and_differences_to_the_right_of_the_scale(self):
        spec = accepted(risk_dots_spec(shown(), "any"))
        dots = [dot for dot in rows(spec, "dots") if dot["term"] == "Rash"]
        assert [round(dot["x"], 4) for dot in dots] == [0.0, 0.6, round(APART + 0.6, 4)]
        (limits,) = [one for one in rows(spec, "limits") if one["term"] == "Rash"]
        assert APART < limits["x"] < APART + 0.6 < limits["x2"] <= APART + 1

    def test_the_zero_line_of_differences_is_dashed(self):
        guides = rows(risk_dots_spec(shown(), "any"), "guides")
        assert [guide["x"] for guide in guides if guide["dashed"]] == [APART]

    def test_severe_events_only_where_asked(self):
        spec = risk_dots_spec(shown(), "grade3plus")
        assert {(dot["term"], dot["least"]) for dot in rows(spec, "dots")} == {("Rash", 3), ("Fever", 3), ("Cough", 3)}
        assert [round(dot["x"], 3) for dot in rows(spec, "dots") if dot["term"] == "Fever"][:2] == [0.0, 0.0]

    def test_three_groups_have_two_differences_per_row(self):
        spec = risk_dots_spec(three(), "any")
        assert len([one for one in rows(spec, "limits") if one["term"] == "Rash"]) == 2
        assert "Each minus A" in words(spec)

    def test_one_group_has_risks_alone(self):
        spec = accepted(risk_dots_spec(shown(("all",), (0,) * 40), "any"))
        assert rows(spec, "limits") == []
        assert "All patients (N = 40)" in " ".join(words(spec))

    def test_numbers_stand_at_the_end_of_their_row(self):
        assert any(word.startswith("60.0 (") for word in words(risk_dots_spec(shown(), "any")))

    def test_a_click_on_a_row_means_its_term(self):
        spec = risk_dots_spec(shown(), "any")
        assert param(spec, "pick")["select"]["fields"] == ["term", "least"]
        assert {one["term"] for one in rows(spec, "targets")} == {"Rash", "Fever", "Cough"}

    def test_in_words(self):
        said = describe_risk_dots(shown(sort="difference"), "any")
        assert said.startswith("Patients with adverse events, A and B: Rash 0.0 % and 60.0 %, difference 60.0 (")


class TestVolcano:
    def test_difference_across_and_p_up(self):
        found = shown()
        spec = accepted(volcano_spec(found.pair(None), "any"))
        at = {dot["term"]: dot for dot in rows(spec, "events")}
        assert at["Rash"]["x"] == pytest.approx(0.6)
        p = next(row.p_any for row in found.table.rows if row.term == "Rash")
        assert at["Rash"]["y"] == pytest.approx(-math.log10(p))

    def test_q_below_five_per_cent_is_filled(self):
        at = {dot["term"]: dot for dot in rows(volcano_spec(shown().pair(None), "any"), "events")}
        assert at["Rash"]["fill"] == at["Rash"]["color"] == LIGHT.groups[2]
        assert at["Fever"]["fill"] != at["Fever"]["color"]

    def test_an_event_of_one_group_stands_at_the_edge_of_the_ratios(self):
        pair = shown().pair(None)
        at = {dot["term"]: dot for dot in rows(volcano_spec(pair, "any", "risk-ratio"), "events")}
        assert (at["Rash"]["shape"], at["Fever"]["shape"], at["Cough"]["shape"]) == (
            "triangle-right", "triangle-left", "circle",
        )  # fmt: skip
        assert at["Cough"]["x"] == 0
        assert "2 that one group did not have: triangles at the edge." in volcano_note(pair, "any", "risk-ratio")

    def test_nobody_had_it_so_it_is_not_drawn(self):
        pair = shown().pair(None)
        assert {dot["term"] for dot in rows(volcano_spec(pair, "grade3plus"), "events")} == {"Rash", "Cough"}
        assert "1 that nobody of the two groups had: not drawn." in volcano_note(pair, "grade3plus", "difference")

    def test_events_on_one_spot_name_each_other(self):
        events = [*EVENTS, *((k, "Chills", 1) for k in range(5, 8))]
        at = {dot["term"]: dot for dot in rows(volcano_spec(shown(events=events).pair(None), "any"), "events")}
        assert at["Fever"]["told"].endswith("At the same place: Chills")

    def test_areas_are_patients(self):
        at = {dot["term"]: dot for dot in rows(volcano_spec(shown().pair(None), "any"), "events")}
        assert at["Rash"]["size"] / at["Fever"]["size"] == pytest.approx(12 / 3)

    def test_in_words(self):
        said = describe_volcano(shown().pair(None), "any", "difference")
        assert said == "3 adverse events by difference between B and A and its P; 1 with q below 0.05: Rash."


class TestLabels:
    def test_they_cover_neither_dots_nor_each_other(self):
        rng = np.random.default_rng(2)
        points = [Point(*at, 6.0) for at in rng.uniform((0, 0), (440, 420), (120, 2)).tolist()]
        made = placed_labels(points, dict.fromkeys(range(20), 90.0), room=(440, 420), height=13)
        boxes = []
        for i, label in made.items():
            left = points[i].x + label.dx - {"left": 0, "center": 45, "right": 90}[label.align]
            boxes.append((left, left + 90, points[i].y + label.dy - 6.5, points[i].y + label.dy + 6.5))
        assert 0 < len(boxes) <= 20
        for n, (left, right, top, bottom) in enumerate(boxes):
            assert left >= 0
            assert right <= 440
            for other in boxes[n + 1 :]:
                assert right <= other[0] or other[1] <= left or bottom <= other[2] or other[3] <= top

    def test_one_without_room_is_left_out(self):
        points = [Point(50, 50, 45.0)] + [Point(50, y, 45.0) for y in range(0, 101, 10)]
        assert placed_labels(points, {0: 60.0}, room=(100, 100), height=13) == {}


def grid(n=6, terms=("Rash", "Fever")):
    worst = np.full((n, len(terms)), -1)
    worst[0], worst[1, 0], worst[n // 2, 1] = (3, 0), 1, 5
    level = np.repeat([0, 1], [n // 2, n - n // 2])
    return PatientTerms(levels=("A", "B"), level=level, row=np.arange(2, n + 2), terms=terms, worst=worst)


class TestGrid:
    def test_a_cell_per_patient_and_term(self):
        spec = accepted(event_grid_spec(grid()))
        cells = {(cell["term"], cell["rows"]): cell["grade"] for cell in rows(spec, "cells")}
        assert cells == {
            ("Rash", "2"): "grade 3", ("Fever", "2"): "no grade", ("Rash", "3"): "grade 1", ("Fever", "5"): "grade 5",
        }  # fmt: skip

    def test_groups_stand_apart(self):
        first, second = rows(event_grid_spec(grid()), "groups")
        assert first["x2"] < second["x"]
        assert second["group"] == "B (N = 3)"

    def test_a_click_means_the_patients_of_the_cell(self):
        assert param(event_grid_spec(grid()), "pick")["select"]["fields"] == ["term", "least", "rows"]

    def test_many_patients_share_columns_and_it_is_said(self):
        many = grid(400)
        assert patients_per_column(many) == 3
        cells = rows(event_grid_spec(many), "cells")
        assert next(cell for cell in cells if cell["term"] == "Rash") | {"told": ""} == {
            "x": 0.0, "x2": 1.0, "term": "Rash", "grade": "grade 3", "told": "", "rows": "2,3", "least": 0,
        }  # fmt: skip
        assert "3 neighbours in this order share a column; its colour is their worst grade." in grid_note(many)

    def test_who_had_none_is_counted(self):
        assert grid_note(grid()).endswith("3 patients with none of them: empty columns.")
        assert describe_event_grid(grid()).endswith("With none of them: 1 patient of A and 2 patients of B.")


def courses(n=3, **more):
    held = {
        "levels": ("A", "B"), "level": np.array([0] * (n - 1) + [1]), "row": np.arange(2, n + 2),
        "follow_up": np.array([304.375] * (n - 1) + [math.nan]), "terms": ("Rash", "Fever"),
        "patient": np.array([0, 0, n - 1]), "term": np.array([0, 1, 0]), "grade": np.array([4, 0, 1]),
        "start": np.array([10.0, 20.0, 60.875]), "end": np.array([30.4375, math.nan, math.nan]), "endpoint": "OS",
    }  # fmt: skip
    return EventCourses(**(held | more))


class TestTimeline:
    def test_from_start_to_end_in_months(self):
        spec = accepted(event_timeline_spec(courses()))
        (span,) = rows(spec, "spans")
        assert (round(span["start"], 3), span["end"], span["grade"], span["rows"]) == (0.329, 1.0, "grade 4", "2")
        assert len(rows(spec, "starts")) == 3

    def test_follow_up_is_drawn_as_far_as_there_are_events(self):
        lanes = rows(event_timeline_spec(courses()), "lanes")
        assert [lane["told"] for lane in lanes] == [
            "Row 2: followed to 10.0 months", "Row 3: followed to 10.0 months", "Row 4: end of follow-up not known",
        ]  # fmt: skip
        assert max(lane["end"] for lane in lanes) < 3

    def test_the_worst_lie_on_top(self):
        assert [one["grade"] for one in rows(event_timeline_spec(courses()), "starts")] == [
            "no grade",
            "grade 1",
            "grade 4",
        ]

    def test_of_many_patients_those_with_most_events(self):
        many = courses(300)
        lanes = drawn_lanes(many)
        assert len(lanes) == 100
        assert {0, 299} <= set(lanes)
        assert timeline_note(many).startswith("Drawn: the 100 patients with most events of 300, in proportion")

    def test_no_event_at_all(self):
        none = np.array([], dtype=np.int64)
        empty = courses(level=none, row=none, follow_up=none, patient=none, term=none, grade=none, start=none, end=none)
        assert rows(accepted(event_timeline_spec(empty)), "starts") == []

    def test_in_words(self):
        said = describe_event_timeline(courses())
        assert "A: 2 patients who had 2 events, median onset day 15. B: 1 patient who had 1 event" in said


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_each_can_be_exported(palette):
    pair = shown().pair(None)
    for spec in (
        risk_dots_spec(shown(), "any", palette=palette, width=700),
        volcano_spec(pair, "any", palette=palette, width=700),
        event_grid_spec(grid(), palette=palette, width=700),
        event_timeline_spec(courses(), palette=palette, width=700),
    ):
        svg = to_svg(spec, title="Title", caption=["line"]).decode()
        assert "Title" in svg
        assert svg.count("<path") + svg.count("<text") > 20
