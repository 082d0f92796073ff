"""What we look at, in the sidebar of every page: cohort, endpoint, group, filters, and one live line."""

from __future__ import annotations

import dataclasses

import numpy as np

from core.cohort.cohort import Cohort
from core.cohort.select import AnalysisSet
from core.errors import CohortError
from core.reporting import format as fmt
from core.reporting.labels import endpoint_label
from core.spec import GroupSpec
from ui import cached, cohorts, group_editor, language, state
from ui.filters import edit_filters
from ui.grouping import candidates, group_label, start_group
from ui.screen import st
from ui.selection import UPLOAD, Selection
from ui.tables import escaped
from ui.team import shelf

_NO_GROUP = ""


def render() -> None:
    """Draw the sidebar and bring the selection up to date with it."""
    _own_words()
    with st.sidebar:
        language.switch()
        _cohort()
        selection = state.current()
        cohort = cohorts.load(selection.cohort)
        if cohort is not None:
            _endpoint(cohort)
            _group(cohort)
            edit_filters(cohort)
            _live_line(cohort)
    for problem in st.session_state.pop("link_problems", ()):
        st.warning(escaped(problem))


def _own_words() -> None:
    """The cohort's words, and the names that its groups were given, stay as they are in every language."""
    selection = state.current()
    group = selection.group
    given = () if group is None else (*(group.levels or ()), *(group.labels or ()))
    language.leave_alone(cohorts.load(selection.cohort), *given)


def _key(name: str) -> str:
    return f"sidebar_{name}_{state.version()}"


def _cohort() -> None:
    names = [
        *shelf.newest(),
        *cohorts.SAMPLES,
        *([UPLOAD] if cohorts.uploaded() or state.current().cohort == UPLOAD else []),
    ]
    now = state.current().cohort
    if shelf.find(now) is not None and now not in names:  # an earlier version
        names.insert(0, now)
    if now not in names:  # deleted, or of another project
        gone = "The cohort that was on screen is not in this project any more. Another one is shown."
        st.session_state["link_problems"] = (*st.session_state.get("link_problems", ()), gone)
    titles = {name: cohorts.short_title(name) for name in names}
    chosen = st.selectbox(
        "Cohort",
        names,
        index=names.index(now) if now in names else 0,
        format_func=lambda name: titles.get(name, name),
        key=_key("cohort"),
    )
    if chosen is not None and chosen != now:
        state.switch_cohort(chosen)
        st.rerun()  # the next choice is made with widgets that know this one
    st.page_link("pages/cohort/load.py", label="Load your own spreadsheet")


def _endpoint(cohort: Cohort) -> None:
    selection = state.current()
    names = list(cohort.spec.endpoints)
    if not names:
        st.caption("No endpoint yet: say on the page Load a cohort which columns hold time and event.")
        return
    chosen = st.selectbox(
        "Endpoint",
        names,
        index=names.index(selection.endpoint) if selection.endpoint in names else 0,
        format_func=_endpoint_title,
        key=_key("endpoint"),
    )
    if chosen != selection.endpoint:
        state.edit(dataclasses.replace(selection, endpoint=chosen))


def _endpoint_title(name: str) -> str:
    words = endpoint_label(name)
    return name if words == name else f"{words[:1].upper()}{words[1:]} ({name})"


def _group(cohort: Cohort) -> None:
    selection = state.current()
    names = [_NO_GROUP, *candidates(cohort)]
    now = selection.group.column if selection.group else _NO_GROUP
    if now not in names:
        names.append(now)
    chosen = st.selectbox(
        "Group by",
        names,
        index=names.index(now),
        format_func=lambda name: group_label(name) if name else "All patients together",
        key=_key("group"),
    )
    if chosen != now:
        group = _started_group(cohort, chosen) if chosen else None
        state.edit(dataclasses.replace(selection, group=group))
    if chosen:
        group_editor.render(cohort)


def _started_group(cohort: Cohort, column: str) -> GroupSpec:
    """The grouping the cohort came with for that column, or the column's own start."""
    default: Selection = cohorts.default_selection(state.current().cohort)
    if default.group is not None and default.group.column == column:
        return default.group
    return start_group(cohort, column)


def _live_line(cohort: Cohort) -> None:
    try:
        chosen = cached.subset(cohort, state.current())
    except CohortError as error:
        st.markdown(f"**{escaped(error.message)}**")
        return
    st.markdown(f"**{counts_line(chosen)}**")
    if state.current().group is not None:
        st.caption("  \n".join(escaped(line) for line in group_lines(chosen)))


def counts_line(chosen: AnalysisSet) -> str:
    """The sidebar's live line: patients, events, excluded."""
    parts = [fmt.patients(chosen.n)]
    if chosen.data is not None:
        events = chosen.data.n_events
        parts.append(f"{events:,} {'event' if events == 1 else 'events'}")
    return (
        " · ".join([*parts, f"{chosen.n_cohort - chosen.n:,} excluded"]).replace(" ", "\u00a0").replace("·\u00a0", "· ")
    )


def group_lines(chosen: AnalysisSet) -> list[str]:
    """Patients of each group; the reference is named."""
    sizes = np.bincount(chosen.groups.codes, minlength=len(chosen.groups.levels)).tolist()
    return [
        f"{level}: {fmt.patients(size)}{' (reference)' if level == chosen.groups.reference else ''}"
        for level, size in zip(chosen.groups.levels, sizes, strict=True)
    ]
