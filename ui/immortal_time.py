"""The page of immortal time: where the start stands, every method beside the naive one, and who is dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.bias.immortal_time import late_start
from core.bias.start_times import origin_of, start_columns, unit_in_name
from core.cohort.cohort import Cohort
from core.cohort.select import AnalysisSet
from core.reporting import format as fmt
from core.reporting.immortal_time_sentence import immortal_time_caveat, immortal_time_headline, stake_sentence
from core.reporting.immortal_time_tables import landmark_table, mantel_byar_table, methods_table, strategies_table
from core.reporting.labels import column_label, endpoint_label
from core.reporting.methods_text import method_lines
from core.reporting.tables import ReportTable
from core.result import AnalysisResult
from core.timetoevent import DAYS_PER
from ui import cached, downloads, figures, messages, tables
from ui.charts.forest import forest_spec
from ui.charts.forest_layout import ForestWords
from ui.charts.simon_makuch import describe_simon_makuch, simon_makuch_spec
from ui.grouping import candidates, cut_points
from ui.selection import Selection
from ui.survival_options import choose_conf_level, shown_times

START_MONTHS = (3.0, 6.0)
MANY_PATIENTS = 3_000
FEWER_DRAWS = 40
WORDS = ForestWords(factor="Method")
NOT_KNOWN_AT_START = frozenset({"best_response"})
NOT_A_START = frozenset({"start_date", "death_date", "progression_date", "recurrence_date", "last_seen_date"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ImmortalOptions:
    """Options of the page; ``question`` turns them into keys of the specification."""

    starts: str
    time_zero: str | None
    landmarks: tuple[float, ...]
    grace: float
    covariates: tuple[str, ...]
    conf_level: float

    def question(self, endpoint: str, *, n: int) -> dict[str, Any]:
        """The question of the page."""
        asked: dict[str, Any] = {
            "kind": "immortal_time",
            "endpoint": endpoint,
            "starts": self.starts,
            "time_zero": self.time_zero,
            "landmarks": list(self.landmarks),
            "grace": self.grace,
            "covariates": list(self.covariates),
            "conf_level": self.conf_level,
        }
        return asked | ({"draws": FEWER_DRAWS} if n > MANY_PATIENTS else {})


def start_choices(subset: AnalysisSet, recognised: str | None) -> list[str]:
    """Columns that may hold the start: recognised ones first, then other dates and times that some patients lack."""
    table, groups = subset.cohort.patients, subset.groups
    dated = origin_of(subset) is not None
    outcomes = {name for endpoint in subset.cohort.spec.endpoints.values() for name in endpoint.columns}
    found = [] if recognised is None else [recognised]
    found += [column.name for column, _ in start_columns(table, (str(groups.column), *groups.levels))]
    found += [
        column.name
        for column in table.columns
        if ((column.kind == "date" and dated) or (column.kind == "number" and unit_in_name(column.name)))
        and column.role not in NOT_A_START
        and column.name not in outcomes
        and table.frame[column.name].isna().any()
    ]
    return list(dict.fromkeys(found))


def choose_options(subset: AnalysisSet, selection: Selection) -> ImmortalOptions | None:
    """Draw the options popover and read it; None where no column holds the start, or none is chosen yet."""
    late = late_start(subset)
    recognised = None if late is None else late.column
    columns = start_choices(subset, recognised)
    if not columns or subset.data is None:
        return None
    cohort, unit = subset.cohort, subset.data.unit
    key = f"{cohort.digest[:12]}_{subset.groups.column}_{selection.endpoint}"
    month = DAYS_PER["months"] / DAYS_PER[unit]
    with st.popover("Options"):
        starts = st.selectbox(
            "Start of the treatment",
            columns,
            index=None if recognised is None else 0,
            format_func=column_label,
            placeholder="Choose a column",
            help="Dates, or times since time zero; empty means never.",
            key=f"immortal_starts_{key}",
            persist_state="session",
        )
        zero = _time_zero(subset, key)
        landmarks = _landmarks(unit, tuple(round(m * month, 2) for m in START_MONTHS), key)
        grace = _grace(unit, round(START_MONTHS[0] * month, 2), key)
        covariates = _covariates(cohort, str(subset.groups.column), key)
        conf_level = choose_conf_level("immortal_conf_level")
    if starts is None:
        return None
    return ImmortalOptions(
        starts=starts,
        time_zero=zero,
        landmarks=landmarks,
        grace=grace,
        covariates=covariates,
        conf_level=conf_level,
    )


def _time_zero(subset: AnalysisSet, key: str) -> str | None:
    """Another day from which time counts; needs the date of the endpoint's own time zero."""
    dated = origin_of(subset) is not None
    dates = [column.name for column in subset.cohort.patients.columns if column.kind == "date"]
    return st.selectbox(
        "Time zero",
        dates if dated else [],
        index=None,
        format_func=column_label,
        placeholder="As in the endpoint",
        disabled=not dated,
        help="Another day from which time counts. It must mean the same in both groups.",
        key=f"immortal_zero_{key}",
        persist_state="session",
    )


