"""Steps of what was looked at: bounded, forked by a new step, and passing over files that are gone."""

from __future__ import annotations

from collections.abc import Callable

from ui.history import MOST, History, Step
from ui.selection import UPLOAD, Selection


def step(endpoint: str, *, cohort: str = "hifu_ici", digest: str = "d") -> Step:
    return Step(selection=Selection(cohort=cohort, endpoint=endpoint), digest=digest)


def recorded(*steps: Step) -> History:
    history = History()
    for one in steps:
        history.record(one)
    return history


def test_the_same_again_is_no_step() -> None:
    assert len(recorded(step("OS"), step("OS"), step("PFS"), step("PFS")).steps) == 2


def test_a_new_step_after_going_back_replaces_what_was_undone() -> None:
    history = recorded(step("OS"), step("PFS"), step("RFS"))
    history.at = 0
    history.record(step("DOR"))
    assert [one.selection.endpoint for one in history.steps] == ["OS", "DOR"]
    assert (history.next(-1, everywhere), history.next(1, everywhere)) == (0, None)


def test_only_so_many_steps_are_kept_and_the_oldest_goes() -> None:
    history = recorded(*(step(str(i)) for i in range(MOST + 7)))
    assert len(history.steps) == MOST
    assert history.steps[0].selection.endpoint == "7"
    assert history.at == MOST - 1


def uploaded(digest: str) -> Callable[[Step], bool]:
    return lambda step: step.selection.cohort != UPLOAD or step.digest == digest


def everywhere(step: Step) -> bool:
    return True


def test_steps_on_a_file_that_is_gone_are_passed_over_and_others_not() -> None:
    history = recorded(
        step("OS"), step("OS", cohort=UPLOAD, digest="old"), step("PFS", cohort=UPLOAD, digest="new"), step("PFS")
    )
    assert history.next(-1, uploaded("new")) == 2
    history.at = 2
    assert history.next(-1, uploaded("new")) == 0
    assert history.next(-1, uploaded("old")) == 1
    history.at = 0
    assert history.next(1, uploaded("")) == 3


def test_the_same_question_of_another_file_is_a_step() -> None:
    assert len(recorded(step("OS", cohort=UPLOAD, digest="a"), step("OS", cohort=UPLOAD, digest="b")).steps) == 2
