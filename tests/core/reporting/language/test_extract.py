"""What of the source counts as a text for readers."""

from __future__ import annotations

import pytest

from core.reporting.language.catalogue import area_of
from core.reporting.language.extract import in_source


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        ('st.info("Nothing to report here.")', ["Nothing to report here."]),
        ('x = f"{n} of {total} had the event"', ["{0} of {1} had the event"]),
        ('x = f"{a}{b} had the event"', ["{0} had the event"]),
        ('x = "One part " + f"and {n} more"', ["One part and {0} more"]),
        ("x = f\"{n} {'patient' if n == 1 else 'patients'} left\"", ["{0} patient left", "{0} patients left"]),
        ("x = f\"Left out{f' ({rows})' if rows else ''}.\"", ["Left out ({0}).", "Left out."]),
        ('counted(n, "row")', ["{0} row", "{0} rows"]),
        ('several(n, "study", "studies")', ["{0} study", "{0} studies"]),
        ('TEST_WORDS = {"logrank": "weighted"}', ["weighted"]),
        ('frame = {"What to do": 1, "Where": 2, "code": 3}', ["What to do", "Where"]),
        ('x = value == "not seen by anyone"', []),
        ('raise ValueError("lengths must be alike")', []),
        ('raise SpecError("Lengths must be alike.")', ["Lengths must be alike."]),
        ('st.button("Undo", key="undo the last")', ["Undo"]),
        ('re.compile("a or b")', []),
        ('x = "datum.n > 3 or so"', []),
        ('x = "survfit(Surv(time, event) ~ 1)"', []),
        ('x = "Kaplan and Meier, J Am Stat Assoc 1958;53:457-481"', []),
        ('def f():\n    """Not for readers at all."""\n', []),
        ('x = "a code of ours"  # not shown', []),
    ],
)
def test_templates_of_a_line(code: str, texts: list[str]) -> None:
    assert in_source(code) == texts


def test_each_file_has_its_area() -> None:
    assert area_of("ui/charts/forest.py") == "ui_charts"
    assert area_of("core/cohort/read.py") == "reading"
    assert area_of("core/reporting/report/word.py") == "report_text"
    assert area_of("pages/cohort/load.py") == "ui_frame"
