"""Patients of a stretch of the survival curves: counted, listed, kept on every page, compared with the rest, undone."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tests.app.conftest import no_traceback, text_of

Open = Callable[..., AppTest]
GROUP = '{"column":"hifu","levels":{"No HIFU":["No"],"HIFU":["Yes"]},"reference":"No HIFU"}'
EVENTS = '{"column":"OS","op":"event between","value":[6.0,12.0],"unit":"months"}'
CHOSEN = '{"column":"chosen patients","where":[{"column":"sex","op":"in","value":["Male"]}]}'


def opened(open_app: Open, **query: str) -> AppTest:
    app = open_app(cohort="hifu_ici", endpoint="OS", group=GROUP, **query)
    app.session_state["stretch_open"] = True
    return no_traceback(app.run())


def press(app: AppTest, key: str) -> AppTest:
    return no_traceback(app.button(key=key).click().run())


def chosen(app: AppTest, low: float, high: float) -> AppTest:
    return no_traceback(app.slider[0].set_value((low, high)).run())


def cells(app: AppTest, title: str) -> list[list[str]]:
    table = next(one.value for one in app.table if title in " ".join(map(str, one.value.columns)))
    return [[str(cell).replace("\\", "") for cell in row] for row in table.to_numpy().tolist()]


def test_a_stretch_is_counted_and_its_patients_listed(open_app: Open) -> None:
    app = chosen(opened(open_app), 6.0, 12.0)
    assert [row[1:] for row in cells(app, "Followed beyond")] == [["49", "26", "0", "23"], ["28", "6", "0", "22"]]
    assert len(cells(app, "Row in the file")) == 32
    app.selectbox(key="stretch_group_No HIFU_HIFU").set_value("HIFU")
    no_traceback(app.run())
    listed = cells(app, "Row in the file")
    assert {row[1] for row in listed} == {"HIFU"}
    assert all(6 <= float(row[3]) <= 12 for row in listed)


def test_kept_patients_carry_a_warning_where_times_are_estimated_and_nowhere_else(open_app: Open) -> None:
    app = press(chosen(opened(open_app), 6.0, 12.0), "stretch_keep")
    assert app.query_params["filter"] == EVENTS
    assert "conditioning on the future" in " ".join(one.value for one in app.warning)
    no_traceback(app.switch_page("pages/survival/hazards.py").run())
    assert "conditioning on the future" in " ".join(one.value for one in app.warning)
    no_traceback(app.switch_page("pages/patients/baseline.py").run())
    assert "conditioning on the future" not in " ".join(one.value for one in app.warning)
    assert any(button.label.replace("\\", "") == "OS: event from 6 to 12 months (32)" for button in app.button)
    press(app, "history_undo")
    assert "94 patients" in text_of(app)


def test_compared_with_the_rest_on_every_page_until_undone(open_app: Open) -> None:
    app = press(chosen(opened(open_app), 6.0, 12.0), "stretch_compare")
    assert "chosen patients" in text_of(app)
    assert "The outcome itself decided who is in which group" in text_of(app)
    assert "where" in app.query_params["group"]
    press(app, "history_undo")
    assert app.query_params["group"] == GROUP
    assert "The outcome itself" not in text_of(app)


def test_a_filter_becomes_a_comparison_and_every_page_can_make_it(open_app: Open) -> None:
    app = open_app(cohort="hifu_ici", endpoint="OS", filter='{"column":"sex","op":"in","value":["Male"]}')
    press(app, "crumbs_compare")
    assert app.query_params["group"] == CHOSEN
    assert "filter" not in app.query_params
    for page in PAGES:
        no_traceback(app.switch_page(page).run())
        assert not app.error, (page, [one.value for one in app.error])
        assert any(button.label.startswith("Compared with the rest: Sex is Male") for button in app.button), page
        if page.endswith("hazards.py"):
            assert "Chosen patients" in app.multiselect[0].value or "chosen patients" in app.multiselect[0].value
            assert "sex" not in app.multiselect[0].value
    press(app, next(button.key for button in app.button if (button.key or "").startswith("crumb_comparison")))
    assert "hifu" in app.query_params["group"]


PAGES = [
    "pages/survival/hazards.py",
    "pages/safety/adverse_events.py",
    "pages/patients/baseline.py",
    "pages/patients/response.py",
    "pages/report/report.py",
    "pages/survival/subgroups.py",
    "pages/survival/adjusted.py",
    "pages/survival/conventions.py",
    "pages/safety/over_time.py",
    "pages/patients/treatment.py",
    "pages/bias/immortal_time.py",
    "pages/bias/balance.py",
    "pages/cohort/flow.py",
    "pages/cohort/ledger.py",
    "pages/cohort/about.py",
]


def test_a_link_to_a_choice_that_the_cohort_does_not_know_is_said(open_app: Open) -> None:
    strange = '{"column":"chosen patients","where":[{"column":"patient_id","op":"in","value":["H001"]}]}'
    app = open_app(cohort="hifu_ici", endpoint="OS", group=strange)
    assert "chosen by a rule that this cohort does not know" in text_of(app)
    assert "H001" not in app.query_params.get("group", "")


def test_who_may_not_see_rows_sees_counts_only(open_app: Open) -> None:
    app = opened(open_app)
    app.session_state["patient_rows_refused"] = "Your role shows counts, not single patients."
    no_traceback(app.run())
    assert "Your role shows counts" in text_of(app)
    assert not [one for one in app.table if "Row in the file" in one.value.columns]
    assert [row[0] for row in cells(app, "Followed beyond")] == ["No HIFU", "HIFU"]
