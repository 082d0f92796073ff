"""The page of biomarkers: curve, groups, search, and the count of cut-points tried."""

from __future__ import annotations

import re
from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from core.cohort.load import cohort_from_files
from tests.app.conftest import no_traceback, text_of

PAGE = "pages/recurrence/biomarkers.py"
Open = Callable[..., AppTest]


def box(app: AppTest, label: str):  # type: ignore[no-untyped-def]
    return next(one for one in app.selectbox if one.label == label)


def test_curve_groups_and_search_of_a_competing_event(open_app: Open) -> None:
    app = open_app(PAGE, cohort="hcc_ablation", endpoint="LTP")
    box(app, "Number").set_value("smallest_margin_mm")
    no_traceback(app.run())
    said = text_of(app)
    assert app.title[0].value == "Does smallest margin (mm) go with local tumour progression?"
    assert len(app.get("vega_lite_chart")) == 3
    assert "goes with the hazard" in said
    assert "trend over the groups" in said
    assert "Cut-points tried:" in said
    assert "Each mark at the foot is a patient. Cause-specific hazard." in said
    assert [header.value for header in app.header] == [
        "Along smallest margin (mm)", "In groups of equally many patients", "Is there a cut-point?",
    ]  # fmt: skip


def test_numbers_searched_one_after_the_other_are_counted(open_app: Open) -> None:
    app = open_app(PAGE, cohort="hcc_ablation", endpoint="LTP")
    assert "Numbers searched" not in text_of(app)
    box(app, "Number").set_value("largest_lesion_cm")
    no_traceback(app.run())
    assert "Numbers searched for this event so far: 2" in text_of(app)


def test_a_type_of_the_event_and_quartiles(open_app: Open) -> None:
    app = open_app(PAGE, cohort="hcc_ablation", endpoint="TTP")
    box(app, "Event").set_value("local tumour progression")
    app.segmented_control(key="biomarker_groups").set_value(4)
    no_traceback(app.run())
    assert app.title[0].value.endswith("go with local tumour progression?")
    assert len(app.table[0].value) == 4


def test_survival_endpoints_have_curves_of_survival(open_app: Open) -> None:
    app = open_app(PAGE, cohort="ablation_tace_net", endpoint="OS")
    assert not [one for one in app.selectbox if one.label == "Event"]
    assert "event-free" in " ".join(app.table[0].value.columns)


def test_finding_and_caveat_tell_the_same_p(open_app: Open) -> None:
    rows = "\n".join(f"p{i},{i * 37 % 61 + 1},{i % 2},{40 + i * 29 % 43}" for i in range(90))
    uploaded = cohort_from_files({"p.csv": f"id,os_months,os_event,age\n{rows}".encode()}, name="p")
    app = open_app(PAGE, uploaded=uploaded, cohort="upload", endpoint="OS")
    caveat = next(one.value for one in app.info if "No clear difference was seen" in one.value)
    p_value = re.search(r"\((P = [\d.]+)\)", caveat.replace("\u00a0", " "))
    assert p_value is not None
    assert f"no clear relation to the hazard ({p_value.group(1)}; " in text_of(app)
