"""Saying on the load page which values mean that another event came first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from streamlit.testing.v1 import AppTest

from tests.app.conftest import no_traceback
from tests.app.test_load import PAGE, confirm, csv, drop, widget

Open = Callable[..., AppTest]
ASKED = "Values that mean another event came first"


def rows(values: tuple[Any, ...]) -> list[list[Any]]:
    return [
        ["id", "arm", "os_months", "os_event"],
        *([f"p{i}", ("A", "B")[i % 2], i + 0.5, values[i % len(values)]] for i in range(30)),
    ]


def test_words_can_be_named_and_are_called_by_their_names(open_app: Open) -> None:
    app = drop(open_app(PAGE), ("a.csv", csv(rows(("dead", "alive", "switched", "moved away")))))
    menu = widget(app.multiselect, ASKED)
    assert set(menu.options) == {"alive", "switched", "moved away"}
    menu.set_value(["switched"])
    no_traceback(app.run())
    assert dict(confirm(app).spec.endpoints["OS"].competing) == {"switched": ("switched",)}


def test_a_code_is_asked_for_its_meaning(open_app: Open) -> None:
    app = drop(open_app(PAGE), ("a.csv", csv(rows((0, 1, 2, 3)))))
    menu = widget(app.multiselect, ASKED)
    menu.set_value(["3"])
    no_traceback(app.run())
    widget(app.text_input, "3 stands for").set_value("transplant")
    no_traceback(app.run())
    assert dict(confirm(app).spec.endpoints["OS"].competing) == {"transplant": ("3",)}


def test_where_one_value_is_left_nothing_is_asked(open_app: Open) -> None:
    app = drop(open_app(PAGE), ("a.csv", csv(rows((0, 1)))))
    assert ASKED not in [menu.label for menu in app.multiselect]
    assert dict(confirm(app).spec.endpoints["OS"].competing) == {}
