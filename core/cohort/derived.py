"""Variables derived from the columns of a cohort by published rules; units, words and missing values are said.

Belongs here: reading the inputs from columns, and the new column. Does not belong here: the rules (``derived_rules``),
what one input may look like (``derived_inputs``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from core.cohort.cohort import Column, Table
from core.cohort.derived_inputs import Input, UnitOf
from core.cohort.derived_rules import RULES, Rule, banded
from core.cohort.endpoints import row_number_array
from core.cohort.issues import IssueLog, counted, listed
from core.cohort.values import codes_of, format_number, numbers_of
from core.errors import SpecError
from core.spec import DerivedSpec, Scalar
from core.timetoevent import BoolArray, FloatArray


def with_derived(table: Table, asked: Mapping[str, DerivedSpec]) -> Table:
    """The table with its derived variables as further columns.

    Parameters
    ----------
    table : Table
        Of patients, typed.
    asked : dict of new column to DerivedSpec
        In order: a rule may read a column derived before it.

    Returns
    -------
    Table
        With issues ``derived`` (how, from what, for whom not), ``unit-unclear`` (not derived), ``unit-doubtful``,
        ``derived-implausible`` and ``derived-unread``.

    Raises
    ------
    SpecError
        If a rule, an input or a unit does not exist, an input has no column, or the new name is taken.
    MissingColumnError
        If a column is not in the table.
    """
    for name, spec in asked.items():
        table = _Derivation(table=table, name=name, spec=spec, log=IssueLog("patients")).added()
    return table


def rule_of(spec: DerivedSpec) -> Rule:
    """The rule a specification names."""
    if spec.rule not in RULES:
        raise SpecError.unknown_key(spec.rule, RULES, where="the rules of cohort.derived")
    return RULES[spec.rule]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Read:
    """One input, read: values in the rule's unit, NaN where missing, and how, in words."""

    values: FloatArray
    said: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Derivation:
    """Derives one variable."""

    table: Table
    name: str
    spec: DerivedSpec
    log: IssueLog

    def added(self) -> Table:
        rule = rule_of(self.spec)
        self._check(rule)
        read: dict[str, _Read] = {}
        for one in rule.inputs:
            found = self._input(one)
            if found is not None:
                read[one.name] = found
        unclear = [issue for issue in self.log.found if issue.code == "unit-unclear"]
        if unclear:
            return replace(self.table, issues=(*self.table.issues, *unclear))
        levels, compute = banded(rule, self.spec.cut)
        result = compute({name: one.values for name, one in read.items()})
        self._say(rule, read, result)
        return self._with_column(rule, levels, result)

    def _check(self, rule: Rule) -> None:
        if any(column.name == self.name for column in self.table.columns):
            raise SpecError(f"There is a column '{self.name}' already.", hint="Give the derived one another name.")
        known = [one.name for one in rule.inputs]
        for key in (*self.spec.inputs, *self.spec.units, *self.spec.assume):
            if key not in known:
                raise SpecError.unknown_key(key, known, where=f"cohort.derived.{self.name}")
        if self.spec.cut is not None and rule.cut is None:
            raise SpecError(f"The rule '{rule.key}' has no cut-points to choose.", hint="Leave 'cut' out.")

    def _input(self, one: Input) -> _Read | None:
        """An input from its column, or the same for everybody; None for an optional one that nobody gave."""
        if one.name in self.spec.assume:
            return self._assumed(one, self.spec.assume[one.name])
        column = self.spec.inputs.get(one.name)
        if column is None:
            if one.optional:
                return None
            hint = f"Name its column in 'inputs', or give one value for everybody in 'assume': '{one.name}'."
            raise SpecError(f"'{self.name}' needs {one.words}, and no column of it was named.", hint=hint)
        kind = self.table.column(column, needed_for=f"'{self.name}'").kind
        if kind == "empty":
            return _Read(values=np.full(self.table.n, np.nan), said=f"{one.words} from '{column}'")
        return self._ranks(one, column) if one.read is not None else self._numbers(one, column)

    def _assumed(self, one: Input, value: Scalar) -> _Read:
        rank = one.rank_of(str(value), has_zero=str(value) == "0") if one.read is not None else None
        number = rank if one.read is not None else None if isinstance(value, str) else float(value)
        if number is None:
            raise SpecError(f"'{value}' cannot be read as {one.words}, which '{self.name}' needs.")
        said = f"{one.words} taken as {_shown(value)} for every patient"
        return _Read(values=np.full(self.table.n, float(number)), said=said)

    def _ranks(self, one: Input, column: str) -> _Read:
        """A category, or its codes, as ranks."""
        codes, levels = codes_of(self.table, column)
        ranks = [one.rank_of(level, has_zero="0" in levels) for level in levels]
        unread = [level for level, rank in zip(levels, ranks, strict=True) if rank is None]
        if len(unread) == len(levels):
            raise SpecError(f"The values of '{column}' ({listed(levels)}) cannot be read as {one.words}.")
        by_code = np.array([*(np.nan if rank is None else rank for rank in ranks), np.nan])
        if unread:
            rows = row_number_array(self.table)[np.isin(codes, [levels.index(level) for level in unread])]
            self.log.add(
                "derived-unread", "warning",
                f"'{column}': {listed(unread)} cannot be read as {one.words}; '{self.name}' is missing there.",
                column=column, rows=rows.tolist(), remedy="Merge these values into one that is known, with 'clean'.",
            )  # fmt: skip
        return _Read(values=by_code[codes], said=f"{one.words} from '{column}'")

    def _numbers(self, one: Input, column: str) -> _Read:
        """A number in the unit of the rule."""
        numbers = numbers_of(self.table, column)
        if numbers is None or self.table.column(column).kind == "date":
            raise SpecError(
                f"'{column}', needed for '{self.name}', is not a number.", hint="Read it as a number, with 'clean'."
            )
        unit, why = self._unit(one, column, numbers)
        low, high = one.possible if unit is None else unit.possible
        strange = (numbers < low) | (numbers > high)
        if strange.any():
            self._say_strange(column, unit, strange)
        values = np.where(strange, np.nan, numbers) * (1.0 if unit is None else unit.factor)
        said = f"{one.words} from '{column}'" + (
            "" if unit is None or len(one.units) < 2 else f" in {unit.name} ({why})"
        )
        return _Read(values=values, said=said)

    def _unit(self, one: Input, column: str, numbers: FloatArray) -> tuple[UnitOf | None, str]:
        """The unit of a column, as said, by its name or by the range of its values; and why."""
        if not one.units:
            return None, ""
        by_range = one.unit_by_range(numbers)
        label = "" if self.table.raw is None else self.table.raw.labels.get(column, "")
        by_name = one.unit_named(column) or one.unit_named(label)
        asked = self.spec.units.get(one.name)
        if asked is not None:
            unit = one.unit(asked)
            if unit is None:
                names = ", ".join(known.name for known in one.units)
                raise SpecError(f"'{asked}' is no unit of {one.words} that is known.", hint=f"Known: {names}.")
            if by_range is not None and by_range != unit:
                self._say_unit("unit-doubtful", one, column, told=f"is said to be in {unit.name}", by_range=by_range)
            return unit, "as said"
        if by_name is not None and by_range is not None and by_name != by_range:
            self._say_unit("unit-unclear", one, column, told=f"is called {by_name.name}", by_range=by_range)
        if by_range is None and np.isfinite(numbers).any():
            self._say_unit("unit-doubtful", one, column, told=f"is read as {one.words}", by_range=None)
        if by_name is not None:
            return by_name, "by its name"
        return (by_range, "by its range") if by_range is not None else (one.units[0], "taken so")

    def _say_unit(self, code: str, one: Input, column: str, *, told: str, by_range: UnitOf | None) -> None:
        numbers = numbers_of(self.table, column)
        assert numbers is not None
        median = format_number(round(float(np.nanmedian(numbers)), 2))
        like = "are not what patients have" if by_range is None else f"look like {by_range.name}"
        refused = f"'{self.name}' was not derived: " if code == "unit-unclear" else f"'{self.name}': "
        self.log.add(
            code, "error" if code == "unit-unclear" else "warning",
            f"{refused}'{column}' {told}, but its values (median {median}) {like}.",
            column=column, remedy=f"Say the unit of {one.words} in 'units', or correct the column.",
        )  # fmt: skip

    def _say_strange(self, column: str, unit: UnitOf | None, strange: BoolArray) -> None:
        rows = row_number_array(self.table)[strange].tolist()
        inside = "" if unit is None else f" in {unit.name}"
        self.log.add(
            "derived-implausible", "warning",
            f"'{column}' has {counted(len(rows), 'cell')} that cannot be right{inside}; '{self.name}' is missing "
            "there.",
            column=column, rows=rows, remedy="Correct these cells, or convert those in another unit.",
        )  # fmt: skip

    def _say(self, rule: Rule, read: Mapping[str, _Read], result: FloatArray) -> None:
        """What was derived, from what and how, and for whom not."""
        missing = np.isnan(result)
        rows = row_number_array(self.table)[missing].tolist()
        message = f"'{self.name}' was derived: {rule.words}. Read: {'; '.join(one.said for one in read.values())}."
        left = [one.words for one in rule.inputs if one.name not in read]
        message += f" Without {left[0]}, of which there is no column." if left else ""
        if rows:
            lacking = {name: int(np.isnan(one.values).sum()) for name, one in read.items()}
            words = {one.name: one.words for one in rule.inputs}
            parts = ", ".join(f"{words[name]} {n}" for name, n in lacking.items() if n)
            message += f" Missing for {counted(len(rows), 'patient')} (without {parts})."
        self.log.add("derived", "info", message, column=self.name, rows=rows, remedy=f"Source: {rule.source}.")

    def _with_column(self, rule: Rule, levels: tuple[str, ...], result: FloatArray) -> Table:
        frame = self.table.frame.copy(deep=False)
        if levels:
            codes = np.where(np.isnan(result), -1, result).astype(np.int64)
            frame[self.name] = pd.Categorical.from_codes(codes.tolist(), categories=pd.Index(levels, dtype=object))
        else:
            frame[self.name] = result
        column = Column(
            name=self.name, kind="category" if levels else "number", role="covariate", confidence=1.0,
            reason=f"derived: {rule.words}",
        )  # fmt: skip
        issues = (*self.table.issues, *self.log.found)
        return replace(self.table, frame=frame, columns=(*self.table.columns, column), issues=issues, cache={})


