"""The page of a cohort's quality: findings with their rows, missing cells, what each column holds."""

from __future__ import annotations

from core.cohort.cohort import Cohort
from core.cohort.load import with_spec
from core.cohort.quality import ColumnQuality, TableQuality, table_quality
from core.reporting.labels import column_label
from core.reporting.quality_tables import columns_table, empty_dates_note, problem_table, quality_sentence
from core.reporting.says import plain_says
from core.spec import CohortSpec
from ui import by_hand, cached, cohorts, downloads, figures, findings, says, state, tables
from ui.charts.distribution import describe_distribution, distribution_spec
from ui.charts.missingness import describe_missingness, missingness_spec, shown_columns
from ui.screen import st
from ui.team import store


def analyse(cohort: Cohort) -> TableQuality:
    """Missing cells and distributions of the table of patients, made once per cohort and specification."""
    asked = f"quality {cohort.spec.model_dump_json()}"  # not shown
    return cached.once(cohort, asked, lambda: table_quality(cohort.patients), name=state.current().cohort)


def headline(cohort: Cohort, quality: TableQuality) -> None:
    """The answer in a sentence."""
    says.show(cohort, plain_says(quality_sentence(cohort, quality), "quality"))


def bar(cohort: Cohort, quality: TableQuality) -> None:
    """Downloads: the columns, the picture."""
    figure = None
    if shown_columns(quality):
        figure = downloads.Figure(
            spec=lambda: missingness_spec(quality, palette=figures.PAPER, width=figures.EXPORT_WIDTH),
            title="Missing cells",
            caption=[f"Cohort {cohort.name}, all patients of the file."],
        )
    downloads.download(
        f"{cohort.name}_quality",
        made=lambda: {"Columns": columns_table(quality)},
        whose=f"Cohort {cohort.name}, all patients of the file.",
        figure=figure,
    )


def found(cohort: Cohort) -> None:
    """Everything that was found, worst first; what an upload of this session holds can be put right."""
    st.header("What was found")
    place = _place(cohort)
    findings.show(cohort.issues, cohort=cohort if place is not None else None, place=place)
    download_problems(cohort, key="quality_problems")


def download_problems(cohort: Cohort, *, key: str) -> None:
    """The rows with problems as a file, where there are any."""
    if any(issue.rows for issue in cohort.issues):
        downloads.download(
            f"{cohort.name}_rows_with_problems",
            made=lambda: {"Rows with problems": problem_table(cohort)},
            whose=f"Cohort {cohort.name}, all patients of the file.",
            key=key,
            label="Download the rows with problems",
            holds="rows",
        )


def _place(cohort: Cohort) -> by_hand.Place | None:
    """Where changes to the cohort are kept; None where it is not this session's own, or came without its file."""
    if cohort is not cohorts.uploaded() or cohort.patients.raw is None or store.is_team():
        return None

    def change(spec: CohortSpec) -> None:
        cohorts.keep_upload(with_spec(cohort, spec))

    return by_hand.Place(key=f"quality_{cohort.digest[:12]}", spec=cohort.spec, change=change)


def missing(quality: TableQuality) -> None:
    """Where values are missing."""
    st.header("What is missing")
    empty = [column_label(column.name) for column in quality.columns if column.n_missing == quality.n]
    if shown_columns(quality):
        spec = missingness_spec(quality, palette=figures.palette())
        figures.show(spec, key="missing_chart", alt=describe_missingness(quality))
    else:
        st.caption("No column has gaps.")
    if note := empty_dates_note(quality):
        st.caption(tables.escaped(note))
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
