"""Relative risks w exp(eta) summed over risk sets, scaled so that no risk set over- or underflows.

Belongs here: the four sums every quantity of the partial likelihood is made of. Does not belong here: what is made of
them (``likelihood``, ``robust``, ``firth``).

Sums over a risk set come divided by exp(shift) of their slot, and what is spread back over rows has to be multiplied
by it; in every quantity of interest the two cancel. Usually one shift serves all slots. One subject with a marker a
thousand times all others can make eta so steep that after it leaves nothing is left of the others: then each slot has
its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from core.regression.risk_sets import RiskSets
from core.timetoevent import FloatArray

STEEP = 300.0  # the square of exp(-STEEP) is still far from the smallest double
MOST_CELLS = 10_000_000


class Risk(Protocol):
    """Sums of values weighted by relative risk."""

    @property
    def risk_sets(self) -> RiskSets:
        """Over which to sum."""

    @property
    def shift(self) -> FloatArray:
        """Log scale of each slot's sums, shape (k,)."""

    def totals(self) -> FloatArray:
        """Sums of the risks alone over each risk set, shape (k,)."""

    def event_totals(self) -> FloatArray:
        """Sums of the risks alone over the events of each slot, shape (k,)."""

    def sums(self, values: FloatArray) -> FloatArray:
        """Over each risk set, (..., m) to (..., k)."""

    def event_sums(self, values: FloatArray) -> FloatArray:
        """Over the events of each slot, (..., m) to (..., k)."""

    def spread(self, per_slot: FloatArray) -> FloatArray:
        """Each row's risk times the sum over its slots at risk, (..., k) to (..., m)."""

    def spread_events(self, per_slot: FloatArray) -> FloatArray:
        """Each event's risk times its own slot's value, zero for other rows, (..., k) to (..., m)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LevelRisk:
    """One shift for all slots."""

    risk_sets: RiskSets
    risk: FloatArray  # (m,)
    shift: FloatArray

    def totals(self) -> FloatArray:
        """See ``Risk``."""
        return self.risk_sets.sums(self.risk)

    def event_totals(self) -> FloatArray:
        """See ``Risk``."""
        return self.risk_sets.event_sums(self.risk)

    def sums(self, values: FloatArray) -> FloatArray:
        """See ``Risk``."""
        return self.risk_sets.sums(self.risk * values)

    def event_sums(self, values: FloatArray) -> FloatArray:
        """See ``Risk``."""
        return self.risk_sets.event_sums(self.risk * values)

    def spread(self, per_slot: FloatArray) -> FloatArray:
        """See ``Risk``."""
        return self.risk * self.risk_sets.while_at_risk(per_slot)

    def spread_events(self, per_slot: FloatArray) -> FloatArray:
        """See ``Risk``."""
        spread = per_slot[..., self.risk_sets.slot]
        spread *= self.risk * self.risk_sets.is_event
        return spread


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SteepRisk:
    """A shift for each slot, every risk set written out."""

    risk_sets: RiskSets
    at_risk: FloatArray  # (k, m)
    event_risk: FloatArray  # (m,)
    shift: FloatArray  # (k,)

    def totals(self) -> FloatArray:
        """See ``Risk``."""
        return np.asarray(self.at_risk.sum(axis=1), dtype=np.float64)

    def event_totals(self) -> FloatArray:
        """See ``Risk``."""
        return self.risk_sets.event_sums(self.event_risk)

    def sums(self, values: FloatArray) -> FloatArray:
        """See ``Risk``."""
        return values @ self.at_risk.T

    def event_sums(self, values: FloatArray) -> FloatArray:
        """See ``Risk``."""
        return self.risk_sets.event_sums(self.event_risk * values)

    def spread(self, per_slot: FloatArray) -> FloatArray:
        """See ``Risk``."""
        return per_slot @ self.at_risk

    def spread_events(self, per_slot: FloatArray) -> FloatArray:
        """See ``Risk``."""
        return self.event_risk * per_slot[..., self.risk_sets.slot]


def relative_risk(eta: FloatArray, risk_sets: RiskSets) -> Risk:
    """The risks of a linear predictor, shape (m,)."""
    highest = float(eta.max())
    if highest - float(eta.min()) < STEEP or risk_sets.n_slots * eta.size > MOST_CELLS:
        risk = np.exp(eta - highest)
        risk *= risk_sets.weight
        return LevelRisk(risk_sets=risk_sets, risk=risk, shift=np.full(risk_sets.n_slots, highest))
    presence = risk_sets.presence()
    is_present = presence > 0
    shift = np.where(is_present, eta, -np.inf).max(axis=1)
    at_risk = np.exp(np.where(is_present, eta - shift[:, None], -np.inf)) * presence * risk_sets.weight
    own = np.exp(np.minimum(eta - shift[risk_sets.slot], 0.0)) * risk_sets.weight
    return SteepRisk(
        risk_sets=risk_sets, at_risk=at_risk, event_risk=np.where(risk_sets.is_event, own, 0.0), shift=shift
    )
