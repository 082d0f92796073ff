"""The line above every page: whom we look at, step by step, each taken away by a click; undo and redo.

Belongs here: the line itself. Does not belong here: the filters' widgets (``ui.filters``), what a filter means
(``core.cohort``), the steps one can go back (``ui.history``).
"""

from __future__ import annotations

import dataclasses

from core.cohort.chosen_later import said_of_filters, said_of_group
from core.cohort.cohort import Cohort
from core.cohort.kept import left_after_each
from core.cohort.select import describe_filter
from core.errors import CohortError
from core.reporting import format as fmt
from core.spec import FilterSpec, GroupSpec
from ui import cohorts, history, picked, state
from ui.screen import st
from ui.tables import escaped

_NEXT = "›"
_OTHER_PAGES = frozenset(  # nothing is estimated of times to events there
    {"adverse-events", "baseline", "response", "treatment", "patient", "flow", "quality", "data-cuts", "about", "load"}
)


def render(page: str) -> None:
    """Draw the line; nothing where everybody is shown and nothing was changed yet."""
    history.record()
    selection = state.current()
    cohort = cohorts.load(selection.cohort)
    filtered = cohort is not None and bool(selection.filters)
    compared = selection.group is not None and selection.group.where is not None
    key = "breadcrumbs" if filtered or compared else "steps_alone"
    line = st.container(horizontal=True, vertical_alignment="center", gap="small", key=key)
    if not (filtered or compared or history.can_go(-1) or history.can_go(1)):
        return  # the place stays: a line that came would close the menu in which the first option was changed
    with line:
        if filtered and cohort is not None:
            _crumbs(cohort, selection.filters)
        if selection.group is not None and selection.group.where is not None:
            _comparison(selection.group.where)
        _steps()
    if cohort is not None and page not in _OTHER_PAGES:
        _warn(cohort, selection.filters, selection.group)


def _comparison(where: tuple[FilterSpec, ...]) -> None:
    """Whom the pages compare with the rest, with a way back."""
    words = escaped("; ".join(map(describe_filter, where)))
    st.button(
        f"Compared with the rest: {words}",
        key=f"crumb_comparison_{state.version()}",
        type="tertiary",
        icon=":material/close:",
        icon_position="right",
        help="Back to the groups that this cohort starts with.",
        on_click=picked.compare_no_more,
    )


def _warn(cohort: Cohort, filters: tuple[FilterSpec, ...], group: GroupSpec | None) -> None:
    """What choosing patients by their outcome does to the times on this page; it stays as long as the choice."""
    for said in (*said_of_filters(cohort, filters), *said_of_group(cohort, group)[1:]):
        st.warning(escaped(said))


def _crumbs(cohort: Cohort, filters: tuple[FilterSpec, ...]) -> None:
    try:
        left: tuple[int | None, ...] = left_after_each(cohort, filters)
    except CohortError:  # the page says what is wrong; the filter can be taken away here
        left = (None,) * len(filters)
    st.markdown(fmt.patients(cohort.n), width="content")
    for i, (one, n) in enumerate(zip(filters, left, strict=True)):
        st.markdown(_NEXT, width="content")
        words = escaped(describe_filter(one))
        st.button(
            words if n is None else f"{words} ({n:,})",
            key=f"crumb_{i}_{state.version()}",
            type="tertiary",
            icon=":material/close:",
            icon_position="right",
            help="Take this filter away, on every page.",
            on_click=_without,
            args=(i,),
        )
    n = left[-1]
    if n is not None:
        picked.compare_button(filters, n=n, of=cohort.n, key="crumbs", quiet=True)
    st.button("Clear all filters", key="crumbs_clear", type="tertiary", on_click=_without, args=(None,))


def _without(position: int | None) -> None:
    """Take one filter away, or all."""
    selection = state.current()
    kept = () if position is None else (*selection.filters[:position], *selection.filters[position + 1 :])
    state.replace(dataclasses.replace(selection, filters=kept))


def _steps() -> None:
    with st.container(horizontal=True, width="content", gap="xsmall", key="history_steps"):
        for by, label, shortcut in ((-1, "Undo", "Alt+Z"), (1, "Redo", "Alt+Y")):
            st.button(
                label,
                key=f"history_{label.lower()}",
                type="tertiary",
                disabled=not history.can_go(by),
                help=_told(by),
                shortcut=shortcut,
                on_click=history.go,
                args=(by,),
            )


def _told(by: int) -> str:
    gone = by < 0 and history.passed_over()
    said = history.what_changes(by)
    return f"{said} Steps on a file that was replaced are passed over: its patients are gone." if gone else said
