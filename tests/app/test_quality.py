"""The page of data quality: sentence, findings, missing cells, one column."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from core.cohort.load import cohort_from_files
from tests.app.conftest import no_traceback, text_of

PAGE = "pages/cohort/quality.py"
Open = Callable[..., AppTest]


def test_a_sample(open_app: Open) -> None:
    app = open_app(PAGE)
    said = text_of(app)
    assert "of all cells of 94 patients are filled; the most gaps are in" in said
    assert len(app.get("vega_lite_chart")) == 2
    menu = next(box for box in app.selectbox if box.label == "Column")
    menu.set_value("os_months")
    assert len(no_traceback(app.run()).get("vega_lite_chart")) == 2


def test_findings_are_shown_with_their_rows(open_app: Open) -> None:
    sheet = b"id,os_months,os_event\n1,5,1\n2,-3,1\n3,,0\n"
    app = open_app(PAGE, cohort="upload", uploaded=cohort_from_files({"s.csv": sheet}, name="s"))
    said = text_of(app)
    assert "1 finding needs a decision" in said
    assert any(caption.value == "column os\\_months, row 3" for caption in app.caption)
