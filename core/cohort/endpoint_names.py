"""What the name of a column says about an endpoint: OS or PFS, time or event, in which unit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from core.cohort.vocabulary import name_words, part_words

_OR, _LAST = ("or", "oder"), ("last", "letzter", "letzte", "letztes", "letzten", "censoring", "censor")  # not shown
_TO = {"PFS": "TTP", "RFS": "TTR"}


@dataclass(frozen=True, slots=True, kw_only=True)
class NameParts:
    """The parts of a column name.

    Attributes
    ----------
    endpoint : str or None
        ``OS``, ``PFS``, ... or None where the name is general ('time', 'status').
    part : {'time', 'event', 'either'}
    unit : str or None
    own_event : bool
        Whether the name is the event itself ('death', 'progressed').
    """

    endpoint: str | None
    part: str
    unit: str | None
    own_event: bool = False


@lru_cache(maxsize=4096)
def read_name(name: str) -> NameParts | None:
    """Read a column name as an endpoint's time or event; None when some of its words mean something else.

    Examples: 'os_months', 'OS (months)', 'ostime', 'PFS status', 'time', 'status', 'futime', 'fustat', 'days to death',
    '总生存期（月）', '生存状态', 'progression or death'.
    """
    words = _without_last_seen(name_words(name))
    segments = _segments(words)
    if segments is None or len("".join(words)) < 2:  # T, N and M are stages
        return None
    found = [part_words()[word] for word in segments]
    endpoint = next((meaning for part, meaning in found if part == "endpoint"), None)
    owns = [meaning for part, meaning in found if part == "event_of"]
    own = next((meaning for meaning in owns if meaning != "OS"), owns[0] if owns else None)  # 'death or progression'
    unit = next((meaning for part, meaning in found if part == "unit"), None)
    parts = {part for part, _ in found}
    has_time = "time" in parts or unit is not None
    if own is not None and has_time and "to" in segments:  # days to death, time to progression
        return NameParts(endpoint=endpoint or _TO.get(own, own), part="time", unit=unit)
    if "event" in parts or own is not None:
        return NameParts(
            endpoint=endpoint or own, part="event", unit=unit, own_event=endpoint is None and own is not None
        )
    if has_time:
        return NameParts(endpoint=endpoint, part="time", unit=unit)
    return None if endpoint is None else NameParts(endpoint=endpoint, part="either", unit=None)


def is_outcome(name: str) -> bool:
    """Whether a column is by its name a time or an event of an endpoint, and so nothing that patients begin with."""
    parts = read_name(name)
    return parts is not None and parts.part != "either"


def _without_last_seen(words: list[str]) -> list[str]:
    """'Time to LTP or last imaging (months)' is the time to LTP, in months: what else ends a time is censoring."""
    for at, word in enumerate(words[:-1]):
        if at and word in _OR and words[at + 1] in _LAST:
            rest = [other for other in words[at + 2 :] if part_words().get(other, ("", ""))[0] == "unit"]
            return [*words[:at], *rest]
    return words


def _segments(words: list[str]) -> list[str] | None:
    """The name cut into as few known words as possible, or None.

    Known words may span several words of the name ('overall survival') or be run together ('ostime'); a single letter
    counts only where it stands alone.
    """
    text = "".join(words)
    borders = {0}
    for word in words:
        borders.add(max(borders) + len(word))
    known = part_words()
    best: list[list[str] | None] = [[]] + [None] * len(text)
    for end in range(1, len(text) + 1):
        for start in range(end):
            before, piece = best[start], text[start:end]
            if before is None or piece not in known:
                continue
            if len(piece) == 1 and piece.isascii() and not (start in borders and end in borders):
                continue
            current = best[end]
            if current is None or len(before) + 1 < len(current):
                best[end] = [*before, piece]
    return best[-1] if text else None
