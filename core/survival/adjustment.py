"""P-values adjusted for the number of comparisons."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.errors import SpecError
from core.spec import Adjustment
from core.timetoevent import FloatArray


def adjusted(p_values: Sequence[float], method: Adjustment) -> FloatArray:
    """Adjusted p-values, in the order given.

    Parameters
    ----------
    p_values : sequence of float, length m
        NaN stays NaN and does not count as a comparison.
    method : {'none', 'holm', 'bonferroni', 'bh'}
        ``holm`` step-down, ``bonferroni`` times m, ``bh`` Benjamini-Hochberg's false discovery rate.

    Returns
    -------
    array, shape (m,)

    Raises
    ------
    SpecError
        On an unknown method.

    Notes
    -----
    Same as ``p.adjust(p, method)``.

    References
    ----------
    .. [1] Holm S. Scand J Stat 1979;6:65-70.
    .. [2] Benjamini Y, Hochberg Y. J R Stat Soc B 1995;57:289-300.
    """
    p = np.array(p_values, dtype=np.float64)
    if method == "none":
        return p
    known = np.flatnonzero(~np.isnan(p))
    m = known.size
    order = known[np.argsort(p[known], kind="stable")]
    rank = np.arange(1, m + 1)
    if method == "bonferroni":
        p[known] = np.minimum(p[known] * m, 1.0)
    elif method == "holm":
        p[order] = np.minimum(np.maximum.accumulate(p[order] * (m + 1 - rank)), 1.0)
    elif method == "bh":
        p[order] = np.minimum(np.minimum.accumulate((p[order] * m / rank)[::-1])[::-1], 1.0)
    else:
        raise SpecError(f"Unknown adjustment '{method}'.", hint="Use one of none, holm, bonferroni, bh.")
    return p
