"""The check of proportional hazards under the hazard ratios."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tests.app.conftest import no_traceback, text_of

PAGE = "pages/survival/hazards.py"
Open = Callable[..., AppTest]


def opened(open_app: Open, **query: str) -> AppTest:
    app = open_app(None, **query)
    app.session_state["ph_check"] = True
    return no_traceback(app.switch_page(PAGE).run())


def test_is_closed_until_asked_for(open_app: Open) -> None:
    app = open_app(PAGE)
    assert "Are hazards proportional?" in [expander.label for expander in app.expander]
    assert "speaks against" not in text_of(app)


def test_says_tests_and_how_to_read_the_ratios(open_app: Open) -> None:
    app = opened(open_app, cohort="hifu_ici", endpoint="OS", group="hifu")
    said = text_of(app)
    assert "Doubtful for" in said or "No sign against proportional hazards" in said
    assert "cox.zph" in said
    table = app.table[-1].value
    assert table.iloc[-1, 0] == "**All together**"
    assert "Degrees of freedom" in table.columns


def test_another_factor_can_be_shown(open_app: Open) -> None:
    app = opened(open_app)
    box = next(box for box in app.selectbox if box.label == "Show over time")
    assert len(box.options) > 1
    box.select_index(1)
    assert not no_traceback(app.run()).error


def test_says_what_to_do_and_where(open_app: Open) -> None:
    said = text_of(opened(open_app, cohort="hifu_ici", endpoint="OS", group="hifu"))
    assert "Doubtful for" in said
    assert "What to do, in Options under Over time: **Stratify by**" in said
    assert "restricted mean survival" in said

    calm = text_of(opened(open_app, cohort="hcc_ablation", endpoint="OS"))
    assert "No sign against proportional hazards" in calm
    assert "What to do, under Options" not in calm


def option(app: AppTest, label: str):
    boxes = [*app.selectbox, *app.multiselect, *app.number_input]
    return next(box for box in boxes if box.label.startswith(label))


def test_a_factor_may_have_a_hazard_ratio_per_period(open_app: Open) -> None:
    app = open_app(PAGE, cohort="hifu_ici", endpoint="OS", group="hifu")
    option(app, "Split time of").select("hifu")
    app = no_traceback(app.run())
    option(app, "Split time at").set_value(6.0)
    app = no_traceback(app.run())
    said = text_of(app)
    assert "hazard ratio the same in all periods, P" in said
    assert "survSplit" in said
    assert any("0–6 months" in str(table.value) for table in app.table)


def test_strata_leave_the_factors(open_app: Open) -> None:
    app = open_app(PAGE, cohort="hifu_ici", endpoint="OS", group="hifu")
    factors = option(app, "Factors").value
    stratum = next(name for name in option(app, "Stratify by").options if name.casefold() in map(str.casefold, factors))
    option(app, "Stratify by").select(stratum)
    app = no_traceback(app.run())
    assert "stratified by" in text_of(app)
    assert not app.error


def test_a_treatment_that_starts_later_is_a_factor_more(open_app: Open) -> None:
    app = open_app(PAGE, cohort="hifu_ici", endpoint="OS", group="hifu")
    box = option(app, "Treatment that starts later")
    box.select_index(1)
    app = no_traceback(app.run())
    said = text_of(app)
    assert "until it starts" in said
    assert "tmerge" in said


def test_profile_limits_and_exact_ties(open_app: Open) -> None:
    app = open_app(PAGE, cohort="hifu_ici", endpoint="OS", group="hifu")
    option(app, "Kind of interval").select("profile")
    option(app, "Tied event times").select("exact")
    app = no_traceback(app.run())
    said = text_of(app)
    assert "profile likelihood" in said
    assert 'ties = "exact"' in said
