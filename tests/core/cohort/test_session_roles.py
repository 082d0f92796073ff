"""What the columns of a table of sessions are for, by name and by value, as said by the user, and their units."""

import numpy as np
import pandas as pd
import pytest

from core.cohort.describe import describe
from core.cohort.load import cohort_from_files, with_spec
from core.cohort.session_columns import session_rows
from core.errors import CohortError

PATIENTS = "patient_id,first_dose_date,os_months,os_event\n" + "".join(
    f"P{i},2020-01-0{i},{i + 3},{i % 2}\n" for i in range(1, 9)
)


def table(seed=1, *, energy="w", power="x", time="y", scale=1.0, minutes=1.0):
    """Two sessions of eight patients; energy is power times time."""
    rng = np.random.default_rng(seed)
    watts, seconds = rng.choice([200, 250, 300, 350, 400], 16), rng.integers(200, 2000, 16)
    return pd.DataFrame(
        {
            "patient_id": [f"P{1 + i // 2}" for i in range(16)],
            "n": [1, 2] * 8,
            "t": np.ravel([(3 * i, 3 * i + 40) for i in range(8)]),
            "what": ["HIFU", "TACE"] * 8,
            energy: watts * seconds / scale,
            time: seconds / minutes,
            power: watts,
            "c": rng.random(16).round(3),
        }
    )


def cohort(frame, spec=None):
    files = {"patients.csv": PATIENTS.encode(), "sessions.csv": frame.to_csv(index=False).encode()}
    made = cohort_from_files(files, name="c")
    return made if spec is None else with_spec(made, made.spec.model_copy(update=spec))


def roles(made):
    return {
        column.role: (column.name, column.reason)
        for column in made.other_tables["sessions"].columns
        if str(column.role).startswith("session_")
    }


class TestByValues:
    def test_whatever_the_columns_are_called(self):
        found = roles(cohort(table()))
        assert {role: name for role, (name, _) in found.items()} == {
            "session_day": "t",
            "session_treatment": "what",
            "session_energy": "w",
            "session_power": "x",
            "session_time": "y",
        }
        assert found["session_energy"][1] == "in 16 of 16 rows energy is power times time"
        assert found["session_day"][1] == "whole numbers that rise within each patient"

    def test_a_name_holds_against_values(self):
        found = roles(cohort(table(energy="energy_j", power="time_s", time="power_w")))
        assert {role: name for role, (name, _) in found.items()}["session_power"] == "power_w"
        assert found["session_energy"][1] == "by its name"

    def test_the_only_dates(self):
        frame = table().drop(columns="t").assign(given=pd.date_range("2020-02-01", periods=16).astype(str))
        assert roles(cohort(frame))["session_date"] == ("given", "the only column of dates")
        rows = session_rows(cohort(frame))
        assert rows.day[:3].tolist() == [31.0, 32.0, 32.0]  # from the patient's own start

    def test_numbers_that_are_no_product_are_nothing(self):
        frame = table()
        frame["w"] = frame["w"].sample(frac=1, random_state=0).to_numpy()
        assert not {"session_energy", "session_power", "session_time"} & set(roles(cohort(frame)))

    def test_counted_sessions_are_no_days(self):
        assert "session_day" not in roles(cohort(table().drop(columns="t")))


class TestSaid:
    def test_the_user_may_say_another_column(self):
        made = cohort(table(), {"roles": {"session_volume": "c", "session_day": "n"}})
        assert roles(made)["session_volume"] == ("c", "as specified")
        rows = session_rows(made)
        assert rows.day.tolist() == [1.0, 2.0] * 8
        assert rows.volume.tolist() == table()["c"].tolist()

    def test_a_column_that_is_not_there_is_named(self):
        with pytest.raises(CohortError, match="'cc', needed for the role 'session_volume'"):
            cohort(table(), {"roles": {"session_volume": "cc"}})

    def test_the_patients_column_of_the_same_name_is_left_alone(self):
        frame = table().rename(columns={"c": "os_months"})
        made = cohort(frame, {"roles": {"session_volume": "os_months"}})
        assert made.patients.column("os_months").role == "time"
        assert roles(made)["session_volume"][0] == "os_months"

    def test_described_with_the_reason(self):
        tables = {one["name"]: one for one in describe(cohort(table()))["tables"]}
        told = {one["name"]: one for one in tables["sessions"]["columns"]}
        assert (told["w"]["role"], told["w"]["confidence"]) == ("session_energy", 0.6)


class TestUnits:
    @pytest.mark.parametrize(
        ("names", "scale", "minutes", "said"),
        [
            ({}, 1000.0, 1.0, "energy read as kJ"),
            ({}, 1.0, 60.0, "time read as minutes"),
            ({}, 1000.0, 60.0, "time read as minutes"),
            ({"energy": "energy_kj"}, 1000.0, 1.0, "in kJ by its name"),
            ({"time": "ablation time (min)"}, 1.0, 60.0, "in minutes by its name"),
            ({}, 1.0, 1.0, None),
        ],
    )
    def test_joule_watt_and_second(self, names, scale, minutes, said):
        rows = session_rows(cohort(table(**names, scale=scale, minutes=minutes)))
        plain = table()
        np.testing.assert_allclose(rows.energy, plain["w"])
        np.testing.assert_allclose(rows.power, plain["x"])
        np.testing.assert_allclose(rows.time, plain["y"])
        assert (said is None) == (rows.notes == ())
        assert said is None or any(said in note for note in rows.notes)


def test_a_role_may_be_said_of_no_column():
    made = cohort(table(), {"roles": {"session_treatment": "", "session_energy": ""}})
    assert not {"session_treatment", "session_energy"} & set(roles(made))
    rows = session_rows(made)
    assert set(rows.treatment) == {"Treatment"}
    assert np.isnan(rows.energy).all()
    assert rows.power.tolist() == table()["x"].tolist()
