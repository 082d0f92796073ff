"""The page of biomarkers: a number along a curve, in groups of equally many patients, and at a searched cut-point."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from core.answers.competing import types_of
from core.cohort.cohort import Cohort
from core.cohort.select import AnalysisSet
from core.errors import CohortError
from core.reporting.cut_point_sentence import cut_point_headline, stability_sentence
from core.reporting.cut_point_table import cut_p_table, cut_stability_table
from core.reporting.labels import column_label, endpoint_label, event_heading, event_label, in_sentence
from core.reporting.methods_text import method_lines
from core.reporting.model_sentences import curve_parts
from core.reporting.model_tables import curve_table
from core.reporting.quantile_groups_method import NAMES
from core.reporting.quantile_groups_report import (
    quantile_groups_sentence,
    quantile_groups_table,
    tried_sentence,
)
from core.reporting.says import says as says_of
from core.reporting.sentences import confidence_words
from core.reporting.tables import ReportTable
from core.result import AnalysisResult
from core.spec import OWN_EVENT
from ui import cached, downloads, figures, messages, says, tables
from ui.charts.cut_scan import cut_scan_spec, describe_cut_scan
from ui.charts.describe import describe_incidence
from ui.charts.describe_survival import describe_survival
from ui.charts.incidence_curve import IncidenceChartOptions, incidence_spec
from ui.charts.specification import Spec
from ui.charts.spline_curve import curve_spec, describe_curve
from ui.charts.survival_curve import SurvivalChartOptions, survival_spec
from ui.charts.theme import Theme
from ui.screen import st
from ui.selection import Selection
from ui.survival_options import choose_times

MANY_PATIENTS = 3_000
KNOTS = (3, 4, 5)
_TALLY = "biomarkers_searched"


@dataclass(frozen=True, slots=True, kw_only=True)
class Biomarker:
    """What is asked: which number, which event, how many groups and knots."""

    endpoint: str
    column: str
    event: str
    groups: int
    knots: int
    times: tuple[float, ...]

    @property
    def asked_event(self) -> str:
        """The event as a specification names it."""
        return OWN_EVENT if self.event == self.endpoint else self.event


def choose_event(subset: AnalysisSet) -> str:
    """Which event, where several compete or the endpoint's own has types."""
    endpoint, types = str(subset.endpoint), tuple(types_of(subset))
    events = (endpoint, *types, *subset.competing)
    if len(events) == 1:
        return endpoint
    chosen = st.selectbox(
        "Event",
        events,
        format_func=lambda name: f"Any {event_label(name)}" if name == endpoint and types else event_heading(name),
        key=f"biomarker_event_{subset.cohort.digest[:12]}_{endpoint}",
        persist_state="session",
    )
    return chosen or endpoint


def choose_groups() -> int:
    """Into how many groups of equally many patients."""
    chosen = st.segmented_control(
        "Groups of equally many patients",
        list(NAMES)[:3],
        default=3,
        format_func=lambda n: NAMES[n].capitalize(),
        key="biomarker_groups",
        persist_state="session",
        required=True,
    )
    return chosen or 3


def choose_options(unit: str, last: float) -> tuple[tuple[float, ...], int]:
    """Draw the options popover: times, and how much the curve may bend."""
    with st.popover("Options"):
        times = choose_times("Read at", unit, last, key="biomarker_times")
        knots = st.segmented_control(
            "Knots of the curve",
            KNOTS,
            default=3,
            key="biomarker_knots",
            persist_state="session",
            required=True,
            help="More knots let the curve bend more often, and need more events.",
        )
    return times, knots or 3


def along(cohort: Cohort, selection: Selection, asked: Biomarker) -> AnalysisResult:
    """The hazard along the number."""
    return cached.analysis(
        cohort,
        _of_everybody(selection),
        {
            "kind": "cox",
            "endpoint": asked.endpoint,
            "event": asked.asked_event,
            "covariates": [asked.column],
            "splines": {asked.column: asked.knots},
        },
    )


def in_groups(cohort: Cohort, selection: Selection, asked: Biomarker) -> AnalysisResult:
    """Groups of equally many patients."""
    return cached.analysis(
        cohort,
        selection,
        {
            "kind": "quantile_groups",
            "endpoint": asked.endpoint,
            "event": asked.asked_event,
            "column": asked.column,
            "groups": asked.groups,
            "times": asked.times,
        },
    )


def searched(cohort: Cohort, selection: Selection, asked: Biomarker) -> AnalysisResult | None:
    """The search for a cut-point; None while it runs."""
    question: dict[str, Any] = {
        "kind": "cut_point",
        "endpoint": asked.endpoint,
        "event": asked.asked_event,
        "column": asked.column,
    }
    if cohort.n > MANY_PATIENTS:
        question |= {"permutations": 1_000, "bootstraps": 200}
    return cached.long_analysis(cohort, selection, question, place="biomarker", name="the search for a cut-point")


def _of_everybody(selection: Selection) -> Selection:
    """Without the group on the left: a biomarker is looked at in all patients."""
    return dataclasses.replace(selection, group=None)


def headline(cohort: Cohort, curve: AnalysisResult | None, groups: AnalysisResult) -> None:
    """The answer in sentences."""
    in_groups = quantile_groups_sentence(groups)
    if curve is None:
        says.show(cohort, says_of(groups))
    else:
        parts = (*curve_parts(curve.cox.building.curves[0]), in_groups)
        says.show(cohort, says_of(groups, beside=[curve], parts=parts))


