"""Who is free of recurrence, alive after it, or dead, over time: an illness-death model without assumptions on rates.

Belongs here: the summary by group. Does not belong here: the estimate (``multi_state``), who is in which state when
(``patient_states``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.spec import ConfType
from core.survival.chosen_times import of_group
from core.survival.contrasts import Contrast, contrast, rmst_difference
from core.survival.intervals import normal_quantile, survival_limits
from core.survival.multi_state import Occupancy, StateRows, occupancy
from core.survival.patient_states import PatientStates
from core.survival.rmst import RestrictedMean
from core.timetoevent import TIE_TOLERANCE, BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OccupancyAt:
    """Occupancy of all s states at m chosen times; arrays of shape (s, m)."""

    time: FloatArray
    probability: FloatArray
    std_error: FloatArray
    conf_low: FloatArray
    conf_high: FloatArray
    beyond: BoolArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroupOccupancy:
    """One group.

    Attributes
    ----------
    level : str
    n : int
        Patients.
    estimate : Occupancy
    conf_low, conf_high : array, shape (s, k)
        NaN where the interval type has no limit: log-log at 0 and 1.
    at : OccupancyAt
    mean_time : tuple of RestrictedMean
        In each state up to tau; empty without one.
    """

    level: str
    n: int
    estimate: Occupancy
    conf_low: FloatArray
    conf_high: FloatArray
    at: OccupancyAt
    mean_time: tuple[RestrictedMean, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OccupancyContrasts:
    """One state, the other level minus the reference; ``mean_time`` None without tau."""

    state: str
    level: str
    reference: str
    probability: tuple[Contrast, ...]
    mean_time: Contrast | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StateOccupancy:
    """Occupancy of all states in all groups.

    Attributes
    ----------
    states : tuple of str
    groups : tuple of GroupOccupancy
    contrasts : tuple of OccupancyContrasts
        With two groups, one per state; else empty.
    unit, reference : str
    tau : float or None
    patients : PatientStates
    notes : tuple of str
    """

    states: tuple[str, ...]
    groups: tuple[GroupOccupancy, ...]
    contrasts: tuple[OccupancyContrasts, ...]
    unit: str
    reference: str
    tau: float | None
    patients: PatientStates
    notes: tuple[str, ...] = ()


def state_occupancy(
    patients: PatientStates,
    codes: IntArray,
    levels: tuple[str, ...],
    reference: str,
    *,
    times: Sequence[float] = (),
    tau: float | None = None,
    conf_type: ConfType = "log-log",
    conf_level: float = 0.95,
) -> StateOccupancy:
    """Share in each state over time by group, at chosen times, and the mean time in each state up to ``tau``.

    Parameters
    ----------
    patients : PatientStates
    codes : int array, shape (n,)
        Group of each patient as a position in ``levels``.
    levels : tuple of str
    reference : str
    times, tau : in the unit of the patients
    conf_type : {'log-log', 'log', 'plain'}
    conf_level : float

    Notes
    -----
    Each group by itself; see :func:`core.survival.multi_state.occupancy` for the estimate, and
    :func:`core.survival.cumulative_incidence.cumulative_incidence` for the limits.
    """
    asked = np.array(times, dtype=np.float64)
    groups = tuple(
        _group(patients, codes == code, level, asked=asked, tau=tau, conf_type=conf_type, conf_level=conf_level)
        for code, level in enumerate(levels)
    )
    return StateOccupancy(
        states=patients.states,
        groups=groups,
        contrasts=_contrasts(groups, patients.states, reference, conf_level) if len(groups) == 2 else (),
        unit=patients.unit,
        reference=reference,
        tau=tau,
        patients=patients,
        notes=_notes(groups, patients, tau=tau),
    )


def _group(
    patients: PatientStates,
    members: BoolArray,
    level: str,
    *,
    asked: FloatArray,
    tau: float | None,
    conf_type: ConfType,
    conf_level: float,
) -> GroupOccupancy:
    rows, number = patients.rows, np.cumsum(members) - 1
    kept = np.flatnonzero(members[rows.cluster])
    own = StateRows(
        start=rows.start[kept],
        stop=rows.stop[kept],
        origin=rows.origin[kept],
        to=rows.to[kept],
        cluster=number[rows.cluster[kept]],
    )
    estimate, areas = occupancy(own, len(patients.states), tau=tau)
    low, high = limits(estimate.probability, estimate.std_error, conf_type=conf_type, conf_level=conf_level)
    z, n = normal_quantile(conf_level), int(members.sum())
    means: tuple[RestrictedMean, ...] = ()
    if areas is not None:
        pairs = zip(areas.value.tolist(), areas.std_error.tolist(), strict=True)
        nan = float("nan")
        means = tuple(
            RestrictedMean(tau=areas.tau, value=value, std_error=error, conf_low=value - z * error,
                           conf_high=value + z * error)
            for value, error in (pairs if n else [(nan, nan)] * len(patients.states))
        )  # fmt: skip
    return GroupOccupancy(
        level=level,
        n=n,
        estimate=estimate,
        conf_low=low,
        conf_high=high,
        at=_at(estimate, (low, high), asked),
        mean_time=means,
    )


def limits(
    share: FloatArray, std_error: FloatArray, *, conf_type: ConfType, conf_level: float
) -> tuple[FloatArray, FloatArray]:
    """Limits of shares of any shape; NaN at 0 (and at 1, where the interval is log-log)."""
    relative = np.divide(std_error, share, out=np.zeros(share.shape), where=share > 0)
    if conf_type == "log-log":
        relative[(share == 0) | (share == 1)] = np.nan
    low, high = survival_limits(share.ravel(), relative.ravel(), conf_type=conf_type, conf_level=conf_level)
    return low.reshape(share.shape), high.reshape(share.shape)


def _at(estimate: Occupancy, bounds: tuple[FloatArray, FloatArray], asked: FloatArray) -> OccupancyAt:
    n_states = estimate.probability.shape[0]
    if not estimate.time.size:
        nothing = np.full((n_states, asked.size), np.nan)
        return OccupancyAt(time=asked, probability=nothing, std_error=nothing, conf_low=nothing, conf_high=nothing,
                           beyond=np.ones(asked.size, dtype=np.bool_))  # fmt: skip
    row, first = estimate.row_at(asked), np.eye(n_states)[:, :1]
    unknown = np.full((n_states, 1), np.nan)

    def read(values: FloatArray, before: FloatArray) -> FloatArray:
        return np.hstack([before, values])[:, row]

    return OccupancyAt(
        time=asked,
        probability=read(estimate.probability, first),
        std_error=read(estimate.std_error, np.zeros((n_states, 1))),
        conf_low=read(bounds[0], unknown),
        conf_high=read(bounds[1], unknown),
        beyond=asked > estimate.last_time * (1 + TIE_TOLERANCE),
    )


def _contrasts(
    groups: tuple[GroupOccupancy, ...], states: tuple[str, ...], reference: str, conf_level: float
) -> tuple[OccupancyContrasts, ...]:
    base, other = groups if groups[0].level == reference else groups[::-1]
    if not (base.n and other.n):
        return ()
    error = np.hypot(base.at.std_error, other.at.std_error)
    difference = other.at.probability - base.at.probability
    return tuple(
        OccupancyContrasts(
            state=state,
            level=other.level,
            reference=base.level,
            probability=tuple(
                contrast(float(difference[s, i]), float(error[s, i]), time=float(time), conf_level=conf_level)
                for i, time in enumerate(base.at.time)
            ),
            mean_time=rmst_difference(other.mean_time[s], base.mean_time[s], conf_level=conf_level)
            if base.mean_time
            else None,
        )
        for s, state in enumerate(states)
    )


def _notes(groups: tuple[GroupOccupancy, ...], patients: PatientStates, *, tau: float | None) -> tuple[str, ...]:
    notes = []
    if patients.n_at_once:
        notes.append(f"{_patients(patients.n_at_once)} with the event on the day of death count as dead without it.")
    if patients.n_unseen:
        deaths = f"; {patients.n_unseen_deaths} of them died later" if patients.n_unseen_deaths else ""
        notes.append(
            f"{_patients(patients.n_unseen)} no longer looked at for the event before their last contact: they leave "
            f"when that ended, as their state is not known from then on{deaths}."
        )
    for group in groups:
        where, last = of_group(group.level), group.estimate.last_time
        listed = ", ".join(f"{time:g}" for time in group.at.time[group.at.beyond])
        if group.n and listed:
            notes.append(
                f"Follow-up{where} ends at {last:g} {patients.unit}: the shares at {listed} {patients.unit} are the "
                "last ones carried on."
            )
        if group.n and tau is not None and tau > last * (1 + TIE_TOLERANCE):
            notes.append(f"Last follow-up{where} is at {last:g}: the times up to {tau:g} carry the last shares on.")
    return tuple(notes)


def _patients(n: int) -> str:
    return f"{n} patient{'' if n == 1 else 's'}"
