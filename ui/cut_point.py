"""The page of a cut-point: which number, the search, and the two groups at its best cut."""

from __future__ import annotations

import dataclasses
from typing import Any

from core.cohort.cohort import Cohort
from core.regression.cut_point import SEARCHED
from core.reporting.cut_point_sentence import (
    cut_levels_of,
    cut_point_warning,
    stability_sentence,
)
from core.reporting.cut_point_table import cut_group_table, cut_p_table, cut_stability_table
from core.reporting.footnotes import SYNTHETIC
from core.reporting.labels import column_label, endpoint_label
from core.reporting.methods_text import method_lines
from core.reporting.says import says as says_of
from core.reporting.tables import ReportTable
from core.result import AnalysisResult
from core.spec import GroupSpec
from ui import cached, downloads, empty, figures, messages, says, state, tables
from ui.charts.cut_scan import cut_scan_spec, describe_cut_scan
from ui.charts.describe_survival import describe_survival
from ui.charts.survival_curve import SurvivalChartOptions, survival_spec
from ui.grouping import candidates
from ui.screen import st
from ui.selection import Selection

FEWEST_VALUES = 5  # different ones, below which a number is a category
MANY_PATIENTS = 3_000
SHARES = {0.05: "5 %", 0.1: "10 %", 0.2: "20 %", 0.25: "25 %"}


def numbers_of(cohort: Cohort) -> list[str]:
    """Numbers that can be cut."""
    return [
        name
        for name in candidates(cohort)
        if cohort.patients.column(name).kind == "number" and cohort.patients.frame[name].nunique() >= FEWEST_VALUES
    ]


def choose_column(cohort: Cohort) -> str | None:
    """Which number; None where the cohort has none."""
    names = numbers_of(cohort)
    if not names:
        st.info(
            "This cohort has no number with enough different values to search a cut. Load a table with a number that "
            "was measured at the start, such as age or a marker in the blood."
        )
        empty.would_show("cut_point")
        st.page_link(empty.LOAD, label="Load a cohort")
        return None
    return st.selectbox(
        "Number", names, format_func=column_label, key=f"cut_column_{cohort.digest[:12]}", persist_state="session"
    )


def choose_share() -> float:
    """The smallest share of the patients on either side."""
    with st.popover("Options"):
        share = st.segmented_control(
            "Smallest group",
            list(SHARES),
            default=0.1,
            format_func=SHARES.__getitem__,
            key="cut_share",
            persist_state="session",
            required=True,
            help="Cuts that leave fewer patients on one side are not tried.",
        )
    return share or 0.1


def analyse(cohort: Cohort, selection: Selection, column: str, share: float) -> AnalysisResult | None:
    """The search among everybody who is selected; None while it runs."""
    question: dict[str, Any] = {
        "kind": "cut_point",
        "endpoint": selection.endpoint,
        "column": column,
        "minprop": share,
        "maxprop": round(1 - share, 10),
    }
    if cohort.n > MANY_PATIENTS:
        question |= {"permutations": 1_000, "bootstraps": 200}
    return cached.long_analysis(cohort, selection, question, place="cut_point", name="the search for a cut-point")


def headline(cohort: Cohort, result: AnalysisResult) -> None:
    """The answer in a sentence."""
    said = says_of(result)
    stability = stability_sentence(result.cut_point)
    says.show(cohort, said, also=[] if stability in said.more else [stability])


def bar(cohort: Cohort, result: AnalysisResult) -> None:
    """Method and downloads."""
    downloads.method(method_lines(result))
    downloads.download(
        f"{cohort.name}_{result.subset.endpoint}_cut_{result.cut_point.column}",
        made=lambda: _all_tables(result),
        whose=figures.whose(cohort, result),
        figure=exported(cohort, result).figure,
        report=downloads.Asked(page="cut-point", results=[result], grouped=False),
    )


def exported(cohort: Cohort, result: AnalysisResult) -> downloads.Shown:
    """What a file and the report show."""
    label = column_label(result.cut_point.column)
    figure = downloads.Figure(
        spec=lambda: cut_scan_spec(result.cut_point, title=label, palette=figures.PAPER, width=figures.EXPORT_WIDTH),
        title=f"Cut-points of {label}, {endpoint_label(result.subset.endpoint or 'survival')}",
        caption=figures.caption(cohort, result),
        alt=lambda: describe_cut_scan(result.cut_point, label=label),
    )
    return downloads.Shown(figure=figure, tables=lambda: [next(iter(_all_tables(result).values()))])


def figure(result: AnalysisResult) -> None:
    """Every cut tried, over the patients' values."""
    value = result.cut_point
    label = column_label(value.column)
    spec = cut_scan_spec(value, title=label, palette=figures.palette())
    figures.show(spec, key="cut_chart", alt=describe_cut_scan(value, label=label))
    st.caption(
        "Each dot is a cut: how far the survival of the patients at or below it is from that of the others "
        "(standardised log-rank statistic). Bars: the patients. Thick line below: 95 % of the best cuts in bootstrap "
        "samples."
    )


def curves(cohort: Cohort, selection: Selection, result: AnalysisResult) -> None:
    """Kaplan-Meier of the two groups at the cut, and the warning that goes with it."""
    value = result.cut_point
    st.header(tables.escaped(f"The two groups at {column_label(value.column)} {' and '.join(cut_levels_of(value))}"))
    st.warning(tables.prose(cut_point_warning(result)))
    group = _group(result)
    question = {
        "kind": "kaplan_meier",
        "endpoint": selection.endpoint,
        "group": group.model_dump(mode="json", exclude_defaults=True),
    }
    found = cached.analysis(cohort, selection, question)
    title = endpoint_label(selection.endpoint or "survival")
    options = SurvivalChartOptions(title=title[:1].upper() + title[1:])
    spec = survival_spec(found.survival, options=options, palette=figures.palette())
    alt = describe_survival(found.survival, title=title)
    figures.show(spec, alt=alt, key="cut_curves")
    tables.show(cut_group_table(result))
    if st.button("Use this cut as the group", help="Every page then compares these two groups."):
        state.replace(dataclasses.replace(selection, group=group))
        st.rerun()


def _group(result: AnalysisResult) -> GroupSpec:
    value = result.cut_point
    return GroupSpec(column=value.column, cut=(value.best,), labels=cut_levels_of(value))


def show_tables(result: AnalysisResult) -> None:
    """Every P of the search, and how stable the cut is."""
    messages.notes(result.notes, said=(SEARCHED, SYNTHETIC), columns=(result.cut_point.column,))
    with st.expander("P of the search, by method"):
        tables.show(cut_p_table(result))
    stability = cut_stability_table(result)
    if stability is not None:
        with st.expander("How stable the cut is"):
            tables.show(stability)


def _all_tables(result: AnalysisResult) -> dict[str, ReportTable]:
    made = {"Groups": cut_group_table(result), "P": cut_p_table(result), "Stability": cut_stability_table(result)}
    return {name: table for name, table in made.items() if table is not None}
