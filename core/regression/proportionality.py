"""Whether hazards are proportional: the score test of coefficients that change with time, and residuals to look at.

Belongs here: the test per covariate and of all together, and the scaled Schoenfeld residuals. Does not belong here: the
fit (``newton``), choosing columns (``model``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from core.errors import SpecError
from core.regression import remarks
from core.regression.design import Design, build_design
from core.regression.likelihood import Likelihood, information_over
from core.regression.newton import Maximum, estimable, maximise
from core.regression.problem import Problem, prepare
from core.regression.robust import quadratic_form
from core.regression.rows import regression_rows, with_missing
from core.regression.splines import chosen_knots
from core.spec import Scalar, SplineKnots, Ties, TimeTransform
from core.survival.event_table import event_table
from core.survival.kaplan_meier import kaplan_meier
from core.timetoevent import TIE_TOLERANCE, FloatArray, IntArray, TimeToEvent, distinct_times

CHANGING = 0.05  # P below which a hazard ratio is said to change
ROUNDING = 1e-12  # of the information, below which a variance is what subtraction left


@dataclass(frozen=True, slots=True, kw_only=True)
class ProportionalityTest:
    """Test that the coefficients of one covariate, or of all, do not change with time.

    Attributes
    ----------
    term : str
    statistic : float
        Chi-squared; NaN where it cannot be tested.
    df : int
    p_value : float
    """

    term: str
    statistic: float
    df: int
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ProportionalHazards:
    """Tests of proportional hazards of one model, and what to plot.

    Attributes
    ----------
    n, n_events : int
        Patients and events of the model.
    transform : {'km', 'rank', 'identity', 'log'}
        Of time, against which a coefficient is tested for a trend.
    terms : tuple of ProportionalityTest
        One per covariate, a factor with all its levels.
    overall : ProportionalityTest
        All covariates together (R: GLOBAL).
    time, transformed : arrays, shape (d,)
        Time of each event, ascending, and its transform.
    names : tuple of str, length p
        Columns of the design that were tested.
    residuals : array, shape (d, p)
        Scaled Schoenfeld residuals plus the coefficient: about the log hazard ratio at each time.
    coefficients : array, shape (p,)
        The log hazard ratios if proportional.
    ties
    missing : dict of str to int
        Patients without a value, per covariate (and stratification or weight column).
    unit : str
        Of ``time``.
    notes : tuple of str
    """

    n: int
    n_events: int
    transform: TimeTransform
    terms: tuple[ProportionalityTest, ...]
    overall: ProportionalityTest
    time: FloatArray
    transformed: FloatArray
    names: tuple[str, ...]
    residuals: FloatArray
    coefficients: FloatArray
    ties: Ties
    missing: dict[str, int]
    unit: str
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for array in (self.time, self.transformed, self.residuals, self.coefficients):
            array.setflags(write=False)


def proportional_hazards(
    data: TimeToEvent,
    design: Design,
    *,
    transform: TimeTransform = "km",
    ties: Ties = "efron",
    strata: IntArray | None = None,
) -> ProportionalHazards:
    r"""Test whether the hazard ratios of a Cox model stay the same over time.

    Parameters
    ----------
    data : TimeToEvent, n_rows subjects
        The rows the design was built from; ``entry`` and ``weights`` are honoured.
    design : Design
        Rows that are not ``design.complete`` are left out.
    transform : {'km', 'rank', 'identity', 'log'}
        ``km``: 1 minus the Kaplan-Meier estimate just before each time, of all patients together and without weights;
        ``rank``: among all times, ties sharing the mean rank.
    ties : {'efron', 'breslow'}
    strata : int array, shape (n_rows,), optional
        Codes; each stratum has its own baseline hazard, the coefficients are common.

    Returns
    -------
    ProportionalHazards

    Raises
    ------
    TooFewEventsError
        If no rows are complete or none has an event.
    SpecError
        If an event happens at time 0 and time is to be logged.

    Notes
    -----
    In :math:`\beta(t) = \beta + \gamma g(t)` the hypothesis :math:`\gamma = 0` is tested by the score test at
    the fitted :math:`\beta`: with :math:`V(t)` the variance of the covariates in the risk set and
    :math:`U = \sum g(t) (x - \bar x(t))` over the events, the information has the blocks :math:`\sum V`,
    :math:`\sum g V` and :math:`\sum g^2 V`. Same as ``survival::cox.zph(fit, transform)`` from version 3 on
    (before, and in lifelines, V was taken to be constant).

    References
    ----------
    .. [1] Grambsch PM, Therneau TM. Biometrika 1994;81:515-526.
    .. [2] Therneau TM, Grambsch PM. Modeling survival data. Springer 2000, section 6.2.
    """
    problem = prepare(data, design, ties=ties, strata=strata, cluster=None)
    sets = problem.risk_sets
    found = maximise(problem.X, sets, ties=ties, start=problem.at_null)
    # whoever makes a coefficient infinite weighs nothing there: the others are tested as if alone
    finite = np.flatnonzero(found.infinite == 0)
    last = sets.order[sets.event_rows]
    time, transformed = problem.data.time[last], _transformed(problem.data, transform)[last]
    score, variance = _score(problem, found.at_beta, transformed[sets.event_starts], finite)
    terms = tuple(
        _test(covariate, score, variance, np.flatnonzero(np.isin(finite, group)))
        for covariate, group in problem.groups.items()
    )
    order = np.argsort(time, kind="stable")
    return ProportionalHazards(
        n=problem.data.n,
        n_events=problem.data.n_events,
        transform=transform,
        terms=terms,
        overall=_test("GLOBAL", score, variance, np.arange(finite.size)),
        time=time[order],
        transformed=transformed[order],
        names=tuple(design.names[j] for j in problem.kept[finite]),
        residuals=_scaled_residuals(problem, found, finite)[order],
        coefficients=found.beta[finite] / problem.scale[finite],
        ties=ties,
        missing=dict(design.missing),
        unit=data.unit,
        notes=_notes(problem, found, terms),
    )


def proportional_hazards_analysis(  # noqa: PLR0913 - one keyword per key of the specification
    data: TimeToEvent,
    frame: pd.DataFrame,
    covariates: Sequence[str],
    *,
    transform: TimeTransform = "km",
    ties: Ties = "efron",
    strata: Sequence[str] = (),
    weights: str | None = None,
    references: Mapping[str, Scalar] | None = None,
    kinds: Mapping[str, str] | None = None,
    splines: Mapping[str, SplineKnots] | None = None,
    interactions: Sequence[tuple[str, str]] = (),
) -> ProportionalHazards:
    """Test the Cox model with all covariates together; columns are read as by ``cox_analysis``.

    Parameters
    ----------
    data : TimeToEvent, n subjects
    frame : DataFrame, n rows
        The same subjects in the same order.
    covariates : sequence of str
    transform, ties
        As ``proportional_hazards`` takes them.
    strata : sequence of str
        Columns; each combination of their values has its own baseline hazard.
    weights : str, optional
        Column.
    references, kinds, splines, interactions
        As ``cox_analysis`` takes them.
    """
    rows = regression_rows(data, frame, strata=strata, weights=weights)
    knots = chosen_knots(frame, splines or {}, kinds=kinds)
    design = build_design(
        rows.frame, covariates, references=references, kinds=kinds, knots=knots, interactions=interactions
    )
    found = proportional_hazards(rows.data, design, transform=transform, ties=ties, strata=rows.strata)
    whole = build_design(frame, covariates, references=references, kinds=kinds).missing
    return replace(found, missing={**whole, **rows.missing}, notes=with_missing(found.notes, design, rows))


def _transformed(data: TimeToEvent, transform: TimeTransform) -> FloatArray:
    """The transform of each subject's time, shape (n,)."""
    if transform == "identity":
        return data.time
    if transform == "log":
        if (data.time[data.event] <= 0).any():
            raise SpecError(
                "An event at time 0 has no logarithm.", hint="Use the transform 'km', 'rank' or 'identity'."
            )
        return np.log(np.where(data.event, data.time, 1.0))
    distinct, position = distinct_times(data.time)
    if transform == "rank":
        count = np.bincount(position)
        return np.asarray((np.cumsum(count) - (count - 1) / 2)[position], dtype=np.float64)
    alike = TimeToEvent(time=data.time, event=data.event, entry=data.entry, unit=data.unit)
    (curve,) = kaplan_meier(event_table(alike))
    before = np.searchsorted(curve.time, distinct * (1 - TIE_TOLERANCE), side="left")
    return np.asarray((1 - np.append(1.0, curve.survival)[before])[position], dtype=np.float64)


