"""What is put before the optimiser: complete rows, standardised covariates, and the columns that can be estimated.

Belongs here: preparing one fit. Does not belong here: reading columns (``design``), maximising (``newton``, ``firth``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.errors import TooFewEventsError
from core.regression import remarks
from core.regression.alike import alike
from core.regression.design import Design
from core.regression.exact import evaluate, refuse_if_endless
from core.regression.fading import CensoringTies, subdistribution_sets
from core.regression.likelihood import Likelihood
from core.regression.newton import estimable
from core.regression.risk_sets import RiskSets, risk_sets
from core.regression.scope import Scope, complete_rows
from core.spec import CoxTies
from core.timetoevent import BoolArray, FloatArray, IntArray, TimeToEvent

WILD = 20.0
SAMPLE = 500  # rows from which middles and widths are read
CELLS = 1 << 15  # numbers of a matrix that are worked on at once


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Problem(Scope):
    """A scope ready to be maximised.

    Attributes
    ----------
    risk_sets : RiskSets
        Of the n rows, or of fewer that stand for several each (``merge``).
    middle, scale : arrays, shape (n_kept,)
        What was taken from the kept covariates, and what they were then divided by: their standard units.
    X : array, shape (n_kept, m)
        In standard units, for the rows at risk, in the order of ``risk_sets``.
    at_null : Likelihood
        At zero, for the kept columns.
    """

    risk_sets: RiskSets
    middle: FloatArray
    scale: FloatArray
    X: FloatArray
    at_null: Likelihood

    def standard(self, rows: FloatArray) -> FloatArray:
        """Rows of the design's columns, shape (n, p), as the kept columns in standard units, shape (n_kept, n)."""
        return _standard(rows, self.kept, middle=self.middle, scale=self.scale)

    def linear_predictor(self, beta: FloatArray) -> FloatArray:
        """Of each of the n rows, shape (n,), for coefficients in standard units.

        Column by column, so that subjects with equal covariates get exactly equal scores.
        """
        order, matrix = self.risk_sets.order, self.design.matrix
        if order.size == matrix.shape[0] == self.risk_sets.n:
            score = np.empty(order.size)
            for rows in _blocks(*matrix.shape):
                score[order[rows]] = _weighed(beta, self.X[:, rows])
            return score
        blocks = _blocks(*matrix.shape)
        return np.concatenate([_weighed(beta, self.standard(matrix[rows])) for rows in blocks])


def prepare(
    data: TimeToEvent,
    design: Design,
    *,
    ties: CoxTies,
    strata: IntArray | None = None,
    cluster: IntArray | None = None,
    competing: BoolArray | None = None,
    censoring_ties: CensoringTies = "together",
    merge: bool = False,
) -> Problem:
    """Drop incomplete rows, lay out the risk sets, standardise, and set aside what cannot be estimated.

    With ``competing`` (flags, shape (n_rows,)) the risk sets are those of the subdistribution. With ``merge`` rows that
    are alike may be one row of ``risk_sets`` and ``X``: for those who need no row of their own for every subject.

    Raises
    ------
    TooFewEventsError
        If no rows are complete or none of them has an event while anybody is at risk.
    """
    data, strata, cluster = complete_rows(data, design, strata=strata, cluster=cluster)
    matrix = design.matrix
    if competing is None:
        merged = alike(data, design.matrix, strata) if merge else None
        if merged is None:
            sets = risk_sets(data, strata)
        else:
            matrix, sets = merged.matrix, risk_sets(merged.data, merged.strata, counted=True)
    elif data.n_events:
        data, sets = subdistribution_sets(data, competing[design.complete], ties=censoring_ties)
    if not data.n_events or sets.n_slots == 0:
        raise TooFewEventsError(
            remarks.no_event(data.n), hint="Choose another endpoint, or check which value means the event."
        )
    middle, scale, varies = _scales(design.matrix)
    columns = np.flatnonzero(varies)
    if ties == "exact":
        refuse_if_endless(sets, columns.size)
    X = _laid_out(matrix, sets.order, columns, middle=middle[columns], scale=scale[columns])
    at_null = evaluate(np.zeros(columns.size), X, sets, ties=ties)
    keep, determined_by = estimable(at_null.information, float(sets.event_weight.sum()))
    reasons = {int(j): remarks.constant(design, int(j)) for j in np.flatnonzero(~varies)}
    reasons |= {
        int(columns[j]): remarks.not_estimable(design, int(columns[j]), [int(columns[i]) for i in others])
        for j, others in determined_by.items()
    }
    if not keep.all():
        columns, X = columns[keep], X[keep]
        at_null = evaluate(np.zeros(columns.size), X, sets, ties=ties)
    return Problem(
        data=data,
        design=design,
        strata=strata,
        cluster=cluster,
        risk_sets=sets,
        ties=ties,
        middle=middle[columns],
        scale=scale[columns],
        kept=columns,
        reasons=reasons,
        X=X,
        at_null=at_null,
    )


def _laid_out(
    matrix: FloatArray, order: IntArray, columns: IntArray, *, middle: FloatArray, scale: FloatArray
) -> FloatArray:
    """Some rows and columns in standard units, one covariate after the other; only a block of rows is held twice."""
    X = np.empty((columns.size, order.size))
    for rows in _blocks(order.size, matrix.shape[1]):
        taken = matrix.take(order[rows], axis=0)
        if columns.size < matrix.shape[1]:
            taken = taken[:, columns]
        block = X[:, rows]
        np.subtract(taken.T, middle[:, None], out=block)
        block /= scale[:, None]
    return X


def _standard(rows: FloatArray, columns: IntArray, *, middle: FloatArray, scale: FloatArray) -> FloatArray:
    kept = rows.T.copy() if columns.size == rows.shape[1] else np.ascontiguousarray(rows[:, columns].T)
    kept -= middle[:, None]
    kept /= scale[:, None]
    return kept


def _weighed(beta: FloatArray, X: FloatArray) -> FloatArray:
    """Sum over the columns, shape (p, n), one after the other."""
    score = np.zeros(X.shape[1])
    for coefficient, values in zip(beta, X, strict=True):
        score += coefficient * values
    return score


def _blocks(n: int, n_columns: int) -> list[slice]:
    """Rows of a matrix by blocks that stay in the processor's cache."""
    most = CELLS // max(n_columns, 1)
    return [slice(start, min(start + most, n)) for start in range(0, n, most)]


def _scales(matrix: FloatArray) -> tuple[FloatArray, FloatArray, BoolArray]:
    """A middle and a width of each column, and whether it varies at all.

    The middle is a median and, beside a wild value, the width an interquartile range: measured by a width that one
    value has drawn out, all others would hardly differ and their information would pass for none.
    """
    n, p = matrix.shape
    mean, squares, largest = np.ones(n) @ matrix / n, np.zeros(p), np.zeros(p)
    for rows in _blocks(n, p):
        block = matrix[rows].T.copy()
        np.maximum(largest, np.maximum(block.max(axis=1), -block.min(axis=1)), out=largest)
        block -= mean[:, None]
        squares += np.einsum("ij,ij->i", block, block)
    deviation = np.sqrt(squares / n)
    varies = deviation > 1e-12 * largest
    sample = matrix[:: 1 + n // SAMPLE].T.copy()
    sample.sort(axis=1)
    low, middle, high = (sample[:, int(share * (sample.shape[1] - 1))] for share in (0.25, 0.5, 0.75))
    is_wild = (high > low) & (deviation > WILD * (high - low))
    return middle, np.where(is_wild, high - low, deviation), varies
