"""Pages with little or nothing to show: each says what is missing and what to do, and none breaks."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.cohort.cohort import Cohort
from core.cohort.load import cohort_from_files
from tests.app.conftest import ROOT, no_traceback
from ui.empty import PAGES

Open = Callable[..., AppTest]
ALL = sorted(
    path.relative_to(ROOT).as_posix() for path in (Path(ROOT) / "pages").rglob("*.py") if path.parent.name != "team"
)
N = 40
OS = {"endpoint": "OS"}
ARMS = {"endpoint": "OS", "group": "arm"}


def patients() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    age = rng.normal(60, 9, N).round()
    return pd.DataFrame(
        {
            "patient_id": [f"P{i}" for i in range(N)],
            "os_months": rng.exponential(14, N).round(1) + 0.1,
            "os_event": (rng.random(N) < 0.7).astype(int),
            "arm": ["A", "B"] * (N // 2),
            "sex": rng.choice(["F", "M"], N),
            "age": np.where(np.arange(N) == 3, 99, age),
        }
    )


def older_than(age: int) -> dict[str, str]:
    return {"filter": f'{{"column":"age","op":">=","value":{age}}}'}


BARE = ["patient_id", "os_months", "os_event"]
STATES: dict[str, tuple[Callable[[], pd.DataFrame], dict[str, str]]] = {
    "no adverse events, lesions, sessions or responses": (patients, ARMS),
    "no group": (patients, OS),
    "one group": (lambda: patients().assign(arm="A"), ARMS),
    "no endpoint": (lambda: patients().drop(columns=["os_months", "os_event"]), {"group": "arm"}),
    "nothing beside time and event": (lambda: patients()[BARE], OS),
    "nobody had the event": (lambda: patients().assign(os_event=0), ARMS),
    "everybody had the event": (lambda: patients().assign(os_event=1), ARMS),
    "a filter leaves nobody": (patients, ARMS | older_than(500)),
    "a filter leaves one patient": (patients, ARMS | older_than(99)),
    "one group and no event": (lambda: patients().assign(os_event=0, arm="A"), ARMS),
}


def cohort(frame: pd.DataFrame) -> Cohort:
    return cohort_from_files({"p.csv": frame.to_csv(index=False).encode()}, name="p")


def has_result(app: AppTest) -> bool:
    return bool(
        app.main.get("vega_lite_chart") or app.main.table or app.main.dataframe or app.main.get("arrow_data_frame")
    )


def remedy(app: AppTest) -> bool:
    """A link, a button, or a choice, in the page itself."""
    main = app.main
    return bool(main.get("page_link") or main.button or main.selectbox or main.multiselect or main.get("file_uploader"))


def said(app: AppTest) -> list[str]:
    main = app.main
    return [str(one.value) for group in (main.info, main.warning, main.error, main.markdown) for one in group]


@pytest.mark.parametrize("state", STATES)
def test_every_page_shows_something_or_says_what_is_missing(open_app: Open, state: str) -> None:
    frame, query = STATES[state]
    app = open_app(uploaded=cohort(frame()), cohort="upload", **query)
    for page in ALL:
        no_traceback(app.switch_page(page).run())
        where = f"{page}, {state}"
        assert app.main.title, where
        assert str(app.main.title[0].value).endswith("?"), where
        assert said(app), where
        for text in said(app):
            assert "validation" not in text, (where, text)
            assert not re.search(r"\bNone\b(?! of)", text), (where, text)
        if not has_result(app):
            assert remedy(app), where
            assert any(text.rstrip().endswith(".") for text in said(app)), where


@pytest.mark.parametrize("state", ["no endpoint", "a filter leaves nobody", "nothing beside time and event"])
def test_what_a_page_would_show_is_said(open_app: Open, state: str) -> None:
    frame, query = STATES[state]
    app = open_app(uploaded=cohort(frame()), cohort="upload", **query)
    shows = {page.shows for page in PAGES.values()}
    for page in ALL:
        no_traceback(app.switch_page(page).run())
        if page.split("/")[1] in ("survival", "bias") and not has_result(app):
            captions = {str(one.value) for one in app.main.caption}
            early = page.endswith(("hazards.py", "conventions.py", "cut_point.py"))  # has its title before its patients
            titled = early and state == "a filter leaves nobody"
            assert captions & shows or titled, (page, captions)


def test_a_button_makes_the_two_groups_that_are_missing(open_app: Open) -> None:
    app = open_app(uploaded=cohort(patients()), cohort="upload", **OS)
    no_traceback(app.switch_page("pages/survival/subgroups.py").run())
    assert "This page compares two groups, and there is one." in said(app)[0]
    button = next(one for one in app.main.button if one.label == "Compare by Sex")
    no_traceback(button.click().run())
    assert has_result(app)
    assert str(app.main.title[0].value).startswith("Is the difference between ")


def test_two_of_several_groups_can_be_compared_at_a_click(open_app: Open) -> None:
    arms = patients().assign(arm=["TACE", "MWA", "MWA + TACE", "MWA"] * (N // 4))
    arms.loc[0, "arm"] = "none"
    app = open_app(uploaded=cohort(arms), cohort="upload", **ARMS)
    no_traceback(app.switch_page("pages/survival/subgroups.py").run())
    offered = [one.label for one in app.main.button if " with " in one.label]
    assert offered == ["Compare TACE with MWA", "Compare MWA + TACE with MWA", "Compare MWA + TACE with TACE"]
    no_traceback(next(one for one in app.main.button if one.label == offered[0]).click().run())
    assert app.main.title[0].value.startswith("Is the difference between TACE and MWA")


def test_every_question_is_one_and_every_page_says_what_it_shows() -> None:
    for page in PAGES.values():
        assert page.question.endswith("?")
        assert page.shows.startswith("This page shows ")
        assert page.shows.endswith(".")
