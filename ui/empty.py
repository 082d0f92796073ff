"""Pages with nothing to show: what is missing, what the page would show, and a way to where it is put right."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import combinations
from typing import NoReturn

import numpy as np

from core.cohort.cohort import Cohort
from core.cohort.select import Grouping, levels_of
from core.errors import CohortError
from core.reporting.labels import column_label
from core.spec import GroupSpec
from ui import messages, state, tables
from ui.grouping import candidates, start_group
from ui.screen import st

LOAD = "pages/cohort/load.py"
_MORE_THAN_TWO, _ENOUGH = 3, 5  # groups; patients of a group that is offered for a comparison
MOST_OFFERED = 3


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """The question of a page whatever the data, and what it shows where it can."""

    question: str
    shows: str


PAGES: Mapping[str, Page] = {
    "survival": Page(
        "How long is survival?",
        "This page shows survival curves with the numbers at risk, medians, and the test between groups.",
    ),
    "panels": Page(
        "How do several endpoints or subgroups compare?",
        "This page shows survival curves of several endpoints or subgroups beside each other.",
    ),
    "hazards": Page(
        "Which factors go with survival?",
        "This page shows the hazard ratio of each factor, alone and together with the others.",
    ),
    "subgroups": Page(
        "Is a difference the same in every subgroup?",
        "This page shows the hazard ratio of two groups in every part of the cohort, with tests for interaction.",
    ),
    "adjusted": Page(
        "Does survival differ once other factors are the same?",
        "This page shows survival curves of the groups as they would be if the chosen factors were the same in each.",
    ),
    "cut_point": Page(
        "Is there a cut of a number that separates survival?",
        "This page shows every cut of a number that was tried, and what the best one is worth after the search.",
    ),
    "conventions": Page(
        "Why do R, SAS, Prism and SPSS print different numbers?",
        "This page shows medians, means and hazard ratios as each of these programs prints them.",
    ),
    "competing": Page(
        "Which event came first?",
        "This page shows how often each of several events came first, by group.",
    ),
    "states": Page(
        "Who is free of recurrence, alive after it, or dead?",
        "This page shows the share of patients in each state over time.",
    ),
    "biomarkers": Page(
        "Does a number go with an event?",
        "This page shows the hazard along a number, curves of groups by it, and a search for a cut-point.",
    ),
    "lesions": Page(
        "Which ablated lesions progress locally?",
        "This page shows how often lesions progress locally over time, and which factors of a lesion go with it.",
    ),
    "immortal_time": Page(
        "How much of a difference is immortal time?",
        "This page shows the hazard ratio of a group that began after time zero, counted in ways that differ in the "
        "time before it began.",
    ),
    "balance": Page(
        "What is left of a difference once the groups are alike?",
        "This page shows the hazard ratio of two groups as they are, and after weighting or matching has made them "
        "alike.",
    ),
    "over_time": Page(
        "When do adverse events come?",
        "This page shows when the first event comes, how many there are per patient, and how long they last.",
    ),
    "safety": Page(
        "Which adverse events occurred?",
        "This page shows how many patients of each group had each adverse event, of any grade and of grade 3 or more.",
    ),
    "baseline": Page(
        "Who are the patients?",
        "This page shows the characteristics of each group, as the first table of a paper does.",
    ),
    "response": Page(
        "How did the tumours respond?",
        "This page shows how many patients of each group responded, and how the size of lesions changed.",
    ),
    "treatment": Page(
        "Who was treated when, and what became of them?",
        "This page shows the course of every patient on one time axis, with treatments, response and outcome.",
    ),
    "profile": Page("What happened to this patient?", "This page shows the course of one patient on one time axis."),
    "flow": Page(
        "Who is analysed, and who is left out?",
        "This page shows how many patients are left after each filter and each missing value.",
    ),
}


def no_endpoint(page: str) -> NoReturn:
    """Stops a page that needs an endpoint where the cohort has none."""
    st.title(PAGES[page].question)
    st.info(
        "This cohort has no endpoint yet: a time, and whether the event had come by then. Say on the page Load a "
        "cohort which columns hold them."
    )
    would_show(page)
    st.page_link(LOAD, label="Load a cohort")
    st.stop()


def would_show(page: str) -> None:
    """What the page shows where it can."""
    st.caption(PAGES[page].shows)


@contextmanager
def errors(page: str) -> Iterator[None]:
    """Errors of the core before a page has its title: its question, a sentence, what it would show; stops the page."""
    try:
        yield
    except CohortError as error:
        st.title(PAGES[page].question)
        messages.say(error)
        would_show(page)
        st.stop()


def two_groups(cohort: Cohort, groups: Grouping, page: str) -> NoReturn:
    """Stops a page that compares two groups where there are not two, and offers columns that make them."""
    n = len(groups.levels)
    if n < 2:
        st.info("This page compares two groups, and there is one. Choose at the left what makes the groups.")
    else:
        st.info(
            f"This page compares two groups, and {tables.escaped(column_label(str(groups.column)))} has {n}. Choose at "
            "the left which two levels are compared, or put several levels into one."
        )
    would_show(page)
    _offer_pairs(groups, page)
    offered = [name for name in candidates(cohort) if name != groups.column and _makes_two(cohort, name)]
    if offered:
        with st.container(horizontal=True):
            for name in offered[:MOST_OFFERED]:
                st.button(
                    f"Compare by {tables.escaped(column_label(name))}",
                    on_click=_compare,
                    args=(cohort, name),
                    key=f"empty_{page}_{name}",
                )
    else:
        st.page_link(LOAD, label="Load a cohort")
    if cohort.synthetic:
        messages.synthetic()
    st.stop()


def _offer_pairs(groups: Grouping, page: str) -> None:
    """Two of the largest groups to compare, where there are more than two."""
    group = state.current().group
    if group is None or len(groups.levels) < _MORE_THAN_TWO or group.cut is not None or group.where is not None:
        return
    n = np.bincount(groups.codes[groups.codes >= 0], minlength=len(groups.levels))
    by_size = np.argsort(-n, kind="stable")[:_MORE_THAN_TWO].tolist()
    largest = sorted(i for i in by_size if n[i] >= _ENOUGH)
    kept = group.levels or {level: (level,) for level in groups.levels}
    with st.container(horizontal=True):
        for first, second in combinations([groups.levels[i] for i in largest], 2):
            if first not in kept or second not in kept:
                continue
            levels = {first: kept[first], second: kept[second]}
            st.button(
                f"Compare {tables.escaped(second)} with {tables.escaped(first)}",
                on_click=_compare_pair,
                args=(group.model_copy(update={"levels": levels, "reference": None}),),
                key=f"empty_{page}_{first}_{second}",
            )


def _compare_pair(group: GroupSpec) -> None:
    state.replace(dataclasses.replace(state.current(), group=group))


def no_factor(cohort: Cohort, page: str, *, what: str = "factor") -> NoReturn:
    """Stops a page that needs a factor or a variable where none is chosen, or there is none."""
    if candidates(cohort):
        st.info(f"Choose at least one {what} above.")
    else:
        st.info(
            "This table holds nothing beside time and event that could be looked at. Load one with columns such as "
            "age, stage or treatment."
        )
        st.page_link(LOAD, label="Load a cohort")
    would_show(page)
    if cohort.synthetic:
        messages.synthetic()
    st.stop()


def _makes_two(cohort: Cohort, name: str) -> bool:
    return cohort.patients.column(name).kind == "number" or len(levels_of(cohort.patients, name)) == 2


def _compare(cohort: Cohort, name: str) -> None:
    state.replace(dataclasses.replace(state.current(), group=start_group(cohort, name)))
