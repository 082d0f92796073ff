"""The guided tour: a box at the top of each page that says what to look for and where to go next.

Belongs here: where the tour stands, and its buttons. Does not belong here: the stops' words (``ui.tour_stops``).
"""

from __future__ import annotations

import dataclasses

from core.spec import GroupSpec
from ui import cohorts, state
from ui.screen import st
from ui.tour_stops import TOURS, Stop

_AT = "tour_at"  # (sample, number of the stop)


def offer(sample: str) -> None:
    """A button that starts the tour of a sample."""
    if st.button(f"Guided tour, {len(TOURS[sample])} stops", key=f"tour_start_{sample}", type="tertiary"):
        _go(sample, 0)


def invite() -> None:
    """In the sidebar, the tour of the sample that is shown, unless one is under way."""
    sample = state.current().cohort
    offered = sample in TOURS and _AT not in st.session_state
    if offered and st.button("Take the guided tour", key="tour_invite", type="tertiary"):
        _go(sample, 0)


def render(address: str) -> None:
    """Where a tour is under way: the stop's words, and the way back, on and out."""
    if _AT not in st.session_state:
        return
    sample, number = st.session_state[_AT]
    stop = TOURS[sample][number]
    with st.container(border=True, key="tour"):
        if stop.address != address or state.current().cohort != sample:
            st.markdown(f"The guided tour waits at stop {number + 1}: {stop.title}")
            _buttons(sample, number, away=True)
            return
        st.markdown(f"**Stop {number + 1} of {len(TOURS[sample])}. {stop.title}**")
        st.markdown(stop.text)
        _buttons(sample, number, away=False)


def _buttons(sample: str, number: int, *, away: bool) -> None:
    last = number + 1 == len(TOURS[sample])
    with st.container(horizontal=True):
        if away:
            if st.button("Back to the tour", key="tour_return", type="primary"):
                _go(sample, number)
        else:
            if st.button("Back", key="tour_back", disabled=number == 0):
                _go(sample, number - 1)
            if not last and st.button("Next stop", key="tour_next", type="primary"):
                _go(sample, number + 1)
        if st.button("End the tour", key="tour_end", type="primary" if last and not away else "tertiary"):
            del st.session_state[_AT]
            st.rerun()


def _go(sample: str, number: int) -> None:
    """Stand at a stop: its cohort, endpoint and grouping, on its page."""
    stop = TOURS[sample][number]
    st.session_state[_AT] = (sample, number)
    if state.current().cohort != sample:
        state.switch_cohort(sample)
    _look_at(stop, sample)
    st.switch_page(stop.page)


def _look_at(stop: Stop, sample: str) -> None:
    start = cohorts.default_selection(sample)
    group = start.group
    if stop.group is not None and (group is None or group.column != stop.group):
        group = GroupSpec(column=stop.group)
    state.replace(dataclasses.replace(start, endpoint=stop.endpoint or state.current().endpoint, group=group))
