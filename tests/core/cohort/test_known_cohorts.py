"""Recognition on data sets everybody knows, and on tables as CDISC names them."""

import csv
from pathlib import Path

import numpy as np
import pytest

from core.cohort.load import cohort_from_files, load_cohort
from core.cohort.select import analysis_set
from core.spec import CohortSpec

DATA = Path(__file__).parents[2] / "reference" / "data"
UNITS = {"lung": "days", "veteran": "days", "gbsg2": "days", "whas500": "days", "bmt": "months", "cgvhd": "years"}


@pytest.fixture(scope="module")
def rows():
    def read(name):
        with (DATA / f"{name}.csv").open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    return read


@pytest.mark.parametrize(("name", "unit"), UNITS.items())
def test_time_and_event_are_found(name, unit, rows):
    cohort = load_cohort(CohortSpec(patients=f"{name}.csv"), base=DATA)
    found = analysis_set(cohort, endpoint="OS")
    plain = rows(name)
    np.testing.assert_array_equal(found.data.time, [float(row["time"]) for row in plain])
    assert found.data.event.tolist() == [row["event"] == "1" for row in plain]
    assert (found.data.unit, found.exclusions) == (unit, ())
    assert cohort.spec.roles["patient_id"] == "id"
    assert {issue.severity for issue in cohort.issues} <= {"info"}


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("lung", {"sex": "category", "ecog": "category", "age": "number", "ph_karno": "number", "inst": "number"}),
        ("veteran", {"trt": "category", "celltype": "category", "karno": "number", "prior": "category"}),
        ("gbsg2", {"horTh": "category", "tgrade": "category", "tsize": "number", "pnodes": "number"}),
        ("whas500", {"gender": "category", "mitype": "category", "bmi": "number", "los": "number"}),
        ("cgvhd", {"tx": "category", "dx": "category", "extent": "category", "age": "number"}),
    ],
)
def test_kinds_of_covariates(name, kinds):
    table = load_cohort(CohortSpec(patients=f"{name}.csv"), base=DATA).patients
    assert {column: table.column(column).kind for column in kinds} == kinds


@pytest.mark.parametrize("column", ["ecog", "ph_karno", "meal_cal", "wt_loss"])
def test_missing_values_stay_missing(column, rows):
    frame = load_cohort(CohortSpec(patients="lung.csv"), base=DATA).patients.frame
    assert frame[column].isna().tolist() == [row[column] == "" for row in rows("lung")]


def test_a_second_event_column_is_no_covariate():
    table = load_cohort(CohortSpec(patients="bmt.csv"), base=DATA).patients
    assert (table.column("status").role, table.column("event").role) == ("ignore", "event")


ADSL = """STUDYID,USUBJID,SUBJID,SITEID,AGE,SEX,TRT01P,TRTSDT,DTHDT,LSTALVDT,REGION1
S1,S1-01-001,001,01,63,F,Placebo,2014-01-02,,2014-07-02,
S1,S1-01-002,002,01,64,M,Drug,2014-02-02,2014-06-02,2014-06-02,
S1,S1-02-001,001,02,71,M,Drug,2014-03-02,,2014-09-02,
S1,S1-02-002,002,02,58,F,Placebo,2014-03-12,2014-05-30,2014-05-30,
"""
ADAE = """STUDYID,USUBJID,AETERM,AEDECOD,AEBODSYS,AESEV,AETOXGR,ASTDT,AEREL
S1,S1-01-001,fever,Pyrexia,General disorders,MILD,1,2014-01-03,POSSIBLE
S1,S1-01-001,pain in arm,Pain,General disorders,SEVERE,3,2014-02-03,NONE
S1,S1-02-001,rash,Rash,Skin,MODERATE,2,2014-03-05,PROBABLE
"""


def test_cdisc_tables():
    cohort = cohort_from_files({"adsl.csv": ADSL.encode(), "adae.csv": ADAE.encode()}, name="trial")
    assert cohort.spec.roles == {
        "patient_id": "USUBJID", "ae_patient_id": "USUBJID", "ae_term": "AEDECOD", "ae_class": "AEBODSYS",
        "ae_grade": "AETOXGR", "ae_start": "ASTDT", "ae_related": "AEREL",
    }  # fmt: skip
    spec = cohort.spec.endpoints["OS"]
    assert (spec.start, spec.event_date, spec.censor_date) == ("TRTSDT", "DTHDT", "LSTALVDT")
    data = analysis_set(cohort, endpoint="OS").data
    assert data.event.tolist() == [False, True, False, True]
    np.testing.assert_allclose(data.time, np.array([181, 120, 184, 79]) / 30.4375)
    assert cohort.patients.with_role("group") == "TRT01P"
