"""The page of competing events: the answer, both pictures, both regressions, and what it teaches without any."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import no_traceback, text_of

PAGE = "pages/recurrence/cumulative_incidence.py"
SIZE = '{"column": "largest_lesion_cm", "cut": [3], "labels": ["<=3 cm", ">3 cm"], "reference": "<=3 cm"}'
LTP = {"cohort": "hcc_ablation", "endpoint": "LTP", "group": SIZE}
Open = Callable[..., AppTest]


def box(app: AppTest, label: str) -> object:
    return next(one for one in app.selectbox if one.label == label)


def test_the_answer_the_naive_one_and_the_table(open_app: Open) -> None:
    app = open_app(PAGE, **LTP)
    said = text_of(app)
    assert app.title[0].value.startswith("How often does local tumour progression come before transplant or death, by ")
    assert "By 60 months, the cumulative incidence of local tumour progression was 24.1 % (95 % CI 17.2–31.6)" in said
    assert "Gray's test: P < 0.001" in said
    assert "29.2 % for <=3 cm and 53.7 % for >3 cm: 5.1 and 7.7 percentage points too high" in said
    assert "synthetic" in said.lower()
    table = app.table[0].value
    events = [text.strip("*") for text in table.iloc[:, 0] if text.startswith("**")]
    assert events == ["Local tumour progression", "Transplant", "Death"]
    assert table.iloc[2]["60 months (95 % CI)"] == "46.1\u00a0% (33.1–\u206058.1)"
    assert table["P (Gray)"].iloc[0].strip("*").replace("\\", "") == "<0.001"
    assert len(app.get("vega_lite_chart")) == 1


def test_another_event_and_all_of_them_stacked(open_app: Open) -> None:
    app = open_app(PAGE, **LTP)
    box(app, "Event").set_value("death")  # type: ignore[attr-defined]
    no_traceback(app.run())
    assert app.title[0].value.startswith("How often does death come before local tumour progression or transplant")
    assert "cumulative incidence of death was 28.7 %" in text_of(app)
    app.segmented_control(key="cif_view").set_value("All events, stacked to 100 %")
    no_traceback(app.run())
    assert len(app.get("vega_lite_chart")) == 2
    assert "fewer than 10 patients under observation" in text_of(app)


def test_three_groups_are_compared_in_pairs(open_app: Open) -> None:
    app = open_app(PAGE, cohort="hcc_ablation", endpoint="LTP", group="afp_group")
    app.session_state["cif_detail_Gray's test of each event"] = True
    no_traceback(app.run())
    printed = next(table.value for table in app.table if "Adjusted P" in table.value.columns)
    assert "All groups" in printed["Groups"].tolist()
    assert any(" and " in text for text in printed["Groups"])


def test_which_factors_go_with_it(open_app: Open) -> None:
    app = open_app(PAGE, **LTP)
    app.session_state["cif_factors_open"] = True
    no_traceback(app.run())
    said = text_of(app)
    assert "The two ratios are" in said
    assert "Subdistribution hazard ratio (Fine-Gray): whether local tumour progression happens to more patients" in said
    printed = next(table.value for table in app.table if "Cause-specific P" in table.value.columns)
    assert "Subdistribution hazard ratio (95 % CI)" in printed.columns
    app.multiselect[-1].set_value([])
    assert "Choose at least one factor" in text_of(no_traceback(app.run()))


@pytest.mark.parametrize("cohort", ["hifu_ici", "ablation_tace_net"])
def test_without_competing_events_the_page_teaches_and_leads_on(open_app: Open, cohort: str) -> None:
    app = open_app(PAGE, cohort=cohort)
    assert app.title[0].value == "Which event came first?"
    assert "which mean that another event came first" in text_of(app)
    next(button for button in app.button if button.key == "cif_offer_sample").click()
    no_traceback(app.run())
    assert "How often does local tumour progression" in app.title[0].value


def test_endpoints_of_the_cohort_that_have_them_are_offered(open_app: Open) -> None:
    app = open_app(PAGE, cohort="hcc_ablation", endpoint="OS")
    offered = [button.label for button in app.button if str(button.key).startswith("cif_offer_")]
    assert "Local tumour progression (transplant and death)" in [label.capitalize() for label in offered]
    next(button for button in app.button if button.key == "cif_offer_EHR").click()
    no_traceback(app.run())
    assert app.title[0].value.startswith("How often does extrahepatic recurrence come before death")
    assert app.query_params["endpoint"] == "EHR"


def test_types_of_recurrence_stand_by_themselves(open_app: Open) -> None:
    app = open_app(PAGE, cohort="hcc_ablation", endpoint="TTP")
    assert app.title[0].value.startswith("How often does progression come before transplant or death")
    next(one for one in app.checkbox if one.label.startswith("Each type by itself")).set_value(True)
    no_traceback(app.run())
    assert app.title[0].value == (
        "How often does local tumour progression come before intrahepatic distant recurrence, extrahepatic "
        "recurrence, transplant or death?"
    )
    events = [text.strip("*") for text in app.table[0].value.iloc[:, 0] if text.startswith("**")]
    assert events == [
        "Local tumour progression", "Intrahepatic distant recurrence", "Extrahepatic recurrence", "Transplant", "Death",
    ]  # fmt: skip
    app.session_state["cif_factors_open"] = True
    no_traceback(app.run())
    assert "The two ratios are" in text_of(app)


def test_early_and_late_are_divided_at_two_years(open_app: Open) -> None:
    app = open_app(PAGE, **LTP)
    app.session_state["cif_detail_Early and late events"] = True
    no_traceback(app.run())
    printed = next(table.value for table in app.table if "By 24 months (95 % CI)" in table.value.columns)
    assert "From 24 to 60 months (95 % CI)" in printed.columns


def test_few_events_in_a_group_are_tested_by_permutation_too(open_app: Open) -> None:
    app = open_app(PAGE, **LTP)
    app.session_state["cif_detail_Gray's test of each event"] = True
    no_traceback(app.run())
    printed = next(table.value for table in app.table if "P by permutation" in table.value.columns)
    assert all(printed["P by permutation"])
    assert "2,000 drawn" in text_of(app)
