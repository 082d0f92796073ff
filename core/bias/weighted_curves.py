"""Kaplan-Meier curves and restricted means of weighted groups, with a variance that knows the weights were estimated.

Belongs here: what one patient's weight does to a curve, its area and the difference of two areas. Does not belong here:
weights, the hazard ratio (``weighted_comparison``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.bias.balance_study import BalanceStudy
from core.bias.weighted_sample import WeightedSample
from core.regression.robust import per_cluster
from core.survival.contrasts import Contrast, contrast, rmst_difference
from core.survival.event_table import event_table
from core.survival.intervals import normal_quantile, survival_limits
from core.survival.kaplan_meier import KaplanMeierEstimate, kaplan_meier
from core.survival.rmst import RestrictedMean, restricted_mean
from core.timetoevent import FloatArray, IntArray, TimeToEvent, distinct_times


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroupCurves:
    """Both groups' curves.

    Attributes
    ----------
    curves : tuple of KaplanMeierEstimate
        Of the reference and of the other group.
    rmst : tuple of RestrictedMean
    difference : Contrast
        Of the restricted means, other minus reference.
    """

    curves: tuple[KaplanMeierEstimate, ...]
    rmst: tuple[RestrictedMean, ...]
    difference: Contrast


def crude_curves(study: BalanceStudy, tau: float) -> GroupCurves:
    """Of the patients as they are, with Greenwood's errors."""
    table = event_table(study.data, study.treated.astype(np.int64), study.levels)
    curves = kaplan_meier(table, conf_level=study.conf_level)
    areas = tuple(restricted_mean(curve, tau=tau, conf_level=study.conf_level) for curve in curves)
    difference = rmst_difference(areas[1], areas[0], conf_level=study.conf_level)
    return GroupCurves(curves=curves, rmst=areas, difference=difference)


