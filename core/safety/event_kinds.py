"""Which adverse events are related, immune-mediated, serious, or led to a stop or a change of the treatment.

Belongs here: what the words of those columns mean, English, Chinese and CDISC's. Does not belong here: which column it
is (``core.cohort.roles``), counting.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.cohort.issues import counted, listed
from core.cohort.values import fold
from core.cohort.vocabulary import vocabulary
from core.spec import EventKind
from core.timetoevent import BoolArray

KIND_COLUMN: dict[EventKind, str] = {
    "related": "related",
    "immune-mediated": "immune",
    "serious": "serious",
    "stopped": "action",
    "changed": "action",
}
"""Column of the long table that says whether an event is of a kind."""


def _words() -> dict[EventKind, dict[str, bool]]:
    """Kind to folded word to whether it says yes."""
    said = vocabulary()["event_kind_words"]
    known: dict[EventKind, dict[str, bool]] = {}
    for kind in ("related", "immune-mediated", "serious", "stopped"):
        own = said[kind]
        known[kind] = dict.fromkeys((*said["no"], *own["no"]), False) | dict.fromkeys((*said["yes"], *own["yes"]), True)
    # What changes the dose is no stop; a stop is a change too.
    known["changed"] = known["stopped"] | dict.fromkeys(said["changed"]["yes"], True)
    known["stopped"] |= dict.fromkeys(said["changed"]["yes"], False)
    return known


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventKinds:
    """Which rows of the long table are of which kind.

    Attributes
    ----------
    rows : dict of kind to bool array, shape (m,)
        Only kinds that the table tells.
    notes : dict of kind to tuple of str
        How words were read where that is a judgement, and how many rows say nothing.
    """

    rows: Mapping[EventKind, BoolArray]
    notes: Mapping[EventKind, tuple[str, ...]]


def event_kinds(events: pd.DataFrame) -> EventKinds:
    """Read the columns that say of what kind each event is.

    Parameters
    ----------
    events : DataFrame
        Where known with columns ``related``, ``immune``, ``serious``, ``action``; ``class`` tells immune-mediated
        events where there is no ``immune`` and one of its values names them.

    Returns
    -------
    EventKinds

    Notes
    -----
    Related: yes, possible, probable, definite. Not related: no, none, unlikely, remote. A stop of the treatment is also
    a change of it. A row that says nothing, or a word that is not known, is of no kind; the notes count it.
    """
    rows: dict[EventKind, BoolArray] = {}
    notes: dict[EventKind, tuple[str, ...]] = {}
    words = _words()
    for kind, column in KIND_COLUMN.items():
        if column in events.columns:
            rows[kind], notes[kind] = _read(events[column], kind, words[kind])
        elif kind == "immune-mediated" and "class" in events.columns:
            found = _immune_classes(events["class"])
            if found is not None:
                rows[kind], notes[kind] = found
    return EventKinds(rows=rows, notes=notes)


def _read(column: pd.Series[Any], kind: EventKind, words: Mapping[str, bool]) -> tuple[BoolArray, tuple[str, ...]]:
    code, distinct = pd.factorize(column)
    texts = [_said(value) for value in distinct]
    meaning = [words.get(_plain(text)) for text in texts]
    empty = np.array([not text.strip() for text in texts] + [True])[code]
    unknown = np.array([m is None for m in meaning] + [False])[code] & ~empty
    is_kind: BoolArray = np.array([m is True for m in meaning] + [False])[code]
    notes = []
    if unknown.any():
        strange = listed([text for text, m in zip(texts, meaning, strict=True) if m is None and text.strip()])
        n = counted(int(unknown.sum()), "event")
        notes.append(f"{n} with words that are not known ({strange}) not counted as {KIND_WORDS[kind]}.")
    if empty.any():
        notes.append(f"{counted(int(empty.sum()), 'event')} without a word on it not counted as {KIND_WORDS[kind]}.")
    plain_yes = vocabulary()["event_kind_words"]["yes"]
    judged = [text for text, m in zip(texts, meaning, strict=True) if m and _plain(text) not in plain_yes]
    if judged:
        notes.append(f"Counted as {KIND_WORDS[kind]}: {_quoted(judged)}.")
    return is_kind, tuple(notes)


def _immune_classes(column: pd.Series[Any]) -> tuple[BoolArray, tuple[str, ...]] | None:
    code, distinct = pd.factorize(column)
    named = [
        any(part in fold(str(value)) for part in vocabulary()["event_kind_words"]["immune_classes"])
        for value in distinct
    ]
    if not any(named):
        return None
    found: BoolArray = np.array([*named, False])[code]
    words = _quoted([str(value) for value, yes in zip(distinct, named, strict=True) if yes])
    return found, (f"Counted as immune-mediated: events of the class {words}.",)


def _said(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _plain(text: str) -> str:
    """Folded, without dashes and repeated blanks."""
    return " ".join(fold(text).replace("-", " ").replace("_", " ").split())


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


KIND_WORDS: dict[EventKind, str] = {
    "all": "any",
    "related": "treatment-related",
    "immune-mediated": "immune-mediated",
    "serious": "serious",
    "stopped": "leading to stop of treatment",
    "changed": "leading to stop or change of treatment",
}
