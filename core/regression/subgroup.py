"""The hazard ratio of two groups in every level of several factors: what a subgroup forest plot shows.

Belongs here: the levels, what is in each, and the test of interaction. Does not belong here: the ratios
(``two_groups``), drawing (``ui.charts``).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import chdtrc, ndtr, ndtri

from core.errors import InvalidTimeToEventError, SpecError
from core.regression import remarks
from core.regression.cells import CellModel
from core.regression.factors import Factor, read_factor
from core.regression.results import CoxTest
from core.regression.two_groups import two_group_ratios
from core.spec import Ties
from core.survival.event_table import event_table
from core.survival.kaplan_meier import KaplanMeierEstimate, kaplan_meier
from core.survival.quantiles import IntervalEstimate, quantile
from core.timetoevent import FloatArray, IntArray, TimeToEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class SubgroupArm:
    """One of the two groups within one level."""

    group: str
    n: int
    n_events: int
    median: IntervalEstimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Subgroup:
    """The patients of one level, or everybody.

    Attributes
    ----------
    level : str
    n, n_events : int
    arms : tuple of two SubgroupArm
        The reference first.
    log_hazard_ratio, std_error, hazard_ratio, conf_low, conf_high : float
        Other group over the reference, Cox regression within the level; NaN where ``note`` says why.
    statistic, p_value : float
        Wald's z and its two-sided p-value.
    note : str
    """

    level: str
    n: int
    n_events: int
    arms: tuple[SubgroupArm, SubgroupArm]
    log_hazard_ratio: float
    std_error: float
    hazard_ratio: float
    conf_low: float
    conf_high: float
    statistic: float
    p_value: float
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubgroupFactor:
    """One factor: its levels, and whether the hazard ratio differs between them.

    Attributes
    ----------
    factor : str
    subgroups : tuple of Subgroup
    interaction : CoxTest
        Likelihood ratio of group, factor and their interaction against group and factor.
    n_missing : int
        Patients without a value.
    """

    factor: str
    subgroups: tuple[Subgroup, ...]
    interaction: CoxTest
    n_missing: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SubgroupAnalysis:
    """The hazard ratio of two groups among everybody and in every level.

    Attributes
    ----------
    group, reference : str
        Ratios are ``group`` over ``reference``.
    overall : Subgroup
    factors : tuple of SubgroupFactor
    ties, conf_level, unit
    notes : tuple of str
    """

    group: str
    reference: str
    overall: Subgroup
    factors: tuple[SubgroupFactor, ...]
    ties: Ties
    conf_level: float
    unit: str
    notes: tuple[str, ...] = ()


def subgroup_analysis(
    data: TimeToEvent,
    frame: pd.DataFrame,
    factors: Sequence[str],
    *,
    is_other: FloatArray | IntArray,
    groups: tuple[str, str],
    ties: Ties = "efron",
    conf_level: float = 0.95,
    kinds: Mapping[str, str] | None = None,
) -> SubgroupAnalysis:
    """Compare two groups within every level of several factors.

    Parameters
    ----------
    data : TimeToEvent, n subjects
        ``entry`` is honoured.
    frame : DataFrame, n rows
        The same subjects in the same order.
    factors : sequence of str
        Columns. A category has its levels; a number with more than six values is split at its median.
    is_other : array, shape (n,)
        0 in the reference group, 1 in the other.
    groups : tuple of two str
        Names, the reference first.
    ties : {'efron', 'breslow'}
    conf_level : float
    kinds : mapping of column to {'number', 'category', 'text'}, optional
        Without it a numeric column is a number.

    Returns
    -------
    SubgroupAnalysis

    Raises
    ------
    MissingColumnError
        If a factor is not a column.
    SpecError
        If a factor has more than 30 levels or is a date, or the data have case weights.
    InvalidTimeToEventError
        If the groups do not fit the data.

    Notes
    -----
    Each ratio is that of ``survival::coxph(Surv(time, event) ~ group)`` on the patients of the level, medians are
    Kaplan-Meier's with log-log limits, the interaction is ``anova(coxph(~ group + factor), coxph(~ group * factor))``.

    References
    ----------
    .. [1] Assmann SF, Pocock SJ, Enos LE, Kasten LE. Lancet 2000;355:1064-1069.
    """
    arm = np.asarray(is_other, dtype=np.int64)
    if arm.shape != data.event.shape or len(frame) != data.n or not np.isin(arm, (0, 1)).all():
        raise InvalidTimeToEventError("Groups must be 0 or 1 for every subject.")
    if data.weights is not None:
        raise SpecError("Subgroups are not defined here with case weights.")
    read = [read_factor(frame, name, (kinds or {}).get(name)) for name in factors]
    everybody = Factor(name="", codes=np.zeros(data.n, dtype=np.int64), levels=("all",), notes=())
    overall, *per_factor = _subgroups(data, arm, [everybody, *read], groups=groups, ties=ties, conf_level=conf_level)
    found = tuple(
        SubgroupFactor(
            factor=factor.name,
            subgroups=subgroups,
            interaction=interaction,
            n_missing=int(np.count_nonzero(factor.codes < 0)),
        )
        for factor, (subgroups, interaction) in zip(read, per_factor, strict=True)
    )
    return SubgroupAnalysis(
        group=groups[1],
        reference=groups[0],
        overall=overall[0][0],
        factors=found,
        ties=ties,
        conf_level=conf_level,
        unit=data.unit,
        notes=_notes(overall[0][0], found, [note for factor in read for note in factor.notes], data.n),
    )


def _subgroups(
    data: TimeToEvent,
    arm: IntArray,
    factors: Sequence[Factor],
    *,
    groups: tuple[str, str],
    ties: Ties,
    conf_level: float,
) -> list[tuple[tuple[Subgroup, ...], CoxTest]]:
    """Every level of every factor: each factor's patients once more under each other, counted in one table."""
    first = np.cumsum([0, *(len(factor.levels) for factor in factors)])
    sets = [np.where(f.codes < 0, -1, f.codes + start) for f, start in zip(factors, first, strict=False)]
    cell = np.concatenate([np.where(codes < 0, -1, 2 * codes + arm) for codes in sets])
    names = tuple(f"{level} {group}" for factor in factors for level in factor.levels for group in groups)
    table = event_table(data.subset(np.tile(np.arange(data.n), len(factors))), cell, names)
    shape = (int(first[-1]), 2, table.time.size)
    n_at_risk = table.n_at_risk.reshape(shape)
    # who enters within the tolerance of ties before the event is not at risk for it
    n_events = np.minimum(table.n_events.reshape(shape), n_at_risk)
    fitted = two_group_ratios(n_at_risk, n_events, ties=ties)
    ratios = (fitted.log_hazard_ratio, fitted.std_error, fitted.infinite)
    curves = kaplan_meier(table, conf_level=conf_level)
    z = float(ndtri(0.5 + conf_level / 2))
    levels = [level for factor in factors for level in factor.levels]
    found = [
        _subgroup(level, curves[2 * i : 2 * i + 2], groups, ratio=tuple(float(part[i]) for part in ratios), z=z)
        for i, level in enumerate(levels)
    ]
    return [
        (tuple(found[a:b]), _interaction(n_at_risk[a:b], n_events[a:b], ties)) for a, b in itertools.pairwise(first)
    ]


