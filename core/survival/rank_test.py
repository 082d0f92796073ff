"""The weighted log-rank statistic: observed, expected and covariance from event tables.

Belongs here: the sums over event times and strata, and the chi-squared test of them. Does not belong here: which
groups to compare and what else to report (``compare``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from core.spec import Weighting
from core.survival.event_table import EventTable
from core.survival.weights import weights
from core.timetoevent import FloatArray, IntArray

NEGLIGIBLE = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RankSums:
    """Weighted sums over the event times of all strata.

    Attributes
    ----------
    observed, expected : array, shape (g,)
        Weighted; numbers of events for the log-rank test.
    covariance : array, shape (g, g)
        Of ``observed - expected``, hypergeometric.
    """

    observed: FloatArray
    expected: FloatArray
    covariance: FloatArray

    @property
    def excess(self) -> FloatArray:
        """Observed minus expected, shape (g,)."""
        return self.observed - self.expected

    @property
    def informative(self) -> IntArray:
        """Positions of the groups that were at risk at some event time."""
        return np.flatnonzero(self.expected > NEGLIGIBLE)

    def test(self) -> tuple[float, int]:
        """Chi-squared statistic and its degrees of freedom; NaN and 0 where no two groups were ever at risk together.

        The degrees of freedom are the rank of the covariance: groups less one, fewer where groups were never at risk
        at the same time.
        """
        kept = self.informative[:-1]
        if not kept.size:
            return float("nan"), 0
        excess, covariance = self.excess[kept], self.covariance[np.ix_(kept, kept)]
        if kept.size == 1:
            variance = float(covariance[0, 0])
            return (float(excess[0]) ** 2 / variance, 1) if variance > 0 else (float("nan"), 0)
        solution, _, rank, _ = np.linalg.lstsq(covariance, excess, rcond=NEGLIGIBLE)
        return (float(excess @ solution), int(rank)) if rank else (float("nan"), 0)


def rank_sums(tables: Iterable[EventTable], weighting: Weighting = "logrank") -> RankSums:
    r"""Sum the weighted log-rank scores over event times and strata.

    Parameters
    ----------
    tables : iterable of EventTable
        One per stratum, all with the same groups.
    weighting : Weighting

    Returns
    -------
    RankSums

    Notes
    -----
    With weights :math:`w_j`: observed :math:`\sum w_j d_{gj}`, expected :math:`\sum w_j d_j n_{gj} / n_j`, covariance
    :math:`\sum w_j^2 d_j (n_j - d_j) / (n_j - 1) \; (\delta_{gh} n_{gj} / n_j - n_{gj} n_{hj} / n_j^2)`.
    """
    parts = [_one_stratum(table, weighting) for table in tables]
    return RankSums(
        observed=np.sum([part.observed for part in parts], axis=0),
        expected=np.sum([part.expected for part in parts], axis=0),
        covariance=np.sum([part.covariance for part in parts], axis=0),
    )


def chi_squared_p(statistic: float, df: int) -> float:
    """Upper tail of the chi-squared distribution, exact far out; NaN without degrees of freedom."""
    return float(chdtrc(df, statistic)) if df and not np.isnan(statistic) else float("nan")


def _one_stratum(table: EventTable, weighting: Weighting) -> RankSums:
    columns = np.flatnonzero(table.n_events.any(axis=0))
    events = table.n_events.take(columns, axis=1)
    at_risk = table.n_at_risk.take(columns, axis=1).astype(np.float64)
    d, n = events.sum(axis=0, dtype=np.float64), at_risk.sum(axis=0)
    rate = d / n
    share = np.divide(rate * (n - d), (n - 1) * n, out=np.zeros(n.shape), where=n > 1)
    if weighting == "logrank":
        observed, expected = events.sum(axis=1, dtype=np.float64), at_risk @ rate
    else:
        w = weights(weighting, n, d)
        observed, expected = events @ w, at_risk @ (w * rate)
        share *= w * w
    covariance = -((at_risk * share) @ at_risk.T)
    np.fill_diagonal(covariance, 0.0)
    np.fill_diagonal(covariance, -covariance.sum(axis=1))  # exact where one group is nearly all
    return RankSums(observed=observed, expected=expected, covariance=covariance)
