"""A ward sheet on the pages: no outcome among baseline variables, and a way on where a page has no answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.cohort.cohort import Cohort
from core.cohort.load import cohort_from_files
from tests.app.conftest import no_traceback, text_of

Open = Callable[..., AppTest]
N = 40
HEADER = ["No", "Ablation", "Age", "Date of ablation", "Date of recurrence", "Date of death", "Last follow-up",
          "Status", "ORR", "irAE Fatigue (grade)", "irAE Rash (grade)", "Complication (Clavien)"]  # fmt: skip


@pytest.fixture(scope="module")
def ward() -> Cohort:
    lines = [",".join(HEADER)]
    for i in range(1, N + 1):
        died, recurred = i % 3 == 0, i % 4 == 0
        lines.append(
            f"{i},{('RFA', 'MWA')[i % 2]},{50 + i % 17},2020-01-{1 + i % 28:02d},{'2020-05-03' if recurred else ''},"
            f"{'2021-02-01' if died else ''},{'2021-02-01' if died else '2022-03-04'},{'dead' if died else 'alive'},"
            f"{i % 4 + 1},{i % 4},{i % 3},{('I', 'II')[i % 2]}"
        )
    return cohort_from_files({"ward.csv": "\n".join(lines).encode()}, name="ward")


def test_table_1_starts_with_what_was_known_at_the_start(open_app: Open, ward: Cohort) -> None:
    app = open_app("pages/patients/baseline.py", uploaded=ward, cohort="upload", endpoint="OS", group="Ablation")
    shown = next(box for box in app.multiselect if box.label == "Variables")
    assert shown.value == ["Age"]
    assert "Status" in shown.options
    assert not [name for name in shown.options if "irAE" in name]


def test_competing_events_lead_to_the_endpoint_that_has_them_by_dates(open_app: Open, ward: Cohort) -> None:
    app = open_app("pages/recurrence/cumulative_incidence.py", uploaded=ward, cohort="upload", endpoint="OS")
    offered = next(button for button in app.button if button.key == "cif_offer_TTR")
    assert offered.label == "recurrence (death)"
    no_traceback(offered.click().run())
    assert "recurrence" in text_of(app)
