"""Adverse events over time: when the first came, how many came per patient, how long they lasted.

Belongs here: which time of which patient counts, and what becomes of events without a start. Does not belong here:
estimators (``core.survival``), reading events (``onsets``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.cohort.issues import counted
from core.safety.durations import Durations, duration_table
from core.safety.onsets import Onsets
from core.spec import ConfType, UndatedRule
from core.survival.competing_risks import competing_risks
from core.survival.contrasts import Contrast
from core.survival.incidence_summary import IncidenceSummary, summarise_incidence
from core.survival.mean_count import MeanCount, MeanCountAt, mean_count_difference, mean_counts
from core.survival.summary import SurvivalSummary, summarise
from core.timetoevent import DAYS_PER, TIE_TOLERANCE, BoolArray, FloatArray, IntArray, TimeToEvent


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AtRisk:
    """Until when each patient could have an event that counts, and what ended that.

    Attributes
    ----------
    data : TimeToEvent
        Its event is anything that ends the risk for good (death).
    causes : dict of name to bool array, shape (n,)
        What that was.
    followed : array, shape (n,)
        How long each was followed, in the unit of ``data``: events may end after the risk of new ones does.
    codes : int array, shape (n,)
        Group of each patient as a position in ``levels``.
    levels : tuple of str
    reference : str
    """

    data: TimeToEvent
    causes: Mapping[str, BoolArray]
    followed: FloatArray
    codes: IntArray
    levels: tuple[str, ...]
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MeanCounts:
    """Mean number of events per patient.

    Attributes
    ----------
    groups : tuple of MeanCount
    at : tuple of MeanCountAt
        At the chosen times, one per group.
    differences : tuple of Contrast
        With two groups the other minus the reference, one per chosen time; else empty.
    """

    groups: tuple[MeanCount, ...]
    at: tuple[MeanCountAt, ...]
    differences: tuple[Contrast, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AdverseEventTime:
    """Adverse events over time, by group.

    Attributes
    ----------
    name : str
        What the events are called.
    unit : str
    levels : tuple of str
    reference : str
    ends : tuple of str
        What ends the risk and competes: the endpoint, events that compete with it, the end of treatment.
    first : IncidenceSummary
        Of the first event, under ``name``, with what ends the risk competing.
    censored : SurvivalSummary
        Free of the event, patients censored where their risk ends: one minus it is one minus Kaplan-Meier.
    counts : MeanCounts
    durations : Durations or None
        None where the table has no ends.
    notes : tuple of str
    """

    name: str
    unit: str
    levels: tuple[str, ...]
    reference: str
    ends: tuple[str, ...]
    first: IncidenceSummary
    censored: SurvivalSummary
    counts: MeanCounts
    durations: Durations | None
    notes: tuple[str, ...]


def over_time(
    onsets: Onsets,
    at_risk: AtRisk,
    *,
    undated: UndatedRule,
    times: Sequence[float],
    conf_type: ConfType,
    conf_level: float,
) -> AdverseEventTime:
    """First events, mean counts and durations of the same events and patients.

    Parameters
    ----------
    onsets : Onsets
        Of patients as ``at_risk`` numbers them; with ``undated`` left-out no patient has only events without a start.
    at_risk : AtRisk
    undated : {'left-out', 'start', 'end'}
        Where events without a start count: nowhere, at time zero, at the end of the patient's risk.
    times : sequence of float
        In the unit of the data.

    Notes
    -----
    A patient is at risk of the first event until it comes. At a tied time the event comes before death. An event before
    time zero counts at time zero, one after the end of the risk not at all.
    """
    data = at_risk.data
    start, notes = _placed(onsets, data, undated)
    counted_ = start <= data.time[onsets.patient] * (1 + TIE_TOLERANCE)  # not NaN, not after the end
    patient = onsets.patient[counted_]
    when = np.minimum(start[counted_], data.time[patient])
    first = np.full(data.n, np.inf)
    np.minimum.at(first, patient, when)
    had = np.isfinite(first)
    own = TimeToEvent(time=np.where(had, first, data.time), event=had, unit=data.unit)
    ends = {name: flags & ~had for name, flags in at_risk.causes.items()}
    groups = (at_risk.codes, at_risk.levels, at_risk.reference)
    incidence = summarise_incidence(
        competing_risks(own, onsets.name, ends), *groups, conf_type=conf_type, conf_level=conf_level, times=times
    )
    censored = summarise(own, *groups, conf_type=conf_type, conf_level=conf_level, times=times, quantiles=(0.5,))
    counts = _counts(at_risk, patient, when, times=times, conf_level=conf_level)
    durations = None
    if onsets.end is not None:
        rated = replace(onsets, start=np.where(counted_, onsets.start, np.nan))
        durations = duration_table(
            rated, at_risk.followed, *groups[:2], unit=data.unit, conf_type=conf_type, conf_level=conf_level
        )
    return AdverseEventTime(
        name=onsets.name,
        unit=data.unit,
        levels=at_risk.levels,
        reference=at_risk.reference,
        ends=tuple(at_risk.causes),
        first=incidence,
        censored=censored,
        counts=counts,
        durations=durations,
        notes=(*onsets.notes, *notes, *_said(incidence, counts), *(durations.notes if durations else ())),
    )


def _placed(onsets: Onsets, data: TimeToEvent, undated: UndatedRule) -> tuple[FloatArray, list[str]]:
    """When each event counts, in the unit of the data (NaN: nowhere), and what is said of it."""
    start = onsets.start / DAYS_PER[data.unit]
    end = data.time[onsets.patient]
    missing, early = np.isnan(start), start < 0
    with np.errstate(invalid="ignore"):
        late = start > end * (1 + TIE_TOLERANCE)
    notes = []
    if n := int(missing.sum()):
        where = {"left-out": "not counted", "start": "counted at time zero, the earliest they can have come",
                 "end": "counted at the end of follow-up, the latest they can have come"}[undated]  # fmt: skip
        notes.append(f"{counted(n, 'event')} without a start {where}.")
    if n := int(early.sum()):
        notes.append(f"{counted(n, 'event')} from before time zero counted at time zero.")
    if n := int(late.sum()):
        notes.append(f"{counted(n, 'event')} after the end of follow-up not counted.")
    if undated != "left-out":
        start = np.where(missing, 0.0 if undated == "start" else end, start)
    return np.maximum(start, 0.0), notes


def _counts(
    at_risk: AtRisk, patient: IntArray, when: FloatArray, *, times: Sequence[float], conf_level: float
) -> MeanCounts:
    groups = mean_counts(at_risk.data, patient, when, at_risk.codes, at_risk.levels, conf_level=conf_level)
    at = tuple(group.at(times) for group in groups)
    differences: tuple[Contrast, ...] = ()
    if len(groups) == 2:
        base = at_risk.levels.index(at_risk.reference)
        differences = mean_count_difference(at[1 - base], at[base], conf_level=conf_level)
    return MeanCounts(groups=groups, at=at, differences=differences)


def _said(incidence: IncidenceSummary, counts: MeanCounts) -> tuple[str, ...]:
    """What the estimators say; that the curves end is said once."""
    return (*incidence.notes, *(note for group in counts.groups for note in group.notes))
