"""What the project lets out: said to every member, set by owners."""

from __future__ import annotations

from team.permits import Act
from ui import permits
from ui.screen import st
from ui.team import attempt, store, visit


def show(now: visit.Visit) -> None:
    """The section of the page Members."""
    assert now.project is not None
    project = now.project
    st.header("Small numbers in exports")
    if project.protects_exports:
        st.markdown(
            f"Only results are exported, in which counts below {project.protected_below} are withheld together with "
            "those that would give them away. Rows of patients are not exported."
        )
    else:
        st.markdown("Analysts and owners export results and rows as they see them; viewers never see small numbers.")
    if permits.may(Act.PROTECT_EXPORTS):
        _set(now, project.id)


def _set(now: visit.Visit, project_id: str) -> None:
    from team import disclosure

    assert now.project is not None
    with st.form("protection", border=False):
        on = st.toggle(
            "Let only results without small numbers out, for everybody",
            value=now.project.protects_exports,
            key=f"protect_{project_id}",
        )
        below = st.number_input(
            "Counts are small below",
            min_value=store.settings().suppress_below,
            max_value=disclosure.MOST,
            value=now.project.protected_below,
            step=1,
            key=f"protect_below_{project_id}",
            help="Viewers see results with this number too. The host sets the least.",
        )
        sent = st.form_submit_button("Save", key="protect_save")
    st.caption("It is recorded in the audit trail who changed this and when.")
    if sent and attempt.did(
        "protection",
        lambda key: disclosure.set_protection(
            store.store(), now.actor, project_id=project_id, on=on, below=int(below), key=key
        ),
    ):
        st.rerun()
