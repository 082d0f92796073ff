"""The guided tours: every stop stands on a page that is there, shows it without trouble, and leads on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import no_traceback, text_of
from ui import cohorts
from ui.tour_stops import TOURS

ROOT = Path(__file__).parents[2]
LOAD = "pages/cohort/load.py"


def test_every_sample_has_its_tour() -> None:
    assert set(TOURS) == set(cohorts.SAMPLES)


@pytest.mark.parametrize("sample", TOURS)
def test_stops_name_pages_endpoints_and_columns_that_are_there(sample: str) -> None:
    dashboard = (ROOT / "dashboard.py").read_text()
    cohort = cohorts.sample(sample)[0]
    columns = {column.name for column in cohort.patients.columns}
    for stop in TOURS[sample]:
        assert f'"{stop.page}"' in dashboard
        assert f'url_path="{stop.address}"' in dashboard
        assert stop.endpoint is None or stop.endpoint in cohort.spec.endpoints
        assert stop.group is None or stop.group in columns


@pytest.mark.parametrize("sample", TOURS)
def test_a_tour_leads_through_all_its_pages(open_app: Callable[..., AppTest], sample: str) -> None:
    app = no_traceback(open_app(LOAD).button("tour_start_" + sample).click().run())
    for number, stop in enumerate(TOURS[sample], start=1):
        app = no_traceback(app.switch_page(stop.page).run())  # a test stays on its page where a browser goes on
        said = text_of(app)
        assert f"Stop {number} of {len(TOURS[sample])}. {stop.title}" in said
        assert not app.error
        if number < len(TOURS[sample]):
            app.button("tour_next").click().run()
    app.button("tour_end").click().run()
    assert "Stop " not in text_of(no_traceback(app))


def test_a_tour_waits_while_the_visitor_looks_elsewhere(open_app: Callable[..., AppTest]) -> None:
    app = no_traceback(open_app().button("tour_invite").click().run())
    app = no_traceback(app.switch_page("pages/survival/subgroups.py").run())
    assert "The guided tour waits at stop 1" in text_of(app)
    app = no_traceback(app.button("tour_return").click().run())
    app = no_traceback(app.switch_page("pages/survival/kaplan_meier.py").run())
    assert "Stop 1 of 7" in text_of(app)


def test_on_ones_own_patients_no_tour_is_offered(open_app: Callable[..., AppTest]) -> None:
    own = cohorts.sample("hifu_ici")[0]
    app = open_app(uploaded=own, cohort="upload")
    assert "tour_invite" not in {button.key for button in app.button}
