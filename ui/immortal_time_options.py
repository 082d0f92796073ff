"""Options of the page of immortal time: where the start stands, from when time counts, landmarks and grace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.bias.immortal_time import late_start
from core.bias.start_times import origin_of, start_columns, unit_in_name
from core.cohort.cohort import Cohort
from core.cohort.select import AnalysisSet
from core.reporting.labels import column_label
from core.timetoevent import DAYS_PER
from ui.grouping import candidates, cut_points
from ui.screen import st
from ui.selection import Selection
from ui.survival_options import choose_conf_level, shown_times

FIRST_EVENT = "First day of the adverse event"
START_MONTHS = (3.0, 6.0)
FEWER_DRAWS = 40
MANY_PATIENTS = 3_000
NOT_KNOWN_AT_START = frozenset({"best_response"})
NOT_A_START = frozenset({"start_date", "death_date", "progression_date", "recurrence_date", "last_seen_date"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ImmortalOptions:
    """Options of the page; ``question`` turns them into keys of the specification."""

    starts: str | None
    time_zero: str | None
    landmarks: tuple[float, ...]
    grace: float
    covariates: tuple[str, ...]
    loss_covariates: tuple[str, ...]
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
            "loss_covariates": list(self.loss_covariates),
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
    recognised = None if late is None or late.starts is None else late.column or FIRST_EVENT
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
            format_func=lambda name: FIRST_EVENT if name == FIRST_EVENT else column_label(name),
            placeholder="Choose a column",
            help="Dates, or times since time zero; empty means never.",
            key=f"immortal_starts_{key}",
            persist_state="session",
        )
        zero = _time_zero(subset, key)
        landmarks = _landmarks(unit, tuple(round(m * month, 2) for m in START_MONTHS), key)
        grace = _grace(unit, round(START_MONTHS[0] * month, 2), key)
        free = _known_at_start(cohort, str(subset.groups.column))
        covariates = _covariates(free, key)
        loss = _loss_covariates(free, key)
        conf_level = choose_conf_level("immortal_conf_level")
    if starts is None:
        return None
    return ImmortalOptions(
        starts=None if starts == FIRST_EVENT else starts,
        time_zero=zero,
        landmarks=landmarks,
        grace=grace,
        covariates=covariates,
        loss_covariates=loss,
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


def _known_at_start(cohort: Cohort, group: str) -> list[str]:
    """Columns that may be adjusted for."""
    return [
        name
        for name in candidates(cohort)
        if name != group and cohort.patients.column(name).role not in NOT_KNOWN_AT_START
    ]


def _covariates(free: list[str], key: str) -> tuple[str, ...]:
    chosen = st.multiselect(
        "Adjust for",
        free,
        format_func=column_label,
        help="Only what was known at time zero. The factors enter the Cox models, and the weights of the clones.",
        key=f"immortal_covariates_{key}",
        persist_state="session",
    )
    return tuple(chosen)


def _loss_covariates(free: list[str], key: str) -> tuple[str, ...]:
    chosen = st.multiselect(
        "Clones: weight for loss to follow-up by",
        free,
        format_func=column_label,
        placeholder="Not weighted",
        help="What tells who is lost to follow-up. Clones still followed then stand for those like them who were lost.",
        key=f"immortal_loss_{key}",
        persist_state="session",
    )
    return tuple(chosen)
