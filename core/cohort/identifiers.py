"""Patient identifiers in two files: '1', 1 and 1.0 are one patient, '001' is another."""

from __future__ import annotations

import re
from dataclasses import replace

from core.cohort.cohort import Table

_NUMBER = re.compile(r"[+-]?\d+(?:\.0+)?")


def identifier_key(text: str | None) -> str | None:
    """What two written identifiers must share to mean one patient: blanks, '.0' and case aside; leading zeros count."""
    if text is None:
        return None
    if text.isalnum() and text.isascii():
        return text.lower()
    text = text.strip()
    return text.split(".")[0].lstrip("+") if _NUMBER.fullmatch(text) else text.casefold()


def align_identifiers(events: Table, patients: Table) -> Table:
    """A table of events, lesions, ... with identifiers written as the patients' table writes them."""
    own = events.with_role("ae_patient_id") or events.with_role("patient_id")
    theirs = patients.with_role("patient_id")
    if own is None or theirs is None:
        return events
    written = {identifier_key(text): text for text in patients.frame[theirs] if text is not None}
    frame = events.frame.copy(deep=False)
    frame[own] = [written.get(identifier_key(text), text) for text in events.frame[own]]
    return replace(events, frame=frame, cache={})
