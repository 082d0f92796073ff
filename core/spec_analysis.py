"""What every kind of analysis has: an id, filters, a group and a confidence level of its own.

Belongs here: the base of the kinds. Does not belong here: a kind (``core.spec_analyses``, ``core.spec_patients``).
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field

from core.spec_part import Part
from core.spec_selection import FilterSpec, GroupSpec

ConfLevel: TypeAlias = Annotated[float, Field(gt=0, lt=1)]


class AnalysisBase(Part):
    """What every analysis has. ``filters`` here are added to the specification's, ``group`` replaces its group."""

    id: str = Field(min_length=1)
    filters: tuple[FilterSpec, ...] = ()
    group: GroupSpec | None = None
    conf_level: ConfLevel = 0.95


def named_once(names: tuple[str, ...], what: str) -> tuple[str, ...]:
    """The names, each of which must stand once; ``what`` they are is said in the message."""
    if len(set(names)) != len(names):
        raise ValueError(f"a {what} is named twice")
    return names
