"""Loading treatment sessions: what was recognised is said, and another column can be chosen."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from core.cohort.session_columns import session_rows
from tests.app.conftest import text_of
from tests.app.test_load import PAGE, confirm, drop
from tests.core.cohort.test_session_roles import PATIENTS, table

Open = Callable[..., AppTest]


def test_recognised_columns_are_said_and_can_be_changed(open_app: Open) -> None:
    sessions = table().to_csv(index=False).encode()
    app = drop(open_app(PAGE), ("patients.csv", PATIENTS.encode()), ("sessions.csv", sessions))
    said = text_of(app)
    assert "Treatment sessions" in said
    assert "energy (J) w" in said
    menus = {box.label: box for box in app.selectbox}
    assert menus["Average power (W)"].value == "x"
    assert menus["Volume (cm³)"].value == "(not recorded)"
    app = menus["Volume (cm³)"].set_value("c").run()
    app = next(box for box in app.selectbox if box.label == "Treatment").set_value("(not recorded)").run()
    cohort = confirm(app)
    assert cohort.spec.roles["session_volume"] == "c"
    assert "session_energy" not in cohort.spec.roles  # only what was changed is written down
    assert cohort.spec.roles["session_treatment"] == ""
    assert "treatment what" not in text_of(app)
    rows = session_rows(cohort)
    assert rows is not None
    assert set(rows.treatment) == {"Treatment"}
    assert rows.volume.tolist() == table()["c"].tolist()
