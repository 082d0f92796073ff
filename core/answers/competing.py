"""One of several competing events, taken by itself: who had it, and who had another one.

Belongs here: finding the event that an analysis names. Does not belong here: what is then fitted (``regression``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.answers.subset import competing_risks_of
from core.cohort.select import AnalysisSet
from core.errors import SpecError
from core.spec import OWN_EVENT
from core.timetoevent import BoolArray, TimeToEvent


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


def one_event(subset: AnalysisSet, event: str | None) -> OneEvent:
    """The event an analysis names: the endpoint's own unless another is named.

    Raises
    ------
    SpecError
        If the endpoint has no such event.
    """
    risks, subset = competing_risks_of(subset)
    name = risks.causes[0] if event in (None, OWN_EVENT) else event
    if name not in risks.causes:
        raise SpecError(
            f"Endpoint '{subset.endpoint}' has no event '{name}'.", hint=f"Its events: {', '.join(risks.causes)}."
        )
    cause = risks.causes.index(name) + 1
    return OneEvent(
        name=name,
        others=tuple(other for other in risks.causes if other != name),
        data=replace(risks.data, event=risks.cause == cause),
        competing=(risks.cause > 0) & (risks.cause != cause),
        subset=subset,
    )
