"""Steps of long work: told to who listens, and ended by it."""

import pytest

from core.cohort.load import cohort_from_files
from core.work.progress import At, each, go_on, listening, step
from tests.core.cohort.test_large_file import STUDIES


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
