"""G-formula: everybody as they would fare in either group, by a Cox model of the group and the covariates.

Belongs here: the marginal hazard ratio and the difference of restricted means, with their bootstrap. Does not belong
here: the model itself (``core.regression``), curves with limits (the page of adjusted curves has them).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.bias.balance_study import BalanceStudy
from core.bias.weighted_comparison import WeightedRatio, counted, group_design, with_wald
from core.errors import CohortError, TooFewEventsError
from core.regression.baseline_hazard import fitted_hazards
from core.regression.estimate import by_likelihood
from core.regression.problem import prepare
from core.survival.contrasts import Contrast, contrast
from core.survival.event_table import event_table
from core.survival.kaplan_meier import survival_steps
from core.timetoevent import TIE_TOLERANCE, FloatArray, IntArray
from core.work.progress import each

CELLS = 1 << 18
MOST_STEPS = 100
ENOUGH_TIMES = 200  # event times at which curves are read in bootstrap samples
FEWEST_DRAWS = 0.5  # share of draws that must succeed


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GFormula:
    """Both groups, everybody in each.

    Attributes
    ----------
    ratio : WeightedRatio
        Marginal hazard ratio.
    difference : Contrast
        Of restricted means.
    time : array, shape (k,)
        Event times.
    survival : array, shape (2, k)
        Mean predicted survival of all patients in the reference and in the other group.
    draws, n_failed, seed : int
        Of the bootstrap.
    """

    ratio: WeightedRatio
    difference: Contrast
    time: FloatArray
    survival: FloatArray
    draws: int
    n_failed: int
    seed: int


def g_formula(study: BalanceStudy, *, tau: float, draws: int, seed: int) -> GFormula:
    r"""Standardise a Cox model to all patients.

    Parameters
    ----------
    study : BalanceStudy
    tau : float
        End of the restricted means.
    draws, seed : int
        Bootstrap samples of patients; the model is fitted again in each.

    Raises
    ------
    TooFewEventsError
        If a hazard ratio of the model is infinite, or most bootstrap samples cannot be fitted.

    Notes
    -----
    :math:`\bar S_g(t)` is the mean of all patients' predicted survival, each put into group g. The marginal hazard
    ratio solves Cox's score equation of two groups with these curves and the observed censoring :math:`G`: the sum
    over event times of :math:`G (e_1 - (e_0 + e_1) e^\beta \bar S_1 / (\bar S_0 + e^\beta \bar S_1))` with
    :math:`e_g = -\bar S_g d\log \bar S_g`, curves and censoring just before each time (no censoring with delayed
    entry). Without covariates it is the crude ratio; with them it is nearer to 1 than the model's own, which is of
    patients with the same covariates.
    Limits: estimate and standard deviation of the bootstrap, normal; its curves are read at 200 of the event times
    where there are more.

    References
    ----------
    .. [1] Robins J. Math Model 1986;7:1393-1512.
    .. [2] Austin PC. Stat Med 2013;32:2837-2849.
    .. [3] Daniel R, Zhang J, Farewell D. Biom J 2021;63:528-557.
    """
    found = _standardised(study)
    log_ratio, area = marginal_log_ratio(study, *found), _area_difference(*found, tau=tau)
    rng = np.random.default_rng(seed)
    drawn = np.array([_draw(study, rng.integers(0, study.n, study.n), tau) for _ in each(range(draws), "bootstrap")])
    drawn = drawn[np.isfinite(drawn).all(axis=1)]
    if len(drawn) < FEWEST_DRAWS * draws:
        raise TooFewEventsError(
            f"The model could be fitted in only {len(drawn)} of {draws} bootstrap samples.",
            hint="Balance fewer covariates, or merge rare levels.",
        )
    errors = drawn.std(axis=0, ddof=1)
    ratio = WeightedRatio(
        ratio=with_wald(counted(study, np.ones(study.n, dtype=np.bool_)), log_ratio, float(errors[0])),
        effective=(float(study.sizes[0]), float(study.sizes[1])),
    )
    return GFormula(
        ratio=ratio,
        difference=contrast(area, float(errors[1]), time=tau, conf_level=study.conf_level),
        time=found[0],
        survival=found[1],
        draws=draws,
        n_failed=draws - len(drawn),
        seed=seed,
    )


def _draw(study: BalanceStudy, rows: IntArray, tau: float) -> tuple[float, float]:
    """Both estimates in one bootstrap sample; NaN where it cannot be fitted."""
    sample = study.subset(rows)
    try:
        found = _standardised(sample, most_times=ENOUGH_TIMES)
    except CohortError:
        return float("nan"), float("nan")
    return marginal_log_ratio(sample, *found), _area_difference(*found, tau=tau)


def _standardised(study: BalanceStudy, *, most_times: int | None = None) -> tuple[FloatArray, FloatArray]:
    """Event times (k,), or some of them, and the mean predicted survival of all patients in both groups (2, k)."""
    if not all(study.data.event[rows].any() for rows in (study.treated, ~study.treated)):
        raise TooFewEventsError("A group has no events.")
    design = group_design(study, with_covariates=True)
    problem = prepare(study.data, design, ties="efron")
    fitted = fitted_hazards(problem, by_likelihood(problem, robust=False, conf_level=study.conf_level))
    baseline = fitted.strata[0]
    # for a standard deviation over samples some of the event times do, the last one among them
    every = 1 if most_times is None else -(-baseline.time.size // most_times)
    time, hazard = (values[::-1][::every][::-1] for values in (baseline.time, baseline.hazard))
    survival = np.zeros((2, time.size))
    step = max(1, CELLS // max(1, time.size))
    for code in (0, 1):
        rows = design.matrix.copy()
        rows[:, 0] = code
        risk = np.exp(fitted.standard(rows) @ fitted.beta)
        for start in range(0, study.n, step):
            survival[code] += np.exp(-np.outer(risk[start : start + step], hazard)).sum(axis=0)
    return time, survival / study.n


def marginal_log_ratio(study: BalanceStudy, time: FloatArray, survival: FloatArray) -> float:
    """The log hazard ratio that Cox regression finds in two groups with these curves and the observed censoring."""
    before = np.column_stack([np.ones(2), survival[:, :-1]])
    usable = (survival > 0).all(axis=0)
    before, after = before[:, usable], survival[:, usable]
    events = before * -np.log(after / before) * _still_followed(study, time[usable])
    total = events.sum(axis=0)
    beta = 0.0
    for _ in range(MOST_STEPS):
        other = np.exp(beta) * before[1]
        chance = other / (before[0] + other)
        step = float((events[1] - total * chance).sum() / (total * chance * (1 - chance)).sum())
        beta += float(np.clip(step, -2.0, 2.0))
        if abs(step) < 1e-12:
            break
    return beta


def _still_followed(study: BalanceStudy, times: FloatArray) -> FloatArray:
    """Chance not to have been censored just before each time, Kaplan-Meier of censoring in both groups together.

    1 with delayed entry, where few are at risk at first and the curve of censoring may end with them.
    """
    if study.data.entry is not None:
        return np.ones(times.size)
    steps, chance = survival_steps(event_table(study.data).reversed(), 0)
    passed = np.searchsorted(steps, times * (1 - TIE_TOLERANCE), side="left")
    return np.append(1.0, chance)[passed]


def _area_difference(time: FloatArray, survival: FloatArray, *, tau: float) -> float:
    """Area between both curves up to tau."""
    edges = np.clip(np.append(time, np.inf), 0, tau)
    return float((np.diff(edges) * (survival[1] - survival[0])).sum())
