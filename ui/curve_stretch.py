"""The patients of a stretch of the survival curves: chosen by dragging across them, or by a slider below.

Belongs here: the choice and its list. Does not belong here: the counts (``core.patients.stretch``), keeping and
comparing the patients (``ui.picked``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from core.cohort.cohort import Cohort
from core.cohort.level_filters import level_filters
from core.cohort.select import AnalysisSet
from core.patients.picked import picked_patients
from core.patients.stretch import stretch_of
from core.reporting import format as fmt
from core.reporting.picked_report import picked_report, stretch_report
from core.spec import FilterOp, FilterSpec
from ui import messages, patient_list, picked, tables
from ui.charts.picking import STRETCH, TIME
from ui.screen import st
from ui.selection import Selection

HINT = "Drag across the curves to see the patients of a stretch of time, or choose it below."
_STEP = {"days": 1.0, "weeks": 1.0, "months": 0.1, "years": 0.01}
_KINDS: dict[str, FilterOp] = {
    "With the event": "event between",
    "Censored": "censored between",
    "At risk at its start": "at risk at",
}
_ALL = "All groups"
_OPEN, _VERSION, _DRAGGED = "stretch_open", "stretch_version", "stretch_dragged"


def chart_key() -> str:
    """Key of the chart that is dragged across: another one after the slider moved, so that both say the same."""
    version = st.session_state.get(_VERSION, 0)
    return f"km_chart_{version}" if version else "km_chart"


def on_drag(cohort: Cohort, subset: AnalysisSet) -> None:
    """Take over the stretch that was dragged across; a click beside it changes nothing."""
    found: dict[str, Sequence[Any]] = st.session_state[chart_key()]["selection"].get(STRETCH) or {}
    times = found.get(TIME)
    if times and subset.data is not None:
        step = _STEP[subset.data.unit]
        low, high = (min(max(round(float(t) / step) * step, 0.0), _last(subset)) for t in (min(times), max(times)))
        st.session_state[_key(cohort, subset)] = (round(low, 2), round(high, 2))
        st.session_state[_OPEN] = True
        st.session_state[_DRAGGED] = st.session_state.get(_DRAGGED, 0) + 1


def _key(cohort: Cohort, subset: AnalysisSet) -> str:
    return f"stretch_{cohort.digest[:12]}_{subset.endpoint}"


def _last(subset: AnalysisSet) -> float:
    assert subset.data is not None
    step = _STEP[subset.data.unit]
    return max(round(math.ceil(float(subset.data.time.max()) / step - 1e-9) * step, 2), step)


def _moved() -> None:
    st.session_state[_VERSION] = st.session_state.get(_VERSION, 0) + 1


def show(cohort: Cohort, selection: Selection, subset: AnalysisSet) -> None:
    """What happened in the chosen stretch in each group, the patients, and what can be done with them."""
    place = st.expander("Patients of a stretch of the curves", on_change="rerun", key=_OPEN)
    if not place.open:
        return
    with place, messages.plain_errors():
        low, high = _stretch(cohort, subset)
        tables.show(stretch_report(stretch_of(subset, low, high)))
        _patients(selection, subset, low, high)


def _stretch(cohort: Cohort, subset: AnalysisSet) -> tuple[float, float]:
    assert subset.data is not None
    key, last, unit = _key(cohort, subset), _last(subset), subset.data.unit
    held = st.session_state.get(key, (0.0, last))
    chosen: tuple[float, float] = st.slider(
        f"From when to when, {unit}",
        0.0,
        last,
        (min(held[0], last), min(held[1], last)),
        step=_STEP[unit],
        format="%g",
        key=f"{key}_slider_{last:g}_{st.session_state.get(_DRAGGED, 0)}",
        on_change=_moved,
    )
    st.session_state[key] = chosen
    return chosen


def _patients(selection: Selection, subset: AnalysisSet, low: float, high: float) -> None:
    assert subset.data is not None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.segmented_control("Which patients", list(_KINDS), default="With the event", key="stretch_kind")
        level = _level(selection, subset)
    op = _KINDS[kind or "With the event"]
    value = low if op == "at risk at" else (low, high)
    filters = [FilterSpec(column=str(subset.endpoint), op=op, value=value, unit=subset.data.unit)]
    if level is not None and selection.group is not None:
        filters += level_filters(selection.group, level) or ()
    found = picked_patients(subset, filters)
    if not found:
        st.caption("No patient is in this part.")
        return
    title = f"Patients chosen: {fmt.patients(len(found))}"
    patient_list.show(picked_report(title, found, unit=subset.data.unit))
    st.caption(
        "These patients are chosen by their own follow-up: look at what they were like, but do not compare their "
        "survival."
    )
    picked.offer(filters, n=len(found), of=subset.n, key="stretch")


def _level(selection: Selection, subset: AnalysisSet) -> str | None:
    """One of the groups, None for all; only those that filters can say."""
    group = selection.group
    if group is None or len(subset.groups.levels) < 2:
        return None
    offered = [level for level in subset.groups.levels if level_filters(group, level) is not None]
    chosen = st.selectbox("Group", [_ALL, *offered], key=f"stretch_group_{'_'.join(offered)}")
    return None if chosen == _ALL else chosen
