"""Steps of long work: told to who listens, and ended by it."""

import numpy as np
import pytest

from core.cohort.load import cohort_from_files
from core.regression.cox import fit_cox
from core.regression.exact import evaluate
from core.regression.risk_sets import risk_sets
from core.timetoevent import TimeToEvent
from core.work.progress import At, each, go_on, listening, step
from tests.core.cohort.test_large_file import STUDIES
from tests.core.regression.cohorts import design_of, random_cohort


def test_the_steps_of_a_cohort():
    told = []
    with listening(lambda at: told.append((at.step, at.rows))):
        cohort = cohort_from_files(STUDIES["plain"], name="study")
    assert list(dict.fromkeys(told)) == [("reading", 0), ("recognising", cohort.n), ("checking", cohort.n)]
    assert len(told) > 20


def test_a_listener_ends_it_at_every_step():
    class EndedError(Exception):
        pass

    def ends_at(wanted):
        def listener(at):
            if at.step == wanted:
                raise EndedError

        return listener

    for wanted in ("recognising", "checking"):
        with pytest.raises(EndedError), listening(ends_at(wanted)):
            cohort_from_files(STUDIES["plain"], name="study")


def test_items_are_counted_before_each():
    told = []
    with listening(told.append):
        assert list(each("xy", "tables")) == ["x", "y"]
    assert told == [At("tables", done=0, total=2), At("tables", done=1, total=2)]


def test_without_a_listener_nothing_happens():
    step("reading", 1)
    go_on()
    assert list(each([1, 2], "bootstrap")) == [1, 2]


class EndedError(Exception):
    """Raised by who listens."""


def after(calls):
    """A listener that ends the work at its so manieth call, and how often it was called."""
    told = []

    def listener(at):
        told.append(at)
        if len(told) == calls:
            raise EndedError

    return listener, told


@pytest.mark.parametrize(
    "asked",
    [{}, {"ties": "exact"}, {"penalty": "firth"}, {"intervals": "profile"}, {"ties": "exact", "intervals": "profile"}],
    ids=["efron", "exact", "firth", "profile", "exact profile"],
)
def test_a_fit_is_ended_at_any_of_its_steps(asked):
    data, X, _ = random_cohort(3)
    count, told = after(0)
    with listening(count):
        fit_cox(data, design_of(X), **asked)
    calls = len(told)
    assert calls >= 3
    for last in (1, 2, calls):
        ends, told = after(last)
        with pytest.raises(EndedError), listening(ends):
            fit_cox(data, design_of(X), **asked)
        assert len(told) == last


def test_exact_ties_can_be_ended_within_one_evaluation_of_the_likelihood():
    data = TimeToEvent(time=np.repeat([1.0, 2.0, 3.0, 4.0], 10), event=np.tile([1] * 2 + [0] * 8, 4))
    events_more = TimeToEvent(time=data.time, event=np.concatenate([np.arange(10) < n for n in (2, 3, 4, 5)]))
    x = np.arange(40.0)[None, :] / 40
    for one, batches in ((data, 1), (events_more, 4)):
        count, told = after(0)
        with listening(count):
            evaluate(np.zeros(1), x, risk_sets(one), ties="exact")
        assert len(told) == batches
