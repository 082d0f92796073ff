"""A large text file read by columns is the table that is read row by row."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.cohort import guards, read, regular_text, text_source
from core.cohort.known_texts import KnownTexts
from core.cohort.read import read_table
from core.cohort.written import WrittenColumns
from core.errors import ReadError
from tests.core.cohort.workbooks import xlsx

N = 400


def cells(rng, n=N):
    """Columns of all sorts: few texts, many texts, blanks around, empty ones, codes of missing values."""
    return {
        "id": [f"P{i:04d}" for i in range(n)],
        "arm": rng.choice(["TACE", " HIFU ", "HIFU", "无"], n),
        "age": rng.integers(30, 90, n),
        "lab": np.round(rng.lognormal(2, 0.5, n), 2),
        "gap": rng.choice(["", "NA", "1", "x"], n),
        "day": rng.choice(["2020-01-05", "2021-12-31", ""], n),
        "bare": [""] * n,
        "last": rng.integers(0, 2, n),
    }


def text(columns, delimiter=",", end="\n"):
    rows = [delimiter.join(columns), *(delimiter.join(map(str, row)) for row in zip(*columns.values(), strict=True))]
    return end.join(rows) + end


def read_as(raw):
    """Everything but the cells."""
    return raw.delimiter, raw.encoding, raw.sha256, raw.issues, tuple(raw.row_numbers), raw.columns


@pytest.fixture
def both(monkeypatch, tmp_path):
    """A function: a text read by columns, None where it is not regular, and read row by row."""

    def read_both(content):
        monkeypatch.setattr(regular_text, "LEAST", 0)
        by_columns = read_table(content.encode(), name="f")
        (tmp_path / "f").write_bytes(content.encode())
        of_file = read_table(tmp_path / "f", name="f")
        assert type(of_file.cells) is type(by_columns.cells)
        assert read_as(of_file) == read_as(by_columns)
        pd.testing.assert_frame_equal(of_file.frame, by_columns.frame, check_exact=True)
        monkeypatch.setattr(regular_text, "LEAST", 10**12)
        by_rows = read_table(content.encode(), name="f")
        return by_columns if isinstance(by_columns.cells, WrittenColumns) else None, by_rows

    return read_both


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("delimiter", "end"), [(",", "\n"), (";", "\r\n"), ("\t", "\n"), ("|", "\n")])
def test_the_same_table(both, seed, delimiter, end, monkeypatch):
    monkeypatch.setattr(text_source, "PIECE", (1 << 12, 1 << 23)[seed % 2])
    columns, rows = both(text(cells(np.random.default_rng(seed)), delimiter, end))
    assert columns is not None
    pd.testing.assert_frame_equal(columns.frame, rows.frame, check_exact=True)
    assert columns.frame["gap"].tolist() == rows.frame["gap"].tolist()
    assert tuple(columns.row_numbers) == rows.row_numbers
    assert (columns.delimiter, columns.encoding, columns.issues) == (rows.delimiter, rows.encoding, rows.issues)
    for name in rows.frame.columns:
        (codes, texts), (expected, known) = columns.codes_of(name), rows.codes_of(name)
        assert texts == known
        np.testing.assert_array_equal(codes, expected)


@pytest.mark.parametrize("block", [1 << 11, 1 << 22])
def test_columns_that_repeat_only_at_first_or_only_later(both, block, monkeypatch):
    monkeypatch.setattr(text_source, "PIECE", block)
    many = [f" x{i % 97} " for i in range(N - 250)]
    repeating = {"few_then_many": ["a", "b"] * 125 + many, "many_then_few": [*many, *(["b", ""] * 125)]}
    columns, rows = both(text({"id": range(N, 0, -1), **repeating}))
    assert columns is not None
    pd.testing.assert_frame_equal(columns.frame, rows.frame, check_exact=True)
    for name in repeating:
        assert columns.codes_of(name)[1] == rows.codes_of(name)[1]
        np.testing.assert_array_equal(columns.codes_of(name)[0], rows.codes_of(name)[0])


def quoted(rng, n=N):
    """Cells with every kind of quotation mark that opens and closes."""
    kinds = ["a", "", '"a"', '""', '"a,b"', '"say ""so"""', '"two\nlines"', '"two\r\nlines"', '"a"b', '"a" ', ' "a"',
             '5" tube', '"12,5"', '"无，有"', '"""', '"\n"']  # fmt: skip
    kinds = [kind for kind in kinds if kind.count('"') % 2 == 0] + ['5" and 6"']
    columns = {"id": [f'"P{i:04d}"' for i in range(n)], '"the ""arm"""': rng.choice(kinds, n)}
    return columns | {"x": rng.choice(kinds, n), "last": rng.integers(0, 2, n)}


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(("delimiter", "end"), [(",", "\n"), (",", "\r\n")])
def test_the_same_quoted_table(both, seed, delimiter, end, monkeypatch):
    monkeypatch.setattr(text_source, "PIECE", (1 << 12, 1 << 20)[seed % 2])
    columns, rows = both(text(quoted(np.random.default_rng(seed)), delimiter, end))
    assert columns is not None
    assert list(columns.frame.columns) == ["id", 'the "arm"', "x", "last"]
    pd.testing.assert_frame_equal(columns.frame, rows.frame, check_exact=True)
    assert tuple(columns.row_numbers) == rows.row_numbers
    assert (columns.delimiter, columns.encoding, columns.issues) == (rows.delimiter, rows.encoding, rows.issues)


