"""Derived variables: every rule by hand at and beside its cut-points, units noticed, missing values counted."""

import math
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from core.cohort.derived import derivable, with_derived
from core.cohort.derived_rules import RULES
from core.cohort.load import cohort_from_files, load_cohort, with_spec
from core.cohort.mapping_memory import recalled, remember
from core.cohort.select import analysis_set
from core.cohort.values import codes_of, numbers_of
from core.errors import MissingColumnError, SpecError
from core.run import run
from core.spec import AnalysisSpec, CleanSpec, CohortSpec, DerivedSpec, FilterSpec, GroupSpec
from tests.core.cohort.tables import delimited

SAMPLES = Path(__file__).parents[3] / "sample_data"


def derived(table, rule, inputs, **more):
    return with_derived(table, {"new": DerivedSpec(rule=rule, inputs=inputs, **more)})


def levels(table):
    codes, names = codes_of(table, "new")
    return [None if code < 0 else names[code] for code in codes]


def said(table, code="derived"):
    (one,) = [issue for issue in table.issues if issue.code == code]
    return one


KI67 = {"ki67": "ki67"}
LIVER = {"albumin": "albumin_g_l", "bilirubin": "bilirubin_umol_l"}
SIZE = {"n_lesions": "n", "largest": "size_cm"}


