"""From a column to a grouping: which columns can group, and the levels they start with."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

import pandas as pd

from core.cohort.assemble import READ_AS_EVENTS
from core.cohort.cohort import Cohort, Column
from core.cohort.endpoint_names import is_outcome
from core.cohort.select import levels_of
from core.cohort.spellings import same_levels
from core.cohort.values import YES, as_number, natural_order
from core.reporting.labels import NO, column_label, level_label
from core.spec import GroupSpec

MOST_LEVELS = 12
_SHORT_NAME = 24  # letters; a longer name of a column is no beginning of a level
_DECIMAL_COMMA = re.compile(r"\d+,\d+")
MOST_CHOICES = 60
NOT_GROUPS = frozenset({"patient_id", "time", "event", "entry", "date", "ae_patient_id"})


def candidates(cohort: Cohort) -> tuple[str, ...]:
    """Columns that can group the patients: recognised groups first, other categories, numbers, outcomes last."""
    known: tuple[str, ...] | None = cohort.patients.cache.get(("group candidates", cohort.spec.model_dump_json()))
    if known is not None:
        return known
    times = {name for endpoint in cohort.spec.endpoints.values() for name in endpoint.columns}
    ranked: list[tuple[int, str]] = []
    for column in cohort.patients.columns:
        if column.name in times or column.role in NOT_GROUPS or column.kind not in ("category", "number"):
            continue
        if column.reason == READ_AS_EVENTS:  # they came after time zero
            continue
        values = cohort.patients.frame[column.name]
        distinct = int(values.nunique())
        if distinct < 2 or (column.kind == "category" and distinct > MOST_LEVELS):
            continue
        ranked.append((_rank(column), column.name))
    found = tuple(name for _, name in sorted(ranked, key=lambda pair: pair[0]))
    cohort.patients.cache[("group candidates", cohort.spec.model_dump_json())] = found
    return found


def _rank(column: Column) -> int:
    if column.role == "group":
        return 0
    return 3 if is_outcome(column.name) else 1 if column.kind == "category" else 2


def group_label(column: str) -> str:
    """A column in the menu of groups; one that is the time or event of an endpoint is marked."""
    return f"{column_label(column)} (an outcome)" if is_outcome(column) else column_label(column)


def filterable(cohort: Cohort) -> tuple[str, ...]:
    """Columns that can filter: numbers and categories, never the patient's identifier (it would stand in the URL)."""
    known: tuple[str, ...] | None = cohort.patients.cache.get("filterable")
    if known is None:
        known = tuple(column.name for column in cohort.patients.columns if _can_filter(cohort, column))
        cohort.patients.cache["filterable"] = known
    return known


def _can_filter(cohort: Cohort, column: Column) -> bool:
    if column.kind not in ("number", "category") or column.role in NOT_GROUPS:
        return False
    return column.kind == "number" or int(cohort.patients.frame[column.name].nunique()) <= MOST_CHOICES


def default_group(cohort: Cohort) -> GroupSpec | None:
    """The grouping an uploaded cohort starts with: its first column of treatments, else its first recognised group."""
    groups = [column for column in cohort.patients.columns if column.role == "group"]
    chosen = [column.name for column in sorted(groups, key=lambda one: one.confidence, reverse=True)]
    return next((start_group(cohort, name) for name in chosen if name in candidates(cohort)), None)


def start_group(cohort: Cohort, column: str) -> GroupSpec:
    """Levels a column starts with: yes and no in words, a number cut at its median, spellings of one level as one.

    Codes say whose codes they are ("ECOG 1"); anything else stays as it is.
    """
    if cohort.patients.column(column).kind == "number":
        return GroupSpec(column=column, cut=(median_cut(cohort, column),))
    values = levels_of(cohort.patients, column)
    folded = {value.casefold() for value in values}
    if len(values) == 2 and folded & YES and folded & NO:
        levels = {level_label(column, value): (value,) for value in values}
        if len(levels) == 2:
            return GroupSpec(column=column, levels=levels)
    named = _named(cohort, column, values)
    return GroupSpec(column=column, levels=None if list(named) == list(values) else named)


def _named(cohort: Cohort, column: str, values: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Level as shown to its values: spellings merged ("MWA", "mwa"), bare codes with the name of their column."""
    label = column_label(column)
    if len(values) > 1 and len(label) <= _SHORT_NAME and all(as_number(value) is not None for value in values):
        return {f"{label} {value}": (value,) for value in values}
    counts = cohort.patients.frame[column].astype("string").str.strip().value_counts()
    merged = same_levels(values, {value: int(counts.get(value, 0)) for value in values}, column=column)
    if not merged:
        return {value: (value,) for value in values}
    level_of = {value: level for level, others in merged.items() for value in others}
    levels = natural_order(level_of.get(value, value) for value in values)
    return {level: tuple(value for value in values if level_of.get(value, value) == level) for level in levels}


def median_cut(cohort: Cohort, column: str) -> float:
    """A cut-point at the median, at a whole number where the values are whole."""
    values = pd.to_numeric(cohort.patients.frame[column], errors="coerce").dropna()
    median = float(values.median())
    cut = math.ceil(median) if (values % 1 == 0).all() else round(median, 2)
    return float(cut) if (values < cut).any() else float(values.loc[values > values.min()].min())


def merged_levels(rows: Sequence[Mapping[str, object]]) -> dict[str, tuple[str, ...]]:
    """Levels from the editor's rows (value, shown as, order): equal names merge, an empty name leaves the value out."""
    ordered = sorted(rows, key=lambda row: _order(row.get("order")))
    levels: dict[str, tuple[str, ...]] = {}
    for row in ordered:
        name = str(row.get("shown") or "").strip()
        if name:
            levels[name] = (*levels.get(name, ()), str(row["value"]))
    return levels


def _order(value: object) -> float:
    return float(value) if isinstance(value, int | float) and not math.isnan(value) else math.inf


def cut_points(text: str) -> tuple[float, ...] | None:
    """Numbers typed by a person, ascending; None where it is not numbers.

    A comma separates ("6,12" is two numbers) unless something else does: in "2,5; 7,5" and "2,5 7,5" it is the decimal.
    """
    parts = [part for part in (text.split(";") if ";" in text else text.split()) if part.strip()]
    decimal = ";" in text or (len(parts) > 1 and all(_DECIMAL_COMMA.fullmatch(part) for part in parts))
    if not decimal:
        parts = [part for part in re.split(r"[,\s]+", text) if part]
    try:
        numbers = sorted({float(part.strip().replace(",", ".")) for part in parts})
    except ValueError:
        return None
    return tuple(numbers) if numbers and all(map(math.isfinite, numbers)) else None
