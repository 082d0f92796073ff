"""The patients of a row of a forest plot: listed, kept on every page, compared with the rest."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import no_traceback, text_of

Open = Callable[..., AppTest]
GROUP = '{"column":"hifu","levels":{"No HIFU":["No"],"HIFU":["Yes"]},"reference":"No HIFU"}'
PAGES = {"pages/survival/hazards.py": "cox_chart", "pages/survival/subgroups.py": "subgroup_chart"}


def opened(open_app: Open, page: str) -> AppTest:
    return open_app(page, cohort="hifu_ici", endpoint="OS", group=GROUP)


def menu(app: AppTest) -> object:
    return next(one for one in app.selectbox if one.label == "Show the patients of")


@pytest.mark.parametrize("page", PAGES)
def test_a_row_lists_its_patients_and_keeps_them_on_every_page(open_app: Open, page: str) -> None:
    app = opened(open_app, page)
    assert not [one for one in app.table if "Row in the file" in one.value.columns]
    no_traceback(menu(app).set_value("Sex: Male").run())
    assert len(next(one.value for one in app.table if "Row in the file" in one.value.columns)) == 67
    no_traceback(app.button(key=f"{PAGES[page]}_keep").click().run())
    assert json.loads(app.query_params["filter"]) == {"column": "sex", "op": "in", "value": ["Male"]}
    assert "67 patients" in text_of(app)


@pytest.mark.parametrize("page", PAGES)
def test_a_row_is_compared_with_the_rest(open_app: Open, page: str) -> None:
    app = opened(open_app, page)
    no_traceback(menu(app).set_value("Sex: Female").run())
    no_traceback(app.button(key=f"{PAGES[page]}_compare").click().run())
    assert json.loads(app.query_params["group"])["where"] == [{"column": "sex", "op": "in", "value": ["Female"]}]
    assert "chosen patients" in text_of(app).casefold()


@pytest.mark.parametrize("page", PAGES)
def test_the_figure_s_rows_can_be_clicked_and_say_which(open_app: Open, page: str) -> None:
    app = opened(open_app, page)
    spec = json.loads(app.get("vega_lite_chart")[0].proto.spec)
    assert "pick" in [one["name"] for one in spec["params"]]


def test_the_levels_of_the_group_are_rows_too(open_app: Open) -> None:
    app = opened(open_app, "pages/survival/hazards.py")
    no_traceback(menu(app).set_value("HIFU: HIFU").run())
    no_traceback(app.button(key="cox_chart_keep").click().run())
    assert json.loads(app.query_params["filter"]) == {"column": "hifu", "op": "in", "value": ["Yes"]}


def test_patients_with_an_adverse_event_are_compared_and_warned_of(open_app: Open) -> None:
    app = open_app("pages/safety/adverse_events.py", cohort="hifu_ici", endpoint="OS", group=GROUP)
    key = next(one.key for one in app.selectbox if one.label == "Show the patients with")
    no_traceback(app.selectbox(key=key).set_value("Fatigue").run())
    no_traceback(app.button(key="ae_compare").click().run())
    no_traceback(app.switch_page("pages/survival/kaplan_meier.py").run())
    assert "Who lives longer has longer to have it" in " ".join(one.value for one in app.warning)
