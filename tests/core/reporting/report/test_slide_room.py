"""Room on a slide: rows are shared out so that none runs over the end, nothing is lost, headings stay with rows."""

import pytest

from core.reporting.report.slide_room import height_of, lines_of, lines_shared_out, row_heights, shared_out
from core.reporting.tables import Cell, ReportTable, TableRow, text_column


def rows_of(kinds):
    return [TableRow(cells=(Cell("a", ("a",)),), kind="heading" if kind == "h" else "body") for kind in kinds]


@pytest.mark.parametrize(
    ("kinds", "room"), [("b" * 17, 5.0), ("hbbhbbhbb", 3.0), ("b", 2.0), ("bbhb", 3.0), ("hhh", 1.0)]
)
def test_every_row_stands_on_one_slide_and_none_runs_over(kinds, room):
    rows, heights = rows_of(kinds), [1.0] * len(kinds)
    slides = list(shared_out(rows, heights, room))
    assert [i for start, end in slides for i in range(start, end)] == list(range(len(rows)))
    assert all(end - start <= room for start, end in slides)
    last = [rows[end - 1].kind for start, end in slides[:-1] if end - start > 1]
    assert "heading" not in last


def test_an_empty_table_has_a_slide():
    assert list(shared_out([], [], 5.0)) == [(0, 0)]


def test_a_row_is_as_high_as_its_fullest_cell():
    table = ReportTable(title="t", columns=(text_column("a", "A"), text_column("b", "B")), rows=(), footnotes=())
    short, long = row_heights(table, [["a", "b"], ["a", "b " * 200]], width=10.0, size=10)
    assert long > 5 * short


def test_chinese_letters_are_wide_and_breaks_are_lines():
    assert lines_of("中" * 60, 10, 10) > lines_of("n" * 60, 10, 10)
    assert lines_of("a\nb", 10, 10) == 2
    assert height_of(["a", "b"], 10, 10) == 2 * height_of(["a"], 10, 10)


@pytest.mark.parametrize("below", [0.0, 1.0, 4.0])
def test_notes_have_room_under_the_last_rows_and_only_there(below):
    rows, heights = rows_of("b" * 12), [1.0] * 12
    slides = list(shared_out(rows, heights, 6.0, below=below))
    assert [i for start, end in slides for i in range(start, end)] == list(range(12))
    start, end = slides[-1]
    assert end - start + below <= 6.0
    assert all(end - start <= 6 for start, end in slides)
    assert len(slides) == (2 if below == 0 else 3)


def test_sentences_stand_on_as_many_slides_as_they_need_and_none_is_lost():
    lines = ["short.", "A b; " * 400 + "End.", "last."]
    slides = list(lines_shared_out(lines, 18, width=30, room=10))
    assert " ".join(part for slide in slides for part in slide) == " ".join(lines)
    assert all(height_of(slide, 18, 30) <= 10 for slide in slides)
    assert list(lines_shared_out([], 18, width=30, room=10)) == []
