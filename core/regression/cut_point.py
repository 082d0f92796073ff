"""The cut of a number that separates survival best, and how much of that the search itself has made.

Belongs here: what is reported of the search. Does not belong here: the statistics (``maximal_selection``), bootstrap
samples (``cut_stability``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtr

from core.errors import InvalidTimeToEventError, SpecError, TooFewEventsError
from core.regression.cut_stability import CutStability, cut_stability, left_out_groups
from core.regression.maximal_selection import (
    EQUAL,
    MOST_CUTS,
    Scan,
    gaussian_p,
    lausen_1992,
    lausen_1994,
    logrank_scores,
    permuted_maxima,
    scan,
)
from core.regression.two_groups import two_group_ratios
from core.survival.event_table import event_table
from core.survival.intervals import normal_quantile
from core.survival.kaplan_meier import kaplan_meier
from core.survival.quantiles import IntervalEstimate, quantile
from core.timetoevent import FloatArray, IntArray, TimeToEvent

SEED = 20250101
PERMUTATIONS = 10_000
BOOTSTRAPS = 1_000
FOLDS = 10
NOTABLE = 0.05
SEARCHED = (
    "The hazard ratio at the chosen cut is too far from 1 and its interval too narrow, because the cut was chosen to "
    "make it so; the cross-validated one groups every patient by a cut that others chose."
)
FEW_EVENTS = 20  # below, a search over many cuts finds little but chance


@dataclass(frozen=True, slots=True, kw_only=True)
class CutGroup:
    """One of the two groups at the chosen cut."""

    n: int
    n_events: int
    median: IntervalEstimate


@dataclass(frozen=True, slots=True, kw_only=True)
class CutProbabilities:
    """How likely a statistic as large as the best one is, were survival the same whatever the number.

    Attributes
    ----------
    permutation, std_error : float
        From random permutations, and the error of drawing them.
    permutations, n_extreme : int
        Drawn, and those with a statistic at least as large.
    critical : float
        The statistic that 5 % of the permutations reach: below it no cut separates at that level.
    gaussian, lausen_1994, lausen_1992 : float
        From the normal distribution of all statistics together (NaN beyond 400 cuts), and two approximations.
    naive : float
        Of the chosen cut as if it had been chosen beforehand: not valid.
    """

    permutation: float
    std_error: float
    permutations: int
    n_extreme: int
    critical: float
    gaussian: float
    lausen_1994: float
    lausen_1992: float
    naive: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CutPoint:
    """The best cut of a number.

    Attributes
    ----------
    column, unit : str
    n, n_events, n_missing : int
    value, n_at : arrays, shape (v,)
        Distinct values, ascending, and patients with each.
    cut, n_below, z : arrays, shape (k,)
        Every cut tried: at or below it is one group. ``z`` is positive where survival above is worse.
    best : float
        The cut with the largest ``z`` without its sign.
    statistic : float
    p : CutProbabilities
    below, above : CutGroup
    hazard_ratio : IntervalEstimate
        Above over below, Cox; too far from 1 because the cut was searched.
    cross_validated : IntervalEstimate
        The same where every patient is grouped by the cut that nine tenths of the others chose; NaN where they have
        none.
    stability : CutStability or None
        None when not asked for.
    minprop, maxprop, conf_level, seed
    notes : tuple of str
    """

    column: str
    unit: str
    n: int
    n_events: int
    n_missing: int
    value: FloatArray
    n_at: IntArray
    cut: FloatArray
    n_below: IntArray
    z: FloatArray
    best: float
    statistic: float
    p: CutProbabilities
    below: CutGroup
    above: CutGroup
    hazard_ratio: IntervalEstimate
    cross_validated: IntervalEstimate
    stability: CutStability | None
    minprop: float
    maxprop: float
    conf_level: float
    seed: int
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for array in (self.value, self.n_at, self.cut, self.n_below, self.z):
            array.setflags(write=False)


def best_cut_point(  # noqa: PLR0913 - one keyword per key of the specification
    data: TimeToEvent,
    values: FloatArray,
    column: str,
    *,
    minprop: float = 0.1,
    maxprop: float = 0.9,
    permutations: int = PERMUTATIONS,
    bootstraps: int = BOOTSTRAPS,
    seed: int = SEED,
    conf_level: float = 0.95,
) -> CutPoint:
    r"""Search the cut of a number with the largest standardised log-rank statistic.

    Parameters
    ----------
    data : TimeToEvent, n subjects
        Without delayed entry and case weights.
    values : array, shape (n,)
        NaN is left out and counted.
    column : str
        Its name.
    minprop, maxprop : float
        Share of the patients that may be at or below a cut.
    permutations : int
        For the p-value.
    bootstraps : int
        Samples for the stability of the cut; 0: none.
    seed : int
        Of both drawings.
    conf_level : float

    Returns
    -------
    CutPoint

    Raises
    ------
    SpecError
        With entry, weights, shares out of order or no permutations.
    TooFewEventsError
        If no cut is allowed or nobody has an event.
    InvalidTimeToEventError
        If the lengths differ.

    Notes
    -----
    Maximally selected rank statistic of log-rank scores; :math:`P = (1 + \text{extreme}) / (1 + \text{permutations})`.
    Same as ``maxstat::maxstat.test(Surv(time, event) ~ x, smethod = "LogRank", pmethod = "condMC", minprop =,
    maxprop =)``.

    References
    ----------
    .. [1] Lausen B, Schumacher M. Biometrics 1992;48:73-85.
    .. [2] Hothorn T, Lausen B. Comput Stat Data Anal 2003;43:121-137.
    .. [3] Altman DG, Lausen B, Sauerbrei W, Schumacher M. J Natl Cancer Inst 1994;86:829-835.
    """
    known = _checked(data, values, permutations)
    n_given, data, values = data.n, data.subset(known), values[known]
    if not data.n:
        raise TooFewEventsError(f"No patients have a value of {column}.", hint="Choose another number.")
    scores = logrank_scores(data.time, data.event)
    found = scan(values, scores, minprop=minprop, maxprop=maxprop)
    best = float(found.cut[found.best])
    p = _probabilities(found, scores, permutations=permutations, seed=seed, shares=(minprop, maxprop))
    is_above = (values > best).astype(np.int64)
    below, above = _two_groups(data, is_above, conf_level)
    shares: dict[str, Any] = {"minprop": minprop, "maxprop": maxprop, "seed": seed}
    stability = cut_stability(data, values, best, draws=bootstraps, conf_level=conf_level, **shares)
    left_out = left_out_groups(data, values, folds=min(FOLDS, data.n), **shares)
    distinct, n_at = np.unique(values, return_counts=True)
    return CutPoint(
        column=column,
        unit=data.unit,
        n=data.n,
        n_events=data.n_events,
        n_missing=n_given - data.n,
        value=distinct,
        n_at=n_at.astype(np.int64),
        cut=found.cut,
        n_below=found.n_below,
        z=found.z,
        best=best,
        statistic=found.statistic,
        p=p,
        below=below,
        above=above,
        hazard_ratio=_ratio(data, is_above, conf_level),
        cross_validated=_ratio(data, left_out, conf_level),
        stability=stability,
        minprop=minprop,
        maxprop=maxprop,
        conf_level=conf_level,
        seed=seed,
        notes=_notes(data, found, n_given=n_given, column=column),
    )


def _checked(data: TimeToEvent, values: FloatArray, permutations: int) -> Any:
    if values.shape != data.time.shape:
        raise InvalidTimeToEventError(f"There are {values.size} values for {data.n} patients.")
    if data.entry is not None or data.weights is not None:
        raise SpecError(
            "A cut-point is not searched here with delayed entry or case weights.",
            hint="Choose the cut beforehand, or enter the number itself in a Cox regression.",
        )
    if permutations < 1:
        raise SpecError(f"At least one permutation must be drawn, not {permutations}.")
    return np.isfinite(values)


def _probabilities(
    found: Scan, scores: FloatArray, *, permutations: int, seed: int, shares: tuple[float, float]
) -> CutProbabilities:
    statistic = found.statistic
    maxima = permuted_maxima(found, scores, draws=permutations, seed=seed)
    extreme = int(np.count_nonzero(maxima >= statistic * (1 - EQUAL)))
    p = (1 + extreme) / (1 + permutations)
    return CutProbabilities(
        permutation=p,
        std_error=math.sqrt(p * (1 - p) / permutations),
        permutations=permutations,
        n_extreme=extreme,
        critical=float(np.quantile(maxima, 1 - NOTABLE, method="higher")),
        gaussian=gaussian_p(statistic, found),
        lausen_1994=lausen_1994(statistic, found),
        lausen_1992=lausen_1992(statistic, minprop=shares[0], maxprop=shares[1]),
        naive=2 * float(ndtr(-statistic)),
    )


def _two_groups(data: TimeToEvent, is_above: IntArray, conf_level: float) -> tuple[CutGroup, CutGroup]:
    curves = kaplan_meier(event_table(data, is_above, ("below", "above")), conf_level=conf_level)
    below, above = (
        CutGroup(n=curve.n, n_events=int(curve.n_events_total), median=quantile(curve, 0.5)) for curve in curves
    )
    return below, above


def _ratio(data: TimeToEvent, is_above: IntArray | None, conf_level: float) -> IntervalEstimate:
    """Hazard ratio above over below by Cox regression, NaN where there is none."""
    nan = math.nan
    if is_above is None or is_above.min() == is_above.max():
        return IntervalEstimate(value=nan, conf_low=nan, conf_high=nan)
    table = event_table(data, is_above, ("below", "above"))
    fitted = two_group_ratios(table.n_at_risk[None], table.n_events[None])
    beta, error = float(fitted.log_hazard_ratio[0]), float(fitted.std_error[0])
    half = normal_quantile(conf_level) * error
    value, low, high = (float(np.exp(x)) for x in (beta, beta - half, beta + half))
    return IntervalEstimate(value=value, conf_low=low, conf_high=high, std_error=error)


def _notes(data: TimeToEvent, found: Scan, *, n_given: int, column: str) -> tuple[str, ...]:
    notes = []
    if n_given > data.n:
        notes.append(f"{n_given - data.n} of {n_given} patients left out for missing values ({column}).")
    if data.n_events < FEW_EVENTS:
        notes.append(f"Only {data.n_events} events for a search over {found.cut.size} cuts: read with great care.")
    if found.cut.size > MOST_CUTS:
        notes.append(f"{found.cut.size} cuts: the normal probability is computed for up to {MOST_CUTS} only.")
    return (*notes, SEARCHED)
