"""Values written alike on request: what is proposed, what is changed, and that it is said with its rows."""

import numpy as np
import pytest
from pydantic import ValidationError

from core.cohort.cleaning import cleaned
from core.cohort.cleaning_suggested import recognised_cleaning, suggested_cleaning
from core.cohort.load import cohort_from_files, with_spec
from core.cohort.spellings import same_levels
from core.cohort.values import codes_of, numbers_of
from core.cohort.written_numbers import written_number
from core.errors import MissingColumnError, SpecError
from core.spec import CleanSpec, CohortSpec
from tests.core.cohort.tables import delimited, issue


def counts(texts):
    return dict.fromkeys(texts, 1)


class TestSpellings:
    @pytest.mark.parametrize(
        ("texts", "column", "levels"),
        [
            (["G 1", "g1", "Ⅰ", "I", "G2"], "grade", {"G1": {"G 1", "g1", "Ⅰ", "I"}}),
            (["G1", "G2", "G3"], "grade", {}),
            (["G1", "Grade 1", "2级"], "tumour", {"G1": {"Grade 1"}, "G2": {"2级"}}),
            (["1", "2", "Ⅱ"], "lesions", {}),
            (["male", "M", "男", "F"], "sex", {"Male": {"male", "M", "男"}, "Female": {"F"}}),
            (["M", "F"], "sex", {}),
            (["Yes", "y", "是", "no"], "metastasis", {"Yes": {"y", "是"}, "No": {"no"}}),
            (["+", "阳性", "-", "neg"], "HBsAg", {"Positive": {"+", "阳性"}, "Negative": {"-", "neg"}}),
            (["Ⅲ", "III", "IIa"], "stage", {"III": {"Ⅲ"}, "IIA": {"IIa"}}),
            (["A", "Child-Pugh A", "B级"], "child_pugh", {"A": {"Child-Pugh A"}, "B": {"B级"}}),
            (["0", "ECOG 1", "1"], "ecog", {"1": {"ECOG 1"}}),
            (["Hepatitis B", "hepatitis-B ", "HEPATITIS  B", "Alcohol"], "etiology",
             {"HEPATITIS  B": {"Hepatitis B", "hepatitis-B "}}),
            (["<20", "20", ">20"], "afp_group", {}),
            (["1-3", "13", "1 - 3"], "nodules", {"1 - 3": {"1-3"}}),
            (["ＲＦＡ", "RFA", "MWA"], "modality", {"RFA": {"ＲＦＡ"}}),
        ],
    )  # fmt: skip
    def test_spellings_of_one_level(self, texts, column, levels):
        found = same_levels(texts, {}, column=column)
        assert {level: set(values) for level, values in found.items()} == levels

    def test_the_most_frequent_spelling_is_the_level(self):
        assert same_levels(["lung", "Lung"], {"lung": 2, "Lung": 9}) == {"Lung": ("lung",)}


class TestNumbers:
    @pytest.mark.parametrize(
        ("text", "value", "limit", "unit"),
        [
            ("<0.5", 0.5, "<", ""), (">1000", 1000, ">", ""), ("≤ 20", 20, "<", ""), ("＜20", 20, "<", ""),
            ("1000+", 1000, ">", ""), ("12 ng/mL", 12, "", "ng/mL"), ("1,234.5", 1234.5, "", ""),
            ("1,234.5 U/L", 1234.5, "", "U/L"), ("3.5g/dL", 3.5, "", "g/dL"), ("56岁", 56, "", "岁"),
            ("80%", 80, "", "%"),
        ],
    )  # fmt: skip
    def test_a_number_and_what_stands_beside_it(self, text, value, limit, unit):
        number = written_number(text)
        assert (number.value, number.limit, number.unit) == (value, limit, unit)

    @pytest.mark.parametrize("text", ["1A", "2 lesions", "2020-01-01", "5-10", "", "high", "T2", "<", "12 or 13"])
    def test_no_number(self, text):
        assert written_number(text) is None

    def test_what_was_read_how_is_said_with_rows(self, raw_table):
        raw = raw_table({"afp": ["3.5", "<0.5", ">1000", "12 ng/mL", "1,234.5", "8 ng/mL", "2 ug/L", "999", None]})
        made, found = cleaned(raw, {"afp": CleanSpec(numbers=True, missing=(999,))})
        assert made.frame["afp"].tolist() == ["3.5", "0.5", "1000", "12", "1,234.5", "8", None, None, None]
        assert {(one.code, one.severity, one.rows) for one in found} == {
            ("missing-value", "info", (9,)),
            ("limit-as-number", "warning", (3, 4)),
            ("unit-left-out", "info", (5, 7)),
            ("other-unit", "warning", (8,)),
        }
        assert all(one.column == "afp" and one.message and one.remedy for one in found)
        assert raw.frame["afp"].tolist()[1] == "<0.5"