def weighted_curves(study: BalanceStudy, sample: WeightedSample, tau: float) -> GroupCurves:
    r"""Curves of weighted patients.

    Parameters
    ----------
    study : BalanceStudy, n patients
    sample : WeightedSample
    tau : float
        End of the restricted means.

    Returns
    -------
    GroupCurves

    Notes
    -----
    With weighted events :math:`d_j` and numbers at risk :math:`Y_j`, a little more weight of patient i moves the log
    of the curve at t by :math:`\phi_i(t) = -\delta_i 1(t_i \le t) / (Y_i - d_i) + \sum d_j / (Y_j (Y_j - d_j))`, summed
    over times up to t and :math:`t_i`. The variance sums the squares of :math:`w_i \phi_i(t) + \sum_k \phi_k(t)\,
    \partial w_k / \partial \gamma \cdot IF_i(\gamma)`; areas integrate :math:`S \phi_i`, their difference takes both
    groups from one sum, with matched sets as clusters. Without the second part the curves are the same as
    ``survfit(Surv(time, event) ~ group, weights = w, robust = TRUE, id = id)``.

    References
    ----------
    .. [1] Xie J, Liu C. Stat Med 2005;24:3089-3110.
    .. [2] Therneau TM, Grambsch PM. Modeling Survival Data. Springer 2000, section 7.2.
    """
    groups = [_Group.of(study, sample, code) for code in (0, 1)]
    curves, areas = [], []
    moved = np.zeros(study.n)  # difference of areas by each patient
    for sign, group in zip((-1.0, 1.0), groups, strict=True):
        curve, by_patient, value = group.estimate(study, sample, tau)
        curves.append(curve)
        moved += sign * by_patient
        error = float(np.sqrt(by_patient @ by_patient))
        half = normal_quantile(study.conf_level) * error
        areas.append(replace(value, std_error=error, conf_low=value.value - half, conf_high=value.value + half))
    cluster = None
    if sample.sets is not None:
        moved, cluster = moved[sample.sets >= 0], sample.sets[sample.sets >= 0]
    moved = per_cluster(moved[None, :], cluster)[0]
    error = float(np.sqrt(moved @ moved))
    difference = contrast(areas[1].value - areas[0].value, error, time=tau, conf_level=study.conf_level)
    return GroupCurves(curves=tuple(curves), rmst=tuple(areas), difference=difference)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Group:
    """One weighted group, its m patients on the grid of its own K times.

    ``hazards`` are d / (Y (Y - d)) at each time, ``at_own`` the time of each patient, ``entered`` how many times lie at
    or before its entry.
    """

    rows: IntArray
    data: TimeToEvent
    curve: KaplanMeierEstimate
    hazards: FloatArray
    left: FloatArray
    at_own: IntArray
    entered: IntArray

    @classmethod
    def of(cls, study: BalanceStudy, sample: WeightedSample, code: int) -> _Group:
        rows = np.flatnonzero(sample.kept & (study.treated == bool(code)))
        plain = study.data.subset(rows)
        data = replace(plain, weights=sample.weights[rows])
        curve = kaplan_meier(event_table(data, levels=(study.levels[code],)), conf_level=study.conf_level)[0]
        time = curve.time
        left = curve.n_at_risk - curve.n_events
        left = np.where(left > 1e-12 * curve.n_at_risk, left, np.inf)  # at 0 nothing moves the curve any more
        entered = np.zeros(rows.size, dtype=np.int64)
        if data.entry is not None:
            entered = np.searchsorted(time, data.entry * (1 + 1e-9), side="right")
        return cls(
            rows=rows,
            data=data,
            curve=curve,
            hazards=np.cumsum(curve.n_events / (curve.n_at_risk * left)),
            left=left,
            at_own=distinct_times(data.time)[1],
            entered=entered,
        )

    @property
    def before(self) -> FloatArray:
        """What of the hazards had passed when so many times had, shape (K + 1,)."""
        return np.append(0.0, self.hazards)

    @property
    def jump(self) -> FloatArray:
        """Phi of each patient from its own time on, but for what had passed at its entry, shape (m,)."""
        return np.asarray(
            self.hazards[self.at_own] - np.where(self.data.event, 1.0 / self.left[self.at_own], 0.0), dtype=np.float64
        )

    def along(self, values: FloatArray) -> FloatArray:
        """Sum over the patients of phi at each time, each times its row of ``values`` (m, q): shape (K, q)."""
        A, before = self.hazards[:, None], self.before[self.entered][:, None]
        total = values.sum(axis=0)
        through = self._left_by(values * self.jump[:, None]) + A * (total - self._left_by(values))
        entered = self._entered_by(values * before) + A * (total - self._entered_by(values))
        return np.asarray(through - entered, dtype=np.float64)

    def squares(self, weights: FloatArray) -> FloatArray:
        """Sum over the patients of (w phi)^2 at each time, shape (K,)."""
        before, w = self.before[self.entered], weights**2
        there = np.column_stack([w, w * before, w * before**2])
        here = self._entered_by(there) - self._left_by(there)
        gone = self._left_by((w * (self.jump - before) ** 2)[:, None])[:, 0]
        A = self.hazards
        return np.asarray(gone + np.maximum(A**2 * here[:, 0] - 2 * A * here[:, 1] + here[:, 2], 0.0), dtype=np.float64)

    def over(self, pieces: FloatArray) -> FloatArray:
        """Sum over the times of phi times a piece of each, shape (K,), for each patient: shape (m,)."""
        until, raised = np.append(0.0, np.cumsum(pieces)), np.append(0.0, np.cumsum(pieces * self.hazards))
        own, entered = self.at_own, self.entered
        through = raised[own] + self.jump * (until[-1] - until[own])
        passed = raised[entered] + self.before[entered] * (until[-1] - until[entered])
        return np.asarray(through - passed, dtype=np.float64)

    def _left_by(self, values: FloatArray) -> FloatArray:
        """Sums of rows of those whose own time is at or before each time, shape (K, q)."""
        return _cumulative(self.at_own, values, self.curve.time.size)

    def _entered_by(self, values: FloatArray) -> FloatArray:
        """Sums of rows of those who entered before the time after each, shape (K, q)."""
        return _cumulative(self.entered, values, self.curve.time.size + 1)[1:]

    def estimate(
        self, study: BalanceStudy, sample: WeightedSample, tau: float
    ) -> tuple[KaplanMeierEstimate, FloatArray, RestrictedMean]:
        """The curve with its errors, what each of the n patients moves the area, and the area."""
        assert self.data.weights is not None
        weights, tilt = self.data.weights, sample.tilt
        area = restricted_mean(self.curve, tau=tau, conf_level=study.conf_level)
        spans = np.clip(np.append(self.curve.time[1:], np.inf), 0, tau) - np.clip(self.curve.time, 0, tau)
        pieces = self.curve.survival * spans
        variance, by_patient = self.squares(weights), np.zeros(study.n)
        by_patient[self.rows] = weights * self.over(pieces)
        if tilt is not None:
            lifted = self.along(tilt.slope[self.rows])
            with_own = self.along(weights[:, None] * tilt.influence[self.rows])
            variance = variance + 2 * (lifted * with_own).sum(axis=1)
            variance += ((lifted @ (tilt.influence.T @ tilt.influence)) * lifted).sum(axis=1)
            by_patient += tilt.influence @ (lifted.T @ pieces)
        return self._with_errors(np.maximum(variance, 0.0), study.conf_level), by_patient, area

    def _with_errors(self, variance: FloatArray, conf_level: float) -> KaplanMeierEstimate:
        survival = self.curve.survival
        relative = np.where(survival > 0, np.sqrt(variance), np.inf)
        low, high = survival_limits(survival, relative, conf_type=self.curve.conf_type, conf_level=conf_level)
        error = np.where(survival > 0, survival * np.sqrt(variance), np.nan)
        return replace(self.curve, std_error=error, conf_low=low, conf_high=high)


def _cumulative(position: IntArray, values: FloatArray, size: int) -> FloatArray:
    """Sums of the rows at or before each position, shape (size, q)."""
    columns = [np.cumsum(np.bincount(position, column, size)) for column in values.T]
    return np.column_stack(columns) if columns else np.zeros((size, 0))
