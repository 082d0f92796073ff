"""One patient's profile against the rows of the files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.cohort.load import load_cohort
from core.errors import SpecError
from core.reporting.as_json import as_json
from core.reporting.profile_report import happenings, profile_headline
from core.run import run_analysis
from core.spec import AnalysisSpec

FOLDER = Path(__file__).parents[2] / "sample_data" / "hifu_ici"


@pytest.fixture(scope="module")
def hifu():
    return load_cohort(AnalysisSpec.from_file(FOLDER / "spec.json").cohort, base=FOLDER, name="hifu")


def answer(cohort, patient, **asked):
    question = {
        "id": "p",
        "kind": "patient_profile",
        "patient": patient,
        "endpoint": "OS",
        "progression": "PFS",
        **asked,
    }
    spec = AnalysisSpec.model_validate({"cohort": cohort.spec.model_dump(), "analyses": [question]})
    return run_analysis(spec, cohort, spec.analyses[0])


@pytest.mark.parametrize("patient", ["H001", "H003", "H010", "H087"])
def test_everything_recorded_is_there(hifu, patient):
    result = answer(hifu, patient)
    profile = result.patient_profile
    own = {
        name: table[table["patient_id"] == patient]
        for name in ("adverse_events", "sessions", "lesions")
        for table in [pd.read_csv(FOLDER / f"{name}.csv")]
    }
    row = pd.read_csv(FOLDER / "patients.csv").set_index("patient_id").loc[patient]
    events = own["adverse_events"].sort_values("start_day", kind="stable")
    assert [event.start for event in profile.adverse_events] == events["start_day"].tolist()
    assert sorted(event.grade for event in profile.adverse_events) == sorted(events["ae_grade"])
    assert len(profile.course.sessions) == len(own["sessions"])
    assert profile.course.died == bool(row["os_event"])
    days = [one.day for one in happenings(profile)]
    assert days == sorted(days)
    assessed = own["lesions"].query("day > 0")["day"].nunique()
    assert (0 if profile.lesions is None else len(profile.lesions.day)) == assessed
    assert ("Died" in profile_headline(result)) == bool(row["os_event"])
    assert as_json(result)["patient"] == patient
    assert len(as_json(result)["happenings"]) == len(days)


def test_the_row_without_identifier_dates_and_endpoints(hifu):
    facts = dict(answer(hifu, "H001").patient_profile.facts)
    assert facts["Sex"] == "Female"
    assert not any("H001" in value for value in facts.values())
    assert not any("date" in name.lower() or "OS" in name.split() for name in facts)


def test_a_patient_who_is_not_there(hifu):
    with pytest.raises(SpecError, match="not among those selected") as caught:
        answer(hifu, "nobody")
    assert "nobody" not in str(caught.value)
    with pytest.raises(SpecError, match="not among"):
        answer(hifu, "H001", filters=[{"column": "hifu", "op": "in", "value": ["Yes"]}])


def test_days_without_an_end_are_unknown(hifu):
    assert all(np.isnan(event.end) for event in answer(hifu, "H001").patient_profile.adverse_events)
