"""Which factors a page starts with: those that come first and do not tell the outcome."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice

import numpy as np

from core.bias.outcome_columns import tells_event
from core.cohort.cohort import Cohort
from core.cohort.endpoint_names import is_outcome
from core.cohort.select import assign_group
from core.cohort.values import numbers_of
from core.cohort.vocabulary import aliases, compact, name_words
from core.errors import CohortError
from core.reporting import format as fmt
from core.reporting.labels import column_label
from core.timetoevent import IntArray
from ui import cached
from ui.screen import st
from ui.selection import Selection
from ui.tables import escaped

_RATES = frozenset(("orr", "dcr", "objectiveresponserate", "diseasecontrol"))  # responses by another name
_AFTER_ZERO = frozenset(("complication", "complications", "clavien", "toxicity", "irae", "iraes", "ctcae"))  # not shown
_AFTER_ZERO |= frozenset(("adverse", "los", "komplikation", "komplikationen", "nebenwirkungen"))  # not shown
_AFTER_ZERO |= frozenset(("并发症", "不良反应", "毒性", "住院天数", "住院时间"))  # not shown
_AFTER_ZERO_IN = ("irae", "lengthofstay", "hospitalstay")  # not shown: of names written together
_MOST_NAMED, _FEW_ROWS = 6, 12
MOST_MISSING = 0.2  # share of the patients; a model of complete patients loses more than it gains by such a factor


def first_factors(cohort: Cohort, selection: Selection, names: Iterable[str], n: int) -> list[str]:
    """The first ``n`` of the columns, without those that tell who had the event (cause of death, vital status).

    Nor one that is by its name a time or event of another endpoint: progression comes after time zero.
    Nor complications and adverse events, which came after it too. Nor the response: it is known only after treatment
    began, and who dies early has no time to respond. Nor what makes the groups where chosen patients are compared with
    the rest. Nor a running number of the rows, nor what only the patients of some groups have (sessions of HIFU).
    """
    response = cohort.patients.with_role("best_response")
    told = () if selection.group is None else selection.group.chosen_by
    responses = aliases("best_response").keys() | _RATES
    names = [
        name
        for name in names
        if name != response and name not in told and not is_outcome(name) and compact(name) not in responses
        if not _AFTER_ZERO & set(name_words(name)) and not any(part in compact(name) for part in _AFTER_ZERO_IN)
        if not _numbers_the_rows(cohort, name) and not _of_one_group(cohort, selection, name)
    ]
    try:
        everybody = cached.subset(cohort, replace(selection, group=None, filters=()))
    except CohortError:
        return list(islice(names, n))
    return list(islice((name for name in names if not tells_event(everybody, name)), n))


def without_gaps(cohort: Cohort, selection: Selection, names: Iterable[str]) -> list[str]:
    """The columns that at most one patient in five has no value of; a model leaves patients without a value out."""
    compared = _compared(cohort, selection)
    return [name for name in names if not _has_gaps(cohort, name, compared)]


def say_gaps(cohort: Cohort, selection: Selection, names: Iterable[str], chosen: Iterable[str]) -> None:
    """A line under the choice of factors: which were not taken at the start, since too many patients lack a value."""
    taken, compared = set(chosen), _compared(cohort, selection)
    gaps = [name for name in names if name not in taken and _has_gaps(cohort, name, compared)]
    told = first_factors(cohort, selection, gaps, len(gaps))
    if not told or not taken:
        return
    labels = [column_label(name) for name in told]
    more = len(labels) - _MOST_NAMED
    which = f"{', '.join(labels[:_MOST_NAMED])} and {more} more" if more > 0 else fmt.in_words(labels)
    st.caption(
        escaped(
            f"Not taken at the start, as more than 20 % of the patients have no value: {which}. If you choose one, "
            "patients without a value are left out."
        )
    )


def _compared(cohort: Cohort, selection: Selection) -> IntArray:
    """Positions of the patients that are looked at; of all where these cannot be had."""
    try:
        return cached.subset(cohort, selection).positions
    except CohortError:
        return np.arange(cohort.n)


def _has_gaps(cohort: Cohort, name: str, compared: IntArray) -> bool:
    column = cohort.patients.frame.get(name)
    return column is not None and float(column.iloc[compared].isna().mean()) > MOST_MISSING


def _of_one_group(cohort: Cohort, selection: Selection, name: str) -> bool:
    """Whether nobody of one of the groups has a value."""
    column = cohort.patients.frame.get(name)
    if selection.group is None or column is None or not column.isna().any():
        return False
    try:
        groups = assign_group(cohort.patients, selection.group)
    except CohortError:
        return False
    known = np.unique(groups.codes[column.notna().to_numpy()])
    return bool(set(range(len(groups.levels))) & set(groups.codes.tolist()) - set(known.tolist()))


def _numbers_the_rows(cohort: Cohort, name: str) -> bool:
    """Whether a column counts the rows of the file: 1, 2, 3, ... as R and spreadsheets write it."""
    if name not in cohort.patients.frame or cohort.patients.column(name).kind != "number":
        return False
    numbers = numbers_of(cohort.patients, name)
    return numbers is not None and len(numbers) > _FEW_ROWS and bool(np.all(np.diff(numbers) == 1.0))
