"""Saying on the load page which values mean that another event came first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from streamlit.testing.v1 import AppTest

from tests.app.conftest import no_traceback, text_of
from tests.app.test_load import CONFIRM, PAGE, confirm, csv, drop, found, widget
from tests.core.cohort.tables import codes

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


def button(app: AppTest, start: str) -> Any:
    return next(one for one in app.button if one.label.startswith(start))


def test_codes_that_nobody_explained_are_asked_for_and_no_curve_waits_for_a_guess(open_app: Open) -> None:
    app = drop(open_app(PAGE), ("a.csv", csv(rows((0, 1, 2, 3)))))
    assert "What do the codes in" in text_of(app)
    assert button(app, CONFIRM).disabled
    for code, n, meaning in ((0, 8, "censored"), (1, 8, "the event"), (2, 7, "the event")):
        no_traceback(widget(app.segmented_control, f"{code} ({n} patients)").set_value(meaning).run())
    assert button(app, CONFIRM).disabled
    no_traceback(widget(app.segmented_control, "3 (7 patients)").set_value("another event came first").run())
    no_traceback(widget(app.text_input, "3 stands for").set_value("transplant").run())
    cohort = confirm(app)
    endpoint = cohort.spec.endpoints["OS"]
    assert (endpoint.event_is, dict(endpoint.competing)) == (("1", "2"), {"transplant": ("3",)})
    assert "confirm-event" not in codes(cohort)


def test_the_usual_answer_is_one_click_and_settles_the_question(open_app: Open) -> None:
    app = drop(open_app(PAGE), ("a.csv", csv(rows((0, 1, 2)))))
    no_traceback(
        button(app, "As is usual: 0 means censored, 1 means the event, 2 means another event came first").click().run()
    )
    assert not any("is not certain" in said for said in found(app))
    cohort = confirm(app)
    assert cohort.spec.endpoints["OS"].event_is == (1,)
    assert "confirm-event" not in codes(cohort)


def test_where_one_value_is_left_nothing_is_asked(open_app: Open) -> None:
    app = drop(open_app(PAGE), ("a.csv", csv(rows((0, 1)))))
    assert ASKED not in [menu.label for menu in app.multiselect]
    assert dict(confirm(app).spec.endpoints["OS"].competing) == {}
