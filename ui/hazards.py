"""The hazards page: which factors, and the forest plot with its table."""

from __future__ import annotations

from collections.abc import Sequence

from core.cohort.cohort import Cohort
from core.reporting.cox_table import cox_table
from core.reporting.labels import column_label, endpoint_label
from core.reporting.methods_text import method_lines
from core.reporting.row_filters import cox_row_filters, row_names
from core.reporting.says import says as says_of
from core.result import AnalysisResult
from core.spec import CoxSpec
from ui import cached, downloads, figures, forest_patients, messages, model_building, says, tables
from ui.charts.describe import describe_forest
from ui.charts.forest import forest_spec
from ui.charts.forest_table import forest_table
from ui.first_factors import first_factors, say_gaps, without_gaps
from ui.grouping import candidates
from ui.hazards_options import HazardOptions, own_analysis
from ui.screen import st
from ui.selection import Selection

START_WITH = 6


def choose_factors(cohort: Cohort, selection: Selection) -> list[str]:
    """Which columns go in; starts with those of the cohort's own analysis, or the group and the first others."""
    free, compared = _free(cohort, selection)
    chosen = st.multiselect(
        "Factors",
        free,
        default=start_with(cohort, selection),
        format_func=column_label,
        key=f"cox_factors_{cohort.digest[:12]}{compared}",
        persist_state="session",
    )
    if own_analysis(selection) is None:
        say_gaps(cohort, selection, free, chosen)
    return chosen


def _free(cohort: Cohort, selection: Selection) -> tuple[list[str], str]:
    """Columns that can be factors, chosen patients against the rest first among them; what was chosen, as text."""
    group, free = selection.group, list(candidates(cohort))
    if group is None or group.where is None:
        return free, ""
    return [group.column, *free], f"_{group.model_dump_json()}"


def start_with(cohort: Cohort, selection: Selection) -> list[str]:
    """The factors a model starts with: those of the cohort's own analysis, or the group and the first others."""
    free, compared = _free(cohort, selection)
    own = own_analysis(selection)
    told = () if selection.group is None else selection.group.chosen_by
    first = free[:1] if compared else []
    if own is not None:
        return [*first, *(name for name in own.covariates if name in free and name not in told)]
    if compared:
        return [*first, *first_factors(cohort, selection, without_gaps(cohort, selection, free[1:]), START_WITH - 1)]
    first = [selection.group.column] if selection.group is not None and selection.group.column in free else []
    others = without_gaps(cohort, selection, (name for name in free if name not in first))
    return first_factors(cohort, selection, [*first, *others], START_WITH)


def analyse(
    cohort: Cohort, selection: Selection, covariates: Sequence[str], options: HazardOptions
) -> AnalysisResult | None:
    """The Cox regression of what is selected; None while one that takes long is computed."""
    assert selection.endpoint is not None
    question = options.question(selection.endpoint, covariates)
    if question.get("missing") == "impute" or question.get("ties") == "exact":
        return cached.long_analysis(cohort, selection, question, place="hazards", name="the Cox regression")
    return cached.analysis(cohort, selection, question)


def headline(cohort: Cohort, result: AnalysisResult) -> None:
    """The answer in a sentence, and the warnings that change what one may conclude."""
    says.show(cohort, says_of(result))


def bar(cohort: Cohort, selection: Selection, result: AnalysisResult, options: HazardOptions) -> None:
    """Method and downloads."""
    assert isinstance(result.analysis, CoxSpec)
    downloads.method(method_lines(result))
    downloads.download(
        f"{cohort.name}_{selection.endpoint}_hazards",
        made=lambda: {
            "Hazard ratios": cox_table(result),
            **model_building.report_tables(cohort, selection, result, options),
        },
        whose=figures.whose(cohort, result),
        figure=exported(cohort, result).figure,
        report=downloads.Asked(
            page="hazards",
            results=[result],
            protected=downloads.Protected(part="hazards", columns=result.analysis.covariates),
        ),
    )


def exported(cohort: Cohort, result: AnalysisResult) -> downloads.Shown:
    """What a file and the report show."""
    figure = downloads.Figure(
        spec=lambda: forest_spec(result, palette=figures.PAPER, width=figures.EXPORT_WIDTH),
        title=f"Hazard ratios, {endpoint_label(result.subset.endpoint or '')}",
        caption=figures.caption(cohort, result),
        alt=lambda: describe_forest(forest_table(cox_table(result))),
    )
    return downloads.Shown(figure=figure, tables=lambda: [cox_table(result)])


def figure(cohort: Cohort, selection: Selection, result: AnalysisResult) -> None:
    """The forest plot, and the patients of one of its rows."""
    made, filters = cox_table(result), cox_row_filters(result, selection.group)
    alt = describe_forest(forest_table(made))
    spec = forest_spec(made, palette=figures.palette(), targets=row_names(made, filters))
    forest_patients.draw(cohort, spec, filters, alt=alt, key="cox_chart", table=lambda: made)
    forest_patients.show(cohort, result, filters, key="cox_chart")


def table(result: AnalysisResult) -> None:
    """What limits the figure, and the figure as a table."""
    made = cox_table(result)
    covariates = result.analysis.covariates if isinstance(result.analysis, CoxSpec) else ()
    messages.notes([*made.footnotes, *result.notes], columns=covariates)
    with st.expander("As a table"):
        tables.show(made, footnotes=False)
