"""Names for people: endpoints and levels as a reader would write them; names of columns from ``column_names``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.cohort.column_names import ACRONYMS, column_label
from core.cohort.values import YES

__all__ = ["column_label", "endpoint_label", "event_heading", "event_label", "in_sentence", "level_label", "spoken"]

ENDPOINTS = {
    "OS": "overall survival",
    "PFS": "progression-free survival",
    "RFS": "recurrence-free survival",
    "DFS": "disease-free survival",
    "EFS": "event-free survival",
    "TTP": "time to progression",
    "TTR": "time to recurrence",
    "LTP": "time to local tumour progression",
    "IDR": "time to intrahepatic distant recurrence",
    "EHR": "time to extrahepatic recurrence",
    "DOR": "duration of response",
}
EVENTS = {
    "OS": "death",
    "PFS": "progression or death",
    "RFS": "recurrence or death",
    "DFS": "recurrence or death",
    "EFS": "event",
    "TTP": "progression",
    "TTR": "recurrence",
    "LTP": "local tumour progression",
    "IDR": "intrahepatic distant recurrence",
    "EHR": "extrahepatic recurrence",
    "DOR": "end of response",
}
ALONE = {"PFS": "progression", "RFS": "recurrence", "DFS": "recurrence"}  # composites without their deaths
_NAME = re.compile(r"\b\w+\b")
_QUOTED = re.compile(r"'([^']+)'")
_CHOICE = re.compile(
    r"[\[(]?\b(?:y\s*/\s*n|n\s*/\s*y|yes\s*/\s*no|no\s*/\s*yes|0\s*/\s*1|1\s*/\s*0)\b[\])]?|[(（]?[是有]\s*/\s*[否无][)）]?",
    re.I,
)
_ANY_ARM = frozenset(("", "arm", "group", "treatment", "therapy", "cohort"))
NO = frozenset({"no", "n", "false", "0", "nein", "non", "否", "无"})


def endpoint_label(name: str) -> str:
    """An endpoint in words, lower case: ``OS`` is "overall survival"; an unknown name stays as it is."""
    return ENDPOINTS.get(name.upper(), name.replace("_", " "))


def event_label(name: str) -> str:
    """An event in words, lower case: the endpoint ``LTP`` is "local tumour progression"; others stay as they are."""
    return EVENTS.get(name.upper(), name.replace("_", " "))


def event_alone(name: str) -> str:
    """The event one may live on after: of a composite with death the other part, "recurrence" of ``RFS``."""
    return ALONE.get(name.upper(), event_label(name))


def event_heading(name: str) -> str:
    """An event as a heading: "Local tumour progression"; names with capitals of their own stay (cGVHD)."""
    label = event_label(name)
    return label[:1].upper() + label[1:] if label.islower() else label


def level_label(column: str, value: str) -> str:
    """A level that stands alone: yes and no of a column become "HIFU" and "No HIFU"; others stay as they are."""
    label = _asked(column_label(column))
    if value.casefold() in YES:
        return label
    if value.casefold() in NO:
        return f"No {in_sentence(label)}"
    return value


def _asked(label: str) -> str:
    """What a column of yes and no asks: "Arm (HIFU Y/N)" is "HIFU", "Cirrhosis (yes/no)" is "Cirrhosis"."""
    outer, _, inner = (_CHOICE.sub("", label) if _CHOICE.search(label) else label).partition("(")
    outer, inner = outer.strip(" _-:"), inner.strip(" ()[]_-:")
    if not _CHOICE.search(label) or not (outer or inner):
        return label
    if inner and outer.casefold() in _ANY_ARM:
        return inner
    return f"{outer} ({inner})" if inner else outer


def in_sentence(label: str) -> str:
    """A label inside a sentence: its first letter small, unless it is an acronym or a name (Child-Pugh, Ki67, HIFU)."""
    first = label.split(" ")[0]
    named = any(letter.isupper() or letter.isdigit() for letter in first[1:])
    return label if named or first.casefold() in ACRONYMS or first.upper() == first else label[:1].lower() + label[1:]


def spoken(line: str, columns: Sequence[str] = (), quoted: Sequence[str] = ()) -> str:
    """A note with column names as a reader writes them; a line with a call of R keeps them as they are.

    Words with underscores are names of columns; other names are known only from ``columns`` and, in quotes, ``quoted``.
    """
    if "R: " in line:
        return line
    known, named = set(columns), set(quoted)
    line = _QUOTED.sub(lambda name: f"'{column_label(name[1])}'" if name[1] in named else name[0], line)
    return _NAME.sub(lambda name: column_label(name[0]) if "_" in name[0] or name[0] in known else name[0], line)
