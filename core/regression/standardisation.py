"""Survival of a group had it the covariates of all patients: predicted curves averaged over the cohort.

Belongs here: the average of many patients' curves and of differences between such averages, with standard errors. Does
not belong here: one patient's curve (``prediction``), which groups and covariates (``adjusted_survival``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.regression.baseline_hazard import FittedHazards
from core.timetoevent import FloatArray, IntArray

CELLS = 1 << 18  # patients times event times worked on at once


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Population:
    """The patients as they would be in one group.

    Attributes
    ----------
    rows : array, shape (n, p_design)
        Values of the design's columns.
    strata : int array, shape (n,)
        Codes.
    """

    rows: FloatArray
    strata: IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Slopes:
    """What the average loses as the hazards and the coefficients rise, at K times: (s, K) and (p, K)."""

    hazard: FloatArray
    beta: FloatArray


def standardised(
    fitted: FittedHazards, population: Population, times: FloatArray, *, weights: FloatArray
) -> tuple[FloatArray, FloatArray]:
    r"""Mean predicted survival of a population, and its standard error, at ``times``, shape (K,) each.

    Parameters
    ----------
    fitted : FittedHazards
    population : Population, n patients
    times : array, shape (K,)
    weights : array, shape (n,)
        Case weights; ones without.

    Notes
    -----
    :math:`\bar S(t) = \sum w_i S(t | x_i) / \sum w_i`. Delta method: with :math:`A = \overline{e^{x\beta} S}`,
    :math:`B = \overline{x e^{x\beta} \Lambda_0 S}`, the hazard's variance :math:`V` and drift :math:`q`,

    .. math:: A^2 V + (B - A q)' \Sigma (B - A q) + \sum w_i^2 (S_i - \bar S)^2 / (\sum w_i)^2

    the last term because the patients are a sample too; given the covariates the others have mean zero. Same as
    ``rowMeans(survfit(fit, newdata)$surv)`` with ``newdata`` the cohort in that group.

    References
    ----------
    .. [1] Makuch RW. J Chronic Dis 1982;35:437-443.
    .. [2] Gail MH, Byar DP. Biom J 1986;28:587-599.
    .. [3] Ozenne BMH, Scheike TH, Staerk L, Gerds TA. Biom J 2020;62:751-763.
    """
    share = weights / weights.sum()
    mean, slopes = np.zeros(times.size), _no_slopes(fitted, times.size)
    spread = np.zeros((2, times.size))
    for part, curves in _parts(fitted, population, times):
        mean += share[part] @ curves
        _add_slopes(slopes, fitted, population, part, curves=curves, times=times, share=share)
        spread += share[part] ** 2 @ curves, share[part] ** 2 @ np.square(curves, out=curves)
    return mean, np.sqrt(_model_variance(fitted, slopes, times) + _between(spread, mean, share))


def standardised_difference(
    fitted: FittedHazards, other: Population, reference: Population, times: FloatArray, *, weights: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Mean survival of the same patients in one group minus in the other, and its standard error, shape (K,) each.

    The parts of the variance are differences of those of ``standardised``: both averages share patients and model.
    """
    share = weights / weights.sum()
    mean, slopes = np.zeros(times.size), _no_slopes(fitted, times.size)
    mean_of_reference, spread = np.zeros(times.size), np.zeros((2, times.size))
    gaps = np.empty((weights.size, times.size))
    for part, curves in _parts(fitted, other, times):
        mean += share[part] @ curves
        _add_slopes(slopes, fitted, other, part, curves=curves, times=times, share=share)
        gaps[part] = curves
    for part, curves in _parts(fitted, reference, times):
        mean_of_reference += share[part] @ curves
        _add_slopes(slopes, fitted, reference, part, curves=curves, times=times, share=-share)
        gaps[part] -= curves
    spread += share**2 @ gaps, share**2 @ np.square(gaps)
    mean -= mean_of_reference
    return mean, np.sqrt(_model_variance(fitted, slopes, times) + _between(spread, mean, share))


def _between(spread: FloatArray, mean: FloatArray, share: FloatArray) -> FloatArray:
    """Sum of the squared shares times squared distances from the mean; ``spread`` holds those of values and squares."""
    squares = spread[1] - 2 * mean * spread[0] + mean**2 * float(share @ share)
    return np.asarray(np.maximum(squares, 0.0), dtype=np.float64)


def _parts(fitted: FittedHazards, population: Population, times: FloatArray) -> Iterator[tuple[IntArray, FloatArray]]:
    """Some patients of one stratum at a time, and their curves, shape (b, K)."""
    step = max(1, CELLS // max(1, times.size))
    for stratum, baseline in enumerate(fitted.strata):
        rows = np.flatnonzero(population.strata == stratum)
        hazard = baseline.at(times)[0]
        for start in range(0, rows.size, step):
            part = rows[start : start + step]
            yield part, np.exp(-np.outer(_risk(fitted, population.rows[part]), hazard))


def _risk(fitted: FittedHazards, rows: FloatArray) -> FloatArray:
    return np.asarray(np.exp(fitted.standard(rows) @ fitted.beta), dtype=np.float64)


def _no_slopes(fitted: FittedHazards, n_times: int) -> _Slopes:
    return _Slopes(hazard=np.zeros((len(fitted.strata), n_times)), beta=np.zeros((fitted.beta.size, n_times)))


def _add_slopes(
    slopes: _Slopes,
    fitted: FittedHazards,
    population: Population,
    part: IntArray,
    *,
    curves: FloatArray,
    times: FloatArray,
    share: FloatArray,
) -> None:
    """Add what ``part`` (all in one stratum) contributes."""
    stratum = int(population.strata[part[0]])
    x = fitted.standard(population.rows[part])
    weighted = share[part] * _risk(fitted, population.rows[part])
    slopes.hazard[stratum] += weighted @ curves
    slopes.beta[:] += (x * weighted[:, None]).T @ curves * fitted.strata[stratum].at(times)[0]


def _model_variance(fitted: FittedHazards, slopes: _Slopes, times: FloatArray) -> FloatArray:
    """Variance that comes from the hazards and the coefficients, shape (K,)."""
    variance = np.zeros(times.size)
    off = slopes.beta.copy()
    for slope, baseline in zip(slopes.hazard, fitted.strata, strict=True):
        _, of_hazard, drift = baseline.at(times)
        variance += slope**2 * of_hazard
        off -= slope * drift
    return np.asarray(variance + (off * (fitted.covariance @ off)).sum(axis=0), dtype=np.float64)
