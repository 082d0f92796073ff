"""The hazards page: which factors, which model, and the forest plot with its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.cohort.cohort import Cohort
from core.cohort.select import levels_of
from core.reporting.cox_table import cox_table
from core.reporting.labels import column_label, endpoint_label
from core.reporting.methods_text import method_lines
from core.reporting.sentences import cox_headline
from core.result import AnalysisResult
from core.spec import CoxSpec
from ui import cached, cohorts, downloads, figures, messages, tables
from ui.charts.describe import describe_forest
from ui.charts.forest import forest_spec
from ui.charts.forest_table import forest_table
from ui.grouping import candidates
from ui.selection import Selection

ALL_TOGETHER = "Each factor alone, then all together"
SELECTED = "Each factor alone, then those with P below"
ALONE = "Each factor alone"
MODES = (ALL_TOGETHER, SELECTED, ALONE)
TIES = {"efron": "Efron (R)", "breslow": "Breslow (SPSS, SAS)"}
START_WITH = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardOptions:
    """Options of the hazards page; ``question`` turns them into keys of the specification."""

    mode: str
    enter_below: float
    ties: str
    conf_level: float
    firth: bool
    references: Mapping[str, str]

    def question(self, endpoint: str, covariates: Sequence[str]) -> dict[str, Any]:
        """The Cox question."""
        return {
            "kind": "cox",
            "endpoint": endpoint,
            "covariates": list(covariates),
            "mode": "univariable" if self.mode == ALONE else "univariable-then-multivariable",
            "enter_below": self.enter_below if self.mode == SELECTED else 1.0,
            "ties": self.ties,
            "conf_level": self.conf_level,
            "penalty": "firth" if self.firth else None,
            "references": dict(self.references),
        }


def choose_factors(cohort: Cohort, selection: Selection) -> list[str]:
    """Which columns go in; starts with those of the cohort's own analysis, or the group and the first others."""
    free = list(candidates(cohort))
    return st.multiselect(
        "Factors",
        free,
        default=_start(cohort, selection, free),
        format_func=column_label,
        key=f"cox_factors_{cohort.digest[:12]}",
        persist_state="session",
    )


def _start(cohort: Cohort, selection: Selection, free: Sequence[str]) -> list[str]:
    own = _own_analysis(selection)
    if own is not None:
        return [name for name in own.covariates if name in free]
    first = [selection.group.column] if selection.group is not None and selection.group.column in free else []
    return [*first, *(name for name in free if name not in first)][:START_WITH]


def _own_analysis(selection: Selection) -> CoxSpec | None:
    """The Cox analysis that a sample's specification asks for."""
    if selection.cohort not in cohorts.SAMPLES:
        return None
    analyses = cohorts.sample(selection.cohort)[1].analyses
    return next((analysis for analysis in analyses if isinstance(analysis, CoxSpec)), None)


def choose_options(cohort: Cohort, selection: Selection, covariates: Sequence[str]) -> HazardOptions:
    """Draw the options popover and read it."""
    with st.popover("Options"):
        own = _own_analysis(selection)
        start = MODES.index(SELECTED) if own is not None and own.mode == "univariable-then-multivariable" else 0
        mode = st.radio("Model", MODES, index=start, key=f"cox_mode_{selection.cohort}", persist_state="session")
        enter_below = st.number_input(
            "P below", 0.001, 1.0, 0.1, step=0.05, disabled=mode != SELECTED, key="cox_enter", persist_state="session"
        )
        ties = st.selectbox(
            "Tied event times", list(TIES), format_func=lambda name: TIES[name], key="cox_ties", persist_state="session"
        )
        conf_level = st.segmented_control(
            "Confidence level",
            (0.9, 0.95, 0.99),
            default=0.95,
            format_func=lambda level: f"{level:.0%}",
            key="cox_conf_level",
            persist_state="session",
            required=True,
        )
        firth = st.checkbox(
            "Firth's penalty (when a group has no or few events)", key="cox_firth", persist_state="session"
        )
    return HazardOptions(
        mode=mode or ALL_TOGETHER,
        enter_below=enter_below,
        ties=ties or "efron",
        conf_level=conf_level or 0.95,
        firth=firth,
        references=_references(cohort, covariates, _own_references(selection)),
    )


def _own_references(selection: Selection) -> dict[str, str]:
    """Reference levels that a sample's own analysis names."""
    own = _own_analysis(selection)
    return {} if own is None else {name: str(level) for name, level in own.references.items()}


def _references(cohort: Cohort, covariates: Sequence[str], known: Mapping[str, str]) -> dict[str, str]:
    categories = [name for name in covariates if cohort.patients.column(name).kind == "category"]
    found: dict[str, str] = {}
    with st.popover("Reference levels", disabled=not categories):
        for name in categories:
            levels = levels_of(cohort.patients, name)
            chosen = st.selectbox(
                column_label(name),
                levels,
                index=0,
                key=f"cox_reference_{cohort.digest[:12]}_{name}",
                persist_state="session",
            )
            if chosen is not None and levels and chosen != levels[0]:
                found[name] = chosen
    return found


def analyse(cohort: Cohort, selection: Selection, covariates: Sequence[str], options: HazardOptions) -> AnalysisResult:
    """The Cox regression of what is selected."""
    assert selection.endpoint is not None
    return cached.analysis(cohort, selection, options.question(selection.endpoint, covariates))


def headline(cohort: Cohort, result: AnalysisResult) -> None:
    """The answer in a sentence, and the warnings that change what one may conclude."""
    st.markdown(tables.prose(cox_headline(result)))
    if cohort.synthetic:
        messages.synthetic()


def bar(cohort: Cohort, selection: Selection, result: AnalysisResult) -> None:
    """Method and downloads."""
    downloads.method(method_lines(result))
    downloads.download(
        f"{cohort.name}_{selection.endpoint}_hazards",
        made=lambda: {"Hazard ratios": cox_table(result)},
        whose=figures.whose(cohort, result),
        figure=downloads.Figure(
            spec=lambda: forest_spec(result, palette=figures.PAPER, width=figures.EXPORT_WIDTH),
            title=f"Hazard ratios, {endpoint_label(selection.endpoint or '')}",
            caption=figures.caption(cohort, result),
        ),
    )


def figure(result: AnalysisResult) -> None:
    """The forest plot."""
    alt = describe_forest(forest_table(cox_table(result)))
    spec = forest_spec(result, palette=figures.palette())
    st.vega_lite_chart(spec, theme=None, width="stretch", key="cox_chart", alt=alt)


def table(result: AnalysisResult) -> None:
    """What limits the figure, and the figure as a table."""
    made = cox_table(result)
    covariates = result.analysis.covariates if isinstance(result.analysis, CoxSpec) else ()
    messages.notes([*made.footnotes, *result.notes], columns=covariates)
    with st.expander("As a table"):
        tables.show(made, footnotes=False)
