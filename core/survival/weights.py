"""Weights of the log-rank family, one number per event time."""

from __future__ import annotations

import numpy as np

from core.errors import SpecError
from core.spec import FlemingHarrington, Weighting
from core.timetoevent import FloatArray

NAMES = ("logrank", "gehan", "tarone-ware", "peto")


def weights(weighting: Weighting, n_at_risk: FloatArray, n_events: FloatArray) -> FloatArray:
    r"""Weight of each event time of one stratum.

    Parameters
    ----------
    weighting : str or FlemingHarrington
        ``logrank`` 1; ``gehan`` :math:`n_j`; ``tarone-ware`` :math:`\sqrt{n_j}`; ``peto`` :math:`\tilde S(t_j) =
        \prod_{i \le j} (1 - d_i / (n_i + 1))`; Fleming-Harrington :math:`S(t_j-)^\rho (1 - S(t_j-))^\gamma`.
    n_at_risk, n_events : array, shape (k,)
        All groups together, at the event times.

    Returns
    -------
    array, shape (k,)

    Raises
    ------
    SpecError
        On an unknown name.
    """
    if isinstance(weighting, FlemingHarrington):
        rho, gamma = weighting.exponents
        before = np.cumprod(np.append(1.0, 1 - n_events / n_at_risk))[:-1]
        weight: FloatArray = before**rho * (1 - before) ** gamma
        return weight
    if weighting == "logrank":
        return np.ones(n_at_risk.shape)
    if weighting == "gehan":
        return n_at_risk
    if weighting == "tarone-ware":
        root: FloatArray = np.sqrt(n_at_risk)
        return root
    if weighting == "peto":
        return np.cumprod(1 - n_events / (n_at_risk + 1), dtype=np.float64)
    raise SpecError(f"Unknown weighting '{weighting}'.", hint=f"Use one of {', '.join(NAMES)} or fleming-harrington.")
