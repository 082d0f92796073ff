"""Adverse events back to back: which side, how long, how dark, and what is said."""

import json

import pandas as pd
import pytest

from core.reporting.adverse_event_report import arrange
from core.safety.adverse_events import adverse_event_table
from tests.ui.charts.drawn import accepted, layer, rows, words
from ui.charts.adverse_events import bar_rows, butterfly_chart, butterfly_spec
from ui.charts.theme import LIGHT

PATIENTS = ["P1", "P2", "P3", "P4", "P5"]
EVENTS = [
    ("P1", "All-cause", "Nausea", 1), ("P2", "All-cause", "Nausea", 3), ("P4", "All-cause", "Nausea", 4),
    ("P1", "All-cause", "Fever", 2), ("P4", "Immune-mediated", "Rash", 1),
]  # fmt: skip


def table(events=EVENTS, *, codes=(0, 0, 0, 1, 1), levels=("No HIFU", "HIFU"), graded=True):
    frame = pd.DataFrame(events, columns=["patient", "class", "term", "grade"])
    return adverse_event_table(
        frame if graded else frame.drop(columns="grade"), PATIENTS, list(codes), levels, levels[0]
    )


def bars(spec, row, *, dark=False):
    """Ends of a row's bars by group; the light ones, or those of grade 3 or more."""
    full = set(LIGHT.groups)
    return {
        bar["group"]: round(bar["x2"], 4)
        for bar in rows(spec, "bars")
        if bar["row"] == row and (bar["color"] in full) == dark
    }


class TestButterfly:
    def test_first_level_to_the_left_second_to_the_right_as_shares_of_the_group(self):
        spec = butterfly_spec(table())
        assert bars(spec, "Nausea") == {"No HIFU (N = 3)": -0.6667, "HIFU (N = 2)": 0.5}

    def test_grade_three_or_more_is_dark_and_starts_at_the_middle(self):
        spec = butterfly_spec(table())
        assert bars(spec, "Nausea", dark=True) == {"No HIFU (N = 3)": -0.3333, "HIFU (N = 2)": 0.5}
        assert bars(spec, "Fever", dark=True) == {}
        assert all(abs(bar["x"]) < 1e-5 for bar in rows(spec, "bars"))

    def test_dark_bars_are_drawn_after_the_light_ones_they_lie_on(self):
        nausea = [bar["color"] for bar in rows(butterfly_spec(table()), "bars") if bar["row"] == "Nausea"]
        assert nausea == [
            LIGHT.tint(LIGHT.groups[0], 0.34), LIGHT.groups[0], LIGHT.tint(LIGHT.groups[1], 0.34), LIGHT.groups[1],
        ]  # fmt: skip

    def test_the_pointer_reads_patients_of_all_patients(self):
        bar = next(bar for bar in rows(butterfly_spec(table()), "bars") if bar["row"] == "Nausea")
        assert (bar["any"], bar["severe"]) == ("2 / 3 (66.7 %)", "1 / 3 (33.3 %)")

    def test_counts_stand_outside_the_bars(self):
        counts = [count for count in rows(butterfly_spec(table()), "counts") if count["text"] == "2 (66.7)"]
        assert all((count["align"], count["dx"]) == ("right", -6) for count in counts if count["x"] < 0)

    def test_denominators_stand_in_the_heads(self):
        assert {"No HIFU (N = 3)", "HIFU (N = 2)", "any grade", "grade ≥ 3"} <= set(words(butterfly_spec(table())))

    def test_both_sides_have_the_same_scale(self):
        domain = layer(butterfly_spec(table()), "bars")["encoding"]["x"]["scale"]["domain"]
        assert domain == [-d for d in reversed(domain)]
        assert domain[-1] in (0.8, 1.0)

    def test_without_grades_bars_are_plain(self):
        spec = butterfly_spec(table(graded=False))
        assert bars(spec, "Nausea") == {}
        assert bars(spec, "Nausea", dark=True) == {"No HIFU (N = 3)": -0.6667, "HIFU (N = 2)": 0.5}
        assert "grade ≥ 3" not in words(spec)

    def test_a_group_without_patients_has_no_length(self):
        spec = butterfly_spec(table(codes=(0, 0, 0, 0, 0)))
        assert bars(spec, "Nausea")["HIFU (N = 0)"] == 0


class TestRows:
    def test_by_class_as_counted(self):
        assert [(row.label, row.indent, row.bold) for row in bar_rows(table())] == [
            ("Any adverse event", 0, True), ("All-cause", 0, True), ("Nausea", 1, False), ("Fever", 1, False),
            ("Immune-mediated", 0, True), ("Rash", 1, False),
        ]  # fmt: skip

    def test_in_the_order_given_when_sorted_otherwise(self):
        labels = [row.label for row in bar_rows(arrange(table(), sort_by="name"), by_class=False)]
        assert labels == ["Any adverse event", "Fever", "Nausea", "Rash"]

    def test_interleaved_classes_get_no_headings(self):
        events = [*EVENTS, ("P5", "Immune-mediated", "Colitis", 2), ("P3", "Immune-mediated", "Colitis", 2)]
        assert [row.label for row in bar_rows(arrange(table(events), sort_by="name"))] == [
            "Any adverse event", "Colitis", "Fever", "Nausea", "Rash",
        ]  # fmt: skip

    def test_a_term_in_two_classes_says_which(self):
        events = [*EVENTS, ("P5", "Immune-mediated", "Nausea", 2)]
        labels = [row.label for row in bar_rows(arrange(table(events), sort_by="name"), by_class=False)]
        assert {"Nausea (All-cause)", "Nausea (Immune-mediated)"} <= set(labels)

    def test_one_class_needs_no_heading(self):
        assert [row.label for row in bar_rows(table(EVENTS[:4]))] == ["Any adverse event", "Nausea", "Fever"]

    def test_names_stand_at_the_height_of_their_bars(self):
        spec = butterfly_spec(table())
        heights = {word["text"]: word["y"] for word in rows(spec, "words")}
        assert all(bar["wide"] == heights[bar["row"]] for bar in rows(spec, "bars"))


class TestSideBySide:
    def test_three_groups_one_below_the_other(self):
        spec = butterfly_spec(table(codes=(0, 1, 2, 2, 1), levels=("G1", "G2", "G3")))
        assert bars(spec, "Nausea") == {"G1 (N = 1)": 1, "G2 (N = 2)": 0.5, "G3 (N = 2)": 0.5}
        places = [bar["wide"] for bar in rows(spec, "bars") if bar["row"] == "Fever"]
        assert places == sorted(set(places))
        assert {"■ G1 (N = 1)", "■ G3 (N = 2)"} <= set(words(spec))

    def test_one_group(self):
        spec = butterfly_spec(table(codes=(0,) * 5, levels=("all",)))
        assert bars(spec, "Nausea") == {"All patients (N = 5)": 0.6}


@pytest.mark.parametrize("width", ["container", 360, 760])
@pytest.mark.parametrize("levels", [("all",), ("a", "b"), ("a", "b", "c")], ids=len)
def test_is_vega_lite(levels, width):
    accepted(butterfly_spec(table(codes=[i % len(levels) for i in range(5)], levels=levels), width=width))


def test_no_events_at_all():
    spec = accepted(butterfly_spec(table(EVENTS[:0])))
    assert rows(spec, "bars") == []


def test_as_an_altair_chart():
    assert "Nausea" in json.dumps(butterfly_chart(table(), width=760).to_dict()["datasets"])