class TestRules:
    def test_who_grade(self, patients):
        table = patients({"ki67": [2.9, 3, 20, 20.1, 1, 1, 5], "mitoses": [1, 1, 1, 1, 2, 21, None]})
        both = derived(table, "who-grade", KI67 | {"mitoses": "mitoses"})
        assert levels(both) == ["G1", "G2", "G2", "G3", "G2", "G3", None]
        assert codes_of(both, "new")[1] == ("G1", "G2", "G3")
        alone = derived(table, "who-grade", KI67)
        assert levels(alone) == ["G1", "G2", "G2", "G3", "G1", "G1", "G2"]
        assert "Without mitoses per 2 mm², of which there is no column." in said(alone).message

    def test_albi(self, patients):
        cells = {"albumin_g_l": [40, 35.5, 20, None, 45], "bilirubin_umol_l": [10, 17.1, 60, 12, None]}
        table = patients(cells)
        score = numbers_of(derived(table, "albi-score", LIVER), "new")
        expected = [0.66 * math.log10(b) - 0.085 * a for a, b in ((40, 10), (35.5, 17.1), (20, 60))]
        np.testing.assert_allclose(score[:3], expected, rtol=1e-14)
        assert np.isnan(score[3:]).all()
        graded = derived(table, "albi-grade", LIVER)
        assert levels(graded) == ["1", "2", "3", None, None]
        note = said(graded)
        assert (note.severity, note.rows) == ("info", (5, 6))
        assert "Missing for 2 patients (without albumin 1, total bilirubin 1)." in note.message

    @pytest.mark.parametrize(
        ("column", "cells", "points"),
        [
            ("bilirubin_umol_l", [34, 34.1, 51, 51.1], [1, 2, 2, 3]),
            ("albumin_g_l", [35, 34.9, 28, 27.9], [1, 2, 2, 3]),
            ("inr", [1.69, 1.7, 2.3, 2.31], [1, 2, 2, 3]),
            ("ascites", ["none", "Yes", "mild", "severe"], [1, 2, 2, 3]),
            ("ascites", ["无", "轻度", "少量", "重度"], [1, 2, 2, 3]),
            ("ascites", [0, 1, 0, 1], [1, 2, 1, 2]),
            ("ascites", [1, 2, 3, 1], [1, 2, 3, 1]),
            ("encephalopathy", ["none", "Grade 1-2", "II", "Grade 4"], [1, 2, 2, 3]),
            ("encephalopathy", [0, 2, 3, 4], [1, 2, 3, 3]),
        ],
    )
    def test_child_pugh_points(self, patients, column, cells, points):
        healthy = {
            "bilirubin_umol_l": [10] * 4, "albumin_g_l": [40] * 4, "inr": [1] * 4, "ascites": ["none"] * 4,
            "encephalopathy": ["none"] * 4,
        }  # fmt: skip
        names = {"bilirubin": "bilirubin_umol_l", "albumin": "albumin_g_l"}
        names |= {name: name for name in ("inr", "ascites", "encephalopathy")}
        kinds = {column: "category"} if column in ("ascites", "encephalopathy") else {column: "number", "inr": "number"}
        table = patients(healthy | {column: cells}, kinds={"inr": "number"} | kinds)
        units = {"albumin": "g/L", "bilirubin": "µmol/L"}
        table = derived(table, "child-pugh-points", names, units=units)
        assert numbers_of(table, "new").tolist() == [4 + point for point in points]

    def test_child_pugh_class(self, patients):
        table = patients({"b": [20, 60, 60, 60], "a": [40, 40, 30, 20], "asc": ["no", "no", "mild", "severe"]})
        inputs = {"bilirubin": "b", "albumin": "a", "ascites": "asc"}
        table = derived(table, "child-pugh-class", inputs, assume={"inr": 1, "encephalopathy": "none"})
        assert levels(table) == ["A", "B", "B", "C"]  # 5, 7, 9, 11 points
        assert "INR taken as 1 for every patient" in said(table).message

    def test_bclc(self, patients):
        rows = [
            # ecog, child, n, size, invasion, spread
            (0, "A", 1, 2.0, "no", "no", "0"), (0, "A", 1, 2.1, "no", "no", "A"), (0, "B", 1, 9.0, "no", "no", "A"),
            (0, "A", 3, 3.0, "no", "no", "A"), (0, "A", 3, 3.1, "no", "no", "B"), (0, "A", 4, 1.5, "no", "no", "B"),
            (1, "A", 1, 1.5, "no", "no", "C"), (0, "A", 1, 1.5, "yes", "no", "C"), (0, "A", 1, 1.5, "no", "yes", "C"),
            (3, "A", 1, 1.5, "no", "no", "D"), (0, "C", 1, 1.5, "no", "no", "D"), (None, "C", 1, 1.5, "no", "no", None),
        ]  # fmt: skip
        names = ("ecog", "child_pugh", "n", "size_cm", "invasion", "spread")
        table = patients({name: [row[i] for row in rows] for i, name in enumerate(names)}, kinds={"size_cm": "number"})
        inputs = {name: name for name in names if name not in ("n", "size_cm")} | SIZE
        assert levels(derived(table, "bclc", inputs)) == [row[-1] for row in rows]

    def test_oligometastasis(self, patients):
        table = patients({"n": [5, 6, 5, None], "organs": [3, 3, 4, 1]})
        table = derived(table, "oligometastasis", {"n_lesions": "n", "n_organs": "organs"})
        assert levels(table) == ["Yes", "No", "No", None]

    def test_tumour_burden(self, patients):
        table = patients({"n": [3, 4, 12, 1, 3], "size_cm": [4, 3.1, 9, 2.5, 1.5]}, kinds={"n": "number"})
        assert levels(derived(table, "up-to-seven", SIZE)) == ["Within", "Beyond", "Beyond", "Within", "Within"]
        score = numbers_of(derived(table, "tumour-burden-score", SIZE), "new")
        np.testing.assert_allclose(score[[0, 2]], [5, 15], rtol=1e-15)
        hcc = derived(table, "tumour-burden-hcc", SIZE)
        assert levels(hcc) == ["Medium", "Medium", "High", "Low", "Low"]
        zones = derived(table, "tumour-burden-metastases", SIZE)
        assert levels(zones) == ["Zone 2", "Zone 2", "Zone 3", "Zone 1", "Zone 2"]

    def test_age_bands(self, patients):
        table = patients({"age": [49.9, 50, 64, 65, 80, None]})
        table = derived(table, "age-bands", {"age": "age"}, cut=(50, 65))
        assert levels(table) == ["<50", "50 to <65", "50 to <65", "≥65", "≥65", None]
        assert codes_of(table, "new")[1] == ("<50", "50 to <65", "≥65")

    @pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
    def test_each_says_what_it_does_and_where_it_is_from(self, rule):
        assert rule.words
        assert rule.source
        assert rule.label.endswith("(derived)")


