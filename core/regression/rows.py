"""The rows of a regression: who has everything but the covariates, and how many lack what.

Belongs here: reading strata, weights and clusters from columns, and the note on who was left out. Does not belong here:
covariates (``design``), fitting (``cox``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from core.errors import MissingColumnError
from core.regression import remarks
from core.regression.design import Design, category_codes
from core.timetoevent import BoolArray, FloatArray, IntArray, TimeToEvent


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RegressionRows:
    """The rows with everything but the covariates.

    Attributes
    ----------
    data : TimeToEvent
    frame : DataFrame
        The same rows in the same order.
    strata, cluster : int arrays, shape (n,), or None
        Codes.
    kept : bool array, shape (n_given,)
        Which of the given rows they are.
    n_given : int
        Patients given, by default one per row.
    missing : dict of column to int
        Given patients without a value, per stratification, weight and cluster column.
    patient : int array, shape (n,), or None
        Whose row each is, where patients have several.
    """

    data: TimeToEvent
    frame: pd.DataFrame
    strata: IntArray | None
    cluster: IntArray | None
    kept: BoolArray
    n_given: int
    missing: dict[str, int]
    patient: IntArray | None = None

    @property
    def n_patients(self) -> int:
        """Patients among the kept rows."""
        return _n_patients(np.ones(self.data.n, dtype=np.bool_), self.patient)


def regression_rows(
    data: TimeToEvent,
    frame: pd.DataFrame,
    *,
    strata: Sequence[str] = (),
    weights: str | None = None,
    cluster: str | None = None,
    patient: IntArray | None = None,
) -> RegressionRows:
    """Leave out, and count, the rows without stratum, weight or cluster; ``patient``, (n,), says whose row each is."""
    if len(frame) != data.n:
        raise ValueError(f"the frame has {len(frame)} rows, the data {data.n}")
    codes = {name: _codes(frame, name, needed_for="stratification") for name in strata}
    present: dict[str, BoolArray] = {name: found >= 0 for name, found in codes.items()}
    clusters = None if cluster is None else _codes(frame, cluster, needed_for="clusters")
    if clusters is not None and cluster is not None:
        present[cluster] = clusters >= 0
    weight = None if weights is None else _weights(frame, weights)
    if weight is not None and weights is not None:
        present[weights] = ~np.isnan(weight)
    keep = np.logical_and.reduce([*present.values(), np.ones(data.n, dtype=np.bool_)])
    if weight is not None:
        data = replace(data, weights=np.where(np.isnan(weight), 1.0, weight))
    stacked = np.column_stack(list(codes.values()))[keep] if codes else None
    return RegressionRows(
        data=data if keep.all() else data.subset(keep),
        frame=frame if keep.all() else frame.iloc[np.flatnonzero(keep)],
        strata=None if stacked is None else np.unique(stacked, axis=0, return_inverse=True)[1].reshape(-1),
        cluster=None if clusters is None else clusters[keep],
        kept=keep,
        n_given=_n_patients(np.ones(keep.size, dtype=np.bool_), patient),
        missing={name: _n_patients(~there, patient) for name, there in present.items()},
        patient=None if patient is None else patient[keep],
    )


def _n_patients(rows: BoolArray, patient: IntArray | None) -> int:
    """Patients with any of the rows of a mask."""
    return int(np.count_nonzero(rows)) if patient is None else int(np.unique(patient[rows]).size)


def missing_patients(frame: pd.DataFrame, missing: Mapping[str, int], patient: IntArray | None) -> dict[str, int]:
    """Patients, not rows, without a value of each column; ``missing`` counts rows, ``patient`` says whose each is."""
    if patient is None:
        return dict(missing)
    return {
        name: _n_patients(frame[name].isna().to_numpy(), patient) if n and name in frame else n
        for name, n in missing.items()
    }


def _codes(frame: pd.DataFrame, column: str, *, needed_for: str) -> IntArray:
    return category_codes(_column(frame, column, needed_for=needed_for))[0]


def _weights(frame: pd.DataFrame, column: str) -> FloatArray:
    series = pd.to_numeric(_column(frame, column, needed_for="case weights"), errors="coerce")
    return np.asarray(series.to_numpy(dtype=np.float64, na_value=np.nan), dtype=np.float64)


def _column(frame: pd.DataFrame, column: str, *, needed_for: str) -> pd.Series[Any]:
    if column not in frame.columns:
        raise MissingColumnError.from_available(column, [str(name) for name in frame.columns], needed_for=needed_for)
    return frame[column]


def with_missing(notes: Sequence[str], design: Design, rows: RegressionRows) -> tuple[str, ...]:
    """The notes of a model, the one on missing values counting from the patients that were given."""
    said = remarks.missing(design.n_missing, design.complete.size, design.missing)
    here = missing_patients(rows.frame, design.missing, rows.patient)
    # rows already reduced to those complete in every covariate know of the values missing before
    counted = {**rows.missing, **{name: max(n, rows.missing.get(name, 0)) for name, n in here.items()}}
    now = remarks.missing(rows.n_given - design.n_patients, rows.n_given, counted)
    partly = _partly_missing(design, rows)
    rest = [note for note in notes if note != said]
    return (*([now] if now else []), *partly, *rest)


def _partly_missing(design: Design, rows: RegressionRows) -> list[str]:
    """Rows without a value of patients whose other rows stay."""
    if rows.patient is None or design.patient is None:
        return []
    gone = ~design.complete & np.isin(rows.patient, design.patient)
    return [remarks.partly_missing(int(gone.sum()), int(np.unique(rows.patient[gone]).size))] if gone.any() else []
