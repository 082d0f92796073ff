"""The page of lesions: local progression by lesion and by patient, by size, vessels, margin and completeness."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.cohort.cohort import Cohort, Table
from core.cohort.lesion_factors import MOST_LEVELS, recognised_factors
from core.cohort.lesion_outcome import lesion_table
from core.errors import CohortError
from core.regression.lesion_recurrence import LesionFactorResult
from core.reporting.labels import column_label, event_heading, event_label, in_sentence
from core.reporting.lesion_sentence import cluster_sentence, factor_sentence
from core.reporting.lesion_tables import both_levels_table, lesion_factor_table, lesion_model_table
from core.reporting.methods_text import method_lines
from core.reporting.says import says as says_of
from core.reporting.tables import ReportTable
from core.result import AnalysisResult
from ui import cached, cohorts, downloads, empty, figures, lesion_columns, messages, says, state, tables
from ui.charts.describe import describe_forest, describe_incidence
from ui.charts.forest import forest_spec
from ui.charts.forest_layout import ForestWords
from ui.charts.forest_table import forest_table
from ui.charts.incidence_curve import IncidenceChartOptions, incidence_spec
from ui.forest_file import forest_file
from ui.grouping import cut_points
from ui.screen import st
from ui.selection import Selection
from ui.survival_options import CONF_TYPES, choose_conf_level, choose_times, menu

WORDS = ForestWords(patients="Lesions", events="Progressed")
MOST_BANDS = 4  # confidence bands of more groups hide the curves
ALL = ""
SAMPLE = "hcc_ablation"


@dataclass(frozen=True, slots=True, kw_only=True)
class LesionOptions:
    """Options of the page; ``question`` turns them into keys of the specification."""

    factors: tuple[str, ...]
    bands: dict[str, tuple[float, ...]]
    times: tuple[float, ...]
    conf_type: str
    conf_level: float

    def question(self) -> dict[str, Any]:
        """The question of all lesions."""
        return {
            "kind": "lesion_recurrence",
            "factors": self.factors,
            "bands": {column: cut for column, cut in self.bands.items() if column in self.factors},
            "times": self.times,
            "conf_type": self.conf_type,
            "conf_level": self.conf_level,
        }


def table_of(cohort: Cohort) -> Table | None:
    """The table of lesions where it says which of them progressed; None otherwise."""
    try:
        lesion_columns.outcome(cohort)
        return lesion_table(cohort)[0]
    except CohortError:
        return None


def teach(cohort: Cohort) -> None:
    """What a table of lesions holds, where the cohort has none that can be used; stops the page."""
    st.title("Which ablated lesions progress locally?")
    there = "lesions" in cohort.other_tables
    st.markdown(
        "The table of lesions of this cohort does not say which lesions progressed locally and when."
        if there
        else "This cohort has no table of lesions."
    )
    if there:
        lesion_columns.choose(cohort)
    st.markdown(
        "**In your own data**, a second sheet or file has one row per ablated lesion: the patient, the size, the "
        "distance to the nearest vessel, the margin, whether ablation was complete, and either a time to local tumour "
        "progression with a status (progressed, death, transplant, censored) or the date of progression, empty where "
        "there was none. "
        "Column names are understood in English and Chinese."
    )
    empty.would_show("lesions")
    st.page_link("pages/cohort/load.py", label="Load a cohort")
    st.button(f"Open the sample: {cohorts.SAMPLES[SAMPLE]}", on_click=state.switch_cohort, args=(SAMPLE,))
    if cohort.synthetic:
        messages.synthetic()
    st.stop()


def choose_factors(cohort: Cohort, table: Table) -> list[str]:
    """By which columns of the lesions; those recognised at first."""
    outcome = lesion_columns.outcome(cohort).columns
    start = list(recognised_factors(table, outcome).values())
    free = [
        column.name
        for column in table.columns
        if column.name not in outcome and column.role != "patient_id" and _comparable(table, column.name)
    ]
    return st.multiselect(
        "Compare lesions by",
        list(dict.fromkeys([*start, *free])),
        default=start,
        format_func=column_label,
        key=f"lesion_factors_{cohort.digest[:12]}",
        persist_state="session",
    )


def _comparable(table: Table, name: str) -> bool:
    kind, n = table.column(name).kind, table.frame[name].nunique()
    return (kind == "number" and n > 1) or (kind == "category" and 1 < n <= MOST_LEVELS)


def choose_options(cohort: Cohort, table: Table, factors: list[str]) -> LesionOptions:
    """Draw the options popover and read it."""
    outcome = lesion_columns.outcome(cohort)
    last = float(outcome.time[outcome.why < 0].max(initial=0.0))
    with st.popover("Options"):
        times = choose_times("Incidence at", outcome.unit, last, key="lesion_times")
        bands: dict[str, tuple[float, ...]] = {}
        for name in factors:
            if table.column(name).kind == "number":
                typed = st.text_input(
                    f"Cut-points of {in_sentence(column_label(name))}",
                    placeholder="the usual ones",
                    help="For example 2, 3, 5. A value equal to a cut-point belongs to the band below.",
                    key=f"lesion_cut_{cohort.digest[:12]}_{name}",
                    persist_state="session",
                )
                points = cut_points(typed) if typed.strip() else None
                if typed.strip() and points is None:
                    st.caption("Not understood as numbers: the usual ones are used.")
                bands |= {} if points is None else {name: points}
        return LesionOptions(
            factors=tuple(factors),
            bands=bands,
            times=times,
            conf_type=menu("Confidence interval", CONF_TYPES, "lesion_conf_type"),
            conf_level=choose_conf_level("lesion_conf_level"),
        )


def analyse(cohort: Cohort, selection: Selection, options: LesionOptions) -> AnalysisResult:
    """Lesions of the patients that are selected."""
    progression = lesion_columns.chosen(cohort)
    asked = {} if progression is None else {"progression": progression.model_dump(mode="json", exclude_unset=True)}
    return cached.analysis(cohort, selection, options.question() | asked)


def question(result: AnalysisResult) -> str:
    """The title."""
    return f"How often does {event_label(result.lesion_recurrence.causes[0])} follow, lesion by lesion?"


def headline(cohort: Cohort, result: AnalysisResult) -> None:
    """The answer in sentences, and what limits it."""
    says.show(cohort, says_of(result), also=[cluster_sentence(result)])
    warned = [note for note in result.notes if note.startswith("Only ")]
    for note in warned:
        st.warning(tables.prose(note))
    lesion_columns.say(cohort)


def bar(cohort: Cohort, result: AnalysisResult) -> None:
    """Method and downloads."""
    downloads.method(method_lines(result))
    downloads.download(
        f"{cohort.name}_lesions",
        made=lambda: _all_tables(result),
        whose=figures.whose(cohort, result),
        figure=exported(cohort, result).figure,
        report=downloads.Asked(page="lesions", results=[result], grouped=False),
    )


def exported(cohort: Cohort, result: AnalysisResult) -> downloads.Shown:
    """What a file and the report show: the factors, where there are any."""
    if not result.lesion_recurrence.factors:
        return downloads.Shown(tables=lambda: [next(iter(_all_tables(result).values()))])
    table = lesion_factor_table(result)
    figure = forest_file(cohort, result, table, words=WORDS)
    return downloads.Shown(figure=figure, tables=lambda: [next(iter(_all_tables(result).values()))])


def curves(result: AnalysisResult) -> None:
    """Incidence of all lesions, or by the levels of one factor."""
    value = result.lesion_recurrence
    named = {ALL: "All lesions", **{one.factor.column: column_label(one.factor.column) for one in value.factors}}
    start = next(iter(list(named)[1:]), ALL)
    chosen = st.segmented_control(
        "Curves by",
        list(named),
        default=start,
        format_func=named.__getitem__,
        key=f"lesion_by_{'_'.join(named)}",
        persist_state="session",
        required=True,
    )
    one = next((one for one in value.factors if one.factor.column == chosen), None)
    summary = value.lesions if one is None else one.incidence
    event = value.causes[0]
    options = IncidenceChartOptions(
        event=event,
        title=event_heading(event),
        show_band=len(summary.groups) <= MOST_BANDS,
        fade="patients",
        annotation=() if one is None or one.test is None else (_test(one),),
    )
    spec = incidence_spec(summary, options=options, palette=figures.palette())
    alt = describe_incidence(summary, event=event, title=f"{event_label(event)} of lesions")
    figures.show(spec, alt=alt, key=f"lesion_curves_{chosen}")
    tested = "" if one is None else f"{factor_sentence(one)} "
    st.caption(tables.prose(f"{tested}Below: lesions under observation."))


def _test(one: LesionFactorResult) -> str:
    said = factor_sentence(one).split(": ", 1)[-1].rstrip(".")
    return said[:1].upper() + said[1:]


def forest(result: AnalysisResult) -> None:
    """Hazard ratios of every factor alone."""
    if not result.lesion_recurrence.factors:
        return
    st.header("Which lesions")
    table = lesion_factor_table(result)
    spec = forest_spec(table, palette=figures.palette(), words=WORDS)
    figures.show(spec, alt=describe_forest(forest_table(table)), key="lesion_forest", table=lambda: table)
    st.caption("Each factor alone. The errors allow for lesions of one patient being alike.")


def show_tables(result: AnalysisResult) -> None:
    """Factors, the model of all, lesions beside patients."""
    made = lesion_factor_table(result)
    if result.lesion_recurrence.factors:
        tables.show(made)
    model = lesion_model_table(result)
    if model is not None and len(model.rows) > 1:
        st.header("All factors together")
        tables.show(model, footnotes=False)
        st.caption("  \n".join(tables.escaped(note) for note in model.footnotes[:2]))
    st.header("Lesions and patients")
    both = both_levels_table(result)
    tables.show(both, footnotes=False)
    st.caption(tables.prose(both.footnotes[0]))
    names = [one.factor.column for one in result.lesion_recurrence.factors]
    warned = [note for note in result.notes if note.startswith("Only ")]
    messages.notes(result.notes, said=(*made.footnotes, *warned), columns=names)


def _all_tables(result: AnalysisResult) -> Mapping[str, ReportTable]:
    made = {
        "Factors": lesion_factor_table(result) if result.lesion_recurrence.factors else None,
        "All factors together": lesion_model_table(result),
        "Lesions and patients": both_levels_table(result),
    }
    return {name: table for name, table in made.items() if table is not None}
