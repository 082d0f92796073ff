"""How an endpoint is read from its columns, in one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from core.reporting import format as fmt
from core.reporting.labels import endpoint_label
from core.spec import EndpointSpec, Scalar

_MOST = 4  # values of an event that are named


def endpoint_sentence(name: str, spec: EndpointSpec) -> str:
    """What an endpoint counts, from what to what, in which unit.

    Returns
    -------
    str
        For example "OS, overall survival: from first_dose to death_date, or until last_seen; in months." or
        "OS, overall survival: os_months (in months); the event is os_event = 1."
    """
    words = endpoint_label(name)
    lead = name if words == name else f"{name}, {words}"
    parts = _timed(spec) if spec.time is not None else _dated(spec)
    if spec.data_cut is not None:
        parts.append(f"followed until {spec.data_cut} at most")
    if spec.until is not None:
        parts.append(f"followed for {fmt.time_label(spec.until)} {fmt.unit_word(spec.unit, spec.until)} at most")
    return f"{lead}: {'; '.join(parts)}."


def _dated(spec: EndpointSpec) -> list[str]:
    origin = f"from {spec.start} to" if spec.start is not None else f"counted in {spec.unit} to"
    parts = [f"{origin} {_first_of(spec.event_dates)}, or until {spec.censor_date}"]
    before = [f"{cause} ({_first_of(columns)})" for cause, columns in spec.competing_dates.items()]
    if before:
        parts.append(f"unless before that came {' or '.join(before)}")
    if spec.event is not None:
        parts.append(f"{spec.event}{_values(spec.event_is)} says that it happened")
    if spec.event is not None and spec.empty_is_none:
        parts.append(f"an empty cell of {spec.event} means that it did not happen")
    if spec.start is not None:
        parts.append(f"in {spec.unit}")
    return parts


def _timed(spec: EndpointSpec) -> list[str]:
    pairs = [(spec.time, spec.event, spec.event_is, spec.unit)]
    pairs += [(pair.time, pair.event, pair.event_is, pair.unit or spec.unit) for pair in spec.also]
    told = [f"{time} (in {unit}); the event is {event}{_values(values)}" for time, event, values, unit in pairs]
    parts = [" or, if earlier, ".join(told)]
    if spec.empty_is_none:
        parts.append(f"an empty cell of {spec.event} means that it did not happen")
    if spec.competing:
        values = [f"{cause} ({_values(meant).removeprefix(' = ')})" for cause, meant in spec.competing.items()]
        parts.append(f"another event came first: {fmt.in_words(values)}")
    if spec.entry is not None:
        parts.append(f"followed from {spec.entry}")
    return parts


def _first_of(columns: Sequence[str]) -> str:
    return columns[0] if len(columns) == 1 else f"the first of {fmt.in_words(columns)}"


def _values(values: Sequence[Scalar] | None) -> str:
    if not values:
        return ""
    shown = [str(value) for value in values[:_MOST]]
    return f" = {' or '.join(shown)}{' or ...' if len(values) > _MOST else ''}"