class TestMerged:
    def test_only_the_values_that_were_named(self, raw_table):
        raw = raw_table({"grade": ["G 1", "g1", "Ⅰ", "G2", "G3 ", None, "unk"]})
        made, found = cleaned(raw, {"grade": CleanSpec(merge={"G1": ("G1", "I")}, missing=("unk",))})
        assert made.frame["grade"].tolist() == ["G1", "G1", "G1", "G2", "G3 ", None, None]
        assert {(one.code, one.rows) for one in found} == {("missing-value", (8,)), ("spellings-merged", (2, 3, 4))}
        assert "'G 1', 'g1', 'Ⅰ' in 3 cells was read as 'G1'" in found[1].message

    def test_a_value_under_two_levels_is_refused(self, raw_table):
        asked = {"x": CleanSpec(merge={"A": ("a", "b"), "B": ("b",)})}
        with pytest.raises(SpecError, match="'b' of column 'x' is merged into both 'A' and 'B'"):
            cleaned(raw_table({"x": ["a", "b"]}), asked)

    def test_a_column_that_is_not_there(self, raw_table):
        with pytest.raises(MissingColumnError, match="Did you mean 'grade'"):
            cleaned(raw_table({"grade": ["G1"]}), {"grad": True})

    def test_numbers_have_no_levels(self):
        with pytest.raises(ValidationError, match="numbers have no levels"):
            CleanSpec(numbers=True, merge={"a": ("b",)})


class TestAnswers:
    def test_one_column_for_each_answer(self, raw_table):
        raw = raw_table({"id": list("abcdef"), "sites": ["lung; bone", "Lung", "none", None, "bone；brain", "unknown"]})
        made, found = cleaned(raw, {"sites": CleanSpec(split=True, missing=("unknown",))})
        assert list(made.frame.columns) == ["id", "sites", "sites: lung", "sites: bone", "sites: brain"]
        assert made.frame["sites: lung"].tolist() == ["Yes", "Yes", "No", None, "No", None]
        assert made.frame["sites: bone"].tolist() == ["Yes", "No", "No", None, "Yes", None]
        assert made.frame["sites: brain"].tolist() == ["No", "No", "No", None, "Yes", None]
        split = next(one for one in found if one.code == "answers-split")
        assert split.rows == (2, 6)

    def test_a_sign_of_ones_own(self, raw_table):
        made, _ = cleaned(raw_table({"x": ["a/b", "a"]}), {"x": CleanSpec(split="/")})
        assert made.frame["x: b"].tolist() == ["Yes", "No"]


