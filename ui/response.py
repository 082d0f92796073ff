"""The response page: which column holds the best response, how rates are compared, picture and table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

from core.cohort.cohort import Cohort
from core.cohort.lesion_columns import lesion_measurements
from core.cohort.response_words import CATEGORIES, response_category, response_columns
from core.cohort.select import levels_of
from core.errors import CohortError
from core.reporting.labels import column_label
from core.reporting.lesion_course_tables import best_changes_table, changes_table
from core.reporting.methods_text import method_lines
from core.reporting.response_report import CATEGORY_WORDS, response_report
from core.reporting.response_sentence import duration_headline
from core.reporting.says import says as says_of
from core.result import AnalysisResult
from ui import cached, downloads, empty, figures, messages, one_patient, says, tables
from ui.charts.describe import describe_response
from ui.charts.lesion_courses import describe_courses, spider_spec, waterfall_spec
from ui.charts.response_bars import response_spec
from ui.grouping import candidates
from ui.screen import st
from ui.selection import Selection
from ui.survival_options import choose_conf_level

INTERVALS = {
    "clopper-pearson": "Clopper-Pearson (exact)",
    "wilson": "Wilson",
    "jeffreys": "Jeffreys",
    "agresti-coull": "Agresti-Coull",
    "wald": "Wald",
}
DIFFERENCES = {"miettinen-nurminen": "Miettinen-Nurminen", "newcombe": "Newcombe", "wald": "Wald"}
RATIOS = {"conditional": "Conditional, exact limits (R's fisher.test)", "woolf": "Woolf"}
DENOMINATORS = {"all": "All patients (intention to treat)", "evaluable": "Evaluable patients only"}
SOURCES = {"column": "As recorded", "lesions": "Computed from measured lesions"}
CRITERIA = {"recist-1.1": "RECIST 1.1", "mrecist": "mRECIST (viable diameters)"}
MOST_CODES = 12
Values: TypeAlias = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseOptions:
    """How rates are estimated and compared, in the keys of a specification."""

    denominator: str
    interval: str
    difference: str
    odds_ratio: str
    strata: tuple[str, ...]
    conf_level: float
    source: str
    criteria: str
    confirmed: bool


def choose_column(cohort: Cohort) -> tuple[str | None, Values]:
    """The column of best responses, and what its values mean where they are codes.

    None where there is none but lesions are measured; stops where there is neither.
    """
    found = response_columns(cohort.patients)
    if not found and measured(cohort):
        return None, {}
    key = f"response_column_{cohort.digest[:12]}"
    if found:
        if len(found) == 1:
            return found[0], {}
        column = st.selectbox("Best response", found, format_func=column_label, key=key, persist_state="session")
        return column or found[0], {}
    st.info(
        "No column holds best responses (CR, PR, SD, PD, NE, or words for them). If one holds them as codes, choose it "
        "and say what each code means."
    )
    if cohort.synthetic:
        messages.synthetic()
    coded = [name for name in candidates(cohort) if len(levels_of(cohort.patients, name)) <= MOST_CODES]
    chosen = st.selectbox(
        "Column with the best response", coded, index=None, format_func=column_label, key=key, persist_state="session"
    )
    if chosen is None:
        empty.would_show("response")
        st.page_link("pages/cohort/load.py", label="Load a cohort")
        st.stop()
    return chosen, _meanings(cohort, chosen)


def measured(cohort: Cohort) -> bool:
    """Whether the cohort has lesions measured over time."""
    known: bool | None = cohort.patients.cache.get("lesions are measured")
    if known is None:
        known = cohort.patients.cache["lesions are measured"] = lesion_measurements(cohort) is not None
    return known


def _meanings(cohort: Cohort, column: str) -> Values:
    """What each value of a column of codes means."""
    meant: dict[str, list[str]] = {}
    for level in levels_of(cohort.patients, column):
        known = response_category(level)
        category = st.selectbox(
            f"{column_label(column)} = {level}",
            CATEGORIES,
            index=None if known is None else CATEGORIES.index(known),
            format_func=CATEGORY_WORDS.__getitem__,
            placeholder="no response",
            key=f"response_code_{cohort.digest[:12]}_{column}_{level}",
            persist_state="session",
        )
        if category is not None:
            meant.setdefault(category, []).append(level)
    if not meant:
        st.stop()
    return meant


def choose(cohort: Cohort, selection: Selection, column: str | None) -> ResponseOptions:
    """Draw the options popover and read it."""
    with st.popover("Options"):
        source, criteria, confirmed = _source(cohort, column)
        denominator = _one("Rates are of", DENOMINATORS, "response_denominator")
        interval = _one("Interval of a rate", INTERVALS, "response_interval")
        difference = _one("Interval of the difference", DIFFERENCES, "response_difference")
        odds_ratio = _one("Odds ratio", RATIOS, "response_odds_ratio")
        group = selection.group.column if selection.group else None
        free = [
            name
            for name in candidates(cohort)
            if name not in (column, group) and cohort.patients.column(name).kind == "category"
        ]
        strata = st.multiselect(
            "Stratified by (Mantel-Haenszel)",
            free,
            format_func=column_label,
            disabled=group is None,
            key=f"response_strata_{cohort.digest[:12]}_{group}",
            persist_state="session",
        )
        conf_level = choose_conf_level("response_conf_level")
    return ResponseOptions(
        denominator=denominator,
        interval=interval,
        difference=difference,
        odds_ratio=odds_ratio,
        strata=tuple(strata) if group is not None else (),
        conf_level=conf_level,
        source=source,
        criteria=criteria,
        confirmed=confirmed,
    )


def _source(cohort: Cohort, column: str | None) -> tuple[str, str, bool]:
    """Where the best response comes from, where lesions are measured."""
    if not measured(cohort):
        return "column", "recist-1.1", False
    sources = SOURCES if column is not None else {"lesions": SOURCES["lesions"]}
    source = _one("Best response", sources, f"response_source_{cohort.digest[:12]}")
    criteria = _one("Criteria for measured lesions", CRITERIA, "response_criteria")
    confirmed = st.checkbox(
        "Measured responses must be confirmed after 28 days", key="response_confirmed", persist_state="session"
    )
    return source, criteria, confirmed


def _one(label: str, choices: Mapping[str, str], key: str) -> str:
    chosen = st.selectbox(label, list(choices), format_func=choices.__getitem__, key=key, persist_state="session")
    return chosen or next(iter(choices))


def analyse(
    cohort: Cohort, selection: Selection, column: str | None, *, values: Values, options: ResponseOptions
) -> AnalysisResult:
    """Best response of what is selected."""
    question: dict[str, Any] = {"kind": "response", "column": column, "values": dict(values), **asdict(options)}
    return cached.analysis(cohort, selection, question)


def lesions(cohort: Cohort, selection: Selection, options: ResponseOptions) -> AnalysisResult | None:
    """The same question of the measured lesions; None where there are none."""
    if not measured(cohort):
        return None
    question: dict[str, Any] = {"kind": "response", **asdict(options), "source": "lesions", "strata": ()}
    if "PFS" in cohort.spec.endpoints:
        question["duration"] = "PFS"
    return cached.analysis(cohort, selection, question)


def sizes(cohort: Cohort, result: AnalysisResult) -> None:
    """Waterfall and spider of the target lesions, each with its files."""
    found, levels = result.response.lesions, result.response.levels
    if found is None:
        return
    st.subheader("Size of the target lesions")
    if lasting := duration_headline(result):
        st.markdown(tables.prose(lasting))
    words = describe_courses(found, levels)
    left, right = st.columns(2)
    with left:
        st.caption("Best change of each patient")
        spec = waterfall_spec(found, levels, palette=figures.palette())
        one_patient.draw(cohort, spec, alt=words, key="waterfall", menu="lesion_sizes")
        _sizes_files(cohort, result, "waterfall")
    with right:
        st.caption("Change over time, up to progression")
        spec = spider_spec(found, levels, palette=figures.palette())
        one_patient.draw(cohort, spec, alt=words, key="spider", menu="lesion_sizes")
        _sizes_files(cohort, result, "spider")
    one_patient.show(cohort, [course.patient for course in found.courses], menu="lesion_sizes")
    st.caption("Dashed lines: 30 % smaller (partial response) and 20 % larger. Growth above 100 % is drawn as 100 %.")
    messages.notes([note for note in result.notes if "as recorded" in note or "Duration of" in note])


def _sizes_files(cohort: Cohort, result: AnalysisResult, name: Literal["waterfall", "spider"]) -> None:
    """The figure and its numbers as files."""
    shown = sizes_exported(cohort, result, name)
    with st.container(horizontal=True):
        downloads.download(
            f"{cohort.name}_{name}",
            made=lambda: {name.capitalize(): shown.tables()[0]},
            whose=figures.whose(cohort, result),
            figure=shown.figure,
            key=f"download_{name}",
            report=downloads.Asked(page=name, results=[result]),
        )


def sizes_exported(cohort: Cohort, result: AnalysisResult, name: Literal["waterfall", "spider"]) -> downloads.Shown:
    """What a file and the report show of the target lesions."""
    found, levels = result.response.lesions, result.response.levels
    if found is None:
        raise CohortError("No lesion was measured in these patients.", hint="Loosen the filters.")
    drawn, numbers = {
        "waterfall": (waterfall_spec, best_changes_table), "spider": (spider_spec, changes_table),
    }[name]  # fmt: skip
    figure = downloads.Figure(
        spec=lambda: drawn(found, levels, palette=figures.PAPER, width=figures.EXPORT_WIDTH),
        title="Change of the target lesions",
        caption=figures.caption(cohort, result),
        alt=lambda: describe_courses(found, levels),
    )
    return downloads.Shown(figure=figure, tables=lambda: [numbers(result)], sentences=())


def headline(cohort: Cohort, result: AnalysisResult) -> None:
    """The answer in a sentence."""
    says.show(cohort, says_of(result))


def bar(cohort: Cohort, result: AnalysisResult) -> None:
    """Method and downloads."""
    downloads.method(method_lines(result))
    downloads.download(
        f"{cohort.name}_response",
        made=lambda: {"Response": response_report(result)},
        whose=figures.whose(cohort, result),
        figure=exported(cohort, result).figure,
        report=downloads.Asked(page="response", results=[result], protected=downloads.Protected(part="response")),
    )


def exported(cohort: Cohort, result: AnalysisResult) -> downloads.Shown:
    """What a file and the report show."""
    figure = downloads.Figure(
        spec=lambda: response_spec(result.response, palette=figures.PAPER, width=figures.EXPORT_WIDTH),
        title="Best response",
        caption=figures.caption(cohort, result),
        alt=lambda: describe_response(result.response),
    )
    return downloads.Shown(figure=figure, tables=lambda: [response_report(result)])


def figure(result: AnalysisResult) -> None:
    """Stacked bars, one per group."""
    spec = response_spec(result.response, palette=figures.palette())
    figures.show(
        spec, key="response_chart", alt=describe_response(result.response), table=lambda: response_report(result)
    )


def table(result: AnalysisResult) -> None:
    """Counts and rates, as they would be printed."""
    made = response_report(result)
    tables.show(made)
    messages.notes(result.notes, said=made.footnotes)
