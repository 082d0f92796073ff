"""The group's levels in the sidebar: renamed, merged, ordered or cut, and which one is the reference."""

from __future__ import annotations

import dataclasses
from typing import Any

import pandas as pd
from pydantic import ValidationError

from core.cohort.cohort import Cohort
from core.cohort.grouping import MAX_NUMBERS
from core.cohort.select import describe_filter, levels_of
from core.errors import CohortError
from core.reporting.labels import column_label
from core.spec import GroupSpec
from ui import cached, state
from ui.grouping import cut_points, merged_levels
from ui.screen import st
from ui.tables import escaped


def render(cohort: Cohort) -> None:
    """Draw the editor of the current group and bring the selection up to date with it."""
    group = state.current().group
    if group is None:
        return
    if group.where is not None:
        st.caption(escaped(f"Chosen: {'; '.join(map(describe_filter, group.where))}."))
        _reference(cohort)
        return
    is_cut = group.cut is not None or _must_be_cut(cohort, group)
    label = "Cut-points" if is_cut else "Edit groups"
    editor = st.popover(label, width="stretch", on_change="rerun", key=_key("editor", group.column))
    if editor.open:
        with editor:
            edited = _edit_cut(group) if is_cut else _edit_levels(cohort, group)
        if edited != group:
            state.edit(dataclasses.replace(state.current(), group=edited))
    else:
        st.session_state.pop(_key("base", group.column), None)
    _say_merged(group)
    _reference(cohort)


def _say_merged(group: GroupSpec) -> None:
    """Which values of the file stand together as one group."""
    merged = [
        f"{level} ({', '.join(map(str, values))})" for level, values in (group.levels or {}).items() if len(values) > 1
    ]
    if merged:
        st.caption(escaped(f"Shown as one group: {'; '.join(merged)}."))


def _must_be_cut(cohort: Cohort, group: GroupSpec) -> bool:
    """Whether a link asks for every value of a number as a group of its own, which is refused."""
    kind = next((column.kind for column in cohort.patients.columns if column.name == group.column), None)
    if group.levels is not None or kind != "number":
        return False
    return len(levels_of(cohort.patients, group.column)) > MAX_NUMBERS


def _key(name: str, column: str) -> str:
    return f"group_{name}_{column}_{state.version()}"


def _edit_levels(cohort: Cohort, group: GroupSpec) -> GroupSpec:
    base_key = _key("base", group.column)
    if base_key not in st.session_state:
        st.session_state[base_key] = _editor_rows(cohort, group)
    st.caption("Give two values the same name to merge them; clear a name to leave the value out.")
    rows = st.data_editor(
        st.session_state[base_key],
        hide_index=True,
        width=600,
        disabled=["value", "patients"],
        column_config={
            "value": st.column_config.TextColumn("In the file", width="medium"),
            "patients": st.column_config.NumberColumn("Patients", width="small"),
            "shown": st.column_config.TextColumn("Shown as", max_chars=40, width="medium"),
            "order": st.column_config.NumberColumn("Order", step=1, width="small"),
        },
        placeholder="",
        key=_key("levels", group.column),
    )
    levels = merged_levels(rows.to_dict("records"))
    if not levels:
        st.warning("Every value is left out: name at least one group.")
        return group
    plain = tuple(levels_of(cohort.patients, group.column))
    changed = [(name, values) for name, values in levels.items()] != [(value, (value,)) for value in plain]
    return _try(group, levels=levels if changed else None, reference=_kept(group.reference, levels))


def _editor_rows(cohort: Cohort, group: GroupSpec) -> pd.DataFrame:
    values = levels_of(cohort.patients, group.column)
    counts = cohort.patients.frame[group.column].astype("string").str.strip().value_counts()
    names = {str(value): level for level, merged in (group.levels or {}).items() for value in merged}
    order = {level: position + 1 for position, level in enumerate(group.levels or values)}
    shown = [names.get(value, "" if group.levels else value) for value in values]
    return pd.DataFrame(
        {
            "value": list(values),
            "patients": [int(counts.get(value, 0)) for value in values],
            "shown": shown,
            "order": [order.get(name) for name in shown],
        }
    )


def _edit_cut(group: GroupSpec) -> GroupSpec:
    typed = st.text_input(
        f"Cut {column_label(group.column)} at",
        value=", ".join(f"{point:g}" for point in group.cut or ()),
        help="One or more numbers, for example 3, 20. A value equal to a cut-point goes to the upper group.",
        placeholder="for example 3, 20",
        key=_key("cut", group.column),
    )
    cut = cut_points(typed)
    if cut is None and not typed.strip():
        return group
    if cut is None:
        st.warning(f"'{typed}' is not a list of numbers. Write for example 3, 20.")
        return group
    if cut == group.cut:
        return group
    return _try(group, cut=cut, labels=None, reference=None)


def _reference(cohort: Cohort) -> None:
    selection = state.current()
    try:
        groups = cached.subset(cohort, selection).groups
    except CohortError:
        return
    if selection.group is None or len(groups.levels) < 2:
        return
    chosen = st.selectbox(
        "Reference (compared against)",
        groups.levels,
        index=groups.levels.index(groups.reference),
        key=_key("reference_" + "_".join(groups.levels), selection.group.column),
    )
    if chosen != groups.reference:
        state.edit(dataclasses.replace(selection, group=_try(selection.group, reference=chosen)))


def _kept(reference: str | None, levels: dict[str, Any]) -> str | None:
    return reference if reference in levels else None


def _try(group: GroupSpec, **changes: Any) -> GroupSpec:
    """The group with changes, or as it was where they make no sense (said)."""
    try:
        return GroupSpec.model_validate({**group.model_dump(), **changes})
    except ValidationError as error:
        st.warning(str(error.errors()[0]["msg"]).removeprefix("Value error, ").capitalize())
        return group
