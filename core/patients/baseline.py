"""Table 1: what the patients of each group were like.

Belongs here: summaries per variable and group, with the test and the standardised difference of each. Does not belong
here: the tests (``association``), how a cell is printed (``core.reporting``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.cohort.cohort import ColumnKind
from core.cohort.issues import counted
from core.errors import MissingColumnError
from core.patients.association import CATEGORY_RULE, NUMBER_RULES, RANK_TESTS, Association
from core.patients.choice import (
    BaselineOptions,
    columns_in_order,
    compared_levels,
    compared_numbers,
    fitting,
    known_names,
)
from core.patients.imbalance import RANK_RULE, RULE, largest_difference, largest_difference_of_levels
from core.patients.summary import (
    BaselineRow,
    LevelCount,
    NumberSummary,
    level_row,
    levels_in,
    number_summary,
    yes_level,
)
from core.patients.trend import TREND_RULE, TREND_TESTS, order_words
from core.timetoevent import IntArray

__all__ = ["BaselineRow", "BaselineTable", "BaselineVariable", "LevelCount", "NumberSummary", "baseline_table"]

MAX_LEVELS = 30
NAN = float("nan")
_DEFAULT = BaselineOptions()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BaselineVariable:
    """One variable.

    Attributes
    ----------
    variable : str
    type : {'number', 'category'}
    test : str or None
        Name of the test; None when nothing is compared.
    statistic, p_value : float
        NaN without a test, or where it is not defined.
    df : tuple of float
    smd : float
        Standardised difference, not negative; the largest pair with more than two groups. Of the ranks where the
        test is one of ranks.
    rows : tuple of BaselineRow
        One for a number, one per level for a category.
    missing : int array, shape (g,)
        Patients of each group without a value.
    heading : str or None
        What a column of yes and no stands under, with others; its only row is then that of yes.
    notes : tuple of str
    """

    variable: str
    type: Literal["number", "category"]
    test: str | None
    statistic: float
    df: tuple[float, ...]
    p_value: float
    smd: float
    rows: tuple[BaselineRow, ...]
    missing: IntArray
    heading: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BaselineTable:
    """Table 1.

    Attributes
    ----------
    levels : tuple of str
    n : int array, shape (g,)
        Patients of each group.
    variables : tuple of BaselineVariable
    percent_of : {'known', 'all'}
        What percentages are of: patients with a known value, or all.
    percent : {'column', 'row'}
        Whether they are of the group, or of the row: how the patients of a level divide into the groups.
    notes : tuple of str
        The rules that chose the tests, then what concerns single variables.
    """

    levels: tuple[str, ...]
    n: IntArray
    variables: tuple[BaselineVariable, ...]
    percent_of: Literal["known", "all"]
    percent: Literal["column", "row"] = "column"
    notes: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """One row per variable, level and group, numbers unrounded."""
        records = [
            {"variable": item.variable, "type": item.type, "level": row.level, "group": level}
            | {name: getattr(cell, name) for name in cell.__slots__}
            | {"missing": int(missing), "test": item.test, "p_value": item.p_value, "smd": item.smd}
            for item in self.variables
            for row in item.rows
            for level, cell, missing in zip(self.levels, row.groups, item.missing, strict=True)
        ]
        return pd.DataFrame.from_records(records)


def baseline_table(
    frame: pd.DataFrame,
    variables: Sequence[str],
    kinds: Mapping[str, ColumnKind],
    codes: npt.ArrayLike,
    levels: Sequence[str],
    *,
    orders: Mapping[str, Sequence[str]] | None = None,
    options: BaselineOptions = _DEFAULT,
) -> BaselineTable:
    """Describe the variables by group and compare the groups.

    Parameters
    ----------
    frame : DataFrame, n rows
    variables : sequence of str
        Columns, in the order of the table.
    kinds : mapping of column to 'number', 'category', 'text', 'date' or 'empty'
        What each column is; a column not in it is a number if its dtype is.
    codes : int array, shape (n,)
        Position of each patient's group in ``levels``; -1 leaves the patient out.
    levels : sequence of str
        One level means that nothing is compared.
    orders : mapping of column to levels, optional
        Order of a category's rows; levels named here are shown even without patients. Else the column's own
        (categorical) or natural order.
    options : BaselineOptions
        Tests, percentages, and what stands under one heading.

    Returns
    -------
    BaselineTable

    Raises
    ------
    MissingColumnError
        If a variable is not a column of ``frame``.
    SpecError
        If a test does not suit its variable, or a column of ``multiple`` holds no yes.

    Notes
    -----
    Summaries are R's ``mean``, ``sd`` and ``quantile`` (type 7) of the known values. Dates are left out with a note.
    """
    code = np.asarray(codes, dtype=np.int64)
    kept = code >= 0
    order = columns_in_order(variables, options.multiple)
    known_names(list(options.tests), [name for name, _ in order])
    table = _Groups(code[kept], levels, options)
    described: list[BaselineVariable] = []
    notes: list[str] = []
    for name, heading in order:
        if name not in frame.columns:
            raise MissingColumnError.from_available(name, list(map(str, frame.columns)), needed_for="Table 1")
        column = frame[name][kept]
        kind = kinds.get(name) or ("number" if column.dtype.kind in "iuf" else "category")
        if heading is None and (kind == "date" or column.dtype.kind == "M"):
            notes.append(f"'{name}' is a date: not summarised.")
        elif heading is None and kind == "number":
            described.append(table.number(name, column))
        else:
            described.append(table.category(name, column, (orders or {}).get(name), heading=heading))
    notes += [f"{item.variable}: {note}." for item in described for note in item.notes]
    table.sizes.setflags(write=False)
    return BaselineTable(
        levels=tuple(levels),
        n=table.sizes,
        variables=tuple(described),
        percent_of=options.percent_of,
        percent=options.percent,
        notes=(*_rules(described, len(levels), options), *notes),
    )


def _rules(described: Sequence[BaselineVariable], n_levels: int, options: BaselineOptions) -> list[str]:
    """What chose the tests, for the kinds of variables there are."""
    if n_levels < 2:
        return []
    by_rule = {item.type for item in described if options.tests.get(item.variable, "auto") == "auto"}
    rules = [CATEGORY_RULE] if "category" in by_rule else []
    if "number" in by_rule:
        rules.append(NUMBER_RULES[options.number_test])
    if any(item.test in TREND_TESTS for item in described):
        rules.append(TREND_RULE)
    if rules and any(item.test and options.tests.get(item.variable, "auto") != "auto" for item in described):
        rules.append("Single tests were chosen by hand; each row names its own.")
    largest = "; the largest among the pairs of groups" if n_levels > 2 else ""
    ranks = RANK_RULE if any(item.test in RANK_TESTS for item in described) else ""
    return [*rules, f"{RULE}{ranks}{largest}."] if described else []


class _Groups:
    """The groups of one table: describes a column in each of them."""

    def __init__(self, codes: IntArray, levels: Sequence[str], options: BaselineOptions) -> None:
        self.codes = codes
        self.levels = levels
        self.n_levels = len(levels)
        self.options = options
        self.sizes = np.bincount(codes, minlength=len(levels))

    def number(self, name: str, column: pd.Series[Any]) -> BaselineVariable:
        """Summaries of a number; what cannot be read as one is missing and noted."""
        values = pd.to_numeric(column, errors="coerce").to_numpy(np.float64)
        known = np.isfinite(values)
        lost = int((~known & column.notna().to_numpy()).sum())
        notes = [f"{counted(lost, 'value')} not a number: counted as missing"] if lost else []
        groups = [np.sort(values[known & (self.codes == level)]) for level in range(self.n_levels)]
        row = BaselineRow(
            level=None, groups=tuple(map(number_summary, groups)), total=number_summary(np.sort(np.concatenate(groups)))
        )
        missing = np.bincount(self.codes[~known], minlength=self.n_levels)
        asked = fitting(name, self.options.tests.get(name, "auto"), number=True)
        tested = compared_numbers(groups, asked=asked, rule=self.options.number_test) if self.n_levels > 1 else None
        smd = largest_difference(groups, of_ranks=tested is not None and tested.test in RANK_TESTS)
        return self._variable(name, "number", (row,), missing, tested=tested, smd=smd, notes=notes)

    def category(
        self, name: str, column: pd.Series[Any], order: Sequence[str] | None, *, heading: str | None
    ) -> BaselineVariable:
        """Counts of each level of a category; under a heading only of yes."""
        place, names = levels_in(column, order)
        missing = np.bincount(self.codes[place < 0], minlength=self.n_levels)
        if order is None and len(names) > MAX_LEVELS and heading is None:
            notes = [f"{len(names)} different values: not summarised"]
            return self._variable(name, "category", (), missing, tested=None, smd=NAN, notes=notes)
        flat = place[place >= 0] * self.n_levels + self.codes[place >= 0]
        counts = np.bincount(flat, minlength=len(names) * self.n_levels).reshape(len(names), self.n_levels)
        of = self.sizes if self.options.percent_of == "all" else self.sizes - missing
        shown = range(len(names)) if heading is None else [yes_level(name, names)]
        rows = tuple(level_row(names[i], counts[i], of, across=self.options.percent == "row") for i in shown)
        asked = fitting(name, self.options.tests.get(name, "auto"), number=False)
        tested = compared_levels(counts, asked=asked) if self.n_levels > 1 else None
        smd = largest_difference_of_levels(counts)
        notes = [order_words(names, self.levels)] if tested and tested.test in TREND_TESTS else []
        return self._variable(name, "category", rows, missing, tested=tested, smd=smd, notes=notes, heading=heading)

    def _variable(
        self,
        name: str,
        kind: Literal["number", "category"],
        rows: tuple[BaselineRow, ...],
        missing: IntArray,
        *,
        tested: Association | None,
        smd: float,
        notes: list[str],
        heading: str | None = None,
    ) -> BaselineVariable:
        missing.setflags(write=False)
        return BaselineVariable(
            variable=name,
            type=kind,
            test=tested.test if tested else None,
            statistic=tested.statistic if tested else NAN,
            df=tested.df if tested else (),
            p_value=tested.p_value if tested else NAN,
            smd=smd,
            rows=rows,
            missing=missing,
            heading=heading,
            notes=(*notes, tested.note) if tested and tested.note else tuple(notes),
        )
