"""Cox models of patients in a few cells (group by level), from counts alone.

Belongs here: the largest likelihood when covariates are the same within each cell. Does not belong here: any other
covariate (``newton``), what the cells are (``subgroup``).
"""

from __future__ import annotations

import numpy as np

from core.regression.newton import estimable
from core.regression.two_groups import tied_layers
from core.spec import Ties
from core.timetoevent import FloatArray, IntArray

MAX_ITERATIONS = 100
MAX_HALVINGS = 30
CONVERGED = 1e-13  # Newton decrement; where the likelihood rises without limit what it may still gain is as small
FLAT = 1e-14


class CellModel:
    """Counts of the cells, and the likelihood of coefficients that act on them.

    Parameters
    ----------
    n_at_risk, n_events : int arrays, shape (c, k)
        Per cell and time.
    ties : {'efron', 'breslow'}
    """

    def __init__(self, n_at_risk: IntArray, n_events: IntArray, *, ties: Ties) -> None:
        time, fraction = tied_layers(n_events.sum(axis=0), ties)
        self._present = n_at_risk[:, time] - fraction * n_events[:, time]
        self._observed = n_events.sum(axis=1).astype(np.float64)

    def log_likelihood(self, Z: FloatArray) -> tuple[float, int]:
        """The largest log likelihood with log hazards ``Z b``, Z of shape (c, p), and how many of b it can estimate."""
        value, gradient, information = self._at(np.zeros(Z.shape[1]), Z)
        size = float(self._observed.sum())
        Z = Z[:, estimable(information, size)[0]]
        beta = np.zeros(Z.shape[1])
        for _ in range(MAX_ITERATIONS):
            value, gradient, information = self._at(beta, Z)
            values, vectors = np.linalg.eigh(information)
            has_any = values > FLAT * size
            step = vectors[:, has_any] @ ((vectors[:, has_any].T @ gradient) / values[has_any])
            if gradient @ step < CONVERGED:
                break
            for halving in range(MAX_HALVINGS):
                moved = self._value(beta + step / 2**halving, Z)
                if moved >= value:
                    beta = beta + step / 2**halving
                    break
            else:
                break
        return value, Z.shape[1]

    def _value(self, beta: FloatArray, Z: FloatArray) -> float:
        eta = Z @ beta
        return float(self._observed @ eta - np.log(np.exp(eta) @ self._present).sum())

    def _at(self, beta: FloatArray, Z: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        eta = Z @ beta
        share = np.exp(eta)[:, None] * self._present
        total = share.sum(axis=0)
        share /= total
        expected = share.sum(axis=1)
        information = Z.T @ (np.diag(expected) - share @ share.T) @ Z
        value = float(self._observed @ eta - np.log(total).sum())
        return value, Z.T @ (self._observed - expected), (information + information.T) / 2
