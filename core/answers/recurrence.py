"""States over time: which endpoints say when a patient recurred and died, and who cannot be used.

Belongs here: bringing both endpoints together. Does not belong here: the estimate (``core.survival.state_occupancy``).
"""

from __future__ import annotations

import dataclasses

import numpy as np

from core.answers.competing import types_of
from core.answers.subset import FEW_EVENTS, Answer, data_of, without
from core.cohort.endpoints import resolve_endpoint
from core.cohort.select import AnalysisSet
from core.errors import SpecError, nearest
from core.reporting.format import in_words, patients
from core.reporting.labels import ALONE, endpoint_label, event_alone, event_heading, event_label, in_sentence
from core.spec import StateOccupancySpec
from core.survival.patient_states import PatientStates, patient_states
from core.survival.state_occupancy import StateOccupancy, state_occupancy
from core.timetoevent import DAYS_PER, BoolArray, TimeToEvent

DEATH_ENDPOINT = "OS"
FREE, DEAD = "Event-free", "Dead"
_DEATHS = ("death", "dead", "died", "deceased", "死")


def state_occupancy_answer(analysis: StateOccupancySpec, subset: AnalysisSet) -> Answer:
    """Shares of patients in each state by group."""
    death, subset = _deaths(analysis, subset)
    if analysis.endpoint.upper() not in ALONE:
        first = data_of(subset)
        end = (death.time * DAYS_PER[death.unit] + 1) / DAYS_PER[first.unit]  # and a day
        out = first.event & death.event & (first.time > end)
        if out.any():
            subset, death = without(subset, out, f"{event_label(analysis.endpoint)} after death"), death.subset(~out)
    ways, named = _ways(analysis, subset, death)
    value = state_occupancy(
        ways,
        subset.groups.codes,
        subset.groups.levels,
        subset.groups.reference,
        times=analysis.times,
        tau=analysis.tau,
        conf_type=analysis.conf_type,
        conf_level=analysis.conf_level,
    )
    kept_notes = tuple(note for note in subset.notes if not note.startswith("Competing event '"))
    subset = dataclasses.replace(subset, notes=kept_notes)
    return value, subset, (named, *_few(value))


def death_endpoint(analysis: StateOccupancySpec, known: tuple[str, ...]) -> str:
    """The endpoint whose event is death.

    Raises
    ------
    SpecError
        If there is none, or it is the endpoint itself.
    """
    name = analysis.death or next((one for one in known if one.upper() == DEATH_ENDPOINT), None)
    if name is None:
        raise SpecError(
            "No endpoint says who died and when.", hint="Name the endpoint of death of any cause under 'death'."
        )
    if name not in known:
        near = nearest(name, known)
        hint = f"Did you mean '{near}'?" if near else f"Defined: {', '.join(known) or 'none'}."
        raise SpecError(f"Endpoint '{name}' is not defined.", hint=hint)
    if name == analysis.endpoint:
        raise SpecError(
            f"States over time need an event before death, and '{name}' is death itself.",
            hint="Choose recurrence or progression as the endpoint.",
        )
    return name


def _deaths(analysis: StateOccupancySpec, subset: AnalysisSet) -> tuple[TimeToEvent, AnalysisSet]:
    """Time to death of the patients; who has none is left out and counted."""
    specs = subset.cohort.spec.endpoints
    name = death_endpoint(analysis, tuple(specs))
    if data_of(subset).entry is not None or specs[name].entry is not None:
        raise SpecError("States over time are not computed with delayed entry.")
    found = resolve_endpoint(subset.cohort.patients, name, specs[name])
    for position, reason in enumerate(found.reasons):
        out = found.why[subset.positions] == position
        if out.any():
            subset = without(subset, out, reason)
    at = subset.positions
    return TimeToEvent(time=found.time[at], event=found.event[at], unit=found.unit), subset


def _ways(analysis: StateOccupancySpec, subset: AnalysisSet, death: TimeToEvent) -> tuple[PatientStates, str]:
    """Each patient's way through the states, and a note that names the columns' endpoints."""
    first, name = data_of(subset), str(subset.endpoint)
    others = {event_heading(other): flags for other, flags in subset.competing.items()}
    what = event_alone(name)
    types = types_of(subset) if analysis.by_type else {}
    if analysis.by_type and not types:
        raise SpecError(
            f"Endpoint '{name}' has one kind of event.",
            hint="Name several values under 'event_is', or leave out 'by_type'.",
        )
    if types:
        (what, own), *rest = types.items()
        first = dataclasses.replace(first, event=own)
        others = {f"Alive after {in_sentence(kind)}": flags for kind, flags in rest} | others
    first, others = _without_deaths(first, others, death)
    others = {title if title.startswith("Alive") else f"Alive after {in_sentence(title)}": flags
              for title, flags in others.items() if flags.any()}  # fmt: skip
    names = (FREE, f"Alive after {in_sentence(what)}", DEAD)
    ways = patient_states(first, others, death, names=names, composite=name.upper() in ALONE)
    deaths = death_endpoint(analysis, tuple(subset.cohort.spec.endpoints))
    return ways, f"Deaths: the event of {endpoint_label(deaths)}."


def _without_deaths(
    first: TimeToEvent, others: dict[str, BoolArray], death: TimeToEvent
) -> tuple[TimeToEvent, dict[str, BoolArray]]:
    """Competing events that are deaths: the endpoint of death says when, and they are no state that one lives in."""
    named = [other for other in others if any(word in other.casefold() for word in _DEATHS)]
    if not named:
        return first, others
    died = np.any([others[name] for name in named], axis=0)
    end = death.time * (DAYS_PER[death.unit] / DAYS_PER[first.unit])
    first = dataclasses.replace(first, time=np.where(died, end, first.time))
    return first, {name: flags for name, flags in others.items() if name not in named}


def _few(value: StateOccupancy) -> tuple[str, ...]:
    """States that so few came to that their share says little."""
    few = []
    for group in value.groups:
        entered = group.estimate.transitions.sum(axis=0).tolist()
        where = "" if group.level == "all" else f" in {group.level}"
        few += [
            f"{in_sentence(state)}{where} ({patients(n)})"
            for state, n in zip(value.states[1:], entered[1:], strict=True)
            if 0 < n < FEW_EVENTS
        ]
    return (f"Fewer than {FEW_EVENTS} came to: {in_words(few)}; read with care.",) if few else ()
