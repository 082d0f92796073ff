"""The profile page: one patient's course, and no identifier in the link."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import no_traceback, text_of

PAGE = "pages/patients/profile.py"
Open = Callable[..., AppTest]


def _patient(app: AppTest):  # type: ignore[no-untyped-def]
    return next(box for box in app.selectbox if box.label == "Patient")


def test_a_patient_with_hifu(open_app: Open) -> None:
    app = open_app(PAGE)
    _patient(app).set_value("H010")
    no_traceback(app.run())
    said = text_of(app)
    assert "1 session of HIFU" in said
    shown = app.table[0].value
    assert shown[shown["What"] == "HIFU 1"]["Day"].tolist() == ["14"]
    assert shown["What"].iloc[-1] in ("Death", "Last contact")
    assert "H010" not in str(dict(app.query_params))


@pytest.mark.parametrize("cohort", ["ablation_tace_net", "hcc_ablation"])
def test_cohorts_without_sessions(open_app: Open, cohort: str) -> None:
    app = open_app(PAGE, cohort=cohort)
    assert app.table
    assert "after time zero" in text_of(app)
