"""Patient identifiers in two files: '1', 1 and 1.0 are one patient, '001' is another."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from core.cohort.cohort import DataIssue, Table
from core.cohort.persons import person_columns
from core.timetoevent import IntArray

_BLOCK = 12_000  # texts whose letters stay in the processor's cache
_NUMBER = re.compile(r"[+-]?\d+(?:\.0+)?")


def identifier_key(text: str | None) -> str | None:
    """What two written identifiers must share to mean one patient: blanks, '.0' and case aside; leading zeros count."""
    if text is None:
        return None
    if text.isalnum() and text.isascii():
        return text.lower()
    text = text.strip()
    return text.split(".")[0].lstrip("+") if _NUMBER.fullmatch(text) else text.casefold()


def identifier_keys(texts: Sequence[str]) -> tuple[Sequence[str], IntArray | None]:
    """The distinct keys of distinct texts, in the order in which they first stand, and which key each text has.

    Where every text has a key of its own, the texts are returned as they are, and None.
    """
    if _differ_by_key(texts):
        return texts, None
    keys: dict[str | None, int] = {}
    position = [keys.setdefault(identifier_key(text), len(keys)) for text in texts]
    return [str(key) for key in keys], np.array(position, dtype=np.int64)


def _differ_by_key(texts: Sequence[str]) -> bool:
    """Whether different texts have different keys by their letters: one case, no blanks, points and signs."""
    is_lower = is_upper = True
    for start in range(0, len(texts), _BLOCK):
        letters = "".join(texts[start : start + _BLOCK])
        is_lower, is_upper = is_lower and letters == letters.lower(), is_upper and letters == letters.upper()
        one_case = letters.isascii() and (is_lower or is_upper)
        if not one_case or any(sign in letters for sign in " .+\t\r\n\v\f"):
            return False
    return True


def align_identifiers(events: Table, patients: Table) -> Table:
    """A table of events, lesions, ... with identifiers written as the patients' table writes them.

    Where it names patients by another column than the identifiers of the cohort, such as their names, that column of
    the patients' table finds them (issue ``joined-by``); a name that two patients share finds neither.
    """
    own = events.with_role("ae_patient_id") or events.with_role("patient_id")
    theirs = patients.with_role("patient_id")
    if own is None or theirs is None:
        return events
    keys = [identifier_key(text) for text in events.frame[own]]
    written, by = _written(keys, patients, theirs)
    frame = events.frame.copy(deep=False)
    frame[own] = [written.get(key, text) for key, text in zip(keys, events.frame[own], strict=True)]
    return replace(events, frame=frame, cache={}, issues=events.issues if by is None else (*events.issues, _said(by)))


def _written(keys: list[str | None], patients: Table, theirs: str) -> tuple[dict[str | None, str], str | None]:
    """What the patients' table writes for each key, and the column that knows them where it is not the identifiers'."""
    asked = {key for key in keys if key is not None}
    identifiers = patients.frame[theirs].tolist()
    known = {identifier_key(text): text for text in identifiers if text is not None}
    best, by, hits = known, None, len(asked & known.keys())
    if patients.raw is None or 2 * hits >= len(asked):
        return known, None
    for column in person_columns(patients.raw):
        if column == theirs or column not in patients.raw.columns:
            continue
        pairs = zip(map(identifier_key, patients.raw.cells_of(column)), identifiers, strict=True)
        named = [(key, text) for key, text in pairs if key is not None and text is not None]
        times = Counter(key for key, _ in named)
        found: dict[str | None, str] = {key: text for key, text in named if times[key] == 1}
        if len(asked & found.keys()) > hits:
            best, by, hits = found, column, len(asked & found.keys())
    return best, by


def _said(column: str) -> DataIssue:
    return DataIssue(
        code="joined-by", severity="info", column=None, rows=(),
        message=f"Patients were found by '{column}' of the patients' table, which is not their identifier.",
        remedy="Where two patients share it, neither is found; write the identifiers of the patients instead.",
    )  # fmt: skip
