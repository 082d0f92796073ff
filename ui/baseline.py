"""The baseline page: which variables, Table 1, and the balance plot beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.cohort.cohort import Cohort
from core.reporting.baseline_report import baseline_report
from core.reporting.labels import column_label
from core.reporting.methods_text import method_lines
from core.reporting.says import says as says_of
from core.result import AnalysisResult
from core.spec import BaselineSpec
from ui import cached, cohorts, downloads, figures, messages, says, tables
from ui.charts.balance import balance_spec
from ui.charts.describe import describe_balance
from ui.first_factors import first_factors
from ui.grouping import candidates
from ui.screen import st
from ui.selection import Selection

START_WITH = 12


def choose(cohort: Cohort, selection: Selection) -> list[str]:
    """Which columns Table 1 shows; starts with those of the cohort's own analysis, or the first ones."""
    group = selection.group.column if selection.group else None
    return st.multiselect(
        "Variables",
        _free(cohort, selection),
        default=start_with(cohort, selection),
        format_func=column_label,
        key=f"baseline_variables_{cohort.digest[:12]}_{group}",
        persist_state="session",
    )


def _free(cohort: Cohort, selection: Selection) -> list[str]:
    return [name for name in candidates(cohort) if selection.group is None or name != selection.group.column]


def start_with(cohort: Cohort, selection: Selection) -> list[str]:
    """The variables that Table 1 starts with: those of the cohort's own analysis, or the first known at the start."""
    own, free = own_table(selection), _free(cohort, selection)
    return (
        first_factors(cohort, selection, free, START_WITH)
        if own is None
        else [name for name in own.variables if name in free]
    )


def own_table(selection: Selection) -> BaselineSpec | None:
    """Table 1 as the cohort's own specification asks for it."""
    if selection.cohort in cohorts.SAMPLES:
        for analysis in cohorts.sample(selection.cohort)[1].analyses:
            if isinstance(analysis, BaselineSpec):
                return analysis
    return None


def analyse(
    cohort: Cohort, selection: Selection, variables: Sequence[str], options: Mapping[str, Any]
) -> AnalysisResult:
    """Table 1 of what is selected."""
    return cached.analysis(cohort, selection, {"kind": "baseline", "variables": list(variables), **options})


def headline(cohort: Cohort, result: AnalysisResult) -> None:
    """The answer in a sentence."""
    says.show(cohort, says_of(result))


def bar(cohort: Cohort, result: AnalysisResult) -> None:
    """Method and downloads."""
    downloads.method(method_lines(result))
    downloads.download(
        f"{cohort.name}_baseline",
        made=lambda: {"Baseline": baseline_report(result)},
        whose=figures.whose(cohort, result),
        figure=_balance_figure(cohort, result) if len(result.subset.groups.levels) > 1 else None,
        report=downloads.Asked(
            page="baseline",
            results=[result],
            protected=downloads.Protected(part="baseline", columns=[one.variable for one in result.baseline.variables]),
        ),
    )


def exported(cohort: Cohort, result: AnalysisResult) -> downloads.Shown:
    """What the report shows: Table 1, and of several groups how unlike they are."""
    figure = _balance_figure(cohort, result) if len(result.subset.groups.levels) > 1 else None
    return downloads.Shown(figure=figure, tables=lambda: [baseline_report(result)])


def _balance_figure(cohort: Cohort, result: AnalysisResult) -> downloads.Figure:
    return downloads.Figure(
        spec=lambda: balance_spec(result.baseline, palette=figures.PAPER, width=figures.EXPORT_WIDTH),
        title="Standardised differences",
        caption=figures.caption(cohort, result),
        alt=lambda: describe_balance(result.baseline),
    )


def table(result: AnalysisResult) -> None:
    """Table 1 as it would be printed."""
    made = baseline_report(result)
    tables.show(made)
    messages.notes(result.notes, said=made.footnotes)


def figure(result: AnalysisResult) -> None:
    """Standardised differences, largest first."""
    if len(result.subset.groups.levels) < 2:
        return
    st.subheader("Balance")
    spec = balance_spec(result.baseline, palette=figures.palette())
    figures.show(spec, key="balance_chart", alt=describe_balance(result.baseline))
    st.caption(
        "Dashed line: 0.1, above which groups are usually called unlike. No test: it does not depend on their size."
    )
