"""The page of immortal time: its answer, its options, and cohorts in which there is nothing to see."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from core.cohort.load import cohort_from_files
from tests.app.conftest import no_traceback, text_of

PAGE = "pages/bias/immortal_time.py"
Open = Callable[..., AppTest]


def test_it_says_what_is_left_of_the_difference_and_that_the_sample_is_synthetic(open_app: Open) -> None:
    app = open_app(PAGE)
    said = text_of(app)
    assert app.title[0].value == "How much of the difference between HIFU and No HIFU is immortal time?"
    assert "the hazard ratio is 0.57" in said
    assert "counted only from the day it began it is 0.59" in said
    assert "26 of 28 patients; 7 % of that group's follow-up lies before HIFU began" in said
    assert "not selection" in said
    assert "Synthetic" in said
    assert len(app.get("vega_lite_chart")) == 2
    assert list(app.table[0].value["Patients kept"]) == ["88", "77"]


def test_of_the_published_endpoint_it_says_how_much_each_method_leaves(open_app: Open) -> None:
    app = open_app(PAGE, cohort="hifu_ici", endpoint="PFS", group="hifu")
    said = text_of(app)
    assert "the hazard ratio is 0.37" in said
    assert "by the log-rank method, as GraphPad Prism prints it: 0.42 (0.27–0.64)" in said
    assert "90 % of it is left" in said
    assert "Synthetic" in said
    methods = next(table.value for table in app.table if "Method" in table.value)
    assert list(methods["Left of the naive difference"]) == ["", "43\u00a0%", "63\u00a0%", "90\u00a0%", "39\u00a0%"]


def test_options_change_the_question(open_app: Open) -> None:
    app = open_app(PAGE)
    next(box for box in app.text_input if box.label == "Landmarks (months)").set_value("2, 4, 9")
    next(box for box in app.multiselect if box.label == "Adjust for").set_value(["sex"])
    loss = next(box for box in app.multiselect if box.label == "Clones: weight for loss to follow-up by")
    loss.set_value(["age_years"])
    next(box for box in app.selectbox if box.label == "Start of the treatment").set_value("first_hifu_date")
    next(box for box in app.selectbox if box.label == "Time zero").set_value("first_ici_date")
    no_traceback(app.run())
    said = text_of(app)
    assert not app.error
    assert "adjusted for sex only" in said
    assert "Loss to follow-up is weighted for by age (years)." in said
    assert "Time counts from First ICI date." in said
    assert len(app.table[0].value) == 3
    next(box for box in app.text_input if box.label == "Landmarks (months)").set_value("soon")
    assert "is not a list of times" in text_of(no_traceback(app.run()))


def test_a_time_zero_that_one_group_lacks_is_a_sentence(open_app: Open) -> None:
    app = open_app(PAGE)
    next(box for box in app.selectbox if box.label == "Time zero").set_value("first_hifu_date")
    assert "patients in both groups" in text_of(no_traceback(app.run()))


def test_without_groups_it_asks_for_them(open_app: Open) -> None:
    said = text_of(open_app(PAGE, cohort="hifu_ici", endpoint="OS"))
    assert "This page compares two groups, and there is one." in said


def test_without_a_start_it_says_what_is_missing(open_app: Open) -> None:
    app = open_app(PAGE, cohort="ablation_tace_net")
    assert "No column says when a group began" in text_of(app)
    assert "under Options" not in text_of(app)  # there are none


def test_pages_that_compare_lead_here(open_app: Open) -> None:
    said = open_app().get("page_link")
    assert any("immortal time" in link.label for link in said)


def test_response_is_noticed_but_has_no_day_to_count_from(open_app: Open) -> None:
    rows = "\n".join(f"p{i},{i % 17 + 1},{i % 2},{'PR' if i % 3 else 'PD'}" for i in range(30))
    uploaded = cohort_from_files({"p.csv": f"id,os_months,os_event,best_response\n{rows}".encode()}, name="p")
    app = open_app(uploaded=uploaded, cohort="upload", endpoint="OS", group="best_response")
    assert "known only after time zero" in text_of(app)
    no_traceback(app.switch_page(PAGE).run())
    assert "No column says when a group began" in text_of(app)


def test_an_adverse_event_counts_from_its_first_day(open_app: Open) -> None:
    rows = "\n".join(f"p{i},{i % 17 + 2},{int(i % 3 > 0)},{'Yes' if i % 4 == 1 else 'No'}" for i in range(40))
    events = "\n".join(f"p{i},Colitis,2,{5 + i}" for i in range(1, 40, 4))
    files = {
        "p.csv": f"id,os_months,os_event,colitis\n{rows}".encode(),
        "ae.csv": f"patient_id,ae_term,grade,start_day\n{events}".encode(),
    }
    uploaded = cohort_from_files(files, name="p")
    app = open_app(PAGE, uploaded=uploaded, cohort="upload", endpoint="OS", group="colitis")
    said = text_of(app)
    assert not app.error
    assert "Colitis counted only from the day it began" in said
    assert "Colitis began after time zero in 10 of 10 patients" in said
