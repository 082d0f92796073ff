"""The page of lesions."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from core.cohort.load import cohort_from_files
from tests.app.conftest import no_traceback, text_of

PAGE = "pages/recurrence/lesions.py"
Open = Callable[..., AppTest]


def test_lesions_patients_factors_and_the_model(open_app: Open) -> None:
    app = open_app(PAGE, cohort="hcc_ablation")
    said = text_of(app)
    assert app.title[0].value == "How often does local tumour progression follow, lesion by lesion?"
    assert "of the lesions and to" in said
    assert "70 of 381 lesions in 67 of 240 patients had local tumour progression" in said
    assert "Lesions of one patient are counted together" in said
    assert "synthetic" in said.lower()
    assert len(app.get("vega_lite_chart")) == 2
    assert "≤2 cm" in [text.strip() for text in app.table[0].value.iloc[:, 0]]
    assert [header.value for header in app.header] == ["Which lesions", "All factors together", "Lesions and patients"]


def test_other_cut_points_and_other_factors(open_app: Open) -> None:
    app = open_app(PAGE, cohort="hcc_ablation")
    next(one for one in app.text_input if "size" in one.label).set_value("3")
    no_traceback(app.run())
    levels = [text.strip() for text in app.table[0].value.iloc[:, 0]]
    assert "≤3 cm" in levels
    assert "≤2 cm" not in levels
    app.multiselect[-1].set_value([])
    no_traceback(app.run())
    assert "All factors together" not in [header.value for header in app.header]
    assert app.table[0].value.iloc[0, 0].strip("*") == "Largest lesion (cm), of the patient"


def test_a_cohort_without_lesions_of_its_own_is_told_what_to_have(open_app: Open) -> None:
    app = open_app(PAGE, cohort="ablation_tace_net")
    assert app.title[0].value == "Which ablated lesions progress locally?"
    assert "one row per ablated lesion" in text_of(app)
    next(button for button in app.button if button.label.startswith("Open the sample")).click()
    no_traceback(app.run())
    assert "lesion by lesion" in app.title[0].value


ODD = """patient,lesion,segment,failed here,fu of lesion
1,1,4,no,12
1,2,5,yes,6
2,1,8,no,20
3,1,2,yes,9
4,1,3,no,15
"""
WHOSE = "patient,os_months,os_event\n" + "\n".join(f"{i},{20 + i},{i % 2}" for i in range(1, 6))


def test_columns_whose_names_do_not_tell_can_be_chosen(open_app: Open) -> None:
    cohort = cohort_from_files({"patients.csv": WHOSE.encode(), "lesions.csv": ODD.encode()}, name="odd")
    app = open_app(PAGE, uploaded=cohort, cohort="upload")
    assert "does not say which lesions progressed" in text_of(app)
    next(one for one in app.selectbox if one.label.startswith("Time to local")).set_value("fu of lesion")
    next(one for one in app.selectbox if one.label == "Whether it progressed").set_value("failed here")
    no_traceback(app.run())
    next(button for button in app.button if button.label == "Use these columns").click()
    no_traceback(app.run())
    assert "2 of 5 lesions in 2 of 4 patients had local tumour progression" in text_of(app)
    next(button for button in app.button if button.label == "Choose other columns").click()
    no_traceback(app.run())
    assert "does not say which lesions progressed" in text_of(app)