class TestUnits:
    @pytest.mark.parametrize(
        ("names", "albumin", "bilirubin"),
        [
            (("albumin_g_dl", "bilirubin_mg_dl"), "g/dL (by its name)", "mg/dL (by its name)"),
            (("白蛋白（g/dL）", "总胆红素(mg/dl)"), "g/dL (by its name)", "mg/dL (by its name)"),
            (("alb", "tbil"), "g/dL (by its range)", "mg/dL (by its range)"),
        ],
    )
    def test_converted_by_name_or_range_and_said(self, patients, names, albumin, bilirubin):
        table = patients({names[0]: [4.0, 3.55, 2.1], names[1]: [0.6, 1.0, 3.5]})
        made = derived(table, "albi-score", {"albumin": names[0], "bilirubin": names[1]})
        expected = [0.66 * math.log10(17.1 * b) - 0.85 * a for a, b in ((4.0, 0.6), (3.55, 1.0), (2.1, 3.5))]
        np.testing.assert_allclose(numbers_of(made, "new"), expected, rtol=1e-13)
        assert albumin in said(made).message
        assert bilirubin in said(made).message

    def test_a_name_that_the_values_contradict_derives_nothing(self, patients):
        table = patients({"albumin_g_l": [4.0, 3.55, 2.1], "bilirubin_umol_l": [10, 17, 60]})
        made = derived(table, "albi-grade", LIVER)
        assert "new" not in made.frame.columns
        unclear = said(made, "unit-unclear")
        assert (unclear.severity, unclear.column) == ("error", "albumin_g_l")
        assert "is called g/L, but its values (median 3.55) look like g/dL" in unclear.message
        insisted = derived(table, "albi-grade", LIVER, units={"albumin": "g/dL"})
        assert levels(insisted) == ["1", "2", "3"]

    def test_what_is_said_holds_and_is_doubted(self, patients):
        table = patients({"alb": [10.4, 13.55, 12.1], "tbil": [10, 17, 60]})
        made = derived(table, "albi-score", {"albumin": "alb", "bilirubin": "tbil"}, units={"bilirubin": "mg/dL"})
        assert "said to be in mg/dL, but its values (median 17) look like µmol/L" in said(made, "unit-doubtful").message

    def test_cells_in_another_unit_than_most_are_missing_with_their_rows(self, patients):
        table = patients({"albumin_g_l": [40, 4.1, 38, 36], "bilirubin_umol_l": [10, 12, 12, 4000]})
        made = derived(table, "albi-grade", LIVER)
        found = {one.column: one.rows for one in made.issues if one.code == "derived-implausible"}
        assert found == {"albumin_g_l": (3,), "bilirubin_umol_l": (5,)}
        assert levels(made)[1] is None
        assert levels(made)[3] is None

    def test_seconds_are_no_inr(self, patients):
        cells = {"b": [10, 12.5], "a": [40, 41.5], "inr": [12.5, 13.1], "asc": ["no", "yes"]}
        inputs = {"bilirubin": "b", "albumin": "a", "inr": "inr", "ascites": "asc"}
        made = derived(patients(cells), "child-pugh-points", inputs, assume={"encephalopathy": "none"})
        assert "are not what patients have" in said(made, "unit-doubtful").message

    def test_a_fraction_of_ki67(self, patients):
        table = patients({"ki67": [0.02, 0.05, 0.25, 0.6]})
        assert levels(derived(table, "who-grade", KI67)) == ["G1", "G2", "G3", "G3"]