def _landmarks(unit: str, default: tuple[float, ...], key: str) -> tuple[float, ...]:
    typed = st.text_input(
        f"Landmarks ({unit})",
        value=shown_times(default),
        help="One or more times, for example 3, 6",
        key=f"immortal_landmarks_{key}",
        persist_state="session",
    )
    times = cut_points(typed) if typed.strip() else ()
    if times is None or any(time <= 0 for time in times):
        st.warning(f"'{typed}' is not a list of times. Write for example 3, 6.")
        return default
    return times


def _grace(unit: str, default: float, key: str) -> float:
    typed = st.number_input(
        f"Grace period of the clones ({unit})",
        min_value=0.01,
        value=default,
        help="Both strategies are the same until then: begin within this time, or do not.",
        key=f"immortal_grace_{key}",
        persist_state="session",
    )
    return typed or default


def _covariates(cohort: Cohort, group: str, key: str) -> tuple[str, ...]:
    free = [
        name
        for name in candidates(cohort)
        if name != group and cohort.patients.column(name).role not in NOT_KNOWN_AT_START
    ]
    chosen = st.multiselect(
        "Adjust for",
        free,
        format_func=column_label,
        help="Only what was known at time zero. The factors enter the Cox models, and the weights of the clones.",
        key=f"immortal_covariates_{key}",
        persist_state="session",
    )
    return tuple(chosen)


def analyse(cohort: Cohort, selection: Selection, options: ImmortalOptions) -> AnalysisResult:
    """Every method on what is selected."""
    assert selection.endpoint is not None
    with st.spinner("Comparing, and drawing bootstrap samples…", show_time=False):
        return cached.analysis(cohort, selection, options.question(selection.endpoint, n=cohort.n))


def not_here(subset: AnalysisSet) -> None:
    """What to do where there is nothing to compare, or nothing that says when treatment began."""
    if len(subset.groups.levels) != 2:
        st.info("Choose a group with two levels on the left, one of which began after time zero.")
    else:
        st.info(
            "No column was recognised that says when a group began. Where the table has one, with the date or the "
            "time since time zero at which treatment started and nothing in the others, choose it under Options."
        )
    if subset.cohort.synthetic:
        messages.synthetic()


def headline(cohort: Cohort, result: AnalysisResult) -> None:
    """The answer in sentences, and what limits it."""
    st.markdown(tables.prose(immortal_time_headline(result)))
    st.caption(tables.prose(stake_sentence(result.immortal_time)))
    st.caption(tables.prose(immortal_time_caveat(result.immortal_time)))
    if cohort.synthetic:
        messages.synthetic()


def bar(cohort: Cohort, result: AnalysisResult) -> None:
    """Method and downloads."""
    downloads.method(method_lines(result))
    name = f"{cohort.name}_{result.subset.endpoint}_immortal_time"
    downloads.download(
        name,
        made=lambda: all_tables(result),
        whose=figures.whose(cohort, result),
        figure=downloads.Figure(
            spec=lambda: forest_spec(
                methods_table(result), palette=figures.PAPER, width=figures.EXPORT_WIDTH, words=WORDS
            ),
            title=methods_table(result).title,
            caption=figures.caption(cohort, result),
        ),
    )


