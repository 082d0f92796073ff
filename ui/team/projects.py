"""Projects: choosing one in the sidebar, and the page that lists and makes them."""

from __future__ import annotations

import pandas as pd

from team.permits import Act
from ui import permits, tables
from ui.screen import st
from ui.team import attempt, store, visit
from ui.team.opening import PAGES
from ui.team.words import ROLES, moment


def choose() -> None:
    """In the sidebar: which project is looked at. Another project starts with its own cohort."""
    now = visit.required()
    if now.project is None:
        return
    names = {one.id: one.name for one in now.projects}
    chosen = st.selectbox(
        "Project",
        list(names),
        index=list(names).index(now.project.id),
        format_func=lambda name: names.get(name, ""),
        key=f"project_choice_{now.project.id}",
    )
    if chosen != now.project.id and chosen in names:
        look_at(chosen)
        st.rerun()


def look_at(project_id: str) -> None:
    """Look at a project from the next run on, with nothing of the other one on screen."""
    visit.look_at(project_id)
    for key in ("selection", "selection_of_cohort", "history_of_selection", "uploaded_cohort", "opened_analysis"):
        st.session_state.pop(key, None)


def show() -> None:
    """The page: my projects and roles, and a new one."""
    now = visit.required()
    if now.projects:
        _list(now)
    else:
        st.info(
            f"You are in no project yet. Ask the owner of one to invite {tables.escaped(now.email)}, then load this "
            "page again."
        )
    from team import projects

    with attempt.plainly():
        if projects.may_create(store.store(), now.actor):
            _create(now)
    if permits.may(Act.RENAME_PROJECT) and now.project is not None:
        _rename(now)


def _list(now: visit.Visit) -> None:
    st.table(
        pd.DataFrame(
            {
                "Project": [tables.escaped(one.name) for one in now.projects],
                "Your role": [ROLES[one.role] for one in now.projects],
                "Since": [moment(one.since) for one in now.projects],
            }
        ),
        border="horizontal",
        hide_index=True,
        alt="Your projects",
    )


def _create(now: visit.Visit) -> None:
    from team import projects

    st.header("A new project")
    with st.form("new_project", border=False):
        name = st.text_input("Name", key="new_project_name", max_chars=200)
        if st.form_submit_button("Create the project", key="new_project_create"):
            made = attempt.once("project", lambda key: projects.create(store.store(), now.actor, name=name, key=key))
            if made is not None:
                look_at(made.id)
                st.switch_page(st.session_state[PAGES]["projects"])  # whose first page this was has another one now


def _rename(now: visit.Visit) -> None:
    from team import projects

    assert now.project is not None
    project = now.project
    with st.expander("Rename or delete this project"):
        name = st.text_input("Name", value=project.name, key=f"rename_{project.id}", max_chars=200)
        if st.button("Rename", key="rename_project") and attempt.did(
            "rename", lambda key: projects.rename(store.store(), now.actor, project_id=project.id, name=name, key=key)
        ):
            st.rerun()
        st.caption("A project can be deleted when its cohorts are deleted. Its audit trail stays with the host.")
        if st.button("Delete the project", key="delete_project"):
            done = attempt.did(
                "delete_project",
                lambda key: projects.delete(store.store(), now.actor, project_id=project.id, key=key),
            )
            if done:
                st.rerun()
