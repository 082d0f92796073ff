"""Loading a cohort: a pasted table, a sheet chosen by the user, and files of other programs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import no_traceback, text_of
from tests.app.test_load import EVENTS, PAGE, PATIENTS, N, confirm, drop, widget
from tests.core.cohort.statistics_samples import made
from tests.core.cohort.tables import delimited
from tests.core.cohort.workbooks import xlsx

Open = Callable[..., AppTest]
TEXT = "\n".join("\t".join(map(str, row)) for row in PATIENTS)
MENU = "Sheet with one row per patient"


@pytest.fixture
def page(open_app: Open) -> AppTest:
    return open_app(PAGE)


def test_a_pasted_table(page: AppTest) -> None:
    app = no_traceback(page.text_area(key="load_pasted").set_value(TEXT).run())
    assert confirm(app).n == N


def test_pasted_prose_is_said_to_be_no_table(page: AppTest) -> None:
    app = no_traceback(page.text_area(key="load_pasted").set_value("just one line").run())
    assert "The pasted table has one line only." in [error.value for error in app.error]


def test_the_sheet_is_the_users_choice(page: AppTest) -> None:
    content = xlsx({"All": PATIENTS, "Eligible": PATIENTS[:21], "AE": EVENTS, "Notes": [["x"]]})
    app = drop(page, ("study.xlsx", content))
    menu = widget(app.selectbox, MENU)
    assert menu.options == [
        "As recognised",
        "All (30 rows, 5 columns)",
        "Eligible (20 rows, 5 columns)",
        "AE (2 rows, 4 columns)",
    ]
    app = no_traceback(menu.set_value("study.xlsx#Eligible").run())
    cohort = confirm(app)
    assert (cohort.n, cohort.spec.patients, cohort.spec.adverse_events) == (20, "study.xlsx#Eligible", "study.xlsx#AE")


def test_one_sheet_needs_no_menu(page: AppTest) -> None:
    app = drop(page, ("study.xlsx", xlsx({"P": PATIENTS, "Notes": [["x"]]})))
    assert MENU not in [one.label for one in app.selectbox]


def test_a_file_of_spss(page: AppTest) -> None:
    assert confirm(drop(page, ("study.sav", made("sav")))).n == 24


def test_adverse_events_alone_are_refused_in_words(page: AppTest) -> None:
    app = drop(page, ("ae.csv", delimited(EVENTS)))
    assert "no table of patients is beside it" in text_of(app)
