"""The audit trail, for owners: read, checked link by link, taken out."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from core.reporting import format as fmt
from team.permits import Act
from ui import permits, tables
from ui.screen import st
from ui.team import attempt, store, visit
from ui.team.words import moment

_AT_ONCE = 100
_BEFORE = "audit_before"


def show() -> None:
    """The page: who opened, uploaded, exported, changed or deleted what and when."""
    permits.require(Act.SEE_AUDIT)
    now = visit.required()
    assert now.project is not None
    project = now.project.id
    with st.container(horizontal=True):
        if st.button("Check the chain", key="audit_verify"):
            _verify(project)
        _export(now, project, "csv", "CSV")
        _export(now, project, "jsonl", "JSON lines")
    with attempt.plainly():
        _lines(now, project)


def _verify(project: str) -> None:
    from team import audit

    with attempt.plainly():
        fault = audit.verify(store.store(), project_id=project)
        if fault is None:
            st.success("Every line is as it was written, and none is missing.")
        else:
            st.error(f"The trail was changed at line {fault.sequence}: {fault.reason}.")


def _export(now: visit.Visit, project: str, form: Literal["csv", "jsonl"], word: str) -> None:
    opened, actor = store.store(), now.actor

    def content() -> bytes:
        from team import audit

        return audit.export(opened, actor, project_id=project, form=form)

    st.download_button(
        f"Download as {word}", content, file_name=f"audit.{form}", mime="text/csv" if form == "csv" else
        "application/jsonl", on_click="ignore", key=f"audit_{form}",
    )  # fmt: skip


def _lines(now: visit.Visit, project: str) -> None:
    from team import audit

    before = st.session_state.get(_BEFORE)
    found = audit.lines(store.store(), now.actor, project_id=project, before=before, limit=_AT_ONCE)
    rows = [  # three columns: it fits a telephone
        (fmt.counted(one.sequence), ", ".join(filter(None, (one.who, one.email, moment(one.at)))),
         "; ".join([f"{one.done} {one.what}".strip(),
                    *(f"{name} {value}"[:40] for name, value in one.details.items())]))
        for one in found
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["No.", "Who and when", "What"])
    st.table(frame.map(tables.escaped), border="horizontal", hide_index=True, alt="Audit trail")
    with st.container(horizontal=True):
        if before is not None and st.button("Newest", key="audit_newest"):
            st.session_state.pop(_BEFORE)
            st.rerun()
        if len(found) == _AT_ONCE and st.button("Older", key="audit_older"):
            st.session_state[_BEFORE] = found[-1].sequence
            st.rerun()
