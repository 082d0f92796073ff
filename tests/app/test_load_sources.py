"""Loading a cohort: a pasted table, a sheet chosen by the user, and files of other programs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.cohort.mapping_memory import SETTING
from tests.app.conftest import no_traceback, text_of
from tests.app.test_load import EVENTS, PAGE, PATIENTS, N, confirm, drop, widget
from tests.core.cohort.statistics_samples import made
from tests.core.cohort.tables import delimited
from tests.core.cohort.workbooks import xlsx

Open = Callable[..., AppTest]
TEXT = "\n".join("\t".join(map(str, row)) for row in PATIENTS)
MENU = "Sheet with one row per patient"
ENCODING = "If letters look wrong: the file is written in"


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


def test_the_encoding_is_the_users_choice_and_remembered(
    page: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SETTING, str(tmp_path))
    rows = [["id", "yaş", "os_months", "os_event"], *([f"P{i}", 40 + i, i + 1, i % 2] for i in range(24))]
    app = drop(page, ("study.csv", delimited(rows, encoding="cp1254")))
    menu = widget(app.selectbox, ENCODING)
    assert any(option.startswith("Turkish (Windows-1254): id,yaş") for option in menu.options)
    app = no_traceback(menu.set_value("cp1254").run())
    assert "reads: id,yaş" in text_of(app)
    cohort = confirm(app)
    assert list(cohort.patients.frame.columns)[1] == "yaş"
    assert cohort.spec.encoding == "cp1254"
    no_traceback(app.switch_page(PAGE).run())
    more = [*rows, ["P99", 71, 9, 1]]
    app = drop(app, ("later.csv", delimited(more, encoding="cp1254")))
    assert widget(app.selectbox, ENCODING).value == "cp1254"
    assert "As you chose for a file that begins with the same line." in text_of(app)
    assert list(confirm(app).patients.frame.columns)[1] == "yaş"


def test_unicode_and_workbooks_need_no_encoding(page: AppTest) -> None:
    app = drop(
        page, ("study.csv", delimited([["编号", "os_months", "os_event"], *([i, i + 1, i % 2] for i in range(24))]))
    )
    assert ENCODING not in [one.label for one in app.selectbox]
    app = drop(app, ("study.xlsx", xlsx({"P": PATIENTS})))
    assert ENCODING not in [one.label for one in app.selectbox]


def test_columns_of_grades_become_events_unless_the_user_says_no(page: AppTest) -> None:
    rows = [["id", "os_months", "os_event", "fever", "pain_grade"]]
    rows += [[f"P{i:02d}", i + 1, i % 2, i % 4, (i + 1) % 3] for i in range(24)]
    app = drop(page, ("study.csv", delimited(rows)))
    assert "rows of adverse events" in text_of(app)
    box = widget(app.checkbox, "Read the columns of grades as adverse events")
    app = no_traceback(box.set_value(False).run())
    assert "rows of adverse events" not in text_of(app)
    cohort = confirm(app)
    assert cohort.adverse_events is None
    assert cohort.spec.grade_columns == "variables"
