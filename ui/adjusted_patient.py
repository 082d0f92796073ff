"""One patient on the page of adjusted curves: a form of the factors, the predicted curve and its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.cohort.cohort import Cohort
from core.cohort.select import levels_of
from core.cohort.values import codes_of
from core.errors import CohortError
from core.reporting.adjusted_sentence import patient_sentence
from core.reporting.adjusted_tables import patient_table
from core.reporting.labels import column_label, endpoint_label
from core.result import AnalysisResult
from ui import cached, figures, messages, tables
from ui.adjusted import AdjustedOptions, title
from ui.charts.adjusted_curve import describe_patient, patient_spec
from ui.screen import st
from ui.selection import Selection

IN_A_ROW = 3
WARNING = (
    "This describes patients of this cohort by a model. It has not been validated for prediction: do not use it to "
    "decide on the treatment of a patient."
)


def show(
    cohort: Cohort, selection: Selection, factors: Sequence[str], options: AdjustedOptions, result: AnalysisResult
) -> None:
    """The form and what it predicts, when opened."""
    place = st.expander("For one patient", on_change="rerun", key="adjusted_patient")
    if not place.open:
        return
    with place:
        st.warning(WARNING)
        profile = _form(cohort, factors, result)
        assert selection.endpoint is not None
        try:
            found = cached.analysis(cohort, selection, options.question(selection.endpoint, factors, profile))
        except CohortError as error:
            st.error(tables.escaped(error.message))
            st.caption(tables.escaped(error.hint or ""))
            return
        _predicted(found, options.times)


def _form(cohort: Cohort, factors: Sequence[str], result: AnalysisResult) -> dict[str, Any]:
    """A field for the group and for each factor; starts in the middle of the patients analysed."""
    value, own = result.adjusted_survival, result.subset.groups.column
    assert value.patient is not None, "the page asks for the patient in the middle"
    middle = value.patient.profile.values
    profile: dict[str, Any] = {}
    names = [*([own] if own is not None else []), *factors]
    for i, name in enumerate(names):
        if i % IN_A_ROW == 0:  # a row at a time, so that a narrow screen keeps their order
            places = st.columns(IN_A_ROW)
        with places[i % IN_A_ROW]:
            key = f"patient_{cohort.digest[:12]}_{name}"
            if name == own:
                levels = [group.level for group in value.groups]
                profile[name] = st.selectbox(column_label(name), levels, key=f"{key}_{'|'.join(levels)}")
            elif isinstance(start := middle[name], float):
                profile[name] = _number(name, start, key)
            else:
                levels = [level for level in levels_of(cohort.patients, name) if level in _seen(result, name)]
                place = levels.index(start) if start in levels else 0
                profile[name] = st.selectbox(column_label(name), levels, index=place, key=key)
    return profile


def _number(name: str, start: float, key: str) -> float:
    whole = start.is_integer()
    step = 1.0 if whole else None
    return float(st.number_input(column_label(name), value=start, step=step, format="%g", key=key))


def _seen(result: AnalysisResult, name: str) -> set[str]:
    """Levels that patients analysed have."""
    codes, levels = codes_of(result.subset.cohort.patients, name)
    return {levels[code] for code in set(codes[result.subset.positions].tolist()) if code >= 0}


def _predicted(found: AnalysisResult, times: Sequence[float]) -> None:
    value = found.adjusted_survival
    st.markdown(tables.prose(patient_sentence(found, times)))
    spec = patient_spec(value, title=f"{title(found)}, predicted", palette=figures.palette())
    alt = describe_patient(value, title=endpoint_label(found.subset.endpoint or "survival"))
    figures.show(spec, alt=alt, key="patient_chart")
    table = patient_table(found)
    if table is not None:
        tables.show(table, footnotes=False)
    if value.patient is not None:
        messages.notes(value.patient.profile.notes, columns=value.adjusted_for)
