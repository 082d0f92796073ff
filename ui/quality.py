"""The page of a cohort's quality: findings with their rows, missing cells, what each column holds."""

from __future__ import annotations

from core.cohort.cohort import Cohort
from core.cohort.quality import ColumnQuality, TableQuality, table_quality
from core.reporting.labels import column_label
from core.reporting.quality_tables import columns_table, problem_table, quality_sentence
from core.reporting.says import plain_says
from ui import cached, downloads, figures, messages, says, state, tables
from ui.charts.distribution import describe_distribution, distribution_spec
from ui.charts.missingness import describe_missingness, missingness_spec, shown_columns
from ui.screen import st


def analyse(cohort: Cohort) -> TableQuality:
    """Missing cells and distributions of the table of patients, made once per cohort and specification."""
    asked = f"quality {cohort.spec.model_dump_json()}"  # not shown
    return cached.once(cohort, asked, lambda: table_quality(cohort.patients), name=state.current().cohort)


def headline(cohort: Cohort, quality: TableQuality) -> None:
    """The answer in a sentence."""
    says.show(cohort, plain_says(quality_sentence(cohort, quality), "quality"))


def bar(cohort: Cohort, quality: TableQuality) -> None:
    """Downloads: the rows with problems, the columns, the picture."""
    figure = None
    if shown_columns(quality):
        figure = downloads.Figure(
            spec=lambda: missingness_spec(quality, palette=figures.PAPER, width=figures.EXPORT_WIDTH),
            title="Missing cells",
            caption=[f"Cohort {cohort.name}, all patients of the file."],
        )
    downloads.download(
        f"{cohort.name}_quality",
        made=lambda: {"Rows with problems": problem_table(cohort), "Columns": columns_table(quality)},
        whose=f"Cohort {cohort.name}, all patients of the file.",
        figure=figure,
    )


def findings(cohort: Cohort) -> None:
    """Everything that was found, worst first."""
    st.header("What was found")
    messages.issues(cohort.issues)


def missing(quality: TableQuality) -> None:
    """Where values are missing."""
    st.header("What is missing")
    empty = [column_label(column.name) for column in quality.columns if column.n_missing == quality.n]
    if shown_columns(quality):
        spec = missingness_spec(quality, palette=figures.palette())
        figures.show(spec, key="missing_chart", alt=describe_missingness(quality))
    else:
        st.caption("No column has gaps.")
    if empty:
        st.caption(tables.escaped(f"Without any value: {', '.join(empty)}."))


def columns(quality: TableQuality) -> None:
    """What one column holds, and all of them in a table."""
    st.header("What each column holds")
    free = [column for column in quality.columns if column.spread is not None or column.levels]
    if free:
        names = {column.name: column for column in free}
        chosen = st.selectbox("Column", list(names), format_func=column_label, key="quality_column")
        _one(names[chosen])
    with st.expander("All columns as a table"):
        tables.show(columns_table(quality))


def _one(column: ColumnQuality) -> None:
    spec = distribution_spec(column, palette=figures.palette())
    figures.show(spec, key="column_chart", alt=describe_distribution(column))
