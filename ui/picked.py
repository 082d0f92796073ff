"""What can be done with picked patients on every page: keep only them, or compare them with the rest.

Both change the specification, by rules and not by lists of patients: they stand in the link, and can be undone.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from core.spec import CHOSEN, FilterSpec, GroupSpec
from ui import cohorts, state
from ui.screen import st


def offer(filters: Sequence[FilterSpec], *, n: int, of: int, key: str) -> None:
    """Two buttons for ``n`` picked patients ``of`` so many on screen."""
    with st.container(horizontal=True):
        st.button(
            "Keep these patients on every page",
            key=f"{key}_keep",
            disabled=not 0 < n < of,
            on_click=keep,
            args=(tuple(filters),),
        )
        compare_button(filters, n=n, of=of, key=key)


def compare_button(filters: Sequence[FilterSpec], *, n: int, of: int, key: str, quiet: bool = False) -> None:
    """A button that makes picked patients and the rest the groups of all pages."""
    st.button(
        "Compare with the rest",
        key=f"{key}_compare",
        type="tertiary" if quiet else "secondary",
        disabled=not 0 < n < of,
        help="These patients and all others become the groups of every page, until you undo it.",
        on_click=compare,
        args=(tuple(filters),),
    )


def keep(filters: Sequence[FilterSpec]) -> None:
    """Look only at these patients, on every page."""
    selection = state.current()
    more = tuple(one for one in filters if one not in selection.filters)
    state.replace(dataclasses.replace(selection, filters=(*selection.filters, *more)))


def compare(filters: Sequence[FilterSpec]) -> None:
    """Compare these patients with the rest, on every page; what chose them does not filter any more."""
    selection = state.current()
    left = tuple(one for one in selection.filters if one not in filters)
    group = GroupSpec(column=CHOSEN, where=tuple(filters))
    state.replace(dataclasses.replace(selection, filters=left, group=group))


def compare_no_more() -> None:
    """Back to the grouping that the cohort starts with."""
    selection = state.current()
    group = cohorts.default_selection(selection.cohort).group
    state.replace(dataclasses.replace(selection, group=group))
