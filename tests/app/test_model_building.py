"""How the multivariable model is built and checked, on the hazards page."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tests.app.conftest import no_traceback, text_of

PAGE = "pages/survival/hazards.py"
Open = Callable[..., AppTest]


def opened(open_app: Open, **state: object) -> AppTest:
    app = open_app(None, cohort="hifu_ici", endpoint="OS", group="hifu")
    for key, value in state.items():
        app.session_state[key] = value
    return no_traceback(app.switch_page(PAGE).run())


def choose(app: AppTest, label: str, *values: str) -> AppTest:
    box = next(box for box in app.multiselect if box.label == label)
    for value in values:
        box.select(value)
    return no_traceback(app.run())


def expanders(app: AppTest) -> list[str]:
    return [expander.label for expander in app.expander]


def test_checks_stay_closed_until_asked_for(open_app: Open) -> None:
    app = opened(open_app)
    assert {"Is one patient driving this?", "Do factors overlap?"} <= set(expanders(app))
    assert "How the model was chosen" not in expanders(app)
    assert "Without row" not in text_of(app)


def test_checks_name_rows_and_overlap(open_app: Open) -> None:
    app = opened(open_app, cox_influence=True, cox_overlap=True)
    said = text_of(app)
    assert "Without row" in said
    assert "overlap" in said
    assert not app.error


def test_backward_elimination_with_a_factor_that_stays(open_app: Open) -> None:
    app = opened(open_app)
    assert next(box for box in app.multiselect if box.label == "Always keep").disabled
    model = next(radio for radio in app.radio if radio.label == "Model")
    app = no_traceback(model.set_value("Each factor alone, then backward by AIC").run())
    app = choose(app, "Always keep", "age_years")
    assert "How the model was chosen" in expanders(app)
    said = text_of(app)
    assert "Dropped one after the other" in said
    assert "too optimistic" in said
    assert "Always kept: Age (years)" in said


def test_a_curve_and_another_reference(open_app: Open) -> None:
    app = choose(opened(open_app), "Curve instead of a straight line for", "age_years")
    assert "Curve of age (years)" in expanders(app)
    against = next(number for number in app.number_input if number.label == "Compared with")
    assert f"against age (years) {against.value:g}" in text_of(app).lower()
    app = no_traceback(against.set_value(70.0).run())
    assert "Against age (years) 70, the hazard ratio is" in text_of(app)


def test_an_interaction(open_app: Open) -> None:
    app = choose(opened(open_app), "Interactions", "HIFU × Sex")
    assert "Does one effect depend on another?" in expanders(app)
    said = text_of(app)
    assert "the hazard ratio of HIFU depends on sex (P for interaction" in said


def test_the_check_of_proportional_hazards_is_of_the_same_model(open_app: Open) -> None:
    app = opened(open_app, ph_check=True)
    app = choose(app, "Curve instead of a straight line for", "age_years")
    app = choose(app, "Interactions", "HIFU × Sex")
    tested = app.table[-1].value.iloc[:, 0].tolist()
    assert "HIFU × Sex" in tested
    boxes = [box for box in app.selectbox if box.label == "Show over time"]
    assert "Age (years) (curve 2)" in boxes[0].options


def test_other_factors_leave_the_options_usable(open_app: Open) -> None:
    app = choose(opened(open_app), "Interactions", "HIFU × Sex")
    factors = next(box for box in app.multiselect if box.label == "Factors")
    app = no_traceback(factors.unselect("sex").run())
    assert "Does one effect depend on another?" not in expanders(app)
    assert not app.error


def test_every_table_can_be_had_as_a_file(open_app: Open) -> None:
    app = opened(open_app)
    app = choose(app, "Curve instead of a straight line for", "age_years")
    app = choose(app, "Interactions", "HIFU × Sex")
    app.session_state["download"] = True
    labels = [button.proto.label for button in no_traceback(app.run()).get("download_button")]
    for name in (
        "Curve of age (years)",
        "Interactions",
        "Overlap of factors",
        "Influence",
        "Influence of every patient",
    ):
        assert f"{name}, Word" in labels
    assert "All tables, Word" in labels
    app.session_state["download_format"] = "CSV"
    labels = [button.proto.label for button in no_traceback(app.run()).get("download_button")]
    assert "Interactions, CSV" in labels
    assert "Interactions, Word" not in labels
    app.session_state["download_curve_age_years"] = True
    curve = [button.label for button in no_traceback(app.run()).button]
    assert curve.count("SVG") == 2
