"""Lesions: which of them belong to the patients analysed, their outcome, and what they are compared by.

Belongs here: bringing the table of lesions and the patients together. Does not belong here: recognising columns
(``core.cohort``), computing (``core.regression.lesion_recurrence``).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from core.answers.subset import FEW_EVENTS, Answer
from core.cohort.cohort import Table
from core.cohort.lesion_factors import LesionFactor, chosen_bands, lesion_factor, recognised_factors
from core.cohort.lesion_outcome import LesionOutcome, lesion_outcome, lesion_table
from core.cohort.select import AnalysisSet
from core.errors import TooFewEventsError
from core.regression.lesion_recurrence import ComparedLesions, LesionRecurrence, LesionStudy, lesion_recurrence
from core.reporting.format import counted, in_words, number, patients, row_list, several
from core.reporting.labels import column_label, event_label, in_sentence
from core.spec import LesionRecurrenceSpec
from core.survival.competing_risks import competing_risks
from core.timetoevent import FloatArray, IntArray, TimeToEvent

FEW_PATIENTS = 20  # with the event; robust errors rest on them
NEARLY_ALONE = 1.2  # lesions per patient, below which clusters hardly matter


def lesion_recurrence_answer(analysis: LesionRecurrenceSpec, subset: AnalysisSet) -> Answer:
    """Local progression by lesion with errors that allow for patients with several."""
    table, _ = lesion_table(subset.cohort)
    outcome = lesion_outcome(subset.cohort, analysis.progression)
    rows, whose = _rows(outcome, subset)
    if not rows.size:
        raise TooFewEventsError("None of the lesions belong to patients who are analysed.", hint="Loosen a filter.")
    data = TimeToEvent(time=outcome.time[rows], event=outcome.event[rows], unit=outcome.unit)
    risks = competing_risks(data, outcome.name, {name: flags[rows] for name, flags in outcome.competing.items()})
    _, patient = np.unique(whose, return_inverse=True)
    study = LesionStudy(
        risks=risks,
        patient=patient.reshape(-1).astype(np.int64),
        times=analysis.times,
        conf_type=analysis.conf_type,
        conf_level=analysis.conf_level,
    )
    factors = _factors(analysis, table, outcome)
    names = [factor.column for factor in factors] if analysis.covariates is None else list(analysis.covariates)
    described = {name: lesion_factor(table, name) for name in names}
    names = [name for name in names if np.unique(described[name].codes[rows]).size > 1]
    value = lesion_recurrence(
        study,
        (*(_compared(factor, rows) for factor in factors), *_of_patients(subset, whose)),
        pd.DataFrame({name: _values(described[name], rows) for name in names}),
        names,
        references={name: described[name].reference for name in names if described[name].numbers is None},
        kinds={name: "category" if described[name].numbers is None else "number" for name in names},
    )
    said = (*_left_out(outcome, table, subset), *outcome.notes, *_caveats(value))
    return value, subset, (*said, *_of_factors(value))


def _rows(outcome: LesionOutcome, subset: AnalysisSet) -> tuple[IntArray, IntArray]:
    """Usable lesions of the patients analysed, and the patient of each as a position in the set."""
    place = np.full(subset.cohort.n + 1, -1, dtype=np.int64)
    place[subset.positions] = np.arange(subset.n)
    whose = place[outcome.patient]
    rows = np.flatnonzero((whose >= 0) & (outcome.why < 0))
    return rows, whose[rows]


def _factors(analysis: LesionRecurrenceSpec, table: Table, outcome: LesionOutcome) -> list[LesionFactor]:
    names = analysis.factors
    if names is None:
        names = tuple(recognised_factors(table, outcome.columns).values())
    chosen_bands(names, analysis.bands)
    return [lesion_factor(table, name, cut=analysis.bands.get(name)) for name in names]


def _compared(factor: LesionFactor, rows: IntArray) -> ComparedLesions:
    return ComparedLesions(
        column=factor.column, codes=factor.codes[rows], levels=factor.levels, reference=factor.reference
    )


def _of_patients(subset: AnalysisSet, whose: IntArray) -> tuple[ComparedLesions, ...]:
    """The patients' groups carried to their lesions; none where all lesions are of one group."""
    groups = subset.groups
    if groups.column is None or np.unique(groups.codes[whose]).size < 2:  # nothing to compare
        return ()
    return (
        ComparedLesions(
            column=groups.column,
            codes=groups.codes[whose],
            levels=groups.levels,
            reference=groups.reference,
            of_patients=True,
        ),
    )


def _values(factor: LesionFactor, rows: IntArray) -> FloatArray | pd.Categorical:
    if factor.numbers is not None:
        return factor.numbers[rows]
    return pd.Categorical.from_codes(factor.codes[rows], categories=list(factor.levels))  # type: ignore[arg-type]


def _left_out(outcome: LesionOutcome, table: Table, subset: AnalysisSet) -> tuple[str, ...]:
    """Lesions that are not analysed, by reason, and patients without any lesion that is."""
    analysed = np.isin(outcome.patient, subset.positions)
    notes = [
        f"{several(one.n, 'lesion')} left out: {one.reason} ({row_list(one.rows)} of the lesions)."
        for one in outcome.left_out(table, analysed)
    ]
    unknown = int(np.count_nonzero(outcome.patient < 0))
    if unknown:
        notes.append(f"{several(unknown, 'lesion')} left out: the patient is not in the patients' table.")
    others = int(np.count_nonzero((outcome.patient >= 0) & ~analysed))
    if others:
        notes.append(f"{several(others, 'lesion')} of patients who are not analysed.")
    usable = np.unique(outcome.patient[analysed & (outcome.why < 0)]).size
    if usable < subset.n:
        notes.append(f"{patients(subset.n - usable)} without a lesion that can be analysed.")
    return tuple(notes)


def _caveats(value: LesionRecurrence) -> tuple[str, ...]:
    """What limits every number: few patients with the event, and few with more than one lesion."""
    what = event_label(value.causes[0])
    notes = []
    if value.n_patients_with < FEW_PATIENTS:
        notes.append(
            f"Only {patients(value.n_patients_with)} with {what}: robust errors rest on patients, not lesions, and are "
            f"too small with fewer than {FEW_PATIENTS}; read with great care."
        )
    several_lesions = sum(n for k, n in value.per_patient.items() if k > 1)
    mean = value.n_lesions / value.n_patients
    if not several_lesions:
        notes.append("Every patient has one lesion: lesions and patients are the same here.")
    elif mean < NEARLY_ALONE:
        notes.append(
            f"{number(mean, 2)} lesions per patient, {counted(several_lesions)} with more than one: allowing for "
            "clusters changes little here."
        )
    return tuple(notes)


def _of_factors(value: LesionRecurrence) -> tuple[str, ...]:
    """Levels with few events, each factor in a line."""
    notes = []
    for one in value.factors:
        few = _few(one.factor.levels, one.n_patients_with)
        if few:
            label = in_sentence(column_label(one.factor.column))
            notes.append(
                f"Fewer than {FEW_EVENTS} patients with the event by {label}: {in_words(few)}; read with care."
            )
    return tuple(notes)


def _few(levels: Sequence[str], counts: Sequence[int]) -> list[str]:
    return [f"{level} ({counted(n)})" for level, n in zip(levels, counts, strict=True) if n < FEW_EVENTS]
