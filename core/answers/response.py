"""Best response: which column holds it and what its values mean, or which measured lesions it is computed from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from core.answers.response_duration import response_duration
from core.answers.subset import Answer, strata_of
from core.cohort.cohort import Table
from core.cohort.lesion_columns import lesion_measurements, texts_of
from core.cohort.response_words import AS_STABLE, CATEGORIES, response_category
from core.cohort.select import AnalysisSet
from core.cohort.values import codes_of, fold, match_levels
from core.errors import SpecError
from core.patients.lesion_response import LesionResponse, ResponseRules, lesion_response
from core.patients.response import NE, RateMethods, response_table
from core.reporting.format import in_words, patients, row_list
from core.reporting.labels import column_label
from core.spec import ResponseSpec
from core.timetoevent import IntArray

MISSING, UNREAD = -1, -2


def response_answer(analysis: ResponseSpec, subset: AnalysisSet) -> Answer:
    """Best response by group, from a column or from measured lesions."""
    strata, subset = strata_of(subset, analysis.strata)
    lesions = duration = None
    if analysis.source == "lesions":
        found, lesions, notes = _from_lesions(analysis, subset)
        if analysis.duration is not None:
            duration, said = response_duration(
                analysis.duration, subset, _names(subset), lesions=lesions, conf_level=analysis.conf_level
            )
            notes += said
    else:
        if analysis.duration is not None:
            raise SpecError(
                "The duration of response needs the day of the response.", hint="Ask with 'source' lesions."
            )
        column = response_column(analysis.column, subset.cohort.patients)
        category, levels = _categories(column, analysis, subset.cohort.patients)
        found = category[subset.positions]
        notes = [*_counted_as_ne(found, column, subset), *_as_stable(levels, analysis)]
    value = response_table(
        np.where(found < 0, NE, found),
        subset.groups.codes,
        subset.groups.levels,
        subset.groups.reference,
        strata=strata,
        evaluable_only=analysis.denominator == "evaluable",
        methods=RateMethods(
            interval=analysis.interval,
            difference=analysis.difference,
            odds_ratio=analysis.odds_ratio,
            conf_level=analysis.conf_level,
        ),
    )
    return replace(value, lesions=lesions, duration=duration), subset, tuple(notes)


def _from_lesions(analysis: ResponseSpec, subset: AnalysisSet) -> tuple[IntArray, LesionResponse, list[str]]:
    """Best overall response of each patient of the set from its lesions (-1: none measured)."""
    cohort = subset.cohort
    measured = lesion_measurements(cohort)
    if measured is None or cohort.patients.with_role("patient_id") is None:
        raise SpecError(
            "The cohort has no lesions measured over time.",
            hint="Name a table under 'lesions' with patient, lesion, day or date, and diameter, a row per measurement.",
        )
    viable = analysis.criteria == "mrecist" and measured.viable_mm is not None
    size = measured.viable_mm if viable and measured.viable_mm is not None else measured.diameter_mm
    patients_ = _names(subset)
    kept = np.isin(measured.patient, patients_)
    response = lesion_response(
        measured.patient[kept].tolist(),
        measured.lesion[kept].tolist(),
        measured.day[kept],
        size[kept],
        node=measured.node[kept],
        new_lesion=measured.new_lesion[kept],
        rules=ResponseRules(criteria=analysis.criteria, confirmed=analysis.confirmed),
    )
    best = {course.patient: CATEGORIES.index(course.best) for course in response.courses}
    found = np.array([best.get(patient, MISSING) for patient in patients_], dtype=np.int64)
    group_of = dict(zip(patients_, subset.groups.codes.tolist(), strict=True))
    levels = tuple(subset.groups.levels[group_of[course.patient]] for course in response.courses)
    notes = list(response.notes)
    if analysis.criteria == "mrecist" and not viable:
        notes.append("mRECIST without a column of viable diameters: whole diameters were used.")
    without = np.flatnonzero(found == MISSING)
    if without.size:
        rows = row_list([subset.row_numbers[i] for i in without])
        notes.append(f"No lesion measured in {patients(without.size)} ({rows}): counted as not evaluable (NE).")
    notes += _unlike_recorded(found, subset)
    return found, replace(response, levels=levels), notes


def _names(subset: AnalysisSet) -> list[str]:
    """Identifier of each patient of the set."""
    table = subset.cohort.patients
    found: list[str] = texts_of(table, str(table.with_role("patient_id")))[subset.positions].tolist()
    return found


def _unlike_recorded(found: IntArray, subset: AnalysisSet) -> list[str]:
    """Patients whose recorded best response is another than the one computed."""
    table = subset.cohort.patients
    column = table.with_role("best_response")
    if column is None:
        return []
    codes, levels = codes_of(table, column)
    read = [response_category(level) for level in levels]
    meaning = np.array([*(MISSING if one is None else CATEGORIES.index(one) for one in read), MISSING], dtype=np.int64)
    recorded = meaning[codes[subset.positions]]
    both = (recorded != MISSING) & (found != MISSING)
    unlike = np.flatnonzero(both & (recorded != found))
    label = column_label(column)
    if not unlike.size:
        return [f"{label} as recorded is the same in all {patients(int(both.sum()))} who have both."]
    rows = row_list([subset.row_numbers[i] for i in unlike])
    known = patients(int(both.sum()))
    return [
        f"{label} as recorded is not the one computed from lesions in {unlike.size} of {known} who have both ({rows})."
    ]


def response_column(named: str | None, patients_: Table) -> str:
    """The column of best responses: the one that is named, else the one with that role."""
    if named is not None:
        return patients_.column(named, needed_for="the response").name
    column = patients_.with_role("best_response")
    if column is None:
        raise SpecError(
            "No column holds the best response.",
            hint="Name it under 'column' of the analysis, or under 'roles' as 'best_response'; its values are CR, PR, "
            "SD, PD and NE, or words for them.",
        )
    return column


def _categories(column: str, analysis: ResponseSpec, table: Table) -> tuple[IntArray, tuple[str, ...]]:
    """Category of every patient of the cohort (missing -1, not understood -2), and the values of the column."""
    codes, levels = codes_of(table, column)
    meaning = np.full(len(levels) + 1, UNREAD, dtype=np.int64)
    meaning[-1] = MISSING
    if analysis.values:
        for category, values in analysis.values.items():
            for value in values:
                matched = match_levels(levels, [value])
                if not matched.any():
                    raise SpecError(f"'{column}' has no value '{value}' (response {category}).", hint=_there(levels))
                if (meaning[:-1][matched] >= 0).any():
                    raise SpecError(f"Value '{value}' of '{column}' stands for two responses.")
                meaning[:-1][matched] = CATEGORIES.index(category)
    else:
        read = [response_category(level) for level in levels]
        meaning[:-1] = [UNREAD if category is None else CATEGORIES.index(category) for category in read]
    understood = meaning[:-1] >= 0
    if not understood.any():
        raise SpecError(
            f"No value of '{column}' is a response.",
            hint=f"{_there(levels)} Say under 'values' which of them mean CR, PR, SD, PD and NE.",
        )
    return meaning[codes], levels


def _there(levels: Sequence[str]) -> str:
    more = f" and {len(levels) - 10} more" if len(levels) > 10 else ""
    return f"Its values: {', '.join(levels[:10])}{more}."


def _counted_as_ne(found: IntArray, column: str, subset: AnalysisSet) -> list[str]:
    """Patients without a best response that could be read; they are not evaluable."""
    notes = []
    label = column_label(column)
    for code, what in ((MISSING, "no value"), (UNREAD, "a value that is no response")):
        at = np.flatnonzero(found == code)
        if at.size:
            rows = row_list([subset.row_numbers[i] for i in at])
            values = ""
            if code == UNREAD:
                codes, levels = codes_of(subset.cohort.patients, column)
                strange = dict.fromkeys(f"'{levels[codes[i]]}'" for i in subset.positions[at])
                values = f", {in_words(list(strange)[:5])}"
            notes.append(f"{label}: {what} in {patients(at.size)} ({rows}){values}; counted as not evaluable (NE).")
    return notes


def _as_stable(levels: Sequence[str], analysis: ResponseSpec) -> list[str]:
    """That 'non-CR/non-PD' (no measurable lesion) is counted as stable disease."""
    written = [level for level in levels if fold(level) in AS_STABLE]
    return [f"'{written[0]}' is counted as SD."] if written and not analysis.values else []