def _score(
    problem: Problem, at: Likelihood, transformed: FloatArray, finite: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Score of the finite coefficients' trend over the transformed time, (q,), and its variance, (q, q).

    ``transformed`` is of the slots, shape (k,).
    """
    sets = problem.risk_sets
    centred = transformed - sets.n_tied @ transformed / sets.n_tied.sum()
    trend = centred / (np.abs(centred).max() or 1.0)
    observed = sets.event_sums(sets.event_weights * problem.X)
    score = ((observed - _expected(at)) @ trend)[finite]
    here = np.ix_(finite, finite)
    constant, mixed, changing = (information_over(at, problem.X, trend**power)[here] for power in range(3))
    if not finite.size:
        return score, changing
    own = changing - mixed @ np.linalg.solve(constant, mixed)
    # what is left after the subtraction may be rounding alone: then nothing is
    nothing = np.diag(own) <= ROUNDING * np.diag(constant)
    own[nothing] = 0.0
    own[:, nothing] = 0.0
    return score, (own + own.T) / 2


def _expected(at: Likelihood) -> FloatArray:
    """Sum over the events of each slot of the covariates' weighted mean among those at risk, shape (p, k)."""
    expected, own_weighted = at.weighted * at.slots.hazard, at.own_weighted
    if own_weighted is not None and at.slots.own is not None:
        expected = expected - own_weighted * at.slots.own.hazard
    return expected


def _test(term: str, score: FloatArray, variance: FloatArray, group: IntArray) -> ProportionalityTest:
    """Test of the coefficients of one group of columns."""
    block = variance[np.ix_(group, group)]
    kept = group[estimable(block, float(np.diag(block).max(initial=0.0)))[0]] if group.size else group
    if not kept.size:
        return ProportionalityTest(term=term, statistic=float("nan"), df=0, p_value=float("nan"))
    statistic = quadratic_form(score[kept], variance[np.ix_(kept, kept)])
    return ProportionalityTest(
        term=term, statistic=statistic, df=int(kept.size), p_value=float(chdtrc(kept.size, statistic))
    )


def _scaled_residuals(problem: Problem, found: Maximum, finite: IntArray) -> FloatArray:
    """Coefficient plus number of events times inverse information times Schoenfeld residual, shape (d, q)."""
    sets, at = problem.risk_sets, found.at_beta
    mean = _expected(at) / sets.event_weight
    residuals = (problem.X[:, sets.event_rows] - mean[:, sets.slot[sets.event_rows]])[finite]
    information = at.information[np.ix_(finite, finite)]
    scaled = sets.event_rows.size * np.linalg.solve(information, residuals) if finite.size else residuals
    return np.ascontiguousarray(((found.beta[finite][:, None] + scaled) / problem.scale[finite][:, None]).T)


def _notes(problem: Problem, found: Maximum, terms: tuple[ProportionalityTest, ...]) -> tuple[str, ...]:
    design = problem.design
    infinite = [design.names[j] for j in problem.kept[found.infinite != 0]]
    untested = [test.term for test in terms if not test.df]
    changing = [test.term for test in terms if test.p_value < CHANGING]
    notes = [
        remarks.missing(design.n_missing, design.complete.size, design.missing),
        *design.notes,
        *(problem.reasons[j] for j in sorted(problem.reasons)),
        remarks.untested(infinite, untested),
        remarks.changing(changing, limit=CHANGING),
    ]
    if not found.converged:
        notes.append(remarks.not_converged(found.n_iterations))
    return tuple(dict.fromkeys(note for note in notes if note))
