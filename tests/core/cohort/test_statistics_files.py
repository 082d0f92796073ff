"""SPSS, Stata, SAS and Parquet: labels for codes, dates written out, declared missing values said, damage contained."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from core.cohort import sas, separate_process, spss, stata, statistics_files
from core.cohort.describe import describe
from core.cohort.load import cohort_from_files
from core.cohort.read import read_table
from core.cohort.select import analysis_set
from core.errors import ReadError
from tests.core.cohort.statistics_samples import LABELS, N, frame, made
from tests.intake.corpus import kept

LABELLED = ("sav", "zsav", "dta")
ALL = (*LABELLED, "xpt5", "xpt8", "parquet")


@pytest.mark.parametrize("kind", ALL)
def test_every_kind_holds_the_same_cohort(kind):
    cohort = cohort_from_files({f"study.{kind}": made(kind)}, name="study")
    data = analysis_set(cohort, endpoint="OS") if kind != "parquet" else None
    seen = pd.to_datetime(frame()["seen"])
    assert cohort.patients.frame["seen"].tolist() == seen.tolist()
    assert cohort.n == N
    if data is not None:  # Parquet has no labels that say what V3 is
        assert (data.n, int(data.data.event.sum())) == (N - 1, 8)
        assert cohort.spec.roles["patient_id"] == "V1"


@pytest.mark.parametrize("kind", LABELLED)
def test_labels_stand_for_codes(kind):
    raw = read_table(made(kind), name="x")
    assert raw.frame["V4"].tolist()[:4] == ["Dead", "Alive", "Alive", "Dead"]
    assert raw.labels["V3"] == "OS (months)"
    assert raw.row_numbers == tuple(range(1, N + 1))
    assert raw.frame["seen"].iloc[1] == "2020-01-31"


@pytest.mark.parametrize("kind", ["sav", "zsav"])
def test_user_missing_values_are_missing_and_said(kind):
    raw = read_table(made(kind), name="x")
    assert raw.frame["sex"].iloc[5] is None
    (issue,) = raw.issues
    assert (issue.code, issue.column, issue.rows) == ("declared-missing", "sex", (6,))
    assert "'Unknown' (1)" in issue.message


def test_ranges_of_missing_values_and_labels_for_some_values_only():
    table = pd.DataFrame({"id": ["a", "b", "c", "d"], "afp": [12.5, 997.0, 999.0, 3.0]})
    content = made(
        "sav",
        table,
        variable_value_labels={"afp": {999: "not done"}},
        missing_ranges={"afp": [{"lo": 990, "hi": 1000}]},
    )
    raw = read_table(content, name="x")
    assert raw.frame["afp"].tolist() == ["12.5", None, None, "3"]
    assert "'997' (1), 'not done' (1)" in raw.issues[0].message


def test_extended_missing_values_of_stata():
    table = pd.DataFrame({"id": ["a", "b", "c"], "age": pd.Series([61, "a", "z"], dtype=object)})
    raw = read_table(made("dta", table, variable_value_labels={}, missing_user_values={"age": ["a", "z"]}), name="x")
    assert raw.frame["age"].tolist() == ["61", None, None]
    assert raw.issues[0].rows == (2, 3)


def test_two_values_with_one_label_stay_two():
    table = pd.DataFrame({"id": ["a", "b", "c"], "arm": [1.0, 2.0, 3.0]})
    raw = read_table(
        made("sav", table, variable_value_labels={"arm": {1: "TACE", 2: "TACE", 3: "HIFU"}}, missing_ranges={}),
        name="x",
    )
    assert raw.frame["arm"].tolist() == ["TACE (1)", "TACE (2)", "HIFU"]


def test_chinese_comes_back():
    table = pd.DataFrame({"编号": ["甲", "乙"], "性别": [1.0, 2.0]})
    raw = read_table(
        made("sav", table, variable_value_labels={"性别": {1: "男", 2: "女"}}, missing_ranges={}), name="x"
    )
    assert raw.frame.to_dict("list") == {"编号": ["甲", "乙"], "性别": ["男", "女"]}


@pytest.mark.parametrize(
    ("moment", "shown_as", "value", "day"),
    [
        (spss.moment, "DATE11", 13_000_000_000.0, dt.datetime(1582, 10, 14) + dt.timedelta(seconds=13e9)),
        (spss.moment, "EDATE10", 86400.0, dt.datetime(1582, 10, 15)),
        (stata.moment, "%td", 366.0, dt.datetime(1961, 1, 1)),
        (stata.moment, "%tdDD/NN/CCYY", 0.0, dt.datetime(1960, 1, 1)),
        (stata.moment, "%tc", 86_400_000.0, dt.datetime(1960, 1, 2)),
        (sas.moment, "DATE9.", 366.0, dt.datetime(1961, 1, 1)),
        (sas.moment, "YYMMDD10.", 1.0, dt.datetime(1960, 1, 2)),
        (sas.moment, "E8601DA", 1.0, dt.datetime(1960, 1, 2)),
        (sas.moment, "DATETIME20.", 86400.0, dt.datetime(1960, 1, 2)),
    ],
)
def test_origins_and_units_of_dates(moment, shown_as, value, day):
    origin, seconds = moment(shown_as)
    assert origin + dt.timedelta(seconds=value * seconds) == day


@pytest.mark.parametrize(
    ("moment", "shown_as"),
    [
        (spss.moment, "F8.2"),
        (spss.moment, "A20"),
        (spss.moment, "TIME8"),
        (stata.moment, "%9.0g"),
        (sas.moment, "BEST12."),
    ],
)
def test_numbers_are_no_dates(moment, shown_as):
    assert moment(shown_as) is None


def test_a_date_beyond_the_calendar_stays_a_number():
    assert statistics_files._date(1e18, (dt.datetime(1960, 1, 1), 86400.0)) == "1e+18"


class TestParquet:
    def test_numbers_truth_and_missing(self):
        table = pd.DataFrame(
            {"id": ["a", "b"], "n": [1.0, np.nan], "yes": [True, False], "when": pd.to_datetime(["2020-05-04", None])}
        )
        raw = read_table(made("parquet", table), name="x")
        assert raw.frame.to_numpy().tolist() == [["a", "1", "TRUE", "2020-05-04"], ["b", None, "FALSE", None]]

    def test_categories_are_words_and_an_index_of_numbers_is_left_out(self):
        table = pd.DataFrame({"id": ["a", "b"], "g": pd.Categorical(["G1", "G2"])}, index=[5, 9])
        raw = read_table(made("parquet", table), name="x")
        assert raw.frame.to_dict("list") == {"id": ["a", "b"], "g": ["G1", "G2"]}

    def test_lists_are_refused(self):
        with pytest.raises(ReadError, match=r"Column 'sites' of 'x' holds lists"):
            read_table(made("parquet", pd.DataFrame({"id": [1], "sites": [["lung", "bone"]]})), name="x")


class TestRefused:
    @pytest.mark.parametrize("kind", ["sav", "dta", "xpt5"])
    def test_cut_off_in_the_middle(self, kind):
        content = made(kind)
        with pytest.raises(ReadError, match="cannot be read; it is damaged"):
            read_table(content[: len(content) // 4], name="x")

    def test_more_cells_than_are_read(self, monkeypatch):
        monkeypatch.setattr(separate_process, "MAX_CELLS", 50)
        monkeypatch.setattr("core.cohort.guards.MAX_CELLS", 50)
        for kind in ("sav", "parquet"):
            with pytest.raises(ReadError, match=rf"'x' has {N} rows by 5 columns"):
                read_table(made(kind), name="x")

    def test_no_rows(self):
        with pytest.raises(ReadError, match="column names but no rows"):
            read_table(made("sav", frame().iloc[:0]), name="x")

    def test_a_reader_that_is_ended_by_the_file(self, monkeypatch):
        monkeypatch.setattr(separate_process.sys, "executable", "/bin/false")
        with pytest.raises(ReadError, match="damaged or incomplete"):
            read_table(made("sav"), name="x")

    def test_a_reader_that_does_not_come_back(self, monkeypatch):
        monkeypatch.setattr(separate_process, "TIME_LIMIT", 0.001)
        with pytest.raises(ReadError, match="took longer than"):
            read_table(made("sav"), name="x")


def test_describe_says_what_the_file_calls_its_columns():
    (table,) = describe(cohort_from_files({"s.sav": made("sav")}, name="s"))["tables"]
    assert [column["label"] for column in table["columns"]] == [LABELS[name] for name in frame().columns]
    assert table["encoding"] is None


def test_a_data_set_of_sas():
    raw = read_table(kept("iris.sas7bdat"), name="iris.sas7bdat")
    assert list(raw.frame.columns) == ["Sepal_Length", "Sepal_Width", "Petal_Length", "Petal_Width", "Species"]
    assert raw.frame.iloc[0].tolist() == ["5.1", "3.5", "1.4", "0.2", "setosa"]
    assert raw.frame["Species"].value_counts().to_dict() == {
        "setosa": 50,
        "versic": 50,
        "virgin": 50,
    }  # as haven reads it
    assert sum(float(cell) for cell in raw.frame["Petal_Width"]) == pytest.approx(179.9)
    assert not raw.issues


@pytest.mark.parametrize("cut", [100, 1100, 70_000, 131_000])
def test_a_broken_data_set_of_sas_is_refused_in_words(cut):
    with pytest.raises(ReadError) as caught:
        read_table(kept("iris.sas7bdat")[:cut], name="iris.sas7bdat")
    assert "iris.sas7bdat" in caught.value.message


def test_what_a_column_of_sas_is_called_in_full():
    assert read_table(kept("study.sas7bdat"), name="s.sas7bdat").labels == {"os_months": "Overall survival (months)"}
