"""The figure of a page for its place in print: the choices, and that later figures begin with them."""

from tests.app.conftest import no_traceback

SURVIVAL, HAZARDS = "pages/survival/kaplan_meier.py", "pages/survival/hazards.py"


def opened(app, page):
    no_traceback(app.switch_page(page).run())
    app.session_state["download"] = True
    return no_traceback(app.run())


def test_four_kinds_of_file_and_choices_that_stay(open_app):
    app = opened(open_app(SURVIVAL, cohort="hifu_ici", endpoint="OS", group="hifu"), SURVIVAL)
    labels = [button.label for button in app.button]
    assert [label for label in labels if label in ("PDF", "SVG", "PNG", "TIFF")] == ["PDF", "SVG", "PNG", "TIFF"]
    no_traceback(app.selectbox(key="download_style").set_value("nejm").run())
    no_traceback(app.selectbox(key="download_place").set_value("another width").run())
    no_traceback(app.number_input(key="download_mm").set_value(120.0).run())
    other = opened(app, HAZARDS)
    assert other.selectbox(key="download_style").value == "nejm"
    assert other.number_input(key="download_mm").value == 120.0
