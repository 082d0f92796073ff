"""Which factors a page starts with: those that come first and do not tell the outcome."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice

from core.bias.outcome_columns import tells_event
from core.cohort.cohort import Cohort
from core.cohort.endpoint_names import is_outcome
from core.cohort.vocabulary import aliases, compact, name_words
from core.errors import CohortError
from ui import cached
from ui.selection import Selection

_RATES = frozenset(("orr", "dcr", "objectiveresponserate", "diseasecontrol"))  # responses by another name
_AFTER_ZERO = frozenset(("complication", "complications", "clavien", "toxicity", "irae", "iraes", "ctcae"))  # not shown
_AFTER_ZERO |= frozenset(("adverse", "并发症", "不良反应", "毒性"))  # not shown


def first_factors(cohort: Cohort, selection: Selection, names: Iterable[str], n: int) -> list[str]:
    """The first ``n`` of the columns, without those that tell who had the event (cause of death, vital status).

    Nor one that is by its name a time or event of another endpoint: progression comes after time zero.
    Nor complications and adverse events, which came after it too. Nor the response: it is known only after treatment
    began, and who dies early has no time to respond. Nor what makes the groups where chosen patients are compared with
    the rest.
    """
    response = cohort.patients.with_role("best_response")
    told = () if selection.group is None else selection.group.chosen_by
    responses = aliases("best_response").keys() | _RATES
    names = [
        name
        for name in names
        if name != response and name not in told and not is_outcome(name) and compact(name) not in responses
        if not _AFTER_ZERO & set(name_words(name))
    ]
    try:
        everybody = cached.subset(cohort, replace(selection, group=None, filters=()))
    except CohortError:
        return list(islice(names, n))
    return list(islice((name for name in names if not tells_event(everybody, name)), n))