def bar(cohort: Cohort, asked: Biomarker, results: Mapping[str, AnalysisResult]) -> None:
    """Method and downloads of all three."""
    downloads.method([line for result in results.values() for line in method_lines(result)])
    groups = results["groups"]
    downloads.download(
        f"{cohort.name}_{asked.endpoint}_{asked.column}",
        made=lambda: _all_tables(results),
        whose=figures.whose(cohort, groups),
        figure=exported(cohort, groups).figure,
        report=downloads.Asked(page="biomarkers", results=[groups], grouped=False),
    )


def exported(cohort: Cohort, groups: AnalysisResult) -> downloads.Shown:
    """What a file and the report show: groups of equally many patients."""
    table = quantile_groups_table(groups)
    figure = downloads.Figure(
        spec=lambda: _group_spec(groups, figures.PAPER, figures.EXPORT_WIDTH),
        title=table.title,
        caption=figures.caption(cohort, groups),
        alt=lambda: _groups_in_words(groups),
    )
    return downloads.Shown(figure=figure, tables=lambda: [table])


def _groups_in_words(groups: AnalysisResult) -> str:
    value = groups.quantile_groups
    if value.incidence is not None:
        return describe_incidence(value.incidence, event=value.event, title=event_label(value.event))
    assert value.survival is not None
    return describe_survival(value.survival, title=endpoint_label(groups.subset.endpoint or "survival"))


def _all_tables(results: Mapping[str, AnalysisResult]) -> dict[str, ReportTable]:
    made: dict[str, ReportTable | None] = {"Groups": quantile_groups_table(results["groups"])}
    if "curve" in results:
        curve = results["curve"]
        made["Curve"] = curve_table(curve, curve.cox.building.curves[0])
    if "search" in results:
        made["P of the search"] = cut_p_table(results["search"])
        made["Stability"] = cut_stability_table(results["search"])
    return {name: table for name, table in made.items() if table is not None}


def show_curve(result: AnalysisResult, asked: Biomarker) -> None:
    """The hazard ratio along the number, with band and patients."""
    curve, label = result.cox.building.curves[0], column_label(asked.column)
    st.header(tables.escaped(f"Along {in_sentence(label)}"))
    if not curve.is_estimated:
        st.info("The curve could not be estimated.")
        return
    spec = curve_spec(curve, label=label, palette=figures.palette())
    alt = describe_curve(curve, label=label)
    figures.show(spec, alt=alt, key="biomarker_curve")
    others = "" if asked.event == asked.endpoint and not result.subset.competing else " Cause-specific hazard."
    st.caption(
        tables.prose(
            f"Hazard ratio against the median patient, logarithmic axis; the band is the "
            f"{confidence_words(curve.conf_level)} of each value by itself. Each mark at the foot is a patient.{others}"
        )
    )
    fit = result.cox.multivariable
    if fit is not None and fit.notes:
        messages.notes(fit.notes, columns=(asked.column,))


def show_groups(result: AnalysisResult, asked: Biomarker) -> None:
    """Curves of the groups and their table."""
    spec = _group_spec(result, figures.palette(), "container")
    figures.show(spec, alt=_groups_in_words(result), key=f"biomarker_groups_{asked.groups}")
    made = quantile_groups_table(result)
    tables.show(made)
    messages.notes(result.notes, said=made.footnotes, columns=(asked.column,))


def _group_spec(result: AnalysisResult, palette: Theme, width: int | Literal["container"]) -> Spec:
    value = result.quantile_groups
    if value.incidence is not None:
        drawn = IncidenceChartOptions(event=value.event, title=event_heading(value.event), fade="patients")
        return incidence_spec(value.incidence, options=drawn, palette=palette, width=width)
    assert value.survival is not None
    title = endpoint_label(result.subset.endpoint or "survival")
    options = SurvivalChartOptions(title=title[:1].upper() + title[1:], fade="patients")
    return survival_spec(value.survival, options=options, palette=palette, width=width)


def show_search(result: AnalysisResult, asked: Biomarker) -> None:
    """Every cut tried, what the best is worth, how stable it is, and how many were tried."""
    value, label = result.cut_point, column_label(asked.column)
    st.markdown(tables.prose(cut_point_headline(result)))
    stability = stability_sentence(value)
    if stability and stability not in cut_point_headline(result):
        st.caption(tables.prose(stability))
    st.caption(tables.prose(tried_sentence(value, asked.groups, _tally(result, asked))))
    spec = cut_scan_spec(value, title=label, palette=figures.palette())
    alt = describe_cut_scan(value, label=label)
    figures.show(spec, alt=alt, key="biomarker_scan")
    if asked.event == asked.endpoint:
        st.page_link("pages/survival/cut_point.py", label="More on this search: the two groups at the best cut")


def _tally(result: AnalysisResult, asked: Biomarker) -> int:
    """Numbers searched for this event of this cohort in the session."""
    seen = st.session_state.setdefault(_TALLY, {})
    columns = seen.setdefault((result.subset.cohort.digest, asked.endpoint, asked.event), [])
    if asked.column not in columns:
        columns.append(asked.column)
    return len(columns)


def or_none(made: Callable[[], AnalysisResult | None]) -> AnalysisResult | None:
    """A part of the page that these data may not support; why is said in its place."""
    try:
        return made()
    except CohortError as error:
        st.info(tables.prose(f"{error.message} {error.hint or ''}".strip()))
        return None
