"""Which values of an event column mean that the event occurred. The only place that knows CDISC's CNSR and code 1/2.

Belongs here: reading the values of one column. Does not belong here: finding the column (``endpoint_columns``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from core.cohort.cohort import DataIssue
from core.cohort.missing import is_unknown
from core.cohort.values import as_number, fold
from core.spec import Scalar

_EVENT = frozenset(
    ("dead", "death", "died", "deceased", "exitus", "fatal", "yes", "y", "true", "event", "events", "occurred",
     "failure", "failed", "progressed", "progression", "pd", "recurrence", "recurred", "relapse", "relapsed",
     "metastasis", "positive", "1", "ja", "tot", "verstorben", "gestorben")
)  # fmt: skip
_CENSORED = frozenset(
    ("alive", "living", "live", "lived", "survived", "survivor", "no", "n", "false", "none", "censored", "censor",
     "cens", "censoring", "ongoing", "lost", "lfu", "ltfu", "withdrawn", "withdrew", "surviving", "negative", "absent",
     "0", "never", "stable", "remission", "nein", "lebt", "lebend")
)  # fmt: skip
# How registries and sarcoma, melanoma and liver series abbreviate it: dead of disease, of other causes, alive with, ...
_ABBREVIATED = {
    "dod": "event", "doc": "event", "duc": "event", "dwd": "event", "awd": "censored", "ned": "censored",
    "aned": "censored", "anod": "censored", "awod": "censored", "d": "event", "a": "censored", "l": "censored",
}  # fmt: skip
_LETTERS = frozenset(("a", "l", "d"))  # mean something beside each other only: A and D, not D alone
_OTHER_CAUSE = frozenset(("doc", "duc", "other", "others", "unrelated", "othercause"))
_NEGATION = frozenset(("no", "not", "non", "without", "free", "never"))
_EVENT_CHINESE = (
    "死亡",
    "已故",
    "病故",
    "身故",
    "去世",
    "是",
    "有",
    "进展",
    "复发",
    "发生",
    "转移",
    "阳性",
    "事件",
    "死",
)
_CENSORED_CHINESE = (
    "存活",
    "生存",
    "健在",
    "在世",
    "否",
    "未",
    "无",
    "没有",
    "删失",
    "失访",
    "截尾",
    "阴性",
    "活着",
    "活",
)
_COMPETING = (
    ("transplant", ("transplant", "transplanted", "transplantation", "ltx", "olt", "移植")),
    ("death", ("death", "dead", "died", "deceased", "死亡", "死")),
    ("relapse", ("relapse", "relapsed", "recurrence", "recurred", "复发")),
    ("progression", ("progression", "progressed", "pd", "进展")),
    ("other cause", ("other", "others", "othercause", "其他")),
)
_MARKS = frozenset(("x", "×", "✓", "✔", "√", "v", "*", "+", "●", "■"))  # a tick where it happened, else nothing
_DEATH_ENDPOINTS = frozenset(("OS", "CSS", "DSS"))
_OF_THE_DISEASE = frozenset(("CSS", "DSS"))  # a death of another cause competes with these
_WITH_DEATH = frozenset(("OS", "PFS", "RFS", "DFS", "EFS", "CSS", "DSS"))  # a death is an event of these
_CENSORING_NAME = re.compile(
    r"cnsr|censored|is_?censor|censor(?:ing)?_?(?:flag|ind)|^(?:is_?)?alive$|^survived$|删失|截尾|是否存活|是否生存",
    re.IGNORECASE,
)
_DOUBTFUL_NAME = re.compile(r"cens|^surviv|存活|生存", re.IGNORECASE)
_LABELLED_CODE = re.compile(r"\s*(\d+)\s*[:=.\-_ ]\s*(\D.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventCoding:
    """What the values of an event column mean.

    Attributes
    ----------
    event_is : tuple of values
    competing : dict of event name to values
    confidence : float
        0 to 1; below 0.7 the user is asked.
    reason : str
    """

    event_is: tuple[Scalar, ...]
    competing: dict[str, tuple[Scalar, ...]] = field(default_factory=dict)
    confidence: float
    reason: str


def cnsr_event_is(levels: Sequence[str]) -> tuple[Scalar, ...]:
    """Values that mean event in a CDISC ``CNSR`` column: 0 and nothing else (1, 2, ... say why it was censored)."""
    return tuple(_as_written(level) for level in levels if as_number(level) == 0) or (0,)


def is_censoring_name(name: str) -> bool:
    """Whether a column's name says that it counts those without event (``CNSR``, ``censored``, ``alive``)."""
    return _CENSORING_NAME.search(name) is not None


