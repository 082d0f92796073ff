"""Undo and redo: every change of what we look at, and of how a page shows it, is a step, because both are values.

Belongs here: the steps of this session and going between them. Does not belong here: what is current (``ui.state``),
the buttons (``ui.breadcrumbs``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from core.reporting import format as fmt
from ui import cohorts, page_options, state
from ui.screen import st
from ui.selection import UPLOAD, Selection
from ui.team import opening, shelf

MOST = 50
_HISTORY = "history_of_selection"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What was looked at, the digest of the file it was asked of, and the options chosen on all pages."""

    selection: Selection
    digest: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class History:
    """The steps of a session, the oldest first, and which of them is on screen."""

    steps: list[Step] = field(default_factory=list)
    at: int = -1

    def record(self, step: Step) -> None:
        """Add a step after the one on screen; what was undone before it is gone, and so is the oldest of too many."""
        if self.steps and self.steps[self.at] == step:
            return
        self.steps = [*self.steps[: self.at + 1], step][-MOST:]
        self.at = len(self.steps) - 1

    def next(self, by: int, is_here: Callable[[Step], bool]) -> int | None:
        """Position of the nearest step before (-1) or after (1) the one on screen whose cohort is still here."""
        i = self.at + by
        while 0 <= i < len(self.steps):
            if is_here(self.steps[i]):
                return i
            i += by
        return None


def _history() -> History:
    found: History = st.session_state.setdefault(_HISTORY, History())
    return found


def _is_here(step: Step) -> bool:
    """Whether a step's cohort can be shown: of a file that was replaced the patients are gone, and so is the cohort of
    another project of a team.
    """
    name = step.selection.cohort
    if name == UPLOAD:
        cohort = cohorts.uploaded()
        return cohort is not None and cohort.digest == step.digest
    return name in cohorts.SAMPLES or shelf.find(name) is not None


def record() -> None:
    """Take down what is looked at now, if it is not what was looked at before."""
    selection, history = state.current(), _history()
    cohort = cohorts.load(selection.cohort)
    if cohort is None:
        return
    if history.steps:  # with what the page itself made of it
        history.steps[history.at] = replace(history.steps[history.at], options=page_options.settled())
    history.record(Step(selection=selection, digest=cohort.digest, options=page_options.settle()))


def can_go(by: int) -> bool:
    """Whether there is a step before (-1) or after (1) the one on screen."""
    return _history().next(by, _is_here) is not None


def what_changes(by: int) -> str:
    """What going one step back (-1) or forth (1) changes, in a sentence."""
    history = _history()
    to = history.next(by, _is_here)
    if to is None:
        return "There is no step to go to."
    now, then = history.steps[history.at].selection, history.steps[to].selection
    if now.cohort != then.cohort or history.steps[history.at].digest != history.steps[to].digest:
        return "Shows the other cohort again."
    if now.filters != then.filters and now.group != then.group:
        return "Changes the filters and the grouping."
    if now.filters != then.filters:
        return "Changes the filters."
    if now == then:
        return f"Changes {_options_between(history.steps[history.at], history.steps[to])}."
    return "Changes the grouping." if now.group != then.group else "Changes the endpoint."


def _options_between(now: Step, then: Step) -> str:
    """The options that are not the same in two steps, and their page."""
    changed = page_options.between(now.options, then.options)
    titles = {path: page.title for path, page in st.session_state[opening.PAGES].items()}
    pages = fmt.in_words(dict.fromkeys(titles.get(one.page, one.page) for one in changed))
    if len(changed) == 1:
        return f"the option '{changed[0].label}' on the page {pages}"
    return f"options of the page {pages}"


def passed_over() -> bool:
    """Whether steps on a cohort that is not here any more stand behind the one on screen and are passed over."""
    history = _history()
    return not all(map(_is_here, history.steps[: history.at]))


def go(by: int) -> None:
    """Look again at what was looked at one step before (-1) or after (1), in the way of then."""
    record()  # a text that was typed and not yet read is a step of its own
    history = _history()
    to = history.next(by, _is_here)
    if to is None:
        return
    now, step = history.steps[history.at], history.steps[to]
    selection = step.selection
    cohort = cohorts.load(selection.cohort)
    if cohort is None:
        return
    fitting, unfit = state.fitted(selection, cohort, default=cohorts.default_selection(selection.cohort))
    if unfit:
        st.session_state["link_problems"] = (
            "An endpoint or a filter of that step is no longer in this cohort; the rest of the step is shown.",
        )
        history.steps[to] = replace(step, selection=fitting, digest=cohort.digest)
    if selection == now.selection:  # it may stand in a menu, or on another page
        what = _options_between(now, step)
        st.toast(f"Undone: {what}." if by < 0 else f"Done again: {what}.")
    history.at = to
    page_options.restore(step.options)
    if fitting != state.current():
        state.replace(fitting)
