"""Whether hazards are proportional: a check that one opens under the hazard ratios."""

from __future__ import annotations

from core.cohort.cohort import Cohort
from core.errors import CohortError
from core.regression.proportionality import CHANGING, ProportionalHazards
from core.reporting.labels import column_label
from core.reporting.methods_text import method_lines
from core.reporting.model_tables import column_words
from core.reporting.proportionality_sentence import proportionality_sentence
from core.reporting.proportionality_table import proportional_hazards_table
from core.result import AnalysisResult
from ui import cached, downloads, figures, messages, tables
from ui.charts.residuals import describe_residuals, residual_spec
from ui.hazards_options import HazardOptions
from ui.screen import st
from ui.selection import Selection

QUESTION = "Are hazards proportional?"
REMEDIES = (
    "What to do, in Options under Over time: **Stratify by** a category whose hazard ratio you do not need; **Split "
    "time of** a factor, for one hazard ratio early and one late; **Treatment that starts later** where treatment "
    "began after time zero. Or compare restricted mean survival times, in Options of the page Survival: they need no "
    "proportional hazards."
)


def show(cohort: Cohort, selection: Selection, result: AnalysisResult, options: HazardOptions) -> None:
    """The check of the model with all its factors together, computed when it is opened."""
    place = st.expander(QUESTION, on_change="rerun", key="ph_check")
    if not place.open:
        return
    with place:
        factors = _factors(result)
        if not factors:
            st.caption("No factor is in the model with all factors together.")
            return
        try:
            checked = cached.analysis(cohort, selection, _question(selection, result, options))
        except CohortError as error:
            st.caption(tables.escaped(error.message))
            return
        if options.time.splits:
            st.caption("Of the model without a hazard ratio per period: why one was asked for.")
        _show(cohort, checked)


def _factors(result: AnalysisResult) -> list[str]:
    """What is in the model: the factors that entered, or all where each was only taken alone."""
    analysis = result.cox
    if analysis.multivariable is not None and analysis.univariable is not None:
        return list(analysis.entered)
    model = analysis.multivariable or analysis.univariable
    return [] if model is None else list(dict.fromkeys(term.term for term in model.terms))


def _question(selection: Selection, result: AnalysisResult, options: HazardOptions) -> dict[str, object]:
    """The test of the same model: its factors, curves and interactions."""
    factors = _factors(result)
    return {
        "kind": "proportional_hazards",
        "endpoint": selection.endpoint,
        "covariates": list(factors),
        "ties": "breslow" if options.fitting["ties"] == "breslow" else "efron",  # the test has no exact form
        "references": {name: level for name, level in options.references.items() if name in factors},
        "splines": options.model.question(factors)["splines"],
        "interactions": [interaction.factors for interaction in result.cox.building.interactions],
        **options.time.checked(factors),
    }


def _show(cohort: Cohort, checked: AnalysisResult) -> None:
    tests = checked.proportional_hazards
    st.markdown(tables.prose(proportionality_sentence(tests)))
    table = proportional_hazards_table(checked)
    tables.show(table, footnotes=False)
    with st.container(horizontal=True):
        downloads.method(method_lines(checked))
        downloads.download(
            f"{cohort.name}_{checked.subset.endpoint}_proportional_hazards",
            made=lambda: {"Proportional hazards": table},
            whose=figures.whose(cohort, checked),
            key="ph_download",
            report=downloads.Asked(page="proportional-hazards", results=[checked]),
        )
    if any(test.p_value < CHANGING for test in (*tests.terms, tests.overall)):
        st.info(REMEDIES)
    if tests.names and tests.n_events:
        _figure(tests)
    messages.notes([*table.footnotes, *checked.notes])


def exported(cohort: Cohort, result: AnalysisResult) -> downloads.Shown:
    """What the report shows."""
    return downloads.Shown(tables=lambda: [proportional_hazards_table(result)])


def _figure(tests: ProportionalHazards) -> None:
    """Residuals of one factor over time; flat around the dashed line where its hazard ratio stays the same."""
    name = st.selectbox("Show over time", tests.names, format_func=_label, key="ph_term", persist_state="session")
    spec = residual_spec(tests, name, palette=figures.palette())
    alt = describe_residuals(tests, name, label=_label(name))
    figures.show(spec, key="ph_chart", alt=alt)
    st.caption(
        "Each dot is an event (scaled Schoenfeld residual plus the log hazard ratio). A solid line that stays near the "
        "dashed one speaks for a hazard ratio that is the same at all times."
    )


def _label(name: str) -> str:
    """A column of the model: ``sex: M`` is "Sex, M", ``hifu: HIFU`` just "HIFU"."""
    if "×" in name or name.endswith("'"):
        return column_words(name)
    column, colon, level = name.partition(": ")
    label = column_label(column)
    if not colon:
        return label
    return level if label.casefold() in level.casefold() else f"{label}, {level}"