def recognise_event_values(levels: Sequence[str], *, column: str = "", endpoint: str | None = None) -> EventCoding:
    """Say which levels of an event column mean the event.

    Parameters
    ----------
    levels : sequence of str
        Distinct values, as written.
    column : str
        The column's name: ``CNSR`` and ``censored`` count the other way round.
    endpoint : str, optional
        A death is the event of OS and part of PFS; it competes with TTP.

    Notes
    -----
    0/1: 1 is the event. 1/2: 2 is the event (R's ``lung``: 1 censored, 2 dead). 0/1/2...: 1 is the event, the others
    compete, and the user is asked. Words: dead, yes, progressed, 死亡, ...; ``1:DECEASED`` is read by its word.
    """
    known = [level for level in levels if not is_unknown(level)]
    if {"".join(_tokens(level)) for level in known} & _ABBREVIATED.keys() - _LETTERS or _are_letters(known):
        return _abbreviated(known, endpoint)
    if known and {fold(level).strip() for level in known} <= _MARKS and not is_censoring_name(column):
        return EventCoding(event_is=tuple(known), confidence=0.6, reason="a mark where it happened")
    numbers = [as_number(level) for level in known]
    if is_censoring_name(column) and known and all(number is not None for number in numbers):
        return EventCoding(
            event_is=cnsr_event_is(known), confidence=0.9, reason="counts those without event: 0 is the event"
        )
    if known and all(number is not None for number in numbers):
        return _codes(known, column)
    return _words(known, endpoint, censoring=is_censoring_name(column))


def _codes(levels: list[str], column: str) -> EventCoding:
    by_number = {float(as_number(level) or 0.0): _as_written(level) for level in levels}
    present = sorted(by_number)
    doubtful = 0.4 if _DOUBTFUL_NAME.search(column) else 0.0
    if set(present) <= {0.0, 1.0}:
        reason = "1 is the event" if not doubtful else "1 is taken as the event; the name may mean the contrary"
        return EventCoding(event_is=(by_number.get(1.0, 1),), confidence=0.95 - doubtful, reason=reason)
    if set(present) <= {1.0, 2.0}:
        return EventCoding(event_is=(by_number.get(2.0, 2),), confidence=0.85, reason="coded 1/2: 2 is the event")
    if set(present) <= {0.0, 2.0}:
        return EventCoding(event_is=(by_number[2.0],), confidence=0.6, reason="coded 0/2: 2 is taken as the event")
    event = 1.0 if 1.0 in by_number else present[-1]
    others = [number for number in present if number not in (0.0, event)]
    return EventCoding(
        event_is=(by_number[event],),
        competing={f"code {number:g}": (by_number[number],) for number in others},
        confidence=0.4,
        reason=f"several codes: {event:g} is taken as the event, the others as competing events",
    )


def _words(levels: list[str], endpoint: str | None, *, censoring: bool) -> EventCoding:
    """Coding of levels that are words."""
    event: list[Scalar] = []
    competing: dict[str, list[Scalar]] = {}
    unread: list[str] = []
    for level in levels:
        meaning = _meaning(level)
        if meaning is None:
            unread.append(level)
        elif meaning == "event":
            event.append(_as_written(level))
    if censoring and all(_meaning_of_yes(level) is not None for level in levels):
        event = [_as_written(level) for level in levels if _meaning_of_yes(level) is False]
        return EventCoding(event_is=tuple(event), confidence=0.75, reason="counts those without event: no is the event")
    if len(event) + len(unread) > 1:
        event, competing = _split_causes(event, unread, endpoint)
    confident = bool(event) and not unread
    return EventCoding(
        event_is=tuple(event),
        competing={name: tuple(values) for name, values in competing.items()},
        confidence=0.9 if confident and not competing else 0.6 if event else 0.2,
        reason="event by its word" if event else "no value could be read as the event",
    )


