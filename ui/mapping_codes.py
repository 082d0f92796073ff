"""What do 0, 1 and 2 mean? Asked plainly, one line per code, where a column of events holds codes nobody explained.

Nothing is guessed here: until every code has its answer the endpoint is not complete and no curve is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from core.cohort.cohort import Cohort
from core.cohort.event_values import recognise_event_values
from core.cohort.values import as_number, codes_of, match_levels
from core.reporting.labels import endpoint_label
from core.spec import Scalar
from ui import tables
from ui.mapping_competing import event_name
from ui.screen import st

CENSORED, EVENT, OTHER = "censored", "the event", "another event came first"
_MEANINGS = (CENSORED, EVENT, OTHER)
ASKED = "confirm-event"
_MOST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was said of the codes of a column; ``parts`` is None until each has its answer."""

    column: str
    parts: dict[str, Any] | None


def unexplained(draft: Cohort, endpoint: str) -> str | None:
    """The event column of an endpoint whose values are codes that nobody explained; None where there is none."""
    known = draft.spec.endpoints.get(endpoint)
    column = None if known is None else known.event
    if column is None or not any(issue.code == ASKED and issue.column == column for issue in draft.issues):
        return None
    levels = codes_of(draft.patients, column)[1]
    are_codes = 1 < len(levels) <= _MOST and all(as_number(level) is not None for level in levels)
    return column if are_codes else None


def ask(draft: Cohort, endpoint: str, prefix: str) -> Answer | None:
    """Draw the question where there is one; None where nothing is asked."""
    column = unexplained(draft, endpoint)
    if column is None:
        return None
    codes, levels = codes_of(draft.patients, column)
    counts = np.bincount(codes[codes >= 0], minlength=len(levels)).tolist()
    keys = {level: f"{prefix}_code_{column}_{level}" for level in levels}
    words = endpoint_label(endpoint)
    st.markdown(f"**What do the codes in {tables.escaped(column)} mean for {tables.escaped(words)}?**")
    _usual(levels, column, endpoint, keys)
    said = {
        level: st.segmented_control(f"{level} ({n} patients)", _MEANINGS, key=keys[level])
        for level, n in zip(levels, counts, strict=True)
    }
    names = {
        level: event_name(level, None, f"{keys[level]}_name") for level, meaning in said.items() if meaning == OTHER
    }
    if any(meaning is None for meaning in said.values()):
        st.caption("No curve is drawn until each code has its answer: a wrong guess would turn the result around.")
        return Answer(column=column, parts=None)
    event_is = [level for level, meaning in said.items() if meaning == EVENT]
    if not event_is:
        st.caption("None of the codes is the event.")
        return Answer(column=column, parts=None)
    return Answer(column=column, parts=_parts(draft, endpoint, event_is, names))


def answered(draft: Cohort, prefix: str) -> bool:
    """Whether codes that were asked for have their answers."""
    asked = [(name, column) for name in draft.spec.endpoints if (column := unexplained(draft, name)) is not None]
    return any(
        all(
            st.session_state.get(f"{prefix}_{name}_code_{column}_{level}")
            for level in codes_of(draft.patients, column)[1]
        )
        for name, column in asked
    )


def _usual(levels: tuple[str, ...], column: str, endpoint: str, keys: dict[str, str]) -> None:
    """A button with the answer that is usual for such codes."""
    guess = recognise_event_values(levels, column=column, endpoint=endpoint)
    event = match_levels(levels, guess.event_is)
    other = match_levels(levels, [value for values in guess.competing.values() for value in values])
    usual = {
        level: EVENT if is_event else OTHER if is_other else CENSORED
        for level, is_event, is_other in zip(levels, event, other, strict=True)
    }

    def take() -> None:
        for level, meaning in usual.items():
            st.session_state[keys[level]] = meaning

    told = ", ".join(f"{level} means {meaning}" for level, meaning in usual.items())
    st.button(f"As is usual: {told}", key=f"{keys[levels[0]]}_usual", on_click=take)


def _parts(draft: Cohort, endpoint: str, event_is: list[str], names: dict[str, str]) -> dict[str, Any]:
    """The answers as keys of an endpoint; as they were written where they are what was guessed."""
    known = draft.spec.endpoints[endpoint]
    competing: dict[str, list[Scalar]] = {}
    for level, name in names.items():
        competing.setdefault(name, []).append(level)
    kept = known.event_is if known.event_is and _same(draft, known.event, known.event_is, event_is) else event_is
    return {"event_is": kept, "competing": competing}


def _same(draft: Cohort, column: str | None, meant: Any, chosen: list[str]) -> bool:
    levels = codes_of(draft.patients, str(column))[1]
    flags = match_levels(levels, meant)
    return [level for level, matched in zip(levels, flags, strict=True) if matched] == chosen
