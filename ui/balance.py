"""The page of balance: crude against adjusted, and how alike the groups became."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.cohort.cohort import Cohort
from core.cohort.select import AnalysisSet
from core.reporting.balance_sentence import balance_achieved, balance_caveat, balance_headline
from core.reporting.balance_tables import covariates_table, ratios_table
from core.reporting.balance_words import NAMES
from core.reporting.labels import column_label
from core.reporting.methods_text import method_lines
from core.reporting.tables import ReportTable
from core.result import AnalysisResult
from ui import cached, downloads, figures, messages, tables
from ui.balance_options import BalanceOptions
from ui.charts.balance import LoveRow, describe_love, love_spec
from ui.charts.describe import describe_forest
from ui.charts.forest import forest_spec
from ui.charts.forest_layout import ForestWords
from ui.charts.forest_table import forest_table
from ui.selection import Selection

WORDS = ForestWords(factor="Method")


def not_here(subset: AnalysisSet) -> None:
    """What to do where there are not two groups."""
    n = len(subset.groups.levels)
    if n < 2:
        st.info("Choose a group with two levels on the left.")
    else:
        st.info(
            f"Balancing compares two groups, and {column_label(str(subset.groups.column))} has {n}. Choose on the left "
            "which two levels are compared, or put several levels into one."
        )
    if subset.cohort.synthetic:
        messages.synthetic()


def analyse(cohort: Cohort, selection: Selection, factors: Sequence[str], options: BalanceOptions) -> AnalysisResult:
    """Every method on what is selected."""
    assert selection.endpoint is not None
    with st.spinner("Making the groups alike…", show_time=False):
        return cached.analysis(cohort, selection, options.question(selection.endpoint, factors))


def headline(cohort: Cohort, result: AnalysisResult) -> None:
    """The answer in sentences, and what limits it."""
    st.markdown(tables.prose(balance_headline(result)))
    st.caption(tables.prose(balance_achieved(result)))
    st.caption(tables.prose(balance_caveat(result.balance)))
    messages.immortal_time(result.subset, also="Making the groups alike does not take that away.")
    if cohort.synthetic:
        messages.synthetic()


def bar(cohort: Cohort, result: AnalysisResult) -> None:
    """Method and downloads."""
    downloads.method(method_lines(result))
    table = ratios_table(result)
    downloads.download(
        f"{cohort.name}_{result.subset.endpoint}_balance",
        made=lambda: all_tables(result),
        whose=figures.whose(cohort, result),
        figure=downloads.Figure(
            spec=lambda: forest_spec(table, palette=figures.PAPER, width=figures.EXPORT_WIDTH, words=WORDS),
            title=table.title,
            caption=figures.caption(cohort, result),
        ),
    )


def forest(result: AnalysisResult) -> None:
    """The hazard ratio by every method."""
    table = ratios_table(result)
    spec = forest_spec(table, palette=figures.palette(), words=WORDS)
    alt = f"{table.title}. {describe_forest(forest_table(table))}"
    st.vega_lite_chart(spec, theme=None, width="stretch", alt=alt, key="balance_forest")


def love_plot(result: AnalysisResult) -> None:
    """Standardised differences before and after."""
    rows = love_rows(result)
    st.header("How alike the groups became")
    st.vega_lite_chart(
        love_spec(rows, palette=figures.palette()),
        theme=None,
        width="stretch",
        alt=describe_love(rows),
        key="balance_love",
    )
    name = NAMES[result.balance.method]
    st.caption(
        f"Hollow: as the patients are. Filled, and in numbers: {name}. Dashed line: 0.1, above which groups are "
        "usually called unlike."
    )


def love_rows(result: AnalysisResult) -> list[LoveRow]:
    """Every covariate before and after."""
    value = result.balance
    return [
        LoveRow(
            name=column_label(one.covariate),
            before=one.before.difference,
            value=one.after[value.method].difference if value.main is not None else one.before.difference,
        )
        for one in value.covariates
    ]


def show_tables(cohort: Cohort, result: AnalysisResult) -> None:
    """Every method and every covariate in numbers."""
    names = [column.name for column in cohort.patients.columns]
    with st.expander("Every method in numbers"):
        tables.show(ratios_table(result))
    with st.expander("Every covariate before and after"):
        tables.show(covariates_table(result), footnotes=False)
    study = result.balance.study
    spoken = (study.column, *study.covariates)
    messages.notes(result.notes, said=ratios_table(result).footnotes, columns=spoken, quoted=names)


def all_tables(result: AnalysisResult) -> dict[str, ReportTable]:
    """Every table of the result."""
    return {"Methods": ratios_table(result), "Covariates": covariates_table(result)}
