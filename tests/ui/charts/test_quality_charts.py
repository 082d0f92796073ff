"""Missing cells and distributions are drawn where they are."""

import pytest

from core.cohort.load import cohort_from_files
from core.cohort.quality import table_quality
from tests.ui.charts.drawn import accepted, rows
from ui.charts.distribution import describe_distribution, distribution_spec
from ui.charts.missingness import MOST_CELLS, describe_missingness, missingness_spec, shown_columns
from ui.charts.theme import DARK, LIGHT


def made(n=6):
    lines = [
        f"{i},{'' if i % 3 == 0 else 40 + i},{'' if i == 1 else 'AB'[i % 2]},2020-01-0{1 + i % 9},{i + 1},1"
        for i in range(n)
    ]
    sheet = "id,age,arm,seen,os_months,os_event\n" + "\n".join(lines) + "\n"
    return table_quality(cohort_from_files({"s.csv": sheet.encode()}, name="s").patients)


@pytest.mark.parametrize("width", [340, 760, "container"])
@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_strips_hold_the_missing_patients(width, palette):
    quality = made()
    assert [column.name for column in shown_columns(quality)] == ["age", "arm"]
    spec = missingness_spec(quality, palette=palette, width=width)
    assert [(cell["name"], cell["x"], cell["x2"]) for cell in rows(spec, "cells")] == [
        ("Age", 0, 1),
        ("Age", 3, 4),
        ("Arm", 1, 2),
    ]
    assert [row["count"] for row in rows(spec, "rows")] == ["2 (33.3)", "1 (16.7)"]
    assert accepted(spec)
    assert "Age 2 (33.3), Arm 1 (16.7)" in describe_missingness(quality)


def test_many_patients_share_a_piece_and_none_is_lost():
    quality = made(5000)
    cells = [cell for cell in rows(missingness_spec(quality), "cells") if cell["name"] == "Age"]
    assert len(cells) <= MOST_CELLS
    assert sum(cell["share"] * (cell["x2"] - cell["x"]) for cell in cells) == pytest.approx(1667)


@pytest.mark.parametrize("name", ["age", "arm", "seen"])
def test_a_column_is_drawn_and_told(name):
    column = next(column for column in made(40).columns if column.name == name)
    spec = distribution_spec(column, width=500)
    assert accepted(spec)
    drawn = rows(spec, "levels") if name == "arm" else rows(spec, "bins")
    assert sum(row["n"] for row in drawn) == 40 - column.n_missing
    assert {"age": "median", "arm": "A", "seen": "2020-01-0"}[name] in describe_distribution(column)
