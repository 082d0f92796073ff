"""Regression of the subdistribution hazard (Fine and Gray): covariates and the cumulative incidence of one event.

Belongs here: one model. Does not belong here: the weights (``fading``), curves and Gray's test (``core.survival``), the
hazard of one cause (``cox`` with the other events censored).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from core.errors import InvalidTimeToEventError, SpecError
from core.regression import remarks
from core.regression.cox import assemble
from core.regression.design import Design, build_design
from core.regression.estimate import by_likelihood
from core.regression.fading import CensoringTies
from core.regression.problem import prepare
from core.regression.results import CoxAnalysis, CoxFit
from core.spec import Scalar
from core.timetoevent import BoolArray, TimeToEvent


def fit_fine_gray(
    data: TimeToEvent,
    competing: BoolArray,
    design: Design,
    *,
    conf_level: float = 0.95,
    censoring_ties: CensoringTies = "together",
) -> CoxFit:
    r"""Fit a proportional subdistribution-hazards model.

    Parameters
    ----------
    data : TimeToEvent, n_rows subjects
        The event of interest.
    competing : bool array, shape (n_rows,)
        Who had a competing event, at ``data.time``.
    design : Design
        Rows that are not ``design.complete`` are left out.
    conf_level : float
    censoring_ties : {'together', 'after'}
        Whether those with an event at a time are still at risk of being censored at it, as ``cmprsk::crr`` has it, or
        not, as ``survival::finegray``.

    Returns
    -------
    CoxFit
        ``hazard_ratio`` is the subdistribution hazard ratio. Standard errors, limits and Wald tests are robust, those
        of Fine and Gray, with what the estimated weights add. ``concordance`` keeps patients with a competing event
        among those who outlive every event (Wolbers).

    Raises
    ------
    TooFewEventsError
        If no rows are complete or none has the event.
    SpecError
        If there is delayed entry, or case weights.
    InvalidTimeToEventError
        If the flags do not fit the data.

    Notes
    -----
    A subject with a competing event at T stays at risk with weight :math:`\hat G(t-) / \hat G(T-)`, :math:`\hat G` the
    Kaplan-Meier estimate of censoring among the complete rows; ties by Breslow's method. Same as
    ``cmprsk::crr(time, status, X, failcode, cencode)``, which stops up to 1e-4 standard errors before the maximum.

    References
    ----------
    .. [1] Fine JP, Gray RJ. J Am Stat Assoc 1999;94:496-509.
    .. [2] Wolbers M, Koller MT, Witteman JCM, Steyerberg EW. Epidemiology 2009;20:555-561.
    """
    if data.entry is not None or data.weights is not None:
        raise SpecError(
            "Fine-Gray regression is not defined here with delayed entry or case weights.",
            hint="Use Cox regression of the cause-specific hazard, competing events censored.",
        )
    competing = np.asarray(competing, dtype=np.bool_)
    if competing.shape != data.event.shape or (competing & data.event).any():
        raise InvalidTimeToEventError("Competing events do not fit the event of interest: each subject has one event.")
    problem = prepare(data, design, ties="breslow", competing=competing, censoring_ties=censoring_ties)
    estimate = by_likelihood(problem, robust=True, conf_level=conf_level)
    found = assemble(problem, estimate, is_robust=True, penalty=None, conf_level=conf_level)
    n_competing = int(np.count_nonzero(competing[design.complete]))
    return replace(found, notes=(*found.notes, remarks.subdistribution(n_competing)))


def fine_gray_analysis(
    data: TimeToEvent,
    competing: BoolArray,
    frame: pd.DataFrame,
    covariates: Sequence[str],
    *,
    references: Mapping[str, Scalar] | None = None,
    conf_level: float = 0.95,
    kinds: Mapping[str, str] | None = None,
) -> CoxAnalysis:
    """Fit all covariates together; columns are read as by ``cox_analysis``.

    Parameters
    ----------
    data : TimeToEvent, n subjects
    competing : bool array, shape (n,)
    frame : DataFrame, n rows
        The same subjects in the same order.
    covariates : sequence of str
    references, kinds
        As ``build_design`` takes them.
    conf_level : float

    Returns
    -------
    CoxAnalysis
        In mode ``multivariable``.
    """
    design = build_design(frame, covariates, references=references, kinds=kinds)
    fit = fit_fine_gray(data, competing, design, conf_level=conf_level)
    return CoxAnalysis(
        mode="multivariable",
        univariable=None,
        multivariable=fit,
        entered=tuple(covariates),
        missing=dict(design.missing),
        notes=fit.notes,
    )