class TestRefused:
    @pytest.mark.parametrize(
        ("rule", "inputs", "more", "why"),
        [
            ("albi", LIVER, {}, "'albi' in the rules.*albi-grade"),
            ("albi-grade", {"albumin": "albumin_g_l"}, {}, "needs total bilirubin"),
            ("albi-grade", LIVER | {"inr": "age"}, {}, "'inr'"),
            ("albi-grade", LIVER, {"units": {"albumin": "stone"}}, "'stone' is no unit of albumin"),
            ("albi-grade", LIVER, {"cut": (1.0,)}, "no cut-points"),
            ("albi-grade", {"albumin": "sex", "bilirubin": "age"}, {}, "'sex', needed for 'new', is not a number"),
            ("bclc", SIZE | {"ecog": "sex", "child_pugh": "sex"}, {}, "cannot be read as ECOG"),
            ("child-pugh-class", {}, {"assume": {"bilirubin": "high"}}, "'high' cannot be read as total bilirubin"),
        ],
    )
    def test_what_cannot_be_derived(self, patients, rule, inputs, more, why):
        columns = {"albumin_g_l": [40, 41.5], "bilirubin_umol_l": [10, 12.5], "age": [50, 60.5], "sex": ["m", "f"],
                   "n": [1, 2], "size_cm": [2.5, 3.5]}  # fmt: skip
        with pytest.raises(SpecError, match=why):
            derived(patients(columns), rule, inputs, **more)

    def test_a_column_that_is_not_there(self, patients):
        with pytest.raises(MissingColumnError, match="Did you mean 'ki67'"):
            derived(patients({"ki67": [1, 5.5]}), "who-grade", {"ki67": "ki_67"})

    def test_a_name_that_is_taken(self, patients):
        with pytest.raises(SpecError, match="There is a column 'ki67' already"):
            with_derived(patients({"ki67": [1, 5.5]}), {"ki67": DerivedSpec(rule="who-grade", inputs=KI67)})

    def test_read_and_assumed(self):
        with pytest.raises(ValidationError, match="both read from a column and assumed"):
            DerivedSpec(rule="bclc", inputs={"ecog": "ecog"}, assume={"ecog": 0})

    def test_words_nobody_knows_are_missing_with_their_rows(self, patients):
        table = patients({"n": [1, 2, 3], "size_cm": [2.5, 3.5, 4.5], "ecog": ["0", "1", "bedridden"]})
        made = derived(table, "bclc", SIZE | {"ecog": "ecog"}, assume={"child_pugh": "A", "invasion": 0, "spread": 0})
        assert levels(made) == ["A", "C", None]
        assert said(made, "derived-unread").rows == (4,)


