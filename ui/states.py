"""The page of states over time: event-free, alive after the event, dead; picture, shares, who went where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.answers.competing import types_of
from core.answers.recurrence import DEATH_ENDPOINT
from core.cohort.cohort import Cohort
from core.cohort.select import AnalysisSet
from core.reporting import format as fmt
from core.reporting.labels import event_alone
from core.reporting.methods_text import method_lines
from core.reporting.says import says as says_of
from core.reporting.state_report import occupancy_difference_table, occupancy_table, transition_table
from core.reporting.state_sentence import time_sentence
from core.reporting.tables import ReportTable
from core.result import AnalysisResult
from ui import cached, downloads, empty, figures, messages, says, tables
from ui.charts.stacked_states import describe_states, states_figure, states_specs
from ui.screen import st
from ui.selection import Selection
from ui.survival_options import CONF_TYPES, choose_conf_level, choose_times, default_times, menu

PANELS_IN_A_ROW = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class StateOptions:
    """Options of the page; ``question`` turns them into keys of the specification."""

    endpoint: str
    death: str
    by_type: bool
    times: tuple[float, ...]
    tau: float | None
    conf_type: str
    conf_level: float

    def question(self) -> dict[str, Any]:
        """The question of all states."""
        return {
            "kind": "state_occupancy",
            "endpoint": self.endpoint,
            "death": self.death,
            "by_type": self.by_type,
            "times": self.times,
            "tau": self.tau,
            "conf_type": self.conf_type,
            "conf_level": self.conf_level,
        }


def endpoints(cohort: Cohort) -> tuple[list[str], list[str]]:
    """Endpoints that may be the event, and those that may be death: overall survival where the cohort has it."""
    names = list(cohort.spec.endpoints)
    deaths = [name for name in names if name.upper() == DEATH_ENDPOINT]
    return [name for name in names if name not in deaths], deaths or names


def teach(cohort: Cohort) -> None:
    """What the page needs where the cohort has not both endpoints; stops the page."""
    st.title("Who is free of recurrence, alive after it, or dead?")
    st.info(
        "This picture needs two endpoints: recurrence or progression, and overall survival. Say on the page Load a "
        "cohort which columns or dates hold them."
    )
    empty.would_show("states")
    st.page_link("pages/cohort/load.py", label="Load a cohort")
    if cohort.synthetic:
        messages.synthetic()
    st.stop()


def choose_endpoint(cohort: Cohort, selection: Selection) -> str:
    """The event that patients live on after: the endpoint chosen on the left unless that is death."""
    events = endpoints(cohort)[0]
    start = selection.endpoint if selection.endpoint in events else events[0]
    return _one("Event", events, f"states_event_{cohort.digest[:12]}_{start}", start)


def _one(label: str, names: list[str], key: str, start: str) -> str:
    chosen = st.selectbox(label, names, index=names.index(start), format_func=_name, key=key, persist_state="session")
    return start if chosen is None else chosen


def _name(endpoint: str) -> str:
    words = event_alone(endpoint)
    return words[:1].upper() + words[1:]


def choose_types(subset: AnalysisSet) -> bool:
    """Whether each type of the event leads to a state of its own; no question where there is one type."""
    types = tuple(types_of(subset))
    return bool(types) and st.checkbox(
        f"Each type by itself: {tables.escaped(fmt.in_words(types))}",
        key=f"states_types_{subset.cohort.digest[:12]}_{subset.endpoint}",
        persist_state="session",
    )


def choose_options(
    cohort: Cohort, subset: AnalysisSet, *, endpoint: str, by_type: bool, unit: str, last: float
) -> StateOptions:
    """Draw the options popover and read it."""
    deaths = endpoints(cohort)[1]
    known = [name for name in deaths if name != endpoint]
    with st.popover("Options"):
        death = _one("Death of any cause", known, f"states_death_{cohort.digest[:12]}_{endpoint}", known[0])
        times = choose_times("Shares at", unit, last, key="states_times")
        start = max(default_times(unit, last), default=None)
        tau = st.number_input(
            f"Mean times up to ({unit})",
            min_value=0.0,
            value=start,
            placeholder="not shown",
            help="How much of the time until then patients spend in each state on average.",
            key=f"states_tau_{unit}_{start}",
            persist_state="session",
        )
        return StateOptions(
            endpoint=endpoint,
            death=death,
            by_type=by_type,
            times=times,
            tau=tau or None,
            conf_type=menu("Confidence interval", CONF_TYPES, "states_conf_type"),
            conf_level=choose_conf_level("states_conf_level"),
        )


def analyse(cohort: Cohort, selection: Selection, options: StateOptions) -> AnalysisResult:
    """Shares of all states among those selected."""
    return cached.analysis(cohort, selection, options.question())


def headline(cohort: Cohort, result: AnalysisResult) -> None:
    """The answer in a sentence, and what changes the conclusion."""
    says.show(cohort, says_of(result), also=[time_sentence(result)])


def bar(cohort: Cohort, result: AnalysisResult) -> None:
    """Method and downloads."""
    downloads.method(method_lines(result))
    downloads.download(
        f"{cohort.name}_{result.subset.endpoint}_states",
        made=lambda: _all_tables(result),
        whose=figures.whose(cohort, result),
        figure=exported(cohort, result).figure,
        report=downloads.Asked(page="states", results=[result]),
    )


def exported(cohort: Cohort, result: AnalysisResult) -> downloads.Shown:
    """What a file and the report show."""
    value = result.state_occupancy
    figure = downloads.Figure(
        spec=lambda: states_figure(value, width=figures.EXPORT_WIDTH),
        title="States over time, stacked to 100 %",
        caption=figures.caption(cohort, result),
        alt=lambda: " ".join(
            describe_states(group, states=value.states, unit=value.unit) for group in value.groups if group.n
        ),
    )
    return downloads.Shown(figure=figure, tables=lambda: [next(iter(_all_tables(result).values()))])


def figure(result: AnalysisResult) -> None:
    """One panel per group, two beside each other."""
    value = result.state_occupancy
    groups = [group for group in value.groups if group.n]
    panels = list(zip(groups, states_specs(value, palette=figures.palette()), strict=True))
    for start in range(0, len(panels), PANELS_IN_A_ROW):
        row = panels[start : start + PANELS_IN_A_ROW]
        places = st.columns(PANELS_IN_A_ROW) if len(panels) > 1 else [st.container()]
        for place, (group, spec) in zip(places, row, strict=False):
            alt = describe_states(group, states=value.states, unit=value.unit)
            with place:
                figures.show(spec, alt=alt, key=f"states_{group.level}")
    st.caption(
        "Each band is the share of patients in that state at that time: patients go on from the middle bands to death. "
        "Pale: fewer than 10 patients alive and under observation."
    )


def show_tables(result: AnalysisResult) -> None:
    """Shares and mean times, then what one may open."""
    main = occupancy_table(result)
    tables.show(main)
    messages.notes(result.notes, said=main.footnotes)
    with st.expander("Who went where"):
        tables.show(transition_table(result), footnotes=False)
    differences = occupancy_difference_table(result)
    if differences is not None:
        with st.expander("Differences between the groups"):
            tables.show(differences, footnotes=False)


def _all_tables(result: AnalysisResult) -> Mapping[str, ReportTable]:
    made = {
        "States": occupancy_table(result),
        "Who went where": transition_table(result),
        "Differences": occupancy_difference_table(result),
    }
    return {name: table for name, table in made.items() if table is not None}
