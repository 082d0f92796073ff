"""Under the hazard ratios: how the model was chosen, its curves and interactions, and what drives it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.cohort.cohort import Cohort
from core.errors import CohortError
from core.reporting.cox_sentence import interaction_sentence
from core.reporting.e_value_table import e_value_table, e_values_sentence
from core.reporting.interaction_table import interaction_table
from core.reporting.labels import column_label, endpoint_label, in_sentence
from core.reporting.model_sentences import (
    curve_sentence,
    influence_sentence,
    overlap_sentence,
    selection_sentence,
)
from core.reporting.model_tables import (
    all_influences_table,
    curve_table,
    influence_table,
    overlap_table,
    selection_table,
)
from core.reporting.sentences import confidence_words
from core.reporting.tables import ReportTable
from core.result import AnalysisResult
from core.spec import DrawnSpec
from ui import cached, downloads, figures, imputed_values, tables
from ui.charts.spline_curve import curve_spec, describe_curve
from ui.hazards_options import HazardOptions
from ui.screen import st
from ui.selection import Selection

if TYPE_CHECKING:
    from core.regression.curve import Curve

CHOSEN = "How the model was chosen"
DEPENDS = "Does one effect depend on another?"
DRIVEN = "Is one patient driving this?"
OVERLAP = "Do factors overlap?"
HIDDEN = "Could a factor that nobody measured explain it? (E-values)"


def show(cohort: Cohort, selection: Selection, result: AnalysisResult, options: HazardOptions) -> None:
    """What belongs to the model with all factors together; the checks are computed when they are opened."""
    building = result.cox.building
    if building.selection is not None:
        with st.expander(CHOSEN):
            st.markdown(tables.prose(selection_sentence(building.selection)))
            tables.show(selection_table(result), footnotes=False)
            st.caption(
                "AIC: twice the coefficients less twice the log partial likelihood; lower is better. Each step drops "
                "what lowers it most."
            )
    for curve in building.curves:
        _curve(cohort, selection, result, curve=curve, options=options)
    if building.interactions:
        with st.expander(DEPENDS):
            st.markdown(" ".join(tables.prose(interaction_sentence(one)) for one in building.interactions))
            tables.show(interaction_table(result), footnotes=False)
    _hidden(result)
    imputed_values.show(result)
    if result.cox.multivariable is None or result.cox.imputation is not None:
        return
    place = st.expander(DRIVEN, on_change="rerun", key="cox_influence")
    if place.open:
        with place:
            _influence(diagnosed(cohort, selection, result, options))
    place = st.expander(OVERLAP, on_change="rerun", key="cox_overlap")
    if place.open:
        with place:
            _overlap(diagnosed(cohort, selection, result, options))


def _hidden(result: AnalysisResult) -> None:
    """How strong a factor that nobody measured would have to be."""
    table = e_value_table(result)
    if table is None:
        return
    with st.expander(HIDDEN):
        st.markdown(tables.prose(e_values_sentence(result)))
        tables.show(table, footnotes=False)
        st.caption(tables.prose(table.footnotes[0]))


def diagnosed(cohort: Cohort, selection: Selection, result: AnalysisResult, options: HazardOptions) -> AnalysisResult:
    """The same model with its diagnostics."""
    return cached.analysis(cohort, selection, {**_question(selection, result, options), "diagnostics": True})


def report_tables(
    cohort: Cohort, selection: Selection, result: AnalysisResult, options: HazardOptions
) -> dict[str, ReportTable]:
    """Every table of the model, for files."""
    building = result.cox.building
    made: dict[str, ReportTable] = {}
    if building.selection is not None:
        made["Path of selection"] = selection_table(result)
    for curve in building.curves:
        made[f"Curve of {in_sentence(column_label(curve.covariate))}"] = curve_table(result, curve)
    if building.interactions:
        made["Interactions"] = interaction_table(result)
    hidden = e_value_table(result)
    if hidden is not None:
        made["E-values"] = hidden
    made |= imputed_values.report_tables(result)
    if result.cox.multivariable is None or result.cox.imputation is not None:
        return made
    checked = diagnosed(cohort, selection, result, options)
    if checked.cox.building.collinearity is not None:
        made["Overlap of factors"] = overlap_table(checked)
    if checked.cox.building.influence is not None:
        made["Influence"] = influence_table(checked)
        made["Influence of every patient"] = all_influences_table(checked)
    return made


def _question(selection: Selection, result: AnalysisResult, options: HazardOptions) -> dict[str, object]:
    covariates = getattr(result.analysis, "covariates", ())
    return options.question(selection.endpoint or "", covariates)


def _curve(
    cohort: Cohort, selection: Selection, result: AnalysisResult, *, curve: Curve, options: HazardOptions
) -> None:
    """The curve of one factor, against a value that one may choose."""
    label = column_label(curve.covariate)
    with st.expander(f"Curve of {in_sentence(label)}", expanded=True):
        low, high = float(curve.observed[0]), float(curve.observed[-1])
        chosen = st.number_input(
            "Compared with",
            low,
            high,
            curve.reference,
            help="The value whose hazard ratio is 1; the median of the patients unless changed.",
            width=220,
            key=f"cox_curve_{cohort.digest[:12]}_{curve.covariate}",
            persist_state="session",
        )
        if chosen is not None and chosen != curve.reference:
            question = _question(selection, result, options)
            references = {**dict(options.references), curve.covariate: chosen}
            result = cached.analysis(cohort, selection, {**question, "references": references})
            curve = next(other for other in result.cox.building.curves if other.covariate == curve.covariate)
        st.markdown(tables.prose(curve_sentence(curve)))
        if not curve.is_estimated:
            return
        figures.show(
            curve_spec(curve, label=label, palette=figures.palette()),
            key=f"cox_curve_chart_{curve.covariate}",
            alt=describe_curve(curve, label=label),
        )
        st.caption(
            f"The band is the {confidence_words(curve.conf_level)} of each value by itself. Each small mark at the "
            "foot is a patient: where there are few, the curve rests on few."
        )
        tables.show(curve_table(result, curve), footnotes=False)
        _curve_files(cohort, result, curve)


def _curve_files(cohort: Cohort, result: AnalysisResult, curve: Curve) -> None:
    """The curve as a figure and a table."""
    label, endpoint = column_label(curve.covariate), result.subset.endpoint or "survival"
    title = f"Curve of {in_sentence(label)}"
    with st.container(horizontal=True):
        downloads.download(
            f"{cohort.name}_{endpoint}_curve_{curve.covariate}",
            made=lambda: {title: curve_table(result, curve)},
            whose=figures.whose(cohort, result),
            figure=curve_exported(cohort, result, curve.covariate).figure,
            key=f"download_curve_{curve.covariate}",
            report=downloads.Asked(page="curve", results=[result], drawn=DrawnSpec(column=curve.covariate)),
        )


def curve_exported(cohort: Cohort, result: AnalysisResult, covariate: str | None) -> downloads.Shown:
    """What a file and the report show of the curve of one factor."""
    curve = next((one for one in result.cox.building.curves if one.covariate == covariate), None)
    if curve is None or not curve.is_estimated:
        raise CohortError(f"There is no curve of '{covariate}' in these patients.", hint="Loosen the filters.")
    label = column_label(curve.covariate)
    title = f"Curve of {in_sentence(label)}"
    figure = downloads.Figure(
        spec=lambda: curve_spec(curve, label=label, palette=figures.PAPER, width=figures.EXPORT_WIDTH),
        title=f"{title}, {endpoint_label(result.subset.endpoint or 'survival')}",
        caption=figures.caption(cohort, result),
        alt=lambda: describe_curve(curve, label=label),
    )
    return downloads.Shown(
        figure=figure, tables=lambda: [curve_table(result, curve)], sentences=(curve_sentence(curve),)
    )


def _influence(checked: AnalysisResult) -> None:
    """Rows of the table, never who they are."""
    found = checked.cox.building.influence
    if found is None:
        st.caption(
            "Not answered with Firth's penalty, exact ties or follow-up in several rows (a split time, a treatment "
            "that starts later): see the options."
        )
        return
    st.markdown(tables.prose(influence_sentence(found)))
    tables.show(influence_table(checked), footnotes=False)
    st.caption("Rows as the spreadsheet counts them: look whether the values in such a row are right.")


def _overlap(checked: AnalysisResult) -> None:
    found = checked.cox.building.collinearity
    assert found is not None
    st.markdown(tables.prose(overlap_sentence(found)))
    tables.show(overlap_table(checked), footnotes=False)