def _subgroup(
    level: str,
    curves: Sequence[KaplanMeierEstimate],
    groups: tuple[str, str],
    *,
    ratio: tuple[float, ...],
    z: float,
) -> Subgroup:
    beta, error, infinite = ratio
    arms = tuple(
        SubgroupArm(group=group, n=curve.n, n_events=int(curve.n_events_total), median=quantile(curve, 0.5))
        for group, curve in zip(groups, curves, strict=True)
    )
    reference, other = arms
    statistic = beta / error
    with np.errstate(over="ignore"):
        value, low, high = (float(np.exp(x)) for x in (beta, beta - z * error, beta + z * error))
    return Subgroup(
        level=level,
        n=reference.n + other.n,
        n_events=reference.n_events + other.n_events,
        arms=(reference, other),
        log_hazard_ratio=beta,
        std_error=error,
        hazard_ratio=value,
        conf_low=low,
        conf_high=high,
        statistic=statistic,
        p_value=float(2 * ndtr(-abs(statistic))),
        note=_why_not(arms, infinite),
    )


def _why_not(arms: Sequence[SubgroupArm], infinite: float) -> str:
    """Why there is no hazard ratio, or nothing."""
    if infinite == 0:
        return ""
    nobody = [arm.group for arm in arms if not arm.n]
    if nobody:
        return f"no patients with {nobody[0]}"
    without = [arm.group for arm in arms if not arm.n_events]
    if without:
        return f"no events with {' or '.join(without)}"
    return "follow-up of the two groups does not overlap where events are"


def _interaction(n_at_risk: IntArray, n_events: IntArray, ties: Ties) -> CoxTest:
    """Likelihood ratio of a hazard ratio per level against one for all, the factor in both models.

    The counts, shape (s, 2, k), are those of the factor's levels.
    """
    n_levels, _, n_times = n_at_risk.shape
    nothing = CoxTest(statistic=float("nan"), df=0, p_value=float("nan"))
    if n_levels < 2:
        return nothing
    shape = (2 * n_levels, n_times)
    model = CellModel(n_at_risk.reshape(shape), n_events.reshape(shape), ties=ties)
    level, is_other = np.divmod(np.arange(2 * n_levels), 2)
    flags = (level[:, None] == np.arange(1, n_levels)).astype(np.float64)
    main = np.column_stack([is_other, flags]).astype(np.float64)
    without, n_without = model.log_likelihood(main)
    fitted, n_fitted = model.log_likelihood(np.column_stack([main, is_other[:, None] * flags]))
    df = n_fitted - n_without
    if df <= 0:
        return nothing
    statistic = max(0.0, 2 * (fitted - without))
    return CoxTest(statistic=statistic, df=df, p_value=float(chdtrc(df, statistic)))


def _notes(overall: Subgroup, factors: tuple[SubgroupFactor, ...], said: Sequence[str], n: int) -> tuple[str, ...]:
    notes = list(said)
    notes += [f"{f.factor} is missing in {f.n_missing} of {n} patients." for f in factors if f.n_missing]
    notes += [f"Everybody: {overall.note}; there is no hazard ratio."] if overall.note else []
    notes += [
        f"{factor.factor} {subgroup.level}: {subgroup.note}; there is no hazard ratio."
        for factor in factors
        for subgroup in factor.subgroups
        if subgroup.note
    ]
    n_tests = sum(1 for factor in factors if factor.interaction.df)
    return (*notes, *remarks.interactions(n_tests))
