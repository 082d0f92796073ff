"""What is done faster with many rows or many distinct texts gives what the plain way gives."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.cohort import dates, identifiers, numbers, ordered_texts, privacy, regular_text, sure_words
from core.cohort.cohort import RawTable
from core.cohort.dates import parse_dates
from core.cohort.distinct import distinct_cells, distinct_levels, distinct_numbers
from core.cohort.identifiers import identifier_key, identifier_keys
from core.cohort.load import cohort_from_files
from core.cohort.missing import is_unknown, missing_codes
from core.cohort.numbers import parse_numbers
from core.cohort.recognise import recognise
from core.cohort.validate_plausible import FEWEST, _far_values, _quartiles
from core.cohort.values import numbers_of
from core.cohort.written import WrittenColumns

N = 2500
TEXTS = st.lists(
    st.one_of(
        st.from_regex(r"[A-Za-z]{1,4}[-_]?\d{1,5}%?", fullmatch=True),
        st.from_regex(r"-?\d{1,4}([.,]\d{0,3})?%?", fullmatch=True),
        st.from_regex(r"\d{2,4}-\d{1,4}(-\d{2})?", fullmatch=True),
        st.from_regex(r"0\d{1,3}", fullmatch=True),
        st.sampled_from(["NA", "n/a", "nd", "Unknown", "May 3 2020", "mar 2020", "3 May 2020", ".", "--", "?", "12年"]),
        st.text(min_size=1, max_size=6).map(str.strip).filter(bool),
    ),
    min_size=1,
    max_size=40,
    unique=True,
)


@pytest.fixture
def plain_way(monkeypatch):
    """A function that switches every faster way off, or on however few there are."""

    def switch(is_plain):
        monkeypatch.setattr(regular_text, "LEAST", 10**12 if is_plain else 0)
        monkeypatch.setattr(sure_words, "MANY", 10**12 if is_plain else 0)
        monkeypatch.setattr(numbers, "_TOGETHER", 10**12 if is_plain else 1)
        monkeypatch.setattr(dates, "_TOGETHER", 10**12 if is_plain else 1)
        monkeypatch.setattr(identifiers, "_differ_by_key", (lambda _: False) if is_plain else differ)

    differ = identifiers._differ_by_key
    return switch


def study(seed, *, ids, odd=()):
    """A file of many oddities; ``odd`` are (row, column, cell) put in."""
    rng = np.random.default_rng(seed)
    start = np.datetime64("2015-01-01") + rng.integers(0, 2000, N)
    os = np.round(rng.exponential(24, N) + 0.01, 2)
    frame = pd.DataFrame(
        {
            "patient_id": ids,
            "arm": rng.choice(["TACE", "HIFU", "hifu"], N, p=[0.5, 0.499, 0.001]),
            "age": rng.integers(30, 90, N),
            "code": [f"{i % 700:04d}" for i in range(N)],
            "afp": np.round(rng.lognormal(2, 0.5, N), 2),
            "site": rng.choice(["lung", "bone", "NA", "unknown", ""], N),
            "same": "x",
            "start": start,
            "seen": [f"{d.astype(object):%d/%m/%Y}" for d in start + rng.integers(30, 2000, N)],
            "os_months": os,
            "os_event": rng.integers(0, 2, N),
            "pfs_months": np.round(os * rng.random(N) + 0.01, 2),
            "pfs_event": rng.integers(0, 2, N),
        }
    ).astype(object)
    for row, column, cell in odd:
        frame.loc[row, column] = cell
    return {"study.csv": frame.to_csv(index=False).encode()}


UPPER = [f"P{i:05d}" for i in range(N)]
ODD = [
    (3, "afp", "<0.5"), (9, "afp", "1e9"), (10, "age", "999"), (11, "age", "-9"), (40, "start", "2029-01-01"),
    (41, "start", "2020-02-30"), (42, "start", "spring"), (50, "os_months", "-3"), (51, "os_months", ""),
    (60, "patient_id", ""), (61, "patient_id", "p00001"), (62, "patient_id", "P00007"), (70, "arm", " TACE "),
]  # fmt: skip
STUDIES = {
    "plain": study(0, ids=UPPER),
    "odd": study(1, ids=UPPER, odd=ODD),
    "numbers as identifiers": study(2, ids=[f"{i}" for i in range(N)], odd=ODD),
    "numbers that are written twice": study(3, ids=[f"{i}.0" if i % 2 else f"{i - 1}" for i in range(1, N + 1)]),
    "hyphens": study(4, ids=[f"{i % 9:02d}-{i:04d}" for i in range(N)]),
    "names": study(5, ids=[f"Jan{i:05d}" for i in range(N)]),
    "blanks": study(6, ids=[f"No {i:05d}" for i in range(N)], odd=ODD[:9]),
}


@pytest.mark.parametrize("files", STUDIES.values(), ids=STUDIES.keys())
def test_the_same_cohort(files, plain_way):
    plain_way(True)
    plain = cohort_from_files(files, name="study")
    plain_way(False)
    fast = cohort_from_files(files, name="study")
    assert isinstance(fast.patients.raw.cells, WrittenColumns)
    assert not isinstance(plain.patients.raw.cells, WrittenColumns)
    pd.testing.assert_frame_equal(fast.patients.frame, plain.patients.frame, check_exact=True)
    assert fast.patients.columns == plain.patients.columns
    assert fast.issues == plain.issues
    assert fast.spec == plain.spec
    assert fast.digest == plain.digest


def test_the_file_is_not_made_text_cell_by_cell(plain_way):
    plain_way(False)
    cohort = cohort_from_files(STUDIES["plain"], name="study")
    assert "frame" not in vars(cohort.patients.raw.cells)


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_sure_words_are_nothing_else(texts):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sure_words, "MANY", 0)
        words = sure_words.sure_words(texts)
    numbers_read, days = parse_numbers(texts), parse_dates(texts, compact=True).value
    missing = missing_codes(texts)
    for i in np.flatnonzero(words):
        assert not np.isfinite(numbers_read.value[i])
        assert np.isnat(days[i])
        assert not numbers_read.percent[i]
        assert not numbers_read.leading_zero[i]
        assert not is_unknown(texts[i])
        assert texts[i] not in missing
    apart = parse_numbers(texts, words=words)
    for name in ("value", "percent", "leading_zero"):
        np.testing.assert_array_equal(getattr(apart, name), getattr(numbers_read, name))
    assert (apart.comma, apart.dotted_thousands) == (numbers_read.comma, numbers_read.dotted_thousands)


def test_identifiers_are_sure_words():
    some = [f"{start}{i:04d}" for i in range(sure_words.MANY) for start in ("P", "HCC", "S1-", "01-")]
    assert sure_words.sure_words(some).all()
    assert not sure_words.sure_words(some[:100]).any()
    assert not sure_words.sure_words([*some, "无"]).any()


@given(
    st.lists(
        st.from_regex(r"-?\d{1,6}(\.\d{0,3})?|0\d+|1\n2|1e5|\+3|inf|1_0| 3", fullmatch=True), min_size=1, unique=True
    )
)
@settings(max_examples=300, deadline=None)
def test_many_numbers_are_read_as_few_are(texts):
    together = {}
    for is_together in (True, False):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(numbers, "_TOGETHER", 1 if is_together else 10**9)
            together[is_together] = parse_numbers(texts)
    for name in ("value", "percent", "leading_zero"):
        np.testing.assert_array_equal(getattr(together[True], name), getattr(together[False], name))
    assert together[True].comma == together[False].comma


@pytest.mark.parametrize("odd", [[], ["2020-02-30"], ["2020-13-01"], ["0001-01-01"], ["2300-01-01"], ["01/02/2020"]])
def test_many_days_are_read_as_few_are(odd):
    texts = [*(str(day) for day in np.arange("2019-12-01", "2020-04-01", dtype="datetime64[D]")), *odd]
    assert len(texts) >= dates._TOGETHER
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dates, "_TOGETHER", 10**9)
        wanted = parse_dates(texts)
    found = parse_dates(texts)
    np.testing.assert_array_equal(found.value, wanted.value)
    assert (found.order, found.partial) == (wanted.order, wanted.partial)


@given(st.lists(st.from_regex(r"[A-Za-z]{0,2}0?\d{1,3}(\.0)?|\+\d|[ab] ?1|ß|SS", fullmatch=True), unique=True))
@settings(max_examples=300, deadline=None)
def test_keys_of_identifiers(texts):
    keys, position = identifier_keys(texts)
    wanted = [identifier_key(text) for text in texts]
    if position is None:
        assert len(set(wanted)) == len(texts)
        assert keys == texts
    else:
        assert [keys[i] for i in position] == wanted
        assert keys == list(dict.fromkeys(wanted))


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.integers(1, 4)), min_size=1, unique_by=lambda pair: pair[0]))
@settings(max_examples=200, deadline=None)
def test_quartiles_of_counted_values(pairs):
    values, times = map(np.array, zip(*sorted(pairs), strict=True))
    wanted = np.quantile(np.repeat(values, times), (0.25, 0.5, 0.75))
    np.testing.assert_allclose(_quartiles(values, times), wanted, rtol=1e-12, atol=1e-9)
    if times.sum() < FEWEST:
        assert not _far_values(values, times).any()


@pytest.mark.parametrize("keep", ["first", False])
def test_repeated_rows(keep):
    frame = pd.DataFrame({"a": ["1", None, "1", "2", None], "b": ["x", "y", "x", "y", "y"]}, dtype=object)
    columns = WrittenColumns({name: _coded(frame[name]) for name in frame})
    made = [
        RawTable(name="f", cells=cells, row_numbers=range(2, 7), issues=(), sha256="").repeated(keep=keep).tolist()
        for cells in (frame, columns)
    ]
    assert made[0] == made[1] == frame.duplicated(keep=keep).tolist()


def _coded(column):
    codes, texts = pd.factorize(column)
    return codes, list(texts)


def test_what_is_kept_while_typing_is_what_the_table_holds():
    cells = {
        "age": ["50", "50.0", "x", None, "61", "50", "63"] * 4,
        "who": [f"P{i}" for i in range(28)],
        "arm": ["HIFU", "TACE", None, "na"] * 7,
        "seen": ["2020-01-05", "05/02/2020", None, "?"] * 7,
    }
    raw = RawTable(name="f", cells=pd.DataFrame(cells, dtype=object), row_numbers=range(2, 30), issues=(), sha256="")
    kept = recognise(raw, table="patients")
    found = replace(kept, cache={})
    for name in ("age", "seen"):
        values, counts = sorted_values(distinct_numbers(kept, name))
        wanted_values, wanted_counts = sorted_values(distinct_numbers(found, name))
        np.testing.assert_array_equal(values, wanted_values)
        assert counts.tolist() == wanted_counts.tolist()
        flags = np.asarray(distinct_numbers(kept, name).values) == values[0]
        np.testing.assert_array_equal(distinct_numbers(kept, name).rows(flags), numbers_of(kept, name) == values[0])
    for distinct, name in ((distinct_levels, "arm"), (distinct_cells, "who")):
        assert list(distinct(kept, name).values) == list(distinct(found, name).values)
        assert distinct(kept, name).counts.tolist() == distinct(found, name).counts.tolist()
        assert distinct(kept, name).n_missing == distinct(found, name).n_missing
        np.testing.assert_array_equal(distinct(kept, name).codes, distinct(found, name).codes)


def sorted_values(found):
    """Known values in ascending order, each once, and how often each stands."""
    values = np.asarray(found.values)
    known = np.isfinite(values)
    once, position = np.unique(values[known], return_inverse=True)
    return once, np.bincount(position, weights=found.counts[known])


@given(st.lists(st.text(alphabet="0123456789-./ ,:;%'x+()", min_size=1, max_size=12), min_size=1, max_size=5))
@settings(max_examples=400, deadline=None)
def test_short_numbers_name_nobody(values):
    if not privacy._may_tell(values):
        assert not any(looks(text) for looks in privacy._BY_VALUE.values() for text in values)


def test_identifiers_in_order_need_no_looking_up():
    import pyarrow as pa

    def ascending(*texts):
        pieces = (pa.array(part, pa.binary()) for part in (texts[:2], texts[2:]))
        return ordered_texts.joined_in_order([ordered_texts.texts_in_order(piece) for piece in pieces])

    assert ascending("P1", "P2", "P4", "P5") == ["P1", "P2", "P4", "P5"]
    for odd in (("P1", "P2", "P2", "P5"), ("P1", "P3", "P2", "P5"), ("P1", "P2", "P30", "P5"), ("P1", "P2", " 3", "P5"),
                ("1 ", "2 ", "3 ", "4 "), ("", "a", "b", "c")):  # fmt: skip
        assert ascending(*odd) is None
