"""From a picture of patients to one of them: the menu, the page of the patient, and who may not see either."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import no_traceback, text_of

Open = Callable[..., AppTest]
TREATMENT, RESPONSE = "pages/patients/treatment.py", "pages/patients/response.py"
PICTURES = [
    pytest.param(TREATMENT, "hifu_ici", "swimmer", id="treatment"),
    pytest.param(RESPONSE, "hifu_ici", "lesion_sizes", id="response"),
]


def menu(app: AppTest) -> object:
    return next((one for one in app.selectbox if one.label == "Look at one patient"), None)


@pytest.mark.parametrize(("page", "cohort", "name"), PICTURES)
def test_a_patient_of_a_picture_is_opened_and_does_not_stand_in_the_link(
    open_app: Open, page: str, cohort: str, name: str
) -> None:
    app = open_app(page, cohort=cohort, endpoint="OS")
    found = menu(app)
    assert found is not None
    patient = found.options[3]
    no_traceback(found.set_value(patient).run())
    no_traceback(app.button(key=f"{name}_open_patient").click().run())
    assert text_of(app).startswith("What happened to this patient?")
    assert next(one for one in app.selectbox if one.label == "Patient").value == patient
    assert patient not in str(dict(app.query_params))


@pytest.mark.parametrize("page", [TREATMENT, "pages/patients/profile.py"])
def test_who_may_not_see_rows_sees_no_patient(open_app: Open, page: str) -> None:
    app = open_app(page, cohort="hifu_ici", endpoint="OS")
    app.session_state["patient_rows_refused"] = "Your role shows counts, not single patients."
    no_traceback(app.run())
    assert "Your role shows counts" in text_of(app)
    assert menu(app) is None
    assert not [one for one in app.selectbox if one.label == "Patient"]
