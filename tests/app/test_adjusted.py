"""The pages of adjusted curves and of a cut-point."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from core.cohort.load import cohort_from_files
from tests.app.conftest import no_traceback, text_of

ADJUSTED, CUT = "pages/survival/adjusted.py", "pages/survival/cut_point.py"
Open = Callable[..., AppTest]


def test_adjusted_curves_answer_in_a_sentence_with_what_limits_it(open_app: Open) -> None:
    app = open_app(ADJUSTED)
    said = text_of(app)
    assert app.title[0].value.startswith("Does overall survival differ between HIFU and No HIFU once age (years), sex,")
    assert "With the same age (years), sex," in said
    assert "against 8 unadjusted" in said
    assert "Adjusting for factors does not take that away." in said
    assert "what was not measured" in said
    assert len(app.get("vega_lite_chart")) == 1
    assert list(app.table[0].value["Estimate"])[:3] == ["Adjusted", "Average patient", "Crude (Kaplan-Meier)"]


def test_other_factors_and_options(open_app: Open) -> None:
    app = open_app(ADJUSTED)
    app.multiselect[0].set_value(["sex"])
    no_traceback(app.run())
    assert app.title[0].value.endswith("once sex is the same?")
    next(box for box in app.checkbox if "proportional" in box.label).check()
    assert "One hazard ratio" not in text_of(no_traceback(app.run()))
    app.multiselect[0].set_value([])
    assert "Choose at least one factor" in text_of(no_traceback(app.run()))


def test_without_groups_it_says_what_is_predicted_on_average(open_app: Open) -> None:
    app = open_app(ADJUSTED, cohort="hifu_ici", endpoint="OS")
    assert "choose a group to compare adjusted curves" in text_of(app)
    assert app.title[0].value.startswith("What overall survival goes with")


def test_three_groups(open_app: Open) -> None:
    app = open_app(ADJUSTED, cohort="ablation_tace_net", group="who_grade", endpoint="PFS")
    assert not app.error
    assert "for G1" in text_of(app)


def test_a_cut_is_searched_corrected_and_can_become_the_group(open_app: Open) -> None:
    app = open_app(CUT, cohort="ablation_tace_net", endpoint="PFS", group="arm")
    app.selectbox(key=next(box.key for box in app.selectbox if box.label == "Number")).set_value("ki67_percent")
    no_traceback(app.run())
    said = text_of(app)
    assert app.title[0].value == "Is there a cut of Ki-67 (%) that separates progression-free survival?"
    assert "The best cut of Ki-67 (%) is " in said
    assert "cuts tried P" in said
    assert "The cut was searched to make these two curves differ" in said
    assert len(app.get("vega_lite_chart")) == 2
    next(button for button in app.button if button.label == "Use this cut as the group").click()
    no_traceback(app.run())
    assert "ki67_percent" in str(app.query_params["group"])


def test_only_numbers_are_offered(open_app: Open) -> None:
    app = open_app(CUT)
    offered = next(box for box in app.selectbox if box.label == "Number").options
    assert "Age (years)" in offered
    assert "Sex" not in offered


def test_an_error_names_no_analysis_that_nobody_asked_for(open_app: Open) -> None:
    few = '{"column":"primary_disease","op":"==","value":"Other carcinoma"}'  # no events with HIFU
    app = open_app(ADJUSTED, cohort="hifu_ici", endpoint="OS", group="hifu", filter=few)
    assert "No curve can be predicted" in text_of(app)
    assert "Analysis 'result'" not in text_of(app)


def test_no_page_starts_with_a_column_that_tells_the_outcome(open_app: Open) -> None:
    rows = [f"p{i},{i + 3},{i % 2},{'AB'[i // 3 % 2]},{'dead' if i % 2 else 'alive'},{40 + i % 31}" for i in range(60)]
    text = "\n".join(["id,os_months,os_event,arm,what_happened,age", *rows])
    cohort = cohort_from_files({"p.csv": text.encode()}, name="p")
    query = {"cohort": "upload", "endpoint": "OS", "group": "arm"}
    for page in (ADJUSTED, "pages/survival/hazards.py", "pages/survival/subgroups.py"):
        chosen = open_app(page, uploaded=cohort, **query).multiselect[0]
        assert "What happened" in chosen.options  # who wants it may have it
        assert "what_happened" not in chosen.value
        assert "age" in chosen.value
