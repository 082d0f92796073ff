"""On the load page columns of yes and no are offered as adverse events; columns of diameters are read as lesions."""

from __future__ import annotations

from typing import Any

from streamlit.testing.v1 import AppTest

from tests.app.conftest import no_traceback, text_of
from tests.app.test_load import PAGE, Open, Rows, confirm, csv, drop

ROWS: Rows = [
    ["id", "nausea", "fever", "rash", "diabetes", "target1_baseline", "target1_month3", "os_months", "os_event"],
    *(
        [f"p{i}", *(("yes", "no")[(i + k) % 2] for k in range(4)), 40 + i, 20 + 2 * i, i + 0.5, i % 2]
        for i in range(30)
    ),
]


def box(app: AppTest, label: str) -> Any:
    return next(one for one in app.checkbox if one.label.startswith(label))


def test_columns_of_yes_and_no_and_of_diameters(open_app: Open) -> None:
    app = drop(open_app(PAGE), ("ward.csv", csv(ROWS)))
    assert "'nausea', 'fever', 'rash': their grades are not known" in text_of(app)
    assert not box(app, "Read the columns of yes and no").value
    no_traceback(box(app, "Read the columns of yes and no").check().run())
    no_traceback(box(app, "Read the columns of diameters").uncheck().run())
    assert "45 rows of adverse events" in text_of(app)
    no_traceback(box(app, "Read the columns of diameters").check().run())
    cohort = confirm(app)
    assert cohort.spec.event_columns == ("nausea", "fever", "rash")
    assert cohort.adverse_events is not None
    assert len(cohort.adverse_events.frame) == 45
    assert len(cohort.other_tables["lesions"].frame) == 60
    no_traceback(app.switch_page("pages/patients/response.py").run())
    assert "An objective response (CR or PR) was seen in 7 of 30 patients" in text_of(app)
