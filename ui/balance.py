"""The page of balance: crude against adjusted, and how alike the groups became."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from core.bias.propensity import score_counts
from core.cohort.cohort import Cohort
from core.errors import CohortError
from core.reporting.balance_sentence import (
    balance_achieved,
    balance_caveat,
    curves_annotation,
    overlap_sentence,
)
from core.reporting.balance_tables import covariates_table, groups_table, ratios_table, weights_table
from core.reporting.balance_words import NAMES, both_groups
from core.reporting.labels import column_label, endpoint_label
from core.reporting.methods_text import method_lines
from core.reporting.says import says as says_of
from core.reporting.tables import ReportTable
from core.result import AnalysisResult
from core.survival.kaplan_meier import KaplanMeierEstimate
from ui import balance_checks, cached, downloads, figures, messages, says, tables
from ui.balance_options import BalanceOptions
from ui.charts.balance import LoveRow, describe_love, love_spec
from ui.charts.curves_beside import curves_beside_spec, describe_alike
from ui.charts.describe import describe_forest
from ui.charts.forest import forest_spec
from ui.charts.forest_layout import ForestWords
from ui.charts.forest_table import forest_table
from ui.charts.score_overlap import describe_overlap, overlap_spec
from ui.forest_file import forest_file
from ui.screen import st
from ui.selection import Selection

WORDS = ForestWords(factor="Method")
_TwoCurves: TypeAlias = tuple[Sequence[KaplanMeierEstimate], Sequence[KaplanMeierEstimate]]


def analyse(
    cohort: Cohort, selection: Selection, factors: Sequence[str], options: BalanceOptions
) -> AnalysisResult | None:
    """Every method on what is selected; None while it is computed."""
    assert selection.endpoint is not None
    question = options.question(selection.endpoint, factors, n=cohort.n)
    return cached.long_analysis(cohort, selection, question, place="balance", name="the balanced comparison")


def headline(cohort: Cohort, result: AnalysisResult) -> None:
    """The answer in sentences, and what limits it."""
    says.show(cohort, says_of(result), also=[balance_achieved(result), balance_caveat(result.balance)])


def bar(cohort: Cohort, result: AnalysisResult) -> None:
    """Method and downloads."""
    downloads.method(method_lines(result))
    downloads.download(
        f"{cohort.name}_{result.subset.endpoint}_balance",
        made=lambda: all_tables(result),
        whose=figures.whose(cohort, result),
        figure=exported(cohort, result).figure,
        report=downloads.Asked(page="balance", results=[result]),
    )


def exported(cohort: Cohort, result: AnalysisResult) -> downloads.Shown:
    """What a file and the report show."""
    table = ratios_table(result)
    figure = forest_file(cohort, result, table, words=WORDS)
    return downloads.Shown(figure=figure, tables=lambda: [table])


def forest(result: AnalysisResult) -> None:
    """The hazard ratio by every method."""
    table = ratios_table(result)
    spec = forest_spec(table, palette=figures.palette(), words=WORDS)
    alt = f"{table.title}. {describe_forest(forest_table(table))}"
    figures.show(spec, alt=alt, key="balance_forest", table=lambda: ratios_table(result))


def love_plot(result: AnalysisResult) -> None:
    """Standardised differences before and after."""
    rows = love_rows(result)
    st.header("How alike the groups became")
    figures.show(
        love_spec(rows, palette=figures.palette()),
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


def overlap(result: AnalysisResult) -> None:
    """Propensity scores of both groups, as they are and weighted."""
    value, levels = result.balance, both_groups(result)
    main = value.main
    counts = score_counts(
        value.propensity.score,
        value.study.treated,
        None if main is None or main.sample is None else main.sample.weights,
    )
    st.header("Whether both groups have patients like the other's")
    figures.show(
        overlap_spec(counts, levels=levels, palette=figures.palette()),
        alt=describe_overlap(counts, levels=levels),
        key="balance_overlap",
    )
    st.caption(tables.prose(overlap_sentence(result)))


def curves(cohort: Cohort, result: AnalysisResult) -> None:
    """Curves of the groups made alike, the crude ones dotted."""
    value, both = result.balance, _both_curves(result)
    if both is None:
        return
    words = endpoint_label(result.subset.endpoint or "survival")
    title = words[:1].upper() + words[1:]
    st.header(tables.escaped(f"{title} once the groups are alike"))
    figures.show(
        curves_beside_spec(*both, title=title, annotation=curves_annotation(result), palette=figures.palette()),
        alt=describe_alike(both[0], title=words),
        key="balance_curves",
    )
    st.caption(
        f"Solid or dashed: {NAMES[value.method]}, with limits that allow for the estimated weights; at risk are sums "
        "of weights. Dotted: patients as they are."
    )
    with st.container(horizontal=True):
        st.page_link("pages/survival/adjusted.py", label="See the curves of the g-formula, with their limits")
        downloads.download(
            f"{cohort.name}_{result.subset.endpoint}_alike",
            made=lambda: {"Methods": ratios_table(result)},
            whose=figures.whose(cohort, result),
            figure=alike(cohort, result).figure,
            key="download_alike",
            report=downloads.Asked(page="alike", results=[result]),
        )


def _both_curves(result: AnalysisResult) -> _TwoCurves | None:
    """Curves of the groups made alike, and of the patients as they are; None where they cannot be had."""
    main, crude = result.balance.main, result.balance.by("crude")
    if main is None or main.curves is None or crude is None or crude.curves is None:
        return None
    return main.curves.curves, crude.curves.curves


def alike(cohort: Cohort, result: AnalysisResult) -> downloads.Shown:
    """What a file and the report show of these curves."""
    both = _both_curves(result)
    if both is None:
        raise CohortError("The groups cannot be made alike: there are no curves.", hint="Choose other factors.")
    words = endpoint_label(result.subset.endpoint or "survival")
    title, annotation = words[:1].upper() + words[1:], curves_annotation(result)
    figure = downloads.Figure(
        spec=lambda: curves_beside_spec(
            *both, title=title, annotation=annotation, palette=figures.PAPER, width=figures.EXPORT_WIDTH
        ),
        title=f"{title}, {NAMES[result.balance.method]}",
        caption=[*figures.caption(cohort, result), "Dotted: patients as they are."],
        alt=lambda: describe_alike(both[0], title=words),
    )
    return downloads.Shown(figure=figure, tables=lambda: [groups_table(result)], sentences=())


def show_tables(cohort: Cohort, result: AnalysisResult) -> None:
    """Every method and every covariate in numbers."""
    names = [column.name for column in cohort.patients.columns]
    balance_checks.show(result)
    with st.expander("Every method in numbers"):
        tables.show(ratios_table(result))
    with st.expander("Median and restricted mean of both groups, by every method"):
        tables.show(groups_table(result), footnotes=False)
    with st.expander("Every factor before and after"):
        tables.show(covariates_table(result), footnotes=False)
    with st.expander("How unequal the weights are"):
        tables.show(weights_table(result), footnotes=False)
    study = result.balance.study
    spoken = (study.column, *study.covariates)
    messages.notes(result.notes, said=ratios_table(result).footnotes, columns=spoken, quoted=names)


def all_tables(result: AnalysisResult) -> dict[str, ReportTable]:
    """Every table of the result."""
    return {
        "Methods": ratios_table(result),
        "Groups": groups_table(result),
        "Covariates": covariates_table(result),
        "Weights": weights_table(result),
        **balance_checks.all_tables(result),
    }
