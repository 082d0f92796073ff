"""What was asked of a table last: groups, endpoints; the same question is answered once, and not for ever.

Belongs here: how many answers a table keeps. Does not belong here: the answers (``grouping``, ``endpoints``), and
arrays that follow from a column alone (``values``), of which there are never more than columns.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

from core.cohort.cohort import Table

MOST = 24
"""Answers of one kind that a table keeps. A page asks for fewer; a sample's table lives as long as the process, where
each new cut-point would stay otherwise."""
Made = TypeVar("Made")


def latest(table: Table, kind: str, question: str, make: Callable[[], Made]) -> Made:
    """The answer to a question about a table, made when it is not among the latest ones of its kind."""
    kept: OrderedDict[str, Made] = table.cache.setdefault((kind, "latest"), OrderedDict())
    found = kept.get(question)
    if found is None:
        found = kept[question] = make()
        while len(kept) > MOST:
            kept.popitem(last=False)
    return found


def without_latest(cache: dict[Any, Any]) -> dict[Any, Any]:
    """What a table keeps, for a copy of it with another column: the answers are of the one without."""
    return {key: made for key, made in cache.items() if not isinstance(made, OrderedDict)}
