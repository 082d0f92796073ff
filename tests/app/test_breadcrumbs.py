"""The line above every page: filters as steps, each taken away by a click; undo and redo."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tests.app.conftest import no_traceback, text_of

Open = Callable[..., AppTest]
MALE = '{"column":"sex","op":"in","value":["Male"]}'
FATIGUE = '{"column":"Fatigue","op":"had event"}'
ALONE = "Each factor alone"


def crumbs(app: AppTest) -> list[str]:
    return [button.label for button in app.button if (button.key or "").startswith("crumb_")]


def press(app: AppTest, label: str) -> AppTest:
    found = next(button for button in app.button if button.label == label)
    return no_traceback(found.click().run())


def test_nothing_stands_above_a_page_where_nothing_was_chosen(open_app: Open) -> None:
    app = open_app(cohort="hifu_ici", endpoint="OS")
    assert not crumbs(app)
    assert not {"Undo", "Redo", "Clear all filters"} & {button.label for button in app.button}


def test_each_filter_is_a_crumb_with_the_patients_left_and_goes_with_a_click(open_app: Open) -> None:
    app = open_app("pages/patients/baseline.py", cohort="hifu_ici", endpoint="OS", filter=[MALE, FATIGUE])
    assert crumbs(app) == ["Sex is Male (67)", "Patient had Fatigue (24)"]
    press(app, "Sex is Male (67)")
    assert crumbs(app) == ["Patient had Fatigue (39)"]
    press(app, "Undo")
    assert crumbs(app) == ["Sex is Male (67)", "Patient had Fatigue (24)"]
    press(app, "Redo")
    assert crumbs(app) == ["Patient had Fatigue (39)"]
    assert app.query_params["filter"] == FATIGUE


def test_all_filters_go_at_once_and_come_back(open_app: Open) -> None:
    app = open_app(cohort="hifu_ici", endpoint="OS", filter=[MALE, FATIGUE])
    press(app, "Clear all filters")
    assert not crumbs(app)
    assert "94 patients" in text_of(app)
    press(app, "Undo")
    assert len(crumbs(app)) == 2


def test_endpoint_group_and_cohort_are_steps_too(open_app: Open) -> None:
    app = open_app(cohort="hifu_ici", endpoint="OS", group="hifu")
    no_traceback(app.selectbox(key="sidebar_endpoint_1").set_value("PFS").run())
    no_traceback(app.selectbox(key="sidebar_group_1").set_value("").run())
    no_traceback(app.selectbox(key="sidebar_cohort_1").set_value("hcc_ablation").run())
    assert app.query_params["cohort"] == "hcc_ablation"
    press(app, "Undo")
    assert app.query_params["cohort"] == "hifu_ici"
    assert "group" not in app.query_params
    press(app, "Undo")
    assert app.query_params["endpoint"] == "PFS"
    assert "group" in app.query_params
    press(app, "Undo")
    assert app.query_params["endpoint"] == "OS"
    assert next(button for button in app.button if button.label == "Undo").disabled
    press(app, "Redo")
    assert app.query_params["endpoint"] == "PFS"


def test_a_filter_that_fits_nothing_can_be_taken_away(open_app: Open) -> None:
    app = open_app(cohort="hifu_ici", endpoint="OS", filter=['{"column":"sex","op":">","value":3}'])
    assert len(crumbs(app)) == 1
    assert app.error
    no_traceback(next(b for b in app.button if b.label == "Clear all filters").click().run())
    assert not app.error


def test_an_option_of_a_page_is_a_step_that_is_undone_from_any_page(open_app: Open) -> None:
    app = open_app()
    no_traceback(app.selectbox(key="km_curve").set_value("events").run())
    no_traceback(app.switch_page("pages/survival/hazards.py").run())
    no_traceback(app.radio(key="cox_mode_hifu_ici").set_value(ALONE).run())
    no_traceback(app.switch_page("pages/survival/kaplan_meier.py").run())
    undo = next(button for button in app.button if button.label == "Undo")
    assert undo.help == "Changes the option 'Model' on the page Hazards."
    press(app, "Undo")
    assert [toast.value for toast in app.toast] == ["Undone: the option 'Model' on the page Hazards."]
    assert app.selectbox(key="km_curve").value == "events"
    press(app, "Undo")
    assert app.selectbox(key="km_curve").value == "survival"
    assert next(button for button in app.button if button.label == "Undo").disabled
    press(app, "Redo")
    assert app.selectbox(key="km_curve").value == "events"
    press(app, "Redo")
    no_traceback(app.switch_page("pages/survival/hazards.py").run())
    assert app.radio(key="cox_mode_hifu_ici").value == ALONE
    press(app, "Undo")
    assert app.radio(key="cox_mode_hifu_ici").value != ALONE


def test_an_option_and_the_endpoint_are_undone_in_the_order_of_the_clicks(open_app: Open) -> None:
    app = open_app()
    no_traceback(app.checkbox(key="km_medians").check().run())
    no_traceback(app.selectbox(key="sidebar_endpoint_1").set_value("PFS").run())
    no_traceback(app.selectbox(key="km_axis_unit").set_value("years").run())
    press(app, "Undo")
    assert (app.selectbox(key="km_axis_unit").value, app.query_params["endpoint"]) == ("", "PFS")
    press(app, "Undo")
    assert (app.checkbox(key="km_medians").value, app.query_params["endpoint"]) == (True, "OS")
    no_traceback(app.checkbox(key="km_band").uncheck().run())
    assert next(button for button in app.button if button.label == "Redo").disabled  # a new act
    press(app, "Undo")
    press(app, "Undo")
    assert (app.checkbox(key="km_medians").value, app.checkbox(key="km_band").value) == (False, True)


def test_drawing_a_page_and_what_follows_from_a_choice_are_no_steps(open_app: Open) -> None:
    app = open_app()
    for page in ("pages/survival/hazards.py", "pages/safety/adverse_events.py", "pages/patients/profile.py"):
        no_traceback(app.switch_page(page).run())
    patient = next(box for box in app.selectbox if box.label == "Patient")
    no_traceback(patient.set_value(patient.options[3]).run())  # no step names a patient
    assert not {"Undo", "Redo"} & {button.label for button in app.button}
    no_traceback(app.selectbox(key="sidebar_group_1").set_value("").run())  # the menus follow
    no_traceback(app.switch_page("pages/safety/adverse_events.py").run())
    press(app, "Undo")
    assert next(button for button in app.button if button.label == "Undo").disabled