class TestProposed:
    @pytest.mark.parametrize(
        ("texts", "column", "spec"),
        [
            (["G 1", "g1", "G2"], "grade", CleanSpec(merge={"G1": ("G 1", "g1")})),
            (["G1", "G2", "G3"], "grade", None),
            (["61", "70", "-9"], "age", CleanSpec(missing=(-9,))),
            (["61", "70", "999", "未知"], "age", CleanSpec(missing=(999, "未知"))),
            (["61", "70", "99"], "age", None),
            (["0", "1", "2", "99"], "ecog", CleanSpec(missing=(99,))),
            (["-9", "-3", "5"], "change", None),
            (["A", "B", "unk"], "type", CleanSpec(missing=("unk",))),
            (["1.5", "<0.5", "8", "12"], "crp", CleanSpec(numbers=True)),
            (["1.5", "8", "12"], "crp", None),
            (["lung; bone", "lung", "bone"], "sites", CleanSpec(split=True)),
            (["MWA + TACE", "MWA", "TACE"], "treatment", None),
            (["Adenocarcinoma, well differentiated tissue", "Adenocarcinoma"], "histology", None),
            (["CR", "PR", "pr", "PD", "not evaluable"], "Best response",
             CleanSpec(merge={"PR": ("pr",), "NE": ("not evaluable",)})),
            (["CR", "NE", "无法评价", "PD", "unknown"], "疗效", CleanSpec(merge={"NE": ("无法评价",)})),
            (["CR", "SD", "PD", "not evaluable"], "BOR", None),
            (["done", "not done"], "surgery", None),
            (["wt", "mutated", "not done"], "KRAS", CleanSpec(missing=("not done",))),
            (["pancreas", "lung", "unknown"], "Primary site", None),
            (["-1", "0", "1", "2"], "change in score", None),
            (["0", "1", "2", "-1"], "ecog", CleanSpec(missing=(-1,))),
        ],
    )  # fmt: skip
    def test_of_a_column(self, texts, column, spec):
        assert recognised_cleaning(texts, counts(texts), column=column) == spec

    def test_of_a_table_with_what_it_would_do(self, patients):
        n = 12
        table = patients(
            {
                "id": [f"p{i}" for i in range(n)],
                "sex": ["M", "male", "F"] * 4,
                "albumin": [*(30 + i for i in range(n - 1)), 999],
                "crp": ["<0.5", *(f"{i}.5" for i in range(n - 1))],
                "arm": ["HIFU", "No HIFU"] * 6,
            }
        )
        found = {one.column: one for one in suggested_cleaning(table)}
        assert list(found) == ["sex", "albumin", "crp"]
        assert found["sex"].says == "'F' become 'Female'; 'M', 'male' become 'Male'"
        assert found["crp"].says == "'<0.5' are read as numbers"
        assert found["albumin"].says == "'999' become missing"


class TestCohort:
    ROWS = (
        ("id", "grade", "afp", "os_months", "os_event"),
        *((f"p{i}", ("G 1", "g1", "G2")[i % 3], ("<5", "12.5", "40")[i % 3], i + 1.5, i % 2) for i in range(12)),
    )

    def cohort(self, **clean):
        spec = CohortSpec(patients="a.csv", clean=clean)
        return cohort_from_files({"a.csv": delimited(self.ROWS)}, name="a", spec=spec)

    def test_true_is_as_recognised(self):
        cohort = self.cohort(grade=True, afp=True)
        codes, levels = codes_of(cohort.patients, "grade")
        assert levels == ("G1", "G2")
        assert np.bincount(codes).tolist() == [8, 4]
        assert numbers_of(cohort.patients, "afp").tolist()[:3] == [5, 12.5, 40]
        assert issue(cohort, "limit-as-number").rows == (2, 5, 8, 11)
        assert cohort.spec.clean == {"grade": True, "afp": True}

    def test_it_can_be_taken_back(self):
        cohort = self.cohort(grade=True)
        again = with_spec(cohort, cohort.spec.model_copy(update={"clean": {}}))
        assert set(codes_of(again.patients, "grade")[1]) == {"G 1", "g1", "G2"}
        assert again.digest == cohort.digest
        assert "spellings-merged" not in {one.code for one in again.issues}

    def test_levels_in_another_order(self):
        cohort = self.cohort(grade=CleanSpec(merge={"G1": ("G 1", "g1")}, order=("G2",)))
        assert codes_of(cohort.patients, "grade")[1] == ("G2", "G1")
        with pytest.raises(SpecError, match="'grade' has no level 'G4'"):
            self.cohort(grade=CleanSpec(order=("G4",)))

    def test_what_nobody_asked_for_is_not_done(self):
        cohort = self.cohort()
        assert set(codes_of(cohort.patients, "grade")[1]) == {"G 1", "g1", "G2"}
        assert "clean" not in cohort.spec.model_dump()
