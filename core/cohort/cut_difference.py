"""Two cuts of the same data: which patients came, went or changed, and in what.

Patients are matched by identifier. What is reported of a patient is the number that the cohort itself uses; the text of
columns of free text is not quoted.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from core.cohort.cohort import Cohort, ColumnKind, Table
from core.cohort.endpoints import resolve_endpoint
from core.cohort.identifiers import identifier_key
from core.cohort.values import format_number
from core.errors import CohortError
from core.timetoevent import BoolArray, IntArray

Change: TypeAlias = Literal["level", "higher", "lower", "later", "earlier", "filled in", "emptied", "text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One kind of change in a column, and how many patients have it.

    Attributes
    ----------
    change : str
        ``level`` from ``before`` to ``after``; otherwise a direction (numbers ``higher``, ``lower``; dates ``later``,
        ``earlier``), ``filled in``, ``emptied``, or ``text``: another text.
    before, after : str or None
    n : int
    """

    change: Change
    n: int
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnChange:
    """Patients of both cuts for whom one column differs.

    Attributes
    ----------
    column : str
    patients : tuple of str
    transitions : tuple of Transition
        The most frequent first.
    """

    column: str
    patients: tuple[str, ...]
    transitions: tuple[Transition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointChange:
    """Patients who can be analysed and events of an endpoint; None where a cut does not have it.

    Attributes
    ----------
    n, n_events : tuple of (before, after)
    new, gone : int
        Of the patients of both cuts: with the event only after, only before.
    """

    endpoint: str
    n: tuple[int | None, int | None]
    n_events: tuple[int | None, int | None]
    new: int
    gone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CutDifference:
    """What differs between an earlier and a later cut.

    Attributes
    ----------
    names : tuple of (before, after)
        What the cohorts are called.
    n : tuple of (before, after)
        Rows.
    n_both : int
        Patients of both cuts, compared column by column.
    added, removed : tuple of str
    not_matched : tuple of (before, after)
        Rows without an identifier, or with one that several rows have: not compared.
    columns_added, columns_removed : tuple of str
    changed : tuple of ColumnChange
    n_changed : int
        Patients of both cuts with any change.
    endpoints : tuple of EndpointChange
    notes : tuple of str
    """

    names: tuple[str, str]
    n: tuple[int, int]
    n_both: int
    added: tuple[str, ...]
    removed: tuple[str, ...]
    not_matched: tuple[int, int]
    columns_added: tuple[str, ...]
    columns_removed: tuple[str, ...]
    changed: tuple[ColumnChange, ...]
    n_changed: int
    endpoints: tuple[EndpointChange, ...]
    notes: tuple[str, ...]


def cut_difference(old: Cohort, new: Cohort) -> CutDifference:
    """What differs between two cuts of the same data.

    Raises
    ------
    CohortError
        If the patients of the two cannot be told to be the same: no identifier, or none in common.
    """
    before, after = _keys(old, new, "earlier"), _keys(new, old, "later")
    at, to = _positions(before), _positions(after)
    both = [key for key in to if key in at]
    if not both:
        raise CohortError(
            "The two cuts have no patient in common: no identifier stands in both.",
            hint="Choose the column that numbers the patients in both cuts alike.",
        )
    rows = np.array([at[key] for key in both]), np.array([to[key] for key in both])
    own, theirs = _own(new.patients), _own(old.patients)
    labels = np.array([str(one) for one in new.patients.frame[own].to_numpy()[rows[1]]], dtype=object)
    columns = {column.name for column in old.patients.columns} - {theirs}
    notes = _notes(old, new)
    changed: list[ColumnChange] = []
    any_change = np.zeros(len(both), dtype=np.bool_)
    for column in new.patients.columns:
        if column.name not in columns or column.name == own or (notes and column.kind == "date"):
            continue
        differs, change = _change(old.patients, new.patients, column.name, rows, labels)
        any_change |= differs
        changed += [change] if change.patients else []
    return CutDifference(
        names=(old.name, new.name),
        n=(old.n, new.n),
        n_both=len(both),
        added=tuple(_label(new, own, row) for key, row in to.items() if key not in at),
        removed=tuple(_label(old, theirs, row) for key, row in at.items() if key not in to),
        not_matched=(old.n - len(at), new.n - len(to)),
        columns_added=_only_in(new, old),
        columns_removed=_only_in(old, new),
        changed=tuple(changed),
        n_changed=int(any_change.sum()),
        endpoints=_endpoints(old, new, rows),
        notes=notes,
    )


def _own(table: Table) -> str:
    name = table.with_role("patient_id")
    assert name is not None
    return name


def _keys(cohort: Cohort, other: Cohort, which: str) -> list[str | None]:
    """What names each patient in both cuts: the file's own identifiers where the cohort numbered its patients."""
    table = cohort.patients
    own = table.with_role("patient_id")
    if own is None:
        raise CohortError(
            f"The {which} cut has no column that names the patients, so the two cannot be compared.",
            hint="Say which column it is: role patient_id, on the page Load a cohort.",
        )
    cells = table.frame[own]
    if _is_numbered(cohort) or _is_numbered(other):
        if table.raw is None or other.patients.raw is None:
            raise CohortError(
                "The patients were numbered when they were loaded or saved, because their own identifiers could name "
                "them: such numbers are not the same in two cuts.",
                hint="Compare the data files instead of saved studies.",
            )
        cells = pd.Series(table.raw.cells_of(own))
    return [None if text is None else identifier_key(str(text)) for text in cells]


def _is_numbered(cohort: Cohort) -> bool:
    return any(issue.code == "patients-numbered" for issue in cohort.issues)


def _positions(keys: list[str | None]) -> dict[str, int]:
    """Row of each patient who has one row."""
    times = Counter(keys)
    return {key: row for row, key in enumerate(keys) if key is not None and times[key] == 1}


def _label(cohort: Cohort, own: str, row: int) -> str:
    return str(cohort.patients.frame[own].iloc[row])


def _notes(old: Cohort, new: Cohort) -> tuple[str, ...]:
    shifted = [any(issue.code == "dates-shifted" for issue in cohort.issues) for cohort in (old, new)]
    seeds = {cohort.spec.shift_dates for cohort in (old, new)}
    if not any(shifted) or (all(shifted) and len(seeds) == 1 and None not in seeds):
        return ()
    return ("Dates were shifted, and may not have been shifted alike in both cuts: they are not compared.",)


def _only_in(cohort: Cohort, other: Cohort) -> tuple[str, ...]:
    there = {column.name for column in other.patients.columns}
    return tuple(column.name for column in cohort.patients.columns if column.name not in there)


def _change(
    old: Table, new: Table, name: str, rows: tuple[IntArray, IntArray], labels: np.ndarray[Any, Any]
) -> tuple[BoolArray, ColumnChange]:
    """Which patients of both cuts differ in a column, and how."""
    kinds = {old.column(name).kind, new.column(name).kind} - {"empty"}
    kind: ColumnKind = kinds.pop() if len(kinds) == 1 else "category"  # read otherwise in the two: compared as written
    before, after = (_values(table, name, kind)[at] for table, at in zip((old, new), rows, strict=True))
    gone, came = pd.isna(after) & ~pd.isna(before), pd.isna(before) & ~pd.isna(after)
    differs = np.asarray(gone | came | (~pd.isna(before) & ~pd.isna(after) & (before != after)), dtype=np.bool_)
    counted: Counter[tuple[Change, str | None, str | None]] = Counter()
    for one, other in zip(before[differs], after[differs], strict=True):
        counted[_kind_of_change(one, other, kind)] += 1
    transitions = [
        Transition(change=change, before=one, after=other, n=n) for (change, one, other), n in counted.most_common()
    ]
    patients = tuple(labels[differs].tolist())
    return differs, ColumnChange(column=name, patients=patients, transitions=tuple(transitions))


def _values(table: Table, name: str, kind: ColumnKind) -> np.ndarray[Any, Any]:
    """A column as values that can be compared across cuts; missing is None, NaN or NaT."""
    series = table.frame[name]
    if kind in ("number", "date") or table.column(name).kind == "empty":
        return series.to_numpy(dtype=object)
    if table.column(name).kind == "number":
        return np.array([None if pd.isna(one) else format_number(one) for one in series], dtype=object)
    if table.column(name).kind == "date":
        return np.array([None if pd.isna(one) else f"{one:%Y-%m-%d}" for one in series], dtype=object)
    return np.array([None if pd.isna(one) else str(one) for one in series], dtype=object)


def _kind_of_change(before: Any, after: Any, kind: ColumnKind) -> tuple[Change, str | None, str | None]:
    if kind == "category":
        return "level", None if pd.isna(before) else before, None if pd.isna(after) else after
    if pd.isna(before) or pd.isna(after):
        return ("emptied" if pd.isna(after) else "filled in"), None, None
    if kind == "text":
        return "text", None, None
    up: tuple[Change, Change] = ("later", "earlier") if kind == "date" else ("higher", "lower")
    return up[0] if after > before else up[1], None, None


def _endpoints(old: Cohort, new: Cohort, rows: tuple[IntArray, IntArray]) -> tuple[EndpointChange, ...]:
    found: list[EndpointChange] = []
    for name in dict.fromkeys((*new.spec.endpoints, *old.spec.endpoints)):
        events = [_events(cohort, name) for cohort in (old, new)]
        before, after = (None if one is None else one[1][at] for one, at in zip(events, rows, strict=True))
        both = before is not None and after is not None
        found.append(
            EndpointChange(
                endpoint=name,
                n=(_count(events[0], 0), _count(events[1], 0)),
                n_events=(_count(events[0], 1), _count(events[1], 1)),
                new=int(np.count_nonzero(after & ~before)) if both else 0,  # type: ignore[operator]
                gone=int(np.count_nonzero(before & ~after)) if both else 0,  # type: ignore[operator]
            )
        )
    return tuple(found)


def _events(cohort: Cohort, name: str) -> tuple[BoolArray, BoolArray] | None:
    """Who can be analysed, and who of them had the event; None where the cohort does not have the endpoint."""
    spec = cohort.spec.endpoints.get(name)
    if spec is None:
        return None
    try:
        endpoint = resolve_endpoint(cohort.patients, name, spec)
    except CohortError:
        return None
    return endpoint.usable, endpoint.usable & endpoint.event


def _count(found: tuple[BoolArray, BoolArray] | None, which: int) -> int | None:
    return None if found is None else int(np.count_nonzero(found[which]))
