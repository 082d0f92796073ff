"""Groups compared within strata: the Cochran-Mantel-Haenszel test and the common odds ratio.

Belongs here: counts by stratum and group. Does not belong here: which columns make strata (``core.answers``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, ndtri

from core.errors import CohortError
from core.proportions.odds_ratio import NAN, OddsRatio
from core.timetoevent import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MantelHaenszel:
    """What ``mantel_haenszel`` found.

    Attributes
    ----------
    statistic, p_value : float
        Chi-squared; with two groups with the continuity correction, as R's default. NaN where no stratum says anything.
    df : int
    statistic_uncorrected, p_value_uncorrected : float
        Without the correction, as SAS prints; the same with more than two groups.
    odds_ratio : OddsRatio or None
        Common to all strata, with two groups.
    n_strata, n_informative : int
        All strata, and those with two groups in which some but not all patients have the event.
    notes : tuple of str
    """

    statistic: float
    df: int
    p_value: float
    statistic_uncorrected: float
    p_value_uncorrected: float
    odds_ratio: OddsRatio | None
    n_strata: int
    n_informative: int
    notes: tuple[str, ...]


def mantel_haenszel(counts: IntArray, sizes: IntArray, *, reference: int, conf_level: float = 0.95) -> MantelHaenszel:
    """Test whether groups differ within strata, and estimate the odds ratio that two groups have in all of them.

    Parameters
    ----------
    counts : int array, shape (k, g)
        Patients with the event by stratum and group.
    sizes : int array, shape (k, g)
        All patients by stratum and group.
    reference : int
        Position of the group that the odds ratio is against.
    conf_level : float

    Raises
    ------
    CohortError
        If the arrays differ in shape, or a count is not between 0 and its group's size.

    Notes
    -----
    The sum over strata of observed minus expected events, given the margins, over its hypergeometric variance [1]_.
    Two groups: the odds ratio of Mantel and Haenszel, its interval with the variance of Robins, Breslow and
    Greenland [2]_. R: ``mantelhaen.test(table)`` with ``correct = TRUE`` or ``FALSE``, on the strata that say
    anything; the others add nothing to any sum.

    References
    ----------
    .. [1] Mantel N, Haenszel W. J Natl Cancer Inst 1959;22:719-748.
    .. [2] Robins J, Breslow N, Greenland S. Biometrics 1986;42:311-323.
    """
    if counts.shape != sizes.shape or counts.ndim != 2 or (counts < 0).any() or (counts > sizes).any():
        raise CohortError("A stratified test needs 0 <= count <= n for every stratum and group.")
    events, patients = counts.sum(axis=1), sizes.sum(axis=1)
    tells = ((sizes > 0).sum(axis=1) > 1) & (events > 0) & (events < patients)
    x, n = counts[tells].astype(np.float64), sizes[tells].astype(np.float64)
    statistic, df, corrected = _test(x, n)
    silent = int(len(tells) - tells.sum())
    said = (
        f"{silent} of {len(tells)} strata tell nothing (one group only, or the same outcome in all patients) and take "
        "no part in the stratified test."
    )
    return MantelHaenszel(
        statistic=corrected,
        df=df,
        p_value=float(chdtrc(df, corrected)) if df else NAN,
        statistic_uncorrected=statistic,
        p_value_uncorrected=float(chdtrc(df, statistic)) if df else NAN,
        odds_ratio=_common_odds_ratio(x, n, reference, conf_level) if counts.shape[1] == 2 else None,
        n_strata=len(tells),
        n_informative=int(tells.sum()),
        notes=(said,) if silent else (),
    )


def _test(x: FloatArray, n: FloatArray) -> tuple[float, int, float]:
    """Statistic, degrees of freedom, and the statistic with the continuity correction; one stratum a row."""
    total, events = n.sum(axis=1), x.sum(axis=1)
    share = n / total[:, None]
    excess = (x - share * events[:, None]).sum(axis=0)
    scale = events * (total - events) / (total - 1)
    variance = np.diag((scale[:, None] * share).sum(axis=0)) - (scale[:, None] * share).T @ share
    df = int(np.linalg.matrix_rank(variance)) if len(x) else 0
    if not df:
        return NAN, 0, NAN
    statistic = float(excess @ np.linalg.pinv(variance, hermitian=True) @ excess)
    if x.shape[1] != 2:
        return statistic, df, statistic
    away = abs(float(excess[0]))
    # R takes the correction off only where there is as much to take.
    corrected = (away - (0.5 if away >= 0.5 else 0.0)) ** 2 / float(variance[0, 0])
    return away**2 / float(variance[0, 0]), df, corrected


def _common_odds_ratio(x: FloatArray, n: FloatArray, reference: int, conf_level: float) -> OddsRatio:
    """Mantel-Haenszel odds ratio, other group over the reference, with Robins, Breslow and Greenland's limits."""
    other, total = 1 - reference, n.sum(axis=1)
    a, b = x[:, other], n[:, other] - x[:, other]
    c, d = x[:, reference], n[:, reference] - x[:, reference]
    along, against = a * d / total, b * c / total
    r, s = float(along.sum()), float(against.sum())
    if not r and not s:
        return OddsRatio(value=NAN, conf_low=NAN, conf_high=NAN)
    if not r or not s:
        return OddsRatio(value=r / s if s else float("inf"), conf_low=NAN, conf_high=NAN)
    p, q = (a + d) / total, (b + c) / total
    variance = (p @ along) / (2 * r * r) + (p @ against + q @ along) / (2 * r * s) + (q @ against) / (2 * s * s)
    half = float(ndtri((1 + conf_level) / 2)) * float(np.sqrt(variance))
    return OddsRatio(value=r / s, conf_low=r / s * np.exp(-half), conf_high=r / s * np.exp(half))