def changed(at, line):
    lines = text(cells(np.random.default_rng(1))).splitlines()
    lines[at] = line
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    "content",
    [
        changed(200, "P,1,2"),
        changed(200, "P,1,2,3,4,5,6,7,8,9"),
        changed(200, ""),
        changed(200, ",,,,,,,"),
        changed(200, 'P,"a,b,2,3,4,5,6,7'),
        changed(200, 'P,a"b,c"d,2,3,4,5,6,7'),
        changed(0, 'id,"two\nlines",age,lab,gap,day,bare,last'),
        changed(0, "id,arm,age,age,gap,day,bare,last"),
        changed(0, "id,arm,,lab,gap,day,bare,last"),
        changed(0, "Study of 2021,,,,,,,"),
        changed(0, "1,2,3,4,5,6,7,8"),
        changed(-1, "Note: read on Monday,,,,,,,"),
        changed(-1, "Total,,60,7.1,,,,"),
        "sep=,\n" + text(cells(np.random.default_rng(1))),
        text(cells(np.random.default_rng(1)), end="\r"),
        "id,os\n" + "1,2\n" * 20,
    ],
)
def test_what_is_not_regular_is_read_row_by_row(both, content):
    columns, rows = both(content)
    assert columns is None
    assert len(rows.frame)


def test_a_table_beyond_memory_is_refused(monkeypatch):
    monkeypatch.setattr(regular_text, "LEAST", 0)
    monkeypatch.setattr(guards, "free_megabytes", lambda: 0.1)
    with pytest.raises(ReadError, match="400 rows by 8 columns, more than the memory"):
        read_table(text(cells(np.random.default_rng(1))).encode(), name="f")


def test_a_text_beyond_memory_is_refused(monkeypatch):
    monkeypatch.setattr(guards, "free_megabytes", lambda: 0.1)
    with pytest.raises(ReadError, match="million letters"):
        read_table(text(cells(np.random.default_rng(1))).encode(), name="f")


def test_a_file_larger_than_is_read(monkeypatch):
    monkeypatch.setattr(read, "MAX_BYTES", 100)
    with pytest.raises(ReadError, match="at most 0 MB"):
        read_table(xlsx({"P": [["id", "os"], [1, 2]]}), name="f.xlsx")


def test_codes_are_forgotten_where_the_table_was_changed(monkeypatch):
    monkeypatch.setattr(regular_text, "LEAST", 0)
    raw = read_table(text(cells(np.random.default_rng(1))).encode(), name="f")
    changed_table = replace(raw, cells=raw.frame.assign(arm="one"))
    assert changed_table.codes_of("arm")[1] == ["one"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "latin-1", "utf-16"])
@pytest.mark.parametrize("odd", ["", "\ufffd", "\x00", "\x1a\r\n\x1a"])
def test_a_file_is_read_as_its_bytes_are(encoding, odd, monkeypatch, tmp_path):
    monkeypatch.setattr(regular_text, "LEAST", 0)
    monkeypatch.setattr(text_source, "PIECE", 1 << 11)
    content = text(cells(np.random.default_rng(3))).replace("无", "é" if encoding == "latin-1" else "无")
    content = content.replace("2020", f"2020{odd}", 1) if len(odd) == 1 else content + odd
    held = content.encode(encoding, errors="replace")
    (tmp_path / "f").write_bytes(held)
    try:
        same = read_table(held, name="f")
    except ReadError as error:
        with pytest.raises(ReadError, match=re.escape(error.message)):
            read_table(tmp_path / "f", name="f")
        return
    raw = read_table(tmp_path / "f", name="f")
    assert read_as(raw) == read_as(same)
    pd.testing.assert_frame_equal(raw.frame, same.frame, check_exact=True)


def test_marks_that_open_nothing_mislead_where_a_text_is_cut(both, monkeypatch):
    monkeypatch.setattr(text_source, "PIECE", 64)
    rows = [f'P{i},5" tube,"two\nlines","a, b"' for i in range(N)]
    columns, by_rows = both("id,what,how,which\n" + "\n".join(rows) + "\n")
    assert columns is not None
    pd.testing.assert_frame_equal(columns.frame, by_rows.frame, check_exact=True)


@given(st.lists(st.lists(st.binary(max_size=19).map(lambda b: b.replace(b"\0", b"x")), min_size=1), min_size=1))
@example([[b"ab", b"cd"], [b"ab", b"abcdefghi", b"\x01"], [b"abcdefghi", b"q"]])
@example([[b"2015-03-04", b"2015-03-"], [b"2015-03-", b"2015-03-05"], [b"2015-03-05", b"2015-03-04"]])
@example([[b"%d" % i for i in range(9000)], [b"%d" % i for i in range(40_000)], [b"%d" % i for i in range(45_000)]])
@settings(max_examples=150, deadline=None)
def test_codes_by_texts_that_are_known(pieces):
    import pyarrow as pa

    for read_before in (0, 1):  # a piece is read when those before it, or all but one of them, were added
        known, waiting, found = KnownTexts(), [], []
        for cells_ in pieces:
            waiting.append(known.coded(pa.array(cells_, pa.binary())))
            if len(waiting) > read_before:
                found.append(known.add(waiting.pop(0)))
        found += [known.add(one) for one in waiting]
        assert known.texts == list(dict.fromkeys(text for cells_ in pieces for text in cells_))
        for codes, cells_ in zip(found, pieces, strict=True):
            assert [known.texts[code] for code in codes] == cells_