def figure(result: AnalysisResult) -> None:
    """The hazard ratio by every method."""
    table = methods_table(result)
    told = "; ".join(f"{row.cells[0].text} {row.cells[4].text}" for row in table.rows)
    spec = forest_spec(table, palette=figures.palette(), words=WORDS)
    alt = f"Forest plot, {table.title}. {told}."
    st.vega_lite_chart(spec, theme=None, width="stretch", alt=alt, key="immortal_forest")
    for line in _explained(result):
        st.caption(tables.prose(line))


def _explained(result: AnalysisResult) -> Sequence[str]:
    """What each method does, a sentence each."""
    value = result.immortal_time
    level = value.levels[1]
    lines = [
        f"Naive: {level} counts from time zero, before it began. Landmark: only patients still followed then, grouped "
        f"by whether {level} had begun. Time-dependent: each patient counts as {level} from the day it began."
    ]
    if value.clones is not None:
        grace = fmt.quantity(value.clones.grace, value.unit, 0 if value.clones.grace.is_integer() else 1)
        lines.append(
            f"Clones: everybody as if {level} were to begin within {grace}, against everybody as if it were not; who "
            "leaves a strategy stops counting for it, and others like them count more."
        )
    return lines


def curves(cohort: Cohort, result: AnalysisResult) -> None:
    """Simon-Makuch curves beside the naive ones."""
    value = result.immortal_time
    title = endpoint_label(result.subset.endpoint or "survival")
    st.header(f"{title[:1].upper()}{title[1:]} before and after {value.levels[1]} began")
    drawn: dict[str, Any] = {"title": title[:1].upper() + title[1:], "annotation": _annotation(result)}
    spec = simon_makuch_spec(value, **drawn, palette=figures.palette())
    alt = describe_simon_makuch(value, title=title)
    st.vega_lite_chart(spec, theme=None, width="stretch", alt=alt, key="immortal_curves")
    st.caption(
        tables.prose(
            f"Solid or dashed: Simon-Makuch curves; a patient leaves the curve without {value.levels[1]} and enters "
            f"the other on the day {value.levels[1]} begins, so that the first steps of the latter rest on few. "
            "Dotted: naive Kaplan-Meier curves."
        )
    )
    with st.container(horizontal=True):
        downloads.download(
            f"{cohort.name}_{result.subset.endpoint}_simon_makuch",
            made=lambda: {"Follow-up": mantel_byar_table(result)},
            whose=figures.whose(cohort, result),
            figure=downloads.Figure(
                spec=lambda: simon_makuch_spec(value, **drawn, palette=figures.PAPER, width=figures.EXPORT_WIDTH),
                title=f"Simon-Makuch curves, {title}",
                caption=figures.caption(cohort, result),
            ),
            key="download_curves",
        )


def _annotation(result: AnalysisResult) -> tuple[str, ...]:
    value = result.immortal_time
    ratio = value.time_dependent.ratio
    said = fmt.ratio_estimate(ratio.hazard_ratio, ratio.conf_low, ratio.conf_high)
    return (
        f"Time-dependent hazard ratio {said}",
        f"Mantel-Byar {fmt.p_phrase(value.time_dependent.mantel_byar.p_value)}",
    )


def show_tables(cohort: Cohort, result: AnalysisResult) -> None:
    """Who is dropped, follow-up by state, and both strategies."""
    names = [column.name for column in cohort.patients.columns]
    dropped, strategies = landmark_table(result), strategies_table(result)
    if dropped is not None:
        st.header("Who is dropped at each landmark")
        tables.show(dropped, footnotes=False)
    with st.expander(f"Every method in numbers, and follow-up before and after {result.immortal_time.levels[1]}"):
        tables.show(methods_table(result))
        tables.show(mantel_byar_table(result), footnotes=False)
    if strategies is not None:
        with st.expander("Clones: survival had everybody followed either strategy"):
            tables.show(strategies, footnotes=False)
    messages.notes(result.notes, said=methods_table(result).footnotes, quoted=names)


def all_tables(result: AnalysisResult) -> dict[str, ReportTable]:
    """Every table of the result."""
    made = {
        "Methods": methods_table(result),
        "Landmarks": landmark_table(result),
        "Follow-up": mantel_byar_table(result),
        "Strategies": strategies_table(result),
    }
    return {name: table for name, table in made.items() if table is not None}
