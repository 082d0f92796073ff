"""The page of panels: endpoints or parts of the cohort beside each other, counted in the ledger, as one figure."""

from __future__ import annotations

import json
from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from core.cohort.load import cohort_from_files
from tests.app.conftest import no_traceback, text_of
from ui import ledger, panels
from ui.cohorts import load

Open = Callable[..., AppTest]
PAGE = "pages/survival/panels.py"


def domains(app: AppTest) -> list[object]:
    """Time axis and vertical axis of every panel."""
    found = []
    for chart in app.get("vega_lite_chart"):
        layer = next(one for one in json.loads(chart.proto.spec)["layer"] if one["data"]["name"] == "curve")
        found.append([layer["encoding"][axis]["scale"]["domain"] for axis in "xy"])
    return found


def test_endpoints_stand_side_by_side_on_one_axis(open_app: Open) -> None:
    app = open_app(PAGE)
    first, second = domains(app)
    assert first == second
    said = text_of(app)
    assert "**Overall survival: 94 patients, 66 events**" in said
    assert "**Progression-free survival: 94 patients, 86 events**" in said
    assert said.count("2 comparisons stand here") == 1
    assert "In every panel: Log-rank test" in said
    assert "The hazard ratio is 0.57 (0.33–0.99) for overall survival and 0.37" in said


def test_parts_of_the_cohort(open_app: Open) -> None:
    app = open_app(PAGE)
    next(one for one in app.get("segmented_control") if one.label == "Panels").set_value(panels.PARTS)
    no_traceback(app.run())
    said = text_of(app)
    parts = [line for line in said.splitlines() if line.startswith("**") and " patients, " in line and ":" in line]
    counted = [int(line.split(": ")[-1].split(" ")[0]) for line in parts]
    assert len(domains(app)) == len(parts) >= 2
    assert sum(counted) <= 94
    assert len({str(domain) for domain in domains(app)}) == 1


def test_every_panel_counts_as_a_comparison(open_app: Open) -> None:
    app = open_app(PAGE)
    looks = app.session_state[ledger._KEPT][load("hifu_ici").digest]
    assert {"OS", "PFS"} <= {look.endpoint for look in looks if look.kind in ("compare", "cox")}


def test_without_groups_there_are_curves_and_medians(open_app: Open) -> None:
    app = open_app(PAGE, cohort="hifu_ici", endpoint="OS")
    said = text_of(app)
    assert "How does survival compare, panel by panel?" in said
    assert "comparisons stand here" not in said
    assert "The median is" in said


def test_the_axis_chosen_on_the_survival_page_holds_here(open_app: Open) -> None:
    app = open_app()
    next(box for box in app.selectbox if box.label == "Under the curves").set_value("kmunicate")
    next(box for box in app.selectbox if box.label == "Time axis in").set_value("years")
    no_traceback(app.run())
    no_traceback(app.switch_page(PAGE).run())
    specs = [chart.proto.spec for chart in app.get("vega_lite_chart")]
    assert len(specs) == 2
    assert all("datum.value / 12.0" in spec for spec in specs)


def test_who_stands_in_no_panel_is_said(open_app: Open) -> None:
    rows = [f"P{i},{3 + i},{i % 2},{'AB'[i % 2]},{'xy'[i % 2] if i > 3 else ''}" for i in range(24)]
    content = "\n".join(["patient_id,os_months,os_event,arm,side", *rows]).encode()
    app = open_app(PAGE, uploaded=cohort_from_files({"p.csv": content}, name="t"), cohort="upload", group="arm")
    no_traceback(app.run())
    next(one for one in app.selectbox if one.label == "A panel for each level of").set_value("side")
    no_traceback(app.run())
    assert "4 patients without a value of Side stand in no panel." in text_of(app)
    assert len(app.get("vega_lite_chart")) == 2


def test_who_stands_in_the_next_panel_is_not_called_left_out(open_app: Open) -> None:
    app = open_app(PAGE)
    next(one for one in app.get("segmented_control") if one.label == "Panels").set_value(panels.PARTS)
    no_traceback(app.run())
    assert "kept only where" not in text_of(app)


def test_the_way_to_interactions_is_shown_for_parts_only(open_app: Open) -> None:
    app = open_app(PAGE)
    assert not any("interaction" in link.label for link in app.get("page_link"))
    next(one for one in app.get("segmented_control") if one.label == "Panels").set_value(panels.PARTS)
    app.run()
    assert any("interaction" in link.label for link in app.get("page_link"))