def _shown(value: Scalar | None) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivable:
    """A variable that the columns of a table allow.

    Attributes
    ----------
    name : str
        Of the new column.
    spec : DerivedSpec
    rule : Rule
    says : str
        What it is read from, and what is assumed.
    """

    name: str
    spec: DerivedSpec
    rule: Rule
    says: str


def derivable(table: Table) -> tuple[Derivable, ...]:
    """The rules whose inputs have columns, in the order of the rules; what few columns hold may be assumed."""
    found: list[Derivable] = []
    for rule in RULES.values():
        inputs = {one.name: column for one in rule.inputs if (column := _column_of(table, one)) is not None}
        lacking = [one for one in rule.inputs if one.name not in inputs and not one.optional]
        if not inputs or any(one.assumed is None for one in lacking):
            continue
        assume = {one.name: one.assumed for one in lacking if one.assumed is not None}
        said = [f"{one.words} is {inputs[one.name]}" for one in rule.inputs if one.name in inputs]
        said += [f"{one.words} taken as {_shown(one.assumed)} for every patient" for one in lacking]
        spec = DerivedSpec(rule=rule.key, inputs=inputs, assume=assume, cut=rule.cut)
        found.append(Derivable(name=rule.label, spec=spec, rule=rule, says="; ".join(said)))
    return tuple(found)


def _column_of(table: Table, one: Input) -> str | None:
    """The first column that is called like an input and can be read as it."""
    for column in table.columns:
        if column.kind in ("empty", "date") or not one.is_called(column.name):
            continue
        if one.read is None and numbers_of(table, column.name) is not None:
            return column.name
        if one.read is not None:
            levels = codes_of(table, column.name)[1]
            if levels and all(one.rank_of(level, has_zero="0" in levels) is not None for level in levels):
                return column.name
    return None