class TestCohort:
    ROWS = (
        ("id", "age", "alb", "tbil", "os_months", "os_event"),
        *((f"p{i}", 40 + 2 * i, 28 + i, 10 + 3 * i, i + 1.5, i % 2) for i in range(20)),
    )
    ASKED = DerivedSpec(rule="age-bands", inputs={"age": "age"}, cut=(60,))

    def test_a_derived_column_is_a_group_a_filter_and_a_covariate(self):
        spec = CohortSpec(patients="a.csv", derived={"Band": self.ASKED})
        cohort = cohort_from_files({"a.csv": delimited(self.ROWS)}, name="a", spec=spec)
        column = cohort.patients.column("Band")
        assert (column.role, column.kind) == ("covariate", "category")
        assert column.reason.startswith("derived: age at the cut-points")
        grouped = analysis_set(cohort, group=GroupSpec(column="Band"), endpoint="OS")
        assert np.bincount(grouped.groups.codes).tolist() == [10, 10]
        old = FilterSpec(column="Band", op="==", value="≥60")
        assert analysis_set(cohort, filters=[old]).n == 10
        asked = {"id": "cox", "kind": "cox", "endpoint": "OS", "covariates": ["Band"]}
        results = run(AnalysisSpec.model_validate({"cohort": cohort.spec.model_dump(), "analyses": [asked]}), cohort)
        assert any(note.startswith("'Band' was derived: age at the cut-points") for note in results["cox"].notes)
        asked |= {"covariates": ["age"]}
        results = run(AnalysisSpec.model_validate({"cohort": cohort.spec.model_dump(), "analyses": [asked]}), cohort)
        assert not any("derived" in note for note in results["cox"].notes)

    def test_what_the_columns_allow_is_proposed(self):
        cohort = cohort_from_files({"a.csv": delimited(self.ROWS)}, name="a")
        found = {one.rule.key: one for one in derivable(cohort.patients)}
        assert set(found) == {"albi-score", "albi-grade", "age-bands"}
        assert found["albi-grade"].spec.inputs == {"albumin": "alb", "bilirubin": "tbil"}
        assert "albumin is alb" in found["albi-grade"].says

    def test_it_is_remembered_for_a_file_with_the_same_header(self, tmp_path):
        spec = CohortSpec(patients="a.csv", derived={"Band": self.ASKED}, clean={"alb": CleanSpec(missing=(-9,))})
        cohort = cohort_from_files({"a.csv": delimited(self.ROWS)}, name="a", spec=spec)
        remember(cohort, date="2024-05-31", file=tmp_path / "m.json")
        rows = (tuple(name.upper() for name in self.ROWS[0]), *self.ROWS[1:])
        again = cohort_from_files({"b.csv": delimited(rows)}, name="b")
        found, _ = recalled(again, file=tmp_path / "m.json")
        assert found.derived["Band"].inputs == {"age": "AGE"}
        assert found.clean == {"ALB": CleanSpec(missing=(-9,))}
        assert "Band" in with_spec(again, found).patients.frame.columns

    def test_one_rule_reads_what_another_derived(self, patients):
        table = patients({"b": [20, 60.5], "a": [40, 20.5], "n": [1, 2], "size_cm": [1.5, 2.5]})
        none = {"inr": 1, "ascites": "none", "encephalopathy": "none"}
        first = DerivedSpec(rule="child-pugh-class", inputs={"bilirubin": "b", "albumin": "a"}, assume=none)
        second = DerivedSpec(
            rule="bclc", inputs=SIZE | {"child_pugh": "CP"}, assume={"ecog": 0, "invasion": "no", "spread": "no"}
        )
        table = with_derived(table, {"CP": first, "new": second})
        assert levels(table) == ["0", "A"]


@cache
def sample(name):
    """A sample with every variable that its columns allow."""
    spec = AnalysisSpec.from_file(SAMPLES / name / "spec.json").cohort
    cohort = load_cohort(spec, base=SAMPLES / name)
    found = {one.name: one.spec for one in derivable(cohort.patients)}
    return with_spec(cohort, cohort.spec.model_copy(update={"derived": found}))


class TestSamples:
    @pytest.mark.parametrize(
        ("own", "made"),
        [
            ("albi_grade", "ALBI grade (derived)"),
            ("child_pugh_points", "Child-Pugh points (derived)"),
            ("child_pugh_class", "Child-Pugh class (derived)"),
            ("bclc_stage", "BCLC stage (derived)"),
        ],
    )
    def test_hcc_ablation_agrees_with_its_own_columns(self, own, made):
        frame = sample("hcc_ablation").patients.frame
        known = frame[made].notna().to_numpy()
        assert int(known.sum()) == 236  # bilirubin of four patients is not known
        as_text = [
            [str(value).removesuffix(".0") for value in frame[name].to_numpy(dtype=object)[known]]
            for name in (own, made)
        ]
        assert as_text[0] == as_text[1]

    def test_the_albi_score_agrees_to_its_two_decimals(self):
        frame = sample("hcc_ablation").patients.frame
        assert np.nanmax(np.abs(frame["ALBI score (derived)"] - frame["albi_score"])) <= 0.005 + 1e-12

    def test_oligometastasis_and_grade(self):
        frame = sample("hifu_ici").patients.frame
        assert list(frame["Oligometastasis (derived)"]) == list(frame["oligometastasis"])
        cohort = sample("ablation_tace_net")
        known = cohort.patients.frame["WHO grade (derived)"].notna()
        frame = cohort.patients.frame[known]
        assert list(frame["WHO grade (derived)"]) == list(frame["who_grade"])
        assert issue_of(cohort, "WHO grade (derived)").code == "derived"


def issue_of(cohort, column):
    return next(one for one in cohort.issues if one.column == column)
