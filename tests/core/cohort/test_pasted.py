"""Tables from the clipboard."""

import pytest

from core.cohort.load import cohort_from_files
from core.cohort.pasted import pasted_file
from core.errors import ReadError

ROWS = [["id", "os months", "os event"], *([f"P{i}", f"{i}.5", str(i % 2)] for i in range(1, 9))]
ROWS_ZH = [["编号", "总生存期（月）", "状态"], *([f"P{i}", f"{i}.5", ("存活", "死亡")[i % 2]] for i in range(1, 9))]


def joined(rows, sign, end="\n"):
    return end.join(sign.join(row) for row in rows)


def markdown(rows):
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], "|---|:--|--|", *lines[1:]])


@pytest.mark.parametrize(
    "text",
    [
        joined(ROWS, "\t"), joined(ROWS, "\t", "\r\n"), joined(ROWS, ","), joined(ROWS, ";"), joined(ROWS, "   "),
        joined(ROWS, "\u00a0\t"), markdown(ROWS), "\n\n" + joined(ROWS, "\t") + "\n\n", joined(ROWS_ZH, "\t"),
        joined(ROWS_ZH, "\u3000"),
    ],
    ids=["tabs", "windows", "commas", "semicolons", "gaps", "hard blanks", "markdown", "blank lines", "zh", "zh gaps"],
)  # fmt: skip
def test_a_pasted_table_is_a_cohort(text):
    cohort = cohort_from_files(dict([pasted_file(text)]), name="pasted")
    assert cohort.n == 8
    assert list(cohort.spec.endpoints) == ["OS"]
    assert cohort.patients.frame[cohort.spec.endpoints["OS"].time].tolist() == [i + 0.5 for i in range(1, 9)]


def test_a_cell_with_a_line_break():
    _, content = pasted_file('id\tnote\tage\n1\t"two\nlines"\t61\n2\tx\t70')
    assert cohort_from_files({"p.txt": content}, name="p").n == 2


@pytest.mark.parametrize(
    ("text", "said"), [("", "Nothing was pasted"), (" \n\t\n", "Nothing was pasted"), ("id\tage", "one line only")]
)
def test_refused(text, said):
    with pytest.raises(ReadError, match=said) as caught:
        pasted_file(text)
    assert caught.value.hint


def test_prose_is_no_table():
    with pytest.raises(ReadError, match="not a table"):
        cohort_from_files(dict([pasted_file("Dear colleague,\nplease see the table below\nbest wishes")]), name="x")
