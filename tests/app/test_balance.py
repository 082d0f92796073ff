"""The page of balance: its answer, its options, and cohorts in which there is nothing to balance."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tests.app.conftest import text_of

PAGE = "pages/bias/balance.py"
Open = Callable[..., AppTest]


def test_it_says_what_is_left_of_the_difference(open_app: Open) -> None:
    app = open_app(PAGE, cohort="ablation_tace_net")
    said = text_of(app)
    assert app.title[0].value.startswith("What is left of the difference between Ablation+TACE and TACE")
    assert "none of these methods replaces a trial" in said
    assert len(app.get("vega_lite_chart")) == 2
