"""The page of subgroups: one hazard ratio in each part of the cohort, and whether the parts differ."""

from __future__ import annotations

from collections.abc import Sequence

from core.cohort.cohort import Cohort
from core.reporting.labels import column_label, endpoint_label
from core.reporting.methods_text import method_lines
from core.reporting.row_filters import row_names, subgroup_row_filters
from core.reporting.says import says as says_of
from core.reporting.subgroup_table import subgroup_table
from core.result import AnalysisResult
from ui import cached, downloads, figures, forest_patients, messages, says, tables
from ui.charts.describe import describe_forest
from ui.charts.forest import forest_spec
from ui.charts.forest_layout import ForestWords
from ui.charts.forest_table import forest_table
from ui.charts.theme import Theme
from ui.first_factors import first_factors
from ui.grouping import candidates
from ui.screen import st
from ui.selection import Selection

START_WITH = 5


def choose_factors(cohort: Cohort, selection: Selection) -> list[str]:
    """Which columns divide the cohort; starts with the first categories that are not the group itself."""
    own = selection.group.column if selection.group is not None else None
    free = [name for name in candidates(cohort) if name != own]
    return st.multiselect(
        "Divide the patients by",
        free,
        default=first_factors(cohort, selection, free, START_WITH),
        format_func=column_label,
        help="A number is split at its median.",
        key=f"subgroup_factors_{cohort.digest[:12]}_{own}",
        persist_state="session",
    )


def analyse(cohort: Cohort, selection: Selection, factors: Sequence[str]) -> AnalysisResult:
    """The hazard ratio among everybody and in every level of the factors."""
    question = {"kind": "subgroups", "endpoint": selection.endpoint, "factors": list(factors)}
    return cached.analysis(cohort, selection, question)


def headline(cohort: Cohort, result: AnalysisResult) -> None:
    """The answer in a sentence, and what so many comparisons do to it."""
    says.show(cohort, says_of(result))


def bar(cohort: Cohort, result: AnalysisResult) -> None:
    """Method and downloads."""
    endpoint = result.subset.endpoint or "survival"
    downloads.method(method_lines(result))
    downloads.download(
        f"{cohort.name}_{endpoint}_subgroups",
        made=lambda: {"Subgroups": subgroup_table(result)},
        whose=figures.whose(cohort, result),
        figure=exported(cohort, result).figure,
        report=downloads.Asked(page="subgroups", results=[result]),
    )


def exported(cohort: Cohort, result: AnalysisResult) -> downloads.Shown:
    """What a file and the report show."""
    figure = downloads.Figure(
        spec=lambda: _spec(result, figures.PAPER, figures.EXPORT_WIDTH),
        title=f"Subgroups, {endpoint_label(result.subset.endpoint or 'survival')}",
        caption=figures.caption(cohort, result),
        alt=lambda: describe_forest(forest_table(subgroup_table(result))),
    )
    return downloads.Shown(figure=figure, tables=lambda: [subgroup_table(result)])


def figure(cohort: Cohort, result: AnalysisResult) -> None:
    """The forest plot, with the same rows as the table, and the patients of one of them."""
    made, filters = subgroup_table(result), subgroup_row_filters(result)
    alt = describe_forest(forest_table(made))
    spec = _spec(result, figures.palette(), targets=row_names(made, filters))
    forest_patients.draw(cohort, spec, filters, alt=alt, key="subgroup_chart", table=lambda: made)
    forest_patients.show(cohort, result, filters, key="subgroup_chart")


def _spec(
    result: AnalysisResult, palette: Theme, width: int | None = None, *, targets: Sequence[str | None] = ()
) -> dict[str, object]:
    groups = result.subset.groups
    other = next(level for level in groups.levels if level != groups.reference)
    words = ForestWords(
        factor="Subgroup",
        p="Interaction P",
        axis=f"lower with {other} ← Hazard ratio → higher with {other}",
    )
    return forest_spec(
        subgroup_table(result), palette=palette, width=width or "container", words=words, targets=targets
    )


def table(result: AnalysisResult) -> None:
    """What limits the figure, and the figure as a table, with medians."""
    made = subgroup_table(result)
    messages.notes([*made.footnotes, *result.notes], columns=[factor.factor for factor in result.subgroups.factors])
    with st.expander("As a table, with medians"):
        tables.show(made, footnotes=False)
