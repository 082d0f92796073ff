"""Things made once and kept within a bound of memory: who was not asked for longest goes first.

Belongs here: making once, about how many bytes a thing takes, and the bound. Does not belong here: what is made
(``ui.cached``), whose it is and when it goes for other reasons (``ui.session_results``).
"""

from __future__ import annotations

import gc
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from threading import Lock
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any, TypeVar

import numpy as np
from pydantic import BaseModel

from core.cohort.cohort import Cohort, Table

Made = TypeVar("Made")
# What a result is made from, asked by or programmed in is not the result's alone.
_OTHERS = (type, ModuleType, FunctionType, BuiltinFunctionType, MethodType, BaseModel, Cohort, Table)
_PLAIN = (str, bytes, int, float, complex)
_FEW = 32  # of a long sequence so many stand for all: what is kept is not searched through at length
_HEAD = 16  # bytes before an object that refers to others


@dataclass(slots=True, eq=False)
class Kept:
    """Answers by their questions.

    Attributes
    ----------
    most : int
        Bytes, about; what is beyond goes.
    at_least : int
        Answers that stay however large they are, so that a page with large ones is not computed at every click.
    """

    most: int
    at_least: int = 1
    size: int = 0
    _answers: OrderedDict[str, tuple[Any, int]] = field(default_factory=OrderedDict, repr=False)
    _being_made: dict[str, Lock] = field(default_factory=dict, repr=False)
    _changing: Lock = field(default_factory=Lock, repr=False)

    def __len__(self) -> int:
        return len(self._answers)

    def made(self, question: str, make: Callable[[], Made]) -> Made:
        """What ``make`` gives, made once for a question; who asks the same meanwhile waits for it."""
        with self._changing:
            if question in self._answers:
                return self._found(question)  # type: ignore[no-any-return]
            turn = self._being_made.setdefault(question, Lock())
        with turn:
            with self._changing:
                if question in self._answers:
                    return self._found(question)  # type: ignore[no-any-return]
            try:
                answer = make()
                self._keep(question, answer, weight(answer))
            finally:
                self._being_made.pop(question, None)
        return answer

    def _found(self, question: str) -> Any:
        self._answers.move_to_end(question)
        return self._answers[question][0]

    def _keep(self, question: str, answer: object, size: int) -> None:
        gone = []  # freed after the lock is
        with self._changing:
            self.size += size - self._answers.pop(question, (None, 0))[1]
            self._answers[question] = answer, size
            while self.size > self.most and len(self._answers) > self.at_least:
                gone.append(self._answers.popitem(last=False)[1])
                self.size -= gone[-1][1]


def weight(thing: object) -> int:
    """About how many bytes a thing takes that nothing else has, within a few percent where its parts are alike."""
    seen: set[int] = set()
    total = 0.0
    left: list[tuple[object, float]] = [(thing, 1.0)]
    while left:
        one, times = left.pop()
        if id(one) in seen or isinstance(one, _OTHERS):
            continue
        seen.add(id(one))
        total += times * (sys.getsizeof(one) + _HEAD * gc.is_tracked(one))
        parts, share = _parts(one)
        left += [(part, times * share) for part in parts]
    return int(total)


def _parts(one: object) -> tuple[Iterable[object], float]:
    """What a thing refers to, or some of many; and for how many each of them stands."""
    if isinstance(one, _PLAIN):
        return (), 1.0
    if isinstance(one, np.ndarray):
        if one.dtype == object:
            return _some(one.ravel())
        return ((one.base,) if one.base is not None else ()), 1.0
    if isinstance(one, list | tuple):
        return _some(one)
    if isinstance(one, dict) and len(one) > _FEW:
        return [part for pair in islice(one.items(), _FEW) for part in pair], len(one) / _FEW
    return gc.get_referents(one), 1.0


def _some(many: Sequence[object] | np.ndarray[Any, Any]) -> tuple[Iterable[object], float]:
    step = max(1, len(many) // _FEW)
    some = many[::step]
    return list(some), len(many) / max(len(some), 1)
