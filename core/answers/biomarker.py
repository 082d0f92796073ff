"""A number as a biomarker: its values, and the event it may go with.

Belongs here: reading the column and the event. Does not belong here: computing (``core.regression``).
"""

from __future__ import annotations

from core.answers.adjusted import number_column
from core.answers.competing import one_event, typed_risks_of, types_of
from core.answers.regression import rows_missing
from core.answers.subset import FEW_EVENTS, Answer, competing_risks_of
from core.cohort.select import AnalysisSet
from core.regression.quantile_groups import QuantileGroups, quantile_groups
from core.reporting.format import in_words
from core.reporting.labels import event_label
from core.spec import QuantileGroupsSpec
from core.timetoevent import BoolArray


def quantile_groups_answer(analysis: QuantileGroupsSpec, subset: AnalysisSet) -> Answer:
    """Groups of equally many patients."""
    values = number_column(subset, analysis.column, needed_for="the groups")
    one = one_event(subset, analysis.event)
    value = quantile_groups(
        one.data,
        _others(subset, one.name),
        values,
        column=analysis.column,
        event=one.name,
        n_groups=analysis.groups,
        times=analysis.times,
        conf_type=analysis.conf_type,
        conf_level=analysis.conf_level,
    )
    others = in_words(map(event_label, one.others))
    said = [f"Event: {event_label(one.name)}; competing: {others}."] if one.others else []
    missing = rows_missing(subset, subset.frame, {analysis.column: value.n_missing})
    return value, one.subset, (*said, *missing, *_few(value))


def _others(subset: AnalysisSet, name: str) -> dict[str, BoolArray]:
    """Who had each of the other events."""
    risks, _ = typed_risks_of(subset) if name in types_of(subset) else competing_risks_of(subset)
    return {cause: risks.cause == code for code, cause in enumerate(risks.causes, start=1) if cause != name}


def _few(value: QuantileGroups) -> tuple[str, ...]:
    counts = zip(value.levels, value.comparison.observed.tolist(), strict=True)
    few = [f"{level} ({n:g})" for level, n in counts if n < FEW_EVENTS]
    return (f"Fewer than {FEW_EVENTS} events in {in_words(few)}: read with care.",) if few else ()
