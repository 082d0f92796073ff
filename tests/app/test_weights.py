"""Case weights and robust standard errors are offered where they can be had."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from core.cohort.load import cohort_from_files
from tests.app.conftest import no_traceback, text_of

Open = Callable[..., AppTest]
ROWS = "".join(
    f"{i},{3 + (i * 7) % 29},{i % 3 > 0:d},{'AB'[i % 2]},{'XYZ'[i % 3]},{0.5 + (i % 4) / 2}\n" for i in range(60)
)
SHEET = f"id,os_months,os_event,arm,centre,weight\n{ROWS}".encode()


def menu(app: AppTest, label: str):  # type: ignore[no-untyped-def]
    return next((box for box in app.selectbox if box.label == label), None)


def test_curves_can_be_weighted_where_a_column_holds_weights(open_app: Open) -> None:
    assert menu(open_app(), "Case weights") is None
    app = open_app(cohort="upload", uploaded=cohort_from_files({"s.csv": SHEET}, name="s"), endpoint="OS", group="arm")
    before = text_of(app)
    menu(app, "Case weights").set_value("weight")
    said = text_of(no_traceback(app.run()))
    assert "with case weights weight" in said
    assert "The test between the groups counts every patient once; the hazard ratio is weighted." in said
    assert said.splitlines()[1] != before.splitlines()[1]


def test_hazard_ratios_can_be_robust(open_app: Open) -> None:
    uploaded = cohort_from_files({"s.csv": SHEET}, name="s")
    app = open_app("pages/survival/hazards.py", cohort="upload", uploaded=uploaded, endpoint="OS", group="arm")
    menu(app, "Robust standard errors by").set_value("centre")
    said = text_of(no_traceback(app.run()))
    assert "robust" in said.lower()
