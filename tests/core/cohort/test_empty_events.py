"""Event columns that mark the event and are empty otherwise: the empty cells are the patients without it."""

import numpy as np
import pytest

from core.cohort.cohort import Cohort
from core.cohort.endpoints import Endpoint, resolve_endpoint
from core.cohort.load import cohort_from_files
from core.errors import SpecError
from core.reporting.endpoint_sentence import endpoint_sentence
from core.spec import EndpointSpec

MARKS = ["x", "", "x", "", "", "", "x", "", "", ""]


def loaded(marks: list[str]) -> Cohort:
    lines = ["No;Follow-up (months);Death"] + [f"{i + 1};{i + 3};{mark}" for i, mark in enumerate(marks)]
    return cohort_from_files({"ward.csv": "\n".join(lines).encode()}, name="ward")


def overall(cohort: Cohort) -> Endpoint:
    return resolve_endpoint(cohort.patients, "OS", cohort.spec.endpoints["OS"])


@pytest.mark.parametrize("mark", ["x", "X", "×", "✓", "+", "1", "yes", "dead", "死亡"])
def test_nobody_is_left_out_where_only_the_event_is_written(mark: str) -> None:
    cohort = loaded([mark if cell else "" for cell in MARKS])
    found = overall(cohort)
    assert found.usable.all()
    assert found.event.tolist() == [cell == "x" for cell in MARKS]
    (issue,) = (one for one in cohort.patients.issues if one.code == "confirm-empty-event")
    assert issue.severity == "warning"
    assert issue.rows == (3, 5, 6, 7, 9, 10, 11)
    assert "7 patients" in issue.message
    assert any("An empty cell of 'Death' means no OS event (7 patients)." in note for note in found.notes)


@pytest.mark.parametrize("marks", [["dead", "", "alive", ""], ["2", "", "2", ""], ["0", "", "1", ""]], ids=str)
def test_an_empty_cell_stays_unknown_where_the_others_are_written(marks: list[str]) -> None:
    cohort = loaded(marks * 3)
    assert not cohort.spec.endpoints["OS"].empty_is_none
    assert int(overall(cohort).usable.sum()) == 6


def test_a_word_for_unknown_is_no_empty_cell() -> None:
    cohort = loaded(["x", "", "-", "n/a", "x", "", "", "", "x", ""])
    found = overall(cohort)
    assert np.flatnonzero(~found.usable).tolist() == [3]


def test_the_sentence_says_it_and_the_key_needs_an_event_column() -> None:
    spec = EndpointSpec(time="t", event="Death", event_is=("x",), empty_is_none=True)
    assert "an empty cell of Death means that it did not happen" in endpoint_sentence("OS", spec)
    with pytest.raises((ValueError, SpecError), match="empty_is_none"):
        EndpointSpec(start="a", event_date="b", censor_date="c", empty_is_none=True)
    assert "empty_is_none" not in EndpointSpec(time="t", event="d").model_dump()
