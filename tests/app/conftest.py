"""The dashboard run in memory, page by page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ui import long_work

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes what this computer's user confirmed before."""
    monkeypatch.setenv("COHORTSCOPE_MEMORY", "off")


@pytest.fixture(autouse=True)
def waits_for_long_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of a test is drawn once: it waits for what would be shown with its progress."""
    monkeypatch.setattr(long_work, "AT_ONCE", 120.0)


def text_of(app: AppTest) -> str:
    """Everything a page says in words, as it is read."""
    parts = [app.title, app.header, app.subheader, app.markdown, app.caption, app.info, app.warning, app.error]
    return (
        "\n".join(str(element.value) for group in parts for element in group).replace("\u00a0", " ").replace("\\", "")
    )


def no_traceback(app: AppTest) -> AppTest:
    """The app, after making sure that nothing surfaced as a traceback."""
    assert not app.exception, [(error.message, error.stack_trace[-3:]) for error in app.exception]
    return app


@pytest.fixture
def open_app() -> Callable[..., AppTest]:
    """Opens the dashboard at a page and a link's query."""

    def start(
        page: str | None = None,
        *,
        uploaded: object = None,
        show: dict[str, str] | None = None,
        **query: str | list[str],
    ) -> AppTest:
        app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
        for key, value in query.items():
            app.query_params[key] = value
        if uploaded is not None:
            app.session_state["uploaded_cohort"] = uploaded
        if show is not None:  # a link opens its page first, which a test cannot
            app.session_state["views_asked"] = show
        no_traceback(app.run())
        return no_traceback(app.switch_page(page).run()) if page else app

    return start
