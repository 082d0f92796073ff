"""Imputed values and E-values on the hazards page."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tests.app.conftest import no_traceback, text_of

PAGE = "pages/survival/hazards.py"
FACTORS = ["age_years", "vegf_pg_ml", "pd_l1"]
Open = Callable[..., AppTest]


def opened(open_app: Open) -> AppTest:
    app = open_app(PAGE, cohort="hcc_ablation", endpoint="OS")
    box = next(box for box in app.multiselect if box.label == "Factors")
    model = next(radio for radio in app.radio if radio.label == "Model")
    model.set_value("Each factor alone, then all together")
    return no_traceback(box.set_value(FACTORS).run())


def table_with(app: AppTest, column: str) -> list[str]:
    return next(list(table.value[column]) for table in app.table if column in table.value)


def test_missing_values_are_imputed_when_asked_for(open_app: Open) -> None:
    app = opened(open_app)
    assert "What was imputed, and what comes out without it" not in [one.label for one in app.expander]
    box = next(box for box in app.checkbox if box.label.startswith("Impute missing values"))
    app = no_traceback(box.set_value(True).run())
    said = text_of(app)
    assert not app.error
    assert "20 completed tables" in said
    assert "no method can check that" in said
    assert "were imputed 20 times" in said
    assert table_with(app, "Imputed patients")[0] == "48"
    assert any(column.startswith("Complete patients") for table in app.table for column in table.value)
    assert "Is one patient driving this?" not in [one.label for one in app.expander]


def test_a_selection_of_factors_cannot_be_imputed(open_app: Open) -> None:
    app = opened(open_app)
    next(radio for radio in app.radio if radio.label == "Model").set_value("Each factor alone, then backward by AIC")
    box = next(box for box in app.checkbox if box.label.startswith("Impute missing values"))
    app = no_traceback(box.set_value(True).run())
    assert "no factors are selected" in " ".join(str(error.value) for error in app.error)


def test_a_hidden_factor_is_asked_after(open_app: Open) -> None:
    app = open_app(PAGE)
    assert "Could a factor that nobody measured explain it? (E-values)" in [one.label for one in app.expander]
    said = text_of(app)
    assert "HIFU against No HIFU" in said
    assert "a weaker one could not" in said
    assert table_with(app, "E-value")
