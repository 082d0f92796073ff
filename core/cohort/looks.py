"""What a table that was given looks like: patients, adverse events, lesions, sessions, responses, times, a dictionary.

Belongs here: what its columns, its name and its first rows say. Does not belong here: choosing among several tables
(``sources``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath

from core.cohort import adam, codebook, redcap, wide_events
from core.cohort.assemble import DICTIONARY, RESPONSE, TIME_TO_EVENT
from core.cohort.cohort import RawTable, Table
from core.cohort.recognise import ADVERSE_EVENTS, PATIENTS, found_endpoints, is_adverse_events, recognise
from core.cohort.vocabulary import name_words

OTHERS = ("lesions", "sessions", "labs", RESPONSE, TIME_TO_EVENT, DICTIONARY)
_NAMES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("lesions", ("lesion", "病灶")),
    ("sessions", ("session", "疗程", "治疗记录", "治疗次")),
    (RESPONSE, ("response", "recist", "疗效")),
    (PATIENTS, ("patient", "adsl", "患者", "病人")),
    (ADVERSE_EVENTS, ("adverse", "toxicit", "adae", "不良")),
)
_SHORT_NAMES = {
    ADVERSE_EVENTS: frozenset(("ae", "aes", "irae", "iraes")),
    "labs": frozenset(("lab", "labs", "laboratory", "adlb", "lb", "化验", "检验", "实验室")),
}
_LOOK_AT = 500
HAS_ENDPOINT = 8


ROWS = {
    ADVERSE_EVENTS: "adverse events",
    RESPONSE: "tumour responses",
    DICTIONARY: "the fields of a data dictionary",
    "lesions": "lesions",
    "sessions": "treatment sessions",
    "labs": "laboratory values",
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Source:
    """A table that was given, before it is known what it holds.

    Attributes
    ----------
    path : str
        As a specification names it: a file, or ``file#sheet``.
    raw : RawTable
    alone : bool
        Whether it is all that was given of its file, and so must hold something; one sheet of several need not.
    """

    path: str
    raw: RawTable
    alone: bool = True

    @cached_property
    def holds(self) -> str | None:
        """The table it looks like or is named as; None where it says nothing."""
        if (standard := self.by_standard) is not None:
            return standard
        if is_adverse_events(self._sample) and not self._has_one_row_each:
            return ADVERSE_EVENTS
        if self._named == RESPONSE and found_endpoints(self._as_patients):
            return None
        if self._named in (None, PATIENTS) or (self.alone and self._named in OTHERS):
            return self._named
        names_patients = recognise(self._sample, table=ADVERSE_EVENTS).with_role("ae_patient_id") is not None
        return self._named if names_patients else None  # a legend may be named so too

    @cached_property
    def by_standard(self) -> str | None:
        """The table it is by the rules of CDISC or REDCap, or because every column is a grade; None: by none."""
        if adam.is_time_to_event(self.raw):
            return TIME_TO_EVENT
        if adam.is_response(self.raw):
            return RESPONSE
        if adam.is_subject_level(self.raw):
            return PATIENTS
        if redcap.is_dictionary(self.raw) or codebook.is_codebook(self._sample):
            return DICTIONARY
        named = self._named == ADVERSE_EVENTS
        if self._named in (None, ADVERSE_EVENTS) and wide_events.is_wide(self._sample, named=named):
            return None if found_endpoints(self._as_patients) else ADVERSE_EVENTS
        return None

    @property
    def is_beside_patients(self) -> bool:
        """Whether its content, not its name alone, says that it lists something else than patients."""
        if self.holds not in ROWS or found_endpoints(self._as_patients):
            return False
        if self.by_standard is not None or is_adverse_events(self._sample):
            return True
        if self.holds not in ("lesions", "sessions", "labs"):
            return False
        own = recognise(self._sample, table=str(self.holds)).with_role("patient_id")
        return own is not None and not self._sample.frame[own].is_unique

    @cached_property
    def likeness(self) -> int:
        """How much it looks like one row per patient; 0: not at all."""
        table = self._as_patients
        measured = any(column.kind in ("number", "date") for column in table.columns)
        signs = (bool(found_endpoints(table)), self._named == PATIENTS, table.with_role("patient_id") is not None)
        return sum(worth for sign, worth in zip((*signs, measured), (HAS_ENDPOINT, 4, 2, 1), strict=True) if sign)

    @cached_property
    def _as_patients(self) -> Table:
        return recognise(self._sample, table=PATIENTS)

    @property
    def _has_one_row_each(self) -> bool:
        """Whether every patient stands once with time and event: then 'event' and 'grade' are no adverse event's."""
        identifier = self._as_patients.with_role("patient_id")
        return (
            identifier is not None
            and self._as_patients.frame[identifier].is_unique
            and bool(found_endpoints(self._as_patients))
        )

    @cached_property
    def _sample(self) -> RawTable:
        return self.raw.head(_LOOK_AT)

    @property
    def _named(self) -> str | None:
        """What the name of the file or of the sheet speaks of; of one sheet of several its own name only."""
        names = [str(self.raw.sheet or "")]
        if self.alone:
            names.insert(0, PurePath(self.path).stem)
        return next((table for name in names if (table := _table_named(name)) is not None), None)


def _table_named(name: str) -> str | None:
    folded = name.casefold()
    if found := next((table for table, words in _NAMES if any(word in folded for word in words)), None):
        return found
    words = set(name_words(name))
    return next((table for table, known in _SHORT_NAMES.items() if known & words), None)
