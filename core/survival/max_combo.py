"""MaxCombo: the largest of several Fleming-Harrington tests, for differences that may come early or late.

Belongs here: the four statistics, their correlation, the combined test. Does not belong here: single weightings
(``compare``), the tail probability (``max_normal``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import SpecError
from core.spec import FlemingHarrington
from core.survival.compare import stratum_tables
from core.survival.event_table import EventTable
from core.survival.max_normal import tail_of_largest
from core.survival.strata import need_two_groups_with_events
from core.survival.weights import weights
from core.timetoevent import FloatArray, IntArray, TimeToEvent

EXPONENTS = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0))
NEGLIGIBLE = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MaxCombo:
    """MaxCombo test of two groups.

    Attributes
    ----------
    levels : tuple of str, length 2
    reference : str
    exponents : tuple of (rho, gamma), length q
        The weightings that gave a statistic.
    z : array, shape (q,)
        Their signed statistics, positive where the other level has more events than expected.
    correlation : array, shape (q, q)
        Of the statistics under the null hypothesis.
    statistic : float
        The largest ``z`` in size.
    largest : (rho, gamma) or None
        Which it is.
    p_value : float
        Two-sided, for the largest of them all.
    notes : tuple of str
    """

    levels: tuple[str, ...]
    reference: str
    exponents: tuple[tuple[float, float], ...]
    z: FloatArray
    correlation: FloatArray
    statistic: float
    largest: tuple[float, float] | None
    p_value: float
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.z.setflags(write=False)
        self.correlation.setflags(write=False)


def max_combo(
    data: TimeToEvent,
    codes: IntArray,
    levels: tuple[str, ...],
    reference: str | None = None,
    *,
    strata: IntArray | None = None,
) -> MaxCombo:
    r"""Test two groups with the largest of the Fleming-Harrington (0,0), (1,0), (0,1) and (1,1) statistics.

    Keeps its power where the curves part late, cross or come together, at the price of a slightly larger p-value than
    the log-rank test's where hazards are proportional.

    Parameters
    ----------
    data : TimeToEvent
        Entry and case weights are honoured; weights count as that many subjects.
    codes : int array, shape (n,)
        Group of each subject as a position in ``levels``; negative is left out.
    levels : tuple of str
        Exactly two.
    reference : str, optional
        The first unless named.
    strata : int array, shape (n,), optional
        Scores and covariances are summed over strata.

    Returns
    -------
    MaxCombo

    Raises
    ------
    SpecError
        With other than two levels, or a reference that is none of them.
    TooFewEventsError
        If a group has no patients or there is no event.

    Notes
    -----
    Covariance of two weighted scores: :math:`\sum w_j v_j V_j` with the hypergeometric variance :math:`V_j`. The
    p-value is the probability that the largest of normals with these correlations is as large, computed by quadrature
    to a relative error below 1e-9, without sampling: the first weight is the sum of the second and third, so the four
    statistics span three dimensions. Same as ``nphRCT`` or ``simtrial`` with these weights, whose ``mvtnorm::pmvnorm``
    samples.

    References
    ----------
    .. [1] Lin RS, Lin J, Roychoudhury S, et al. Stat Biopharm Res 2020;12:187-198.
    .. [2] Lee JW. Biometrics 1996;52:721-725.
    """
    if len(levels) != 2:
        raise SpecError(f"MaxCombo compares two groups, not {len(levels)}.", hint="Choose two levels.")
    reference = levels[0] if reference is None else reference
    if reference not in levels:
        raise SpecError(f"Reference '{reference}' is not one of the levels {list(levels)}.")
    tables = stratum_tables(data, codes, levels, strata=strata)
    n = np.sum([table.n_subjects for table in tables], axis=0)
    need_two_groups_with_events(levels, n, any_event=any(table.n_events.any() for table in tables))
    parts = [_scores(table, other=0 if reference == levels[1] else 1) for table in tables]
    score, covariance = (np.sum([part[k] for part in parts], axis=0) for k in (0, 1))
    variance = np.diag(covariance)
    kept = np.flatnonzero(variance > NEGLIGIBLE * variance.max(initial=0.0))
    z = score[kept] / np.sqrt(variance[kept])
    correlation = covariance[np.ix_(kept, kept)] / np.sqrt(np.outer(variance[kept], variance[kept]))
    largest = int(np.argmax(np.abs(z))) if kept.size else None
    return MaxCombo(
        levels=tuple(levels),
        reference=reference,
        exponents=tuple(EXPONENTS[k] for k in kept),
        z=z,
        correlation=correlation,
        statistic=math.nan if largest is None else float(z[largest]),
        largest=None if largest is None else EXPONENTS[kept[largest]],
        p_value=math.nan if largest is None else tail_of_largest(abs(float(z[largest])), correlation),
        notes=_notes(data, tables, kept.tolist()),
    )


def _scores(table: EventTable, *, other: int) -> tuple[FloatArray, FloatArray]:
    """Weighted excess of events in one group, shape (q,), and covariance, shape (q, q), of one stratum."""
    columns = np.flatnonzero(table.n_events.any(axis=0))
    d = table.n_events[:, columns].sum(axis=0, dtype=np.float64)
    n = table.n_at_risk[:, columns].sum(axis=0, dtype=np.float64)
    mine = table.n_at_risk[other, columns] / n
    w = np.array([_weight(exponents, n, d) for exponents in EXPONENTS])
    tied = np.divide(n - d, n - 1, out=np.zeros(n.shape), where=n > 1)
    variance = d * mine * (1 - mine) * tied
    score: FloatArray = w @ (table.n_events[other, columns] - d * mine)
    covariance: FloatArray = (w * variance) @ w.T
    return score, covariance


def _weight(exponents: tuple[float, float], n: FloatArray, d: FloatArray) -> FloatArray:
    return weights(FlemingHarrington.model_validate({"fleming-harrington": exponents}), n, d)


def _notes(data: TimeToEvent, tables: list[EventTable], kept: Sequence[int]) -> tuple[str, ...]:
    notes = []
    missing = [f"({rho:g}, {gamma:g})" for k, (rho, gamma) in enumerate(EXPONENTS) if k not in kept]
    if not kept:
        notes.append("The groups were not at risk together when events occurred: there is no test.")
    elif missing:
        notes.append(f"No statistic with Fleming-Harrington weights {', '.join(missing)}: all events are at one time.")
    if len(tables) > 1:
        notes.append(f"Stratified: {len(tables)} strata.")
    if data.weights is not None:
        notes.append("Case weights count as that many patients; for propensity weights the p-value is not valid.")
    return tuple(notes)
