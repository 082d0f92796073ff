"""Which patients are kept and which levels are compared, as the specification says it.

Belongs here: the keys of a filter and of a group, and which combinations make sense. Does not belong here: what holds
for a patient (``core.cohort``).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from typing import Literal, TypeAlias

from pydantic import model_validator

from core.spec_part import Part, Scalar, Unit

FilterOp: TypeAlias = Literal[
    "==", "!=", "<", "<=", ">", ">=", "in", "not in", "missing", "not missing", "had event", "had no event",
    "event between", "censored between", "at risk at",
]  # fmt: skip
EVENT_OPS: tuple[FilterOp, FilterOp] = ("had event", "had no event")
OUTCOME_OPS: tuple[FilterOp, FilterOp, FilterOp] = ("event between", "censored between", "at risk at")
REST, CHOSEN = "the rest", "chosen patients"


class FilterSpec(Part):
    """Keep the patients for whom ``column op value`` holds; a missing value never does (except for ``missing``).

    With ``had event`` and ``had no event`` the column is a term of the adverse events, and the value the least grade.
    With ``event between``, ``censored between`` and ``at risk at`` it is an endpoint, and the value two times, both
    included, or one, in ``unit`` (the endpoint's own unless given).
    """

    column: str
    op: FilterOp
    value: Scalar | tuple[Scalar, ...] | None = None
    unit: Unit | None = None

    @property
    def is_of_column(self) -> bool:
        """Whether it asks for a column of the patients, and not for an adverse event or the course of an endpoint."""
        return self.op not in (*EVENT_OPS, *OUTCOME_OPS)

    @model_validator(mode="after")
    def _value_fits(self) -> FilterSpec:
        if self.unit is not None and self.op not in OUTCOME_OPS:
            raise ValueError(f"'unit' goes with {', '.join(OUTCOME_OPS)} only")
        if self.op in OUTCOME_OPS:
            return self._times_fit()
        if self.op in EVENT_OPS:
            if self.value is not None and (isinstance(self.value, bool) or self.value not in (1, 2, 3, 4, 5)):
                raise ValueError(f"'{self.op}' takes a grade from 1 to 5, or no value")
            return self
        is_list = isinstance(self.value, tuple)
        if self.op in ("in", "not in") and not is_list:
            raise ValueError(f"'{self.op}' needs a list of values")
        if self.op in ("missing", "not missing"):
            if self.value is not None:
                raise ValueError(f"'{self.op}' takes no value")
        elif self.op not in ("in", "not in") and (is_list or self.value is None):
            raise ValueError(f"'{self.op}' needs one value")
        return self

    def _times_fit(self) -> FilterSpec:
        times = self.times
        if self.op == "at risk at":
            if isinstance(self.value, tuple) or len(times) != 1 or not 0 <= times[0] < math.inf:
                raise ValueError("'at risk at' needs one time, 0 or later")
        elif len(times) != 2 or not 0 <= times[0] <= times[1] < math.inf:
            raise ValueError(f"'{self.op}' needs two times, 0 or later, the earlier first")
        return self

    @property
    def times(self) -> tuple[float, ...]:
        """The times of a filter by an endpoint's course; empty where the value is something else."""
        values = self.value if isinstance(self.value, tuple) else (self.value,)
        return tuple(float(one) for one in values if isinstance(one, int | float) and not isinstance(one, bool))


class GroupSpec(Part):
    """The compared levels: values of a column renamed and merged, or a number cut.

    Attributes
    ----------
    column : str
    levels : dict of level to list of values, optional
        Order is kept. Values in no level are left out and counted. Without it every value is a level.
    reference : str, optional
        The level ratios are against; the first unless named.
    cut : list of numbers, optional
        Ascending cut-points of a numeric column. A value equal to a cut-point goes to the upper interval, unless the
        labels say otherwise: by a sign (">20", "<=20") or by a range that begins above it ("66-75" over a cut at 65).
    labels : list of str, optional
        One more than ``cut``; with ``where`` two: the rest, and those chosen.
    where : list of FilterSpec, optional
        Those for whom all hold are compared with the rest; ``column`` is then a new name. The rest is the reference
        unless named. A patient for whom that cannot be told is left out and counted.
    """

    column: str
    levels: dict[str, tuple[Scalar, ...]] | None = None
    reference: str | None = None
    cut: tuple[float, ...] | None = None
    labels: tuple[str, ...] | None = None
    where: tuple[FilterSpec, ...] | None = None

    @property
    def chosen_by(self) -> tuple[str, ...]:
        """Columns by which the patients of ``where`` are chosen: they tell the groups, and cannot be adjusted for."""
        return tuple(one.column for one in self.where or () if one.is_of_column)

    @model_validator(mode="after")
    def _levels_or_cut(self) -> GroupSpec:
        if self.levels is not None and self.cut is not None:
            raise ValueError("give either 'levels' or 'cut', not both")
        if self.where is not None and (self.levels is not None or self.cut is not None):
            raise ValueError("'where' goes without 'levels' and 'cut'")
        if self.labels is not None and self.cut is None and self.where is None:
            raise ValueError("'labels' needs 'cut', or 'where'")
        if self.levels is not None:
            self._check_levels(self.levels)
        if self.cut is not None:
            self._check_cut(self.cut)
        if self.where is not None:
            self._check_where(self.where)
        named = self.levels or self.labels or ((REST, CHOSEN) if self.where else None)
        if self.reference is not None and named is not None and self.reference not in named:
            raise ValueError(f"reference '{self.reference}' is not one of the levels {list(named)}")
        return self

    @staticmethod
    def _check_levels(levels: Mapping[str, tuple[Scalar, ...]]) -> None:
        seen: dict[str, str] = {}
        for level, values in levels.items():
            if not values:
                raise ValueError(f"level '{level}' has no values")
            for value in values:
                other = seen.setdefault(str(value), level)
                if other != level:
                    raise ValueError(f"value '{value}' is in two levels, '{other}' and '{level}'")

    def _check_where(self, where: tuple[FilterSpec, ...]) -> None:
        if not where:
            raise ValueError("'where' needs a filter")
        if self.labels is not None and len(set(self.labels)) != 2:
            raise ValueError("'labels' needs 2 different names: the rest, and those chosen")

    def _check_cut(self, cut: tuple[float, ...]) -> None:
        if not cut or any(b <= a for a, b in itertools.pairwise(cut)):
            raise ValueError("'cut' needs ascending numbers")
        if self.labels is not None and (len(self.labels) != len(cut) + 1 or len(set(self.labels)) != len(self.labels)):
            raise ValueError(f"'labels' needs {len(cut) + 1} different names, one more than 'cut'")
