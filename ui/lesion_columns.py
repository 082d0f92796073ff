"""Which columns of a table of lesions say whether and when each progressed, chosen where their names do not tell."""

from __future__ import annotations

from core.cohort.cohort import Cohort, Table
from core.cohort.event_values import recognise_event_values
from core.cohort.lesion_outcome import LOCAL, LesionOutcome, lesion_outcome, lesion_table
from core.cohort.select import levels_of
from core.errors import CohortError
from core.reporting.labels import column_label
from core.spec import EndpointSpec
from core.timetoevent import TimeUnit
from ui import messages
from ui.screen import st
from ui.tables import escaped

UNITS: tuple[TimeUnit, ...] = ("months", "days", "weeks", "years")
_MOST_LEVELS = 8


def chosen(cohort: Cohort) -> EndpointSpec | None:
    """What was chosen for this cohort; None: by the names of the columns."""
    kept = st.session_state.get(_key(cohort))
    return None if kept is None else EndpointSpec.model_validate(kept)


def outcome(cohort: Cohort) -> LesionOutcome:
    """Time to local progression of every lesion, by the chosen columns or by their names.

    Raises
    ------
    CohortError
        If the cohort has no lesions, or they do not say which progressed.
    """
    return lesion_outcome(cohort, chosen(cohort))


def say(cohort: Cohort) -> None:
    """Which columns were chosen, and a way back."""
    spec = chosen(cohort)
    if spec is None or spec.time is None or spec.event is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        columns = f"{column_label(spec.time)} ({spec.unit}), {column_label(spec.event)}"  # not shown
        st.caption(escaped(f"Local progression by the columns you chose: {columns}."), width="content")
        st.button("Choose other columns", type="tertiary", on_click=_keep, args=(_key(cohort), None))


def choose(cohort: Cohort) -> None:
    """Asks for the columns where the table has some that may be meant."""
    try:
        table, patient = lesion_table(cohort)
    except CohortError as error:
        messages.say(error)
        return
    free = [column for column in table.columns if column.name != patient]
    times = [column.name for column in free if column.kind == "number"]
    events = [column.name for column in free if 1 < len(_levels(table, column.name, column.kind)) <= _MOST_LEVELS]
    if not times or not events:
        return
    st.subheader("Which columns say it?")
    columns = st.columns(3)
    time = columns[0].selectbox(
        "Time to local progression, or to the last imaging", times, index=None, format_func=column_label,
        placeholder="choose a column", key=f"{_key(cohort)}_time",
    )  # fmt: skip
    unit = columns[1].selectbox("In", UNITS, key=f"{_key(cohort)}_unit")
    event = columns[2].selectbox(
        "Whether it progressed", events, index=None, format_func=column_label, placeholder="choose a column",
        key=f"{_key(cohort)}_event",
    )  # fmt: skip
    if time is None or event is None:
        return
    levels = levels_of(table, event)
    found = [str(value) for value in recognise_event_values(levels, column=event, endpoint=LOCAL).event_is]
    meant = st.multiselect(
        "Local progression is", levels, default=[level for level in levels if level in found],
        key=f"{_key(cohort)}_is_{event}",
    )  # fmt: skip
    asked = {"time": time, "event": event, "event_is": meant, "unit": unit}
    st.button("Use these columns", type="primary", disabled=not meant, on_click=_keep, args=(_key(cohort), asked))


def _levels(table: Table, name: str, kind: str) -> tuple[str, ...]:
    return levels_of(table, name) if kind in ("category", "number") else ()


def _key(cohort: Cohort) -> str:
    return f"lesion_progression_{cohort.digest[:12]}"


def _keep(key: str, asked: dict[str, object] | None) -> None:
    st.session_state[key] = asked
