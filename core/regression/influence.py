"""Whether single patients drive a hazard ratio: how each coefficient changes without each of them.

Belongs here: approximate changes for everybody, exact ones for those who matter most. Does not belong here: the fit
(``cox``), score residuals (``robust``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.errors import SpecError, TooFewEventsError
from core.regression.design import Design
from core.regression.fitter import Fitted, Fitter, Pairs
from core.regression.newton import flat_inverse, maximise
from core.regression.problem import prepare
from core.regression.results import CoxTerm
from core.regression.robust import score_residuals
from core.timetoevent import FloatArray, IntArray

REFITTED = 3  # patients per coefficient who are left out in turn


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """One hazard ratio without one patient.

    Attributes
    ----------
    row : int
        As ``Influence.rows`` numbers them.
    column : str
        Of the model.
    term : str
    level, reference : str or None
    hazard_ratio, p_value : float
        With everybody.
    hazard_ratio_without, p_value_without : float
        Of the model fitted again without this patient; NaN where it cannot be estimated then.
    dfbeta, dfbetas : float
        The approximate change of the log hazard ratio, and the same in standard errors.
    """

    row: int
    column: str
    term: str
    level: str | None
    reference: str | None
    hazard_ratio: float
    p_value: float
    hazard_ratio_without: float
    p_value_without: float
    dfbeta: float
    dfbetas: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Influence:
    """What each patient adds to each coefficient.

    Attributes
    ----------
    names : tuple of str, length p
        Columns of the model.
    rows : int array, shape (n,)
        The patients of the model, by position among the rows given; ``core.answers`` puts their row numbers.
    dfbeta : array, shape (n, p)
        Coefficient with everybody less, approximately, without this patient; NaN where it is not finite.
    dfbetas : array, shape (n, p)
        The same in standard errors.
    most : tuple of LeftOut
        For every hazard ratio that can be read alone (no curve, no factor of an interaction) the patient without whom
        it would change most, by fitting again.
    """

    names: tuple[str, ...]
    rows: IntArray
    dfbeta: FloatArray
    dfbetas: FloatArray
    most: tuple[LeftOut, ...]

    def __post_init__(self) -> None:
        for array in (self.rows, self.dfbeta, self.dfbetas):
            array.setflags(write=False)


def influence_of(fitter: Fitter, fitted: Fitted, interactions: Pairs = ()) -> Influence:
    r"""The influence of every patient on a fitted model.

    Parameters
    ----------
    fitter : Fitter
        That made ``fitted``.
    fitted : Fitted
    interactions : sequence of pairs
        Of the model.

    Raises
    ------
    SpecError
        With Firth's penalty or exact ties, for which dfbeta is not defined, or several rows per patient.

    Notes
    -----
    dfbeta is the score residual of the patient times the model-based covariance of the coefficients, dfbetas that over
    the standard error: same as ``residuals(fit, type = "dfbeta")`` and ``"dfbetas"`` in R's survival. For each
    coefficient those with the largest dfbetas are then left out one at a time and the model is fitted again: a hazard
    ratio "without row 51" is that of the fit without it.

    References
    ----------
    .. [1] Therneau TM, Grambsch PM. Modeling survival data. Springer 2000, section 7.1.
    """
    if not has_influence(fitter):
        raise SpecError(
            "Which patients drive a hazard ratio is not answered with Firth's penalty, exact ties or several rows "
            "per patient.",
            hint="Leave the penalty out, or use Efron's method for ties.",
        )
    complete = fitter.complete(fitted.design.covariates)
    dfbeta, error = _dfbeta(complete, fitted)
    dfbetas = dfbeta / error
    positions = np.flatnonzero(complete.rows.kept)
    return Influence(
        names=fitted.design.names,
        rows=positions,
        dfbeta=dfbeta,
        dfbetas=dfbetas,
        most=_most(complete, fitted, interactions, changes=(dfbeta, dfbetas), positions=positions),
    )


def has_influence(fitter: Fitter) -> bool:
    """Whether dfbeta is defined for the fits; patients with several rows have several."""
    return fitter.penalty is None and fitter.ties != "exact" and fitter.rows.patient is None


def _dfbeta(complete: Fitter, fitted: Fitted) -> tuple[FloatArray, FloatArray]:
    """Change of each coefficient without each patient, (n, p), and the model-based standard errors, (p,)."""
    design = fitted.design
    problem = prepare(complete.rows.data, _whole(design), ties=complete.ties, strata=complete.rows.strata)
    found = maximise(problem.X, problem.risk_sets, ties=problem.ties, start=problem.at_null)
    size = float(problem.risk_sets.event_weight.sum())
    covariance = flat_inverse(found.at_beta.information, size=size)
    residuals = score_residuals(found.at_beta, problem.X, problem.risk_sets)
    scale = np.where(found.infinite == 0, problem.scale, np.nan)
    dfbeta = np.full((design.n, len(design.names)), np.nan)
    dfbeta[:, problem.kept] = ((covariance @ residuals) / scale[:, None]).T
    return dfbeta, np.sqrt(np.diag(fitted.fit.model_covariance))


def _whole(design: Design) -> Design:
    """The same matrix, for the complete rows alone."""
    return replace(design, complete=np.ones(design.n, dtype=np.bool_))


def _most(
    complete: Fitter,
    fitted: Fitted,
    interactions: Pairs,
    *,
    changes: tuple[FloatArray, FloatArray],
    positions: IntArray,
) -> tuple[LeftOut, ...]:
    """Per hazard ratio the patient without whom it changes most among those with the largest dfbetas."""
    dfbeta, dfbetas = changes
    without: dict[int, Fitted | None] = {}
    bound = {name for pair in interactions for name in pair}
    found = []
    for j, (meaning, term) in enumerate(zip(fitted.design.terms, fitted.fit.terms, strict=True)):
        if meaning.role != "main" or meaning.term in bound or not np.isfinite(dfbetas[:, j]).all():
            continue
        tried = []
        for i in np.argsort(-np.abs(dfbetas[:, j]), kind="stable")[:REFITTED].tolist():
            if i not in without:
                without[i] = _fit_without(complete, fitted, interactions, i)
            alone = _same_term(without[i], fitted, j)
            left = LeftOut(
                row=int(positions[i]),
                column=meaning.name,
                term=meaning.term,
                level=meaning.level,
                reference=meaning.reference,
                hazard_ratio=term.hazard_ratio,
                p_value=term.p_value,
                hazard_ratio_without=float("nan") if alone is None else alone.hazard_ratio,
                p_value_without=float("nan") if alone is None else alone.p_value,
                dfbeta=float(dfbeta[i, j]),
                dfbetas=float(dfbetas[i, j]),
            )
            tried.append(left)
        found.append(max(tried, key=_change))
    return tuple(found)


def _change(left: LeftOut) -> float:
    """How far a hazard ratio moves; one that is lost moves furthest."""
    change = abs(np.log(left.hazard_ratio_without / left.hazard_ratio))
    return float(change) if np.isfinite(change) else float("inf")


def _fit_without(complete: Fitter, fitted: Fitted, interactions: Pairs, i: int) -> Fitted | None:
    keep = np.ones(complete.rows.data.n, dtype=np.bool_)
    keep[i] = False
    try:
        return complete.on(keep).fit(fitted.design.covariates, interactions)
    except TooFewEventsError:
        return None


def _same_term(without: Fitted | None, fitted: Fitted, column: int) -> CoxTerm | None:
    """The same hazard ratio (level and reference) in another fit."""
    if without is None or fitted.design.terms[column] not in without.design.terms:
        return None
    return without.fit.terms[without.design.terms.index(fitted.design.terms[column])]
