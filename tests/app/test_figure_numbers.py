"""Every chart on every page has a text for who cannot see it, and its numbers below it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import ROOT, no_traceback, text_of
from ui import figure_numbers

Open = Callable[..., AppTest]
ALL = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "pages").rglob("*.py"))
PAGES = [page for page in ALL if "/team/" not in page]  # those of a team have a door of their own
CHARTS = {"vega_lite_chart", "altair_chart", "line_chart", "bar_chart", "area_chart", "scatter_chart", "pyplot"}
CHARTS |= {"plotly_chart", "bokeh_chart", "graphviz_chart", "pydeck_chart"}
RECURRENCE = [page for page in PAGES if "/recurrence/" in page]  # what only the other sample has
DRAWN = [("hifu_ici", PAGES, 15), ("hcc_ablation", RECURRENCE, 3)]  # at least so many pages draw something


def drawing(path: Path) -> Iterator[str]:
    """Calls of Streamlit that draw a chart."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHARTS:
            yield node.func.attr


def test_charts_are_drawn_by_the_one_function_that_adds_text_and_numbers() -> None:
    files = [*(ROOT / "pages").rglob("*.py"), *(ROOT / "ui").rglob("*.py"), ROOT / "dashboard.py"]
    assert {path.relative_to(ROOT).as_posix() for path in files if any(drawing(path))} == {"ui/figures.py"}


@pytest.mark.parametrize(("cohort", "pages", "least"), DRAWN)
def test_every_chart_of_every_page(
    open_app: Open, monkeypatch: pytest.MonkeyPatch, cohort: str, pages: list[str], least: int
) -> None:
    keys: list[str] = []
    show = figure_numbers.show

    def noted(*args: object, key: str, **options: object) -> None:
        keys.append(key)
        show(*args, key=key, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(figure_numbers, "show", noted)
    app, drawn = open_app(cohort=cohort), 0
    for page in pages:
        keys.clear()
        no_traceback(app.switch_page(page).run())
        found = app.get("vega_lite_chart")
        assert len(found) == len(keys), page
        assert all(len(chart.proto.alt) > 20 for chart in found), page
        if not found:
            continue
        drawn += 1
        before = len(app.table)
        for key in keys:
            app.session_state[f"numbers_{key}"] = True
        opened = list(dict.fromkeys(keys))
        no_traceback(app.run())
        assert len(app.table) - before >= len(opened), page
        files = [one for one in app.get("download_button") if one.label == "Download as CSV"]
        assert len(files) == len(opened), page
        for key in opened:
            app.session_state[f"numbers_{key}"] = False
    assert drawn >= least


def test_who_may_not_see_rows_gets_no_numbers_of_single_patients(open_app: Open) -> None:
    app = open_app("pages/patients/treatment.py")
    app.session_state["numbers_swimmer"] = True
    app.session_state["patient_rows_refused"] = "Your role does not see single patients."
    no_traceback(app.run())
    assert not [one for one in app.get("download_button") if one.label == "Download as CSV"]
    assert "Your role does not see single patients." in text_of(app)
