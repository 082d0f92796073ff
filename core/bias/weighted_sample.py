"""A sample whose patients count more or less, so that its groups are alike.

Belongs here: what every way of balancing hands on. Does not belong here: making the weights (``propensity_weights``,
``matching``, ``entropy_balance``), estimating with them (``weighted_comparison``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.bias.balance_study import kish
from core.spec import BalanceMethod
from core.timetoevent import BoolArray, FloatArray, IntArray

QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tilt:
    """How the weights move with what was estimated to make them, and how much each patient moved that.

    Attributes
    ----------
    slope : array, shape (n, q)
        Derivative of each weight by each estimated parameter.
    influence : array, shape (n, q)
        Of each patient on each parameter.
    """

    slope: FloatArray
    influence: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WeightedSample:
    """Weights of n patients.

    Attributes
    ----------
    method : {'iptw', 'overlap', 'matching', 'entropy'}
    weights : array, shape (n,)
        0: left out.
    treated : bool array, shape (n,)
    sets : int array, shape (n,), or None
        Matched set of each patient, -1 in none; None where there are no sets.
    tilt : Tilt or None
        None where the weights are taken as given.
    notes : tuple of str
    """

    method: BalanceMethod
    weights: FloatArray
    treated: BoolArray
    sets: IntArray | None = None
    tilt: Tilt | None = None
    notes: tuple[str, ...] = ()

    @property
    def kept(self) -> BoolArray:
        """Who counts at all, shape (n,)."""
        return self.weights > 0

    @property
    def effective(self) -> tuple[float, float]:
        """Kish's effective sample size of the reference and of the other group."""
        return kish(self.weights[~self.treated]), kish(self.weights[self.treated])

    @property
    def quantiles(self) -> dict[str, tuple[float, ...]]:
        """Quantiles (``QUANTILES``) of the weights of those who count, by group: ``reference``, ``other``."""
        return {
            name: tuple(float(q) for q in np.quantile(self.weights[rows & self.kept], QUANTILES))
            if (rows & self.kept).any()
            else tuple(float("nan") for _ in QUANTILES)
            for name, rows in (("reference", ~self.treated), ("other", self.treated))
        }
