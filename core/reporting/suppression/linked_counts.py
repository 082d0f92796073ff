"""Counts of patients and how they add up: everything that a page shows, and what a reader can work out from it.

Belongs here: the counts and their sums. Does not belong here: which of them are withheld (``withhold``), what a reader
can derive (``derivable``).
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from typing import TypeAlias

Key: TypeAlias = tuple[str, ...]
ALL = "\0all"
"""Stands for all groups together in the names of counts; no level of a file can be written so."""
SMALLEST_THRESHOLD = 3
"""Below three, what is left over beside a withheld one is itself one: nothing would be protected."""


@dataclass(frozen=True, slots=True)
class Count:
    """One count.

    Attributes
    ----------
    value : int
        Patients or events.
    printed : bool
        Whether a page would print it; otherwise a reader may only work it out (patients without an event are all
        patients less those with one).
    sensitive : bool
        Whether it must not be found where it is small.
    rank : int
        What is given up first where something must be: cells (0) before sums of rows (1), these before sizes of groups
        (2), these before the size of the cohort (3).
    fixed : bool
        Known by another way that cannot be withheld, such as the events between two printed points of a curve.
    """

    value: int
    printed: bool = True
    sensitive: bool = True
    rank: int = 0
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Total:
    """A count that is the sum of others."""

    whole: Key
    parts: tuple[Key, ...]


@dataclass(slots=True)
class LinkedCounts:
    """All counts of one page, by name, and their sums; filled in by what the page shows."""

    counts: dict[Key, Count] = field(default_factory=dict)
    totals: list[Total] = field(default_factory=list)

    def show(self, key: Key, value: int, *, rank: int = 0) -> Key:
        """A count that the page would print."""
        return self._add(key, Count(int(value), rank=rank))

    def imply(self, key: Key, value: int, *, sensitive: bool = True) -> Key:
        """A count that is not printed, but follows from others."""
        return self._add(key, Count(int(value), printed=False, sensitive=sensitive))

    def fix(self, key: Key, value: int) -> Key:
        """A count that is known by another way whatever is withheld."""
        return self._add(key, Count(int(value), sensitive=False, fixed=True))

    def add_up(self, whole: Key, parts: Sequence[Key]) -> None:
        """Say that a count is the sum of others; all must be there already.

        Raises
        ------
        ValueError
            If it is not: then something would be protected that is not what is printed.
        """
        if self.counts[whole].value != sum(self.counts[part].value for part in parts):
            raise ValueError(f"{whole} is not the sum of its parts")
        self.totals.append(Total(whole, tuple(parts)))

    def _add(self, key: Key, count: Count) -> Key:
        if key in self.counts and self.counts[key].value != count.value:
            raise ValueError(f"{key} stands for two different counts")
        if count.value < 0:
            raise ValueError(f"{key} is less than nothing")
        self.counts.setdefault(key, count)
        return key


def under_all(counts: LinkedCounts, whole: LinkedCounts, gone: Set[Key], *, levels: Sequence[str]) -> None:
    """Put the counts of groups under those of all patients, which another page prints but for what is ``gone``.

    Names end with the level; in ``whole`` it is the only one. What that page prints is fixed here, what it withholds is
    withheld here too, and wherever all groups have a count they add up to that of all.
    """
    for key, count in whole.counts.items():
        total = (*key[:-1], ALL)
        if (count.printed and key not in gone) or count.fixed:
            counts.counts[total] = Count(count.value, sensitive=False, fixed=True)
        else:
            counts.counts[total] = Count(count.value, printed=False, sensitive=count.sensitive)
        parts = [(*key[:-1], level) for level in levels]
        if all(part in counts.counts for part in parts):
            counts.add_up(total, parts)
    for one in whole.totals:
        counts.add_up((*one.whole[:-1], ALL), [(*part[:-1], ALL) for part in one.parts])


def known_before(counts: LinkedCounts, gone: Set[Key]) -> LinkedCounts:
    """The counts of tables that are out already: what they print is known for good, and what they withhold stays so."""
    made = LinkedCounts(totals=list(counts.totals))
    for key, count in counts.counts.items():
        if count.fixed or (count.printed and key not in gone):
            made.counts[key] = Count(count.value, sensitive=False, fixed=True)
        else:
            made.counts[key] = Count(count.value, printed=False, sensitive=count.sensitive)
    return made
