"""The baseline page: tests and summaries chosen, columns under one heading, percentages and missing values."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tests.app.conftest import no_traceback, text_of

PAGE = "pages/patients/baseline.py"
Open = Callable[..., AppTest]


def _box(app: AppTest, label: str):  # type: ignore[no-untyped-def]
    return next(box for box in app.selectbox if box.label == label)


def _row(app: AppTest, name: str) -> list[str]:
    shown = app.table[0].value
    return next([str(cell) for cell in row] for row in shown.to_numpy() if name in str(row[0]).replace("\\", ""))


def test_metastases_stand_under_one_heading(open_app: Open) -> None:
    app = open_app(PAGE)
    assert _row(app, "Metastasis sites, n (%), not exclusive")
    lung = _row(app, "Metastasis lung")
    assert "Pearson chi-squared" in [cell.replace("\\", "") for cell in lung]
    assert "each is tested by itself" in text_of(app)
    app.multiselect(key=next(m.key for m in app.multiselect if m.label.startswith("Under one"))).set_value([])
    no_traceback(app.run())
    assert _row(app, "Metastasis lung, n (%)")


def test_a_test_and_a_summary_for_one_variable_are_kept(open_app: Open) -> None:
    app = open_app(PAGE)
    _box(app, "Choose for one variable").set_value("age_years")
    no_traceback(app.run())
    _box(app, "Its test").set_value("wilcoxon")
    no_traceback(app.run())
    _box(app, "Its summary").set_value("mean")
    no_traceback(app.run())
    _box(app, "Choose for one variable").set_value("age_group")
    no_traceback(app.run())
    _box(app, "Its test").set_value("trend")
    no_traceback(app.run())
    assert any("Wilcoxon" in cell for cell in _row(app, "Age (years), mean ± SD"))
    assert any("Cochran" in cell for cell in _row(app, "Age group"))
    assert "trend over <=50, 51-65, 65-75, >75, in this order" in text_of(app)
    no_traceback(app.button(key="history_undo").click().run())
    no_traceback(app.button(key="history_undo").click().run())
    assert not any("mean ± SD" in str(cell) for cell in app.table[0].value.iloc[:, 0] if "Age (years)" in str(cell))
    assert any("Wilcoxon" in cell for cell in _row(app, "Age (years)"))


def test_percentages_decimals_missing_and_totals(open_app: Open) -> None:
    app = open_app(PAGE, cohort="hcc_ablation")
    assert any("Missing" in str(cell) for cell in app.table[0].value.iloc[:, 0])
    _box(app, "Missing values").set_value("excluded")
    _box(app, "Percentages").set_value(("row", "known"))
    app.checkbox(key="baseline_total").uncheck()
    no_traceback(app.run())
    assert not any("Missing" in str(cell) for cell in app.table[0].value.iloc[:, 0])
    assert "Missing values, left out of the table:" in text_of(app)
    assert "Percentages are of the row" in text_of(app)
    columns = [str(column).split(" (")[0] for column in app.table[0].value.columns]
    assert not columns[0].startswith("All")
    assert "All patients" not in columns[1:]
    assert columns[-3:] == ["P", "Test", "SMD"]


def test_the_balance_plot_says_its_line(open_app: Open) -> None:
    assert "Dashed line: 0.1" in text_of(open_app(PAGE))
