"""The response page: what it says of the samples, its options, and cohorts whose responses are codes or not there."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from core.cohort.load import cohort_from_files
from tests.app.conftest import no_traceback, text_of

PAGE = "pages/patients/response.py"
Open = Callable[..., AppTest]
CODED = "id,resp,arm\n" + "\n".join(f"p{i},{i % 4 + 1},{'AB'[i % 2]}" for i in range(24))


def _box(app: AppTest, label: str):  # type: ignore[no-untyped-def]
    return next(box for box in app.selectbox if box.label == label)


def test_the_published_disease_control_is_there(open_app: Open) -> None:
    app = open_app(PAGE)
    said = text_of(app)
    assert app.title[0].value == "Does the tumours' response differ between HIFU and No HIFU?"
    assert "66.7 % and 82.1 %" in said
    assert "4 patients were not evaluable and count as no response" in said
    shown = app.table[0].value
    printed = shown.iloc[-1, 1].replace("\\", "").replace("\u2060", "")
    assert printed == "**44 (66.7) [54.0–77.8]**"


def test_options_change_what_is_computed(open_app: Open) -> None:
    app = open_app(PAGE)
    _box(app, "Rates are of").set_value("evaluable")
    no_traceback(app.run())
    assert "17 of 63 patients" in text_of(app)
    _box(app, "Interval of a rate").set_value("wilson")
    no_traceback(app.run())
    assert "Wilson" in text_of(app)
    strata = next(box for box in app.multiselect if box.label.startswith("Stratified"))
    strata.set_value(["sex"])
    no_traceback(app.run())
    assert any("stratified" in column for column in app.table[0].value.columns)


def test_a_cohort_without_responses_says_what_is_missing(open_app: Open) -> None:
    app = open_app(PAGE, cohort="hcc_ablation")
    assert "No column holds best responses" in text_of(app)
    assert not app.table


def test_codes_are_given_their_meaning(open_app: Open) -> None:
    uploaded = cohort_from_files({"coded.csv": CODED.encode()}, name="coded")
    app = open_app(PAGE, uploaded=uploaded, cohort="upload")
    _box(app, "Column with the best response").set_value("resp")
    no_traceback(app.run())
    for code, category in (("1", "CR"), ("2", "PR"), ("3", "SD"), ("4", "PD")):
        _box(app, f"Resp = {code}").set_value(category)
        no_traceback(app.run())
    assert "6 of 12 patients in A (50.0 %" in text_of(app)
    assert app.table


def test_one_group(open_app: Open) -> None:
    single = "id,best_response,arm\n" + "\n".join(f"p{i},{('CR', 'SD', 'PD')[i % 3]},A" for i in range(9))
    uploaded = cohort_from_files({"one.csv": single.encode()}, name="one")
    said = text_of(open_app(PAGE, uploaded=uploaded, cohort="upload"))
    assert "How did the tumours respond?" in said
    assert "3 of 9 patients (33.3 %" in said


def test_measured_lesions_are_shown_and_can_give_the_response(open_app: Open) -> None:
    app = open_app(PAGE)
    said = text_of(app)
    assert "Size of the target lesions" in said
    assert "the same in all 94 patients" in said
    assert "Median duration of response was" in said
    assert "Of 27 responders only." in said
    assert "download_waterfall" in app.session_state
    assert "download_spider" in app.session_state
    _box(app, "Best response").set_value("lesions")
    next(box for box in app.checkbox if "confirmed" in box.label).check()
    no_traceback(app.run())
    assert "Best overall response by RECIST 1.1 from target lesions, confirmed" in text_of(app)


def test_lesions_alone_are_enough(open_app: Open) -> None:
    patients = "id,arm\n" + "\n".join(f"p{i},{'AB'[i % 2]}" for i in range(6))
    lesions = "id,lesion,day,diameter_mm\n" + "\n".join(
        f"p{i},a,{day},{mm}" for i in range(6) for day, mm in ((-1, 40), (60, 20 + 5 * i))
    )
    uploaded = cohort_from_files({"patients.csv": patients.encode(), "lesions.csv": lesions.encode()}, name="measured")
    app = open_app(PAGE, uploaded=uploaded, cohort="upload")
    assert "An objective response (CR or PR) was seen in" in text_of(app)
