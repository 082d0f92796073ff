"""Which counts are withheld: the small ones, and as many others as keep them from being worked out.

Belongs here: primary and complementary suppression of counts. Does not belong here: what a reader can derive
(``derivable``), how a withheld count is printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Set

from core.errors import SpecError
from core.reporting.suppression.derivable import Attacker
from core.reporting.suppression.linked_counts import SMALLEST_THRESHOLD, Key, LinkedCounts


def checked_threshold(threshold: int) -> int:
    """The threshold, if it protects anything.

    Raises
    ------
    SpecError
        If it is below 3.
    """
    if threshold < SMALLEST_THRESHOLD:
        raise SpecError(
            f"A threshold of {threshold} protects nobody.", hint=f"Use {SMALLEST_THRESHOLD} or more; 5 is usual."
        )
    return threshold


def withheld(counts: LinkedCounts, threshold: int) -> frozenset[Key]:
    """The printed counts that are withheld.

    Parameters
    ----------
    counts : LinkedCounts
    threshold : int
        Counts from 1 to ``threshold - 1`` are small. Zero is not: nobody stands behind it.

    Returns
    -------
    frozenset of Key
        With these gone, every small count (also one that is only implied) may, for all a reader can work out, have any
        of at least ``threshold`` values that follow one another.

    Raises
    ------
    SpecError
        If the threshold is below 3, or no choice protects a small count: nothing can be shown then.

    Notes
    -----
    Primary suppression by the minimum frequency rule; complementary suppression with sliding protection, each count
    audited by integer programming: Hundepool et al., Statistical Disclosure Control (Wiley 2012), chapters 4.2 and
    4.4. Withholding more never narrows what a count may be, so one pass over the small counts is enough.
    """
    checked_threshold(threshold)
    attacker = Attacker(counts)
    small = [key for key, count in counts.counts.items() if count.sensitive and 0 < count.value < threshold]
    gone = {key for key in small if counts.counts[key].printed}
    hidden = gone | {key for key, count in counts.counts.items() if not count.printed}
    for key in small:
        while not attacker.is_open(key, hidden, threshold - 1):
            partner = _partner(counts, attacker, key, hidden=hidden, threshold=threshold)
            gone.add(partner)
            hidden.add(partner)
    return frozenset(gone)


def _partner(counts: LinkedCounts, attacker: Attacker, key: Key, *, hidden: Set[Key], threshold: int) -> Key:
    """What to withhold beside a count: the cheapest that protects it, else the cheapest that hangs together with it."""
    beside = sorted(_beside(counts, attacker, key, hidden), key=lambda name: _cost(counts, name))
    if not beside:
        raise SpecError(
            "Too few patients: no table of them can be shown without giving a small number away.",
            hint="Choose a larger group of patients.",
        )
    for name in beside:
        if attacker.is_open(key, {*hidden, name}, threshold - 1):
            return name
    return beside[0]


def _beside(counts: LinkedCounts, attacker: Attacker, key: Key, hidden: Set[Key]) -> Iterator[Key]:
    _, totals = attacker.linked(key, hidden)
    names = dict.fromkeys(name for total in totals for name in (total.whole, *total.parts))
    return (name for name in names if name not in hidden and not counts.counts[name].fixed)


def _cost(counts: LinkedCounts, key: Key) -> tuple[int, bool, int]:
    count = counts.counts[key]
    return count.rank, count.value == 0, count.value
