"""Kaplan-Meier curves and restricted means of weighted groups, with a variance that knows the weights were estimated.

Belongs here: what one patient's weight does to a curve, its area and the difference of two areas. Does not belong here:
weights, the hazard ratio (``weighted_comparison``).
"""

from __future__ import annotations

from collections.abc import Iterator
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

CELLS = 1 << 18  # patients times event times worked on at once


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

    def blocks(self) -> Iterator[tuple[slice, FloatArray]]:
        """Some patients at a time, and phi of each at all times, shape (b, K)."""
        k = np.arange(self.curve.time.size)
        step = max(1, CELLS // max(1, k.size))
        before = np.append(0.0, self.hazards)
        for start in range(0, self.rows.size, step):
            part = slice(start, min(start + step, self.rows.size))
            own = self.at_own[part, None]
            through = self.hazards[np.minimum(k, own)] - before[np.minimum(self.entered[part, None], k + 1)]
            had = self.data.event[part, None] & (own <= k)
            yield part, through - np.where(had, 1.0 / self.left[own], 0.0)

    def estimate(
        self, study: BalanceStudy, sample: WeightedSample, tau: float
    ) -> tuple[KaplanMeierEstimate, FloatArray, RestrictedMean]:
        """The curve with its errors, what each of the n patients moves the area, and the area."""
        assert self.data.weights is not None
        area = restricted_mean(self.curve, tau=tau, conf_level=study.conf_level)
        spans = np.clip(np.append(self.curve.time[1:], np.inf), 0, tau) - np.clip(self.curve.time, 0, tau)
        piece = self.curve.survival * spans
        slope = None if sample.tilt is None else sample.tilt.slope[self.rows]
        lifted = np.zeros((0 if slope is None else slope.shape[1], self.curve.time.size))
        if slope is not None:
            for part, phi in self.blocks():
                lifted += slope[part].T @ phi
        variance, by_patient = np.zeros(self.curve.time.size), np.zeros(study.n)
        for part, phi in self.blocks():
            own = self.data.weights[part, None] * phi
            if sample.tilt is not None:
                own += sample.tilt.influence[self.rows[part]] @ lifted
            variance += np.square(own).sum(axis=0)
            by_patient[self.rows[part]] = own @ piece
        if sample.tilt is not None:
            others = np.ones(study.n, dtype=np.bool_)
            others[self.rows] = False
            influence = sample.tilt.influence[others]
            variance += np.einsum("qk,qr,rk->k", lifted, influence.T @ influence, lifted)
            by_patient[others] = influence @ (lifted @ piece)
        return self._with_errors(variance, study.conf_level), by_patient, area

    def _with_errors(self, variance: FloatArray, conf_level: float) -> KaplanMeierEstimate:
        survival = self.curve.survival
        relative = np.where(survival > 0, np.sqrt(variance), np.inf)
        low, high = survival_limits(survival, relative, conf_type=self.curve.conf_type, conf_level=conf_level)
        error = np.where(survival > 0, survival * np.sqrt(variance), np.nan)
        return replace(self.curve, std_error=error, conf_low=low, conf_high=high)
