"""What a reader can work out about a count that is not printed: the attacker that protection is tried against.

Belongs here: the whole numbers that a count may have, given all others that are printed and all sums. Does not belong
here: deciding what to withhold (``withhold``).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Set
from typing import NamedTuple

import numpy as np

from core.reporting.suppression.linked_counts import Key, LinkedCounts, Total

_UNBOUNDED = 3  # of scipy.optimize.milp


class Possible(NamedTuple):
    """The least and the most that a count can be; ``most`` is infinite where nothing bounds it."""

    least: float
    most: float


class Attacker:
    """A reader with a solver, who knows every sum of a page and every count that is printed.

    Parameters
    ----------
    counts : LinkedCounts
    """

    def __init__(self, counts: LinkedCounts) -> None:
        self._counts = counts
        self._with: dict[Key, list[int]] = {}
        for position, total in enumerate(counts.totals):
            for key in (total.whole, *total.parts):
                self._with.setdefault(key, []).append(position)

    def possible(self, key: Key, unknown: Set[Key]) -> Possible:
        """The range of a count among ``unknown`` ones, by two integer programmes (HiGHS, ``scipy.optimize.milp``).

        Parameters
        ----------
        key : Key
            One of ``unknown``.
        unknown : set of Key
            Counts that are not printed; the values of all others are known. Counts are never negative.
        """
        names, totals = self.linked(key, unknown)
        if not totals:
            return Possible(0.0, math.inf)
        if len(totals) == 1:
            return self._of_one_sum(key, totals[0], unknown)
        ends = self._ends(key, names, totals, unknown)
        most = next(ends)
        return Possible(next(ends), most)

    def is_open(self, key: Key, unknown: Set[Key], by: int) -> bool:
        """Whether the least and the most that a count among ``unknown`` ones can be are ``by`` or more apart."""
        names, totals = self.linked(key, unknown)
        if len(totals) < 2:
            possible = self.possible(key, unknown)
            return possible.most - possible.least >= by
        ends = self._ends(key, names, totals, unknown)
        most = next(ends)  # the count itself is possible too: often that is far enough from the most already
        return most - self._counts.counts[key].value >= by or most - next(ends) >= by

    def linked(self, key: Key, unknown: Set[Key]) -> tuple[list[Key], list[Total]]:
        """The unknown counts that ``key`` hangs together with, itself first, and the sums that hold them together."""
        names: dict[Key, None] = {key: None}
        totals: dict[int, None] = {}
        waiting = [key]
        while waiting:
            for position in self._with.get(waiting.pop(), ()):
                if position in totals:
                    continue
                totals[position] = None
                for name in _members(self._counts.totals[position]):
                    if name in unknown and name not in names:
                        names[name] = None
                        waiting.append(name)
        return list(names), [self._counts.totals[position] for position in sorted(totals)]

    def _of_one_sum(self, key: Key, total: Total, unknown: Set[Key]) -> Possible:
        known = sum(self._counts.counts[part].value for part in total.parts if part not in unknown)
        if total.whole in unknown:
            return Possible(known if key == total.whole else 0.0, math.inf)
        left = self._counts.counts[total.whole].value - known
        alone = sum(part in unknown for part in total.parts) == 1
        return Possible(left if alone else 0.0, left)

    def _ends(self, key: Key, names: list[Key], totals: Iterable[Total], unknown: Set[Key]) -> Iterator[float]:
        """The most, then the least; each is worked out when it is asked for."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        column = {name: position for position, name in enumerate(names)}
        lines, sums = [], []
        for total in totals:
            line, known = np.zeros(len(names)), 0
            for name, sign in ((total.whole, 1), *((part, -1) for part in total.parts)):
                if name in unknown:
                    line[column[name]] += sign
                else:
                    known += sign * self._counts.counts[name].value
            lines.append(line)
            sums.append(-known)
        within = LinearConstraint(np.array(lines), sums, sums)
        for sign in (-1, 1):
            aim = np.zeros(len(names))
            aim[column[key]] = sign
            found = milp(
                aim, constraints=within, integrality=np.ones(len(names), dtype=np.int64), bounds=Bounds(0, np.inf)
            )
            if found.status == _UNBOUNDED:
                yield math.inf
            else:  # without an answer the count is taken as known
                yield float(round(sign * found.fun)) if found.status == 0 else self._counts.counts[key].value


def _members(total: Total) -> tuple[Key, ...]:
    return (total.whole, *total.parts)
