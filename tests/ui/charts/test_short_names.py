"""Names made to fit stay different from each other."""

import numpy as np
import pytest

from ui.charts.short_names import ELLIPSIS, broken, shortened
from ui.charts.theme import TEXT_SIZE, text_width

DEPARTMENTS = [f"Department of Interventional Radiology and Hepatology no. {i}" for i in range(1, 9)]


def test_what_fits_stays():
    assert shortened(["HIFU", "No HIFU"], 100) == ["HIFU", "No HIFU"]
    assert shortened([], 100) == []


def test_the_end_survives_beside_the_beginning():
    short = shortened(DEPARTMENTS, 190)
    assert all(name.startswith("Department") and name.endswith(f"no. {i}") for i, name in enumerate(short, start=1))


CASES = {
    "ends differ": DEPARTMENTS,
    "beginnings differ": [f"{i} Department of Interventional Radiology and Hepatology" for i in range(8)],
    "middles differ": [f"University Hospital of the Canton, ward {i}, Department of Radiology, west" for i in range(8)],
    "one letter in two places": [
        f"{'x' * 30}{'a' if i & 1 else 'b'}{'y' * 60}{'a' if i & 2 else 'b'}{'z' * 60}" for i in range(4)
    ],
    "Chinese": [f"介入放射科与肝病科联合治疗中心第{i}病区国际部门诊" for i in "一二三四五六七八"],
    "some short": ["HIFU", *DEPARTMENTS],
}


@pytest.mark.parametrize("limit", [60, 140, 190, 250])
@pytest.mark.parametrize("names", CASES.values(), ids=CASES)
def test_different_names_stay_different_and_fit(names, limit):
    short = shortened(names, limit)
    assert len(set(short)) == len(names)
    assert max(text_width(name, TEXT_SIZE) for name in short) <= limit + 1e-6


def test_same_names_stay_the_same():
    short = shortened(["At risk", *DEPARTMENTS[:1], "At risk", *DEPARTMENTS[:1]], 140)
    assert (short[0], short[1]) == (short[2], short[3])


def test_random_names_stay_different():
    rng = np.random.default_rng(5)
    for _ in range(60):
        names = list({"".join(rng.choice(list("ab c"), 40)) for _ in range(12)})
        short = shortened(names, 90)
        assert len(set(short)) == len(names)


def test_lines_fit_and_say_everything():
    lines = broken(DEPARTMENTS[0], 150)
    assert " ".join(lines) == DEPARTMENTS[0]
    assert len(lines) == 4
    assert max(map(text_width, lines)) <= 150


def test_a_word_longer_than_the_line_is_broken_inside():
    lines = broken("a " + "W" * 50, 100)
    assert "".join(lines) == "a" + "W" * 50
    assert max(map(text_width, lines)) <= 100
    assert broken("", 100) == [""]


def test_the_ellipsis_stands_where_letters_are_missing():
    (short,) = shortened(["abcdefghijklmnopqrstuvwxyz"], 80)
    start, end = short.split(ELLIPSIS)
    assert "abcdefghijklmnopqrstuvwxyz".startswith(start)
    assert "abcdefghijklmnopqrstuvwxyz".endswith(end)
