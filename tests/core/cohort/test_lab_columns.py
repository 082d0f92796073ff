"""Laboratory values: long, by visit, and in repeated columns of the patients."""

import numpy as np
import pytest

from core.cohort.cohort import Column
from core.cohort.lab_columns import lab_series, read_time, repeated_columns
from core.cohort.load import cohort_from_files
from core.timetoevent import DAYS_PER

PATIENTS = "patient_id,first_dose_date,os_months,os_event\nP1,2020-01-01,9,1\nP2,2020-02-01,5,0\nP3,2020-03-01,7,1\n"
LONG = (
    "patient_id,day,test,value,unit,lln,uln\n"
    "P1,21,ALT,60,U/L,7,56\nP1,0,ALT,41,U/L,7,56\nP1,0,AFP,400,ng/mL,,20\nP1,42,AFP,,ng/mL,,20\nP1,,AFP,9,ng/mL,,20\n"
    "P2,0,ALT,30,U/L,7,56\n"
)


def cohort(labs=None, patients=PATIENTS):
    files = {"patients.csv": patients.encode()}
    return cohort_from_files(files if labs is None else files | {"labs.csv": labs.encode()}, name="c")


def column(name, role="covariate", kind="number"):
    return Column(name=name, kind=kind, role=role, confidence=1.0, reason="")


class TestTable:
    def test_long_in_order_of_days_with_limits(self):
        alt, afp = lab_series(cohort(LONG), "P1", 0)
        assert (alt.test, alt.unit, alt.day.tolist(), alt.value.tolist()) == ("ALT", "U/L", [0, 21], [41, 60])
        assert (alt.low, alt.high, alt.outside) == (7, 56, (False, True))
        # without a value, and without a day: left out
        assert (afp.day.tolist(), afp.value.tolist(), afp.outside) == ([0], [400], (True,))
        assert np.isnan(afp.low)

    def test_only_the_patients_own(self):
        (alt,) = lab_series(cohort(LONG), "P2", 1)
        assert alt.value.tolist() == [30]
        assert lab_series(cohort(LONG), "P3", 2) == ()

    def test_one_row_per_visit(self):
        labs = "patient_id,date,ALT (U/L),albumin\nP1,2020-01-01,41.5,38\nP1,2020-01-22,60.5,\nP2,2020-02-11,30.5,40\n"
        alt, albumin = lab_series(cohort(labs), "P1", 0)
        assert alt.day.tolist() == [0, 21]  # from the patient's own start
        assert (albumin.day.tolist(), albumin.value.tolist()) == ([0], [38])

    def test_units_that_differ_are_not_named(self):
        labs = LONG.replace("P1,21,ALT,60,U/L", "P1,21,ALT,60,µkat/L")
        assert lab_series(cohort(labs), "P1", 0)[0].unit == ""

    def test_no_labs(self):
        assert lab_series(cohort(), "P1", 0) == ()

    def test_the_table_is_told_by_its_name(self):
        made = cohort(LONG)
        assert set(made.other_tables) == {"labs"}
        assert made.spec.labs == "labs.csv"


class TestRepeatedColumns:
    @pytest.mark.parametrize(
        ("name", "what", "day"),
        [
            ("AFP baseline", "AFP", 0),
            ("baseline_afp", "afp", 0),
            ("afp_bl", "afp", 0),
            ("AFP基线", "AFP", 0),
            ("AFP 1 month", "AFP", DAYS_PER["months"]),
            ("afp_m3", "afp", 3 * DAYS_PER["months"]),
            ("AFP (month 6)", "AFP", 6 * DAYS_PER["months"]),
            ("ALT_w4", "ALT", 28),
            ("ALT 4 weeks", "ALT", 28),
            ("alt_day_7", "alt", 7),
            ("AFP 3个月", "AFP", 3 * DAYS_PER["months"]),
        ],
    )
    def test_a_time_in_the_name(self, name, what, day):
        found = read_time(name)
        assert found is not None
        assert (found[0], found[1]) == (what, pytest.approx(day))

    @pytest.mark.parametrize("name", ["age", "os_months", "G3", "Child-Pugh", "BMI", "line 2", "tumour_number_2"])
    def test_no_time_in_the_name(self, name):
        assert read_time(name) is None

    def test_two_times_make_a_series(self):
        found = repeated_columns(
            [column("AFP 1 month"), column("AFP baseline"), column("ALT baseline"), column("os_m6", role="time")]
        )
        assert [name for _, name in found["AFP"]] == ["AFP baseline", "AFP 1 month"]
        assert set(found) == {"AFP"}

    def test_values_of_the_patient(self):
        head = "patient_id,os_months,os_event,AFP baseline,AFP 3 months\n"
        patients = head + "P1,9,1,400.5,20.5\nP2,5,0,10.5,\nP3,4,1,11.5,12.5\n"
        made = cohort(patients=patients)
        (afp,) = lab_series(made, "P1", 0)
        assert (afp.test, afp.value.tolist()) == ("AFP", [400.5, 20.5])
        assert afp.day.tolist() == [0, pytest.approx(91.3125)]
        assert lab_series(made, "P2", 1)[0].value.tolist() == [10.5]
