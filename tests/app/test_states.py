"""The page of states over time."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tests.app.conftest import no_traceback, text_of

PAGE = "pages/recurrence/states.py"
SIZE = '{"column": "largest_lesion_cm", "cut": [3], "labels": ["<=3 cm", ">3 cm"], "reference": "<=3 cm"}'
Open = Callable[..., AppTest]


def test_the_answer_a_panel_per_group_and_the_table(open_app: Open) -> None:
    app = open_app(PAGE, cohort="hcc_ablation", endpoint="LTP", group=SIZE)
    said = text_of(app)
    assert (
        app.title[0].value
        == "Who is free of local tumour progression, alive after it, or dead, by largest lesion (cm)?"
    )
    assert (
        "After 60 months, 41.9 % (95 % CI 33.0–50.6) of those in <=3 cm were event-free, 18.3 % (12.1–25.5) were"
        in said
    )
    assert "were dead; " in said
    assert "dead for" not in said
    assert "those in <=3 cm spent on average (months) 42.0 event-free" in said
    assert "synthetic" in said.lower()
    assert len(app.get("vega_lite_chart")) == 2
    table = app.table[0].value
    assert [text.strip("*") for text in table.iloc[:, 0] if text.startswith("**")] == [
        "Event-free", "Alive after local tumour progression", "Alive after transplant", "Dead",
    ]  # fmt: skip


def test_types_lead_to_states_of_their_own(open_app: Open) -> None:
    app = open_app(PAGE, cohort="hcc_ablation", endpoint="TTP")
    next(one for one in app.checkbox if one.label.startswith("Each type by itself")).set_value(True)
    no_traceback(app.run())
    states = [text.strip("*") for text in app.table[0].value.iloc[:, 0] if text.startswith("**")]
    assert "Alive after intrahepatic distant recurrence" in states


def test_an_endpoint_of_death_leads_to_the_first_other_one(open_app: Open) -> None:
    app = open_app(PAGE, cohort="hifu_ici", endpoint="OS")
    assert app.title[0].value.startswith("Who is free of progression, alive after it, or dead")
    assert "alive after progression" in text_of(app)
