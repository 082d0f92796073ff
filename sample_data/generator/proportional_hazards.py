"""Cox regression for the search: Breslow's likelihood by Newton steps, Wald p-values."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]


def wald_p_values(time: Floats, event: Floats, matrix: Floats) -> list[float]:
    """Two-sided Wald p-value of every column of ``matrix`` in one model."""
    order = np.argsort(-time, kind="stable")
    ordered, died, x = time[order], event[order].astype(bool), matrix[order] - matrix.mean(axis=0)
    # The risk set of a subject is everyone up to the last position with the same time.
    last = np.searchsorted(-ordered, -ordered, side="right") - 1
    beta = np.zeros(x.shape[1])
    information = np.eye(x.shape[1])
    for _ in range(12):
        risk = np.exp(x @ beta)
        total = np.cumsum(risk)[last][died]
        first = np.cumsum(risk[:, None] * x, axis=0)[last][died] / total[:, None]
        products = np.einsum("ni,nj->nij", x, x) * risk[:, None, None]
        second = np.cumsum(products, axis=0)[last][died] / total[:, None, None]
        score = (x[died] - first).sum(axis=0)
        information = (second - np.einsum("ni,nj->nij", first, first)).sum(axis=0)
        step = np.linalg.solve(information, score)
        beta += step
        if float(np.abs(step).max()) < 1e-6:
            break
    std_error = np.sqrt(np.diag(np.linalg.inv(information)))
    return [math.erfc(abs(float(z)) / math.sqrt(2)) for z in beta / std_error]
