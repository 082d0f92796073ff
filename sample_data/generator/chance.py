"""Random draws that stay the same for ever: everything comes from ``random.Random.random()``.

Python promises that stream for a seed; it promises nothing for ``choice`` or ``gauss``, nor does numpy for its own.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """A seeded source of draws."""

    def __init__(self, seed: int) -> None:
        self.fraction: Callable[[], float] = random.Random(seed).random

    def between(self, low: float, high: float) -> float:
        """Uniform in [low, high)."""
        return low + (high - low) * self.fraction()

    def index(self, n: int) -> int:
        """One of 0 .. n-1."""
        return int(self.fraction() * n)

    def happens(self, probability: float) -> bool:
        """True with that probability."""
        return self.fraction() < probability

    def pick(self, values: Sequence[T]) -> T:
        """One of the values."""
        return values[self.index(len(values))]

    def weighted(self, weights: dict[T, float]) -> T:
        """One of the keys, in proportion to its weight."""
        left = self.fraction() * sum(weights.values())
        for key, weight in weights.items():
            left -= weight
            if left < 0:
                return key
        return next(reversed(weights))

    def shuffled(self, values: Sequence[T]) -> list[T]:
        """The values in random order (Fisher-Yates)."""
        out = list(values)
        for i in range(len(out) - 1, 0, -1):
            j = self.index(i + 1)
            out[i], out[j] = out[j], out[i]
        return out

    def sample(self, values: Sequence[T], k: int) -> list[T]:
        """``k`` of the values without replacement."""
        return self.shuffled(values)[:k]

    def normal(self, mean: float = 0.0, sd: float = 1.0) -> float:
        """Normal draw (Box-Muller)."""
        radius = math.sqrt(-2.0 * math.log(1.0 - self.fraction()))
        return mean + sd * radius * math.cos(2.0 * math.pi * self.fraction())

    def exponential(self, rate: float) -> float:
        """Exponential draw."""
        return -math.log(1.0 - self.fraction()) / rate


@dataclass(frozen=True)
class Part:
    """One share of the cost: which values it depends on, and what it is now."""

    members: frozenset[int]
    cost: Callable[[], float]


def settle(
    values: list[float],
    redraw: Callable[[int], float],
    parts: Sequence[Part],
    *,
    chance: Chance,
    steps: int,
    heat: float,
    enough: float = 0.0,
) -> float:
    """Change one value at a time until the parts' cost is at most ``enough``; worse is taken while it is early.

    Threshold accepting: a step that costs up to ``heat`` more (falling to nothing) is kept. ``values`` is changed in
    place; the cost reached is returned. Only the parts that a value belongs to are computed again.
    """
    touched = [[k for k, part in enumerate(parts) if i in part.members] for i in range(len(values))]
    costs = [part.cost() for part in parts]
    for step in range(steps):
        if sum(costs) <= enough:
            break
        i = chance.index(len(values))
        old = values[i]
        values[i] = redraw(i)
        left = heat * (1 - step / steps) ** 2 * chance.fraction() + sum(costs[k] for k in touched[i])
        tried: list[float] = []
        for k in touched[i]:  # costs are not negative, so most steps are refused before every part is computed
            tried.append(parts[k].cost())
            left -= tried[-1]
            if left <= 0:
                values[i] = old
                break
        else:
            for k, cost in zip(touched[i], tried, strict=True):
                costs[k] = cost
    return sum(costs)
