"""Adverse events over time: whose time at risk ends when, and who cannot be counted.

Belongs here: the end of risk from the endpoint and the end of treatment, leaving out patients whose events have no
start. Does not belong here: which events (``core.safety.onsets``), estimating (``core.safety.over_time``).
"""

from __future__ import annotations

import numpy as np

from core.answers.event_groups import event_day_zero
from core.answers.follow_up_rows import whose_rows
from core.answers.safety_population import safety_population
from core.answers.subset import FEW_EVENTS, Answer, competing_risks_of, data_of, without
from core.bias.start_times import origin_of, start_times
from core.cohort.select import AnalysisSet
from core.errors import SpecError
from core.reporting.format import in_words, patients
from core.reporting.labels import column_label, event_label
from core.safety.onsets import Onsets, onsets_of
from core.safety.over_time import AdverseEventTime, AtRisk, over_time
from core.spec import AdverseEventTimeSpec
from core.timetoevent import DAYS_PER, BoolArray, FloatArray, TimeToEvent

END_OF_TREATMENT = "end of treatment"


def adverse_event_time_answer(analysis: AdverseEventTimeSpec, subset: AnalysisSet) -> Answer:
    """First events, mean counts and durations of the events asked for."""
    subset, notes = safety_population(subset) if analysis.population == "safety" else (subset, ())
    if data_of(subset).entry is not None or whose_rows(data_of(subset), subset, None) is not None:
        raise SpecError(
            "Adverse events over time need patients followed from time zero, one row each.",
            hint="Choose an endpoint without delayed entry.",
        )
    onsets = onsets_of(subset, analysis, zero=event_day_zero(subset))
    if analysis.undated == "left-out":
        only_undated = _only_undated(onsets, subset.n)
        if only_undated.any():
            dated = onsets.kept(~only_undated[onsets.patient], patients=~only_undated)
            subset = without(subset, only_undated, f"{onsets.name} without a start")
            onsets = dated
    _, subset = competing_risks_of(subset)  # what competes is not said to be censored
    at_risk, said = _at_risk(analysis, subset)
    value = over_time(
        onsets,
        at_risk,
        undated=analysis.undated,
        times=analysis.times,
        conf_type=analysis.conf_type,
        conf_level=analysis.conf_level,
    )
    return value, subset, (*notes, *said, *_few(value))


def _only_undated(onsets: Onsets, n: int) -> BoolArray:
    """Patients who had the event, but of none of theirs it is known when."""
    had, dated = np.zeros((2, n), dtype=np.bool_)
    had[onsets.patient] = True
    dated[onsets.patient[~np.isnan(onsets.start)]] = True
    return np.asarray(had & ~dated)


def _at_risk(analysis: AdverseEventTimeSpec, subset: AnalysisSet) -> tuple[AtRisk, tuple[str, ...]]:
    data, groups = data_of(subset), subset.groups
    causes = {event_label(str(subset.endpoint)): data.event, **subset.competing}
    end, notes = data.time, []
    if analysis.until is not None:
        stopped = _end_of_treatment(analysis, subset)
        died = np.any([*causes.values()], axis=0)
        earlier = (stopped < data.time) | ((stopped == data.time) & ~died)  # NaN, still treated, is not
        end = np.where(earlier, stopped, data.time)
        causes = {name: flags & ~earlier for name, flags in causes.items()}
        if analysis.until_competes:
            causes[END_OF_TREATMENT] = earlier
        n = int(np.isnan(stopped).sum())
        if n:
            label = column_label(analysis.until)
            notes.append(f"{patients(n)} without {label}: at risk until the end of follow-up.")
    any_end = np.any([*causes.values()], axis=0)
    made = AtRisk(
        data=TimeToEvent(time=end, event=any_end, unit=data.unit),
        causes=causes,
        followed=data.time,
        codes=groups.codes,
        levels=groups.levels,
        reference=groups.reference,
    )
    return made, tuple(notes)


def _end_of_treatment(analysis: AdverseEventTimeSpec, subset: AnalysisSet) -> FloatArray:
    """Time of the end of treatment and the days after it that still count, in the unit of the endpoint, shape (m,)."""
    stopped = start_times(
        subset, str(analysis.until), unit=analysis.until_unit, what=END_OF_TREATMENT, origin=origin_of(subset)
    )
    window = analysis.window / DAYS_PER[data_of(subset).unit]
    return np.maximum(stopped + window, 0.0)


def _few(value: AdverseEventTime) -> tuple[str, ...]:
    """Groups with so few first events that curves and tests say little."""
    few = [
        (group.level, int(n))
        for group in value.first.groups
        if 0 < (n := group.cause(value.name).estimate.n_events_total) < FEW_EVENTS
    ]
    if not few:
        return ()
    listed = in_words(str(n) if level == "all" else f"{level} ({n})" for level, n in few)
    return (f"Fewer than {FEW_EVENTS} patients with the event: {listed}; read with care.",)
