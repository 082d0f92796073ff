"""Which values of the event column mean that another event came first: the competing events of an endpoint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.cohort.cohort import Table
from core.cohort.select import levels_of
from core.cohort.values import match_levels
from core.spec import EndpointSpec, Scalar
from ui.screen import st

MOST_VALUES = 30


def competing_values(
    table: Table, event: str, event_is: Sequence[Scalar], *, known: EndpointSpec | None, prefix: str
) -> Mapping[str, Sequence[Scalar]]:
    """Draw the menu of the values left over, and read it: event name to values.

    Nothing is asked where at most one value is left, which then means censored.
    """
    values = list(levels_of(table, event))
    free = [value for value, taken in zip(values, match_levels(values, event_is), strict=True) if not taken]
    before = known.competing if known is not None and known.event == event else {}
    if not 1 < len(free) <= MOST_VALUES:
        return before
    name_of = {value: name for name, meant in before.items() for value in _matching(free, meant)}
    chosen = st.multiselect(
        "Values that mean another event came first",
        free,
        default=[value for value in free if value in name_of],
        placeholder="None: all other values are censored",
        help="A competing event: after it the event cannot happen any more, or no longer matters. For example death or "
        "a transplant before recurrence.",
        key=f"{prefix}_competing_{event}",
    )
    names = {value: event_name(value, name_of.get(value), f"{prefix}_competing_{event}_{value}") for value in chosen}
    if names == name_of:
        return before  # as it was written where nothing was changed
    found: dict[str, list[Scalar]] = {}
    for value, name in names.items():
        found.setdefault(name, []).append(value)
    return found


def _matching(values: Sequence[str], meant: Sequence[Scalar]) -> list[str]:
    return [value for value, matched in zip(values, match_levels(values, meant), strict=True) if matched]


def event_name(value: str, known: str | None, key: str) -> str:
    """What an event is called: its value in words, or what a person says a code stands for."""
    if any(letter.isalpha() for letter in value):
        return known or value
    start = known or f"other event {value}"
    return st.text_input(f"{value} stands for", value=start, key=key).strip() or start
