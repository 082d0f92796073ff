"""Whether factors say the same thing: how much wider intervals are than they would be without overlap.

Belongs here: variance inflation. Does not belong here: columns that cannot be estimated at all (``newton``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.regression.fitter import Fitted, Fitter
from core.timetoevent import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorOverlap:
    """How much one covariate is determined by the others.

    Attributes
    ----------
    covariate : str
    df : int
        Its columns that could be estimated.
    vif : float
        Generalised variance inflation factor of its columns together; with one column the variance inflation factor.
    widening : float
        ``vif ** (1 / (2 df))``: how many times as wide its intervals are as without overlap.
    partner : str or None
        The covariate it overlaps with most; None where there is no other.
    """

    covariate: str
    df: int
    vif: float
    widening: float
    partner: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Collinearity:
    """Overlap of the covariates of one model.

    Attributes
    ----------
    factors : tuple of FactorOverlap
        In the order of the model; covariates without an estimate are not there.
    columns : dict of str to float
        Variance inflation factor of every column.
    """

    factors: tuple[FactorOverlap, ...]
    columns: dict[str, float]


def collinearity_of(fitter: Fitter, fitted: Fitted) -> Collinearity:
    r"""Variance inflation of the covariates of a fitted model.

    Parameters
    ----------
    fitter : Fitter
        That made ``fitted``.
    fitted : Fitted
        Interactions are left out first: a product always overlaps with what it is made of.

    Notes
    -----
    With R the correlation matrix of the estimated coefficients, split in a covariate's columns and the others:

    .. math:: GVIF = \det R_{11} \det R_{22} / \det R

    For single columns the diagonal of :math:`R^{-1}`, as ``rms::vif``; as ``car::vif`` with its
    ``GVIF^(1/(2*Df))``, where car takes the model's own covariance matrix.

    References
    ----------
    .. [1] Fox J, Monette G. J Am Stat Assoc 1992;87:178-183.
    .. [2] Davis CE, Hyde JE, Bangdiwala SI, Nelson JJ. In: Modern statistical methods in chronic disease epidemiology.
       Wiley 1986.
    """
    if fitted.design.products:
        fitted = fitter.fit(fitted.design.covariates)
    design, fit = fitted.design, fitted.fit
    kept = np.flatnonzero(np.isfinite(fit.coefficients))
    if not kept.size:
        return Collinearity(factors=(), columns={})
    covariance = fit.model_covariance[np.ix_(kept, kept)]
    scale = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(scale, scale)
    columns = np.diag(np.linalg.inv(correlation))
    of = np.array([design.terms[j].term for j in kept])
    found = {name: np.flatnonzero(of == name) for name in design.covariates}
    groups = {name: group for name, group in found.items() if group.size}
    return Collinearity(
        factors=tuple(_overlap(name, groups, correlation) for name in groups),
        columns={design.names[j]: float(value) for j, value in zip(kept, columns, strict=True)},
    )


def _overlap(name: str, groups: dict[str, IntArray], correlation: FloatArray) -> FactorOverlap:
    group = groups[name]
    rest = np.setdiff1d(np.arange(correlation.shape[0]), group)
    vif = _inflation(correlation, group, rest)
    shared = {other: _inflation(correlation, group, found) for other, found in groups.items() if other != name}
    return FactorOverlap(
        covariate=name,
        df=int(group.size),
        vif=vif,
        widening=float(vif ** (1 / (2 * group.size))),
        partner=max(shared, key=lambda other: shared[other], default=None),
    )


def _inflation(correlation: FloatArray, group: IntArray, others: IntArray) -> float:
    """det(A) det(B) / det(A and B), by logarithms: determinants of many columns are tiny."""
    both = np.concatenate([group, others])
    one, two, joint = (np.linalg.slogdet(correlation[np.ix_(at, at)])[1] for at in (group, others, both))
    return float(np.exp(one + two - joint))