def _are_letters(levels: list[str]) -> bool:
    """Whether the values are D beside A or L: dead, alive or living."""
    folded = {fold(level) for level in levels}
    return "d" in folded and len(folded) > 1 and folded <= _LETTERS


def _abbreviated(levels: list[str], endpoint: str | None) -> EventCoding:
    """Coding of DOD, DOC, AWD and NED, alone or among words."""
    meant = {level: _ABBREVIATED.get("".join(_tokens(level))) or _meaning(level) for level in levels}
    event = [level for level in levels if meant[level] == "event"]
    other = [level for level in event if endpoint in _OF_THE_DISEASE and "".join(_tokens(level)) in _OTHER_CAUSE]
    doubtful = endpoint not in _DEATH_ENDPOINTS or None in meant.values()  # alive with disease may be a progression
    return EventCoding(
        event_is=tuple(_as_written(level) for level in event if level not in other),
        competing={"death of another cause": tuple(_as_written(level) for level in other)} if other else {},
        confidence=0.6 if doubtful else 0.85,
        reason="dead of disease or of another cause (DOD, DOC) against alive (AWD, NED)",
    )


def _split_causes(
    event: list[Scalar], unread: list[str], endpoint: str | None
) -> tuple[list[Scalar], dict[str, list[Scalar]]]:
    """Several values that may be the event: the endpoint's own stay, others compete."""
    own: list[Scalar] = []
    competing: dict[str, list[Scalar]] = {}
    for value in [*event, *unread]:
        cause = _cause(str(value))
        is_death = cause == "death" or (_meaning(str(value)) == "event" and cause is None)
        if is_death and endpoint in _OF_THE_DISEASE and _OTHER_CAUSE & set(_tokens(str(value))):
            competing.setdefault("death of another cause", []).append(value)
        elif cause == "transplant" or cause == "other cause":
            competing.setdefault(cause, []).append(value)
        elif endpoint in _DEATH_ENDPOINTS and not is_death:
            continue  # alive with recurrence is alive
        elif cause == "death" and endpoint is not None and endpoint not in _WITH_DEATH:
            competing.setdefault("death", []).append(value)
        elif value in event:
            own.append(value)
    return own, competing


def _cause(text: str) -> str | None:
    words = _tokens(text)
    for name, names in _COMPETING:
        if any(word in names or any(not n.isascii() and n in word for n in names) for word in words):
            return name
    return None


def _meaning(level: str) -> str | None:
    """'event', 'censored' or None for one written value."""
    words = _tokens(level)
    if not words:
        return None
    text = "".join(words)
    if any(not letter.isascii() for letter in text):
        if any(part in text for part in _CENSORED_CHINESE):
            return "censored"
        return "event" if any(part in text for part in _EVENT_CHINESE) else None
    if any(word in _NEGATION for word in words) or any(word in _CENSORED for word in words):
        return "censored"
    return "event" if any(word in _EVENT for word in words) else None


def _meaning_of_yes(level: str) -> bool | None:
    """True for yes, False for no, None for a word that says more."""
    return {"yes": True, "y": True, "true": True, "是": True, "no": False, "n": False, "false": False, "否": False}.get(
        fold(level)
    )


def _tokens(level: str) -> list[str]:
    labelled = _LABELLED_CODE.fullmatch(level)
    text = fold(labelled.group(2) if labelled else level)
    return [word for word in re.split(r"[^\w]+|_", text) if word]


def _as_written(level: str) -> Scalar:
    """A code as a number, a word as text: what the specification shows."""
    if fold(level) in ("true", "false"):
        return fold(level) == "true"
    number = as_number(level)
    if number is None:
        return level
    return int(number) if number.is_integer() else number


def needs_confirming(coding: EventCoding, *, column: str, endpoint: str) -> DataIssue | None:
    """The question put to the user where the coding is not certain."""
    if coding.confidence >= 0.7:
        return None
    meant = ", ".join(f"'{value}'" for value in coding.event_is) or "none of its values"
    return DataIssue(
        code="confirm-event", severity="warning", column=column, rows=(),
        message=f"'{column}': which values mean {endpoint} event is not certain; {meant} was taken ({coding.reason}).",
        remedy="Confirm which values mean that the event occurred.",
    )  # fmt: skip
