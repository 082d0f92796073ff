"""A viewer walks through everything, and no element holds a patient."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import no_traceback, text_of
from tests.app.team.conftest import CANARY_NUMBER, CANARY_WORD, ROOT, VIEWER, claims, tables_of

PAGES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "pages").rglob("*.py"))
OPEN_TO_VIEWERS = {f"pages/team/{name}.py" for name in ("summary", "saved", "projects", "members", "activity")}
K = 5


def protos(app: AppTest):
    """Every element that was sent, as bytes."""
    waiting = [app._tree]
    while waiting:
        node = waiting.pop()
        waiting.extend(getattr(node, "children", {}).values())
        proto = getattr(node, "proto", None)
        if proto is not None:
            yield proto.SerializeToString()


def assert_no_patient(app: AppTest, frame) -> None:
    sent = b"\n".join(protos(app))
    secrets = [*frame["patient_id"], CANARY_WORD, str(CANARY_NUMBER), "7,654", "7654"]
    for secret in secrets:
        assert secret.encode() not in sent, secret
    for column in ("os_months", "afp"):
        for value in frame[column]:
            assert struct.pack("<d", value) not in sent, (column, value)


def numbers_in(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from numbers_in(item)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield float(value)


@pytest.mark.parametrize("page", sorted(OPEN_TO_VIEWERS))
def test_no_page_of_a_viewer_holds_a_patient(lasting, come_in, page):
    app = come_in(VIEWER, page)
    assert_no_patient(app, lasting.frame)
    assert not app.error


def test_every_grouping_of_the_summary_holds_no_patient(lasting, come_in):
    app = come_in(VIEWER)
    key = f"v-{lasting.version.id}"[-12:]
    columns = app.selectbox(key=f"summary_group_{key}").options
    assert "Diagnosis" not in columns, "a level of one patient would be offered"
    assert "Sex" in columns
    for column in ("", "sex", "arm"):
        app.selectbox(key=f"summary_group_{key}").set_value(column)
        app = no_traceback(app.run())
        assert_no_patient(app, lasting.frame)
        for node in app.get("vega_lite_chart"):
            drawn = set(numbers_in(json.loads(node.proto.spec)))
            assert not drawn & (set(lasting.frame["os_months"]) - {round(x) for x in lasting.frame["os_months"]})
    assert not app.multiselect, "no filter: what is left out would follow"


def test_a_viewer_has_no_report_to_put_anything_into(lasting, come_in):
    app = come_in(VIEWER)
    assert not [button.label for button in app.button if "Report" in button.label]


def test_no_small_count_is_in_a_table_of_the_summary(lasting, come_in):
    app = come_in(VIEWER)
    said = tables_of(app)
    assert "withheld" in said
    for table in app.table:
        for text in table.value.to_numpy().ravel():
            found = text.replace("*", "").replace("\\", "").split("\u00a0(")[0].split(" (")[0].strip()
            if found.isdigit() and "(" in text:
                assert int(found) == 0 or int(found) >= K, text


@pytest.mark.parametrize("page", [page for page in PAGES if page not in OPEN_TO_VIEWERS])
def test_a_page_that_is_not_for_viewers_refuses_even_if_it_is_run(lasting, page):
    """Not the menu alone keeps viewers out: the page itself is run, as if the menu had been got round."""
    script = f"""
import runpy
from ui import state
from ui.team import gate
gate.enter()
state.begin("x")
runpy.run_path({str(ROOT / page)!r})
"""
    app = AppTest.from_string(script, default_timeout=60)
    app.user = claims(VIEWER)
    app.session_state["selection"] = _selection(lasting)
    no_traceback(app.run())
    assert "takes the role" in text_of(app), page
    assert_no_patient(app, lasting.frame)


def _selection(lasting):
    from core.spec import GroupSpec
    from ui.selection import Selection

    return Selection(cohort=f"v-{lasting.version.id}", endpoint="OS", group=GroupSpec(column="arm"))


def test_the_list_of_pages_is_the_folder(lasting):
    assert len(PAGES) > 25
    assert all(Path(ROOT / page).exists() for page in OPEN_TO_VIEWERS)


def test_an_analysts_link_leads_a_viewer_to_the_summary(lasting, come_in):
    pages = come_in(VIEWER).session_state["pages_by_address"]
    assert {pages[address].title for address in ("hazards", "adverse-events", "load", "summary")} == {"Summary"}
    assert {pages[address].visibility for address in ("hazards", "adverse-events", "load")} == {"hidden"}
