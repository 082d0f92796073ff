"""The question each page answers, in its title."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import ParamSpec

from core.cohort.select import Grouping
from core.reporting import format as fmt
from core.reporting.labels import column_label, endpoint_label, event_alone, event_label, in_sentence
from core.reporting.sentences import MOST_SPOKEN, group_names
from ui.selection import Selection
from ui.tables import escaped

P = ParamSpec("P")

MOST_NAMED = 3  # factors in a title


def _as_title(ask: Callable[P, str]) -> Callable[P, str]:
    """A question whose names of columns and levels are printed as they are: a title reads Markdown."""

    @functools.wraps(ask)
    def asked(*args: P.args, **kwargs: P.kwargs) -> str:
        return escaped(ask(*args, **kwargs))

    return asked


@_as_title
def survival_question(selection: Selection, groups: Grouping) -> str:
    """The survival page's title."""
    endpoint = endpoint_label(selection.endpoint or "survival")
    if len(groups.levels) < 2 or selection.group is None:
        return f"How long is {endpoint} in this cohort?"
    return f"Does {endpoint} differ {between(selection, groups)}?"


@_as_title
def competing_question(selection: Selection, groups: Grouping, *, event: str, others: Sequence[str]) -> str:
    """The competing events' title: of one event, before the others."""
    *first, last = map(event_label, others)
    rest = f"{', '.join(first)} or {last}" if first else last
    asked = f"How often does {event_label(event)} come before {rest}"
    if len(groups.levels) < 2 or selection.group is None:
        return f"{asked}?"
    column = in_sentence(column_label(selection.group.column))
    if len(groups.levels) > MOST_SPOKEN:
        return f"{asked}, by {column}?"
    cut = selection.group.cut is not None
    names = fmt.in_words(groups.levels if cut else group_names(groups.levels))
    return f"{asked}, {f'by {column}: ' if cut else ''}{names}?"


@_as_title
def states_question(selection: Selection, groups: Grouping, endpoint: str) -> str:
    """The title of the page of states over time."""
    asked = f"Who is free of {event_alone(endpoint)}, alive after it, or dead"
    if len(groups.levels) < 2 or selection.group is None:
        return f"{asked}?"
    return f"{asked}, by {in_sentence(column_label(selection.group.column))}?"


@_as_title
def hazards_question(selection: Selection) -> str:
    """The hazards page's title."""
    return f"Which factors go with {endpoint_label(selection.endpoint or 'survival')}?"


@_as_title
def subgroups_question(selection: Selection, groups: Grouping) -> str:
    """The subgroups page's title."""
    endpoint = endpoint_label(selection.endpoint or "survival")
    if len(groups.levels) != 2 or selection.group is None:
        return f"Is {endpoint} different in some part of the cohort?"
    return f"Is the difference {between(selection, groups)} in {endpoint} the same in every subgroup?"


@_as_title
def panels_question(selection: Selection, groups: Grouping) -> str:
    """The title of the page of panels."""
    if len(groups.levels) < 2 or selection.group is None:
        return "How does survival compare, panel by panel?"
    return f"Does survival differ {between(selection, groups)} in every panel?"


@_as_title
def adjusted_question(selection: Selection, groups: Grouping, factors: Sequence[str]) -> str:
    """The title of the page of adjusted curves."""
    endpoint = endpoint_label(selection.endpoint or "survival")
    names = [in_sentence(column_label(name)) for name in factors[:MOST_NAMED]]
    more = ["other factors"] if len(factors) > MOST_NAMED else []
    same = fmt.in_words([*names, *more]) or "the factors"
    if len(groups.levels) < 2 or selection.group is None:
        return f"What {endpoint} goes with {same}?"
    verb = "is" if len(factors) == 1 else "are"
    return f"Does {endpoint} differ {between(selection, groups)} once {same} {verb} the same?"


@_as_title
def cut_point_question(selection: Selection, column: str | None) -> str:
    """The title of the page of a cut-point."""
    endpoint = endpoint_label(selection.endpoint or "survival")
    what = "a number" if column is None else in_sentence(column_label(column))
    return f"Is there a cut of {what} that separates {endpoint}?"


@_as_title
def biomarker_question(column: str | None, event: str) -> str:
    """The title of the page of biomarkers."""
    what = "a number" if column is None else in_sentence(column_label(column))
    return f"Does {what} go with {event_label(event)}?"


@_as_title
def conventions_question(selection: Selection) -> str:
    """The conventions page's title."""
    what = endpoint_label(selection.endpoint or "survival")
    return f"Why do R, SAS, Prism and SPSS print different numbers for {what}?"


@_as_title
def immortal_time_question(selection: Selection, groups: Grouping) -> str:
    """The title of the page of immortal time."""
    if len(groups.levels) < 2 or selection.group is None:
        return "How much of a difference is immortal time?"
    return f"How much of the difference {between(selection, groups)} is immortal time?"


@_as_title
def balance_question(selection: Selection, groups: Grouping) -> str:
    """The title of the page of balance."""
    if len(groups.levels) != 2 or selection.group is None:
        return "What is left of a difference once the groups are alike?"
    return f"What is left of the difference {between(selection, groups)} once the groups are alike?"


@_as_title
def adverse_events_question(selection: Selection, groups: Grouping) -> str:
    """The adverse-events page's title."""
    if len(groups.levels) < 2 or selection.group is None:
        return "Which adverse events occurred, and how severe were they?"
    return f"Do adverse events differ {between(selection, groups)}?"


@_as_title
def over_time_question(selection: Selection, groups: Grouping) -> str:
    """The title of the page of adverse events over time."""
    if len(groups.levels) < 2 or selection.group is None:
        return "When do adverse events come, and how long do they last?"
    return f"Do adverse events over time differ {between(selection, groups)}?"


@_as_title
def response_question(selection: Selection, groups: Grouping) -> str:
    """The response page's title."""
    if len(groups.levels) < 2 or selection.group is None:
        return "How did the tumours respond?"
    return f"Does the tumours' response differ {between(selection, groups)}?"


@_as_title
def treatment_question(selection: Selection, groups: Grouping) -> str:
    """The treatment page's title."""
    if len(groups.levels) < 2 or selection.group is None:
        return "Who was treated when, and what became of them?"
    return f"How did the courses of treatment differ {between(selection, groups)}?"


@_as_title
def baseline_question(selection: Selection, groups: Grouping) -> str:
    """The baseline page's title."""
    if len(groups.levels) < 2 or selection.group is None:
        return "Who are the patients?"
    return f"Were the patients alike {between(selection, groups)}?"


def between(selection: Selection, groups: Grouping) -> str:
    """Two groups by name, more by the column that makes them."""
    if len(groups.levels) == 2:
        other = next(level for level in groups.levels if level != groups.reference)
        cut = selection.group is not None and selection.group.cut is not None
        label = in_sentence(column_label(groups.column or ""))
        if {level.casefold() for level in groups.levels} == {"yes", "no"}:
            return f"between {label} and no {label}"
        what = f"{label} " if cut else ""
        return f"between {what}{other} and {groups.reference}"
    assert selection.group is not None
    return f"by {in_sentence(column_label(selection.group.column))}"
