"""Multiple imputation by chained equations: completed tables of covariates.

Belongs here: which variables are imputed from which, rounds and chains, and what to check them by. Does not belong
here: the draw of one variable (``imputation_draws``), what is estimated from completed tables (``pooling``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.errors import SpecError, TooFewEventsError
from core.regression.design import Covariate, read_covariate
from core.regression.imputation_draws import drawn_levels, matched_numbers
from core.spec import ImputationSpec
from core.survival.event_table import event_table
from core.timetoevent import TIE_TOLERANCE, BoolArray, FloatArray, TimeToEvent, distinct_times
from core.work.progress import each, go_on

MOST_LEVELS = 12
FEWEST_KNOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ImputedVariable:
    """One variable with missing values.

    Attributes
    ----------
    name : str
    levels : tuple of str
        Of a category; none for a number.
    missing : bool array, shape (n,)
    observed : array, shape (n - k,)
        Known values; positions among the levels for a category.
    imputed : array, shape (m, k)
        In each completed table.
    trace_mean, trace_sd : array, shape (m, iterations)
        Of the imputed values after each round; of a category the mean position and its spread.
    """

    name: str
    levels: tuple[str, ...]
    missing: BoolArray
    observed: FloatArray
    imputed: FloatArray
    trace_mean: FloatArray
    trace_sd: FloatArray

    @property
    def n_missing(self) -> int:
        """Values imputed in each table."""
        return int(np.count_nonzero(self.missing))

    @property
    def observed_shares(self) -> FloatArray:
        """Share of each level among the known values, shape (levels,)."""
        return _shares(self.observed, len(self.levels))

    @property
    def imputed_shares(self) -> FloatArray:
        """Share of each level among the imputed values of all tables, shape (levels,)."""
        return _shares(self.imputed.ravel(), len(self.levels))

    @property
    def mixing(self) -> float:
        """Gelman and Rubin's scale reduction of the means over the later half of the rounds.

        Near 1 the chains tell the same; NaN with fewer than 4 rounds or values that do not vary.
        """
        chains = self.trace_mean[:, self.trace_mean.shape[1] // 2 :]
        length = chains.shape[1]
        if length < 2:
            return float("nan")
        within = float(chains.var(axis=1, ddof=1).mean())
        between = length * float(chains.mean(axis=1).var(ddof=1))
        if within <= 0:
            return float("nan")
        return float(np.sqrt(((length - 1) / length * within + between / length) / within))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Imputed:
    """Completed tables.

    Attributes
    ----------
    frame : DataFrame, n rows
        With its missing values.
    variables : tuple of ImputedVariable
        Those with missing values; empty where there are none.
    predictors : tuple of str
        All columns of the imputation models, beside the outcome.
    asked : ImputationSpec
    n_incomplete : int
        Patients with any missing value.
    """

    frame: pd.DataFrame
    variables: tuple[ImputedVariable, ...]
    predictors: tuple[str, ...]
    asked: ImputationSpec
    n_incomplete: int

    def completed(self, table: int) -> pd.DataFrame:
        """One completed table."""
        frame = self.frame.copy()
        for variable in self.variables:
            rows = np.flatnonzero(variable.missing)
            if variable.levels:
                codes = np.empty(len(frame), dtype=np.int64)
                codes[~variable.missing] = variable.observed
                codes[rows] = variable.imputed[table]
                frame[variable.name] = pd.Categorical.from_codes(codes, categories=list(variable.levels))  # type: ignore[arg-type]
            else:
                values = np.empty(len(frame))
                values[~variable.missing] = variable.observed
                values[rows] = variable.imputed[table]
                frame[variable.name] = values
        return frame


def impute(
    data: TimeToEvent,
    frame: pd.DataFrame,
    covariates: Sequence[str],
    *,
    asked: ImputationSpec,
    kinds: Mapping[str, str] | None = None,
    levels: Mapping[str, Sequence[str]] | None = None,
) -> Imputed:
    """Complete the covariates several times.

    Parameters
    ----------
    data : TimeToEvent, n patients
        The outcome, one row a patient: the event and Nelson and Aalen's cumulative hazard at the end of follow-up
        predict covariates as well.
    frame : DataFrame, n rows
    covariates : sequence of str
        All of them, whether or not values are missing.
    asked : ImputationSpec
    kinds, levels
        As ``build_design`` takes them.

    Returns
    -------
    Imputed

    Raises
    ------
    SpecError
        If a category has too many levels to be imputed.
    TooFewEventsError
        If fewer than 10 values of a variable are known.

    Notes
    -----
    As ``mice(data, method = c("pmm", "logreg", "polyreg"), m, maxit)`` with event and cumulative hazard among the
    predictors; variables with fewer missing values come first. Each table is a chain of its own, started from random
    known values, its random numbers depend on the seed and its position only.

    References
    ----------
    .. [1] White IR, Royston P. Stat Med 2009;28:1982-1998.
    .. [2] van Buuren S, Groothuis-Oudshoorn K. J Stat Softw 2011;45(3).
    """
    names = tuple(dict.fromkeys([*covariates, *asked.also]))
    read = [
        read_covariate(frame, name, kind=(kinds or {}).get(name), levels=(levels or {}).get(name)) for name in names
    ]
    parts = [_Part.of(covariate) for covariate in read]
    incomplete = sorted((part for part in parts if not part.known.all()), key=lambda part: int((~part.known).sum()))
    for part in incomplete:
        _refuse(part)
    chains = [
        _chain(parts, incomplete, _outcome(data), asked=asked, rng=np.random.default_rng([asked.seed, position]))
        for position in each(range(asked.sets if incomplete else 0), "imputing")
    ]
    known = np.logical_and.reduce([part.known for part in parts]) if parts else np.ones(data.n, dtype=np.bool_)
    return Imputed(
        frame=frame,
        variables=tuple(_variable(part, k, chains) for k, part in enumerate(incomplete)),
        predictors=names,
        asked=asked,
        n_incomplete=int(np.count_nonzero(~known)),
    )


@dataclass(slots=True, kw_only=True, eq=False)
class _Part:
    """One variable while a chain runs: its values (positions of levels), where they are known, its columns."""

    name: str
    values: FloatArray
    known: BoolArray
    levels: tuple[str, ...]

    @classmethod
    def of(cls, covariate: Covariate) -> _Part:
        if covariate.values is not None:
            return cls(name=covariate.name, values=covariate.values, known=covariate.present, levels=())
        assert covariate.codes is not None
        seen = np.unique(covariate.codes[covariate.codes >= 0])  # levels that nobody has are not imputed
        place = np.full(len(covariate.levels) + 1, -1)
        place[seen] = np.arange(seen.size)
        return cls(
            name=covariate.name,
            values=place[covariate.codes].astype(np.float64),
            known=covariate.present,
            levels=tuple(covariate.levels[i] for i in seen),
        )

    def columns(self, values: FloatArray) -> FloatArray:
        """As predictors, shape (n, columns)."""
        if not self.levels:
            return values[:, None]
        flags: FloatArray = (values[:, None] == np.arange(1, len(self.levels))).astype(np.float64)
        return flags


def _shares(codes: FloatArray, n_levels: int) -> FloatArray:
    counts = np.bincount(codes.astype(np.int64), minlength=n_levels)
    return np.asarray(counts / max(codes.size, 1), dtype=np.float64)


def _refuse(part: _Part) -> None:
    if len(part.levels) > MOST_LEVELS:
        raise SpecError(
            f"'{part.name}' has missing values and {len(part.levels)} levels: too many to be imputed.",
            hint="Put levels together, or leave the column out.",
        )
    n_known = int(np.count_nonzero(part.known))
    if n_known < FEWEST_KNOWN:
        raise TooFewEventsError(
            f"'{part.name}' is known in {n_known} patients only: too few to impute it in the others.",
            hint="Leave the column out.",
        )


def _outcome(data: TimeToEvent) -> FloatArray:
    """The event and Nelson and Aalen's cumulative hazard at the end of each patient's follow-up, shape (n, 2)."""
    table = event_table(data)
    at_risk = table.n_at_risk[0].astype(np.float64)
    steps = np.divide(table.n_events[0], at_risk, out=np.zeros_like(at_risk), where=at_risk > 0)
    times, position = distinct_times(data.time)
    last = np.searchsorted(table.time, times * (1 + TIE_TOLERANCE), side="right") - 1
    hazard = np.append(np.cumsum(steps), 0.0)[last[position]]
    return np.column_stack([data.event.astype(np.float64), hazard])


def _chain(
    parts: Sequence[_Part],
    incomplete: Sequence[_Part],
    outcome: FloatArray,
    *,
    asked: ImputationSpec,
    rng: np.random.Generator,
) -> tuple[list[FloatArray], FloatArray, FloatArray]:
    """One completed table: the imputed values of each incomplete variable, and their means and spreads by round."""
    current = {part.name: part.values.copy() for part in parts}
    for part in incomplete:
        gaps = ~part.known
        current[part.name][gaps] = rng.choice(part.values[part.known], int(gaps.sum()))
    # a single incomplete variable does not depend on what it was filled with
    rounds = asked.iterations if len(incomplete) > 1 else 1
    mean, spread = np.empty((2, len(incomplete), rounds))
    for turn in range(rounds):
        go_on()
        for k, part in enumerate(incomplete):
            others = [other.columns(current[other.name]) for other in parts if other is not part]
            predictors = np.column_stack([outcome, *others])
            if part.levels:
                codes = np.where(part.known, part.values, -1).astype(np.int64)
                new = drawn_levels(codes, len(part.levels), predictors, rng).astype(np.float64)
            else:
                new = matched_numbers(part.values, part.known, predictors, rng)
            current[part.name][~part.known] = new
            mean[k, turn], spread[k, turn] = new.mean(), new.std()
    return [current[part.name][~part.known] for part in incomplete], mean, spread


def _variable(
    part: _Part, position: int, chains: Sequence[tuple[list[FloatArray], FloatArray, FloatArray]]
) -> ImputedVariable:
    found = ImputedVariable(
        name=part.name,
        levels=part.levels,
        missing=~part.known,
        observed=part.values[part.known],
        imputed=np.stack([chain[0][position] for chain in chains]),
        trace_mean=np.stack([chain[1][position] for chain in chains]),
        trace_sd=np.stack([chain[2][position] for chain in chains]),
    )
    for array in (found.missing, found.observed, found.imputed, found.trace_mean, found.trace_sd):
        array.setflags(write=False)
    return found
