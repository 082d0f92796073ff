"""The page of the flow diagram follows filters."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tests.app.conftest import text_of

PAGE = "pages/cohort/flow.py"
Open = Callable[..., AppTest]


def test_everybody_is_there_without_filters(open_app: Open) -> None:
    app = open_app(PAGE)
    assert "All 94 patients in the file are analysed for overall survival" in text_of(app)
    assert len(app.get("vega_lite_chart")) == 1


def test_a_filter_takes_patients_out_in_the_open(open_app: Open) -> None:
    app = open_app(PAGE, cohort="hifu_ici", endpoint="OS", filter='{"column":"sex","op":"in","value":["Male"]}')
    said = text_of(app)
    assert "did not pass the filters" in said
    assert "left out: kept only where Sex is Male" in said
    table = app.table[-1].value
    assert any(text.startswith("**Analysed for overall survival") for text in table.iloc[:, 0])
