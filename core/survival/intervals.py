"""Pointwise confidence limits of a survival curve on the three scales of R's survfit.

Belongs here: the scales and where each is undefined. Does not belong here: where a limit crosses a level
(``quantiles``).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.special import ndtri

from core.errors import SpecError
from core.spec import ConfType
from core.timetoevent import FloatArray

CONF_TYPES: tuple[ConfType, ...] = ("log-log", "log", "plain")


@lru_cache(maxsize=256)
def normal_quantile(conf_level: float) -> float:
    """Two-sided standard normal quantile, 1.959964 for 0.95 (full precision, never 1.96).

    Raises
    ------
    SpecError
        If ``conf_level`` is not between 0 and 1.
    """
    if not 0 < conf_level < 1:
        raise SpecError(f"The confidence level must lie between 0 and 1, not {conf_level}.", hint="Use 0.95 for 95 %.")
    return float(-ndtri((1 - conf_level) / 2))


def survival_limits(
    survival: FloatArray, relative_error: FloatArray, *, conf_type: ConfType, conf_level: float
) -> tuple[FloatArray, FloatArray]:
    r"""Confidence limits of survival probabilities.

    Parameters
    ----------
    survival : array, shape (k,)
        :math:`S`.
    relative_error : array, shape (k,)
        Standard error of :math:`\log S`, that is :math:`se(S) / S`; infinite where :math:`S = 0`, and 0 where
        :math:`S = 1`.
    conf_type : {'log-log', 'log', 'plain'}
    conf_level : float

    Returns
    -------
    conf_low, conf_high : array, shape (k,)

    Notes
    -----
    With :math:`s` the relative error and :math:`z` the normal quantile: ``log-log``
    :math:`\exp(-\exp(\log(-\log S) \mp z s / \log S))`, undefined (NaN) while :math:`S` is 1 or 0; ``log``
    :math:`\exp(\log S \mp z s)`, upper limit at most 1, undefined at 0; ``plain`` :math:`S \mp z s S`, clipped to
    [0, 1], undefined at 0. The same as ``survival::survfit(..., conf.type = )``, including where R says NA.
    """
    z = normal_quantile(conf_level)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if conf_type == "plain":
            half = z * survival * relative_error
            return np.maximum(survival - half, 0.0), np.minimum(survival + half, 1.0)
        if conf_type == "log":
            inside = np.where(survival == 0, np.nan, survival)
            factor = np.exp(z * relative_error)
            return inside / factor, np.minimum(inside * factor, 1.0)
        if conf_type == "log-log":
            low, high = np.empty((2, survival.size))  # worked on in place: new memory costs more than the arithmetic
            log_survival, factor = np.log(survival, out=low), np.multiply(relative_error, z, out=high)
            factor /= log_survival
            np.exp(factor, out=factor)  # < 1, as log S < 0; 0/0 and inf/inf at the ends
            high *= log_survival  # from here on the logarithms of the limits
            low *= log_survival
            low /= high
            return np.exp(low, out=low), np.exp(high, out=high)
    raise SpecError(f"Unknown interval type '{conf_type}'.", hint=f"Use one of {', '.join(CONF_TYPES)}.")
