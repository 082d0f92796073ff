"""Negative control: the comparison repeated where the treatment cannot have worked.

Belongs here: the adjusted difference of such an outcome. Does not belong here: which column or endpoint it is
(``core.answers.balance_checks``), weights.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
from scipy.special import ndtr

from core.bias.balance_study import BalanceStudy
from core.bias.later_treatment import MethodRatio
from core.bias.weighted_comparison import unweighted_ratio, weighted_ratio
from core.bias.weighted_sample import WeightedSample
from core.errors import TooFewEventsError
from core.regression.robust import per_cluster
from core.survival.intervals import normal_quantile
from core.timetoevent import BoolArray, FloatArray, TimeToEvent

ControlScale: TypeAlias = Literal["hazard_ratio", "difference"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlEstimate:
    """One comparison of the groups.

    Attributes
    ----------
    estimate, conf_low, conf_high, p_value : float
        A hazard ratio, or a difference of means or shares, other over or minus reference.
    """

    estimate: float
    conf_low: float
    conf_high: float
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NegativeControl:
    """A difference that should not be there.

    Attributes
    ----------
    name : str
        What was compared.
    scale : {'hazard_ratio', 'difference'}
    is_share : bool
        Whether the difference is one of shares.
    n, n_events : int
        Patients compared, and events among them (those with the event, the level or the adverse event; 0 of a number).
    crude, adjusted : ControlEstimate
        As the patients are, and by the method asked for.
    """

    name: str
    scale: ControlScale
    is_share: bool
    n: int
    n_events: int
    crude: ControlEstimate
    adjusted: ControlEstimate

    @property
    def null(self) -> float:
        """What the estimate should be."""
        return 1.0 if self.scale == "hazard_ratio" else 0.0


def control_of_time(
    study: BalanceStudy, sample: WeightedSample, data: TimeToEvent, *, known: BoolArray, name: str
) -> NegativeControl:
    """Another endpoint of the same patients, or the same one up to an early time.

    Parameters
    ----------
    study : BalanceStudy, n patients
    sample : WeightedSample
    data : TimeToEvent, n patients
    known : bool array, shape (n,)
        Whose other endpoint is known; the others do not count.
    name : str

    Raises
    ------
    TooFewEventsError
        If nobody has the event.
    """
    event = data.event & known
    groups = (study.treated & known, ~study.treated & known)
    if not (event.any() and all(rows.any() for rows in groups)):
        raise TooFewEventsError(f"Nobody has the event, or a group has nobody ({name}).", hint="Choose another one.")
    other = replace(study, data=data)
    counting = replace(sample, weights=np.where(known, sample.weights, 0.0))
    return NegativeControl(
        name=name,
        scale="hazard_ratio",
        is_share=False,
        n=int(np.count_nonzero(known & sample.kept)),
        n_events=int(np.count_nonzero(event & sample.kept)),
        crude=_of_ratio(unweighted_ratio(other.subset(known), with_covariates=False).ratio),
        adjusted=_of_ratio(weighted_ratio(other, counting).ratio),
    )


def control_of_value(
    study: BalanceStudy, sample: WeightedSample, values: FloatArray, *, name: str, is_share: bool
) -> NegativeControl:
    r"""A number, or whether something is the case (0 or 1), known of the same patients.

    Parameters
    ----------
    study : BalanceStudy, n patients
    sample : WeightedSample
    values : array, shape (n,)
        NaN: not known; such patients do not count.
    name : str
    is_share : bool

    Raises
    ------
    TooFewEventsError
        If a group has fewer than two patients with a value.

    Notes
    -----
    Difference of weighted means. Its variance sums the squares of
    :math:`w_i (y_i - \bar y_a)/\sum_a w`, plus what each patient moved the estimated weights. Without the latter the
    same as ``svyglm(y ~ group, svydesign(~ 1, weights = ~ w))`` up to its factor n/(n - 1).

    References
    ----------
    .. [1] Lipsitch M, Tchetgen Tchetgen E, Cohen T. Epidemiology 2010;21:383-388.
    """
    known = np.isfinite(values)
    ones = WeightedSample(method=sample.method, weights=np.ones(study.n), treated=study.treated)
    crude, adjusted = (_difference(study, one, values, known) for one in (ones, sample))
    return NegativeControl(
        name=name,
        scale="difference",
        is_share=is_share,
        n=int(np.count_nonzero(known & sample.kept)),
        n_events=int(np.nansum(values)) if is_share else 0,
        crude=crude,
        adjusted=adjusted,
    )


def _difference(study: BalanceStudy, sample: WeightedSample, values: FloatArray, known: BoolArray) -> ControlEstimate:
    weights = np.where(known, sample.weights, 0.0)
    y = np.where(known, values, 0.0)
    pulls = np.zeros(study.n)  # of each patient on the difference, per unit of weight
    means = []
    for sign, rows in ((-1, ~study.treated), (1, study.treated)):
        if np.count_nonzero(rows & (weights > 0)) < 2:
            raise TooFewEventsError("A group has fewer than two patients with a value.")
        total = float(weights[rows].sum())
        means.append(float(weights[rows] @ y[rows]) / total)
        pulls[rows & known] = sign * (y[rows & known] - means[-1]) / total
    influence = weights * pulls
    if sample.tilt is not None:
        influence = influence + sample.tilt.influence @ (pulls @ sample.tilt.slope)
    if sample.sets is not None:
        kept = weights > 0
        codes = np.unique(sample.sets[kept], return_inverse=True)[1].reshape(-1)
        influence = per_cluster(influence[kept][None, :], codes)[0]
    return _wald(means[1] - means[0], math.sqrt(float(influence @ influence)), study.conf_level)


def _wald(estimate: float, std_error: float, conf_level: float) -> ControlEstimate:
    half = normal_quantile(conf_level) * std_error
    p_value = 2 * float(ndtr(-abs(estimate / std_error))) if std_error > 0 else math.nan
    return ControlEstimate(estimate=estimate, conf_low=estimate - half, conf_high=estimate + half, p_value=p_value)


def _of_ratio(ratio: MethodRatio) -> ControlEstimate:
    return ControlEstimate(
        estimate=ratio.hazard_ratio, conf_low=ratio.conf_low, conf_high=ratio.conf_high, p_value=ratio.p_value
    )


def up_to(data: TimeToEvent, time: float) -> TimeToEvent:
    """Follow-up of an endpoint that ends at a time at the latest."""
    early = data.time <= time
    return replace(data, time=np.minimum(data.time, time), event=data.event & early)
