"""Differences and ratios between two curves, the other level against the reference."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scipy.special import ndtr

from core.survival.chosen_times import SurvivalAt
from core.survival.intervals import normal_quantile
from core.survival.rmst import RestrictedMean

if TYPE_CHECKING:
    from core.survival.cumulative_incidence import IncidenceAt


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """The other level minus, or over, the reference.

    Attributes
    ----------
    time : float
        The chosen time, or tau.
    estimate, conf_low, conf_high : float
    p_value : float
        Two-sided z test of no difference.
    std_error : float
        Of the difference, or of the log ratio.
    """

    time: float
    estimate: float
    conf_low: float
    conf_high: float
    p_value: float
    std_error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalContrasts:
    """Contrasts of two groups.

    Attributes
    ----------
    level, reference : str
        ``level`` minus, or over, ``reference``.
    rmst_difference, rmst_ratio : Contrast or None
        At tau; None when no tau was asked for.
    survival_difference : tuple of Contrast
        One per chosen time.
    """

    level: str
    reference: str
    rmst_difference: Contrast | None
    rmst_ratio: Contrast | None
    survival_difference: tuple[Contrast, ...]


def rmst_difference(other: RestrictedMean, reference: RestrictedMean, *, conf_level: float = 0.95) -> Contrast:
    r"""Difference of two restricted means, :math:`se = \sqrt{se_1^2 + se_0^2}`.

    Notes
    -----
    Same as the unadjusted ``survRM2::rmst2`` difference, with the variance of ``summary(survfit, rmean = tau)``.
    """
    return contrast(
        other.value - reference.value,
        math.hypot(other.std_error, reference.std_error),
        time=other.tau,
        conf_level=conf_level,
    )


def rmst_ratio(other: RestrictedMean, reference: RestrictedMean, *, conf_level: float = 0.95) -> Contrast:
    """Ratio of two restricted means, with the standard error of its logarithm (delta method)."""
    if not (other.value > 0 and reference.value > 0):
        return _undefined(other.tau)
    std_error = math.hypot(other.std_error / other.value, reference.std_error / reference.value)
    log = contrast(math.log(other.value / reference.value), std_error, time=other.tau, conf_level=conf_level)
    return Contrast(
        time=log.time,
        estimate=math.exp(log.estimate),
        conf_low=math.exp(log.conf_low),
        conf_high=math.exp(log.conf_high),
        p_value=log.p_value,
        std_error=std_error,
    )


def survival_difference(other: SurvivalAt, reference: SurvivalAt, *, conf_level: float = 0.95) -> tuple[Contrast, ...]:
    r"""Difference of survival at each chosen time, :math:`se = \sqrt{se_1^2 + se_0^2}` (Greenwood), z test.

    Notes
    -----
    NaN limits where a curve is at 0, which has no standard error. Without any event before the time in either group
    the standard error is 0 and there is no p-value.

    References
    ----------
    .. [1] Klein JP, Logan B, Harhoff M, Andersen PK. Stat Med 2007;26:4505-4519.
    """
    return tuple(
        contrast(float(s1 - s0), math.hypot(e1, e0), time=float(time), conf_level=conf_level)
        for time, s1, s0, e1, e0 in zip(
            reference.time, other.survival, reference.survival, other.std_error, reference.std_error, strict=True
        )
    )


def incidence_difference(
    other: IncidenceAt, reference: IncidenceAt, *, conf_level: float = 0.95
) -> tuple[Contrast, ...]:
    r"""Difference of cumulative incidence at each chosen time, :math:`se = \sqrt{se_1^2 + se_0^2}`, z test."""
    return tuple(
        contrast(float(f1 - f0), math.hypot(e1, e0), time=float(time), conf_level=conf_level)
        for time, f1, f0, e1, e0 in zip(
            reference.time, other.incidence, reference.incidence, other.std_error, reference.std_error, strict=True
        )
    )


def contrast(estimate: float, std_error: float, *, time: float, conf_level: float) -> Contrast:
    """A difference with its standard error: limits and z test; no p-value where the standard error is 0."""
    half = normal_quantile(conf_level) * std_error
    z = estimate / std_error if std_error > 0 else math.nan
    return Contrast(
        time=time,
        estimate=estimate,
        conf_low=estimate - half,
        conf_high=estimate + half,
        p_value=2 * float(ndtr(-abs(z))),
        std_error=std_error,
    )


def _undefined(time: float) -> Contrast:
    nan = math.nan
    return Contrast(time=time, estimate=nan, conf_low=nan, conf_high=nan, p_value=nan, std_error=nan)
