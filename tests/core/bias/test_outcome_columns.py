"""A column that tells who had the event is no factor of it."""

import pytest

from core.bias.outcome_columns import tells_event
from core.cohort.load import cohort_from_files
from core.cohort.select import analysis_set

N = 40


def asked(column, values, *, endpoint="OS"):
    events = [int(i % 4 == 0) for i in range(N)]
    rows = "\n".join(f"p{i},{i + 3},{event},{values(i, event)}" for i, event in enumerate(events))
    cohort = cohort_from_files({"p.csv": f"id,os_months,os_event,{column}\n{rows}".encode()}, name="p")
    return tells_event(analysis_set(cohort, group=None, endpoint=endpoint), column)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (lambda i, event: "dead" if event else "alive", True),
        (lambda i, event: ("cancer" if i % 8 else "heart") if event else "", True),  # only the dead have a value
        (lambda i, event: ("cancer" if i % 8 else "heart") if event else "none", True),
        (lambda i, event: "" if i in (2, 3) else "dead" if event else "alive", True),
        (lambda i, event: "A" if i % 2 else "B", False),
        (lambda i, event: "" if i % 3 else "A" if i % 2 else "B", False),
        (lambda i, event: "A" if event or i == 1 else "B", False),  # one patient without the event among the As
        (lambda i, event: "same", False),
        (lambda i, event: f"level {i}", False),  # one patient each
    ],
)
def test_every_level_is_all_or_none(values, told):
    assert asked("what_happened", values) is told


def test_without_an_endpoint_there_is_nothing_to_tell():
    assert not asked("what_happened", lambda i, event: "dead" if event else "alive", endpoint=None)


def test_few_events_may_be_chance():
    rows = "\n".join(f"p{i},{i + 3},{int(i < 4)},{'A' if i < 4 else 'B'}" for i in range(N))
    cohort = cohort_from_files({"p.csv": f"id,os_months,os_event,arm\n{rows}".encode()}, name="p")
    assert not tells_event(analysis_set(cohort, group=None, endpoint="OS"), "arm")
