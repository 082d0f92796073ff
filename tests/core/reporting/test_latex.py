"""LaTeX: a small reader of its own gives every cell back, and no text of a cohort is a command."""

import re

import pytest

from core.reporting.latex import latex_bytes, latex_text
from core.reporting.table_layout import printable
from core.reporting.tables import ReportTable, TableRow, text_column, words
from tests.core.reporting.paper_tables import NASTY, nasty_table, small_table

# What each command that may stand in a text prints; written by hand, apart from the table of the writer.
PRINTS = {
    r"\textbackslash{}": "\\", r"\{": "{", r"\}": "}", r"\$": "$", r"\&": "&", r"\#": "#", r"\%": "%", r"\_": "_",
    r"\textasciitilde{}": "~", r"\textasciicircum{}": "^", r"\textless{}": "<", r"\textgreater{}": ">",
    r"\textbar{}": "|", r"{\char34}": '"', "{'}": "'", r"\textasciigrave{}": "`", "{[}": "[", "{]}": "]", "{*}": "*",
    "---": "—", "--": "–", "$-$": "−", r"$\pm$": "±", r"$\times$": "×", r"$\geq$": "≥", r"$\leq$": "≤",
    r"$\mu$": "µ", r"\textsuperscript{2}": "²", r"$\chi$": "χ", "{}": "", "~": "\u00a0",
}  # fmt: skip
TOKEN = re.compile("|".join(map(re.escape, sorted(PRINTS, key=len, reverse=True))))
LOOKS = re.compile(r"\\hspace\*\{\d+em\}|\\textbf\{|\\multicolumn\{\d+\}\{c\}\{")


def read(latex):
    """Text as it is printed; fails on a command or a bare special sign."""
    out, position = [], 0
    while position < len(latex):
        token = TOKEN.match(latex, position)
        if token is not None:
            out.append(PRINTS[token[0]])
            position = token.end()
            continue
        assert latex[position] not in "\\{}$&#%_^~", f"a special sign at {latex[position - 5 : position + 15]!r}"
        out.append(latex[position])
        position += 1
    return "".join(out)


def cell_texts(line):
    """The printed cells of a row."""
    body = re.sub(r" \\\\\*?$", "", line)
    cells = re.split(r"(?<!\\) & | &(?= )|(?<= )& ", body)
    texts = []
    for cell in cells:
        text = re.sub(r"^\\hspace\*\{\d+em\}", "", cell.strip(" "))
        wrapped = re.fullmatch(r"\\textbf\{(.*)\}|\\multicolumn\{\d+\}\{c\}\{(.*)\}", text)
        texts.append(read(text if wrapped is None else wrapped[1] if wrapped[1] is not None else wrapped[2]))
    return texts


def expected(text):
    return printable(text).replace("\n", " ").replace("\ufffd", "?").strip(" ")


@pytest.mark.parametrize("text", NASTY)
def test_a_text_comes_back(text):
    assert read(latex_text(text)) == printable(text).replace("\n", " ").replace("\ufffd", "?")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a--b", "a-{}-b"),  # two hyphens, not a dash
        ("?`", r"?\textasciigrave{}"),
        (",,", ",{},"),
        ("", ""),
    ],
)
def test_signs_do_not_melt_together(text, written):
    assert latex_text(text) == written


@pytest.fixture(scope="module")
def lines():
    return latex_bytes(nasty_table()).decode().splitlines()


class TestTable:
    def test_every_cell(self, lines):
        start = lines.index(r"\endlastfoot") + 1
        end = lines.index(r"\end{longtable}")
        table = nasty_table()
        assert len(lines[start:end]) == len(table.rows)
        for line, row in zip(lines[start:end], table.rows, strict=True):
            assert cell_texts(line) == [expected(cell.text) for cell in row.cells]

    def test_the_head_stands_once_for_the_first_page_and_once_for_the_others(self, lines):
        first, others = lines.index(r"\endfirsthead"), lines.index(r"\endhead")
        assert lines[first + 1 : others] == lines[lines.index(r"\toprule") : first]
        assert cell_texts(lines[first - 2])[:3] == ["Name of_the row & <more>", "n", "n\u00a0(%)"]
        assert cell_texts(lines[first - 4]) == ["", "Group 0 & co.", "", ""]
        assert lines[first - 3] == r"\cmidrule(lr){2-3}"

    def test_braces_and_groups_are_balanced(self, lines):
        text = re.sub(r"\\[{}]", "", "\n".join(line for line in lines if not line.startswith("%")))
        assert text.count("{") == text.count("}")
        opened = re.findall(r"\\begin\{(\w+)\}", text)
        assert sorted(opened) == sorted(re.findall(r"\\end\{(\w+)\}", text))
        assert text.count(r"\begingroup") == text.count(r"\endgroup") == 1

    def test_as_many_columns_as_cells(self, lines):
        begin = next(line for line in lines if line.startswith(r"\begin{longtable}"))
        assert begin.count(r"\arraybackslash") == len(nasty_table().columns)
        shares = [float(share) for share in re.findall(r"dimexpr ([\d.]+)", begin)]
        assert sum(shares) <= 1.001

    def test_no_row_begins_with_what_a_line_end_would_take(self, lines):
        assert not [line for line in lines if line.startswith(("[", "*"))]

    def test_other_scripts_are_said(self, lines):
        assert "XeLaTeX" in lines[1]
        columns = (text_column("a", "A"),)
        plain = ReportTable(title="T", columns=columns, rows=(TableRow(cells=(words("Müller ≥ 3"),)),))
        assert "XeLaTeX" not in latex_bytes(plain).decode()

    def test_wide_tables_are_turned(self):
        wide = latex_bytes(nasty_table(wide=6)).decode()
        assert r"\begin{landscape}" in wide
        assert "pdflscape" in wide.splitlines()[0]
        assert "pdflscape" not in latex_bytes(small_table()).decode()

    def test_the_same_tables_give_the_same_bytes(self):
        assert latex_bytes(nasty_table()) == latex_bytes(nasty_table())
