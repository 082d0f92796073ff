"""Typing: numbers, dates, categories and text, and what is reported of cells that do not fit."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.cohort.cohort import RawTable
from core.cohort.dates import date_order, parse_dates
from core.cohort.grades import is_severity, parse_grade
from core.cohort.kinds import TypedColumns
from core.cohort.missing import missing_codes
from core.cohort.numbers import comma_meaning, parse_numbers


def raw_of(delimiter=",", sheet=None, **columns):
    n = len(next(iter(columns.values())))
    frame = pd.DataFrame({name: np.array(list(cells), dtype=object) for name, cells in columns.items()})
    return RawTable(
        name="f",
        cells=frame,
        row_numbers=tuple(range(2, n + 2)),
        issues=(),
        sha256="",
        delimiter=delimiter,
        sheet=sheet,
    )


def typed(cells, name="x", **options):
    """Kind, values and issues of one column."""
    columns = TypedColumns(raw_of(**{name: cells}, **options), table="patients")
    return columns.kinds[name], columns.frame()[name], columns.issues()


class TestNumbers:
    @pytest.mark.parametrize(
        ("texts", "values", "comma"),
        [
            (["1", "2.5", "-3", "+4", "1e3", ".5", "5."], [1, 2.5, -3, 4, 1000, 0.5, 5], "none"),
            (["12,5", "3"], [12.5, 3], "decimal"),
            (["0,123", "3,5"], [0.123, 3.5], "decimal"),
            (["1.234,5", "12,5"], [1234.5, 12.5], "decimal"),
            (["1,234.5", "12"], [1234.5, 12], "thousands"),
            (["1,234,567", "12"], [1234567, 12], "thousands"),
            (["1,234", "2,500"], [1234, 2500], "unclear"),
            (["1234,567", "2"], [1234.567, 2], "decimal"),
            (["1 234,5", "12"], [1234.5, 12], "decimal"),
            (["1\u202f234.5", "12"], [1234.5, 12], "none"),
            (["1'234.5", "12"], [1234.5, 12], "none"),
            (["25%", "3.5 %"], [25, 3.5], "none"),
            (["１２", "３．５"], [12, 3.5], "none"),
            (["\u22123.5", "2"], [-3.5, 2], "none"),
            (["1.2.3", "abc", "1-2", "<5", "1 2", ""], [np.nan] * 6, "none"),
            (["nan", "inf", "0x1F", "1_000"], [np.nan] * 4, "none"),
        ],
        ids=str,
    )
    def test_written_numbers(self, texts, values, comma):
        found = parse_numbers(texts)
        np.testing.assert_array_equal(found.value, np.array(values, dtype=float))
        assert found.comma == comma

    def test_evidence_decides_what_the_column_cannot(self):
        np.testing.assert_array_equal(parse_numbers(["1,234"], decimal_comma=True).value, [1.234])
        np.testing.assert_array_equal(parse_numbers(["1,234"], decimal_comma=False).value, [1234])

    def test_dots_group_thousands_only_beside_decimal_commas(self):
        np.testing.assert_array_equal(parse_numbers(["1.234.567", "2.500"]).value, [1234567, 2500])
        np.testing.assert_array_equal(parse_numbers(["1.234", "2.500"]).value, [1.234, 2.5])
        np.testing.assert_array_equal(parse_numbers(["1.234", "2,5"], dots_group=False).value, [1.234, 2.5])

    def test_contrary_commas_are_unclear(self):
        assert comma_meaning(["12,5", "1,234.5"]) == "unclear"

    @settings(max_examples=200)
    @given(st.lists(st.floats(-1e9, 1e9), min_size=1), st.sampled_from([".", ","]))
    def test_python_numbers_come_back(self, numbers, point):
        texts = [repr(number).replace(".", point) for number in numbers]
        found = parse_numbers(texts, decimal_comma=point == ",", dots_group=False)
        np.testing.assert_array_equal(found.value, numbers)


class TestDates:
    @pytest.mark.parametrize(
        ("text", "day"),
        [
            ("2024-05-31", (2024, 5, 31)),
            ("2024/5/1", (2024, 5, 1)),
            ("2024.05.31", (2024, 5, 31)),
            ("2024-05-31T11:45", (2024, 5, 31)),
            ("2024-05-31 11:45:10", (2024, 5, 31)),
            ("2024年5月31日", (2024, 5, 31)),
            ("31.05.2024", (2024, 5, 31)),
            ("31/05/2024", (2024, 5, 31)),
            ("31/5/24", (2024, 5, 31)),
            ("31.12.68", (2068, 12, 31)),
            ("31.12.69", (1969, 12, 31)),
            ("31MAY2024", (2024, 5, 31)),
            ("31-May-24", (2024, 5, 31)),
            ("31 May 2024", (2024, 5, 31)),
            ("May 31, 2024", (2024, 5, 31)),
            ("29/02/2024", (2024, 2, 29)),
        ],
    )
    def test_written_dates(self, text, day):
        assert parse_dates([text]).value[0] == np.datetime64(dt.date(*day))

    @pytest.mark.parametrize(
        "text", ["2024-13-01", "2023-02-29", "51-65", "G1", "1.5", "20240531", "45000", "May", "3/2"]
    )
    def test_what_is_no_date(self, text):
        assert np.isnat(parse_dates([text]).value[0])

    def test_compact_dates_and_serial_numbers_where_the_name_says_date(self):
        found = parse_dates(["20240531", "45443"], compact=True)
        assert found.value.tolist() == [dt.date(2024, 5, 31), dt.date(2024, 5, 31)]

    @pytest.mark.parametrize(
        ("texts", "order"),
        [
            (["31/05/2024", "01/02/2024"], "day first"),
            (["05/31/2024", "01/02/2024"], "month first"),
            (["01/02/2024", "03/04/2024"], "unclear"),
            (["01.02.2024"], "day first"),
            (["2024-01-02"], "none"),
            (["31/05/2024", "30/05/2024", "05/31/2024"], "day first"),
        ],
    )
    def test_evidence_for_the_order(self, texts, order):
        assert date_order(texts) == order

    def test_month_first_is_followed(self):
        assert parse_dates(["05/31/2024", "01/02/2024"]).value[1] == np.datetime64("2024-01-02")

    def test_months_without_a_day_are_partial(self):
        assert parse_dates(["2024-05", "2024", "05/2024", "2024-05-31"]).partial == ["2024-05", "2024", "05/2024"]

    @settings(max_examples=100)
    @given(
        st.lists(st.dates(dt.date(1950, 1, 1), dt.date(2049, 12, 31)), min_size=1, max_size=20),
        st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d", "%d%b%Y", "%Y年%m月%d日", "%d %B %Y"]),
    )
    def test_dates_come_back(self, days, form):
        found = parse_dates([day.strftime(form) for day in days])
        assert found.value.tolist() == days

    @settings(max_examples=50)
    @given(st.lists(st.dates(dt.date(1970, 1, 1), dt.date(2040, 1, 1)), min_size=1, max_size=20), st.booleans())
    def test_one_telling_date_settles_the_column(self, days, day_first):
        form = "%d/%m/%Y" if day_first else "%m/%d/%Y"
        days = [*days, dt.date(2020, 3, 31)]
        assert parse_dates([day.strftime(form) for day in days]).value.tolist() == days


class TestKinds:
    @pytest.mark.parametrize(
        ("cells", "kind"),
        [
            (["61.5", "70", "55", "48"], "number"),
            (["1", "2", "1", "2", "1"], "category"),
            (["0", "1", "2", "3", "4", "0", "1", "1"] * 3, "category"),
            ([str(i) for i in range(20)], "number"),
            ([str(50 + 10 * (i % 6)) for i in range(40)], "number"),
            (["1", "2", "3"], "number"),
            (["male", "female", "male"], "category"),
            (["TRUE", "FALSE", "TRUE"], "category"),
            ([f"note {i}" for i in range(20)], "text"),
            (["2024-05-31", "2024-06-01"], "date"),
            ([None, None], "empty"),
            (["NA", "."], "empty"),
            (["001", "002", "010", "011"], "text"),
            (["<=50", "51-65", ">75"] * 4, "category"),
            (["0", "1", "unknown", "1", "0"], "category"),
            (["12.5", None, "unknown", "7.5", "3.1"], "number"),
        ],
        ids=lambda value: str(value)[:40],
    )
    def test_kinds(self, cells, kind):
        assert typed(cells)[0] == kind

    def test_numbers_are_floats_with_nan(self):
        _, values, _ = typed(["1.5", None, "70", "55"])
        assert values.dtype == np.float64
        np.testing.assert_array_equal(values, [1.5, np.nan, 70, 55])

    def test_categories_hold_levels_in_natural_order(self):
        _, values, _ = typed(["G3", "G1", "G2", "G1", None])
        assert list(values.cat.categories) == ["G1", "G2", "G3"]
        assert values.isna().tolist() == [False] * 4 + [True]

    def test_codes_are_written_plainly(self):
        assert list(typed(["1.0", "2", "1", "2.0", "1"])[1].cat.categories) == ["1", "2"]

    def test_none_is_a_level(self):
        kind, values, issues = typed(["None", "TACE", "None", "TACE"])
        assert kind == "category"
        assert list(values.cat.categories) == ["None", "TACE"]
        assert issues == []

    def test_unknown_is_a_level_of_a_category(self):
        assert list(typed(["Lung", "Unknown", "Lung", "Colon"] * 2)[1].cat.categories) == ["Colon", "Lung", "Unknown"]


class TestMissing:
    def test_codes_are_counted_with_rows(self):
        _, values, (issue,) = typed(["1.5", "NA", "70.5", "n/a", "55.5", "."])
        assert values.isna().tolist() == [False, True, False, True, False, True]
        assert (issue.code, issue.severity, issue.rows) == ("missing-code", "info", (3, 5, 7))
        assert "'NA' (1), 'n/a' (1), '.' (1)" in issue.message

    def test_minus_beside_plus_means_negative(self):
        assert missing_codes(["-", "1"]) == {"-"}
        assert missing_codes(["-", "+", "++"]) == set()

    @pytest.mark.parametrize("text", ["None", "none", "No", "0", "Unknown", "Other", "x"])
    def test_words_that_are_no_missing_codes(self, text):
        assert missing_codes([text]) == set()


class TestTextInNumbers:
    def test_at_least_80_per_cent_numbers_are_a_number(self):
        kind, values, (issue,) = typed([str(50 + i) for i in range(8)] + ["sixty", ">90"])
        assert kind == "number"
        assert values.isna().sum() == 2
        assert (issue.code, issue.severity, issue.column, issue.rows) == ("text-in-number", "warning", "x", (10, 11))
        assert "'sixty', '>90'" in issue.message
        assert issue.remedy

    def test_fewer_are_text_and_said(self):
        kind, _, (issue,) = typed([f"{i}.5" for i in range(7)] + ["a", "b", "c"])
        assert kind == "text"
        assert (issue.code, issue.rows) == ("mixed-column", (9, 10, 11))

    def test_unknown_words_do_not_count_against_a_number(self):
        kind, _, (issue,) = typed([f"{i}.5" for i in range(6)] + ["unknown"] * 4)
        assert kind == "number"
        assert (issue.code, issue.severity, issue.rows) == ("unknown-value", "info", (8, 9, 10, 11))

    def test_a_role_makes_a_number_of_a_column_with_few_numbers(self):
        columns = TypedColumns(raw_of(x=["12", "a", "b", "c"]), table="patients")
        columns.type("x", "number")
        assert columns.kinds["x"] == "number"
        assert [issue.code for issue in columns.issues()] == ["text-in-number"]

    def test_words_stay_words_whatever_is_asked(self):
        columns = TypedColumns(raw_of(x=["a", "b", "a"]), table="patients")
        columns.type("x", "number")
        columns.type("x", "date")
        assert columns.kinds["x"] == "category"

    def test_similar_levels_are_kept_apart_and_said(self):
        _, values, (issue,) = typed(["Male", "male", "Female", "Male"])
        assert len(values.cat.categories) == 3
        assert (issue.code, issue.severity) == ("similar-levels", "warning")


class TestEvidenceOfTheTable:
    def test_a_decimal_comma_elsewhere(self):
        columns = TypedColumns(raw_of(a=["1,5", "2,25", "3,5"], b=["1,234", "2,345", "3,456"]), table="patients")
        np.testing.assert_array_equal(columns.frame()["b"], [1.234, 2.345, 3.456])

    def test_a_semicolon_file(self):
        _, values, (issue,) = typed(["1,234", "2,345", "3,456"], delimiter=";")
        np.testing.assert_array_equal(values, [1.234, 2.345, 3.456])
        assert (issue.code, issue.severity) == ("ambiguous-comma", "warning")
        assert "decimal comma" in issue.message

    def test_without_evidence_thousands(self):
        _, values, (issue,) = typed(["1,234", "2,345", "3,456"])
        np.testing.assert_array_equal(values, [1234, 2345, 3456])
        assert issue.code == "ambiguous-comma"

    def test_the_order_of_other_dates(self):
        columns = TypedColumns(raw_of(a=["05/31/2024", "06/30/2024"], b=["01/02/2024", "03/04/2024"]), table="patients")
        assert columns.frame()["b"].dt.month.tolist() == [1, 3]
        assert columns.issues() == []

    def test_an_unclear_order_is_said(self):
        kind, values, (issue,) = typed(["01/02/2024", "03/04/2024"])
        assert kind == "date"
        assert values.dt.month.tolist() == [2, 4]
        assert (issue.code, issue.severity, issue.rows) == ("ambiguous-date", "warning", (2, 3))

    def test_cells_that_are_no_dates(self):
        days = [f"2024-05-{i:02d}" for i in range(1, 10)]
        kind, values, issues = typed([*days, "soon", "2024-06"])
        assert kind == "date"
        assert values.isna().sum() == 2
        assert {issue.code: issue.rows for issue in issues} == {"partial-date": (12,), "text-in-date": (11,)}


class TestGrades:
    @pytest.mark.parametrize(
        ("text", "grade"),
        [("3", 3), ("3.0", 3), ("Grade 3", 3), ("G3", 3), ("CTCAE 3", 3), ("III", 3), ("grade iv", 4), ("3级", 3),
         ("severe", 3), ("MILD", 1), ("重度", 3), ("三级", 3), ("0", 0), ("7", 7)],
    )  # fmt: skip
    def test_written_grades(self, text, grade):
        assert parse_grade(text) == grade

    @pytest.mark.parametrize("text", ["", "high", "3-4", "x"])
    def test_what_is_no_grade(self, text):
        assert np.isnan(parse_grade(text))

    def test_severity_is_a_grade_by_convention(self):
        assert is_severity("Severe")
        assert not is_severity("Grade 3")
