"""Barnard's unconditional exact test of two proportions.

Belongs here: many counts against the same two group sizes. Does not belong here: Fisher's test (``core.contingency``).
"""

from __future__ import annotations

import numpy as np

from core.timetoevent import FloatArray, IntArray
from core.work.progress import each


def barnard_p(x1: IntArray, n1: int, x0: IntArray, n0: int) -> FloatArray:
    """Two-sided p-values of Barnard's test, statistic with pooled variance.

    Parameters
    ----------
    x1, x0 : int array, shape (k,)
        Patients with each event in both groups.
    n1, n0 : int
        All patients of the groups.

    Returns
    -------
    array, shape (k,)
        1 where both proportions are equal; NaN where a group has no patients.

    Notes
    -----
    Of all tables with these group sizes those count that lie as far apart as the one seen; their probability is largest
    over the common proportion, which ``scipy.stats.barnard_exact`` searches. Written out beside it in
    ``tests/reference/scripts/make_risk_ratio.R``.

    References
    ----------
    .. [1] Barnard GA. Biometrika 1947;34:123-138.
    """
    if not n1 or not n0:
        return np.full(len(x1), np.nan)
    from scipy.stats import barnard_exact  # loaded where used: slow to load

    pairs, inverse = np.unique(np.stack([x1, x0]), axis=1, return_inverse=True)
    found = [
        1.0 if a * n0 == c * n1 else min(float(barnard_exact([[a, c], [n1 - a, n0 - c]], pooled=True).pvalue), 1.0)
        for a, c in each(pairs.T.tolist(), "computing")
    ]
    return np.array(found, dtype=np.float64)[inverse.ravel()]
