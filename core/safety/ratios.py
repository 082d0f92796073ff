"""Risk and odds ratios of two groups for all rows of a table of adverse events."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.proportions.odds_ratio import odds_ratio
from core.proportions.risk_ratio import risk_ratios
from core.safety.results import Ratio
from core.spec import OddsRatioMethod, RiskRatioMethod
from core.timetoevent import IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ratios:
    """One ratio per count; None where not asked for."""

    risk: tuple[Ratio, ...] | None
    odds: tuple[Ratio, ...] | None


def ratios_of(
    counts: IntArray,
    sizes: IntArray,
    reference: int,
    *,
    risk: RiskRatioMethod | None,
    odds: OddsRatioMethod | None,
    conf_level: float,
) -> Ratios | None:
    """Ratios of the other group over the reference, counts (2, k); None with more or fewer groups than two."""
    if len(sizes) != 2:
        return None
    other = 1 - reference
    x1, x0, n1, n0 = counts[other], counts[reference], int(sizes[other]), int(sizes[reference])
    risks = odds_ratios = None
    if risk is not None:
        found = risk_ratios(x1, n1, x0, n0, method=risk, conf_level=conf_level)
        limits = zip(found.value.tolist(), found.conf_low.tolist(), found.conf_high.tolist(), strict=True)
        risks = tuple(Ratio(value=value, conf_low=low, conf_high=high) for value, low, high in limits)
    if odds is not None:
        # Many rows have the same counts, and a conditional odds ratio is solved one table at a time.
        pairs, inverse = np.unique(np.stack([x1, x0]), axis=1, return_inverse=True)
        each = [odds_ratio(a, n1, c, n0, odds, conf_level) for a, c in pairs.T.tolist()]
        ratios = [Ratio(value=one.value, conf_low=one.conf_low, conf_high=one.conf_high) for one in each]
        odds_ratios = tuple(ratios[i] for i in inverse.ravel().tolist())
    return Ratios(risk=risks, odds=odds_ratios)
