"""What must be said of curves whose rows are not patients followed from time zero: weights, rows, late entries.

Belongs here: the notes. Does not belong here: the curves (``core.survival``), notes of few events (``subset``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from core.answers.subset import data_of
from core.cohort.select import AnalysisSet
from core.reporting.format import quantity, unit_digits
from core.reporting.labels import column_label
from core.survival.chosen_times import of_group
from core.survival.kaplan_meier import KaplanMeierEstimate

FEW = 10  # at risk: with fewer a single event moves the curve far
FALL = 0.05  # of the curve at one time, that is worth a word


def curve_remarks(
    subset: AnalysisSet, estimates: Sequence[KaplanMeierEstimate], *, weights: str | None = None
) -> tuple[str, ...]:
    """Notes about case weights, several rows per patient, and curves that fall while few are at risk at first."""
    return (*_weights(subset, weights), *row_remarks(subset), *(note for one in estimates for note in _early(one)))


def row_remarks(subset: AnalysisSet) -> tuple[str, ...]:
    """A sheet with several rows per patient: what is counted, and whether events repeat."""
    data = data_of(subset)
    if data.entry is None:
        return ()
    from core.answers.follow_up_rows import whose_rows  # loads the regressions

    patient = whose_rows(data, subset, None)
    if patient is None:
        return ()
    n = np.unique(patient).size
    again = int((np.bincount(patient[data.event]) > 1).sum()) if data.event.any() else 0
    if not again:
        return (f"{data.n} rows of {n} patients, each at risk from a row's start to its end: numbers count rows.",)
    return (
        f"{data.n} rows of {n} patients, {again} of whom have the event more than once: numbers count rows, curves are "
        "not of the first event, and limits and tests take the rows of a patient as independent. Cox regression with "
        "the patient as cluster allows for that.",
    )


def _weights(subset: AnalysisSet, column: str | None) -> Iterator[str]:
    weights = data_of(subset).weights
    if column is None or weights is None:
        return
    label = column_label(column)
    if bool((weights == np.round(weights)).all()):
        yield f"Case weights {label}: each patient counts as that many."
    else:
        yield f"Case weights {label}: numbers at risk and events are sums of weights, standard errors are robust."


def _early(estimate: KaplanMeierEstimate) -> Iterator[str]:
    """With delayed entry the curve may fall far before most patients have entered."""
    at_risk = np.asarray(estimate.n_at_risk, dtype=np.float64)
    later = np.maximum.accumulate(at_risk[::-1])[::-1]
    fall = -np.diff(estimate.survival, prepend=1.0)
    early = (at_risk < FEW) & (later >= FEW) & (fall >= FALL)
    if not early.any():
        return
    row = int(np.argmax(np.where(early, fall, 0.0)))
    when = quantity(float(estimate.time[row]), estimate.unit, unit_digits(estimate.unit))
    yield (
        f"Delayed entry: at {when} the curve{of_group(estimate.group)} fell by {100 * fall[row]:.0f} percentage points "
        f"with {round(float(at_risk[row]))} at risk: all that follows, the median too, rests on them. Survival given "
        "survival to a later time is safer."
    )
