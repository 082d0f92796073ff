"""One of several competing events, or one type of an event, taken by itself: who had it, and who had another one.

Belongs here: finding the event that an analysis names, telling types of an event apart. Does not belong here: what is
then fitted (``regression``) or estimated (``survival``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.answers.subset import FEW_EVENTS, competing_risks_of, data_of
from core.cohort.select import AnalysisSet
from core.cohort.values import codes_of, match_levels
from core.errors import SpecError
from core.reporting.format import counted, in_words
from core.reporting.labels import in_sentence
from core.spec import OWN_EVENT
from core.survival.competing_risks import CompetingRisks, competing_risks
from core.survival.incidence_summary import IncidenceSummary
from core.timetoevent import BoolArray, TimeToEvent

MOST_LISTED = 6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OneEvent:
    """One event of an endpoint with competing events.

    Attributes
    ----------
    name : str
        The endpoint's own name where the event is its own.
    others : tuple of str
    data : TimeToEvent
        This event; the others are censored.
    competing : bool array, shape (n,)
        Who had one of the others.
    subset : AnalysisSet
        Without the notes that say who was censored.
    """

    name: str
    others: tuple[str, ...]
    data: TimeToEvent
    competing: BoolArray
    subset: AnalysisSet


def types_of(subset: AnalysisSet) -> dict[str, BoolArray]:
    """Each value that means the endpoint's event, as an event of its own; empty where one value means it.

    Returns
    -------
    dict of type to bool array, shape (n,)
        In the order of ``event_is``.
    """
    spec = subset.cohort.spec.endpoints[str(subset.endpoint)]
    if spec.event is None or spec.event_is is None or len(spec.event_is) < 2:
        return {}
    codes, levels = codes_of(subset.cohort.patients, spec.event)
    event = data_of(subset).event
    return {
        in_sentence(str(value)): event & np.append(match_levels(levels, [value]), False)[codes][subset.positions]
        for value in spec.event_is
    }


def typed_risks_of(subset: AnalysisSet) -> tuple[CompetingRisks, AnalysisSet]:
    """The types of the endpoint's event and the events that compete with it, each an event of its own.

    Raises
    ------
    SpecError
        If the endpoint's event has one type only.
    """
    found = types_of(subset)
    if not found:
        raise SpecError(
            f"Endpoint '{subset.endpoint}' has one kind of event.",
            hint="Name several values under 'event_is', or leave out 'by_type'.",
        )
    first, *others = found
    _, plain = competing_risks_of(subset)
    data = replace(data_of(subset), event=found[first])
    competing = {name: found[name] for name in others} | subset.competing
    return competing_risks(data, first, competing), plain


def few_of_each(summary: IncidenceSummary) -> tuple[str, ...]:
    """Events that a group had so few of that their curve says little; those that nobody had are said elsewhere."""
    alone = len(summary.groups) == 1
    few = [
        (cause.cause if alone else f"{cause.cause} in {group.level}", cause.estimate.n_events_total)
        for cause_name in summary.causes
        for group in summary.groups
        if 0 < (cause := group.cause(cause_name)).estimate.n_events_total < FEW_EVENTS
    ]
    if not few:
        return ()
    listed = [f"{what} ({counted(float(n))})" for what, n in few[:MOST_LISTED]]
    if len(few) > MOST_LISTED:
        listed.append(f"{len(few) - MOST_LISTED} more")
    return (f"Fewer than {FEW_EVENTS} events: {in_words(listed)}; read with care.",)


def one_event(subset: AnalysisSet, event: str | None) -> OneEvent:
    """The event an analysis names: the endpoint's own unless another, or one type of it, is named.

    Raises
    ------
    SpecError
        If the endpoint has no such event.
    """
    types = types_of(subset)
    event = in_sentence(event) if event is not None and in_sentence(event) in types else event
    risks, subset = typed_risks_of(subset) if event in types else competing_risks_of(subset)
    name = risks.causes[0] if event in (None, OWN_EVENT) else event
    if name not in risks.causes:
        known = ", ".join((*risks.causes, *types))
        raise SpecError(f"Endpoint '{subset.endpoint}' has no event '{name}'.", hint=f"Its events: {known}.")
    cause = risks.causes.index(name) + 1
    return OneEvent(
        name=name,
        others=tuple(other for other in risks.causes if other != name),
        data=replace(risks.data, event=risks.cause == cause),
        competing=(risks.cause > 0) & (risks.cause != cause),
        subset=subset,
    )
