"""Adverse events back to back: which side, how long, how dark, and what is said."""

import json
import re

import pandas as pd
import pytest

from core.reporting.adverse_event_report import arrange
from core.safety.adverse_events import adverse_event_table
from tests.ui.charts.drawn import accepted, layer, param, rows, words
from tests.ui.charts.test_theme import contrast
from ui.charts.adverse_events import bar_rows, butterfly_chart, butterfly_spec
from ui.charts.theme import DARK, LIGHT, text_width

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


LONG = tuple(f"Department of Interventional Radiology and Hepatology no. {i}" for i in range(1, 9))


def of_groups(n, levels=LONG):
    """Forty patients over ``n`` groups, with events of all grades."""
    patients = [f"P{i}" for i in range(40)]
    events = [(p, "All", "Nausea" if i % 3 else "Fever", 1 + i % 5) for i, p in enumerate(patients) if i % 4]
    frame = pd.DataFrame(events, columns=["patient", "class", "term", "grade"])
    return adverse_event_table(frame, patients, [i % n for i in range(40)], levels[:n], levels[0])


def ends_at(spec, *, width, narrow):
    """Pixels where the plot's scale begins and ends: Vega's expressions, which are Python's but for the condition."""
    stops = layer(spec, "bars")["encoding"]["x"]["scale"]["range"]
    found = []
    for stop in stops:
        text = re.sub(r"\(narrow \? ([\d.]+) : ([\d.]+)\)", r"(\1 if narrow else \2)", stop["expr"])
        found.append(eval(text, {"__builtins__": {}}, {"narrow": narrow, "width": width, "min": min, "max": max}))
    return found


class TestManyGroups:
    def test_eight_groups_are_a_table_of_percentages_shaded_by_size(self):
        made = of_groups(8)
        spec = butterfly_spec(made)
        cells = rows(spec, "counts")
        any_grade = [cell["text"] for cell in cells if cell["wide"] == min(other["wide"] for other in cells)]
        expected = [f"{100 * n / of:.0f}" for n, of in zip(made.overall.any, made.denominators, strict=True)]
        assert any_grade == expected
        assert [cell["x"] for cell in cells][:8] == [group + 0.5 for group in range(8)]
        assert len(cells) == 2 * 8 * len(bar_rows(made))

    def test_letters_say_which_column_is_whose(self):
        spec = butterfly_spec(of_groups(8))
        assert set("ABCDEFGH") <= set(words(spec))
        heads = [word for word in words(spec) if "(N = 5)" in word]
        assert [head[0] for head in heads] == list("ABCDEFGH")
        assert len({head[1:] for head in heads}) == 8
        assert "'H'" in layer(spec, "bars")["encoding"]["x"]["axis"]["labelExpr"]

    def test_more_groups_than_letters(self):
        levels = tuple(f"L{i}" for i in range(30))
        assert {"A", "Z", "A2", "D2"} <= set(words(butterfly_spec(of_groups(30, levels))))

    @pytest.mark.parametrize("palette", [LIGHT, DARK], ids=lambda palette: palette.name)
    def test_numbers_on_the_darkest_shade_meet_aa(self, palette):
        everybody = pd.DataFrame({"patient": [f"P{i}" for i in range(6)], "term": "Nausea", "grade": 3})
        made = adverse_event_table(everybody, list(everybody["patient"]), list(range(6)), LONG[:6], LONG[0])
        for bar in rows(butterfly_spec(made, palette=palette), "bars"):
            assert contrast(palette.text, bar["color"]) >= 4.5

    @pytest.mark.parametrize("groups", range(1, 9))
    @pytest.mark.parametrize(("width", "narrow"), [(30, True), (330, True), (520, False), (1100, False)])
    def test_zero_is_never_right_of_the_end(self, groups, width, narrow):
        stops = ends_at(butterfly_spec(of_groups(groups)), width=width, narrow=narrow)
        assert stops == sorted(stops)
        assert stops[-1] - stops[0] >= 40

    @pytest.mark.parametrize("groups", range(1, 9))
    def test_headings_stay_inside_and_distinct(self, groups):
        spec = butterfly_spec(of_groups(groups))
        line = param(spec, "starts")["value"]
        for side, room, text, top in (("", 520, "text", line[0]), ("n", 330, "ntext", line[1])):
            heads = [word for word in rows(spec, "words") if word[text] and word["bold"] and word[f"{side}y"] < top]
            assert heads
            for head in heads:
                start = head[f"{side}share"] * room + head[f"{side}dx"]
                reach = text_width(head[text])
                if head[f"{side}align"] == "left":
                    assert start + reach <= room
            if groups > 2:
                said = [head[text] for head in heads if "(N" in head[text]]
                assert len(set(said)) == groups

    def test_a_level_called_all_beside_another_keeps_its_name(self):
        assert "all (N = 3)" in words(butterfly_spec(table(levels=("all", "some"))))


@pytest.mark.parametrize("width", ["container", 360, 760])
@pytest.mark.parametrize("levels", [("all",), ("a", "b"), ("a", "b", "c"), tuple("abcdefgh")], ids=len)
def test_is_vega_lite(levels, width):
    accepted(butterfly_spec(table(codes=[i % len(levels) for i in range(5)], levels=levels), width=width))


def test_no_events_at_all():
    spec = accepted(butterfly_spec(table(EVENTS[:0])))
    assert rows(spec, "bars") == []


def test_as_an_altair_chart():
    assert "Nausea" in json.dumps(butterfly_chart(table(), width=760).to_dict()["datasets"])
